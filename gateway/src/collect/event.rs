//! The payload of an event, read: what every event has, and of those that tell of rows what these need.

use std::borrow::Cow;
use std::sync::Arc;

use latchwork_expr::{Timestamp, instant_of};
use latchwork_store::collected::{Arrival, Told, ToldEntry, ToldOrder, ToldRun};
use latchwork_store::limits::COLLECTED_SEQ_MAX;
use serde::de::{Error, IgnoredAny};
use serde::{Deserialize, Deserializer};
use serde_json::Value as Json;
use ulid::Ulid;

use super::limits::EVENT_TYPE_BYTES_MAX;

/// Reads the event of a gateway, and says what of it cannot be understood; gives the payload back with the reason if it is
/// none.
pub(super) fn read(gateway_id: &str, payload: Vec<u8>) -> Result<(Arrival, Option<String>), (Vec<u8>, String)> {
    let text = match String::from_utf8(payload) {
        Ok(text) => text,
        Err(error) => return Err((error.into_bytes(), "no event: it is no text in UTF-8".to_owned())),
    };
    match read_text(gateway_id, &text) {
        Ok(read) => Ok(read),
        Err(reason) => Err((text.into_bytes(), reason)),
    }
}

fn read_text(gateway_id: &str, text: &str) -> Result<(Arrival, Option<String>), String> {
    let event: RawEvent<'_> = serde_json::from_str(text).map_err(|error| format!("no event: {error}"))?;
    if event.gateway_id != gateway_id {
        return Err(format!("it is of gateway `{}`, and its topic is not", event.gateway_id));
    }
    if !(1..=COLLECTED_SEQ_MAX).contains(&event.seq) {
        return Err(format!("its number is {}", event.seq));
    }
    if event.event_type.len() > EVENT_TYPE_BYTES_MAX {
        return Err("its type is too long".to_owned());
    }
    let (told, odd) = match told(&event.event_type, text) {
        Ok(told) => (told, None),
        Err(error) => (Told::Nothing, Some(format!("what it tells is not understood: {error}"))),
    };
    let arrival = Arrival {
        gateway_id: gateway_id.into(),
        seq: event.seq,
        id: event.event_id.0,
        event_type: event.event_type.into(),
        occurred_at: event.occurred_at.0,
        recorded_at: event.recorded_at.0,
        body: text.into(),
        told,
    };
    Ok((arrival, odd))
}

/// What every event has.
#[derive(Deserialize)]
struct RawEvent<'a> {
    event_id: Id,
    seq: u64,
    #[serde(borrow)]
    event_type: Cow<'a, str>,
    occurred_at: At,
    recorded_at: At,
    #[serde(borrow)]
    gateway_id: Cow<'a, str>,
    #[expect(dead_code, reason = "an event without it is none")]
    info: IgnoredAny,
}

