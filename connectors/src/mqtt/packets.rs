//! Cuts what goes over a link into packets for the frame log.
//!
//! Pure. What is longer than a line shows is counted and not kept; a CONNECT, which has a password in it, is not shown.

use super::sieve::remaining_length;
use crate::frames::{FrameLog, Way};
use crate::limits::FRAME_BYTES_SHOWN_MAX;

/// The type of a CONNECT in the upper half of the first byte.
const CONNECT: u8 = 1;

/// How many bytes of a CONNECT are shown: its type and its length at most.
const CONNECT_BYTES_SHOWN: usize = 2;

/// What goes one way over a link.
#[derive(Debug)]
pub(super) struct Packets {
    log: FrameLog,
    way: Way,
    /// The beginning of the packet that is on its way.
    head: Vec<u8>,
    /// How long that is, and how many bytes of it have gone by; not known while its header is not whole.
    length: Option<usize>,
    gone: usize,
    /// Whether what goes by cannot be cut any more: it is not the protocol.
    is_lost: bool,
}

impl Packets {
    pub(super) const fn new(log: FrameLog, way: Way) -> Self {
        Self { log, way, head: Vec::new(), length: None, gone: 0, is_lost: false }
    }

    /// Takes the next bytes.
    pub(super) fn take(&mut self, mut bytes: &[u8]) {
        if self.is_lost {
            return self.log.frame(self.way, bytes.len(), bytes);
        }
        while let Some((&byte, after)) = bytes.split_first() {
            let Some(length) = self.length else {
                self.head.push(byte);
                self.end_header();
                if self.is_lost {
                    return self.take(after);
                }
                bytes = after;
                continue;
            };
            let (of_packet, rest) = bytes.split_at((length - self.gone).min(bytes.len()));
            let room = FRAME_BYTES_SHOWN_MAX.saturating_sub(self.head.len());
            self.head.extend_from_slice(&of_packet[..of_packet.len().min(room)]);
            self.gone += of_packet.len();
            self.end_packet();
            bytes = rest;
        }
    }

    fn end_header(&mut self) {
        match remaining_length(&self.head) {
            Ok(None) => {}
            Ok(Some(remaining)) => {
                self.gone = self.head.len();
                self.length = Some(self.gone + remaining);
                self.end_packet();
            }
            Err(_) => {
                self.log.frame(self.way, self.head.len(), &self.head);
                self.is_lost = true;
            }
        }
    }

    /// Notes the packet if all of it has gone by.
    fn end_packet(&mut self) {
        let Some(length) = self.length.filter(|&length| self.gone == length) else { return };
        if self.head.first().is_some_and(|first| first >> 4 == CONNECT) {
            self.head.truncate(CONNECT_BYTES_SHOWN);
        }
        self.log.frame(self.way, length, &self.head);
        self.head.clear();
        self.length = None;
    }
}

#[cfg(test)]
mod tests {
    use latchwork_config::connections::FrameLogSettings;

    use super::*;

    /// Returns the lines of what goes by in pieces of this length, without their times.
    fn lines(stream: &[u8], piece: usize) -> Vec<String> {
        let name = format!("latchwork-packets-{}-{piece}.log", std::process::id());
        let file = std::env::temp_dir().join(name);
        let _absent = std::fs::remove_file(&file);
        let log = FrameLog::of(Some(&FrameLogSettings { file: file.clone(), bytes_max: 1 << 20 })).unwrap();
        let mut packets = Packets::new(log, Way::Out);
        stream.chunks(piece).for_each(|piece| packets.take(piece));
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::remove_file(&file).unwrap();
        text.lines().map(|line| line.split_once(' ').unwrap().1.to_owned()).collect()
    }

    #[test]
    fn packets_are_shown_whole_however_they_come_and_passwords_are_not() {
        let connect = [&[0x10, 6][..], b"secret"].concat();
        let publish = [0x30, 4, 0, 1, b'a', b'5'];
        let long = [&[0x30, 0x90, 0x4e][..], &[7; 10_000]].concat();
        let stream = [&connect[..], &publish, &[0xc0, 0], &long, &publish].concat();
        let shown = format!("> 10003: 30 90 4e{} …", " 07".repeat(FRAME_BYTES_SHOWN_MAX - 3));
        let expected =
            ["> 8: 10 06 …", "> 6: 30 04 00 01 61 35", "> 2: c0 00", shown.as_str(), "> 6: 30 04 00 01 61 35"];
        for piece in [1, 2, 3, 7, 5_000, stream.len()] {
            assert_eq!(lines(&stream, piece), expected, "{piece}");
        }
    }

    #[test]
    fn what_is_not_the_protocol_is_shown_as_it_comes() {
        assert_eq!(lines(&[0x20, 0xff, 0xff, 0xff, 0xff, 1, 2], 7), ["> 5: 20 ff ff ff ff", "> 2: 01 02"]);
    }
}
