//! What is asked of production orders and of the schedule: what such commands take.

use latchwork_expr::{Text, Timestamp};
use serde::{Deserialize, Serialize};
use ulid::Ulid;

use super::given::Given;
use crate::fields::{Field, Shape, may, must};
use crate::order::OrderStatus;
use crate::retained::{Instant, instant_text, optional_instant_text, ulid_text};
use crate::schedule::{EntryStatus, Priority};

/// Longest name in characters: as in jobs, names are in every event.
const NAME_CHARS_MAX: usize = crate::jobs::limits::NAME_CHARS_MAX;
/// Longest notes in characters.
const NOTES_CHARS_MAX: usize = crate::jobs::limits::LINE_CHARS_MAX;

const NAME: Shape = Shape::Text(NAME_CHARS_MAX);
const ORDER_STATUS: Shape = Shape::Word(OrderStatus::NAMES);
const PRIORITY: Shape = Shape::Word(&["URGENT", "HIGH", "NORMAL", "LOW"]);
/// An entry begins as the configuration may have it begin.
const ENTRY_STATUS: Shape = Shape::Word(&["IDLE", "SCHEDULED"]);

/// What an order's command takes.
pub(super) const ORDER: &[Field] = &[
    must("production_order", NAME),
    may("status", ORDER_STATUS),
    may("quantity", Shape::Amount),
    may("rate_per_hour", Shape::Positive),
    may("material", NAME),
    may("start_date", Shape::Time),
    may("due_date", Shape::Time),
    may("end_date", Shape::Time),
    may("schedule_priority", PRIORITY),
    may("location", NAME),
    may("notes", Shape::Line(NOTES_CHARS_MAX)),
];

/// What is taken for a new entry of the schedule.
pub(super) const ENTRY: &[Field] = &[
    must("operation", NAME),
    may("location", NAME),
    may("production_order", NAME),
    must("start_date", Shape::Time),
    may("end_date", Shape::Time),
    may("priority", PRIORITY),
    may("quantity", Shape::Amount),
    may("status", ENTRY_STATUS),
];

/// What is taken to remove one.
pub(super) const REMOVAL: &[Field] = &[must("entry", Shape::Id)];

/// A production order, and what it is to become. What is not said stays, or is missing in one that is new.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderInfo {
    /// The order: its name or its id.
    pub production_order: Text,
    /// Its status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<OrderStatus>,
    /// How much is to be made.
    #[serde(default, skip_serializing_if = "Given::is_unsaid")]
    pub quantity: Given<f64>,
    /// How many are made in an hour.
    #[serde(default, skip_serializing_if = "Given::is_unsaid")]
    pub rate_per_hour: Given<f64>,
    /// What is made: a material's name or id.
    #[serde(default, skip_serializing_if = "Given::is_unsaid")]
    pub material: Given<String>,
    /// When it is to begin.
    #[serde(default, skip_serializing_if = "Given::is_unsaid")]
    pub start_date: Given<Instant>,
    /// When it must be done.
    #[serde(default, skip_serializing_if = "Given::is_unsaid")]
    pub due_date: Given<Instant>,
    /// When it is to end.
    #[serde(default, skip_serializing_if = "Given::is_unsaid")]
    pub end_date: Given<Instant>,
    /// How urgent it is.
    #[serde(default, skip_serializing_if = "Given::is_unsaid")]
    pub schedule_priority: Given<Priority>,
    /// Where it is made: a location's path or id.
    #[serde(default, skip_serializing_if = "Given::is_unsaid")]
    pub location: Given<String>,
    /// What people should know of it.
    #[serde(default, skip_serializing_if = "Given::is_unsaid")]
    pub notes: Given<Text>,
}

/// An entry that the schedule is to have.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntryInfo {
    /// What is to run: an operation's name, `Location/Path:Name`, or its id.
    pub operation: String,
    /// Where it is, if its name is not unique.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// For which order, by name or id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub production_order: Option<Text>,
    /// When its window begins.
    #[serde(with = "instant_text")]
    pub start_date: Timestamp,
    /// When its window is over; never if not given.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "optional_instant_text")]
    pub end_date: Option<Timestamp>,
    /// How urgent it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    /// How much is to be made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<f64>,
    /// Its status; SCHEDULED if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<EntryStatus>,
}

/// An entry that the schedule is to have no more.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemovalInfo {
    /// Its id.
    #[serde(with = "ulid_text")]
    pub entry: Ulid,
}
