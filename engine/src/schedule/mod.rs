//! The schedule: what is planned for which operation, when, and what became of it (`spec/engine.md` section 8).
//!
//! Entries are found by their operation. One that is completed or was removed is forgotten, unless the configuration has
//! it too: it would be created anew.

mod windows;

use latchwork_expr::{Text, Timestamp};
use serde::{Deserialize, Serialize};
use ulid::Ulid;

use crate::plant::{OperationIndex, Plant};
use crate::retained::RetainedEntry;
use crate::scan::Monotonic;

/// How urgent an entry is; the more urgent is the lesser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Priority {
    /// Before all others.
    Urgent,
    /// Before the usual.
    High,
    /// As usual.
    #[default]
    Normal,
    /// After all others.
    Low,
}

impl Priority {
    /// Returns the priority of such a word.
    pub fn of_name(name: &str) -> Option<Self> {
        [Self::Urgent, Self::High, Self::Normal, Self::Low].into_iter().find(|priority| priority.name() == name)
    }

    /// Returns the word that plants know.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Urgent => "URGENT",
            Self::High => "HIGH",
            Self::Normal => "NORMAL",
            Self::Low => "LOW",
        }
    }
}

/// An entry's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EntryStatus {
    /// Written down, not yet planned for good.
    Idle,
    /// Planned.
    #[default]
    Scheduled,
    /// A record of it is open.
    Running,
    /// Its record closed before its window did: it may be taken up again.
    Paused,
    /// Done, or its window is over; final.
    Completed,
    /// Somebody removed it; final.
    Cancelled,
}

impl EntryStatus {
    /// Returns the word that plants know.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Idle => "IDLE",
            Self::Scheduled => "SCHEDULED",
            Self::Running => "RUNNING",
            Self::Paused => "PAUSED",
            Self::Completed => "COMPLETED",
            Self::Cancelled => "CANCELLED",
        }
    }

    /// Tells whether a run may take an entry up.
    const fn is_eligible(self) -> bool {
        match self {
            Self::Idle | Self::Scheduled | Self::Paused => true,
            Self::Running | Self::Completed | Self::Cancelled => false,
        }
    }
}

/// An entry of the configuration.
#[derive(Clone, Debug)]
pub struct PlannedEntry {
    /// The id: given, or derived from operation, start and order.
    pub id: Ulid,
    /// What is to run.
    pub operation: OperationIndex,
    /// For which order, by name.
    pub order: Option<String>,
    /// When its window begins.
    pub start: Timestamp,
    /// When its window is over; `None` is never.
    pub end: Option<Timestamp>,
    /// How urgent it is.
    pub priority: Priority,
    /// How much is to be made.
    pub quantity: Option<f64>,
    /// Its status before anything happened.
    pub status: EntryStatus,
}

/// An entry of the schedule while the engine runs.
#[derive(Clone, Debug, PartialEq)]
pub struct ScheduleEntry {
    /// The id.
    pub id: Ulid,
    /// The operation.
    pub operation: OperationIndex,
    /// For which order, by name or id.
    pub order: Option<Text>,
    /// When its window begins.
    pub start: Timestamp,
    /// When its window is over, at which moment it is; `None` is never.
    pub end: Option<Timestamp>,
    /// How urgent it is.
    pub priority: Priority,
    /// How much is to be made.
    pub quantity: Option<f64>,
    /// The status now.
    pub status: EntryStatus,
    /// The record that took it up last.
    pub record: Option<Ulid>,
    /// While it is PAUSED: when its window is over on the axis of deadlines.
    pub(crate) until: Option<Monotonic>,
}

impl ScheduleEntry {
    /// Tells whether a run that starts then may take the entry up.
    fn is_open_to(&self, start: Timestamp) -> bool {
        self.status.is_eligible() && self.start <= start && self.end.is_none_or(|end| start < end)
    }
}

/// The entries that the engine knows.
#[derive(Debug, Default)]
pub(crate) struct Schedule {
    /// By operation, in the order in which they came to be known.
    rows: Vec<Vec<ScheduleEntry>>,
    /// Those of operations that the plant does not have now.
    pub(crate) strays: Vec<RetainedEntry>,
}

impl Schedule {
    /// Returns the empty schedule of so many operations.
    pub(crate) fn new(operations: usize) -> Self {
        Self { rows: vec![Vec::new(); operations], strays: Vec::new() }
    }

    /// Adds the entries of the plant that are not there by id.
    pub(crate) fn add_planned(&mut self, plant: &Plant) {
        for planned in &plant.schedule {
            if !self.of(planned.operation).iter().any(|entry| entry.id == planned.id) {
                self.add(planned.entry());
            }
        }
    }

    /// Adds an entry behind the others of its operation.
    pub(crate) fn add(&mut self, entry: ScheduleEntry) {
        self.rows[entry.operation.index()].push(entry);
    }

    /// Returns an operation's entries.
    pub(crate) fn of(&self, operation: OperationIndex) -> &[ScheduleEntry] {
        &self.rows[operation.index()]
    }

    /// Returns every entry, by operation.
    pub(crate) fn all(&self) -> impl Iterator<Item = &ScheduleEntry> {
        self.rows.iter().flatten()
    }

    /// Returns the place of the entry that a run takes up which starts then: of those whose window contains the start
    /// the most urgent one, then the one that starts first, then the one that was known first. `fits` says which of
    /// them may be meant.
    pub(crate) fn find(
        &self,
        operation: OperationIndex,
        start: Timestamp,
        fits: impl Fn(&ScheduleEntry) -> bool,
    ) -> Option<usize> {
        let entries = self.of(operation).iter().enumerate();
        let eligible = entries.filter(|(_, entry)| entry.is_open_to(start) && fits(entry));
        eligible.min_by_key(|(_, entry)| (entry.priority, entry.start)).map(|(place, _)| place)
    }

    /// Returns an entry, to be changed.
    fn get_mut(&mut self, operation: OperationIndex, place: usize) -> &mut ScheduleEntry {
        &mut self.rows[operation.index()][place]
    }

    /// Forgets an entry.
    fn remove(&mut self, operation: OperationIndex, place: usize) {
        self.rows[operation.index()].remove(place);
    }
}

impl PlannedEntry {
    /// Returns the entry before anything happened.
    pub fn entry(&self) -> ScheduleEntry {
        ScheduleEntry {
            id: self.id,
            operation: self.operation,
            order: self.order.as_deref().map(Text::from),
            start: self.start,
            end: self.end,
            priority: self.priority,
            quantity: self.quantity,
            status: self.status,
            record: None,
            until: None,
        }
    }
}
