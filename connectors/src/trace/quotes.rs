//! Quotes of CSV (RFC 4180): where a record with quoted line breaks ends, and what a quoted cell says.
//!
//! A quote opens a cell only as its first character; elsewhere it is a character like any other.

use std::borrow::Cow;

use memchr::{memchr, memchr2};

/// Where a record ends.
pub(crate) enum RecordEnd {
    /// At a line end so far ahead.
    At(usize),
    /// Behind the bytes that are there.
    Unended,
    /// Behind the bytes that are there, if its quote closes at all.
    Unclosed,
}

/// Finds the end of the record that begins the bytes. A quote opens a cell only as its first character.
pub(crate) fn record_end(bytes: &[u8], delimiter: u8) -> RecordEnd {
    let mut at = 0;
    loop {
        if bytes.get(at) == Some(&b'"') {
            match quoted_end(bytes, at + 1) {
                Some(end) => at = end,
                None => return RecordEnd::Unclosed,
            }
        }
        match memchr2(delimiter, b'\n', &bytes[at..]) {
            Some(length) if bytes[at + length] == b'\n' => return RecordEnd::At(at + length),
            Some(length) => at += length + 1,
            None => return RecordEnd::Unended,
        }
    }
}

/// Returns the place behind the quote that closes a cell; doubled quotes do not. `at` is behind the opening one.
pub(crate) fn quoted_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += memchr(b'"', &bytes[at..])? + 1;
        if bytes.get(at) != Some(&b'"') {
            return Some(at);
        }
        at += 1;
    }
}

/// Returns a text with doubled quotes made single.
pub(crate) fn single_quotes(text: &[u8]) -> Cow<'_, [u8]> {
    if memchr(b'"', text).is_none() {
        return Cow::Borrowed(text);
    }
    let mut single = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr(b'"', rest) {
        single.extend_from_slice(&rest[..=at]);
        rest = &rest[at + 2..];
    }
    single.extend_from_slice(rest);
    Cow::Owned(single)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(text: &str) -> String {
        match record_end(text.as_bytes(), b',') {
            RecordEnd::At(length) => text[..length].to_owned(),
            RecordEnd::Unended => "unended".to_owned(),
            RecordEnd::Unclosed => "unclosed".to_owned(),
        }
    }

    #[test]
    fn a_record_ends_at_the_first_line_end_outside_quotes() {
        assert_eq!(end("a,b\nc\n"), "a,b");
        assert_eq!(end("a,\"b\n\"\nc\n"), "a,\"b\n\"");
        assert_eq!(end("a\"b\nc\"\n"), "a\"b");
        assert_eq!(end("\"a\"\"\n\"\n"), "\"a\"\"\n\"");
    }

    #[test]
    fn bytes_may_end_before_the_record() {
        assert_eq!(end("a,b"), "unended");
        assert_eq!(end("a,\"b\""), "unended");
        assert_eq!(end("a,\"b\n"), "unclosed");
    }

    #[test]
    fn doubled_quotes_become_single() {
        assert_eq!(&*single_quotes(b"say \"\"hi\"\""), b"say \"hi\"");
    }
}
