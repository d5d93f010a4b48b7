//! Which format a trace has: its first bytes tell.

use super::bad_line::BadLine;
use super::catalog::Catalog;
use super::csv::{CellFault, Header};
use super::error::{TraceError, TraceProblem};
use super::jsonl::JsonLines;
use super::ledger::Ledger;
use super::lines::Lines;
use super::long::{Long, LongColumns};
use super::open::Opened;
use super::options::Options;
use super::own::{MAGIC, OwnTrace, Unpacked};
use super::reading::Readings;
use super::source::{Format, Source};
use super::time::{Pattern, Times};
use super::wide::{Wide, WideColumns};

/// First bytes of files that people take for traces, or that later versions read.
const FOREIGN: [(&[u8], &str); 9] = [
    (b"PAR1", "a Parquet file"),
    (b"\xd4\xc3\xb2\xa1", "a packet capture"),
    (b"\xa1\xb2\xc3\xd4", "a packet capture"),
    (b"\x4d\x3c\xb2\xa1", "a packet capture"),
    (b"\x0a\x0d\x0d\x0a", "a packet capture"),
    (b"PK\x03\x04", "a spreadsheet or a zip archive"),
    (b"\xff\xfe", "a text in UTF-16"),
    (b"\xfe\xff", "a text in UTF-16"),
    (b"SQLite format 3\0", "a database"),
];

/// How to read what the first bytes announce.
pub(crate) struct Detector<'a> {
    pub(crate) options: &'a Options,
    pub(crate) pattern: Option<&'a Pattern>,
}

impl Detector<'_> {
    /// Returns a trace ready to be read.
    pub(crate) fn source(
        &self,
        opened: Opened,
        buffer_bytes: usize,
        catalog: &mut Catalog,
    ) -> Result<Source, TraceError> {
        let Opened { name, bytes, meter } = opened;
        let ledger = Ledger::new(&name, self.options);
        let lines = Box::new(Unpacked::new(bytes));
        let format = self.format(Lines::new(&name, lines, buffer_bytes), &ledger, catalog)?;
        Ok(Source::new(format, ledger, meter, self.options.reorder_window_micros))
    }

    /// Returns the format of a trace, with its header read.
    fn format(&self, mut lines: Lines, ledger: &Ledger, catalog: &mut Catalog) -> Result<Format, TraceError> {
        let first = lines.peek()?;
        let refused = |problem| Err(TraceError::new(&ledger.file, problem));
        if let Some(&(_, kind)) = FOREIGN.iter().find(|(magic, _)| first.starts_with(magic)) {
            return refused(TraceProblem::Unsupported(kind));
        }
        if first.contains(&0) {
            return refused(TraceProblem::Unsupported("a binary file"));
        }
        if first.starts_with(MAGIC) {
            let readings = Readings::new(self.options.zone);
            return OwnTrace::new(lines, ledger, readings).map(|own| Format::Own(Box::new(own)));
        }
        if first.trim_ascii_start().starts_with(b"{") {
            let rows = JsonLines::new(lines, self.times(), Readings::new(self.options.zone));
            return Ok(Format::JsonLines(Box::new(rows)));
        }
        self.csv(lines, ledger, catalog)
    }

    fn csv(&self, mut lines: Lines, ledger: &Ledger, catalog: &mut Catalog) -> Result<Format, TraceError> {
        let (number, record) = loop {
            match lines.next_line()? {
                Some((_, line)) if line.trim_ascii().is_empty() => {}
                Some((number, line)) => break (number, line.to_vec()),
                None => return Err(TraceError::new(&ledger.file, TraceProblem::Empty)),
            }
        };
        let refused = |fault: CellFault, delimiter: u8| {
            let (_, column, found) = fault.locate(&record, delimiter);
            let (file, expected) = (ledger.file.clone(), fault.expected.into_owned());
            let bad = BadLine { file, line: number, column, expected, found };
            TraceError::new(&ledger.file, TraceProblem::BadLine(bad))
        };
        let header = Header::read(&record, self.options.timestamp_column.as_deref());
        let header = header.map_err(|fault| refused(fault, b','))?;
        let readings = Readings::new(self.options.zone);
        if let Some(columns) = LongColumns::of(&header) {
            return Ok(Format::Long(Box::new(Long::new(lines, columns, self.times(), readings))));
        }
        let columns = WideColumns::of(&header, self.options, catalog);
        let columns = columns.map_err(|fault| refused(fault, header.delimiter))?;
        Ok(Format::Wide(Box::new(Wide::new(lines, columns, self.times(), readings))))
    }

    fn times(&self) -> Times {
        Times::new(self.options.zone, self.pattern)
    }
}
