//! What messages of a topic mean: `[[connections.topics]]`, and the keys of a tag that has a topic.

use super::payload;
use crate::connections::{Payload, PointPaths};
use crate::desk::Desk;
use crate::document::Table;
use crate::notation::{Fillers, TagPattern, check_topic_filter, wildcards};
use crate::problems;
use crate::reader::{Reader, Written};

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

impl RawMessages {
    /// Returns what can fill a pattern of tag paths.
    pub(crate) fn fillers(&self) -> Fillers {
        let names = match &self.payload {
            Payload::Object(_) | Payload::Array(PointPaths { name: Some(_), .. }) => true,
            Payload::Array(PointPaths { name: None, .. }) | Payload::Raw | Payload::Json(_) | Payload::Document(_) => {
                false
            }
        };
        Fillers { wildcards: wildcards(&self.filter.value), names }
    }
}

/// One of `[[connections.topics]]`.
#[derive(Debug)]
pub(crate) struct RawTopic {
    /// Its messages.
    pub(crate) messages: RawMessages,
    /// Whose values they are; a pattern that its filter can fill.
    pub(crate) tag: Written,
}

/// Every key that says which messages of a topic mean what.
pub(crate) const MESSAGE_KEYS: &[&str] = &["payload", "points", "name", "value", "time", "time_unit", "quality", "qos"];

/// Quality of service of a subscription: each message comes at least once.
const QOS: u8 = 1;

/// Reads one of `[[connections.topics]]`.
pub(super) fn read(desk: &mut Desk<'_>, table: &Table) -> Option<RawTopic> {
    let mut reader = Reader::new(desk, "connections.topics", table);
    if !reader.has("filter") {
        reader.missing("filter");
    }
    let filter = filter(&mut reader, "filter");
    let tag = reader.required_name("tag");
    let messages = messages(&mut reader, filter);
    let tag = match &messages {
        Some(messages) => tag.filter(|tag| is_filled(&mut reader, tag, messages)),
        None => tag,
    };
    reader.finish("[[connections.topics]]");
    Some(RawTopic { messages: messages?, tag: tag? })
}

/// Reads the topic of a tag and what its messages mean.
pub(crate) fn of_tag(reader: &mut Reader<'_, '_>) -> Option<RawMessages> {
    let filter = filter(reader, "topic");
    let messages = messages(reader, filter);
    let several = match messages.as_ref().map(|messages| &messages.payload) {
        Some(Payload::Object(_)) => Some("payload"),
        Some(Payload::Array(PointPaths { name: Some(_), .. })) => Some("name"),
        Some(Payload::Array(_) | Payload::Raw | Payload::Json(_) | Payload::Document(_)) | None => None,
    };
    if let Some(key) = several {
        let message = format!("`{key}` makes values of many tags of a message, and this is one tag's topic");
        let hint = "write the topic as one of the connection's: `[[connections.topics]]`".to_owned();
        reader.problem(problems::UNFIT_PAYLOAD, reader.value_place(&[key]), message, Some(hint));
        return None;
    }
    messages
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

/// Tells whether what comes with messages can fill a pattern, and complains if it cannot.
fn is_filled(reader: &mut Reader<'_, '_>, tag: &Written, messages: &RawMessages) -> bool {
    if reader.is_hidden(&messages.filter) || reader.is_hidden(tag) {
        return true;
    }
    match TagPattern::parse(&tag.value, messages.fillers()) {
        Ok(pattern) => is_fit(reader, &messages.payload, tag, pattern.names()),
        Err(fault) => {
            reader.malformed(problems::BAD_PATTERN, "pattern", tag, &fault, None);
            false
        }
    }
}

/// Tells whether the tags that messages are for fit their form, and complains if they do not.
fn is_fit(reader: &mut Reader<'_, '_>, payload: &Payload, tag: &Written, names: usize) -> bool {
    let fault = match (payload, names) {
        (Payload::Object(_), 0) => "the members of a json-object have one tag, `{name}` is missing",
        (Payload::Array(PointPaths { name: Some(_), .. }), 0) => {
            "points with a `name` have one tag, `{name}` is missing"
        }
        (_, 2..) => "`{name}` stands there more than once",
        (Payload::Array(_) | Payload::Object(_) | Payload::Raw | Payload::Json(_) | Payload::Document(_), _) => {
            return true;
        }
    };
    let hint = "write it like `Line1/{name}`";
    reader.problem(problems::UNFIT_PAYLOAD, tag.place, fault, Some(hint.to_owned()));
    false
}

/// Reads what messages mean.
fn messages(reader: &mut Reader<'_, '_>, filter: Option<Written>) -> Option<RawMessages> {
    let payload = payload::read(reader);
    let qos = reader.whole_or("qos", 0..=2, QOS);
    Some(RawMessages { filter: filter?, qos, payload: payload? })
}
