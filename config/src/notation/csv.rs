//! Tables as CSV (RFC 4180): records of cells, each with its place in the text. What separates the cells is
//! `,`, `;` or a tab, as the first record has it.

use std::borrow::Cow;
use std::ops::Range;

/// One cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CsvCell<'a> {
    /// What it says; blanks around a cell without quotes are not part of it.
    pub(crate) text: Cow<'a, str>,
    /// Whether it stands in quotes: `""` is the empty text, nothing is no value.
    pub(crate) quoted: bool,
    /// Where it stands, quotes included.
    pub(crate) span: Range<usize>,
}

/// What is wrong with a text, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CsvFault {
    /// What, for a sentence.
    pub(crate) fault: &'static str,
    /// Where.
    pub(crate) span: Range<usize>,
}

/// Returns the records of a text; empty lines are none.
pub(crate) fn records(text: &str) -> Result<Vec<Vec<CsvCell<'_>>>, CsvFault> {
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut reader = Reader { text, at: start, separator: separator(text) };
    let mut records = Vec::new();
    while reader.at < text.len() {
        let record = reader.record()?;
        if !matches!(&record[..], [CsvCell { text, quoted: false, .. }] if text.is_empty()) {
            records.push(record);
        }
    }
    Ok(records)
}

/// Returns the separator that the first line has most of.
fn separator(text: &str) -> char {
    let first = text.lines().next().unwrap_or_default();
    // Of several that are as frequent, the last would win: the commonest stands there.
    ['\t', ';', ','].into_iter().max_by_key(|separator| first.matches(*separator).count()).unwrap_or(',')
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    separator: char,
}

impl<'a> Reader<'a> {
    /// Takes a record and the line break behind it.
    fn record(&mut self) -> Result<Vec<CsvCell<'a>>, CsvFault> {
        let mut cells = Vec::new();
        loop {
            cells.push(if self.rest().starts_with('"') { self.quoted()? } else { self.bare() });
            if let Some(rest) = self.rest().strip_prefix(self.separator) {
                self.at = self.text.len() - rest.len();
            } else {
                let rest = self.rest();
                let rest = rest.strip_prefix('\r').unwrap_or(rest);
                self.at = self.text.len() - rest.strip_prefix('\n').unwrap_or(rest).len();
                return Ok(cells);
            }
        }
    }

    fn bare(&mut self) -> CsvCell<'a> {
        let rest = self.rest();
        let cell = &rest[..rest.find([self.separator, '\n']).unwrap_or(rest.len())];
        let cell = cell.strip_suffix('\r').unwrap_or(cell);
        let start = self.at + cell.len() - cell.trim_start().len();
        self.at += cell.len();
        let text = cell.trim();
        CsvCell { text: Cow::Borrowed(text), quoted: false, span: start..start + text.len() }
    }

    fn quoted(&mut self) -> Result<CsvCell<'a>, CsvFault> {
        let start = self.at;
        let fault = |fault, end| Err(CsvFault { fault, span: start..end });
        let mut end = start + 1;
        loop {
            let Some(quote) = self.text[end..].find('"') else {
                return fault("a quote is not closed", start + 1);
            };
            end += quote + 1;
            if !self.text[end..].starts_with('"') {
                break;
            }
            end += 1;
        }
        self.at = end;
        if !self.rest().is_empty() && !self.rest().starts_with([self.separator, '\n', '\r']) {
            return fault("a quoted cell goes on behind its quote", end);
        }
        let inside = &self.text[start + 1..end - 1];
        let text = if inside.contains('"') { Cow::Owned(inside.replace("\"\"", "\"")) } else { Cow::Borrowed(inside) };
        Ok(CsvCell { text, quoted: true, span: start..end })
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Shows records a line each, cells as `text@start`, quoted ones with `!`.
    fn check(text: &str, wanted: &[&str]) {
        let cell =
            |cell: &CsvCell<'_>| format!("{}@{}{}", cell.text, cell.span.start, if cell.quoted { "!" } else { "" });
        let record = |record: &Vec<CsvCell<'_>>| record.iter().map(cell).collect::<Vec<_>>().join(" ");
        let found: Vec<String> = records(text).unwrap().iter().map(record).collect();
        assert_eq!(found, wanted, "{text:?}");
    }

    #[test]
    fn cells_are_separated_as_the_first_line_has_it() {
        check("a,b\n1,2\n", &["a@0 b@2", "1@4 2@6"]);
        check("a;b,c;d\r\n1;2;3", &["a@0 b,c@2 d@6", "1@9 2@11 3@13"]);
        check("a\tb\n1\t", &["a@0 b@2", "1@4 @6"]);
        check("\u{feff}a\n\n x y \n", &["a@3", "x y@7"]);
        check("", &[]);
    }

    #[test]
    fn quotes_hold_anything() {
        check("a,b\n\"x,\"\"y\"\"\n\",\"\"", &["a@0 b@2", "x,\"y\"\n@4! @15!"]);
        check("a\n\"\"\n", &["a@0", "@2!"]);
        check("a\nx\"y\n", &["a@0", "x\"y@2"]);
    }

    #[test]
    fn what_is_no_csv_says_where() {
        assert_eq!(records("a\n\"x"), Err(CsvFault { fault: "a quote is not closed", span: 2..3 }));
        assert_eq!(records("\"a\"x"), Err(CsvFault { fault: "a quoted cell goes on behind its quote", span: 0..3 }));
    }

    proptest! {
        #[test]
        fn any_text_is_read_to_its_end(text in "[a,;\"\t\r\n é\u{feff}]{0,30}") {
            for cell in records(&text).into_iter().flatten().flatten() {
                prop_assert!(cell.quoted || text[cell.span.clone()] == *cell.text);
            }
        }
    }
}
