//! What messages of a topic mean: `[[connections.topics]]`, and the keys of a tag that has a topic.

use crate::connections::{JsonPaths, JsonStep, Payload, TimeUnit};
use crate::desk::Desk;
use crate::document::Table;
use crate::explain::quoted;
use crate::notation::{TagPattern, check_topic_filter, parse_json_path, wildcards};
use crate::problems;
use crate::reader::{Reader, Written};
use crate::words::{PAYLOAD, PayloadKind, TIME_UNIT};

/// Every key that says what a message means.
pub(crate) const MESSAGE_KEYS: &[&str] = &["payload", "value", "time", "time_unit", "quality", "qos"];

/// The keys that only JSON has.
const JSON_KEYS: &[&str] = &["value", "time", "time_unit", "quality"];

/// Which messages are meant, and what they mean.
#[derive(Debug)]
pub(crate) struct RawMessages {
    /// The filter.
    pub(crate) filter: Written,
    /// The quality of service.
    pub(crate) qos: u8,
    /// How the value is found.
    pub(crate) payload: Payload,
}

/// One of `[[connections.topics]]`.
#[derive(Debug)]
pub(crate) struct RawTopic {
    /// Its messages.
    pub(crate) messages: RawMessages,
    /// Whose values they are; a pattern that its filter can fill.
    pub(crate) tag: Written,
}

/// Quality of service of a subscription: each message comes at least once.
const QOS: u8 = 1;

/// Reads one of `[[connections.topics]]`.
pub(super) fn read<'a>(desk: &mut Desk<'a>, table: &'a Table) -> Option<RawTopic> {
    let mut reader = Reader::new(desk, "connections.topics", table);
    if !reader.has("filter") {
        reader.missing("filter");
    }
    let filter = filter(&mut reader, "filter");
    let tag = reader.required_name("tag");
    let tag = tag.filter(|tag| filter.as_ref().is_none_or(|filter| is_filled(&mut reader, tag, filter)));
    let messages = messages(&mut reader, filter);
    reader.finish("[[connections.topics]]");
    Some(RawTopic { messages: messages?, tag: tag? })
}

/// Reads the topic of a tag and what its messages mean.
pub(crate) fn of_tag(reader: &mut Reader<'_, '_>) -> Option<RawMessages> {
    let filter = filter(reader, "topic");
    messages(reader, filter)
}

/// Reads a filter.
fn filter(reader: &mut Reader<'_, '_>, key: &'static str) -> Option<Written> {
    let filter = reader.name(key)?;
    if let Err(fault) = check_topic_filter(&filter.value) {
        let hint = "`+` stands for one level, `#` at the end for all that follow";
        reader.malformed(problems::BAD_FILTER, "filter", &filter, &fault, Some(hint));
        return None;
    }
    Some(filter)
}

/// Tells whether the wildcards of a filter can fill a pattern, and complains if they cannot.
fn is_filled(reader: &mut Reader<'_, '_>, tag: &Written, filter: &Written) -> bool {
    if reader.is_hidden(filter) || reader.is_hidden(tag) {
        return true;
    }
    let Err(fault) = TagPattern::parse(&tag.value, wildcards(&filter.value)) else { return true };
    reader.malformed(problems::BAD_PATTERN, "pattern", tag, &fault, None);
    false
}

/// Reads what messages mean.
fn messages(reader: &mut Reader<'_, '_>, filter: Option<Written>) -> Option<RawMessages> {
    let payload = match reader.right_word("payload", PAYLOAD, PayloadKind::Raw) {
        Some(PayloadKind::Raw) => {
            reader.refuse(JSON_KEYS, "JSON: write `payload = \"json\"`");
            Some(Payload::Raw)
        }
        Some(PayloadKind::Json) => Some(Payload::Json(json_paths(reader))),
        None => {
            reader.pass_over(JSON_KEYS);
            None
        }
    };
    let qos = reader.whole_or("qos", 0..=2, QOS);
    Some(RawMessages { filter: filter?, qos, payload: payload? })
}

fn json_paths(reader: &mut Reader<'_, '_>) -> JsonPaths {
    if !reader.has("value") {
        reader.explain("value", None, || quoted("$"));
    }
    JsonPaths {
        value: json_path(reader, "value").unwrap_or_default(),
        time: json_path(reader, "time"),
        time_unit: time_unit(reader),
        quality: json_path(reader, "quality"),
    }
}

/// Reads a path into the document; the document itself if the path is wrong, which is a problem.
fn json_path(reader: &mut Reader<'_, '_>, key: &'static str) -> Option<Vec<JsonStep>> {
    let written = reader.text(key)?;
    let steps = parse_json_path(&written.value).unwrap_or_else(|fault| {
        let hint = "write it like `$.v`, `$.values[0]` or `$['a key']`";
        reader.malformed(problems::BAD_JSON_PATH, "path", &written, &fault, Some(hint));
        Vec::new()
    });
    Some(steps)
}

/// Reads the unit of times, which nothing but a time has.
fn time_unit(reader: &mut Reader<'_, '_>) -> TimeUnit {
    if let (Some(place), false) = (reader.key_place("time_unit"), reader.has("time")) {
        reader.problem(problems::NO_EFFECT, place, "`time_unit` has no effect: there is no `time`", None);
    }
    reader.word("time_unit", TIME_UNIT, TimeUnit::Millis)
}
