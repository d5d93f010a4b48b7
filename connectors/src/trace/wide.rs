//! Wide CSV: one scan a row, a column for each tag; an empty cell is no sample.

use std::borrow::Cow;
use std::collections::BTreeSet;

use latchwork_engine::Sample;
use latchwork_expr::{Quality, TagSlot, Timestamp, Type};

use super::catalog::{Catalog, Tag, Usage};
use super::csv::{Cell, CellFault, Cells, Header, Style, UNCOUNTED};
use super::error::TraceError;
use super::ledger::Ledger;
use super::lines::Lines;
use super::options::Options;
use super::reading::Readings;
use super::row::{Row, Shape, moment};
use super::time::Times;
use super::value::Expected;

/// A wide CSV file behind its header.
pub(crate) struct Wide {
    lines: Lines,
    rows: WideRows,
}

/// What the columns of a wide file are.
#[derive(Debug)]
pub(crate) struct WideColumns {
    delimiter: u8,
    columns: Vec<Column>,
    names: Vec<String>,
}

/// What a column is.
#[derive(Clone, Copy, Debug)]
enum Column {
    Time,
    /// A tag that something reads.
    Tag(TagSlot, Type),
    Unread,
}

impl WideColumns {
    /// Returns the columns of a header.
    pub(crate) fn of(header: &Header, options: &Options, catalog: &mut Catalog) -> Result<Self, CellFault> {
        let mut tags = BTreeSet::new();
        let mut columns = Vec::with_capacity(header.names.len());
        for (at, name) in header.names.iter().enumerate() {
            let column = if at == header.time { Ok(Column::Time) } else { Column::of(name, options, catalog) };
            let column = column.map_err(|expected| CellFault::new(at, expected))?;
            if matches!(column, Column::Tag(tag, _) if !tags.insert(tag)) {
                return Err(CellFault::new(at, "a tag that no column before has"));
            }
            columns.push(column);
        }
        Ok(Self { delimiter: header.delimiter, columns, names: header.names.clone() })
    }

    /// Returns the fault that a person would name: the wrong number of cells before what it leads to.
    #[cold]
    fn explain(&self, record: &[u8], fault: CellFault) -> CellFault {
        let wanted = self.columns.len();
        let count = Cells::new(record, self.delimiter).count();
        if count == wanted { fault } else { CellFault::count(record, self.delimiter, wanted) }
    }
}

impl Column {
    /// Returns the column of a name: the tag that it is mapped to, else that of the prefix and the name.
    fn of(name: &str, options: &Options, catalog: &mut Catalog) -> Result<Self, Expected> {
        if name.is_empty() {
            return Ok(Self::Unread);
        }
        let mapped = options.columns.iter().find(|mapping| mapping.column == name);
        let path = mapped.map_or_else(|| format!("{}{name}", options.prefix), |mapping| mapping.tag.clone());
        let index = catalog.meet(path.as_bytes())?;
        let Tag { kind, usage, .. } = *catalog.tag(index);
        Ok(match usage {
            Usage::Read => Self::Tag(index.slot(), kind),
            Usage::Unread => Self::Unread,
        })
    }
}

impl Wide {
    pub(crate) fn new(lines: Lines, columns: WideColumns, times: Times, readings: Readings) -> Self {
        Self { lines, rows: WideRows { columns, times, readings } }
    }

    /// Tells whether the header has a column of this name.
    pub(crate) fn has_column(&self, name: &str) -> bool {
        self.rows.columns.names.iter().any(|known| known == name)
    }

    /// Reads rows up to the next that has a sample; returns whether there was one.
    pub(crate) fn next_row(&mut self, ledger: &mut Ledger, row: &mut Row) -> Result<bool, TraceError> {
        let delimiter = self.rows.columns.delimiter;
        while let Some(record) = self.lines.next_record(delimiter)? {
            if record.bytes.is_empty() {
                continue;
            }
            match self.rows.read(record.bytes, row) {
                Ok(()) => {
                    ledger.enter(row.at, record.line)?;
                    if !row.samples.is_empty() {
                        return Ok(true);
                    }
                    ledger.unread_rows += 1;
                }
                Err(fault) => {
                    row.samples.clear();
                    let fault = self.rows.columns.explain(record.bytes, fault);
                    ledger.refuse_cell(record.line, record.bytes, delimiter, &fault)?;
                }
            }
        }
        Ok(false)
    }
}

/// Reads the rows of a wide file.
struct WideRows {
    columns: WideColumns,
    times: Times,
    readings: Readings,
}

impl WideRows {
    /// Reads a row. Its samples get their time at its end: the time's column may stand anywhere.
    fn read(&mut self, record: &[u8], row: &mut Row) -> Result<(), CellFault> {
        let mut time = None;
        let mut columns = self.columns.columns.iter();
        for (at, cell) in Cells::new(record, self.columns.delimiter).enumerate() {
            let cell = cell?;
            let read = match *columns.next().ok_or(UNCOUNTED)? {
                Column::Time => {
                    time = self.times.read(&cell.text);
                    time.map(|_| None).ok_or_else(|| self.times.expected().into())
                }
                Column::Tag(tag, kind) => sample(tag, kind, &cell, &mut self.readings).map_err(Cow::Borrowed),
                Column::Unread => Ok(None),
            };
            row.samples.extend(read.map_err(|expected| CellFault::new(at, expected))?);
        }
        let time = time.filter(|_| columns.next().is_none()).ok_or(UNCOUNTED)?;
        row.samples.iter_mut().for_each(|sample| sample.source_time = time);
        (row.at, row.shape) = (moment(time), Shape::Whole);
        Ok(())
    }
}

/// Returns a cell's sample, if there is one; its time is not known yet.
fn sample(tag: TagSlot, kind: Type, cell: &Cell<'_>, readings: &mut Readings) -> Result<Option<Sample>, Expected> {
    let is_text = cell.style == Style::Quoted && matches!(kind, Type::String | Type::Any);
    if cell.text.is_empty() && !is_text {
        return Ok(None);
    }
    let reading = readings.of_cell(kind, &cell.text, cell.style, Quality::Good)?;
    Ok(Some(Sample { tag, reading, quality: Quality::Good, source_time: Timestamp::default() }))
}
