//! Packs an own trace again that nothing is added to any more: its many small frames, one for each flush, become few large
//! ones, in which its lines are told by columns.
//!
//! Lines resemble those of a minute ago more than one another in a frame of a second: together they take a fraction.

use std::io::{self, BufRead, BufReader, Read, Write};

use zstd::stream::read::Decoder;
use zstd::stream::write::Encoder;
use zstd::zstd_safe::get_frame_content_size;

use super::packed::{Block, FIRST_LINE, Unpacked};
use crate::limits::REPACKING_STEP_BYTES;

/// How hard it is packed: what a slow processor packs many times faster than a plant makes it.
const LEVEL: i32 = 6;

/// How far back it is looked for the same, as a power of two: 2 MiB, more than a block mostly has. With the tables of the level
/// that is nearly all that packing takes of memory.
const WINDOW_BITS: u32 = 21;

/// How much of a trace tells whether it is packed: a frame's header.
const FRAME_HEADER_BYTES_MAX: u64 = 18;

/// Tells whether a trace is packed. One that is written flush by flush begins with the frame of its header, which says how
/// long it is; one that is packed did not know.
pub fn is_repacked(trace: impl Read) -> io::Result<bool> {
    let mut beginning = Vec::new();
    trace.take(FRAME_HEADER_BYTES_MAX).read_to_end(&mut beginning)?;
    Ok(matches!(get_frame_content_size(&beginning), Ok(None)))
}

/// Packs a trace into large frames, with `pause` called after every little of work: what it refuses ends the packing.
///
/// Every reader finds the same bytes in them, and the same end: a trace that a kill cut off is cut off as well. Other damage
/// is an error, and so is a trace without a single whole frame.
pub fn repack(input: impl Read, output: impl Write, mut pause: impl FnMut() -> io::Result<()>) -> io::Result<()> {
    let lines = Unpacked::new(Decoder::new(input)?);
    let mut lines = BufReader::with_capacity(REPACKING_STEP_BYTES, lines);
    let mut packer = Packer { output, pause: &mut pause, block: Block::default(), line: Vec::new(), is_begun: false };
    loop {
        let piece = match lines.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof && !packer.is_empty() => {
                return packer.end(End::Missing);
            }
            piece => piece?,
        };
        if piece.is_empty() {
            return if packer.is_empty() { Err(io::ErrorKind::UnexpectedEof.into()) } else { packer.end(End::Whole) };
        }
        let length = piece.len();
        packer.add(piece)?;
        lines.consume(length);
        (packer.pause)()?;
    }
}

/// Whether a frame is given its end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Whole,
    /// All that is in it can be read, and then its end is missing.
    Missing,
}

/// A trace that is being packed: a frame for each block.
struct Packer<'a, W, P> {
    output: W,
    pause: &'a mut P,
    block: Block,
    /// The beginning of a line whose end did not come yet.
    line: Vec<u8>,
    is_begun: bool,
}

