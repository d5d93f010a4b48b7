//! Rows of `operation_records`.

use latchwork_engine::{Location, Operation, Record};
use latchwork_expr::value_to_json;
use serde_json::Value as Json;
use ulid::Ulid;

use crate::cell::Cells;
use crate::commit::Origin;
use crate::script::Script;
use crate::statement::{Bulk, bulk};

const COLUMNS: usize = 33;
static ADD: Bulk = bulk!("add_records", COLUMNS);
static PUT: Bulk = bulk!("put_records", COLUMNS);
static FLUSH: Bulk = bulk!("flush_records", COLUMNS);

/// Writes records that are not there: one that is there has it all refused.
pub(crate) fn add(script: &mut Script, origin: &Origin<'_>, records: &[&Record]) {
    script.put(&ADD, records, |record| cells(record, origin));
}

/// Writes records. One that is there with the same or a greater revision stays as it is.
pub(crate) fn put(script: &mut Script, origin: &Origin<'_>, records: &[&Record]) {
    script.put(&PUT, records, |record| cells(record, origin));
}

/// Writes how open records stand, between their changes. One that is there with another revision stays as it is.
pub(crate) fn flush(script: &mut Script, origin: &Origin<'_>, records: &[Record]) {
    script.put(&FLUSH, records, |record| cells(record, origin));
}

/// Returns a record in the order of the statement's columns.
fn cells(record: &Record, origin: &Origin<'_>) -> Cells {
    let operation = &origin.plant.operations[record.operation.index()];
    let location = &origin.plant.locations[record.location.index()];
    let cells = common(record, operation, origin);
    let cells = run(cells, record, operation, location, origin);
    measures(cells, record)
}

fn common(record: &Record, operation: &Operation, origin: &Origin<'_>) -> Cells {
    let [spare1, spare2, spare3] = &operation.spares;
    Cells::with_capacity(COLUMNS)
        .with(origin.gateway_id)
        .with(record.id)
        .with(origin.written_at)
        .with(record.created_by.as_deref())
        .with(record.modified.as_ref().map(|edit| edit.at))
        .with(record.modified.as_ref().and_then(|edit| edit.by.as_deref()))
        .with(record.notes.as_deref().or(operation.notes.as_deref()))
        .with(spare1.as_deref())
        .with(spare2.as_deref())
        .with(spare3.as_deref())
        .with(operation.name.as_str())
}

fn run(cells: Cells, record: &Record, operation: &Operation, location: &Location, origin: &Origin<'_>) -> Cells {
    cells
        .with(record.start.wall)
        .with(record.end.map(|end| end.wall))
        .with(record.status.name())
        .with(location.id)
        .with(operation.id)
        .with(order_id(record, origin))
        .with(operation.name.as_str())
        .with(location.path.as_str())
        .with(record.duration_micros().map(seconds))
        .with(record.detected_at)
        .with(record.order.as_ref().map(|link| &*link.name))
        .with(record.schedule)
        .with(record.parent)
        .with(record.start_reason.name())
        .with(record.end_reason.map(latchwork_engine::EndReason::name))
}

fn measures(cells: Cells, record: &Record) -> Cells {
    cells
        .with(record.expected_duration_seconds)
        .with(record.overrun)
        .with(seconds(record.paused_micros))
        .with(record.detected_after_gap)
        .with(record.last_seen)
        .with_json(captures(record))
        .with(i64::from(record.revision))
}

/// Returns the id of a record's order, if there is one of its name.
pub(crate) fn order_id(record: &Record, origin: &Origin<'_>) -> Option<Ulid> {
    let order = record.order.as_ref()?.order?;
    Some(origin.order(order).id)
}

/// Returns what was measured over the run as one JSON object.
fn captures(record: &Record) -> String {
    let members = record.captures.iter().map(|(name, value)| (name.to_string(), value_to_json(value)));
    Json::Object(members.collect()).to_string()
}

#[expect(clippy::cast_precision_loss, reason = "runs of 285 years keep their microseconds")]
fn seconds(micros: i64) -> f64 {
    micros as f64 / 1e6
}
