//! Long CSV: one sample a row, `timestamp,tag,value[,quality]` in any order, other columns ignored.

use std::borrow::Cow;
use std::{iter, mem};

use latchwork_engine::{Reading, Sample};
use latchwork_expr::{Quality, Timestamp, Type, Value};
use memchr::memchr;

use super::catalog::{Catalog, Tag, TagFinder, TagIndex, Usage};
use super::csv::{Cell, CellFault, Cells, Header, Style, UNCOUNTED};
use super::error::TraceError;
use super::ledger::Ledger;
use super::lines::{Lines, Quotes, Record};
use super::number;
use super::quality;
use super::reading::Readings;
use super::row::{Row, moment};
use super::time::Times;
use super::value::Expected;

/// A long CSV file behind its header.
pub(crate) struct Long {
    lines: Lines,
    rows: LongRows,
}

/// Where the columns stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LongColumns {
    delimiter: u8,
    count: usize,
    time: usize,
    tag: usize,
    value: usize,
    quality: Option<usize>,
}

impl LongColumns {
    /// Returns the columns if the header is that of a long file.
    pub(crate) fn of(header: &Header) -> Option<Self> {
        let (tag, value) = (header.column("tag")?, header.column("value")?);
        let Header { delimiter, names, time } = header;
        let quality = header.column("quality");
        Some(Self { delimiter: *delimiter, count: names.len(), time: *time, tag, value, quality })
    }

    /// Tells whether the columns stand as nearly every recorder has them: then a row can be read from left to right.
    fn are_usual(&self) -> bool {
        let is_last = |column: usize| self.count == column + 1;
        (self.time, self.tag, self.value) == (0, 1, 2) && self.quality.map_or(is_last(2), |at| at == 3 && is_last(3))
    }

    /// Tells whether a record may have this many cells: a quality at the end may be missing.
    fn allow(&self, cells: usize) -> bool {
        cells == self.count || (cells + 1 == self.count && self.quality == Some(cells))
    }

    /// Returns the fault that a person would name: the wrong number of cells before what it leads to.
    #[cold]
    fn explain(&self, record: &[u8], fault: CellFault) -> CellFault {
        let count = Cells::new(record, self.delimiter).count();
        if self.allow(count) { fault } else { CellFault::count(record, self.delimiter, self.count) }
    }
}

impl Long {
    pub(crate) fn new(lines: Lines, columns: LongColumns, times: Times, readings: Readings) -> Self {
        let is_usual = columns.are_usual();
        Self { lines, rows: LongRows { columns, is_usual, times, readings, tags: TagFinder::default() } }
    }

    /// Reads rows up to the next that something reads; returns whether there was one.
    #[inline]
    pub(crate) fn next_row(
        &mut self,
        catalog: &mut Catalog,
        ledger: &mut Ledger,
        row: &mut Row,
    ) -> Result<bool, TraceError> {
        let delimiter = self.rows.columns.delimiter;
        while let Some(record) = self.lines.next_record(delimiter)? {
            match self.rows.read(record, catalog, row) {
                Ok(usage) => {
                    ledger.enter(row.at, record.line)?;
                    if usage == Usage::Read {
                        return Ok(true);
                    }
                    ledger.unread_rows += 1;
                }
                Err(_) if record.bytes.is_empty() => {}
                Err(fault) => {
                    let fault = self.rows.columns.explain(record.bytes, fault);
                    ledger.refuse_cell(record.line, record.bytes, delimiter, &fault)?;
                }
            }
        }
        Ok(false)
    }
}

/// Reads the rows of a long file.
struct LongRows {
    columns: LongColumns,
    is_usual: bool,
    times: Times,
    readings: Readings,
    tags: TagFinder,
}

/// A row whose value nobody has looked at.
struct LongRow<'a> {
    time: Timestamp,
    tag: TagIndex,
    value: Cell<'a>,
    quality: Cow<'a, [u8]>,
}

