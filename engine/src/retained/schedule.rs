//! What survives of the schedule.

use latchwork_expr::{Text, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ulid::Ulid;

use super::form::{is_default, optional_ulid_text, ulid_text};
use super::{Retained, RetainedRow};
use crate::plant::{OperationIndex, Plant};
use crate::scan::{Moment, Monotonic};
use crate::schedule::{EntryStatus, Priority, Schedule, ScheduleEntry};
use crate::step::Engine;

/// An entry of the schedule.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetainedEntry {
    /// The id.
    #[serde(with = "ulid_text")]
    pub id: Ulid,
    /// The operation's id.
    #[serde(with = "ulid_text")]
    pub operation: Ulid,
    /// The order, by name or id.
    #[serde(default, skip_serializing_if = "is_default")]
    pub order: Option<Text>,
    /// When its window begins.
    pub start: Timestamp,
    /// When its window is over.
    #[serde(default, skip_serializing_if = "is_default")]
    pub end: Option<Timestamp>,
    /// How urgent it is.
    #[serde(default, skip_serializing_if = "is_default")]
    pub priority: Priority,
    /// How much is to be made.
    #[serde(default, skip_serializing_if = "is_default")]
    pub quantity: Option<f64>,
    /// The status.
    pub status: EntryStatus,
    /// The record that took it up last.
    #[serde(default, skip_serializing_if = "is_default", with = "optional_ulid_text")]
    pub record: Option<Ulid>,
    /// While it is PAUSED: when its window is over on the axis of deadlines.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) until: Option<Monotonic>,
}

impl RetainedRow for RetainedEntry {}

impl RetainedEntry {
    /// Returns an entry of which nothing else is known.
    pub fn new(id: Ulid, operation: Ulid, start: Timestamp, status: EntryStatus) -> Self {
        let priority = Priority::default();
        Self {
            id,
            operation,
            order: None,
            start,
            end: None,
            priority,
            quantity: None,
            status,
            record: None,
            until: None,
        }
    }

    /// Returns a PAUSED entry with the deadline that its window's end was when the last scan was; all others as they are.
    #[must_use]
    pub fn seen_from(self, last: Moment) -> Self {
        let end = self.end.filter(|_| self.status == EntryStatus::Paused);
        let until = end.map(|end| last.monotonic.plus_micros(end.0.saturating_sub(last.wall.0)));
        Self { until, ..self }
    }

    fn resumed(&self, operation: OperationIndex) -> ScheduleEntry {
        ScheduleEntry {
            id: self.id,
            operation,
            order: self.order.clone(),
            start: self.start,
            end: self.end,
            priority: self.priority,
            quantity: self.quantity,
            status: self.status,
            record: self.record,
            until: self.until,
        }
    }
}

impl Engine {
    /// Returns what survives of the schedule.
    pub(crate) fn retained_schedule(&self) -> Vec<RetainedEntry> {
        let entries = self.schedule.all().map(|entry| self.retained_entry(entry));
        entries.chain(self.schedule.strays.iter().cloned()).collect()
    }

    fn retained_entry(&self, entry: &ScheduleEntry) -> RetainedEntry {
        RetainedEntry {
            id: entry.id,
            operation: self.plant.operations[entry.operation.index()].id,
            order: entry.order.clone(),
            start: entry.start,
            end: entry.end,
            priority: entry.priority,
            quantity: entry.quantity,
            status: entry.status,
            record: entry.record,
            until: entry.until,
        }
    }
}

/// Returns the schedule: what was retained wins, what the plant has besides is added.
pub(super) fn schedule(plant: &Plant, retained: &Retained) -> Schedule {
    let mut schedule = Schedule::new(plant.operations.len());
    let operations = (0_u32..).map(OperationIndex).zip(&plant.operations);
    let operations: BTreeMap<Ulid, OperationIndex> = operations.map(|(index, row)| (row.id, index)).collect();
    for row in &retained.schedule {
        match operations.get(&row.operation) {
            Some(&operation) => schedule.add(row.resumed(operation)),
            None => schedule.strays.push(row.clone()),
        }
    }
    schedule.add_planned(plant);
    schedule
}
