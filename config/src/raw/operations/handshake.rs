//! `[operations.handshake]`: what an operation and its PLC have agreed on.

use latchwork_engine::Acknowledged;
use latchwork_expr::Value;

use crate::desk::Desk;
use crate::document::{Content, Table};
use crate::limits::MILLIS_MAX;
use crate::place::Place;
use crate::problems;
use crate::reader::{Reader, Written};
use crate::words::ACKNOWLEDGED;

/// `[operations.handshake]`; what is missing of it is a problem.
#[derive(Debug, Default)]
pub(crate) struct RawHandshake {
    /// What is written.
    pub(crate) acknowledgement: Option<RawAcknowledgement>,
    /// The tag of the counter of runs.
    pub(crate) sequence_tag: Option<Written>,
    /// Where that begins again at 0.
    pub(crate) sequence_rollover: Option<i64>,
}

/// What is written, and when.
#[derive(Debug)]
pub(crate) struct RawAcknowledgement {
    /// What is answered.
    pub(crate) of: Acknowledged,
    /// The tag.
    pub(crate) tag: Written,
    /// What says yes.
    pub(crate) success: PlacedValue,
    /// What says no.
    pub(crate) failure: Option<PlacedValue>,
    /// How long the answer stands.
    pub(crate) reset_after: Option<(u64, Place)>,
}

/// A value of the file, of whatever type.
#[derive(Clone, Debug)]
pub(crate) struct PlacedValue {
    /// The value.
    pub(crate) value: Value,
    /// Where it stands.
    pub(crate) place: Place,
}

/// The keys of what is written.
const KEYS: [&str; 5] = ["acknowledge", "acknowledge_tag", "success_value", "failure_value", "reset_after_millis"];

/// Reads `[operations.handshake]`.
pub(super) fn read(desk: &mut Desk<'_>, table: &Table) -> RawHandshake {
    let mut reader = Reader::new(desk, "operations.handshake", table);
    let is_silent = !KEYS.iter().any(|key| reader.has(key));
    let acknowledgement = if is_silent && reader.has("sequence_tag") { None } else { acknowledgement(&mut reader) };
    let sequence_tag = reader.name("sequence_tag");
    let sequence_rollover = reader.whole("sequence_rollover", 2..=i64::MAX);
    if let (Some(place), false) = (reader.key_place("sequence_rollover"), reader.has("sequence_tag")) {
        let message = "`sequence_rollover` has no effect: there is no `sequence_tag`";
        reader.problem(problems::NO_EFFECT, place, message, None);
    }
    reader.finish("[operations.handshake]");
    RawHandshake { acknowledgement, sequence_tag, sequence_rollover }
}

fn acknowledgement(reader: &mut Reader<'_, '_>) -> Option<RawAcknowledgement> {
    let of = reader.word("acknowledge", ACKNOWLEDGED, Acknowledged::Start);
    let tag = reader.required_name("acknowledge_tag");
    let success = required_value(reader, "success_value");
    let failure = match of {
        Acknowledged::Start | Acknowledged::Both => required_value(reader, "failure_value"),
        // Only starts can be refused.
        Acknowledged::Stop => value(reader, "failure_value"),
    };
    let reset_place = reader.value_place(&["reset_after_millis"]);
    let reset_after = reader.whole("reset_after_millis", 1..=MILLIS_MAX);
    let reset_after = reset_after.map(|millis| (millis.unsigned_abs(), reset_place));
    Some(RawAcknowledgement { of, tag: tag?, success: success?, failure, reset_after })
}

fn required_value(reader: &mut Reader<'_, '_>, key: &'static str) -> Option<PlacedValue> {
    if !reader.has(key) {
        reader.missing(key);
    }
    value(reader, key)
}

/// Reads a value that a tag can have.
fn value(reader: &mut Reader<'_, '_>, key: &'static str) -> Option<PlacedValue> {
    let item = reader.item(key)?;
    let place = item.place;
    let value = match &item.content {
        Content::Text(_) => {
            let text = reader.text(key)?;
            return Some(PlacedValue { value: Value::from(text.value), place });
        }
        Content::Boolean(value) => Value::Boolean(*value),
        Content::Integer(value) => Value::Integer(*value),
        Content::Float(value) => Value::Float(*value),
        Content::Date(_) | Content::List(_) | Content::Table(_) => {
            reader.wrong_type(key, item, "true, false, a number or a string");
            return None;
        }
    };
    reader.explain(key, Some(place), || item.content.to_string());
    Some(PlacedValue { value, place })
}
