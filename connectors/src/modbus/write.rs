//! Values → the requests that write them, and what their answers say. The only place that knows a function code that
//! writes.
//!
//! A request comes only from a [`RegisterWriter`], and that only from a connection whose configuration allows writes.

use std::collections::BTreeSet;

use latchwork_config::connections::{Connection, Point, RegisterTable, WireNumber, WriteTarget, Writing};
use latchwork_expr::Value;
use tokio_modbus::ExceptionCode;

use super::answer::{Malformed, exception};
use super::doubt::{Head, heads};
use super::frame::Frame;
use super::raw::words;

const WRITE_COIL: u8 = 5;
const WRITE_REGISTER: u8 = 6;
const WRITE_COILS: u8 = 15;
const WRITE_REGISTERS: u8 = 16;

/// What makes requests that write the tags of a connection.
#[derive(Debug)]
pub(super) struct RegisterWriter {
    writing: Writing,
    /// The tags whose devices do not know the functions for a single coil or register.
    many_only: BTreeSet<usize>,
}

/// A request that writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct WriteRequest {
    unit: u8,
    address: u16,
    body: Body,
}

/// What is written. The plural functions write one coil, or the registers of one value.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Body {
    Coil(bool),
    Coils(bool),
    Register(u16),
    Registers(Vec<u16>),
}

/// What a device answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WriteAnswer {
    /// That it is done.
    Done,
    /// That it cannot or will not.
    Exception(ExceptionCode),
}

impl RegisterWriter {
    /// Returns what writes over a connection, if anything may be written.
    pub(super) fn of(connection: &Connection) -> Option<Self> {
        let writing = connection.writing.clone()?;
        Some(Self { writing, many_only: BTreeSet::new() })
    }

    /// Returns the unit in which a tag is written.
    pub(super) fn unit(&self, tag: usize) -> Option<u8> {
        self.point(tag).map(|point| point.unit)
    }

    /// Returns the request that gives a tag a value; `None` if it may not be written, or cannot have that value.
    pub(super) fn request(&self, tag: usize, value: &Value) -> Option<WriteRequest> {
        let point = self.point(tag)?;
        let number = point.number_of(value)?;
        let body = match (point.table, number) {
            (RegisterTable::Coils, WireNumber::Truth(truth)) => self.coil(tag, truth),
            (RegisterTable::HoldingRegisters, number) => self.registers(tag, words(point.coding, point.order, number)),
            (RegisterTable::Coils, WireNumber::Whole(_) | WireNumber::Real(_))
            | (RegisterTable::DiscreteInputs | RegisterTable::InputRegisters, _) => return None,
        };
        Some(WriteRequest { unit: point.unit, address: point.address, body })
    }

    /// Uses the function for many from now on, where a device does not know the one that was used; tells whether there
    /// is such another one.
    pub(super) fn use_other_function(&mut self, tag: usize, refused: &WriteRequest) -> bool {
        match refused.body {
            Body::Coil(_) | Body::Register(_) => self.many_only.insert(tag),
            Body::Coils(_) | Body::Registers(_) => false,
        }
    }

    fn point(&self, tag: usize) -> Option<&Point> {
        match self.writing.target(tag)? {
            WriteTarget::Point(point) => Some(point),
            WriteTarget::Topic { .. } => None,
        }
    }

    fn coil(&self, tag: usize, truth: bool) -> Body {
        if self.many_only.contains(&tag) { Body::Coils(truth) } else { Body::Coil(truth) }
    }

    fn registers(&self, tag: usize, words: Vec<u16>) -> Body {
        match words[..] {
            [word] if !self.many_only.contains(&tag) => Body::Register(word),
            _ => Body::Registers(words),
        }
    }
}

impl WriteRequest {
    /// Returns the bytes of the request as a frame with an id.
    pub(super) fn bytes(&self, id: u16) -> Vec<u8> {
        let body = self.body();
        let length = u16::try_from(body.len() + 1).expect("a write is short");
        [&id.to_be_bytes()[..], &[0, 0], &length.to_be_bytes(), &[self.unit], &body].concat()
    }

    /// Returns the unit that is asked.
    pub(super) const fn unit(&self) -> u8 {
        self.unit
    }

    /// Returns how its answers begin.
    pub(super) fn heads(&self, id: u16) -> [Head; 2] {
        let echo = self.echo();
        heads(id, self.unit, echo[0], 1 + echo.len())
    }

    /// Returns function and data, which are the same over every transport.
    pub(super) fn body(&self) -> Vec<u8> {
        let address = self.address.to_be_bytes();
        match &self.body {
            Body::Coil(_) | Body::Register(_) => self.echo(),
            Body::Coils(truth) => [&[WRITE_COILS], &address[..], &[0, 1, 1, u8::from(*truth)]].concat(),
            Body::Registers(words) => {
                let count = u8::try_from(words.len()).expect("a value has at most four registers");
                let words: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
                [&[WRITE_REGISTERS], &address[..], &[0, count, 2 * count], &words].concat()
            }
        }
    }

    /// Returns what a frame says about this write. A device that did it says so by repeating what it was asked: every
    /// field is compared.
    pub(super) fn answer(&self, frame: Frame) -> Result<WriteAnswer, Malformed> {
        if frame.unit != self.unit {
            return Err(Malformed::Unit { expected: self.unit, found: frame.unit });
        }
        let echo = self.echo();
        let expected = echo[0];
        match frame.body.first() {
            Some(&found) if found == expected && frame.body[..] == echo[..] => Ok(WriteAnswer::Done),
            Some(&found) if found == expected => Err(Malformed::Echo),
            Some(&found) if found == expected | 0x80 => exception(frame).map(WriteAnswer::Exception),
            Some(&found) => Err(Malformed::Function { expected, found }),
            None => Err(Malformed::Unreadable),
        }
    }

