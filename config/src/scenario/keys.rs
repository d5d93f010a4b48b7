//! What can be expected of records and events: the keys of their lines, and what each takes.

use latchwork_engine::{EndReason, EventKind, OrderStatus, RejectionKind, StartReason, Status};

use crate::place::Place;
use crate::problems;
use crate::reader::Reader;
use crate::words::{Words, list};

/// Longer lists of words are not told: who looks for one finds the likely one in the hint, and all in the documents.
const WORDS_LISTED_MAX: usize = 12;

/// Complains about a word that a key does not take.
pub(super) fn unknown_word<T>(reader: &mut Reader<'_, '_>, key: &str, word: &str, place: Place, words: Words<T>) {
    let hint = reader.desk.suggest(word, words.iter().map(|(word, _)| *word));
    let expected = if words.len() <= WORDS_LISTED_MAX { list(words) } else { format!("one such as {}", words[0].0) };
    reader.problem(problems::UNKNOWN_WORD, place, format!("`{key}` has `{word}`, expected {expected}"), hint);
}

/// Returns what can be expected of a record: the short names.
pub fn record_keys() -> impl Iterator<Item = &'static str> {
    RECORD_KEYS.iter().map(|key| key.name)
}

/// Returns what can be expected of an event: the short names.
pub fn event_keys() -> impl Iterator<Item = &'static str> {
    EVENT_KEYS.iter().map(|key| key.name)
}

/// What the value of a key is.
#[derive(Clone, Copy, Debug)]
pub(super) enum KeyKind {
    /// Any text.
    Text,
    /// One of some words.
    Word(Words<()>),
    /// A moment.
    Time,
    /// Seconds, as a number or as `"1m30s"`.
    Seconds,
    /// A number.
    Number,
    /// True or false.
    Truth,
    /// The name of an operation.
    Operation,
    /// The path of a location.
    Location,
    /// A table of captures by name.
    Captures,
}

/// A key that can be expected: its short name, how record lines and event lines call it, what it takes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) line_name: &'static str,
    pub(super) kind: KeyKind,
}

const fn key(name: &'static str, kind: KeyKind) -> Key {
    Key { name, line_name: name, kind }
}

const fn short(name: &'static str, line_name: &'static str, kind: KeyKind) -> Key {
    Key { name, line_name, kind }
}

const RECORD_STATUS: Words<()> = &[
    (Status::Running.name(), ()),
    (Status::Paused.name(), ()),
    (Status::Completed.name(), ()),
    (Status::Faulted.name(), ()),
    (Status::Cancelled.name(), ()),
    (Status::Unknown.name(), ()),
];

/// What an operation may be: as its record, or idle.
pub(super) const OPERATION_STATUS: Words<&str> = &[
    (Status::Idle.name(), Status::Idle.name()),
    (Status::Running.name(), Status::Running.name()),
    (Status::Paused.name(), Status::Paused.name()),
    (Status::Completed.name(), Status::Completed.name()),
    (Status::Faulted.name(), Status::Faulted.name()),
    (Status::Cancelled.name(), Status::Cancelled.name()),
    (Status::Unknown.name(), Status::Unknown.name()),
];

const START_REASON: Words<()> = &[
    (StartReason::Trigger.name(), ()),
    (StartReason::Command.name(), ()),
    (StartReason::Parent.name(), ()),
    (StartReason::ProductionOrderChanged.name(), ()),
    (StartReason::Split.name(), ()),
];

const END_REASON: Words<()> = &[
    (EndReason::Trigger.name(), ()),
    (EndReason::Command.name(), ()),
    (EndReason::Parent.name(), ()),
    (EndReason::Conflict.name(), ()),
    (EndReason::ProductionOrderChanged.name(), ()),
    (EndReason::MaxDuration.name(), ()),
    (EndReason::Fault.name(), ()),
    (EndReason::Disabled.name(), ()),
    (EndReason::Split.name(), ()),
];

const ORDER_STATUS: Words<()> = &[
    (OrderStatus::Idle.name(), ()),
    (OrderStatus::Scheduled.name(), ()),
    (OrderStatus::Running.name(), ()),
    (OrderStatus::Paused.name(), ()),
    (OrderStatus::Stopped.name(), ()),
    (OrderStatus::Closed.name(), ()),
    (OrderStatus::Cancelled.name(), ()),
];