/// Reads what an event tells of, if there are rows for it. A type that is not known may have anything in it.
fn told(event_type: &str, text: &str) -> serde_json::Result<Told> {
    match event_type {
        "operation.started"
        | "operation.updated"
        | "operation.stopped"
        | "operation.paused"
        | "operation.resumed"
        | "operation.cancelled"
        | "operation.faulted"
        | "operation.overrun"
        | "operation.edited"
        | "operation.stuck" => Ok(Told::Run(Box::new(info::<RawRun<'_>>(text)?.told()))),
        "production_order.status_changed" => {
            let RawOrder { production_order_id, production_order, to } = info(text)?;
            Ok(Told::Order(ToldOrder { id: production_order_id.0, name: production_order.into(), status: to.into() }))
        }
        "schedule.added" | "schedule.started" | "schedule.completed" => {
            Ok(Told::Entry(Box::new(info::<RawEntry<'_>>(text)?.told())))
        }
        "outbox.dropped" => {
            let RawDropped { first_seq, last_seq } = info(text)?;
            Ok(Told::Dropped { first_seq, last_seq })
        }
        _ => Ok(Told::Nothing),
    }
}

fn info<'a, T: Deserialize<'a>>(text: &'a str) -> serde_json::Result<T> {
    #[derive(Deserialize)]
    struct WithInfo<T> {
        info: T,
    }
    serde_json::from_str::<WithInfo<T>>(text).map(|event| event.info)
}

#[derive(Deserialize)]
struct RawRun<'a> {
    operation_id: Id,
    location_id: Id,
    production_order_id: Option<Id>,
    schedule_id: Option<Id>,
    revision: u32,
    last_seen_date: Option<At>,
    #[serde(borrow)]
    record: RawRecord<'a>,
    #[serde(borrow)]
    notes: Option<Cow<'a, str>>,
    #[serde(borrow)]
    created_by: Option<Cow<'a, str>>,
    modified_date: Option<At>,
    #[serde(borrow)]
    modified_by: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct RawRecord<'a> {
    id: Id,
    #[serde(borrow)]
    operation: Cow<'a, str>,
    #[serde(borrow)]
    location: Cow<'a, str>,
    #[serde(borrow)]
    status: Cow<'a, str>,
    start_date: At,
    end_date: Option<At>,
    duration_seconds: Option<f64>,
    detected_at: At,
    #[serde(borrow)]
    production_order: Option<Cow<'a, str>>,
    #[serde(borrow)]
    start_reason: Cow<'a, str>,
    #[serde(borrow)]
    end_reason: Option<Cow<'a, str>>,
    expected_duration_seconds: Option<f64>,
    overrun: bool,
    paused_seconds: f64,
    detected_after_gap: bool,
    parent_record_id: Option<Id>,
    captures: serde_json::Map<String, Json>,
}

#[derive(Deserialize)]
struct RawOrder<'a> {
    production_order_id: Id,
    #[serde(borrow)]
    production_order: Cow<'a, str>,
    #[serde(borrow)]
    to: Cow<'a, str>,
}

#[derive(Deserialize)]
struct RawEntry<'a> {
    schedule_id: Id,
    operation_id: Id,
    location_id: Id,
    #[serde(borrow)]
    production_order: Option<Cow<'a, str>>,
    production_order_id: Option<Id>,
    start_date: At,
    end_date: Option<At>,
    #[serde(borrow)]
    priority: Cow<'a, str>,
    quantity: Option<f64>,
    #[serde(borrow)]
    status: Cow<'a, str>,
    record_id: Option<Id>,
}

#[derive(Deserialize)]
struct RawDropped {
    first_seq: u64,
    last_seq: u64,
}

impl RawRun<'_> {
    fn told(self) -> ToldRun {
        let record = self.record;
        ToldRun {
            id: record.id.0,
            operation: record.operation.into(),
            location: record.location.into(),
            operation_id: self.operation_id.0,
            location_id: self.location_id.0,
            production_order_id: self.production_order_id.map(|id| id.0),
            schedule_id: self.schedule_id.map(|id| id.0),
            parent_record_id: record.parent_record_id.map(|id| id.0),
            status: record.status.into(),
            start: record.start_date.0,
            end: record.end_date.map(|at| at.0),
            duration_seconds: record.duration_seconds,
            detected_at: record.detected_at.0,
            production_order: shared(record.production_order),
            start_reason: record.start_reason.into(),
            end_reason: shared(record.end_reason),
            expected_duration_seconds: record.expected_duration_seconds,
            overrun: record.overrun,
            paused_seconds: record.paused_seconds,
            detected_after_gap: record.detected_after_gap,
            last_seen: self.last_seen_date.map(|at| at.0),
            captures: Json::Object(record.captures).to_string().into(),
            revision: self.revision,
            notes: shared(self.notes),
            created_by: shared(self.created_by),
            modified: self.modified_date.map(|at| at.0),
            modified_by: shared(self.modified_by),
        }
    }
}

impl RawEntry<'_> {
    fn told(self) -> ToldEntry {
        ToldEntry {
            id: self.schedule_id.0,
            operation_id: self.operation_id.0,
            location_id: self.location_id.0,
            start: self.start_date.0,
            end: self.end_date.map(|at| at.0),
            quantity: self.quantity,
            status: self.status.into(),
            priority: self.priority.into(),
            operation_record_id: self.record_id.map(|id| id.0),
            production_order_id: self.production_order_id.map(|id| id.0),
            production_order: shared(self.production_order),
        }
    }
}

fn shared(text: Option<Cow<'_, str>>) -> Option<Arc<str>> {
    text.map(Into::into)
}

/// A ULID.
struct Id(Ulid);

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        let id = Ulid::from_string(&text).map_err(|_| D::Error::custom(format_args!("`{text}` is no id")))?;
        Ok(Self(id))
    }
}

/// A date.
struct At(Timestamp);

impl<'de> Deserialize<'de> for At {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        instant_of(&text).map(Self).ok_or_else(|| D::Error::custom(format_args!("`{text}` is no date")))
    }
}
