//! What a trigger did last, for whoever asks why. No rule reads it: it survives a reload, but no restart.

use latchwork_expr::Value;

use super::{Edge, Hold, Memory, ScanTime};
use crate::scan::Monotonic;

/// The last of each kind of thing that a trigger did.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trail {
    /// When it was evaluated. One that a probe stands for is not while its level stays as it is.
    pub(crate) evaluated: Option<ScanTime>,
    /// Since when the level is known, or unknown, as it is now.
    pub(crate) known: Option<ScanTime>,
    /// Since when the last known level is what it is.
    pub(crate) level: Option<Came>,
    /// When the deadline of a hold passed last while the level was unknown.
    pub(crate) overdue: Option<ScanTime>,
    /// The last hold that ended without firing. Most triggers never have one, and there are three of an operation.
    pub(crate) missed: Option<Box<Missed>>,
    /// The last firing.
    pub(crate) fired: Option<Box<Fired>>,
}

/// When a level came, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Came {
    /// The scan.
    pub when: ScanTime,
    /// How.
    pub how: Arrival,
}

/// How a level came to be the last known one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// It was the first known one.
    Armed,
    /// It was seen to change.
    Seen,
    /// It was another when it was known again after a gap.
    AcrossGap,
}

/// An edge as it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Began {
    /// The scan that made it.
    pub when: ScanTime,
    /// Whether it was found across a gap.
    pub after_gap: bool,
    /// Whether it ends a short interruption, so that it goes on with the run.
    pub continues: bool,
}

/// A hold that ended without firing: a near miss.
#[derive(Clone, Debug)]
pub struct Missed {
    /// The edge that was held.
    pub edge: Began,
    /// When it would have fired.
    pub deadline: Monotonic,
    /// Whether that passed while the level was unknown.
    pub overdue: bool,
    /// For CHANGE: the value that had to stand.
    pub candidate: Value,
    /// The scan that ended it.
    pub when: ScanTime,
    /// Why.
    pub why: HoldEnd,
}

/// Why a hold ended without firing.
#[derive(Clone, Debug)]
pub enum HoldEnd {
    /// The level was no longer the one that is asked for.
    Lost,
    /// For CHANGE: the value was again the one from before.
    Returned,
    /// For CHANGE: another value began a hold of its own, or fired.
    OtherValue(Value),
    /// For a CHANGE start: the empty string only moves the memory.
    Emptied,
    /// Its time was over while the level was unknown: a start begins its hold again.
    BeganAgain,
}

/// A firing.
#[derive(Clone, Debug)]
pub struct Fired {
    /// The edge.
    pub edge: Began,
    /// The scan in which it fired.
    pub when: ScanTime,
    /// For CHANGE: the new value.
    pub value: Value,
}

impl From<Edge> for Began {
    fn from(edge: Edge) -> Self {
        let when = ScanTime { at: edge.at, scan: edge.scan };
        Self { when, after_gap: edge.after_gap, continues: edge.continues.is_some() }
    }
}

impl Trail {
    /// Notes an evaluation.
    pub(super) fn note_evaluation(&mut self, was_known: bool, is_known: bool, now: ScanTime) {
        self.evaluated = Some(now);
        if was_known != is_known {
            self.known = Some(now);
        }
    }

    /// Notes that a known level takes the place of another in the memory.
    pub(super) fn note_level(&mut self, before: &Memory, after_gap: bool, now: ScanTime) {
        let how = match (before, after_gap) {
            (Memory::Unarmed, _) => Arrival::Armed,
            (Memory::Asks(_) | Memory::Value(_), true) => Arrival::AcrossGap,
            (Memory::Asks(_) | Memory::Value(_), false) => Arrival::Seen,
        };
        self.level = Some(Came { when: now, how });
    }

    /// Notes that a hold ended without firing.
    pub(super) fn note_miss(&mut self, hold: Hold, why: HoldEnd, now: ScanTime) {
        let Hold { edge, deadline, overdue, candidate } = hold;
        put(&mut self.missed, Missed { edge: edge.into(), deadline, overdue, candidate, when: now, why });
    }

    /// Notes a firing.
    pub(super) fn note_firing(&mut self, edge: Edge, value: Value, now: ScanTime) {
        put(&mut self.fired, Fired { edge: edge.into(), when: now, value });
    }
}

/// Puts something in the place of what was there. Memory is only taken for the first: a scan is not to allocate.
fn put<T>(place: &mut Option<Box<T>>, news: T) {
    match place {
        Some(last) => **last = news,
        None => *place = Some(Box::new(news)),
    }
}
