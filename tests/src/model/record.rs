//! What a run of the model gives: records, events, order statuses; knows nothing of how they came about.

use std::time::Duration;

use super::names::{EndReason, EventKind, OrderStatus, RecordStatus, StartReason};
use super::plant::Micros;
use super::value::ModelValue;

/// One record, as far as the model tells it.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelRecord {
    /// The operation's name.
    pub operation: String,
    /// Its location's path.
    pub location: String,
    /// The status.
    pub status: RecordStatus,
    /// When it began.
    pub start: Micros,
    /// When it ended, unless it is open.
    pub end: Option<Micros>,
    /// The scan in which its start fired.
    pub detected_at: Micros,
    /// The order, as read.
    pub production_order: Option<String>,
    /// Why it opened.
    pub start_reason: StartReason,
    /// Why it closed, unless it is open.
    pub end_reason: Option<EndReason>,
    /// Whether an edge of it was found across a gap.
    pub detected_after_gap: bool,
    /// How long it should have lasted.
    pub expected_duration_seconds: Option<f64>,
    /// Whether it lasted longer.
    pub overrun: bool,
    /// Whether it names a parent's record.
    pub has_parent: bool,
    /// What was measured.
    pub captures: Measured,
    /// How long it stood by command.
    pub paused: Micros,
}

/// What was measured over a run: names with their values, in the order of the names.
#[derive(Clone, Debug, Default)]
pub struct Measured(pub Vec<(String, ModelValue)>);

/// How far apart two numbers may lie that are the same but for the order in which they were added up.
const ROUNDING: f64 = 1e-9;

impl PartialEq for Measured {
    fn eq(&self, other: &Self) -> bool {
        let same = |one: &ModelValue, other: &ModelValue| match (one.number(), other.number()) {
            (Some(one), Some(other)) => (one - other).abs() <= ROUNDING * one.abs().max(1.0),
            (Some(_) | None, _) => one == other,
        };
        let pairs = || self.0.iter().zip(&other.0);
        self.0.len() == other.0.len() && pairs().all(|(one, other)| one.0 == other.0 && same(&one.1, &other.1))
    }
}

impl ModelRecord {
    /// Returns how long it should last.
    pub(super) fn expected_micros(&self) -> Option<Micros> {
        let expected = Duration::from_secs_f64(self.expected_duration_seconds?);
        Micros::try_from(expected.as_micros()).ok()
    }
}

/// Why a command did nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rejected {
    /// There is no such record.
    NotFound,
    /// It cannot be done as things stand.
    StateConflict,
    /// Another record of the operation was there then.
    RecordOverlap,
    /// The order is final.
    OrderFinal,
    /// The order must be named.
    OrderMissing,
    /// It is not that late yet.
    TimeInFuture,
    /// It is before what came before.
    TimeBeforePrevious,
}

/// One event.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ModelEvent {
    /// The scan's time.
    pub at: Micros,
    /// The kind.
    pub kind: EventKind,
    /// The operation's name, the order's, or the order's with its new status: as the kind's `subject` says.
    pub subject: String,
}

/// How often something happened of which no record tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Starts within the hold-off.
    pub held_off: u64,
    /// Starts that `IGNORE` ignored.
    pub ignored: u64,
    /// Starts after a short interruption.
    pub continued: u64,
}

/// All that a run gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The records, ordered by start, then configuration, then opening.
    pub records: Vec<ModelRecord>,
    /// The events, in the order of their making.
    pub events: Vec<ModelEvent>,
    /// Every order's last status: first the configured ones, then the created ones.
    pub orders: Vec<(String, OrderStatus)>,
    /// What was counted.
    pub counts: Counts,
    /// Why commands did nothing.
    pub rejections: Vec<Rejected>,
}
