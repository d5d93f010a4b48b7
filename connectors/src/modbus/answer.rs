//! A frame → the answer to what was asked, or what contradicts it. Checked in every build, field by field.
//!
//! Never knows transaction ids: that a frame answers this request is known already.

use thiserror::Error;
use tokio_modbus::{ExceptionCode, ExceptionResponse, Response};

use super::frame::{Frame, function_code};
use super::plan::Block;

/// What a device answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// What stands in the block.
    Registers(Registers),
    /// That it cannot or will not tell.
    Exception(ExceptionCode),
}

/// What stands in a block, from its first address on, and no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Registers {
    /// Registers.
    Words(Vec<u16>),
    /// Bits.
    Bits(Vec<bool>),
}

/// How an answer contradicts its request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(super) enum Malformed {
    /// It is another unit's.
    #[error("unit {found} answered for unit {expected}")]
    Unit {
        /// The unit that was asked.
        expected: u8,
        /// The unit that answered.
        found: u8,
    },
    /// It is another function's.
    #[error("function {expected} was asked and {found} answered")]
    Function {
        /// The function that was asked.
        expected: u8,
        /// The function that answered.
        found: u8,
    },
    /// It has more or fewer bytes than the block, or says so.
    #[error("{expected} bytes were asked for, {announced} announced, and {found} came")]
    Length {
        /// The bytes of the block.
        expected: usize,
        /// The byte count in the answer.
        announced: usize,
        /// The bytes that follow it.
        found: usize,
    },
    /// It is that of another write.
    #[error("the answer does not repeat what was to be written")]
    Echo,
    /// Its checksum is wrong, or more came than it has.
    #[error("the line is disturbed")]
    Disturbed,
    /// It cannot be read for another reason.
    #[error("the answer cannot be read")]
    Unreadable,
}

/// Returns what a frame says about a block that was asked for.
pub(super) fn answer(block: &Block, frame: Frame) -> Result<Answer, Malformed> {
    if frame.unit != block.unit {
        return Err(Malformed::Unit { expected: block.unit, found: frame.unit });
    }
    let expected = function_code(block.table);
    match frame.body.first() {
        Some(&found) if found == expected => registers(block, frame).map(Answer::Registers),
        Some(&found) if found == expected | 0x80 => exception(frame).map(Answer::Exception),
        Some(&found) => Err(Malformed::Function { expected, found }),
        None => Err(Malformed::Unreadable),
    }
}

fn registers(block: &Block, frame: Frame) -> Result<Registers, Malformed> {
    let (count, expected) = (usize::from(block.count), block.bytes());
    let announced = frame.body.get(1).copied().map_or(0, usize::from);
    let found = frame.body.len().saturating_sub(2);
    if (announced, found) != (expected, expected) {
        return Err(Malformed::Length { expected, announced, found });
    }
    let response = Response::try_from(frame.body).map_err(|_| Malformed::Unreadable)?;
    match from(response) {
        // The bits that fill up the last byte mean nothing.
        Some(Registers::Bits(mut bits)) if bits.len() >= count => {
            bits.truncate(count);
            Ok(Registers::Bits(bits))
        }
        Some(Registers::Words(words)) if words.len() == count => Ok(Registers::Words(words)),
        Some(Registers::Bits(_) | Registers::Words(_)) | None => Err(Malformed::Unreadable),
    }
}

fn from(response: Response) -> Option<Registers> {
    match response {
        Response::ReadCoils(bits) | Response::ReadDiscreteInputs(bits) => Some(Registers::Bits(bits)),
        Response::ReadHoldingRegisters(words) | Response::ReadInputRegisters(words) => Some(Registers::Words(words)),
        Response::WriteSingleCoil(..)
        | Response::WriteMultipleCoils(..)
        | Response::WriteSingleRegister(..)
        | Response::WriteMultipleRegisters(..)
        | Response::ReportServerId(..)
        | Response::MaskWriteRegister(..)
        | Response::ReadWriteMultipleRegisters(_)
        | Response::ReadDeviceIdentification(_)
        | Response::Custom(..) => None,
    }
}

