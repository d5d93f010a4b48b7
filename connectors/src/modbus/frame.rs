//! Bytes of a TCP stream ↔ frames: the header of Modbus TCP, checked.
//!
//! Never knows what was asked.

use std::time::Instant;

use latchwork_config::connections::RegisterTable;
use thiserror::Error;
use tokio_modbus::bytes::{Bytes, BytesMut};

use super::plan::Block;
use crate::limits::MODBUS_HELD_FRAMES_MAX;

/// Bytes of a header up to and with its length; the unit belongs to what the length counts.
const HEADER_BYTES: usize = 6;

/// The least that a length counts: unit, function, one byte.
const LENGTH_MIN: usize = 3;

/// The most that a length counts: the unit and 253 bytes.
const LENGTH_MAX: usize = 254;

/// A frame that came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    /// The transaction id.
    pub(super) id: u16,
    /// The unit.
    pub(super) unit: u8,
    /// Function code and data.
    pub(super) body: Bytes,
}

/// Frames that are handed on together.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Frames {
    /// In the order in which they came.
    pub(super) frames: Vec<Frame>,
    /// Whether the first of them came in more than one piece, so that it may have been filled up from the next.
    pub(super) is_pieced: bool,
}

/// Why a stream of bytes is not, or no longer, Modbus TCP. What follows cannot be told apart, so the link must be made
/// anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(super) enum OutOfStep {
    /// A header of another protocol.
    #[error("a frame of protocol {0} came, which is not Modbus")]
    Protocol(u16),
    /// A length that no frame has.
    #[error("a frame of {0} bytes was announced, which is none of Modbus")]
    Length(usize),
    /// A frame that did not come to its end.
    #[error("a frame was cut short")]
    CutShort,
    /// Frames upon frames, none of which ends where the bytes do.
    #[error("more frames came than can have been asked for")]
    Flood,
}

/// The bytes of a stream that were not handed on yet.
#[derive(Debug, Default)]
pub(super) struct Stream {
    /// What is no frame yet.
    bytes: BytesMut,
    /// Frames that wait for it.
    held: Vec<Frame>,
    begun: Option<Instant>,
}

impl Stream {
    /// Takes bytes and returns the frames that are complete, once the bytes end where a frame ends.
    ///
    /// A frame that was cut short takes its missing bytes from the one behind it, and only what is left of that one
    /// shows it. So no frame is handed on while anything behind it is open, and none at all when that turns out to be
    /// no frame.
    pub(super) fn take(&mut self, bytes: &[u8], now: Instant) -> Result<Frames, OutOfStep> {
        self.bytes.extend_from_slice(bytes);
        while let Some(length) = announced(&self.bytes)? {
            if self.bytes.len() < HEADER_BYTES + length {
                break;
            }
            self.held.push(frame(&self.bytes.split_to(HEADER_BYTES + length).freeze()));
        }
        if self.bytes.is_empty() {
            let is_pieced = self.begun.take().is_some();
            return Ok(Frames { frames: std::mem::take(&mut self.held), is_pieced });
        }
        self.begun.get_or_insert(now);
        if self.held.len() > MODBUS_HELD_FRAMES_MAX { Err(OutOfStep::Flood) } else { Ok(Frames::default()) }
    }

    /// Returns since when the bytes have not ended where a frame ends.
    pub(super) const fn begun(&self) -> Option<Instant> {
        self.begun
    }
}

/// Returns the length that the first header announces, if it has come so far.
fn announced(bytes: &[u8]) -> Result<Option<usize>, OutOfStep> {
    let [_, _, protocol_high, protocol_low, rest @ ..] = bytes else { return Ok(None) };
    let protocol = u16::from_be_bytes([*protocol_high, *protocol_low]);
    if protocol != 0 {
        return Err(OutOfStep::Protocol(protocol));
    }
    let [high, low, ..] = rest else { return Ok(None) };
    let length = usize::from(u16::from_be_bytes([*high, *low]));
    if (LENGTH_MIN..=LENGTH_MAX).contains(&length) { Ok(Some(length)) } else { Err(OutOfStep::Length(length)) }
}

fn frame(bytes: &Bytes) -> Frame {
    let id = u16::from_be_bytes([bytes[0], bytes[1]]);
    Frame { id, unit: bytes[HEADER_BYTES], body: bytes.slice(HEADER_BYTES + 1..) }
}

/// Returns the bytes of a request for a block, which reads: those that write are `write`'s.
pub(super) fn request(id: u16, block: &Block) -> [u8; 12] {
    let [id_high, id_low] = id.to_be_bytes();
    let [function, address_high, address_low, count_high, count_low] = read_body(block);
    [id_high, id_low, 0, 0, 0, 6, block.unit, function, address_high, address_low, count_high, count_low]
}

/// Returns function and data of a request for a block, which are the same over every transport.
pub(super) const fn read_body(block: &Block) -> [u8; 5] {
    let [address_high, address_low] = block.address.to_be_bytes();
    let [count_high, count_low] = block.count.to_be_bytes();
    [function_code(block.table), address_high, address_low, count_high, count_low]
}

