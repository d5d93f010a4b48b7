//! One run of an operation: the record, its status and reasons (`spec/engine.md` section 6).

use latchwork_expr::{Text, Timestamp, Value};
use serde::{Deserialize, Serialize};
use ulid::Ulid;

use crate::order::OrderIndex;
use crate::plant::{LocationIndex, OperationIndex};
use crate::scan::Moment;
use crate::words::words;

words! {
    /// An operation's status: that of its open record, else of its last, else IDLE.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
    #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
    pub enum Status {
        /// No record yet.
        #[default]
        Idle = "IDLE",
        /// Open.
        Running = "RUNNING",
        /// Open, standing by command.
        Paused = "PAUSED",
        /// Closed as it should.
        Completed = "COMPLETED",
        /// Closed by a fault.
        Faulted = "FAULTED",
        /// Closed because it is not to count.
        Cancelled = "CANCELLED",
        /// Closed without anybody having seen the end.
        Unknown = "UNKNOWN",
    }
}

words! {
    /// What opened a record.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
    pub enum StartReason {
        /// The start trigger's edge.
        Trigger = "TRIGGER",
        /// A command.
        Command = "COMMAND",
        /// Its parent's record opened.
        Parent = "PARENT",
        /// Another production order in mid-run.
        ProductionOrderChanged = "PRODUCTION_ORDER_CHANGED",
        /// A command cut the run in two.
        Split = "SPLIT",
    }
}

words! {
    /// What closed a record.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
    pub enum EndReason {
        /// The stop trigger's edge.
        Trigger = "TRIGGER",
        /// A command.
        Command = "COMMAND",
        /// Its parent's record closed.
        Parent = "PARENT",
        /// Another start took its place.
        Conflict = "CONFLICT",
        /// Another production order in mid-run.
        ProductionOrderChanged = "PRODUCTION_ORDER_CHANGED",
        /// It lasted as long as it may.
        MaxDuration = "MAX_DURATION",
        /// The fault trigger's edge.
        Fault = "FAULT",
        /// Its operation was disabled or removed.
        Disabled = "DISABLED",
        /// The gateway started anew.
        Restart = "RESTART",
        /// A command cut the run in two.
        Split = "SPLIT",
    }
}

/// The production order of a record: the name as it was read, and the order if there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderLink {
    /// The name or id as read.
    pub name: Text,
    /// The order that it means; `None` when no order has this name.
    pub order: Option<OrderIndex>,
}

/// One run of an operation.
#[derive(Clone, Debug)]
pub struct Record {
    /// The id, made from the run itself.
    pub id: Ulid,
    /// The operation.
    pub operation: OperationIndex,
    /// Where it is.
    pub location: LocationIndex,
    /// RUNNING or PAUSED while open.
    pub status: Status,
    /// When the run began: the edge's time.
    pub start: Moment,
    /// When it ended.
    pub end: Option<Moment>,
    /// The scan in which the start fired.
    pub detected_at: Timestamp,
    /// The production order.
    pub order: Option<OrderLink>,
    /// The parent's record that it belongs to.
    pub parent: Option<Ulid>,
    /// The entry of the schedule that it is a run of.
    pub schedule: Option<Ulid>,
    /// What opened it.
    pub start_reason: StartReason,
    /// What closed it.
    pub end_reason: Option<EndReason>,
    /// How long it should take, in seconds.
    pub expected_duration_seconds: Option<f64>,
    /// Whether it took longer.
    pub overrun: bool,
    /// How long it stood by command, in microseconds.
    pub paused_micros: i64,
    /// Whether the edge that started or stopped it was found after a gap in what is known.
    pub detected_after_gap: bool,
    /// The last scan in which it was known whether it should end, as of the telling; `None` if it never was.
    pub last_seen: Option<Timestamp>,
    /// What was measured over the run.
    pub captures: Vec<(Text, Value)>,
    /// How often it changed: the greatest revision is the truth.
    pub revision: u32,
    /// What a command noted of it; else the operation's notes are its own.
    pub notes: Option<Text>,
    /// Who had it opened, if a command did.
    pub created_by: Option<Text>,
    /// The edit that it comes from, if it does.
    pub modified: Option<Modified>,
}

/// An edit of a closed record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Modified {
    /// Who asked for it.
    pub by: Option<Text>,
    /// When.
    pub at: Timestamp,
}

impl Record {
    /// Returns the duration in microseconds on the monotonic axis; `None` while it is open.
    pub fn duration_micros(&self) -> Option<i64> {
        self.end.map(|end| end.monotonic.micros_since(self.start.monotonic))
    }
}
