//! Values as words of registers, the way back of what a connector reads.

use latchwork_config::connections::{ByteOrder, Coding};

use crate::simulator::value::SignalValue;

/// Returns the words of a value, in the order of their addresses.
pub(super) fn words(value: &SignalValue, coding: Coding, order: ByteOrder) -> Vec<u16> {
    let bytes = match coding {
        Coding::Bool => u16::from(float(value) != 0.0).to_be_bytes().to_vec(),
        Coding::Float32 => single(float(value)).to_be_bytes().to_vec(),
        Coding::Float64 => float(value).to_be_bytes().to_vec(),
        Coding::Int16 | Coding::Uint16 | Coding::Int32 | Coding::Uint32 | Coding::Int64 | Coding::Uint64 => {
            low_bytes(whole(value), coding.registers())
        }
        Coding::Int8(_)
        | Coding::Uint8(_)
        | Coding::Float16
        | Coding::Bcd16
        | Coding::Bcd32
        | Coding::Fixed16(_)
        | Coding::Fixed32(_)
        | Coding::Text(_) => unreachable!("no scenario names such a coding"),
    };
    ordered(bytes, order).chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect()
}

/// Tells whether a value is shown as a set bit.
pub(super) fn is_set(value: &SignalValue) -> bool {
    float(value) != 0.0
}

/// Returns the low bytes of a number: what a counter of that width shows when it has wrapped.
fn low_bytes(number: i64, registers: u16) -> Vec<u8> {
    let bytes = number.to_be_bytes();
    bytes[bytes.len() - 2 * usize::from(registers)..].to_vec()
}

fn ordered(mut bytes: Vec<u8>, order: ByteOrder) -> Vec<u8> {
    let swap_pairs = |bytes: &mut [u8]| bytes.chunks_exact_mut(2).for_each(|pair| pair.swap(0, 1));
    match order {
        ByteOrder::Abcd => {}
        ByteOrder::Dcba => bytes.reverse(),
        ByteOrder::Badc => swap_pairs(&mut bytes),
        ByteOrder::Cdab => {
            bytes.reverse();
            swap_pairs(&mut bytes);
        }
    }
    bytes
}

#[expect(clippy::cast_precision_loss, reason = "a float register is no finer")]
fn float(value: &SignalValue) -> f64 {
    match value {
        SignalValue::Boolean(value) => f64::from(*value),
        SignalValue::Integer(number) => *number as f64,
        SignalValue::Float(number) => *number,
        // A scenario has no text at a register.
        SignalValue::Text(_) => 0.0,
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a float beyond 64 bits stays at their end")]
fn whole(value: &SignalValue) -> i64 {
    match value {
        SignalValue::Integer(number) => *number,
        SignalValue::Boolean(_) | SignalValue::Float(_) | SignalValue::Text(_) => float(value).round() as i64,
    }
}

#[expect(clippy::cast_possible_truncation, reason = "that is what a 32-bit register shows")]
const fn single(number: f64) -> f32 {
    number as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: &SignalValue, coding: Coding, order: ByteOrder, expected: &[u16]) {
        assert_eq!(words(value, coding, order), expected);
    }

    #[test]
    fn codes_whole_numbers_and_wraps_them() {
        check(&SignalValue::Integer(0x1_0002), Coding::Uint16, ByteOrder::Abcd, &[2]);
        check(&SignalValue::Integer(-2), Coding::Int16, ByteOrder::Abcd, &[0xFFFE]);
        check(&SignalValue::Integer(0x0102_0304), Coding::Uint32, ByteOrder::Abcd, &[0x0102, 0x0304]);
        check(&SignalValue::Integer(-1), Coding::Int64, ByteOrder::Abcd, &[0xFFFF; 4]);
        check(&SignalValue::Float(2.6), Coding::Int16, ByteOrder::Abcd, &[3]);
        check(&SignalValue::Boolean(true), Coding::Bool, ByteOrder::Abcd, &[1]);
    }

    #[test]
    fn orders_bytes() {
        let value = SignalValue::Integer(0x0102_0304);
        check(&value, Coding::Uint32, ByteOrder::Dcba, &[0x0403, 0x0201]);
        check(&value, Coding::Uint32, ByteOrder::Badc, &[0x0201, 0x0403]);
        check(&value, Coding::Uint32, ByteOrder::Cdab, &[0x0304, 0x0102]);
        let long = SignalValue::Integer(0x0102_0304_0506_0708);
        check(&long, Coding::Uint64, ByteOrder::Cdab, &[0x0708, 0x0506, 0x0304, 0x0102]);
    }

    #[test]
    fn codes_floats() {
        check(&SignalValue::Float(1.0), Coding::Float32, ByteOrder::Abcd, &[0x3F80, 0]);
        check(&SignalValue::Float(1.0), Coding::Float64, ByteOrder::Abcd, &[0x3FF0, 0, 0, 0]);
    }
}
