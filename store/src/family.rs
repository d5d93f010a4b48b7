//! What a command needs to know: a record with those below it, orders, an entry of the schedule.

use std::sync::Arc;

use latchwork_engine::{Exact, Fetched, FetchedRecord, RetainedEntry, RetainedOrder};
use latchwork_expr::{Text, Value, exact};
use serde_json::Value as Json;
use ulid::Ulid;

use crate::cell::Cells;
use crate::error::Failure;
use crate::limits::{FAMILY_DEPTH_MAX, FAMILY_ROWS_MAX};
use crate::load::StoredOrder;
use crate::row::Row;
use crate::schedule::StoredEntry;
use crate::session::Readers;
use crate::statement::{Statement, statement};

static FAMILY: Statement = statement!("family", "operation_records");
static ENTRY: Statement = statement!("schedule_entry", "schedules");
static ORDERS: Statement = statement!("orders_named", "production_orders");

/// What a command names that is looked up.
#[derive(Clone, Copy, Debug, Default)]
pub struct Lookup<'a> {
    /// A record.
    pub record: Option<Ulid>,
    /// A production order, by name or id.
    pub order: Option<&'a str>,
    /// An entry of the schedule.
    pub entry: Option<Ulid>,
}

/// Reads a record with those below it, the orders that they or the command name, and an entry of the schedule.
pub(crate) async fn fetch(
    readers: &Readers,
    gateway_id: &Arc<str>,
    Lookup { record, order: named, entry }: Lookup<'_>,
) -> Result<Fetched, Failure> {
    let mut fetched = Fetched::default();
    if let Some(entry) = entry {
        let cells = Cells::default().with(gateway_id).with(entry);
        fetched.entries = readers.rows(&ENTRY, cells, self::entry).await?;
    }
    if let Some(record) = record {
        let cells = Cells::default().with(gateway_id).with(record);
        let cells = cells.with(i64::from(FAMILY_DEPTH_MAX)).with(i64::from(FAMILY_ROWS_MAX));
        fetched.records = readers.rows(&FAMILY, cells, self::record).await?;
    }
    let of_records = fetched.records.iter().filter_map(|row| row.order.as_deref());
    let wanted: Json = of_records.chain(named).collect();
    let cells = Cells::default().with(gateway_id).with_json(wanted.to_string());
    fetched.orders = readers.rows(&ORDERS, cells, order).await?;
    Ok(fetched)
}

fn entry(row: &Row<'_>) -> Result<RetainedEntry, Failure> {
    let StoredEntry { id, operation, order, start, end, priority, quantity, status, record } = StoredEntry::read(row)?;
    let mut retained = RetainedEntry::new(id, operation, start, status);
    (retained.order, retained.end, retained.priority) = (order.map(Text::from), end, priority);
    (retained.quantity, retained.record) = (quantity, record);
    Ok(retained)
}

fn order(row: &Row<'_>) -> Result<RetainedOrder, Failure> {
    let StoredOrder { name, id, status, quantity, rate_per_hour, material, plan } = StoredOrder::read(row)?;
    Ok(RetainedOrder { name: name.into(), id, status, quantity, rate_per_hour, material, plan: plan.boxed() })
}

/// Reads a record.
fn record(row: &Row<'_>) -> Result<FetchedRecord, Failure> {
    Ok(FetchedRecord {
        id: row.id("id")?,
        operation: row.id("operation_id")?,
        location: row.id("location_id")?,
        status: row.word("status")?,
        start: row.date("start_date")?,
        end: row.optional_date("end_date")?,
        duration_micros: row.get::<Option<f64>>("duration_seconds")?.map_or(0, micros),
        detected_at: row.date("detected_at")?,
        production_order: row.text("production_order")?,
        order: row.text("order_name")?,
        parent: row.optional_id("parent_record_id")?,
        schedule: row.optional_id("schedule_id")?,
        start_reason: row.word("start_reason")?,
        end_reason: row.optional_word("end_reason")?,
        expected_duration_seconds: row.get("expected_duration_seconds")?,
        overrun: row.get("overrun")?,
        paused_micros: micros(row.get("paused_seconds")?),
        detected_after_gap: row.get("detected_after_gap")?,
        last_seen: row.optional_date("last_seen_date")?,
        captures: captures(row)?,
        revision: row.small("revision")?,
        notes: row.text("notes")?,
        created_by: row.text("created_by")?,
        previous_end: row.optional_date("previous_end")?,
        next_start: row.optional_date("next_start")?,
    })
}

/// Reads what was measured. What a document was is one again; all else is what its JSON is.
fn captures(row: &Row<'_>) -> Result<Vec<(Text, Exact)>, Failure> {
    let text: String = row.get("captures")?;
    let Ok(Json::Object(members)) = serde_json::from_str(&text) else {
        return Err(row.unreadable(format!("`{text}` in `captures` is no object")));
    };
    let value = |json: Json| match json {
        Json::Array(_) | Json::Object(_) => Value::Document(Arc::new(json)),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => exact::from_json(json).unwrap_or_default(),
    };
    Ok(members.into_iter().map(|(name, json)| (Text::from(name), Exact(value(json)))).collect())
}

#[expect(clippy::cast_possible_truncation, reason = "they were microseconds")]
fn micros(seconds: f64) -> i64 {
    (seconds * 1e6).round() as i64
}
