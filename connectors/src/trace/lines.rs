//! Lines out of a stream, without copying: one buffer, reused, that grows only for long lines.
//!
//! Knows line ends and quotes, and nothing of what a line means.

use std::io::{self, Read};
use std::ops::Range;
use std::sync::Arc;

use memchr::{memchr, memchr_iter, memchr2};

use super::error::{TraceError, TraceProblem};
use super::open::Bytes;
use super::quotes::{RecordEnd, record_end};
use crate::limits::{LINE_BYTES_MAX, QUOTED_BYTES_MAX};

/// The byte order mark that spreadsheets write before UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Whether a stream that breaks off has simply ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// Somebody lost the end: an error.
    Refused,
    /// The writer was killed: the last frame and the last line without an end are dropped.
    Accepted,
}

/// The lines of one stream.
pub(crate) struct Lines {
    file: Arc<str>,
    stream: Bytes,
    buffer: Vec<u8>,
    /// Where the next line begins.
    start: usize,
    /// Where the bytes end that were read.
    end: usize,
    /// The number of the line that was returned last; for a record of several lines its first.
    number: u64,
    /// How many line ends stand before `start`.
    passed: u64,
    ended: bool,
    cut: Cut,
    cut_off: bool,
}

impl Lines {
    pub(crate) fn new(file: &Arc<str>, stream: Bytes, buffer_bytes: usize) -> Self {
        Self {
            file: Arc::clone(file),
            stream,
            buffer: vec![0; buffer_bytes],
            start: 0,
            end: 0,
            number: 0,
            passed: 0,
            ended: false,
            cut: Cut::Refused,
            cut_off: false,
        }
    }

    /// Tells whether the stream broke off where that was accepted.
    pub(crate) const fn is_cut_off(&self) -> bool {
        self.cut_off
    }

    /// Drops what a killed writer left at the end, from here on.
    pub(crate) const fn accept_cut(&mut self) {
        self.cut = Cut::Accepted;
    }

    /// Returns the first line without taking it, and without its byte order mark.
    pub(crate) fn peek(&mut self) -> Result<&[u8], TraceError> {
        while self.end - self.start < BYTE_ORDER_MARK.len() && self.fill()? {}
        if self.passed == 0 && self.buffer[self.start..self.end].starts_with(BYTE_ORDER_MARK) {
            self.start += BYTE_ORDER_MARK.len();
        }
        let length = self.find_line_end()?.unwrap_or(self.end - self.start);
        Ok(&self.buffer[self.start..self.start + length])
    }

    /// Returns the next line's number, from 1, and the line without its end.
    pub(crate) fn next_line(&mut self) -> Result<Option<(u64, &[u8])>, TraceError> {
        Ok(self.take_line()?.map(|range| (self.number, &self.buffer[range])))
    }

