//! Packs an own trace again that nothing is added to any more: its many small frames, one for each flush, become few large ones.
//!
//! Lines resemble those of a minute ago more than one another in a frame of a second: together they take a fraction.

use std::io::{self, BufRead, BufReader, Read, Write};

use zstd::stream::read::Decoder;
use zstd::stream::write::Encoder;
use zstd::zstd_safe::get_frame_content_size;

use crate::limits::{REPACKED_FRAME_BYTES, REPACKING_STEP_BYTES};

/// How hard it is packed: what a slow processor packs many times faster than a plant makes it.
const LEVEL: i32 = 6;

/// How far back it is looked for the same, as a power of two: 2 MiB, minutes of a plant. With the tables of the level that is
/// nearly all that packing takes of memory: 5.3 MB, measured.
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
    let mut lines = BufReader::with_capacity(REPACKING_STEP_BYTES, Decoder::new(input)?);
    let mut frame = Frame::begin(output)?;
    loop {
        let piece = match lines.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof && frame.bytes > 0 => return frame.cut_off(),
            piece => piece?,
        };
        if piece.is_empty() {
            return if frame.bytes > 0 { frame.end()?.flush() } else { Err(io::ErrorKind::UnexpectedEof.into()) };
        }
        let length = piece.len();
        frame = frame.with(piece)?;
        lines.consume(length);
        pause()?;
    }
}

/// A frame that is being packed.
struct Frame<W: Write> {
    encoder: Encoder<'static, W>,
    /// Bytes in it so far.
    bytes: usize,
    /// Whether what is in it ends with a whole line.
    is_line_whole: bool,
}

impl<W: Write> Frame<W> {
    fn begin(output: W) -> io::Result<Self> {
        let mut encoder = Encoder::new(output, LEVEL)?;
        encoder.include_checksum(true)?;
        encoder.window_log(WINDOW_BITS)?;
        Ok(Self { encoder, bytes: 0, is_line_whole: true })
    }

    /// Adds to it, or to the next one from the beginning of a line on, if it is long enough.
    fn with(mut self, piece: &[u8]) -> io::Result<Self> {
        let end = match self.bytes {
            0..REPACKED_FRAME_BYTES => None,
            _ if self.is_line_whole => Some(0),
            _ => memchr::memchr(b'\n', piece).map(|end| end + 1),
        };
        let (here, behind) = piece.split_at(end.unwrap_or(piece.len()));
        self.add(here)?;
        if behind.is_empty() {
            return Ok(self);
        }
        let mut next = Self::begin(self.end()?)?;
        next.add(behind)?;
        Ok(next)
    }

    fn add(&mut self, piece: &[u8]) -> io::Result<()> {
        self.encoder.write_all(piece)?;
        self.bytes += piece.len();
        self.is_line_whole = piece.last().map_or(self.is_line_whole, |&last| last == b'\n');
        Ok(())
    }

    fn end(self) -> io::Result<W> {
        self.encoder.finish()
    }

    /// Has all that is in it be read, and its end be missing.
    fn cut_off(mut self) -> io::Result<()> {
        self.encoder.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use zstd::zstd_safe::find_frame_compressed_size;

    use super::*;

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
        let end = Decoder::new(bytes).unwrap().read_to_end(&mut text);
        assert!(end.as_ref().err().is_none_or(|error| error.kind() == io::ErrorKind::UnexpectedEof), "{end:?}");
        (String::from_utf8(text).unwrap(), end.is_ok())
    }

    fn packed(input: &[u8]) -> Vec<u8> {
        let mut output = Vec::new();
        repack(Cursor::new(input), &mut output, || Ok(())).unwrap();
        output
    }

    /// Returns the frames of a trace, each unpacked.
    fn frames(mut bytes: &[u8]) -> Vec<String> {
        let mut frames = Vec::new();
        while !bytes.is_empty() {
            let (frame, others) = bytes.split_at(find_frame_compressed_size(bytes).unwrap());
            frames.push(unpacked(frame).0);
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
