//! What came of a test: records, events and answers, and the statuses at any moment, which follow from the events.

use std::collections::BTreeMap;

use chrono::DateTime;
use latchwork_config::scenario::Subject;
use latchwork_engine::{OrderStatus, Plant, Status};
use latchwork_expr::Timestamp;
use serde_json::{Map, Value as Json};

use crate::output::commanded::Commanded;

/// A record or an event, by the short names of its keys.
pub(super) type Row = Map<String, Json>;

/// The keys whose short name is another than that of the line.
const SHORT: [(&str, &str); 6] = [
    ("start_date", "start"),
    ("end_date", "end"),
    ("duration_seconds", "duration"),
    ("production_order", "order"),
    ("event_type", "type"),
    ("occurred_at", "at"),
];

/// What came of a test.
#[derive(Debug)]
pub(super) struct Happened {
    /// The instant that `"0s"` is.
    pub(super) start: Timestamp,
    /// Where time ended.
    pub(super) end: Timestamp,
    /// The records, by start, then configuration order, then opening.
    pub(super) records: Vec<Row>,
    /// The events, as they happened.
    pub(super) events: Vec<Row>,
    /// The commands with their answers, as they were given.
    pub(super) commands: Vec<Commanded>,
    /// The orders that are known in the end.
    pub(super) orders: Vec<String>,
}

impl Happened {
    /// Reads the lines of a replay of a test that began at `start`.
    pub(super) fn of(records: &[u8], events: &[u8], start: Timestamp) -> Self {
        let mut records: Vec<Row> = lines(records).map(shortened).collect();
        let mut events: Vec<Row> = lines(events).map(flattened).collect();
        add_parents(&mut records, &mut events);
        Self { start, end: start, records, events, commands: Vec::new(), orders: Vec::new() }
    }

    /// Returns the status of an operation or an order after all that happened up to a moment; `None` for an order that
    /// nobody knows.
    pub(super) fn status(&self, plant: &Plant, subject: &Subject, at: Timestamp) -> Option<&str> {
        let until =
            self.events.iter().take_while(|event| instant(&event["recorded_at"]).is_some_and(|seen| seen <= at));
        match subject {
            Subject::Operation(index) => {
                let id = plant.operations[index.index()].id.to_string();
                let last = until.filter(|event| is_of_record(event, &id)).last();
                last.map_or(Some(Status::Idle.name()), |event| event["status"].as_str())
            }
            Subject::Order(name) => {
                let is_change = |event: &&Row| {
                    event["type"] == "production_order.status_changed"
                        && event.get("order").is_some_and(|order| order == name)
                };
                let last = until.filter(is_change).last();
                last.map_or_else(|| self.first_status(plant, name), |event| event["to"].as_str())
            }
        }
    }

    /// Returns an order's status before anything happened.
    fn first_status(&self, plant: &Plant, name: &str) -> Option<&str> {
        let configured = plant.orders.iter().find(|order| order.name == name).map(|order| order.status.name());
        configured.or_else(|| self.orders.iter().any(|order| order == name).then(|| OrderStatus::Idle.name()))
    }
}

/// Tells whether an event is about the last or open record of an operation. An edit is about any.
fn is_of_record(event: &Row, operation: &str) -> bool {
    event.get("operation_id").is_some_and(|id| id == operation)
        && event.contains_key("revision")
        && event["type"] != "operation.edited"
}

/// Returns the instant of a date in a line.
pub(super) fn instant(value: &Json) -> Option<Timestamp> {
    let date = DateTime::parse_from_rfc3339(value.as_str()?).ok()?;
    Some(Timestamp(date.timestamp_micros()))
}

/// Returns the value of a key: `captures.NAME` is within the captures.
pub(super) fn value<'r>(row: &'r Row, key: &str) -> &'r Json {
    let found = match key.strip_prefix("captures.") {
        Some(name) => row.get("captures").and_then(|captures| captures.get(name)),
        None => row.get(key),
    };
    found.unwrap_or(&Json::Null)
}

/// Reads JSON lines that this program wrote.
fn lines(text: &[u8]) -> impl Iterator<Item = Row> {
    text.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok())
}

fn shortened(row: Row) -> Row {
    row.into_iter().map(|(key, value)| (short_name(key), value)).collect()
}

fn short_name(key: String) -> String {
    SHORT.iter().find(|(long, _)| *long == key).map_or(key, |(_, short)| (*short).to_owned())
}

/// Returns an event with what its `info` holds, and the record in that, at one level.
fn flattened(event: Row) -> Row {
    let mut flat = Row::new();
    for (key, value) in event {
        match (key.as_str(), value) {
            ("info", Json::Object(info)) => add_info(&mut flat, info),
            (_, value) => _ = flat.insert(short_name(key), value),
        }
    }
    flat
}

fn add_info(flat: &mut Row, info: Row) {
    for (key, value) in info {
        match (key.as_str(), value) {
            ("record", Json::Object(record)) => {
                let record = shortened(record).into_iter().filter(|(key, _)| key != "id");
                flat.extend(record);
            }
            (_, value) => _ = flat.insert(short_name(key), value),
        }
    }
}

/// Adds to records and events the operation of their parent's record, which people know it by.
fn add_parents(records: &mut [Row], events: &mut [Row]) {
    let operation = |row: &Row| Some((row["id"].as_str()?.to_owned(), row["operation"].clone()));
    let operations: BTreeMap<String, Json> = records.iter().filter_map(operation).collect();
    for row in records.iter_mut().chain(events) {
        let parent = row.get("parent_record_id").and_then(Json::as_str).and_then(|id| operations.get(id)).cloned();
        row.insert("parent".to_owned(), parent.unwrap_or_default());
    }
}