/// Returns the code of an exception.
pub(super) fn exception(frame: Frame) -> Result<ExceptionCode, Malformed> {
    let found = frame.body.len() - 1;
    if found != 1 {
        return Err(Malformed::Length { expected: 1, announced: 1, found });
    }
    ExceptionResponse::try_from(frame.body).map(|response| response.exception).map_err(|_| Malformed::Unreadable)
}

#[cfg(test)]
mod tests {
    use latchwork_config::connections::RegisterTable;
    use proptest::prelude::*;

    use super::*;
    use crate::modbus::tests::plant::block;

    fn check(block: &Block, unit: u8, body: &[u8], expected: Result<Answer, &str>) {
        let frame = Frame { id: 0, unit, body: body.to_vec().into() };
        let answer = answer(block, frame).map_err(|malformed| malformed.to_string());
        assert_eq!(answer, expected.map_err(str::to_owned), "{body:?}");
    }

    fn words(words: &[u16]) -> Answer {
        Answer::Registers(Registers::Words(words.to_vec()))
    }

    #[test]
    fn only_what_was_asked_is_an_answer() {
        let two = Block { count: 2, ..block() };
        check(&two, 1, &[3, 4, 0, 1, 0xFF, 2], Ok(words(&[1, 0xFF02])));
        check(&two, 2, &[3, 4, 0, 1, 0, 2], Err("unit 2 answered for unit 1"));
        check(&two, 1, &[4, 4, 0, 1, 0, 2], Err("function 3 was asked and 4 answered"));
        check(&two, 1, &[3, 2, 0, 1], Err("4 bytes were asked for, 2 announced, and 2 came"));
        check(&two, 1, &[3, 4, 0, 1], Err("4 bytes were asked for, 4 announced, and 2 came"));
        check(&two, 1, &[3, 4, 0, 1, 0, 2, 0, 3], Err("4 bytes were asked for, 4 announced, and 6 came"));
        check(&two, 1, &[3, 2, 0, 1, 0, 2], Err("4 bytes were asked for, 2 announced, and 4 came"));
        check(&two, 1, &[3], Err("4 bytes were asked for, 0 announced, and 0 came"));
        check(&two, 1, &[], Err("the answer cannot be read"));
    }

    #[test]
    fn exceptions_are_those_of_the_function() {
        check(&block(), 1, &[0x83, 2], Ok(Answer::Exception(ExceptionCode::IllegalDataAddress)));
        check(&block(), 1, &[0x83, 99], Ok(Answer::Exception(ExceptionCode::Custom(99))));
        check(&block(), 1, &[0x84, 2], Err("function 3 was asked and 132 answered"));
        check(&block(), 1, &[0x83], Err("1 bytes were asked for, 1 announced, and 0 came"));
        check(&block(), 1, &[0x83, 2, 0], Err("1 bytes were asked for, 1 announced, and 2 came"));
    }

    #[test]
    fn the_bits_that_fill_the_last_byte_mean_nothing() {
        let ten = Block { table: RegisterTable::Coils, count: 10, ..block() };
        let mut bits = vec![false; 10];
        (bits[0], bits[9]) = (true, true);
        check(&ten, 1, &[1, 2, 1, 0b1111_1110], Ok(Answer::Registers(Registers::Bits(bits))));
        check(&ten, 1, &[1, 1, 1], Err("2 bytes were asked for, 1 announced, and 1 came"));
    }

    proptest! {
        #[test]
        fn no_answer_is_longer_or_shorter_than_its_block(
            body in prop::collection::vec(any::<u8>(), 1..254), count in 1_u16..125, bits: bool,
        ) {
            let table = if bits { RegisterTable::Coils } else { RegisterTable::HoldingRegisters };
            let mut body = body;
            body[0] = function_code(table) | (body[0] & 0x80);
            let frame = Frame { id: 0, unit: 1, body: body.into() };
            if let Ok(Answer::Registers(registers)) = answer(&Block { table, count, ..block() }, frame) {
                let length = match registers {
                    Registers::Words(words) => words.len(),
                    Registers::Bits(bits) => bits.len(),
                };
                prop_assert_eq!(length, usize::from(count));
            }
        }
    }
}