/// What a command can be rejected as.
pub(super) const REJECTION: Words<RejectionKind> = &[
    (RejectionKind::NotFound.name(), RejectionKind::NotFound),
    (RejectionKind::StateConflict.name(), RejectionKind::StateConflict),
    (RejectionKind::RecordOverlap.name(), RejectionKind::RecordOverlap),
    (RejectionKind::OrderFinal.name(), RejectionKind::OrderFinal),
    (RejectionKind::OrderMissing.name(), RejectionKind::OrderMissing),
    (RejectionKind::TimeInFuture.name(), RejectionKind::TimeInFuture),
    (RejectionKind::TimeBeforePrevious.name(), RejectionKind::TimeBeforePrevious),
];

/// The types of events.
pub(super) const EVENT_TYPE: Words<()> = &[
    (EventKind::OperationStarted.name(), ()),
    (EventKind::OperationUpdated.name(), ()),
    (EventKind::OperationStopped.name(), ()),
    (EventKind::OperationPaused.name(), ()),
    (EventKind::OperationResumed.name(), ()),
    (EventKind::OperationCancelled.name(), ()),
    (EventKind::OperationFaulted.name(), ()),
    (EventKind::OperationOverrun.name(), ()),
    (EventKind::OperationConflict.name(), ()),
    (EventKind::OperationStuck.name(), ()),
    (EventKind::OperationEdited.name(), ()),
    (EventKind::ProductionOrderStatusChanged.name(), ()),
    (EventKind::ProductionOrderMissing.name(), ()),
    (EventKind::ProductionOrderUnknown.name(), ()),
    (EventKind::ProductionOrderChanged.name(), ()),
    (EventKind::ProductionOrderFinal.name(), ()),
    (EventKind::ScheduleAdded.name(), ()),
    (EventKind::ScheduleStarted.name(), ()),
    (EventKind::ScheduleCompleted.name(), ()),
    (EventKind::TriggerFault.name(), ()),
    (EventKind::GatewayStarted.name(), ()),
    (EventKind::GatewayStopped.name(), ()),
    (EventKind::ConnectionUp.name(), ()),
    (EventKind::ConnectionDown.name(), ()),
];

/// What can be expected of a record.
pub(super) const RECORD_KEYS: &[Key] = &[
    key("id", KeyKind::Text),
    key("operation", KeyKind::Operation),
    key("location", KeyKind::Location),
    key("status", KeyKind::Word(RECORD_STATUS)),
    short("start", "start_date", KeyKind::Time),
    short("end", "end_date", KeyKind::Time),
    short("duration", "duration_seconds", KeyKind::Seconds),
    key("detected_at", KeyKind::Time),
    short("order", "production_order", KeyKind::Text),
    key("start_reason", KeyKind::Word(START_REASON)),
    key("end_reason", KeyKind::Word(END_REASON)),
    key("expected_duration_seconds", KeyKind::Seconds),
    key("overrun", KeyKind::Truth),
    key("paused_seconds", KeyKind::Seconds),
    key("detected_after_gap", KeyKind::Truth),
    key("parent_record_id", KeyKind::Text),
    key("parent", KeyKind::Operation),
    key("captures", KeyKind::Captures),
];

/// What can be expected of an event: what its line has, its `info`, and the record in that.
pub(super) const EVENT_KEYS: &[Key] = &[
    short("type", "event_type", KeyKind::Word(EVENT_TYPE)),
    short("at", "occurred_at", KeyKind::Time),
    key("recorded_at", KeyKind::Time),
    key("actor", KeyKind::Text),
    key("notes", KeyKind::Text),
    key("text", KeyKind::Text),
    key("from", KeyKind::Word(ORDER_STATUS)),
    key("to", KeyKind::Word(ORDER_STATUS)),
    key("revision", KeyKind::Number),
    key("quantity", KeyKind::Number),
    key("priority", KeyKind::Text),
    key("connection", KeyKind::Text),
    key("reason", KeyKind::Text),
    key("operation", KeyKind::Operation),
    key("location", KeyKind::Location),
    // Of a record or of an entry of the schedule.
    key("status", KeyKind::Text),
    short("start", "start_date", KeyKind::Time),
    short("end", "end_date", KeyKind::Time),
    short("duration", "duration_seconds", KeyKind::Seconds),
    short("order", "production_order", KeyKind::Text),
    key("start_reason", KeyKind::Word(START_REASON)),
    key("end_reason", KeyKind::Word(END_REASON)),
    key("expected_duration_seconds", KeyKind::Seconds),
    key("overrun", KeyKind::Truth),
    key("paused_seconds", KeyKind::Seconds),
    key("detected_after_gap", KeyKind::Truth),
    key("parent", KeyKind::Operation),
    key("captures", KeyKind::Captures),
];
