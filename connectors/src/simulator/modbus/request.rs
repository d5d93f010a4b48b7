//! A request as it comes over the line.

use std::io;

use latchwork_config::connections::RegisterTable;

use crate::limits::MODBUS_FRAME_BYTES_MAX;
use crate::simulator::fault::Wanted;

/// The head of a frame: transaction, protocol, length, unit.
const HEAD_BYTES: usize = 7;
/// Most bytes of function and data (Modbus Application Protocol 1.1b3, section 4.1).
const BODY_BYTES_MAX: usize = MODBUS_FRAME_BYTES_MAX - HEAD_BYTES;

/// What a client asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Request {
    /// The transaction that the answer is to name.
    pub(super) transaction: u16,
    /// The unit.
    pub(super) unit: u8,
    /// Function and data.
    pub(super) body: Vec<u8>,
}

impl Request {
    /// Takes the first request from the bytes of a line, if all of it has come.
    ///
    /// # Errors
    ///
    /// The bytes are no frame of Modbus TCP.
    pub(super) fn take(bytes: &mut Vec<u8>) -> io::Result<Option<Self>> {
        let &[high, low, protocol_high, protocol_low, length_high, length_low, unit, ..] = &bytes[..] else {
            return Ok(None);
        };
        let protocol = u16::from_be_bytes([protocol_high, protocol_low]);
        let length = usize::from(u16::from_be_bytes([length_high, length_low]));
        // The length counts the unit, which is in the head.
        let Some(body @ 1..=BODY_BYTES_MAX) = length.checked_sub(1).filter(|_| protocol == 0) else {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "not a frame of Modbus TCP"));
        };
        if bytes.len() < HEAD_BYTES + body {
            return Ok(None);
        }
        let rest = bytes.split_off(HEAD_BYTES + body);
        let body = std::mem::replace(bytes, rest).split_off(HEAD_BYTES);
        Ok(Some(Self { transaction: u16::from_be_bytes([high, low]), unit, body }))
    }

    /// Returns the function code.
    pub(super) fn function(&self) -> u8 {
        self.body[0]
    }

    /// Returns the first address and how many are asked for, of functions that read.
    pub(super) fn range(&self) -> Option<(u16, u16)> {
        let &[1..=4, first_high, first_low, count_high, count_low] = &self.body[..] else { return None };
        Some((u16::from_be_bytes([first_high, first_low]), u16::from_be_bytes([count_high, count_low])))
    }

    /// Returns what a fault may ask about it.
    pub(super) fn wanted(&self) -> Wanted {
        let table = match self.function() {
            1 => RegisterTable::Coils,
            2 => RegisterTable::DiscreteInputs,
            3 => RegisterTable::HoldingRegisters,
            _ => RegisterTable::InputRegisters,
        };
        let range = self.range().map(|(first, count)| (table, first, first.saturating_add(count.saturating_sub(1))));
        Wanted { unit: self.unit, function: self.function(), range }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_taken_one_by_one() {
        let mut bytes = vec![0, 7, 0, 0, 0, 6, 1, 3, 0, 10, 0, 2, 0, 8, 0, 0, 0, 2, 9, 43, 0];
        let first = Request::take(&mut bytes).unwrap().unwrap();
        assert_eq!((first.transaction, first.unit, first.function(), first.range()), (7, 1, 3, Some((10, 2))));
        let second = Request::take(&mut bytes).unwrap().unwrap();
        assert_eq!((second.transaction, second.unit, second.function(), second.range()), (8, 9, 43, None));
        assert_eq!((Request::take(&mut bytes).unwrap(), &bytes[..]), (None, &[0][..]));
    }

    #[test]
    fn what_is_no_frame_is_told() {
        for garbage in [&b"GET / HTTP/1.1"[..], &[0, 1, 0, 0, 0, 1, 1], &[0, 1, 0, 0, 1, 0, 1]] {
            assert!(Request::take(&mut garbage.to_vec()).is_err(), "{garbage:?}");
        }
    }
}
