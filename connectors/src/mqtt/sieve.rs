//! Cuts messages beyond the packet limit out of the stream of packets, before the client library sees them.
//!
//! The library would end the connection at such a packet; the broker would send it again, for ever. So its payload is
//! dropped as it flows by, and a stub of a few bytes in its place lets it be counted, told and acknowledged like any
//! other. Pure: bytes in, bytes out. Knows of a packet only where it ends, and where the payload of a PUBLISH begins.

use std::hash::{BuildHasher, RandomState};

use latchwork_config::connections::MqttVersion;
use thiserror::Error;

/// The bytes of the mark that a stub begins with.
const MARK_BYTES: usize = 16;

/// The bytes of a stub: the mark, and the length of the packet that it stands for.
const STUB_BYTES: usize = MARK_BYTES + size_of::<u64>();

/// The most bytes of a packet's fixed header: its type, and up to four of its length.
const FIXED_HEADER_BYTES_MAX: usize = 5;

/// The type of a PUBLISH in the upper half of the first byte.
const PUBLISH: u8 = 3;

/// What stands for the payload of a message beyond the limit: drawn for each process, so that nobody can send one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark([u8; MARK_BYTES]);

/// Why the stream cannot go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(super) enum Unreadable {
    /// Only messages can be left out.
    #[error("the broker sent a control packet of {0} bytes, beyond the packet limit")]
    Oversized(usize),
    /// The length of a packet has more than four bytes, or is too short for what it must hold.
    #[error("the broker sent a packet of an impossible length")]
    Malformed,
}

/// Sieves the packets of one connection.
#[derive(Debug)]
pub(super) struct Sieve {
    version: MqttVersion,
    bytes_max: usize,
    mark: Mark,
    state: State,
    /// The beginning of a packet, until it is known what becomes of it.
    head: Vec<u8>,
}

/// What becomes of the next bytes.
#[derive(Clone, Copy, Debug)]
enum State {
    /// They are a packet's fixed header.
    Header,
    /// So many are passed on.
    Passing(usize),
    /// They are what a stub needs of a PUBLISH: topic and packet id.
    Opening { header: usize, remaining: usize },
    /// So many are left out.
    Skipping(usize),
}

impl Mark {
    /// Draws a mark.
    pub(super) fn draw() -> Self {
        let mut mark = [0; MARK_BYTES];
        for half in mark.chunks_mut(size_of::<u64>()) {
            // The standard library keys each of these from the system's randomness.
            half.copy_from_slice(&RandomState::new().hash_one(0).to_be_bytes());
        }
        Self(mark)
    }

    /// Returns the length of the packet that a payload stands for; `None` if it is a payload like any other.
    pub(super) fn length_in(&self, payload: &[u8]) -> Option<u64> {
        payload.strip_prefix(&self.0)?.try_into().ok().map(u64::from_be_bytes)
    }

    fn stub(&self, packet_bytes: usize) -> [u8; STUB_BYTES] {
        let mut stub = [0; STUB_BYTES];
        stub[..MARK_BYTES].copy_from_slice(&self.0);
        stub[MARK_BYTES..].copy_from_slice(&(packet_bytes as u64).to_be_bytes());
        stub
    }
}

impl Sieve {
    pub(super) const fn new(version: MqttVersion, bytes_max: usize, mark: Mark) -> Self {
        Self { version, bytes_max, mark, state: State::Header, head: Vec::new() }
    }

    /// Takes the next bytes and appends what is left of them.
    pub(super) fn take(&mut self, mut bytes: &[u8], sieved: &mut Vec<u8>) -> Result<(), Unreadable> {
        while let Some((&byte, after)) = bytes.split_first() {
            bytes = match self.state {
                State::Passing(left) => {
                    let (passed, rest) = bytes.split_at(left.min(bytes.len()));
                    sieved.extend_from_slice(passed);
                    self.state = State::after(left - passed.len(), State::Passing);
                    rest
                }
                State::Skipping(left) => {
                    let skipped = left.min(bytes.len());
                    self.state = State::after(left - skipped, State::Skipping);
                    &bytes[skipped..]
                }
                State::Header => {
                    self.head.push(byte);
                    self.end_header(sieved)?;
                    after
                }
                State::Opening { header, remaining } => {
                    self.head.push(byte);
                    self.end_opening(header, remaining, sieved)?;
                    after
                }
            };
        }
        Ok(())
    }

