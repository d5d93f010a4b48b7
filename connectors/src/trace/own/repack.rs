//! Packs an own trace again that nothing is added to any more: its many small frames, one for each flush, become one.
//!
//! Lines resemble those of a minute ago more than one another in a frame of a second: together they take a fraction.

use std::io::{self, BufRead, BufReader, Read, Write};

use zstd::stream::read::Decoder;
use zstd::stream::write::Encoder;
use zstd::zstd_safe::get_frame_content_size;

/// How hard it is packed: what a slow processor packs many times faster than a plant makes it, and with tables that a small
/// gateway has room for.
const LEVEL: i32 = 6;

/// How far back it is looked for the same, as a power of two: 8 MiB, which every reader allows.
const WINDOW_BITS: u32 = 23;

/// How much of a file tells whether it is packed: a frame's header.
pub const FRAME_HEADER_BYTES_MAX: usize = 18;

/// Tells whether a trace that begins like this is packed. One that is written flush by flush begins with the frame of its
/// header, which says how long it is; one that is packed did not know.
pub fn is_repacked(beginning: &[u8]) -> bool {
    matches!(get_frame_content_size(beginning), Ok(None))
}

/// Packs a trace into one frame; returns how many bytes of lines it has. A last frame that a kill cut off, and a last line,
/// are left out, as a reader leaves them out; any other damage is an error.
pub fn repack(input: impl Read, output: impl Write) -> io::Result<u64> {
    let mut lines = BufReader::new(Decoder::new(input)?);
    let mut encoder = Encoder::new(output, LEVEL)?;
    encoder.include_checksum(true)?;
    encoder.long_distance_matching(true)?;
    encoder.window_log(WINDOW_BITS)?;
    let (mut line, mut bytes) = (Vec::new(), 0);
    while next_line(&mut lines, &mut line)? {
        encoder.write_all(&line)?;
        bytes += line.len() as u64;
        line.clear();
    }
    encoder.finish()?.flush()?;
    Ok(bytes)
}

/// Reads a whole line; false at the end, and where the trace was cut off.
fn next_line(lines: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    match lines.read_until(b'\n', line) {
        Ok(_) => Ok(line.ends_with(b"\n")),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    /// Returns lines as a writer hands them on: a frame for each flush.
    fn flushed(lines: &[String]) -> Vec<u8> {
        lines.iter().flat_map(|line| zstd::bulk::compress(line.as_bytes(), 3).unwrap()).collect()
    }

    fn lines(count: u64) -> Vec<String> {
        (0..count).map(|number| format!("{{\"scan\":{number},\"samples\":[[0,true],[1,17],[2,81.5]]}}\n")).collect()
    }

    fn unpacked(bytes: &[u8]) -> String {
        String::from_utf8(zstd::decode_all(bytes).unwrap()).unwrap()
    }

    fn packed(input: &[u8]) -> Vec<u8> {
        let mut output = Vec::new();
        repack(Cursor::new(input), &mut output).unwrap();
        output
    }

    #[test]
    fn many_frames_become_one_of_the_same_lines() {
        let lines = lines(2_000);
        let frames = flushed(&lines);
        let one = packed(&frames);
        assert_eq!(unpacked(&one), lines.concat());
        assert!(one.len() * 10 < frames.len(), "{} of {}", one.len(), frames.len());
        assert!(!is_repacked(&frames[..FRAME_HEADER_BYTES_MAX]) && is_repacked(&one[..FRAME_HEADER_BYTES_MAX]));
        // Once more changes nothing of it.
        assert_eq!(unpacked(&packed(&one)), lines.concat());
    }

    #[test]
    fn a_frame_that_was_cut_off_is_left_out_wherever_that_was() {
        let lines = lines(3);
        let frames = flushed(&lines);
        let whole = flushed(&lines[..2]).len();
        for length in whole..frames.len() {
            assert_eq!(unpacked(&packed(&frames[..length])), lines[..2].concat(), "{length} bytes");
        }
        // The frame is whole, its last line is not.
        let half = flushed(&[lines[0].clone(), lines[1][..9].to_owned()]);
        assert_eq!(unpacked(&packed(&half)), lines[0]);
    }

    #[test]
    fn damage_is_an_error() {
        let mut frames = flushed(&lines(50));
        let middle = frames.len() / 2;
        frames[middle..middle + 40].fill(0xff);
        assert!(repack(Cursor::new(&frames), Vec::new()).is_err());
        assert!(repack(Cursor::new(b"no trace at all, but long enough"), Vec::new()).is_err());
        assert!(!is_repacked(b"{\"latchwork_trace\":1}"));
    }
}
