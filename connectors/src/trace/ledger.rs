//! What is kept of one file while it is read: its order, its counts and its bad lines.

use std::sync::Arc;

use latchwork_engine::{Moment, Monotonic};
use latchwork_expr::Timestamp;

use super::bad_line::{BadLine, OutOfOrder};
use super::csv::CellFault;
use super::error::{TraceError, TraceProblem};
use super::options::{BadLines, Options};
use crate::limits::BAD_LINES_KEPT;

/// The time before the first row.
const BEFORE_ALL: Moment = Moment { monotonic: Monotonic(i64::MIN), wall: Timestamp(i64::MIN) };

/// The books of one file.
#[derive(Debug)]
pub(crate) struct Ledger {
    pub(crate) file: Arc<str>,
    window_micros: i64,
    policy: BadLines,
    /// The latest row so far; at the beginning of time before the first.
    latest: Moment,
    latest_line: u64,
    pub(crate) rows: u64,
    pub(crate) unread_rows: u64,
    pub(crate) bad_lines: u64,
    pub(crate) bad_lines_kept: Vec<BadLine>,
}

impl Ledger {
    pub(crate) fn new(file: &Arc<str>, options: &Options) -> Self {
        Self {
            file: Arc::clone(file),
            window_micros: options.reorder_window_micros.max(0),
            policy: options.bad_lines,
            latest: BEFORE_ALL,
            latest_line: 0,
            rows: 0,
            unread_rows: 0,
            bad_lines: 0,
            bad_lines_kept: Vec::new(),
        }
    }

    /// Enters a row; an error if it is out of order.
    #[inline]
    pub(crate) fn enter(&mut self, at: Moment, line: u64) -> Result<(), TraceError> {
        self.rows += 1;
        if self.is_next(at) {
            self.latest = at;
            self.latest_line = line;
            return Ok(());
        }
        self.check_window(at, line)
    }

    /// Lets time begin anew: the next row may be at any time.
    pub(crate) const fn begin_anew(&mut self) {
        self.latest = BEFORE_ALL;
    }

    /// Tells whether a row is in order, without the window.
    #[inline]
    pub(crate) fn is_next(&self, at: Moment) -> bool {
        at.monotonic >= self.latest.monotonic
    }

    /// Returns the latest row's time; `None` before the first row.
    pub(crate) fn latest(&self) -> Option<Moment> {
        (self.latest_line > 0).then_some(self.latest)
    }

    /// Returns the time that no later row can be before.
    pub(crate) const fn settled(&self) -> Monotonic {
        Monotonic(self.latest.monotonic.0.saturating_sub(self.window_micros))
    }

    /// Enters a line that cannot be understood; an error unless those are skipped.
    #[cold]
    pub(crate) fn refuse(&mut self, line: u64, column: u64, expected: String, found: String) -> Result<(), TraceError> {
        let bad = BadLine { file: Arc::clone(&self.file), line, column, expected, found };
        match self.policy {
            BadLines::Stop => Err(TraceError::new(&self.file, TraceProblem::BadLine(bad))),
            BadLines::Skip => {
                self.bad_lines += 1;
                if self.bad_lines_kept.len() < BAD_LINES_KEPT {
                    self.bad_lines_kept.push(bad);
                }
                Ok(())
            }
        }
    }

    /// Enters a CSV record of which a cell cannot be understood.
    #[cold]
    pub(crate) fn refuse_cell(
        &mut self,
        line: u64,
        record: &[u8],
        delimiter: u8,
        fault: &CellFault,
    ) -> Result<(), TraceError> {
        let (lines, column, found) = fault.locate(record, delimiter);
        self.refuse(line + lines, column, fault.expected.to_string(), found)
    }

    #[cold]
    fn check_window(&self, at: Moment, line: u64) -> Result<(), TraceError> {
        if at.monotonic >= self.settled() {
            return Ok(());
        }
        let rows = OutOfOrder {
            file: Arc::clone(&self.file),
            line_before: self.latest_line,
            time_before: Timestamp(self.latest.monotonic.0),
            line,
            time: Timestamp(at.monotonic.0),
        };
        Err(TraceError::new(&self.file, TraceProblem::OutOfOrder(rows)))
    }
}
