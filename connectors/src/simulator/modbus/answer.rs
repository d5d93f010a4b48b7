//! How the device answers a request: pure, bytes to bytes. Functions 1 to 4 (Modbus Application Protocol 1.1b3,
//! sections 6.1 to 6.4); everything else, writing included, is an illegal function here.

use latchwork_config::connections::RegisterTable;

use super::registers::{Registers, Unreadable};

/// Most bits of a request (section 6.1).
const BITS_MAX: u16 = 2_000;
/// Most registers of a request (section 6.3).
const REGISTERS_MAX: u16 = 125;

/// The exceptions that the device knows (section 7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Exception {
    IllegalFunction = 1,
    IllegalDataAddress = 2,
    IllegalDataValue = 3,
    /// What a gateway says of a unit that is not behind it.
    TargetFailedToRespond = 11,
}

/// Returns the answer to a request: function and data, without the head of the frame.
pub(super) fn answer(registers: &Registers, unit: u8, request: &[u8]) -> Vec<u8> {
    let Some((&function, data)) = request.split_first() else {
        return refusal(0, Exception::IllegalFunction);
    };
    read(registers, unit, function, data).unwrap_or_else(|exception| refusal(function, exception))
}

fn refusal(function: u8, exception: Exception) -> Vec<u8> {
    vec![function | 0x80, exception as u8]
}

fn read(registers: &Registers, unit: u8, function: u8, data: &[u8]) -> Result<Vec<u8>, Exception> {
    let (table, count_max) = match function {
        1 => (RegisterTable::Coils, BITS_MAX),
        2 => (RegisterTable::DiscreteInputs, BITS_MAX),
        3 => (RegisterTable::HoldingRegisters, REGISTERS_MAX),
        4 => (RegisterTable::InputRegisters, REGISTERS_MAX),
        _ => return Err(Exception::IllegalFunction),
    };
    let &[first_high, first_low, count_high, count_low] = data else {
        return Err(Exception::IllegalDataValue);
    };
    let first = u16::from_be_bytes([first_high, first_low]);
    let count = u16::from_be_bytes([count_high, count_low]);
    if !(1..=count_max).contains(&count) {
        return Err(Exception::IllegalDataValue);
    }
    let words = registers.read(unit, table, first, count).map_err(exception)?;
    let bytes =
        if count_max == BITS_MAX { packed(&words) } else { words.iter().flat_map(|w| w.to_be_bytes()).collect() };
    let length = u8::try_from(bytes.len()).map_err(|_| Exception::IllegalDataValue)?;
    Ok([function, length].into_iter().chain(bytes).collect())
}

const fn exception(unreadable: Unreadable) -> Exception {
    match unreadable {
        Unreadable::Unit => Exception::TargetFailedToRespond,
        Unreadable::Address => Exception::IllegalDataAddress,
    }
}

/// Returns bits packed into bytes, the first in the lowest place.
fn packed(bits: &[u16]) -> Vec<u8> {
    let byte = |bits: &[u16]| bits.iter().rev().fold(0, |byte, bit| byte << 1 | u8::from(*bit != 0));
    bits.chunks(8).map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::scenario::Scenario;

    fn registers() -> Registers {
        let text = r#"
            [modbus]
            bind = "127.0.0.1:0"
            serves = ["HR1-HR125", "DI1-DI16", "2!C65536-C65536"]
            [[machines]]
            name = "M"
            states = [{ name = "S" }]
            signals = [
              { name = "bit", modbus = "DI3", otherwise = true },
              { name = "far bit", modbus = "DI10", otherwise = true },
              { name = "word", modbus = "HR2", otherwise = 258 },
              { name = "flag of a word", modbus = "HR4.9", initial = true },
            ]
        "#;
        let scenario = Scenario::parse("test.toml", text).unwrap();
        let mut registers = Registers::of(&scenario);
        let world = crate::simulator::World::new(scenario.clone().into());
        for change in world.shown() {
            registers.show(scenario.signals[change.signal].register.as_ref().unwrap(), &change.value);
        }
        registers
    }

    #[track_caller]
    fn check(request: &[u8], expected: &[u8]) {
        assert_eq!(answer(&registers(), 1, request), expected);
    }

    #[test]
    fn reads_bits_packed_from_the_lowest() {
        check(&[2, 0, 0, 0, 16], &[2, 2, 0b100, 0b10]);
        check(&[2, 0, 2, 0, 1], &[2, 1, 1]);
    }

    #[test]
    fn reads_registers() {
        check(&[3, 0, 1, 0, 3], &[3, 6, 1, 2, 0, 0, 2, 0]);
    }

    #[test]
    fn refuses_with_the_exceptions_of_the_protocol() {
        let illegal_function: [&[u8]; 3] = [&[5, 0, 0, 0xFF, 0], &[16, 0, 0, 0, 1, 2, 0, 0], &[43, 14, 1, 0]];
        for request in illegal_function {
            check(request, &[request[0] | 0x80, 1]);
        }
        check(&[3, 0, 125, 0, 1], &[0x83, 2]);
        check(&[3, 0, 100, 0, 26], &[0x83, 2]);
        check(&[3, 255, 255, 0, 2], &[0x83, 2]);
        check(&[4, 0, 0, 0, 1], &[0x84, 2]);
        check(&[3, 0, 0, 0, 0], &[0x83, 3]);
        check(&[3, 0, 0, 0, 126], &[0x83, 3]);
        check(&[1, 0, 0, 7, 0xD1], &[0x81, 3]);
        check(&[3, 0, 0], &[0x83, 3]);
        check(&[], &[0x80, 1]);
        assert_eq!(answer(&registers(), 9, &[3, 0, 0, 0, 1]), [0x83, 11]);
    }

    #[test]
    fn reads_the_last_address() {
        assert_eq!(answer(&registers(), 2, &[1, 255, 255, 0, 1]), [1, 1, 0]);
    }
}
