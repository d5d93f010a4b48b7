//! Rows of `operation_records`.

use latchwork_engine::{Location, Operation, Record};
use latchwork_expr::{instant_text, value_to_json};
use serde_json::Value as Json;
use sqlx::SqliteConnection;
use ulid::Ulid;

use crate::bulk::{Bulk, Query};
use crate::commit::Origin;
use crate::error::Failure;

static PUT: Bulk = Bulk::new(include_str!("sql/put_records.sql"), 33);
static FLUSH: Bulk = Bulk::new(include_str!("sql/flush_records.sql"), 33);

/// Writes records. One that is there with the same or a greater revision stays as it is.
pub(crate) async fn put(
    connection: &mut SqliteConnection,
    origin: &Origin<'_>,
    records: &[&Record],
) -> Result<(), Failure> {
    PUT.run(connection, records, |query, record| bind(query, record, origin)).await?;
    Ok(())
}

/// Writes how open records stand, between their changes. One that is there with another revision stays as it is.
pub(crate) async fn flush(
    connection: &mut SqliteConnection,
    origin: &Origin<'_>,
    records: &[Record],
) -> Result<(), Failure> {
    FLUSH.run(connection, records, |query, record| bind(query, record, origin)).await?;
    Ok(())
}

/// Binds a record in the order of the statement's columns.
fn bind(query: Query<'static>, record: &Record, origin: &Origin<'_>) -> Query<'static> {
    let operation = &origin.plant.operations[record.operation.index()];
    let location = &origin.plant.locations[record.location.index()];
    let query = bind_common(query, record, operation, origin);
    let query = bind_run(query, record, operation, location, origin);
    bind_measures(query, record)
}

fn bind_common(query: Query<'static>, record: &Record, operation: &Operation, origin: &Origin<'_>) -> Query<'static> {
    let [spare1, spare2, spare3] = operation.spares.clone();
    query
        .bind(origin.gateway_id.clone())
        .bind(record.id.to_string())
        .bind(origin.written_date.clone())
        .bind(record.created_by.as_deref().map(str::to_owned))
        .bind(record.modified.as_ref().map(|edit| instant_text(edit.at)))
        .bind(record.modified.as_ref().and_then(|edit| edit.by.as_deref().map(str::to_owned)))
        .bind(record.notes.as_deref().map(str::to_owned).or_else(|| operation.notes.clone()))
        .bind(spare1)
        .bind(spare2)
        .bind(spare3)
        .bind(operation.name.clone())
}

fn bind_run(
    query: Query<'static>,
    record: &Record,
    operation: &Operation,
    location: &Location,
    origin: &Origin<'_>,
) -> Query<'static> {
    query
        .bind(instant_text(record.start.wall))
        .bind(record.end.map(|end| instant_text(end.wall)))
        .bind(record.status.name())
        .bind(location.id.to_string())
        .bind(operation.id.to_string())
        .bind(order_id(record, origin))
        .bind(operation.name.clone())
        .bind(location.path.clone())
        .bind(record.duration_micros().map(seconds))
        .bind(instant_text(record.detected_at))
        .bind(record.order.as_ref().map(|link| link.name.to_string()))
        .bind(record.schedule.as_ref().map(Ulid::to_string))
        .bind(record.parent.as_ref().map(Ulid::to_string))
        .bind(record.start_reason.name())
        .bind(record.end_reason.map(latchwork_engine::EndReason::name))
}

fn bind_measures(query: Query<'static>, record: &Record) -> Query<'static> {
    query
        .bind(record.expected_duration_seconds)
        .bind(record.overrun)
        .bind(seconds(record.paused_micros))
        .bind(record.detected_after_gap)
        .bind(record.last_seen.map(instant_text))
        .bind(captures(record))
        .bind(record.revision)
}

/// Returns the id of a record's order, if there is one of its name.
pub(crate) fn order_id(record: &Record, origin: &Origin<'_>) -> Option<String> {
    let order = record.order.as_ref()?.order?;
    Some(origin.order(order).id.to_string())
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
