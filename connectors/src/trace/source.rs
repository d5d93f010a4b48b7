//! One trace: its format, its order, its books.

use std::sync::Arc;

use latchwork_engine::Monotonic;

use super::catalog::Catalog;
use super::error::{TraceError, TraceProblem};
use super::jsonl::JsonLines;
use super::ledger::Ledger;
use super::long::Long;
use super::open::Meter;
use super::own::{OwnHeader, OwnTrace};
use super::row::Row;
use super::wide::Wide;
use super::window::Window;

/// Nothing is after it.
const END_OF_TIME: Monotonic = Monotonic(i64::MAX);

/// One trace.
pub(crate) struct Source {
    pub(crate) format: Format,
    pub(crate) ledger: Ledger,
    pub(crate) meter: Meter,
    window: Option<Window>,
}

/// A trace in its format.
pub(crate) enum Format {
    Long(Box<Long>),
    Wide(Box<Wide>),
    JsonLines(Box<JsonLines>),
    Own(Box<OwnTrace>),
}

impl Source {
    pub(crate) fn new(format: Format, ledger: Ledger, meter: Meter, window_micros: i64) -> Self {
        // Scans of an own trace have their order: a window would only cost.
        let is_sorted = window_micros <= 0 || matches!(format, Format::Own(_));
        Self { format, ledger, meter, window: (!is_sorted).then(Window::default) }
    }

    /// Returns the header, if it is an own trace.
    pub(crate) fn own_header(&self) -> Option<&Arc<OwnHeader>> {
        self.own().map(|own| &own.header)
    }

    /// Returns the trace, if it is an own one.
    pub(crate) fn own(&self) -> Option<&OwnTrace> {
        match &self.format {
            Format::Own(own) => Some(own),
            Format::Long(_) | Format::Wide(_) | Format::JsonLines(_) => None,
        }
    }

    /// Reads the next row in time order; returns whether there was one.
    #[inline]
    pub(crate) fn next_rows(
        &mut self,
        catalog: &mut Catalog,
        row: &mut Row,
        rows_max: usize,
    ) -> Result<bool, TraceError> {
        if self.window.is_some() { self.next_sorted(catalog, row) } else { self.read_rows(catalog, row, rows_max) }
    }

    #[inline]
    fn read_rows(&mut self, catalog: &mut Catalog, row: &mut Row, rows_max: usize) -> Result<bool, TraceError> {
        row.samples.clear();
        let ledger = &mut self.ledger;
        match &mut self.format {
            Format::Long(long) => long.next_rows(catalog, ledger, row, rows_max),
            Format::Wide(wide) => wide.next_row(ledger, row),
            Format::JsonLines(lines) => lines.next_row(catalog, ledger, row),
            Format::Own(own) => own.next_row(catalog, ledger, row),
        }
    }

    fn next_sorted(&mut self, catalog: &mut Catalog, row: &mut Row) -> Result<bool, TraceError> {
        let mut window = self.window.take().unwrap_or_default();
        let found = loop {
            if window.release(self.ledger.settled(), row) {
                break true;
            }
            if window.is_full() {
                return Err(TraceError::new(&self.ledger.file, TraceProblem::WindowTooFull));
            }
            if !self.read_rows(catalog, row, 1)? {
                break window.release(END_OF_TIME, row);
            }
            window.hold(row);
        };
        self.window = Some(window);
        Ok(found)
    }
}