    /// Decides what becomes of a packet once its fixed header is whole.
    fn end_header(&mut self, sieved: &mut Vec<u8>) -> Result<(), Unreadable> {
        let Some(remaining) = remaining_length(&self.head)? else { return Ok(()) };
        let packet_bytes = self.head.len() + remaining;
        if packet_bytes <= self.bytes_max {
            sieved.append(&mut self.head);
            self.state = State::after(remaining, State::Passing);
        } else if self.head[0] >> 4 == PUBLISH {
            self.state = State::Opening { header: self.head.len(), remaining };
        } else {
            return Err(Unreadable::Oversized(packet_bytes));
        }
        Ok(())
    }

    /// Writes the stub once the topic and the packet id are there.
    fn end_opening(&mut self, header: usize, remaining: usize, sieved: &mut Vec<u8>) -> Result<(), Unreadable> {
        let first = self.head[0];
        let opening = &self.head[header..];
        let Some(topic_bytes) = opening.first_chunk().map(|&length| usize::from(u16::from_be_bytes(length))) else {
            return Ok(());
        };
        let has_id = first & 0b0110 != 0;
        let opening_bytes = 2 + topic_bytes + if has_id { 2 } else { 0 };
        if opening_bytes > remaining {
            return Err(Unreadable::Malformed);
        }
        if opening.len() < opening_bytes {
            return Ok(());
        }
        // Version 5 has properties between id and payload: none are left.
        let properties: &[u8] = if self.version == MqttVersion::V5 { &[0] } else { &[] };
        sieved.push(first);
        push_length(opening_bytes + properties.len() + STUB_BYTES, sieved);
        sieved.extend_from_slice(opening);
        sieved.extend_from_slice(properties);
        sieved.extend_from_slice(&self.mark.stub(header + remaining));
        self.head.clear();
        self.state = State::after(remaining - opening_bytes, State::Skipping);
        Ok(())
    }
}

impl State {
    fn after(left: usize, state: impl Fn(usize) -> Self) -> Self {
        if left == 0 { Self::Header } else { state(left) }
    }
}

/// Returns the length after a fixed header, seven bits a byte, the lowest first; `None` while it is not whole.
pub(super) fn remaining_length(header: &[u8]) -> Result<Option<usize>, Unreadable> {
    let Some((last, _)) = header.split_last().filter(|_| header.len() > 1) else { return Ok(None) };
    if last & 0x80 != 0 {
        return if header.len() < FIXED_HEADER_BYTES_MAX { Ok(None) } else { Err(Unreadable::Malformed) };
    }
    let length = header[1..].iter().rev().fold(0, |length, byte| length << 7 | usize::from(byte & 0x7f));
    Ok(Some(length))
}

