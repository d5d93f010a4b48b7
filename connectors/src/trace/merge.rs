//! Several traces as one: by time, and at the same time in the order in which they were given.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::mem;

use latchwork_engine::{Moment, Monotonic};

use super::catalog::Catalog;
use super::error::TraceError;
use super::lanes::{Lane, lanes};
use super::row::Row;
use super::source::Source;
use crate::limits::ROWS_AHEAD_MAX;

/// Several traces as one.
pub(crate) struct Merge {
    pub(crate) sources: Vec<Source>,
    lanes: Vec<Lane>,
    /// Each lane's next row; empty while there is only one lane.
    heads: Vec<Row>,
    /// The heads' times, the earliest on top.
    order: BinaryHeap<Reverse<(Monotonic, usize)>>,
}

impl Merge {
    pub(crate) fn new(sources: Vec<Source>) -> Self {
        let (sources, lanes) = lanes(sources);
        Self { sources, lanes, heads: Vec::new(), order: BinaryHeap::new() }
    }

    /// Tells whether all traces are read one after the other: nothing is read ahead then.
    pub(crate) const fn is_one_lane(&self) -> bool {
        self.lanes.len() == 1
    }

    /// Returns the latest time of all rows so far; where traces follow one another, that of the last of them.
    pub(crate) fn latest(&self) -> Option<Moment> {
        let latest = |lane: &Lane| lane.latest_first(&self.sources).find_map(|source| source.ledger.latest());
        self.lanes.iter().filter_map(latest).max_by_key(|at| at.monotonic)
    }

    /// Reads the next row, or of a lone trace a run of joining ones; returns whether there was any.
    pub(crate) fn next_rows(&mut self, catalog: &mut Catalog, row: &mut Row) -> Result<bool, TraceError> {
        match self.lanes.as_mut_slice() {
            [only] => only.next_rows(&mut self.sources, catalog, row, ROWS_AHEAD_MAX),
            _ => self.next_of_all(catalog, row),
        }
    }

    fn next_of_all(&mut self, catalog: &mut Catalog, row: &mut Row) -> Result<bool, TraceError> {
        while self.heads.len() < self.lanes.len() {
            self.heads.push(Row::default());
            self.refill(self.heads.len() - 1, catalog)?;
        }
        let Some(Reverse((_, lane))) = self.order.pop() else { return Ok(false) };
        mem::swap(row, &mut self.heads[lane]);
        self.refill(lane, catalog)?;
        Ok(true)
    }

    fn refill(&mut self, lane: usize, catalog: &mut Catalog) -> Result<(), TraceError> {
        let head = &mut self.heads[lane];
        if self.lanes[lane].next_rows(&mut self.sources, catalog, head, 1)? {
            self.order.push(Reverse((head.at.monotonic, lane)));
        }
        Ok(())
    }
}
