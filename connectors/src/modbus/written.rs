//! The writes that went out over a link: which answer is which write's.
//!
//! As reads: an answer after its timeout is still its own write's, until the late guard gives it up. Pure.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::time::{Duration, Instant};

use super::doubt::Head;
use super::link::Stage;
use super::write::WriteRequest;

/// A write that went out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct AskedWrite {
    /// The tag's index in the connection.
    pub(super) tag: usize,
    /// The job's number.
    pub(super) number: u64,
    /// The index of the unit.
    pub(super) unit: usize,
    /// When it was sent.
    pub(super) sent: Instant,
    /// Whether its answer would come in time.
    pub(super) stage: Stage,
    /// What was sent.
    pub(super) request: WriteRequest,
}

/// What time does to a write.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum OverdueWrite {
    /// Its answer is late from now on.
    TimedOut(AskedWrite),
    /// Its answer will not be taken any more.
    GivenUp(AskedWrite),
}

/// The writes that were not answered yet, by their transaction ids.
#[derive(Debug, Default)]
pub(super) struct Written {
    outstanding: BTreeMap<u16, AskedWrite>,
}

impl Written {
    /// Tells whether a transaction id waits for its answer.
    pub(super) fn has(&self, id: u16) -> bool {
        self.outstanding.contains_key(&id)
    }

    /// Notes that a write goes out.
    pub(super) fn add(&mut self, id: u16, asked: AskedWrite) {
        self.outstanding.insert(id, asked);
    }

    /// Returns how the answers begin that are waited for under some ids.
    pub(super) fn heads(&self, ids: RangeInclusive<u16>) -> impl Iterator<Item = Head> {
        self.outstanding.range(ids).flat_map(|(&id, asked)| asked.request.heads(id))
    }

    /// Settles the write that a frame answers, if it does.
    pub(super) fn take(&mut self, id: u16) -> Option<AskedWrite> {
        self.outstanding.remove(&id)
    }

    /// Returns which writes are late or given up since the last time.
    pub(super) fn overdue(&mut self, now: Instant, timeout: Duration, late_guard: Duration) -> Vec<OverdueWrite> {
        let mut overdue = Vec::new();
        for asked in self.outstanding.values_mut() {
            if asked.stage == Stage::InTime && asked.sent + timeout <= now {
                overdue.push(OverdueWrite::TimedOut(asked.clone()));
                asked.stage = Stage::Late;
            }
            if asked.sent + late_guard <= now {
                overdue.push(OverdueWrite::GivenUp(asked.clone()));
            }
        }
        self.outstanding.retain(|_, asked| asked.sent + late_guard > now);
        overdue
    }

    /// Returns when to look for overdue writes next.
    pub(super) fn deadline(&self, timeout: Duration, late_guard: Duration) -> Option<Instant> {
        let deadline = |asked: &AskedWrite| match asked.stage {
            Stage::InTime => asked.sent + timeout,
            Stage::Late => asked.sent + late_guard,
        };
        self.outstanding.values().map(deadline).min()
    }
}
