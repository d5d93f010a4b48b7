//! The words that keys take, and what they mean.

use latchwork_engine::{
    Acknowledged, CaptureMode, ConflictScope, ConflictStrategy, EntryStatus, FirstScan, Flow, LegCompletion,
    OrderStatus, OrderUpdate, Priority, RestartPolicy, TriggerSource, TriggerType, UncertainPolicy,
};
use latchwork_expr::Type;

use crate::connections::{
    ByteOrder, Characters, Coding, Encoding, Half, Parity, SilentAfterErrors, TextCoding, TimeUnit,
};
use crate::http::Role;

/// The words that a key takes, with their meanings.
pub(crate) type Words<T> = &'static [(&'static str, T)];

/// Returns all words of one of the engine's enums, with what each means here.
macro_rules! words_of {
    ($kind:ident, |$member:pat_param| $meaning:expr) => {
        &{
            let mut words = [{
                let $member = $kind::ALL[0];
                ($kind::ALL[0].name(), $meaning)
            }; $kind::ALL.len()];
            let mut place = 1;
            while place < words.len() {
                let $member = $kind::ALL[place];
                words[place] = ($kind::ALL[place].name(), $meaning);
                place += 1;
            }
            words
        }
    };
}

pub(crate) use words_of;

/// How a record finds its order, before expressions are compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OrderStrategy {
    /// No order.
    None,
    /// A command or an assignment names it.
    Manual,
    /// An expression names it.
    Expression,
    /// The schedule names it.
    Schedule,
}

/// How the expected duration is found, before expressions are compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DurationStrategy {
    /// The number of the file.
    Static,
    /// An expression.
    Expression,
    /// The record's order.
    FromOrder,
}

/// What speaks over a connection (`type`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ConnectionKind {
    /// Modbus over TCP.
    ModbusTcp,
    /// Modbus over TCP, encrypted.
    ModbusTls,
    /// The frames of a serial line over TCP.
    ModbusRtuOverTcp,
    /// Modbus over a serial line.
    ModbusRtu,
    /// MQTT.
    Mqtt,
}

/// How a message holds its value (`payload`), before its paths are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PayloadKind {
    /// The whole text.
    Raw,
    /// A JSON document.
    Json,
    /// A JSON document that is the value.
    Document,
    /// A JSON object of points.
    Object,
    /// A JSON array of points.
    Array,
}

pub(crate) const TYPES: Words<Type> = &[
    ("bool", Type::Boolean),
    ("int", Type::Integer),
    ("float", Type::Float),
    ("string", Type::String),
    ("date", Type::Date),
    ("document", Type::Document),
    ("dataset", Type::Dataset),
];

pub(crate) const FIRST_SCAN: Words<FirstScan> = &[("ARM", FirstScan::Arm), ("FIRE", FirstScan::Fire)];

pub(crate) const UNCERTAIN: Words<UncertainPolicy> = &[("GOOD", UncertainPolicy::Good), ("BAD", UncertainPolicy::Bad)];

pub(crate) const ORDER_STATUS: Words<OrderStatus> = words_of!(OrderStatus, |status| status);

pub(crate) const TRIGGER_SOURCE: Words<TriggerSource> =
    &[("EXPRESSION", TriggerSource::Expression), ("MANUAL", TriggerSource::Manual), ("PARENT", TriggerSource::Parent)];

pub(crate) const TRIGGER_TYPE: Words<TriggerType> = &[
    ("RISING_EDGE", TriggerType::RisingEdge),
    ("FALLING_EDGE", TriggerType::FallingEdge),
    ("CHANGE", TriggerType::Change),
];

pub(crate) const CONFLICT_STRATEGY: Words<ConflictStrategy> = &[
    ("STOP_PREVIOUS", ConflictStrategy::StopPrevious),
    ("IGNORE", ConflictStrategy::Ignore),
    ("THROW_EXCEPTION", ConflictStrategy::ThrowException),
];

