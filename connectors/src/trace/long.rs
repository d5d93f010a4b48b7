//! Long CSV: one sample a row, `timestamp,tag,value[,quality]` in any order, other columns ignored.

use latchwork_engine::Sample;
use latchwork_expr::{Quality, Timestamp};

use super::catalog::{Catalog, Tag, TagIndex, Usage};
use super::csv::{Cell, CellFault, Cells, Header, UNCOUNTED};
use super::error::TraceError;
use super::express::{Express, Tail};
use super::ledger::Ledger;
use super::lines::Lines;
use super::quality;
use super::reading::Readings;
use super::row::{Row, moment};
use super::time::Times;

/// A long CSV file behind its header.
pub(crate) struct Long {
    lines: Lines,
    columns: LongColumns,
    times: Times,
    readings: Readings,
    /// `None` when the columns are not in the usual order.
    express: Option<Express>,
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

    /// Returns how the rows end if the columns stand in the usual order.
    fn usual(&self) -> Option<Tail> {
        match (self.time, self.tag, self.value, self.quality, self.count) {
            (0, 1, 2, None, 3) => Some(Tail::Value),
            (0, 1, 2, Some(3), 4) => Some(Tail::ValueAndQuality),
            _ => None,
        }
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
        let express = columns.usual().map(|tail| Express::new(columns.delimiter, tail));
        Self { lines, columns, times, readings, express }
    }

    /// Reads rows up to the next that something reads, or a run of at most `rows_max` such rows; returns whether there
    /// was any.
    #[inline]
    pub(crate) fn next_rows(
        &mut self,
        catalog: &mut Catalog,
        ledger: &mut Ledger,
        row: &mut Row,
        rows_max: usize,
    ) -> Result<bool, TraceError> {
        self.read_ahead(catalog, ledger, row, rows_max)?;
        while row.samples.is_empty() {
            match self.read_record(catalog, ledger, row)? {
                Some(Usage::Read) => {}
                Some(Usage::Unread) => {
                    ledger.unread_rows += 1;
                    self.read_ahead(catalog, ledger, row, rows_max)?;
                }
                None => return Ok(false),
            }
        }
        Ok(true)
    }

    /// Reads rows the short way, as long as that is possible.
    #[inline]
    fn read_ahead(
        &mut self,
        catalog: &Catalog,
        ledger: &mut Ledger,
        row: &mut Row,
        rows_max: usize,
    ) -> Result<(), TraceError> {
        let Self { lines, times, readings, express: Some(express), .. } = self else { return Ok(()) };
        let ahead = lines.ahead();
        let (mut rest, mut line) = (ahead, lines.passed());
        while row.samples.len() < rows_max {
            let rows_before = row.samples.len();
            let Some((usage, after)) = express.read(rest, times, readings, catalog, row) else { break };
            if rows_before > 0 && !ledger.is_next(row.at) {
                // Its error is told when the scans before it have had their turn.
                row.samples.truncate(rows_before);
                break;
            }
            (rest, line) = (after, line + 1);
            ledger.enter(row.at, line)?;
            ledger.unread_rows += u64::from(usage == Usage::Unread);
        }
        let length = ahead.len() - rest.len();
        lines.pass(line - lines.passed(), length);
        Ok(())
    }

    /// Reads the next row, whatever it looks like; `None` at the end.
    fn read_record(
        &mut self,
        catalog: &mut Catalog,
        ledger: &mut Ledger,
        row: &mut Row,
    ) -> Result<Option<Usage>, TraceError> {
        let Self { lines, columns, times, readings, .. } = self;
        while let Some(record) = lines.next_record(columns.delimiter)? {
            if record.bytes.is_empty() {
                continue;
            }
            let read = LongRow::split(record.bytes, columns)
                .and_then(|cells| cells.read(columns, times, readings, catalog, row));
            match read {
                Ok(usage) => {
                    ledger.enter(row.at, record.line)?;
                    return Ok(Some(usage));
                }
                Err(fault) => {
                    let fault = columns.explain(record.bytes, fault);
                    ledger.refuse_cell(record.line, record.bytes, columns.delimiter, &fault)?;
                }
            }
        }
        Ok(None)
    }
}

/// The cells of a row that count.
struct LongRow<'a> {
    time: Cell<'a>,
    tag: Cell<'a>,
    value: Cell<'a>,
    quality: Option<Cell<'a>>,
    count: usize,
}

impl<'a> LongRow<'a> {
    fn split(record: &'a [u8], columns: &LongColumns) -> Result<Self, CellFault> {
        let mut row = [None, None, None, None];
        let places = [Some(columns.time), Some(columns.tag), Some(columns.value), columns.quality];
        let mut count = 0;
        for cell in Cells::new(record, columns.delimiter) {
            let cell = cell?;
            if let Some(place) = places.iter().position(|&place| place == Some(count)) {
                row[place] = Some(cell);
            }
            count += 1;
        }
        match row {
            [Some(time), Some(tag), Some(value), quality] => Ok(Self { time, tag, value, quality, count }),
            _ => Err(UNCOUNTED),
        }
    }

    /// Reads the row, with its sample if something reads its tag; else nobody looks at its value.
    fn read(
        &self,
        columns: &LongColumns,
        times: &mut Times,
        readings: &mut Readings,
        catalog: &mut Catalog,
        row: &mut Row,
    ) -> Result<Usage, CellFault> {
        let time = times.read(&self.time.text).ok_or_else(|| CellFault::new(columns.time, times.expected()))?;
        let tag = catalog.meet(&self.tag.text).map_err(|expected| CellFault::new(columns.tag, expected))?;
        let usage = catalog.tag(tag).usage;
        row.at = moment(time);
        if usage == Usage::Read {
            row.samples.push(self.sample(columns, time, tag, catalog, readings)?);
        }
        Ok(usage)
    }

    fn sample(
        &self,
        columns: &LongColumns,
        source_time: Timestamp,
        tag: TagIndex,
        catalog: &Catalog,
        readings: &mut Readings,
    ) -> Result<Sample, CellFault> {
        if !columns.allow(self.count) {
            return Err(UNCOUNTED);
        }
        let Tag { kind, .. } = *catalog.tag(tag);
        let quality = self.quality.as_ref().map_or(Some(Quality::Good), |cell| quality::from_text(&cell.text));
        let fault = || CellFault::new(columns.quality.unwrap_or_default(), quality::EXPECTED);
        let quality = quality.ok_or_else(fault)?;
        let reading = readings.of_cell(kind, &self.value.text, self.value.style, quality);
        let reading = reading.map_err(|expected| CellFault::new(columns.value, expected))?;
        Ok(Sample { tag: tag.slot(), reading, quality, source_time })
    }
}