impl LongRows {
    /// Reads a row, with its sample if something reads its tag.
    #[inline]
    fn read(&mut self, record: Record<'_>, catalog: &mut Catalog, row: &mut Row) -> Result<Usage, CellFault> {
        let LongRow { time, tag, value, quality } = match (self.is_usual, record.quotes) {
            (true, Quotes::Absent) => self.split_usual(record.bytes, catalog)?,
            (true, Quotes::Present) | (false, _) => self.split_any(record.bytes, catalog)?,
        };
        row.at = moment(time);
        let Tag { kind, usage, .. } = *catalog.tag(tag);
        if usage == Usage::Unread {
            return Ok(usage);
        }
        if kind == Type::Float
            && quality.is_empty()
            && let Some(number) = number::float(&value.text)
        {
            row.samples.extend(float(tag, number, time));
            return Ok(usage);
        }
        let quality = quality::from_text(&quality).ok_or_else(|| self.fault(self.columns.quality, quality::EXPECTED))?;
        let reading = self.readings.of_cell(kind, &value.text, value.style, quality);
        let reading = reading.map_err(|expected| self.fault(Some(self.columns.value), expected))?;
        row.samples.push(Sample { tag: tag.slot(), reading, quality, source_time: time });
        Ok(usage)
    }

    /// Splits a row from left to right, looking for no more delimiters than needed.
    #[inline]
    fn split_usual<'a>(&mut self, record: &'a [u8], catalog: &mut Catalog) -> Result<LongRow<'a>, CellFault> {
        let LongColumns { delimiter, quality, .. } = self.columns;
        let (time, rest) = match self.times.guess(record, delimiter) {
            Some(guessed) => guessed,
            None => {
                let (time, rest) = split(record, delimiter)?;
                (self.time(time)?, rest)
            }
        };
        let (tag, rest) = match self.tags.guess(catalog, rest, delimiter) {
            Some(guessed) => guessed,
            None => {
                let (path, rest) = split(rest, delimiter)?;
                (self.tag(path, catalog)?, rest)
            }
        };
        let (value, quality) = match quality {
            Some(_) => split(rest, delimiter).unwrap_or((rest, b"")),
            // No number holds a delimiter, so only the others need this look.
            None if catalog.tag(tag).kind == Type::Float || memchr(delimiter, rest).is_none() => (rest, b"".as_slice()),
            None => return Err(UNCOUNTED),
        };
        let value = Cell { text: Cow::Borrowed(value), style: Style::Bare };
        Ok(LongRow { time, tag, value, quality: Cow::Borrowed(quality) })
    }

    /// Splits a row whose cells may be quoted and in any order.
    fn split_any<'a>(&mut self, record: &'a [u8], catalog: &mut Catalog) -> Result<LongRow<'a>, CellFault> {
        let columns = self.columns;
        let mut cells: Vec<Cell<'a>> = Cells::new(record, columns.delimiter).collect::<Result<_, _>>()?;
        if !columns.allow(cells.len()) {
            return Err(UNCOUNTED);
        }
        let time = self.time(&cells[columns.time].text)?;
        let tag = self.tag(&cells[columns.tag].text, catalog)?;
        let quality = columns.quality.and_then(|column| cells.get_mut(column)).map(|cell| mem::take(&mut cell.text));
        Ok(LongRow { time, tag, value: cells.swap_remove(columns.value), quality: quality.unwrap_or_default() })
    }

    #[inline]
    fn time(&mut self, text: &[u8]) -> Result<Timestamp, CellFault> {
        self.times.read(text).ok_or_else(|| CellFault::new(self.columns.time, self.times.expected()))
    }

    #[cold]
    fn fault(&self, column: Option<usize>, expected: Expected) -> CellFault {
        CellFault::new(column.unwrap_or(self.columns.value), expected)
    }

    fn tag(&mut self, path: &[u8], catalog: &mut Catalog) -> Result<TagIndex, CellFault> {
        self.tags.find(catalog, path).map_err(|expected| CellFault::new(self.columns.tag, expected))
    }
}

#[inline]
fn split(text: &[u8], delimiter: u8) -> Result<(&[u8], &[u8]), CellFault> {
    let at = memchr(delimiter, text).ok_or(UNCOUNTED)?;
    Ok((&text[..at], &text[at + 1..]))
}

/// Returns the sample that nearly every row is. As an iterator it is made in its place in the batch: made before it
/// and moved there, it costs a third of the row's time.
#[inline]
fn float(tag: TagIndex, number: f64, source_time: Timestamp) -> impl Iterator<Item = Sample> {
    iter::once_with(move || {
        let reading = Reading::Value(Value::Float(number));
        Sample { tag: tag.slot(), reading, quality: Quality::Good, source_time }
    })
}
