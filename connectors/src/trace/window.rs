//! The reorder window: rows that may still be overtaken are held back and sorted.

use std::collections::BTreeMap;
use std::mem;

use latchwork_engine::Monotonic;

use super::row::Row;
use crate::limits::REORDER_ROWS_MAX;

/// The rows of one file that are held back, by time and then by their order in the file.
#[derive(Debug, Default)]
pub(crate) struct Window {
    rows: BTreeMap<(Monotonic, u64), Row>,
    arrivals: u64,
    /// Memory of rows that have left.
    spare: Vec<Row>,
}

impl Window {
    /// Tells whether no more rows may be held back.
    pub(crate) fn is_full(&self) -> bool {
        self.rows.len() >= REORDER_ROWS_MAX
    }

    /// Takes a row, and leaves an empty one.
    pub(crate) fn hold(&mut self, row: &mut Row) {
        let empty = self.spare.pop().unwrap_or_default();
        self.rows.insert((row.at.monotonic, self.arrivals), mem::replace(row, empty));
        self.arrivals += 1;
    }

    /// Returns the first row, if it is not after `settled`: whatever comes at that very time comes behind it.
    pub(crate) fn release(&mut self, settled: Monotonic, row: &mut Row) -> bool {
        let first = self.rows.first_entry().filter(|first| first.key().0 <= settled);
        first.is_some_and(|first| {
            self.spare.push(mem::replace(row, first.remove()));
            true
        })
    }
}
