//! What the store knows of the things that a command names.

use latchwork_expr::{Text, Timestamp};
use serde::{Deserialize, Serialize};
use ulid::Ulid;

use crate::record::{EndReason, OrderLink, Record, StartReason, Status};
use crate::retained::{Exact, RetainedEntry, RetainedOrder, is_default, optional_ulid_text, ulid_text};
use crate::scan::{Moment, Monotonic};
use crate::step::Engine;

/// What was fetched for a command.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Fetched {
    /// The record that is named, then those below it: each behind its parent's. Empty if there is none of that id.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<FetchedRecord>,
    /// The orders that the command and the records name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub orders: Vec<RetainedOrder>,
    /// The entry of the schedule that is named, if the engine does not know it and there is one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<RetainedEntry>,
}

/// A record as it is stored, and what of its operation stands before and behind it. Dates are wall times.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FetchedRecord {
    /// The id.
    #[serde(with = "ulid_text")]
    pub id: Ulid,
    /// The operation's id.
    #[serde(with = "ulid_text")]
    pub operation: Ulid,
    /// The location's id.
    #[serde(with = "ulid_text")]
    pub location: Ulid,
    /// The status.
    pub status: Status,
    /// When it began.
    pub start: Timestamp,
    /// When it ended; `None` while it is open.
    #[serde(default, skip_serializing_if = "is_default")]
    pub end: Option<Timestamp>,
    /// How long it took on the monotonic axis, in microseconds.
    #[serde(default, skip_serializing_if = "is_default")]
    pub duration_micros: i64,
    /// The scan in which its start fired.
    pub detected_at: Timestamp,
    /// The order's name as read.
    #[serde(default, skip_serializing_if = "is_default")]
    pub production_order: Option<Text>,
    /// The name of the order that it means, if there is one.
    #[serde(default, skip_serializing_if = "is_default")]
    pub order: Option<Text>,
    /// The parent's record.
    #[serde(default, skip_serializing_if = "is_default", with = "optional_ulid_text")]
    pub parent: Option<Ulid>,
    /// The entry of the schedule that it is a run of.
    #[serde(default, skip_serializing_if = "is_default", with = "optional_ulid_text")]
    pub schedule: Option<Ulid>,
    /// What opened it.
    pub start_reason: StartReason,
    /// What closed it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub end_reason: Option<EndReason>,
    /// How long it should take, in seconds.
    #[serde(default, skip_serializing_if = "is_default")]
    pub expected_duration_seconds: Option<f64>,
    /// Whether it took longer.
    #[serde(default, skip_serializing_if = "is_default")]
    pub overrun: bool,
    /// How long it stood by command, in microseconds.
    #[serde(default, skip_serializing_if = "is_default")]
    pub paused_micros: i64,
    /// Whether an edge of it was found after a gap.
    #[serde(default, skip_serializing_if = "is_default")]
    pub detected_after_gap: bool,
    /// Until when it was seen.
    #[serde(default, skip_serializing_if = "is_default")]
    pub last_seen: Option<Timestamp>,
    /// What was measured over the run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub captures: Vec<(Text, Exact)>,
    /// How often it changed.
    pub revision: u32,
    /// Its own notes.
    #[serde(default, skip_serializing_if = "is_default")]
    pub notes: Option<Text>,
    /// Who had it opened.
    #[serde(default, skip_serializing_if = "is_default")]
    pub created_by: Option<Text>,
    /// The latest end of the operation's records that ended by its start.
    #[serde(default, skip_serializing_if = "is_default")]
    pub previous_end: Option<Timestamp>,
    /// The earliest start of those that began at its end or later.
    #[serde(default, skip_serializing_if = "is_default")]
    pub next_start: Option<Timestamp>,
}

impl FetchedRecord {
    /// Returns a record as it would be fetched. What stands before and behind it is left open.
    pub fn of(record: &Record, engine: &Engine) -> Self {
        let plant = engine.plant();
        let order = |link: &OrderLink| Some(engine.orders()[link.order?.0 as usize].name.clone());
        Self {
            id: record.id,
            operation: plant.operations[record.operation.index()].id,
            location: plant.locations[record.location.index()].id,
            status: record.status,
            start: record.start.wall,
            end: record.end.map(|end| end.wall),
            duration_micros: record.duration_micros().unwrap_or_default(),
            detected_at: record.detected_at,
            production_order: record.order.as_ref().map(|link| link.name.clone()),
            order: record.order.as_ref().and_then(order),
            parent: record.parent,
            schedule: record.schedule,
            start_reason: record.start_reason,
            end_reason: record.end_reason,
            expected_duration_seconds: record.expected_duration_seconds,
            overrun: record.overrun,
            paused_micros: record.paused_micros,
            detected_after_gap: record.detected_after_gap,
            last_seen: record.last_seen,
            captures: record.captures.iter().map(|(name, value)| (name.clone(), Exact(value.clone()))).collect(),
            revision: record.revision,
            notes: record.notes.clone(),
            created_by: record.created_by.clone(),
            previous_end: None,
            next_start: None,
        }
    }
}

impl Engine {
    /// Returns a fetched record as a record of the plant; `None` if its operation or its place are no longer in it. The
    /// monotonic axis begins at its start.
    pub(super) fn record_of(&self, row: &FetchedRecord) -> Option<Record> {
        let order = |name: &Text| OrderLink {
            name: name.clone(),
            order: row.order.as_ref().and_then(|order| self.orders.find(order)),
        };
        Some(Record {
            id: row.id,
            operation: self.operation_of_id(row.operation)?,
            location: self.location_of_id(row.location)?,
            status: row.status,
            start: Moment { monotonic: Monotonic(0), wall: row.start },
            end: row.end.map(|wall| Moment { monotonic: Monotonic(row.duration_micros), wall }),
            detected_at: row.detected_at,
            order: row.production_order.as_ref().map(order),
            parent: row.parent,
            schedule: row.schedule,
            start_reason: row.start_reason,
            end_reason: row.end_reason,
            expected_duration_seconds: row.expected_duration_seconds,
            overrun: row.overrun,
            paused_micros: row.paused_micros,
            detected_after_gap: row.detected_after_gap,
            last_seen: row.last_seen,
            captures: row.captures.iter().map(|(name, value)| (name.clone(), value.0.clone())).collect(),
            revision: row.revision,
            notes: row.notes.clone(),
            created_by: row.created_by.clone(),
            modified: None,
        })
    }
}
