//! Event lines: one JSON object an event.

use latchwork_engine::{
    Engine, Event, Info, Loss, OperationIndex, OrderIndex, Plant, Record, ScheduleEntry, SkippedScan,
};
use latchwork_expr::Text;
use ulid::Ulid;

use super::object::{Keys, write_object};
use super::planned::write_order;
use super::records::write_json;

/// Appends an event's line: `event_id, seq, event_type, occurred_at, recorded_at, gateway_id, configuration_version,
/// request_id, actor, info`.
pub fn write_event(out: &mut Vec<u8>, event: &Event, seq: u64, engine: &Engine) {
    let plant = engine.plant();
    write_object(out, |keys| {
        keys.id("event_id", event.id(&plant.gateway_id));
        keys.put("seq", seq);
        keys.put("event_type", event.kind.name());
        keys.date("occurred_at", event.occurred_at);
        keys.date("recorded_at", event.scan_wall);
        keys.put("gateway_id", plant.gateway_id.as_str());
        keys.put("configuration_version", plant.configuration_version.as_str());
        keys.id("request_id", event.request_id(&plant.gateway_id));
        keys.put("actor", event.actor.as_ref().map(Text::as_str));
        write_object(keys.key("info"), |keys| write_info(keys, &event.info, engine));
    });
    out.push(b'\n');
}

/// Gives an event's line another number.
///
/// # Panics
/// Panics if it is no line of [`write_event`].
pub fn renumber(line: &mut String, seq: u64) {
    const KEY: &str = "\"seq\":";
    // Only an id stands before it.
    let at = line.find(KEY).expect("every event has a number") + KEY.len();
    let digits = line[at..].bytes().take_while(u8::is_ascii_digit).count();
    line.replace_range(at..at + digits, &seq.to_string());
}

fn write_info(keys: &mut Keys<'_>, info: &Info, engine: &Engine) {
    let plant = engine.plant();
    match info {
        Info::Record(record) => write_record(keys, record, engine),
        Info::Conflict { operation, open } => {
            write_place(keys, *operation, plant);
            keys.id("open_record_id", *open);
        }
        Info::SequenceGap { operation, record, before, found } => {
            write_place(keys, *operation, plant);
            keys.id("record_id", *record);
            keys.put("previous_sequence", before);
            keys.put("sequence", found);
        }
        Info::Order(order) => {
            keys.put("production_order", order.name.as_str());
            keys.id("production_order_id", order.id);
            write_order(keys, order);
        }
        Info::OrderStatus { order, from, to } => {
            let row = &engine.orders()[order.0 as usize];
            keys.put("production_order", row.name.as_str());
            keys.id("production_order_id", row.id);
            keys.put("from", from.name());
            keys.put("to", to.name());
        }
        Info::OrderOfRecord { operation, record, name } => {
            write_place(keys, *operation, plant);
            keys.id("record_id", *record);
            keys.put("production_order", name.as_ref().map(Text::as_str));
        }
        Info::Schedule(entry) => write_schedule_entry(keys, entry, engine),
        Info::Fault { operation, text } => {
            write_place(keys, *operation, plant);
            keys.put("text", text.as_str());
        }
        Info::Gateway => {}
        Info::ClockStep { connection, step_micros } => {
            if let Some(connection) = connection {
                keys.put("connection", connection.as_str());
            }
            keys.put("step_seconds", seconds(*step_micros));
        }
        Info::SamplesLost(loss) => write_loss(keys, loss),
        Info::ScanSkipped(skipped) => write_skipped(keys, skipped),
        Info::OutboxDropped { count, first_seq, last_seq } => {
            keys.put("count", count);
            keys.put("first_seq", first_seq);
            keys.put("last_seq", last_seq);
        }
        Info::Connection { name, reason } => {
            keys.put("connection", name.as_str());
            keys.put("reason", reason.as_ref().map(Text::as_str));
        }
    }
}