impl<W: Write, P: FnMut() -> io::Result<()>> Packer<'_, W, P> {
    const fn is_empty(&self) -> bool {
        !self.is_begun && self.block.is_empty() && self.line.is_empty()
    }

    fn add(&mut self, piece: &[u8]) -> io::Result<()> {
        for line in piece.split_inclusive(|&byte| byte == b'\n') {
            if self.line.is_empty() && line.ends_with(b"\n") {
                self.add_line(line)?;
                continue;
            }
            self.line.extend_from_slice(line);
            // The pieces of a long line need not wait for its end.
            if line.ends_with(b"\n") || self.line.len() >= REPACKING_STEP_BYTES {
                let mut line = std::mem::take(&mut self.line);
                self.add_line(&line)?;
                line.clear();
                self.line = line;
            }
        }
        Ok(())
    }

    /// Adds a line to the block, or to the next one if it is large enough.
    fn add_line(&mut self, line: &[u8]) -> io::Result<()> {
        if self.block.is_full() {
            self.write(End::Whole)?;
        }
        self.block.add(line);
        Ok(())
    }

    fn write(&mut self, end: End) -> io::Result<()> {
        let block = std::mem::take(&mut self.block);
        let mut encoder = Encoder::new(&mut self.output, LEVEL)?;
        encoder.include_checksum(true)?;
        encoder.window_log(WINDOW_BITS)?;
        if !std::mem::replace(&mut self.is_begun, true) {
            encoder.write_all(FIRST_LINE)?;
        }
        block.write(&mut encoder, self.pause)?;
        match end {
            End::Whole => encoder.finish().map(|_| ()),
            End::Missing => encoder.flush(),
        }
    }

    fn end(mut self, end: End) -> io::Result<()> {
        if !self.line.is_empty() {
            let line = std::mem::take(&mut self.line);
            self.add_line(&line)?;
        }
        self.write(end)?;
        self.output.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use zstd::zstd_safe::find_frame_compressed_size;

    use super::*;
    use crate::limits::REPACKED_FRAME_BYTES;

    /// Returns lines as a writer hands them on: a frame for each flush.
    fn flushed(lines: &[String]) -> Vec<u8> {
        lines.iter().flat_map(|line| zstd::bulk::compress(line.as_bytes(), 3).unwrap()).collect()
    }

    fn lines(count: u64) -> Vec<String> {
        (0..count).map(|number| format!("{{\"scan\":{number},\"samples\":[[0,true],[1,17],[2,81.5]]}}\n")).collect()
    }

    /// Returns what a reader finds, and whether it finds an end.
    fn unpacked(bytes: &[u8]) -> (String, bool) {
        let mut text = Vec::new();
        let end = Unpacked::new(Decoder::new(bytes).unwrap()).read_to_end(&mut text);
        assert!(end.as_ref().err().is_none_or(|error| error.kind() == io::ErrorKind::UnexpectedEof), "{end:?}");
        (String::from_utf8(text).unwrap(), end.is_ok())
    }

    fn packed(input: &[u8]) -> Vec<u8> {
        let mut output = Vec::new();
        repack(Cursor::new(input), &mut output, || Ok(())).unwrap();
        output
    }

    /// Returns the frames of a trace, each unpacked by itself.
    fn frames(mut bytes: &[u8]) -> Vec<String> {
        let mut frames = Vec::new();
        while !bytes.is_empty() {
            let (frame, others) = bytes.split_at(find_frame_compressed_size(bytes).unwrap());
            let first = zstd::encode_all(if frames.is_empty() { b"" } else { FIRST_LINE }, 1).unwrap();
            frames.push(unpacked(&[&first, frame].concat()).0);
            bytes = others;
        }
        frames
    }

    #[test]
    fn many_frames_become_one_of_the_same_lines() {
        let lines = lines(2_000);
        let small = flushed(&lines);
        let large = packed(&small);
        assert_eq!(unpacked(&large), (lines.concat(), true));
        assert_eq!(frames(&large).len(), 1);
        assert!(large.len() * 10 < small.len(), "{} of {}", large.len(), small.len());
        assert!(!is_repacked(&*small).unwrap() && is_repacked(&*large).unwrap());
        // Once more changes nothing of it.
        assert_eq!(packed(&large), large);
    }

    #[test]
    fn a_long_trace_becomes_several_frames_of_whole_lines() {
        let lines = lines(5 * REPACKED_FRAME_BYTES as u64 / 100);
        let text = lines.concat();
        let (whole, broken) =
            (lines.chunks(5_000).map(|some| some.concat().into_bytes()), text.as_bytes().chunks(200_000));
        for pieces in [whole.collect::<Vec<_>>(), broken.map(<[u8]>::to_vec).collect()] {
            let small: Vec<u8> = pieces.iter().flat_map(|one| zstd::bulk::compress(one, 1).unwrap()).collect();
            let frames = frames(&packed(&small));
            assert!(frames.concat() == text);
            assert_eq!(frames.len(), 3);
            for frame in frames {
                assert!(frame.starts_with('{') && frame.ends_with('\n'));
                assert!(frame.len() <= REPACKED_FRAME_BYTES + 2 * REPACKING_STEP_BYTES, "{} bytes", frame.len());
            }
        }
    }

    #[test]
    fn a_trace_that_was_cut_off_stays_so_wherever_that_was() {
        let lines = lines(3);
        let small = flushed(&lines);
        let whole = flushed(&lines[..2]).len();
        for length in whole..small.len() {
            let (large, found) = (packed(&small[..length]), unpacked(&small[..length]));
            assert!(found.0.starts_with(&lines[..2].concat()) && found.1 == (length == whole), "{found:?}");
            assert_eq!(unpacked(&large), found, "{length} bytes");
            assert!(is_repacked(&*large).unwrap());
        }
        // The frame is whole, its last line is not.
        let half = flushed(&[lines[0].clone(), lines[1][..9].to_owned()]);
        assert_eq!(unpacked(&packed(&half)), (format!("{}{}", lines[0], &lines[1][..9]), true));
    }

    #[test]
    fn not_a_line_of_a_packed_block_is_given_before_its_checksum_is_known_to_be_right() {
        let mut bytes = packed(&flushed(&lines(50)));
        *bytes.last_mut().unwrap() ^= 1;
        let mut text = Vec::new();
        let error = Unpacked::new(Decoder::new(&*bytes).unwrap()).read_to_end(&mut text).unwrap_err();
        assert!(error.kind() != io::ErrorKind::UnexpectedEof && text.is_empty(), "{error}, {} bytes", text.len());
    }

    #[test]
    fn damage_is_an_error() {
        let refused = |bytes: &[u8]| repack(Cursor::new(bytes), Vec::new(), || Ok(())).is_err();
        let mut small = flushed(&lines(50));
        assert!(refused(&[]) && refused(&small[..8]) && refused(b"no trace at all, but long enough"));
        let middle = small.len() / 2;
        small[middle..middle + 40].fill(0xff);
        assert!(refused(&small));
        assert!(!is_repacked(&b"{\"latchwork_trace\":1}"[..]).unwrap() && !is_repacked(&b""[..]).unwrap());
    }

    #[test]
    fn who_wants_it_to_end_is_asked_after_every_little_of_work() {
        let small = flushed(&lines(20_000));
        let (mut asked, mut left) = (0, 3);
        let wanted = || {
            (asked, left) = (asked + 1, left - 1);
            if left == 0 { Err(io::ErrorKind::Interrupted.into()) } else { Ok(()) }
        };
        assert_eq!(repack(Cursor::new(small), Vec::new(), wanted).unwrap_err().kind(), io::ErrorKind::Interrupted);
        assert_eq!(asked, 3);
    }
}
