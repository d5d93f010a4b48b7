//! Event lines: one JSON object an event.

use latchwork_engine::{Engine, Event, Info, Loss, OrderIndex, Plant, Record, ScheduleEntry, SkippedScan};
use latchwork_expr::{Text, instant_text};
use serde_json::{Value as Json, json};
use ulid::Ulid;

use super::records::write_json;

/// Appends an event's line: `event_id, seq, event_type, occurred_at, recorded_at, gateway_id, configuration_version,
/// request_id, actor, info`.
pub fn write_event(out: &mut Vec<u8>, event: &Event, seq: u64, engine: &Engine) {
    let plant = engine.plant();
    let line = json!({
        "event_id": event.id(&plant.gateway_id).to_string(),
        "seq": seq,
        "event_type": event.kind.name(),
        "occurred_at": instant_text(event.occurred_at),
        "recorded_at": instant_text(event.scan_wall),
        "gateway_id": plant.gateway_id,
        "configuration_version": plant.configuration_version,
        "request_id": event.request_id(&plant.gateway_id).to_string(),
        "actor": event.actor.as_ref().map(Text::as_str),
        "info": info(&event.info, engine),
    });
    out.extend_from_slice(line.to_string().as_bytes());
    out.push(b'\n');
}

fn info(info: &Info, engine: &Engine) -> Json {
    let plant = engine.plant();
    match info {
        Info::Record(record) => {
            let mut line = Vec::new();
            write_json(&mut line, record, plant);
            let record_json: Json = serde_json::from_slice(&line).unwrap_or_default();
            json!({
                "operation_id": plant.operations[record.operation.index()].id.to_string(),
                "location_id": plant.locations[plant.operations[record.operation.index()].location.index()].id.to_string(),
                "production_order_id": record.order.as_ref().and_then(|link| order_id(link.order, engine)),
                "schedule_id": record.schedule.as_ref().map(Ulid::to_string),
                "revision": record.revision,
                "last_seen_date": record.last_seen.map(instant_text),
                "record": record_json,
                "notes": notes(record, plant),
                "created_by": record.created_by.as_ref().map(Text::as_str),
                "modified_date": record.modified.as_ref().map(|edit| instant_text(edit.at)),
                "modified_by": record.modified.as_ref().and_then(|edit| edit.by.as_ref()).map(Text::as_str),
            })
        }
        Info::Conflict { operation, open } => {
            json!({"operation": name(plant, operation.index()), "location": location(plant, operation.index()), "open_record_id": open.to_string()})
        }
        Info::SequenceGap { operation, record, before, found } => json!({
            "operation": name(plant, operation.index()),
            "location": location(plant, operation.index()),
            "record_id": record.to_string(),
            "previous_sequence": before,
            "sequence": found,
        }),
        Info::OrderStatus { order, from, to } => {
            let row = &engine.orders()[order.0 as usize];
            json!({"production_order": row.name.as_str(), "production_order_id": row.id.to_string(), "from": from.name(), "to": to.name()})
        }
        Info::OrderOfRecord { operation, record, name: order } => json!({
            "operation": name(plant, operation.index()),
            "location": location(plant, operation.index()),
            "record_id": record.to_string(),
            "production_order": order.as_ref().map(Text::as_str),
        }),
        Info::Schedule(entry) => schedule_entry(entry, engine),
        Info::Fault { operation, text } => {
            json!({"operation": name(plant, operation.index()), "location": location(plant, operation.index()), "text": text.as_str()})
        }
        Info::Gateway => json!({}),
        Info::ClockStep { connection: None, step_micros } => json!({"step_seconds": seconds(*step_micros)}),
        Info::ClockStep { connection: Some(connection), step_micros } => {
            json!({"connection": connection.as_str(), "step_seconds": seconds(*step_micros)})
        }
        Info::SamplesLost(loss) => samples_lost(loss),
        Info::ScanSkipped(skipped) => scan_skipped(skipped),
        Info::OutboxDropped { count, first_seq, last_seq } => {
            json!({"count": count, "first_seq": first_seq, "last_seq": last_seq})
        }
        Info::Connection { name, reason } => {
            json!({"connection": name.as_str(), "reason": reason.as_ref().map(Text::as_str)})
        }
    }
}

fn samples_lost(loss: &Loss) -> Json {
    json!({
        "connection": loss.connection.as_str(),
        "count": loss.count,
        "from": instant_text(loss.from),
        "until": instant_text(loss.until),
        "tags": loss.tags.iter().map(Text::as_str).collect::<Vec<_>>(),
    })
}

fn scan_skipped(skipped: &SkippedScan) -> Json {
    json!({
        "kind": skipped.kind.as_str(),
        "count": skipped.count,
        "crashes": skipped.crashes,
        "reason": skipped.reason.as_str(),
        "tags": skipped.tags.iter().map(Text::as_str).collect::<Vec<_>>(),
    })
}

#[expect(clippy::cast_precision_loss, reason = "steps of 285 years keep their microseconds")]
fn seconds(micros: i64) -> f64 {
    micros as f64 / 1e6
}

/// Returns a record's notes: those of a command, else its operation's.
pub(crate) fn notes<'a>(record: &'a Record, plant: &'a Plant) -> Option<&'a str> {
    record.notes.as_deref().or(plant.operations[record.operation.index()].notes.as_deref())
}

fn schedule_entry(entry: &ScheduleEntry, engine: &Engine) -> Json {
    let plant = engine.plant();
    let row = &plant.operations[entry.operation.index()];
    let order = entry.order.as_ref();
    json!({
        "schedule_id": entry.id.to_string(),
        "operation": row.name,
        "location": location(plant, entry.operation.index()),
        "operation_id": row.id.to_string(),
        "location_id": plant.locations[row.location.index()].id.to_string(),
        "production_order": order.map(Text::as_str),
        "production_order_id": order.and_then(|order| order_id(engine.find_order(order), engine)),
        "start_date": instant_text(entry.start),
        "end_date": entry.end.map(instant_text),
        "priority": entry.priority.name(),
        "quantity": entry.quantity,
        "status": entry.status.name(),
        "record_id": entry.record.as_ref().map(Ulid::to_string),
    })
}

fn order_id(order: Option<OrderIndex>, engine: &Engine) -> Option<String> {
    order.map(|order| engine.orders()[order.0 as usize].id.to_string())
}

fn name(plant: &Plant, operation: usize) -> &str {
    &plant.operations[operation].name
}

fn location(plant: &Plant, operation: usize) -> &str {
    &plant.locations[plant.operations[operation].location.index()].path
}