fn write_record(keys: &mut Keys<'_>, record: &Record, engine: &Engine) {
    let plant = engine.plant();
    let operation = &plant.operations[record.operation.index()];
    keys.id("operation_id", operation.id);
    keys.id("location_id", plant.locations[operation.location.index()].id);
    keys.id("production_order_id", record.order.as_ref().and_then(|link| order_id(link.order, engine)));
    keys.id("schedule_id", record.schedule);
    keys.put("revision", record.revision);
    keys.date("last_seen_date", record.last_seen);
    write_json(keys.key("record"), record, plant);
    keys.put("notes", notes(record, plant));
    keys.put("created_by", record.created_by.as_ref().map(Text::as_str));
    keys.date("modified_date", record.modified.as_ref().map(|edit| edit.at));
    keys.put("modified_by", record.modified.as_ref().and_then(|edit| edit.by.as_ref()).map(Text::as_str));
}

fn write_schedule_entry(keys: &mut Keys<'_>, entry: &ScheduleEntry, engine: &Engine) {
    let plant = engine.plant();
    let operation = &plant.operations[entry.operation.index()];
    let order = entry.order.as_ref();
    keys.id("schedule_id", entry.id);
    write_place(keys, entry.operation, plant);
    keys.id("operation_id", operation.id);
    keys.id("location_id", plant.locations[operation.location.index()].id);
    keys.put("production_order", order.map(Text::as_str));
    keys.id("production_order_id", order.and_then(|order| order_id(engine.find_order(order), engine)));
    keys.date("start_date", entry.start);
    keys.date("end_date", entry.end);
    keys.put("priority", entry.priority.name());
    keys.put("quantity", entry.quantity);
    keys.put("status", entry.status.name());
    keys.id("record_id", entry.record);
}

fn write_loss(keys: &mut Keys<'_>, loss: &Loss) {
    keys.put("connection", loss.connection.as_str());
    keys.put("count", loss.count);
    keys.date("from", loss.from);
    keys.date("until", loss.until);
    keys.put("tags", loss.tags.iter().map(Text::as_str).collect::<Vec<_>>());
}

/// Writes which operation it was, and where.
fn write_place(keys: &mut Keys<'_>, operation: OperationIndex, plant: &Plant) {
    let operation = &plant.operations[operation.index()];
    keys.put("operation", operation.name.as_str());
    keys.put("location", plant.locations[operation.location.index()].path.as_str());
}

fn write_skipped(keys: &mut Keys<'_>, skipped: &SkippedScan) {
    keys.put("kind", skipped.kind.as_str());
    keys.put("count", skipped.count);
    keys.put("crashes", skipped.crashes);
    keys.put("reason", skipped.reason.as_str());
    keys.put("tags", skipped.tags.iter().map(Text::as_str).collect::<Vec<_>>());
}

#[expect(clippy::cast_precision_loss, reason = "steps of 285 years keep their microseconds")]
fn seconds(micros: i64) -> f64 {
    micros as f64 / 1e6
}

/// Returns a record's notes: those of a command, else its operation's.
pub(crate) fn notes<'a>(record: &'a Record, plant: &'a Plant) -> Option<&'a str> {
    record.notes.as_deref().or(plant.operations[record.operation.index()].notes.as_deref())
}

fn order_id(order: Option<OrderIndex>, engine: &Engine) -> Option<Ulid> {
    order.map(|order| engine.orders()[order.0 as usize].id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_one_number_of_its_own() {
        let mut line = r#"{"event_id":"017BT4K86YJQAHS8X7VWEFPAHH","seq":99,"info":{"seq":99}}"#.to_owned();
        renumber(&mut line, 1_000);
        assert_eq!(line, r#"{"event_id":"017BT4K86YJQAHS8X7VWEFPAHH","seq":1000,"info":{"seq":99}}"#);
        renumber(&mut line, 7);
        assert_eq!(line, r#"{"event_id":"017BT4K86YJQAHS8X7VWEFPAHH","seq":7,"info":{"seq":99}}"#);
    }
}