    /// Returns what a device repeats that did it: function, address, and the value or how many.
    fn echo(&self) -> Vec<u8> {
        let (function, word) = match &self.body {
            Body::Coil(truth) => (WRITE_COIL, if *truth { 0xFF00 } else { 0 }),
            Body::Coils(_) => (WRITE_COILS, 1),
            Body::Register(word) => (WRITE_REGISTER, *word),
            Body::Registers(words) => (WRITE_REGISTERS, u16::try_from(words.len()).expect("at most four registers")),
        };
        [&[function], &self.address.to_be_bytes()[..], &word.to_be_bytes()].concat()
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use latchwork_expr::Type;
    use tokio_modbus::Request;
    use tokio_modbus::bytes::Bytes;

    use super::*;
    use crate::modbus::tests::plant::writing_connection;

    /// A writer of these tags: a coil, a register, two registers, two registers the other way round.
    fn writer() -> RegisterWriter {
        RegisterWriter::of(&writing_connection(
            "127.0.0.1:502",
            &[
                ("C6", Type::Boolean, ""),
                ("HR8", Type::Integer, ""),
                ("HR10", Type::Integer, "data_type = \"uint32\""),
                ("2!40012", Type::Float, "data_type = \"float32\"\nbyte_order = \"CDAB\""),
            ],
        ))
        .unwrap()
    }

    fn read(request: &WriteRequest) -> Request<'static> {
        let bytes = request.bytes(0x1234);
        let length = u16::from_be_bytes([bytes[4], bytes[5]]);
        assert_eq!((&bytes[..4], usize::from(length)), (&[0x12, 0x34, 0, 0][..], bytes.len() - 6));
        Request::try_from(Bytes::copy_from_slice(&bytes[7..])).unwrap()
    }

    #[test]
    fn requests_are_what_the_library_reads() {
        let mut writer = writer();
        let coil = writer.request(0, &Value::Boolean(true)).unwrap();
        assert_eq!(read(&coil), Request::WriteSingleCoil(5, true));
        let register = writer.request(1, &Value::Integer(65_535)).unwrap();
        assert_eq!(read(&register), Request::WriteSingleRegister(7, 65_535));
        let registers = writer.request(2, &Value::Integer(0x0001_0002)).unwrap();
        assert_eq!(read(&registers), Request::WriteMultipleRegisters(9, Cow::Owned(vec![1, 2])));
        let float = writer.request(3, &Value::Float(1.5)).unwrap();
        assert_eq!(read(&float), Request::WriteMultipleRegisters(11, Cow::Owned(vec![0, 0x3FC0])));
        assert_eq!((writer.unit(2), writer.unit(3), writer.unit(4)), (Some(1), Some(2), None));
        assert!(writer.use_other_function(0, &coil) && writer.use_other_function(1, &register));
        let coils = writer.request(0, &Value::Boolean(true)).unwrap();
        assert_eq!(read(&coils), Request::WriteMultipleCoils(5, Cow::Owned(vec![true])));
        let one = writer.request(1, &Value::Integer(7)).unwrap();
        assert_eq!(read(&one), Request::WriteMultipleRegisters(7, Cow::Owned(vec![7])));
        assert!(!writer.use_other_function(0, &coils) && !writer.use_other_function(1, &one));
    }

    #[test]
    fn what_cannot_stand_there_is_no_request() {
        let writer = writer();
        assert_eq!(writer.request(0, &Value::Integer(2)), None);
        assert_eq!(writer.request(1, &Value::Integer(65_536)), None);
        assert_eq!(writer.request(9, &Value::Integer(1)), None);
    }

    #[track_caller]
    fn check(request: &WriteRequest, unit: u8, body: &[u8], expected: Result<WriteAnswer, &str>) {
        let answer = request.answer(Frame { id: 0, unit, body: body.to_vec().into() });
        assert_eq!(answer.map_err(|malformed| malformed.to_string()), expected.map_err(str::to_owned), "{body:?}");
    }

    #[test]
    fn only_the_whole_echo_says_that_it_is_done() {
        let writer = writer();
        let contradicts = Err("the answer does not repeat what was to be written");
        let register = writer.request(1, &Value::Integer(0x0102)).unwrap();
        check(&register, 1, &[6, 0, 7, 1, 2], Ok(WriteAnswer::Done));
        check(&register, 1, &[6, 0, 8, 1, 2], contradicts);
        check(&register, 1, &[6, 0, 7, 1, 3], contradicts);
        check(&register, 1, &[6, 0, 7, 1], contradicts);
        check(&register, 1, &[6, 0, 7, 1, 2, 3], contradicts);
        check(&register, 2, &[6, 0, 7, 1, 2], Err("unit 2 answered for unit 1"));
        check(&register, 1, &[3, 2, 1, 2], Err("function 6 was asked and 3 answered"));
        check(&register, 1, &[0x86, 2], Ok(WriteAnswer::Exception(ExceptionCode::IllegalDataAddress)));
        check(&register, 1, &[0x86], Err("1 bytes were asked for, 1 announced, and 0 came"));
        check(&register, 1, &[], Err("the answer cannot be read"));
        let registers = writer.request(2, &Value::Integer(1)).unwrap();
        check(&registers, 1, &[16, 0, 9, 0, 2], Ok(WriteAnswer::Done));
        check(&registers, 1, &[16, 0, 9, 0, 1], contradicts);
        let coil = writer.request(0, &Value::Boolean(true)).unwrap();
        check(&coil, 1, &[5, 0, 5, 0xFF, 0], Ok(WriteAnswer::Done));
        check(&coil, 1, &[5, 0, 5, 0, 0], contradicts);
    }
}