pub(crate) const RESTART_POLICY: Words<RestartPolicy> =
    &[("RESUME", RestartPolicy::Resume), ("CLOSE_AT_LAST_SEEN", RestartPolicy::CloseAtLastSeen)];

pub(crate) const CONFLICT_SCOPE: Words<ConflictScope> =
    &[("OPERATION", ConflictScope::Operation), ("LOCATION", ConflictScope::Location)];

pub(crate) const ORDER_STRATEGY: Words<OrderStrategy> = &[
    ("NONE", OrderStrategy::None),
    ("MANUAL", OrderStrategy::Manual),
    ("EXPRESSION", OrderStrategy::Expression),
    ("SCHEDULE", OrderStrategy::Schedule),
];

pub(crate) const ORDER_UPDATE: Words<OrderUpdate> = &[
    ("KEEP_FIRST_GOOD_VALUE", OrderUpdate::KeepFirstGoodValue),
    ("KEEP_LAST_GOOD_VALUE", OrderUpdate::KeepLastGoodValue),
    ("THROW_ERROR", OrderUpdate::ThrowError),
    ("NEW_RECORD", OrderUpdate::NewRecord),
];

pub(crate) const DURATION_STRATEGY: Words<DurationStrategy> = &[
    ("STATIC", DurationStrategy::Static),
    ("EXPRESSION", DurationStrategy::Expression),
    ("FROM_PRODUCTION_ORDER", DurationStrategy::FromOrder),
];

pub(crate) const PRIORITY: Words<Priority> =
    &[("URGENT", Priority::Urgent), ("HIGH", Priority::High), ("NORMAL", Priority::Normal), ("LOW", Priority::Low)];

/// What an entry may be before anything happened: the others come of runs.
pub(crate) const ENTRY_STATUS: Words<EntryStatus> =
    &[("IDLE", EntryStatus::Idle), ("SCHEDULED", EntryStatus::Scheduled)];

pub(crate) const CAPTURE_MODE: Words<CaptureMode> = &[
    ("AT_START", CaptureMode::AtStart),
    ("AT_STOP", CaptureMode::AtStop),
    ("DELTA", CaptureMode::Delta { rollover: None }),
    ("MIN", CaptureMode::Min),
    ("MAX", CaptureMode::Max),
    ("MEAN", CaptureMode::Mean),
    ("SUM_OF_INCREASES", CaptureMode::SumOfIncreases),
    ("COUNT_OF_CHANGES", CaptureMode::CountOfChanges),
    ("TRUE_SECONDS", CaptureMode::TrueSeconds),
];

pub(crate) const ACKNOWLEDGED: Words<Acknowledged> =
    &[("START", Acknowledged::Start), ("STOP", Acknowledged::Stop), ("BOTH", Acknowledged::Both)];

pub(crate) const FLOW: Words<Flow> = words_of!(Flow, |flow| flow);

pub(crate) const LEG_COMPLETION: Words<LegCompletion> = words_of!(LegCompletion, |completion| completion);

pub(crate) const CONNECTION_KIND: Words<ConnectionKind> = &[
    ("modbus-tcp", ConnectionKind::ModbusTcp),
    ("modbus-rtu", ConnectionKind::ModbusRtu),
    ("modbus-rtu-over-tcp", ConnectionKind::ModbusRtuOverTcp),
    ("modbus-tls", ConnectionKind::ModbusTls),
    ("mqtt", ConnectionKind::Mqtt),
];

