//! Several traces as one: by time, and at the same time in the order in which they were given.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::mem;

use latchwork_engine::Monotonic;

use super::catalog::Catalog;
use super::error::TraceError;
use super::row::Row;
use super::source::Source;
use crate::limits::ROWS_AHEAD_MAX;

/// Several traces as one.
pub(crate) struct Merge {
    pub(crate) sources: Vec<Source>,
    /// Each source's next row; empty while there is only one source.
    heads: Vec<Row>,
    /// The heads' times, the earliest on top.
    order: BinaryHeap<Reverse<(Monotonic, usize)>>,
}

impl Merge {
    pub(crate) fn new(sources: Vec<Source>) -> Self {
        Self { sources, heads: Vec::new(), order: BinaryHeap::new() }
    }

    /// Reads the next row, or of a lone trace a run of joining ones; returns whether there was any.
    pub(crate) fn next_rows(&mut self, catalog: &mut Catalog, row: &mut Row) -> Result<bool, TraceError> {
        match self.sources.as_mut_slice() {
            [only] => only.next_rows(catalog, row, ROWS_AHEAD_MAX),
            _ => self.next_of_all(catalog, row),
        }
    }

    fn next_of_all(&mut self, catalog: &mut Catalog, row: &mut Row) -> Result<bool, TraceError> {
        while self.heads.len() < self.sources.len() {
            self.heads.push(Row::default());
            self.refill(self.heads.len() - 1, catalog)?;
        }
        let Some(Reverse((_, source))) = self.order.pop() else { return Ok(false) };
        mem::swap(row, &mut self.heads[source]);
        self.refill(source, catalog)?;
        Ok(true)
    }

    fn refill(&mut self, source: usize, catalog: &mut Catalog) -> Result<(), TraceError> {
        let head = &mut self.heads[source];
        if self.sources[source].next_rows(catalog, head, 1)? {
            self.order.push(Reverse((head.at.monotonic, source)));
        }
        Ok(())
    }
}
