//! Cells out of a CSV record (RFC 4180), and the header that names them.
//!
//! Knows nothing of tags or values: a cell is bytes and whether it was quoted.

use std::borrow::Cow;

use memchr::{memchr, memchr_iter};

use super::bad_line::quoted;
use super::quotes::{quoted_end, single_quotes};

/// The delimiters that are looked for, in this order.
const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];

/// The usual names of a time column.
pub(crate) const TIME_NAMES: [&str; 5] = ["timestamp", "time", "datetime", "t_stamp", "date"];

/// One cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cell<'a> {
    pub(crate) text: Cow<'a, [u8]>,
    pub(crate) style: Style,
}

/// How a cell is written: `""` is the empty string, nothing is no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    Bare,
    Quoted,
}

/// What is wrong in a record, and in which cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CellFault {
    pub(crate) cell: usize,
    pub(crate) expected: Cow<'static, str>,
    /// What was found, where it is not the cell's text.
    pub(crate) found: Option<String>,
}

/// The fault of a row that has too few or too many cells, before they are counted.
pub(crate) const UNCOUNTED: CellFault = CellFault { cell: 0, expected: Cow::Borrowed(""), found: None };

impl CellFault {
    pub(crate) fn new(cell: usize, expected: impl Into<Cow<'static, str>>) -> Self {
        Self { cell, expected: expected.into(), found: None }
    }

    /// Returns the fault of a record without as many cells as the header.
    #[cold]
    pub(crate) fn count(record: &[u8], delimiter: u8, wanted: usize) -> Self {
        let count = RawCells::new(record, delimiter).count();
        Self { found: Some(count.to_string()), ..Self::new(wanted.min(count), format!("{wanted} cells")) }
    }

    /// Returns where the fault is, as lines further down and the column in characters, and what stands there.
    pub(crate) fn locate(&self, record: &[u8], delimiter: u8) -> (u64, u64, String) {
        let mut cells = RawCells::new(record, delimiter);
        let (offset, raw) = cells.nth(self.cell).unwrap_or((record.len(), b"".as_slice()));
        let before = &record[..offset];
        let line_start = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        let lines = memchr_iter(b'\n', before).count();
        let column = String::from_utf8_lossy(&before[line_start..]).chars().count() + 1;
        (lines as u64, column as u64, self.found.clone().unwrap_or_else(|| quoted(raw)))
    }
}

/// The cells of a record as they are written, each with its offset.
#[derive(Clone, Debug)]
struct RawCells<'a> {
    record: &'a [u8],
    delimiter: u8,
    /// `None` behind the last cell.
    next: Option<usize>,
}

impl<'a> RawCells<'a> {
    const fn new(record: &'a [u8], delimiter: u8) -> Self {
        Self { record, delimiter, next: Some(0) }
    }
}

impl<'a> Iterator for RawCells<'a> {
    type Item = (usize, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let start = self.next?;
        let rest = &self.record[start..];
        let quoted = if rest.first() == Some(&b'"') { quoted_end(rest, 1).unwrap_or(1) } else { 0 };
        let length = memchr(self.delimiter, &rest[quoted..]).map_or(rest.len(), |at| quoted + at);
        self.next = (length < rest.len()).then_some(start + length + 1);
        Some((start, &rest[..length]))
    }
}

/// The cells of a record, unquoted.
#[derive(Clone, Debug)]
pub(crate) struct Cells<'a> {
    raw: RawCells<'a>,
    cell: usize,
}

impl<'a> Cells<'a> {
    pub(crate) const fn new(record: &'a [u8], delimiter: u8) -> Self {
        Self { raw: RawCells::new(record, delimiter), cell: 0 }
    }
}

impl<'a> Iterator for Cells<'a> {
    type Item = Result<Cell<'a>, CellFault>;

    fn next(&mut self) -> Option<Self::Item> {
        let (_, raw) = self.raw.next()?;
        self.cell += 1;
        if raw.first() == Some(&b'"') {
            return Some(unquote(raw).map_err(|expected| CellFault::new(self.cell - 1, expected)));
        }
        Some(Ok(Cell { text: Cow::Borrowed(raw), style: Style::Bare }))
    }
}

fn unquote(raw: &[u8]) -> Result<Cell<'_>, &'static str> {
    let length = quoted_end(raw, 1).ok_or("a closing quote")?;
    if length < raw.len() {
        return Err("a delimiter after the closing quote");
    }
    Ok(Cell { text: single_quotes(&raw[1..length - 1]), style: Style::Quoted })
}

