//! Rows to scans (`spec/engine.md` section 2): rows of the same time are one scan until a tag would appear twice; a
//! row that is a scan by itself stays one.

use std::mem;

use latchwork_engine::{Moment, Sample};
use latchwork_expr::TagSlot;
use serde_json::Value as Json;

use super::catalog::Catalog;
use super::error::TraceError;
use super::merge::Merge;
use super::row::{Row, Shape};

/// A scan of a trace. Its samples lie in the batch that it was read into.
#[derive(Debug)]
pub struct TraceScan {
    /// When it took effect.
    pub at: Moment,
    /// Its number, where the trace is one of our own.
    pub sequence: Option<u64>,
    /// What it brings.
    pub input: TraceInput,
}

/// What a scan of a trace brings.
#[derive(Debug)]
pub enum TraceInput {
    /// The samples in the batch.
    Samples,
    /// The gateway started: the retained state as it was loaded.
    Boot(Box<Json>),
}

/// Builds scans.
#[derive(Debug, Default)]
pub(crate) struct Scans {
    /// The row behind those of the current scan, if it was read: it begins the next one.
    next: Row,
    has_next: bool,
    /// By slot: the number of the scan in which the tag appeared last.
    seen: Vec<u64>,
    scan: u64,
}

impl Scans {
    /// Puts the samples of the next scan into the batch, which is empty.
    #[inline]
    pub(crate) fn next(
        &mut self,
        rows: &mut Merge,
        catalog: &mut Catalog,
        batch: &mut Vec<Sample>,
    ) -> Result<Option<TraceScan>, TraceError> {
        if !self.has_next && !rows.next_row(catalog, &mut self.next)? {
            return Ok(None);
        }
        self.has_next = false;
        let at = self.next.at;
        mem::swap(batch, &mut self.next.samples);
        let (sequence, input) = match mem::take(&mut self.next.shape) {
            Shape::Joining => {
                self.gather(at, rows, catalog, batch)?;
                (None, TraceInput::Samples)
            }
            Shape::Whole => (None, TraceInput::Samples),
            Shape::Own(sequence) => (Some(sequence), TraceInput::Samples),
            Shape::Boot(sequence, retained) => (Some(sequence), TraceInput::Boot(retained)),
        };
        Ok(Some(TraceScan { at, sequence, input }))
    }

    /// Adds the rows that share the scan of the one in the batch.
    #[inline]
    fn gather(
        &mut self,
        at: Moment,
        rows: &mut Merge,
        catalog: &mut Catalog,
        batch: &mut Vec<Sample>,
    ) -> Result<(), TraceError> {
        self.scan += 1;
        self.appears(batch[0].tag);
        while rows.next_row(catalog, &mut self.next)? {
            let may_join = matches!(self.next.shape, Shape::Joining) && self.next.at == at;
            if !may_join || !self.appears(self.next.samples[0].tag) {
                self.has_next = true;
                break;
            }
            batch.append(&mut self.next.samples);
        }
        Ok(())
    }

    /// Enters a tag; returns whether it is new in this scan.
    #[inline]
    fn appears(&mut self, tag: TagSlot) -> bool {
        let slot = tag.index();
        if self.seen.len() <= slot {
            self.seen.resize(slot + 1, 0);
        }
        mem::replace(&mut self.seen[slot], self.scan) != self.scan
    }
}