/// Returns the code of the function that reads a table.
pub(super) const fn function_code(table: RegisterTable) -> u8 {
    match table {
        RegisterTable::Coils => 1,
        RegisterTable::DiscreteInputs => 2,
        RegisterTable::HoldingRegisters => 3,
        RegisterTable::InputRegisters => 4,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tokio_modbus::Request;

    use super::*;
    use crate::modbus::tests::plant::block;

    const FRAME: [u8; 11] = [0, 7, 0, 0, 0, 5, 1, 3, 2, 0xAB, 0xCD];

    fn take(bytes: &[u8]) -> Result<usize, OutOfStep> {
        Stream::default().take(bytes, Instant::now()).map(|taken| taken.frames.len())
    }

    #[test]
    fn requests_are_what_the_library_reads() {
        use RegisterTable::{Coils, DiscreteInputs, HoldingRegisters, InputRegisters};
        let read = |table| {
            let bytes = request(0x1234, &Block { table, address: 300, count: 77, ..block() });
            assert_eq!(bytes[..7], [0x12, 0x34, 0, 0, 0, 6, 1]);
            Request::try_from(Bytes::copy_from_slice(&bytes[7..])).unwrap()
        };
        assert_eq!(read(Coils), Request::ReadCoils(300, 77));
        assert_eq!(read(DiscreteInputs), Request::ReadDiscreteInputs(300, 77));
        assert_eq!(read(HoldingRegisters), Request::ReadHoldingRegisters(300, 77));
        assert_eq!(read(InputRegisters), Request::ReadInputRegisters(300, 77));
    }

    #[test]
    fn what_is_not_modbus_is_refused() {
        assert_eq!(take(&FRAME), Ok(1));
        assert_eq!(take(&FRAME[..10]), Ok(0));
        assert_eq!(take(b"HTTP/1.1 400 Bad Request"), Err(OutOfStep::Protocol(0x5450)));
        assert_eq!(take(&[0, 1, 0, 0, 0, 2, 1, 3]), Err(OutOfStep::Length(2)));
        assert_eq!(take(&[0, 1, 0, 0, 0, 255]), Err(OutOfStep::Length(255)));
    }

    #[test]
    fn a_frame_that_is_cut_short_takes_no_value_from_the_next() {
        let exception = [0, 8, 0, 0, 0, 3, 2, 0x83, 2];
        for cut in 1..=6 {
            let cut_short = &FRAME[..FRAME.len() - cut];
            assert!(take(&[cut_short, &FRAME].concat()).is_err(), "{cut}");
            assert_ne!(take(&[cut_short, &exception].concat()), Ok(1), "{cut}");
        }
    }

    #[test]
    fn frames_wait_for_the_end_of_the_one_behind_them() {
        let start = Instant::now();
        let mut stream = Stream::default();
        let at = |millis| start + std::time::Duration::from_millis(millis);
        let mut take = |bytes: &[u8], millis| {
            let Frames { frames, is_pieced } = stream.take(bytes, at(millis)).unwrap();
            (frames.len(), is_pieced, stream.begun().map(|begun| begun.duration_since(start).as_millis()))
        };
        assert_eq!(take(&FRAME[..3], 1), (0, false, Some(1)));
        assert_eq!(take(&[&FRAME[3..], &FRAME[..1]].concat(), 2), (0, false, Some(1)));
        assert_eq!(take(&FRAME[1..], 3), (2, true, None));
        assert_eq!(take(&FRAME, 4), (1, false, None));
    }

    #[test]
    fn what_waits_is_bounded() {
        let mut stream = Stream::default();
        let flood = [&FRAME[..], &FRAME[..1]].concat();
        let mut shifted = [&flood[1..], &FRAME[..1]].concat();
        shifted.truncate(FRAME.len());
        stream.take(&FRAME[..1], Instant::now()).unwrap();
        let refused = (0..=MODBUS_HELD_FRAMES_MAX).find_map(|_| stream.take(&shifted, Instant::now()).err());
        assert_eq!(refused, Some(OutOfStep::Flood));
    }

    proptest! {
        #[test]
        fn any_cut_of_the_bytes_gives_the_same_frames(
            bodies in prop::collection::vec((any::<u16>(), any::<u8>(), prop::collection::vec(any::<u8>(), 2..254)), 0..6),
            step in 1_usize..300,
        ) {
            let sent: Vec<Frame> =
                bodies.into_iter().map(|(id, unit, body)| Frame { id, unit, body: body.into() }).collect();
            let bytes: Vec<u8> = sent.iter().flat_map(|frame| {
                let length = u16::try_from(frame.body.len() + 1).unwrap();
                [&frame.id.to_be_bytes()[..], &[0, 0], &length.to_be_bytes(), &[frame.unit], &frame.body].concat()
            }).collect();
            let mut stream = Stream::default();
            let mut came = Vec::new();
            for chunk in bytes.chunks(step) {
                came.extend(stream.take(chunk, Instant::now()).unwrap().frames);
            }
            prop_assert_eq!(came, sent);
            prop_assert_eq!(stream.begun(), None);
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
            let _refused = take(&bytes);
        }
    }
}
