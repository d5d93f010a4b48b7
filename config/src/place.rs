//! Places: bytes of a file to line, column and excerpt. Columns are 1-based and count characters.

use std::ops::Range;

use crate::limits::{EXCERPT_CHARS_MAX, FILE_BYTES_MAX};
use crate::problem::Position;

/// A file's index in the order in which the files were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct FileIndex(pub(crate) u32);

impl FileIndex {
    /// Returns the index for a slice.
    pub(crate) const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A span of bytes in a file. The order of places is the order in which people read. Small, for every key and every value
/// has one; no file is so long that its bytes cannot be counted in 32 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// The file.
    pub(crate) file: FileIndex,
    start: u32,
    end: u32,
}

const _: () = assert!(FILE_BYTES_MAX < u32::MAX as usize);

impl Place {
    /// Returns the place of a span in a file.
    pub(crate) fn new(file: FileIndex, span: &Range<usize>) -> Self {
        let [start, end] = [span.start, span.end].map(counted);
        Self { file, start, end }
    }

    /// Returns the place before the first byte of a file.
    pub(crate) const fn beginning(file: FileIndex) -> Self {
        Self { file, start: 0, end: 0 }
    }

    /// Returns the first byte.
    pub(crate) const fn start(self) -> usize {
        self.start as usize
    }

    /// Returns the byte after the last.
    pub(crate) const fn end(self) -> usize {
        self.end as usize
    }

    /// Returns the bytes.
    pub(crate) const fn span(self) -> Range<usize> {
        self.start()..self.end()
    }
}

/// Returns an offset of a file in 32 bits.
fn counted(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

/// Where the lines of a text begin.
#[derive(Debug)]
pub(crate) struct Lines {
    starts: Vec<u32>,
}

impl Lines {
    /// Finds the lines of a text.
    pub(crate) fn of(text: &str) -> Self {
        let after_breaks = text.bytes().enumerate().filter(|&(_, byte)| byte == b'\n').map(|(at, _)| counted(at + 1));
        Self { starts: std::iter::once(0).chain(after_breaks).collect() }
    }

    /// Returns the number of the line that a byte is in, from 1.
    pub(crate) fn line(&self, offset: usize) -> usize {
        self.starts.partition_point(|&start| start as usize <= offset)
    }

    /// Returns where a span of `text` is, for people. A span over several lines ends with the first.
    pub(crate) fn position(&self, text: &str, span: &Range<usize>) -> Position {
        let start = floor_to_character(text, span.start);
        let line = self.line(start);
        let line_start = self.starts[line - 1] as usize;
        let whole = self.starts.get(line).map_or(&text[line_start..], |&next| &text[line_start..next as usize]);
        let source = whole.trim_end_matches(['\n', '\r']);
        let end = floor_to_character(text, span.end).clamp(start, (line_start + source.len()).max(start));
        let before = text[line_start..start].chars().count();
        let length = text[start..end].chars().count().max(1);
        Position::new(line, before, length, source)
    }
}

/// Returns the nearest offset at or before `offset` that does not cut a character.
fn floor_to_character(text: &str, offset: usize) -> usize {
    (0..=offset.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

impl Position {
    /// Returns where a span of a text is, for people. A span over several lines ends with the first.
    pub fn of(text: &str, span: &Range<usize>) -> Self {
        Lines::of(text).position(text, span)
    }

    /// Returns the position of `length` characters after `before` characters of a line. A long line
    /// is cut around them; a tab and other control characters are shown as a space.
    fn new(line: usize, before: usize, length: usize, source: &str) -> Self {
        let skipped =
            if before + length <= EXCERPT_CHARS_MAX { 0 } else { before.saturating_sub(EXCERPT_CHARS_MAX / 4) };
        let shown = source.chars().skip(skipped).take(EXCERPT_CHARS_MAX);
        Self {
            line,
            column: before + 1,
            length,
            excerpt: shown.map(|character| if character.is_control() { ' ' } else { character }).collect(),
            excerpt_offset: skipped,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, span: Range<usize>, expected: (usize, usize, usize, &str)) {
        let found = Lines::of(text).position(text, &span);
        assert_eq!((found.line, found.column, found.length, found.excerpt.as_str()), expected);
    }

    #[test]
    fn counts_lines_and_characters_from_one() {
        check("a = 1\nb = 2", 6..7, (2, 1, 1, "b = 2"));
        check("ä = \"ö\" # x\r\n", 5..9, (1, 5, 3, "ä = \"ö\" # x"));
    }

    #[test]
    fn ends_a_span_with_its_first_line() {
        check("x = \"\"\"\nfirst\nsecond\"\"\"", 8..20, (2, 1, 5, "first"));
    }

    #[test]
    fn takes_any_offset() {
        check("", 0..0, (1, 1, 1, ""));
        check("ä", 1..99, (1, 1, 1, "ä"));
        check("a\n", 2..2, (2, 1, 1, ""));
        check("a\nb", 1..1, (1, 2, 1, "a"));
    }

    #[test]
    fn cuts_a_long_line_around_the_span() {
        let text = format!("{}HERE{}", "-".repeat(1000), "-".repeat(1000));
        let found = Lines::of(&text).position(&text, &(1000..1004));
        assert_eq!(found.column, 1001);
        assert_eq!(&found.excerpt[1000 - found.excerpt_offset..][..4], "HERE");
        assert_eq!(found.excerpt.len(), EXCERPT_CHARS_MAX);
    }
}