/// The names of the columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) delimiter: u8,
    pub(crate) names: Vec<String>,
    /// Which column is the time.
    pub(crate) time: usize,
}

impl Header {
    /// Reads a header line; the delimiter is the first that makes a time column of it.
    pub(crate) fn read(line: &[u8], time_name: Option<&str>) -> Result<Self, CellFault> {
        for delimiter in DELIMITERS {
            let names = names(line, delimiter)?;
            if let Some(time) = names.iter().position(|name| is_time(name, time_name)) {
                return Self { delimiter, names, time }.checked();
            }
        }
        let names = TIME_NAMES.map(|name| format!("`{name}`")).join(", ");
        let expected = time_name.map_or_else(
            || format!("a header with a time column ({names}; another is named by `timestamp_column`)"),
            |name| format!("a header with the time column `{name}`"),
        );
        Err(CellFault { cell: 0, expected: expected.into(), found: Some(quoted(line)) })
    }

    /// Returns the column of this name, in any case.
    pub(crate) fn column(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| known.eq_ignore_ascii_case(name))
    }

    fn checked(self) -> Result<Self, CellFault> {
        if self.names.len() < 2 {
            return Err(CellFault { found: Some("none".to_owned()), ..CellFault::new(0, "a column beside the time") });
        }
        let twice = |&at: &usize| !self.names[at].is_empty() && self.names[..at].contains(&self.names[at]);
        match (0..self.names.len()).find(twice) {
            Some(column) => Err(CellFault::new(column, "each column's name once")),
            None => Ok(self),
        }
    }
}

fn names(line: &[u8], delimiter: u8) -> Result<Vec<String>, CellFault> {
    let name = |(column, cell): (usize, Result<Cell<'_>, CellFault>)| {
        let text = cell?.text.into_owned();
        let name = String::from_utf8(text).map_err(|_| CellFault::new(column, "a name in UTF-8"))?;
        Ok(name.trim().to_owned())
    };
    Cells::new(line, delimiter).enumerate().map(name).collect()
}

fn is_time(name: &str, wanted: Option<&str>) -> bool {
    match wanted {
        Some(wanted) => name.eq_ignore_ascii_case(wanted),
        None => TIME_NAMES.iter().any(|usual| name.eq_ignore_ascii_case(usual)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(record: &str, expected: &[&str]) {
        let shown = |cell: Result<Cell<'_>, CellFault>| match cell {
            Ok(Cell { text, style: Style::Bare }) => String::from_utf8(text.to_vec()).unwrap(),
            Ok(Cell { text, style: Style::Quoted }) => format!("<{}>", String::from_utf8(text.to_vec()).unwrap()),
            Err(fault) => format!("! {}", fault.expected),
        };
        let cells: Vec<_> = Cells::new(record.as_bytes(), b',').map(shown).collect();
        assert_eq!(cells, expected, "{record}");
    }

    #[test]
    fn cells_are_told_apart_as_rfc_4180_says() {
        check("a,b", &["a", "b"]);
        check("", &[""]);
        check(",", &["", ""]);
        check("\"a,b\",\"\",c", &["<a,b>", "<>", "c"]);
        check("\"say \"\"hi\"\"\",x", &["<say \"hi\">", "x"]);
        check("5\" pipe,\"\"\"\"", &["5\" pipe", "<\">"]);
    }

    #[test]
    fn broken_quotes_are_told() {
        check("\"a", &["! a closing quote"]);
        check("\"a\"b,c", &["! a delimiter after the closing quote", "c"]);
    }

    #[test]
    fn a_fault_is_located_in_characters_and_lines() {
        let record = "ä,\"x\ny\",zz".as_bytes();
        assert_eq!(CellFault::new(1, "").locate(record, b','), (0, 3, "`\"x\\ny\"`".to_owned()));
        assert_eq!(CellFault::new(2, "").locate(record, b','), (1, 4, "`zz`".to_owned()));
        assert_eq!(CellFault::new(9, "").locate(b"a,b", b','), (0, 4, "nothing".to_owned()));
    }

    #[test]
    fn the_delimiter_is_the_one_that_makes_a_time_column() {
        let header = Header::read(b"Zeit;Speed, m/s;T_Stamp", None).unwrap();
        assert_eq!((header.delimiter, header.time, header.names.len()), (b';', 2, 3));
        assert_eq!(Header::read(b"Zeit\tb", Some("zeit")).unwrap().delimiter, b'\t');
        assert!(Header::read(b"a,b", None).unwrap_err().expected.contains("`timestamp_column`"));
        assert_eq!(Header::read(b"time,a,a", None).unwrap_err().cell, 2);
    }
}
