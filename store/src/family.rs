//! What a command needs to know: a record with those below it, and orders.

use std::sync::Arc;

use latchwork_engine::{Exact, Fetched, FetchedRecord, RetainedOrder};
use latchwork_expr::{Text, Timestamp, Value, exact, instant_of};
use serde_json::Value as Json;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqlitePool};
use ulid::Ulid;

use crate::error::Failure;
use crate::limits::{FAMILY_DEPTH_MAX, FAMILY_ROWS_MAX};
use crate::load::{OrderRow, StoredOrder, order};

/// Reads a record with those below it, and the orders that they or the command name.
pub(crate) async fn fetch(
    readers: &SqlitePool,
    gateway_id: &Arc<str>,
    record: Option<Ulid>,
    named: Option<&str>,
) -> Result<Fetched, Failure> {
    let mut fetched = Fetched::default();
    if let Some(record) = record {
        let query = sqlx::query(include_str!("sql/family.sql")).bind(gateway_id.clone()).bind(record.to_string());
        let rows: Vec<SqliteRow> = query.bind(FAMILY_DEPTH_MAX).bind(FAMILY_ROWS_MAX).fetch_all(readers).await?;
        fetched.records = rows.iter().map(self::record).collect::<Result<_, _>>()?;
    }
    let of_records = fetched.records.iter().filter_map(|row| row.order.as_deref());
    let wanted: Json = of_records.chain(named).collect();
    fetched.orders = orders(readers, gateway_id, &wanted).await?;
    Ok(fetched)
}

/// Reads orders by names or ids.
async fn orders(readers: &SqlitePool, gateway_id: &Arc<str>, wanted: &Json) -> Result<Vec<RetainedOrder>, Failure> {
    let rows: Vec<OrderRow> = sqlx::query_as(
        "SELECT name, id, status, quantity, rate_per_hour, product_material_id FROM production_orders \
         WHERE gateway_id = ?1 AND (name IN (SELECT value FROM json_each(?2)) OR id IN (SELECT value FROM json_each(?2))) ORDER BY rowid",
    )
    .bind(gateway_id.clone())
    .bind(wanted.to_string())
    .fetch_all(readers)
    .await?;
    let read = |row| -> Result<RetainedOrder, Failure> {
        let StoredOrder { name, id, status, quantity, rate_per_hour, material } = order(row)?;
        Ok(RetainedOrder { name: name.into(), id, status, quantity, rate_per_hour, material })
    };
    rows.into_iter().map(read).collect()
}

/// Reads a record.
fn record(row: &SqliteRow) -> Result<FetchedRecord, Failure> {
    Ok(FetchedRecord {
        id: id(row, "id")?,
        operation: id(row, "operation_id")?,
        location: id(row, "location_id")?,
        status: word(row, "status", |json| serde_json::from_value(json).ok())?,
        start: date(row, "start_date")?,
        end: optional_date(row, "end_date")?,
        duration_micros: row.try_get::<Option<f64>, _>("duration_seconds")?.map_or(0, micros),
        detected_at: date(row, "detected_at")?,
        production_order: text(row, "production_order")?,
        order: text(row, "order_name")?,
        parent: optional_id(row, "parent_record_id")?,
        schedule: optional_id(row, "schedule_id")?,
        start_reason: word(row, "start_reason", |json| serde_json::from_value(json).ok())?,
        end_reason: match row.try_get::<Option<String>, _>("end_reason")? {
            Some(_) => Some(word(row, "end_reason", |json| serde_json::from_value(json).ok())?),
            None => None,
        },
        expected_duration_seconds: row.try_get("expected_duration_seconds")?,
        overrun: row.try_get("overrun")?,
        paused_micros: micros(row.try_get("paused_seconds")?),
        detected_after_gap: row.try_get("detected_after_gap")?,
        last_seen: optional_date(row, "last_seen_date")?,
        captures: captures(&row.try_get::<String, _>("captures")?)?,
        revision: row.try_get("revision")?,
        notes: text(row, "notes")?,
        created_by: text(row, "created_by")?,
        previous_end: optional_date(row, "previous_end")?,
        next_start: optional_date(row, "next_start")?,
    })
}

fn id(row: &SqliteRow, column: &str) -> Result<Ulid, Failure> {
    optional_id(row, column)?.ok_or_else(|| unreadable(format!("`{column}` is missing")))
}

fn optional_id(row: &SqliteRow, column: &str) -> Result<Option<Ulid>, Failure> {
    let Some(text) = row.try_get::<Option<String>, _>(column)? else { return Ok(None) };
    Ulid::from_string(&text).map(Some).map_err(|_| unreadable(format!("`{text}` in `{column}` is no id")))
}

fn word<T>(row: &SqliteRow, column: &str, read: fn(Json) -> Option<T>) -> Result<T, Failure> {
    let text: String = row.try_get(column)?;
    read(Json::from(text.as_str())).ok_or_else(|| unreadable(format!("`{text}` in `{column}` is no word of it")))
}

fn date(row: &SqliteRow, column: &str) -> Result<Timestamp, Failure> {
    optional_date(row, column)?.ok_or_else(|| unreadable(format!("`{column}` is missing")))
}

fn optional_date(row: &SqliteRow, column: &str) -> Result<Option<Timestamp>, Failure> {
    let Some(text) = row.try_get::<Option<String>, _>(column)? else { return Ok(None) };
    instant_of(&text).map(Some).ok_or_else(|| unreadable(format!("`{text}` in `{column}` is no date")))
}

fn text(row: &SqliteRow, column: &str) -> Result<Option<Text>, Failure> {
    Ok(row.try_get::<Option<String>, _>(column)?.map(Text::from))
}

/// Reads what was measured. What a document was is one again; all else is what its JSON is.
fn captures(text: &str) -> Result<Vec<(Text, Exact)>, Failure> {
    let Ok(Json::Object(members)) = serde_json::from_str(text) else {
        return Err(unreadable(format!("`{text}` in `captures` is no object")));
    };
    let value = |json: Json| match json {
        Json::Array(_) | Json::Object(_) => Value::Document(Arc::new(json)),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => exact::from_json(json).unwrap_or_default(),
    };
    Ok(members.into_iter().map(|(name, json)| (Text::from(name), Exact(value(json)))).collect())
}

fn unreadable(reason: String) -> Failure {
    Failure::Unreadable { table: "operation_records", reason }
}

#[expect(clippy::cast_possible_truncation, reason = "they were microseconds")]
fn micros(seconds: f64) -> i64 {
    (seconds * 1e6).round() as i64
}