/// How values are coded; what more a coding needs to know are keys of its own.
pub(crate) const DATA_TYPE: Words<Coding> = &[
    ("bool", Coding::Bool),
    ("int8", Coding::Int8(Half::Low)),
    ("uint8", Coding::Uint8(Half::Low)),
    ("int16", Coding::Int16),
    ("uint16", Coding::Uint16),
    ("int32", Coding::Int32),
    ("uint32", Coding::Uint32),
    ("int64", Coding::Int64),
    ("uint64", Coding::Uint64),
    ("float16", Coding::Float16),
    ("float32", Coding::Float32),
    ("float64", Coding::Float64),
    ("bcd16", Coding::Bcd16),
    ("bcd32", Coding::Bcd32),
    ("fixed16", Coding::Fixed16(8)),
    ("fixed32", Coding::Fixed32(16)),
    ("string", Coding::Text(TextCoding { length: 0, characters: Characters::Two, encoding: Encoding::Utf8 })),
];

/// Returns the word for a coding, whatever more it knows.
pub(crate) fn data_type(coding: Coding) -> &'static str {
    let kind = std::mem::discriminant(&coding);
    DATA_TYPE.iter().find(|(_, candidate)| std::mem::discriminant(candidate) == kind).map_or("", |(word, _)| word)
}

pub(crate) const HTTP_ROLE: Words<Role> = words_of!(Role, |role| role);

/// Who encrypts, if it is not the server.
pub(crate) const HTTP_TLS: Words<()> = &[("terminated-upstream", ())];

pub(crate) const BYTE: Words<Half> = &[("low", Half::Low), ("high", Half::High)];

pub(crate) const ENCODING: Words<Encoding> = &[("utf-8", Encoding::Utf8), ("latin-1", Encoding::Latin1)];

/// The longer words are the same orders, as manuals of 64-bit values write them.
pub(crate) const BYTE_ORDER: Words<ByteOrder> = &[
    ("ABCD", ByteOrder::Abcd),
    ("DCBA", ByteOrder::Dcba),
    ("BADC", ByteOrder::Badc),
    ("CDAB", ByteOrder::Cdab),
    ("ABCDEFGH", ByteOrder::Abcd),
    ("HGFEDCBA", ByteOrder::Dcba),
    ("BADCFEHG", ByteOrder::Badc),
    ("GHEFCDAB", ByteOrder::Cdab),
];

pub(crate) const PARITY: Words<Parity> = &[("NONE", Parity::None), ("ODD", Parity::Odd), ("EVEN", Parity::Even)];

pub(crate) const SILENT_AFTER_ERRORS: Words<SilentAfterErrors> =
    &[("LINE", SilentAfterErrors::Line), ("UNIT", SilentAfterErrors::Unit)];

pub(crate) const PAYLOAD: Words<PayloadKind> = &[
    ("raw", PayloadKind::Raw),
    ("json", PayloadKind::Json),
    ("json-object", PayloadKind::Object),
    ("json-array", PayloadKind::Array),
    ("document", PayloadKind::Document),
];

pub(crate) const TIME_UNIT: Words<TimeUnit> = &[
    ("s", TimeUnit::Seconds),
    ("ms", TimeUnit::Millis),
    ("us", TimeUnit::Micros),
    ("µs", TimeUnit::Micros),
    ("ns", TimeUnit::Nanos),
    ("iso", TimeUnit::Iso),
];

/// Returns the word for a meaning.
pub(crate) fn word_of<T: PartialEq>(words: Words<T>, meaning: &T) -> &'static str {
    words.iter().find(|(_, candidate)| candidate == meaning).map_or("", |(word, _)| word)
}

/// Returns the words as a list for people: `A, B or C`.
pub(crate) fn list<T>(words: Words<T>) -> String {
    let names: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        Some(_) | None => names.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_words_for_people() {
        assert_eq!(list(TRIGGER_TYPE), "RISING_EDGE, FALLING_EDGE or CHANGE");
        assert_eq!(list(FIRST_SCAN), "ARM or FIRE");
    }

    #[test]
    fn finds_the_word_of_a_meaning() {
        assert_eq!(word_of(TYPES, &Type::Float), "float");
        assert_eq!(word_of(ORDER_STRATEGY, &OrderStrategy::Manual), "MANUAL");
    }
}
