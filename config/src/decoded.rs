//! From the decoded text of a TOML string back to the file: which bytes of the file a span of the
//! text came from. Pure; needed only when an expression inside a string has a problem.

use std::ops::Range;

/// For each byte of a string's text the offset of the raw token that it came from, and one more
/// for the text's end.
#[derive(Debug)]
pub(crate) struct Origins {
    text: String,
    offsets: Vec<usize>,
}

impl Origins {
    /// Decodes a raw token, quotes included: basic or literal, on one line or on several.
    pub(crate) fn of(raw: &str) -> Self {
        let quotes = if raw.starts_with("\"\"\"") || raw.starts_with("'''") { 3 } else { 1 };
        let mut origins = Self { text: String::new(), offsets: Vec::with_capacity(raw.len()) };
        let end = raw.len().saturating_sub(quotes).max(quotes).min(raw.len());
        let mut at = quotes.min(raw.len());
        if quotes == 3 {
            at += line_break(raw.get(at..).unwrap_or_default());
        }
        let escapes = raw.starts_with('"');
        while let Some(rest) = raw.get(at..end).filter(|rest| !rest.is_empty()) {
            at += origins.decode(at, rest, escapes);
        }
        origins.offsets.push(end);
        origins
    }

    /// Returns the raw span that a span of the text came from.
    pub(crate) fn span(&self, span: &Range<usize>) -> Range<usize> {
        let last = self.offsets.len() - 1;
        let start = self.offsets[span.start.min(last)];
        start..self.offsets[span.end.min(last)].max(start)
    }

    /// Takes one character or escape from the front of `rest`, which stands at `at`; returns how
    /// many raw bytes it was.
    fn decode(&mut self, at: usize, rest: &str, escapes: bool) -> usize {
        let Some(first) = rest.chars().next() else { return 1 };
        if first != '\\' || !escapes {
            self.push(first, at);
            return first.len_utf8();
        }
        let after = &rest[1..];
        if after.starts_with([' ', '\t', '\r', '\n']) {
            return rest.len() - after.trim_start_matches([' ', '\t', '\r', '\n']).len();
        }
        let (character, length) = escape(after);
        self.push(character, at);
        1 + length
    }

    fn push(&mut self, character: char, at: usize) {
        self.text.push(character);
        self.offsets.extend(std::iter::repeat_n(at, character.len_utf8()));
    }
}

/// Returns the length of a line break at the front of a text: one right after the opening quotes
/// is not part of the string.
fn line_break(text: &str) -> usize {
    if text.starts_with("\r\n") { 2 } else { usize::from(text.starts_with('\n')) }
}

/// Returns the character of an escape, and how many bytes after the backslash it takes.
fn escape(after: &str) -> (char, usize) {
    let first = after.chars().next().unwrap_or('\\');
    match first {
        'b' => ('\u{8}', 1),
        'e' => ('\u{1b}', 1),
        'f' => ('\u{c}', 1),
        'n' => ('\n', 1),
        'r' => ('\r', 1),
        't' => ('\t', 1),
        'x' => hexadecimal(after, 2),
        'u' => hexadecimal(after, 4),
        'U' => hexadecimal(after, 8),
        other => (other, other.len_utf8()),
    }
}

/// Returns the character of a hexadecimal escape of so many digits.
fn hexadecimal(after: &str, digits: usize) -> (char, usize) {
    let code = after.get(1..=digits).and_then(|digits| u32::from_str_radix(digits, 16).ok());
    code.and_then(char::from_u32).map_or((char::REPLACEMENT_CHARACTER, 1), |character| (character, 1 + digits))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use toml::de::DeValue;

    use super::*;

    /// Checks that the text is decoded as by the TOML parser, and which raw piece `part` is.
    #[track_caller]
    fn check(raw: &str, part: &str, expected: &str) {
        let origins = Origins::of(raw);
        assert_eq!(DeValue::parse(raw).unwrap().get_ref().as_str(), Some(origins.text.as_str()));
        let start = origins.text.find(part).unwrap();
        assert_eq!(&raw[origins.span(&(start..start + part.len()))], expected);
    }

    #[test]
    fn finds_the_raw_piece_of_each_kind_of_string() {
        check(r#""{Filer} = 1""#, "{Filer}", "{Filer}");
        check(r"'a \n b'", "b", "b");
        check(r#""x = \"RUN\" && y""#, "\"RUN\"", r#"\"RUN\""#);
        check(r#""\u00e9\U0001F600 + z""#, "z", "z");
        check("\"\"\"\nfirst\nsecond\"\"\"", "second", "second");
        check("\"\"\"a && \\\n   b\"\"\"", "b", "b");
        check("'''\r\nliteral ' quote'''", "quote", "quote");
        check(r#""""two "quotes" and more""""#, "quotes", "quotes");
        check(r#""\x41bc\e[\b""#, "bc", "bc");
    }

    #[test]
    fn an_empty_span_at_the_end_is_the_closing_quote() {
        assert_eq!(Origins::of("\"a &&\"").span(&(4..4)), 5..5);
        assert_eq!(Origins::of("\"\"").span(&(7..9)), 1..1);
    }

    proptest! {
        #[test]
        fn decodes_every_string_as_the_parser_does(raw in r#"("([a-c{} é]|\\[bfnrt"\\e]|\\u00[0-9a-f]{2})*"|'[a-c\\{}]*'|"""\r?\n?([a-c \n]|\\\n  |\\")*"""|'''\n?[a-c\n\\]*''')"#) {
            if let Ok(value) = DeValue::parse(&raw) {
                let origins = Origins::of(&raw);
                prop_assert_eq!(value.get_ref().as_str(), Some(origins.text.as_str()));
                prop_assert_eq!(origins.offsets.len(), origins.text.len() + 1);
                prop_assert!(origins.offsets.is_sorted());
            }
        }

        #[test]
        fn takes_any_text(raw in r#"["'\\ux0-9é\n]*"#, start in 0..20_usize, end in 0..20_usize) {
            let span = Origins::of(&raw).span(&(start..end));
            prop_assert!(span.start <= span.end && span.end <= raw.len());
        }
    }
}
