//! `[publish]`: which broker is told of events, under which topics, and how long they wait and stay.

use std::time::Duration;

use super::RawGateway;
use super::links::read_publisher;
use crate::desk::Desk;
use crate::document::Table;
use crate::limits::PUBLISH_DAYS_MAX;
use crate::place::Place;
use crate::problems;
use crate::publish::Publish;
use crate::reader::Reader;

/// `[publish]` and where it stands.
#[derive(Debug)]
pub(crate) struct RawPublish {
    /// What it says.
    pub(crate) publish: Publish,
    /// Where its client id stands, or its header.
    pub(crate) client_id_place: Place,
}

/// What topics begin with.
const TOPIC_PREFIX: &str = "latchwork";

/// How long events stay after the broker took them.
const KEEP_DAYS: u32 = 7;

/// Reads `[publish]`.
pub(crate) fn read(desk: &mut Desk<'_>, table: &Table, gateway: &RawGateway) -> RawPublish {
    let mut reader = Reader::new(desk, "publish", table);
    let broker = read_publisher(&mut reader, gateway);
    let publish = Publish {
        broker,
        topic_prefix: topic_prefix(&mut reader),
        keep: days(reader.whole_or("keep_days", 0..=PUBLISH_DAYS_MAX, KEEP_DAYS)),
        age_max: reader.whole("max_age_days", 1..=PUBLISH_DAYS_MAX).map(days),
        events_max: reader.whole("max_events", 1..=i64::MAX).map(i64::cast_unsigned),
    };
    check_gateway_id(&mut reader, gateway);
    let client_id_place = reader.key_place("client_id").unwrap_or(reader.place());
    reader.finish("[publish]");
    RawPublish { publish, client_id_place }
}

fn days(days: u32) -> Duration {
    Duration::from_hours(24 * u64::from(days))
}

/// Reads what topics begin with.
pub(super) fn topic_prefix(reader: &mut Reader<'_, '_>) -> String {
    let key = "topic_prefix";
    if !reader.has(key) {
        return reader.text_or(key, TOPIC_PREFIX);
    }
    let Some(prefix) = reader.name(key) else { return TOPIC_PREFIX.to_owned() };
    if let Some(fault) = fault_of(&prefix.value) {
        let hint = "write it like `latchwork` or `plant/latchwork`";
        reader.malformed(problems::BAD_TOPIC_PREFIX, "topic prefix", &prefix, &fault, Some(hint));
    }
    prefix.value
}

/// Returns why no topic can begin so.
fn fault_of(prefix: &str) -> Option<String> {
    if let Some(character) = prefix.chars().find(|character| matches!(character, '+' | '#' | '\0')) {
        return Some(format!("has a `{}`: a message goes to one topic", character.escape_default()));
    }
    if prefix.starts_with('$') {
        return Some("begins with `$`: such topics are the broker's own".to_owned());
    }
    (prefix.starts_with('/') || prefix.ends_with('/') || prefix.contains("//")).then(|| "has an empty level".to_owned())
}

/// Complains about an id that would be several levels of a topic, or a wildcard.
fn check_gateway_id(reader: &mut Reader<'_, '_>, gateway: &RawGateway) {
    let Some(character) = gateway.id.chars().find(|character| matches!(character, '/' | '+' | '#' | '\0')) else {
        return;
    };
    let message = format!(
        "the gateway's id `{}` has a `{}`: it cannot be a level of a topic",
        gateway.shown_id,
        character.escape_default()
    );
    let hint = "give `[gateway] id` a name without `/`, `+` and `#`".to_owned();
    reader.problem(problems::UNFIT_GATEWAY_ID, reader.place(), message, Some(hint));
}