    /// Returns the next CSV record without its line end: a line, unless a quoted cell holds line breaks.
    #[inline]
    pub(crate) fn next_record(&mut self, delimiter: u8) -> Result<Option<Record<'_>>, TraceError> {
        let ahead = &self.buffer[self.start..self.end];
        let plain = memchr2(b'\n', b'"', ahead).filter(|&length| ahead[length] == b'\n');
        let range = match plain {
            Some(length) => Some(self.take(length)),
            None => self.take_quoted(delimiter)?,
        };
        Ok(range.map(|range| Record { line: self.number, bytes: &self.buffer[range] }))
    }

    /// Returns the bytes that are there, from the next line on: perhaps several lines, perhaps not a whole one.
    #[inline]
    pub(crate) fn ahead(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// Returns how many lines lie before those ahead.
    pub(crate) const fn passed(&self) -> u64 {
        self.passed
    }

    /// Passes lines of this many bytes together, their ends included.
    pub(crate) const fn pass(&mut self, lines: u64, length: usize) {
        self.start += length;
        self.passed += lines;
    }

    /// Takes a record that has quotes or is not wholly in the buffer.
    fn take_quoted(&mut self, delimiter: u8) -> Result<Option<Range<usize>>, TraceError> {
        loop {
            let ahead = &self.buffer[self.start..self.end];
            let is_long = ahead.len() > QUOTED_BYTES_MAX;
            match record_end(ahead, delimiter) {
                RecordEnd::At(length) => {
                    let line_breaks = memchr_iter(b'\n', &ahead[..length]).count() as u64;
                    let range = self.take(length);
                    self.passed += line_breaks;
                    return Ok(Some(range));
                }
                RecordEnd::Unended if !self.fill()? => return Ok(self.take_rest()),
                // A quote that never closes is the fault of its own line, not of those behind it.
                RecordEnd::Unclosed if is_long || !self.fill()? => return self.take_line(),
                RecordEnd::Unended | RecordEnd::Unclosed => {}
            }
        }
    }

    fn take_line(&mut self) -> Result<Option<Range<usize>>, TraceError> {
        Ok(match self.find_line_end()? {
            Some(length) => Some(self.take(length)),
            None => self.take_rest(),
        })
    }

    /// Returns how far a line end lies ahead, reading as much as that takes.
    fn find_line_end(&mut self) -> Result<Option<usize>, TraceError> {
        let mut searched = 0;
        loop {
            if let Some(at) = memchr(b'\n', &self.buffer[self.start + searched..self.end]) {
                return Ok(Some(searched + at));
            }
            searched = self.end - self.start;
            if !self.fill()? {
                return Ok(None);
            }
        }
    }

    /// Takes a line of this many bytes and its end.
    #[inline]
    fn take(&mut self, length: usize) -> Range<usize> {
        let start = self.start;
        let end = start + length;
        self.start = end + 1;
        self.number = self.passed + 1;
        self.passed += 1;
        let carriage_return = usize::from(length > 0 && self.buffer[end - 1] == b'\r');
        start..end - carriage_return
    }

    /// Takes what stands behind the last line end.
    fn take_rest(&mut self) -> Option<Range<usize>> {
        let length = self.end - self.start;
        if length > 0 && self.cut == Cut::Accepted {
            self.start = self.end;
            self.cut_off = true;
        }
        if self.start == self.end {
            return None;
        }
        let range = self.take(length);
        self.start = self.end;
        Some(range)
    }

    /// Reads more; returns whether there was any.
    fn fill(&mut self) -> Result<bool, TraceError> {
        if self.ended {
            return Ok(false);
        }
        self.make_room()?;
        let length = loop {
            match self.stream.read(&mut self.buffer[self.end..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => break self.broken_off(error)?,
                Ok(length) => break length,
            }
        };
        self.end += length;
        self.ended = length == 0;
        Ok(length > 0)
    }

    fn make_room(&mut self) -> Result<(), TraceError> {
        if self.end < self.buffer.len() {
            return Ok(());
        }
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        if self.end == self.buffer.len() {
            if self.end >= LINE_BYTES_MAX {
                return Err(TraceError::new(&self.file, TraceProblem::LineTooLong { line: self.passed + 1 }));
            }
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        Ok(())
    }

    fn broken_off(&mut self, error: io::Error) -> Result<usize, TraceError> {
        let error = TraceError::reading(&self.file, error);
        if self.cut == Cut::Accepted && matches!(error.problem(), TraceProblem::CutOff) {
            self.cut_off = true;
            return Ok(0);
        }
        Err(error)
    }
}

/// One CSV record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record<'a> {
    /// The number of its first line, from 1.
    pub(crate) line: u64,
    pub(crate) bytes: &'a [u8],
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives one byte at a time, with an interruption before each.
    struct Trickle(io::Cursor<Vec<u8>>, bool);

    impl Read for Trickle {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.1 = !self.1;
            if self.1 { Err(io::ErrorKind::Interrupted.into()) } else { self.0.read(&mut buffer[..1]) }
        }
    }

    fn lines(text: &str) -> Lines {
        Lines::new(&"a".into(), Box::new(Trickle(io::Cursor::new(text.as_bytes().to_vec()), false)), 4)
    }

    fn records(text: &str) -> Vec<(u64, String)> {
        let mut lines = lines(text);
        let mut found = Vec::new();
        while let Some(record) = lines.next_record(b',').unwrap() {
            found.push((record.line, String::from_utf8(record.bytes.to_vec()).unwrap()));
        }
        found
    }

    fn check(text: &str, expected: &[(u64, &str)]) {
        let expected: Vec<_> = expected.iter().map(|&(line, text)| (line, text.to_owned())).collect();
        assert_eq!(records(text), expected, "{text:?}");
    }

    #[test]
    fn line_ends_of_every_system() {
        check("a\nb\r\n\nc", &[(1, "a"), (2, "b"), (3, ""), (4, "c")]);
        check("a\n", &[(1, "a")]);
        check("", &[]);
    }

    #[test]
    fn a_quoted_line_break_does_not_end_a_record() {
        check("a,\"b\nc\",d\ne\n", &[(1, "a,\"b\nc\",d"), (3, "e")]);
        check("\"b\"\"\n\"\nc", &[(1, "\"b\"\"\n\""), (3, "c")]);
    }

    #[test]
    fn a_quote_inside_a_cell_is_a_character() {
        check("5\" pipe\nb", &[(1, "5\" pipe"), (2, "b")]);
    }

    #[test]
    fn a_quote_that_never_closes_takes_no_other_line_with_it() {
        check("a,\"b\nc\nd", &[(1, "a,\"b"), (2, "c"), (3, "d")]);
    }

    #[test]
    fn the_byte_order_mark_is_not_text() {
        let mut lines = lines("\u{feff}a\nb");
        assert_eq!(lines.peek().unwrap(), b"a");
        assert_eq!(lines.next_line().unwrap(), Some((1, b"a".as_slice())));
        assert_eq!(lines.next_line().unwrap(), Some((2, b"b".as_slice())));
        assert_eq!(lines.next_line().unwrap(), None);
    }

    #[test]
    fn an_absurd_line_is_an_error() {
        let mut lines = Lines::new(&"a".into(), Box::new(io::repeat(b'x')), 1 << 20);
        let error = lines.next_line().unwrap_err();
        assert!(matches!(error.problem(), TraceProblem::LineTooLong { line: 1 }));
    }

    #[test]
    fn a_killed_writer_left_half_a_line() {
        let mut lines = lines("a\nb");
        lines.accept_cut();
        assert_eq!(lines.next_line().unwrap(), Some((1, b"a".as_slice())));
        assert_eq!(lines.next_line().unwrap(), None);
        assert!(lines.is_cut_off());
    }
}
