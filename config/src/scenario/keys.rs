//! What can be expected of records and events: the keys of their lines, and what each takes.

use latchwork_engine::{EndReason, EventKind, OrderStatus, RejectionKind, StartReason, Status};

use crate::place::Place;
use crate::problems;
use crate::reader::Reader;
use crate::words::{Words, list, words_of};

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
pub(super) const OPERATION_STATUS: Words<&str> = words_of!(Status, |status| status.name());

const START_REASON: Words<()> = words_of!(StartReason, |_| ());

const END_REASON: Words<()> = words_of!(EndReason, |_| ());

const ORDER_STATUS: Words<()> = words_of!(OrderStatus, |_| ());

/// What a command can be rejected as.
pub(super) const REJECTION: Words<RejectionKind> = words_of!(RejectionKind, |kind| kind);

/// The types of events.
pub(super) const EVENT_TYPE: Words<()> = words_of!(EventKind, |_| ());

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