fn push_length(mut length: usize, bytes: &mut Vec<u8>) {
    loop {
        #[expect(clippy::cast_possible_truncation, reason = "seven bits")]
        let low = (length & 0x7f) as u8;
        length >>= 7;
        bytes.push(if length == 0 { low } else { low | 0x80 });
        if length == 0 {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MARK: Mark = Mark(*b"sixteen bytes...");

    fn packet(first: u8, body: &[u8]) -> Vec<u8> {
        let mut packet = vec![first];
        push_length(body.len(), &mut packet);
        packet.extend_from_slice(body);
        packet
    }

    fn publish(first: u8, topic: &str, id: &[u8], payload: &[u8]) -> Vec<u8> {
        let length = u16::try_from(topic.len()).unwrap().to_be_bytes();
        packet(first, &[&length, topic.as_bytes(), id, payload].concat())
    }

    fn sieve(version: MqttVersion, bytes_max: usize, chunks: &[&[u8]]) -> Result<Vec<u8>, Unreadable> {
        let (mut sieve, mut sieved) = (Sieve::new(version, bytes_max, MARK), Vec::new());
        chunks.iter().try_for_each(|chunk| sieve.take(chunk, &mut sieved))?;
        Ok(sieved)
    }

    #[test]
    fn a_message_beyond_the_limit_becomes_a_stub() {
        let (before, after) = (packet(0xd0, &[]), publish(0x30, "b", &[], b"1"));
        let large = publish(0x32, "a/b", &[0, 7], &[b'x'; 300]);
        let stream = [&*before, &large, &after].concat();
        let expected = |properties: &[u8]| {
            let stub = publish(0x32, "a/b", &[0, 7], &[properties, &MARK.stub(large.len())].concat());
            [&*before, &stub, &after].concat()
        };
        assert_eq!(sieve(MqttVersion::V4, 100, &[&stream]), Ok(expected(&[])));
        assert_eq!(sieve(MqttVersion::V5, 100, &[&stream]), Ok(expected(&[0])));
    }

    #[test]
    fn a_stub_tells_the_length_and_nothing_else_does() {
        assert_eq!(MARK.length_in(&MARK.stub(5000)), Some(5000));
        assert_eq!(MARK.length_in(&MARK.0), None);
        assert_eq!(MARK.length_in(b"5"), None);
        assert_ne!(Mark::draw(), Mark::draw());
    }

    #[test]
    fn the_limit_is_of_the_whole_packet() {
        let message = publish(0x30, "a", &[], &[b'x'; 60]);
        assert_eq!(sieve(MqttVersion::V4, message.len(), &[&message]).unwrap(), message);
        assert_ne!(sieve(MqttVersion::V4, message.len() - 1, &[&message]).unwrap(), message);
    }

    #[test]
    fn what_cannot_be_cut_out_is_refused() {
        let connack = packet(0x20, &[0; 200]);
        assert_eq!(sieve(MqttVersion::V5, 100, &[&connack]), Err(Unreadable::Oversized(connack.len())));
        assert_eq!(sieve(MqttVersion::V4, 100, &[&[0x30, 0xff, 0xff, 0xff, 0xff]]), Err(Unreadable::Malformed));
        let topic_too_long = packet(0x30, &[0xff; 200]);
        assert_eq!(sieve(MqttVersion::V4, 100, &[&topic_too_long]), Err(Unreadable::Malformed));
    }

    fn any_packet() -> impl Strategy<Value = Vec<u8>> {
        let message = (0_u8..16, "[a-z/]{1,9}", 0..400_usize).prop_map(|(flags, topic, length)| {
            let id: &[u8] = if flags & 0b0110 == 0 { &[] } else { &[1, 2] };
            publish(0x30 | flags, &topic, id, &vec![b'x'; length])
        });
        prop_oneof![message, prop::collection::vec(any::<u8>(), 0..40).prop_map(|body| packet(0x90, &body))]
    }

    proptest! {
        #[test]
        fn the_split_of_the_bytes_does_not_matter(
            packets in prop::collection::vec(any_packet(), 0..6),
            chunk_bytes in 1_usize..200,
            bytes_max in 45_usize..300,
        ) {
            let stream = packets.concat();
            let chunks: Vec<&[u8]> = stream.chunks(chunk_bytes).collect();
            let whole = sieve(MqttVersion::V4, bytes_max, &[&stream]).unwrap();
            prop_assert_eq!(&sieve(MqttVersion::V4, bytes_max, &chunks).unwrap(), &whole);
            if packets.iter().all(|packet| packet.len() <= bytes_max) {
                prop_assert_eq!(whole, stream);
            }
        }

        #[test]
        fn any_bytes_are_sieved_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200), bytes_max in 0_usize..50) {
            let _sieved = sieve(MqttVersion::V5, bytes_max, &[&bytes]);
        }
    }
}
