//! What became of a command.

use latchwork_expr::Text;
use ulid::Ulid;

use crate::order::Order;
use crate::plant::OperationIndex;
use crate::record::Record;
use crate::schedule::ScheduleEntry;
use crate::words::words;

/// What became of a command.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The command's.
    pub correlation: u64,
    /// What it did, or why it did nothing.
    pub answer: Result<Accepted, Rejection>,
}

/// What a command did.
#[derive(Clone, Debug)]
pub struct Accepted {
    /// The id of the command's scan: that of its first event.
    pub event: Ulid,
    /// What it is about, as it is afterwards.
    pub done: Done,
}

/// What a command was about.
#[derive(Clone, Debug)]
pub enum Done {
    /// A record; none where an order was set for runs to come.
    Record(Option<Box<Record>>),
    /// A production order.
    Order(Box<Order>),
    /// An entry of the schedule.
    Entry(Box<ScheduleEntry>),
}

/// Why a command did nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// The kind.
    pub kind: RejectionKind,
    /// The reason in words.
    pub text: Text,
    /// The open record that is in the way.
    pub record: Option<Ulid>,
    /// The operation, if there is one of this name.
    pub operation: Option<OperationIndex>,
}

words! {
    /// The kinds of rejections.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum RejectionKind {
        /// There is no such operation, record, order or other thing.
        NotFound = "NotFound",
        /// It cannot be done as things stand.
        StateConflict = "StateConflict",
        /// Another record of the operation was there then.
        RecordOverlap = "RecordOverlap",
        /// The production order is final.
        OrderFinal = "OrderFinal",
        /// The production order must be named.
        OrderMissing = "OrderMissing",
        /// It is not that late yet.
        TimeInFuture = "TimeInFuture",
        /// It is before what came before.
        TimeBeforePrevious = "TimeBeforePrevious",
    }
}

impl RejectionKind {
    /// Returns the status code of HTTP.
    pub const fn status(self) -> u16 {
        match self {
            Self::NotFound => 404,
            Self::StateConflict | Self::RecordOverlap | Self::OrderFinal => 409,
            Self::OrderMissing | Self::TimeInFuture | Self::TimeBeforePrevious => 422,
        }
    }
}

impl Rejection {
    /// Returns a rejection for a reason.
    pub(super) fn new(kind: RejectionKind, text: impl Into<String>) -> Self {
        Self { kind, text: Text::from(text.into()), record: None, operation: None }
    }

    /// Returns that things stand otherwise.
    pub(super) fn conflict(text: impl Into<String>) -> Self {
        Self::new(RejectionKind::StateConflict, text)
    }

    /// Returns it with the operation that it is about.
    pub(super) fn of(self, operation: OperationIndex) -> Self {
        Self { operation: Some(operation), ..self }
    }

    /// Returns it with the open record that is in the way.
    pub(super) fn because_of(self, record: Ulid) -> Self {
        Self { record: Some(record), ..self }
    }
}
