//! Rows of `schedules`. What is there wins over what the configuration says.

use std::sync::Arc;

use latchwork_engine::{EntryStatus, OperationIndex, PlannedEntry, Plant, Priority, ScheduleEntry};
use latchwork_expr::{Timestamp, instant_text};
use serde_json::Value as Json;
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row as _, SqliteConnection};
use ulid::Ulid;

use crate::bulk::{Bulk, Query};
use crate::commit::Origin;
use crate::error::Failure;

const COLUMNS: usize = 13;
static ADD: Bulk = Bulk::new(include_str!("sql/add_schedule.sql"), COLUMNS);
static PUT: Bulk = Bulk::new(include_str!("sql/put_schedule.sql"), COLUMNS);

/// An entry as it is in the store: that wins over the configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredEntry {
    /// The id.
    pub id: Ulid,
    /// The operation's id.
    pub operation: Ulid,
    /// The order, by name or id.
    pub order: Option<String>,
    /// When its window begins.
    pub start: Timestamp,
    /// When its window is over.
    pub end: Option<Timestamp>,
    /// How urgent it is.
    pub priority: Priority,
    /// How much is to be made.
    pub quantity: Option<f64>,
    /// The status.
    pub status: EntryStatus,
    /// The record that took it up last.
    pub record: Option<Ulid>,
}

/// Where and when a row of `schedules` is written.
struct Written<'a> {
    gateway_id: &'a Arc<str>,
    plant: &'a Plant,
    date: &'a Arc<str>,
}

/// Writes entries as they are now.
pub(crate) async fn put(
    connection: &mut SqliteConnection,
    origin: &Origin<'_>,
    entries: &[&ScheduleEntry],
) -> Result<(), Failure> {
    let written = Written { gateway_id: origin.gateway_id, plant: origin.plant, date: &origin.written_date };
    let bind = |query: Query<'static>, entry: &&ScheduleEntry| {
        let query = written.bind_window(query, entry.id, entry.start, entry.end).bind(entry.quantity);
        let query = written.bind_operation(query.bind(entry.status.name()), entry.operation);
        let query = query.bind(entry.record.as_ref().map(Ulid::to_string)).bind(entry.priority.name());
        query.bind(entry.order.as_ref().map(ToString::to_string))
    };
    PUT.run(connection, entries, bind).await?;
    Ok(())
}

/// Adds the entries of the configuration that are not there.
pub(crate) async fn add_configured(
    connection: &mut SqliteConnection,
    gateway_id: &Arc<str>,
    date: &Arc<str>,
    plant: &Plant,
) -> Result<(), Failure> {
    let written = Written { gateway_id, plant, date };
    let bind = |query: Query<'static>, entry: &PlannedEntry| {
        let query = written.bind_window(query, entry.id, entry.start, entry.end).bind(entry.quantity);
        let query = written.bind_operation(query.bind(entry.status.name()), entry.operation);
        query.bind(None::<String>).bind(entry.priority.name()).bind(entry.order.clone())
    };
    ADD.run(connection, &plant.schedule, bind).await?;
    Ok(())
}

impl Written<'_> {
    fn bind_window(&self, query: Query<'static>, id: Ulid, start: Timestamp, end: Option<Timestamp>) -> Query<'static> {
        let query = query.bind(self.gateway_id.clone()).bind(id.to_string()).bind(self.date.clone());
        query.bind(end.map(|end| minutes(start, end))).bind(instant_text(start)).bind(end.map(instant_text))
    }

    fn bind_operation(&self, query: Query<'static>, operation: OperationIndex) -> Query<'static> {
        let row = &self.plant.operations[operation.index()];
        query.bind(self.plant.locations[row.location.index()].id.to_string()).bind(row.id.to_string())
    }
}

#[expect(clippy::cast_precision_loss, reason = "windows of 285 years keep their microseconds")]
fn minutes(start: Timestamp, end: Timestamp) -> f64 {
    end.0.saturating_sub(start.0) as f64 / 60e6
}

/// A row as it is read.
struct Row {
    id: String,
    operation_id: String,
    production_order: Option<String>,
    start_micros: Option<i64>,
    end_micros: Option<i64>,
    priority: String,
    quantity: Option<f64>,
    status: String,
    operation_record_id: Option<String>,
}

impl FromRow<'_, SqliteRow> for Row {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get("id")?,
            operation_id: row.try_get("operation_id")?,
            production_order: row.try_get("production_order")?,
            start_micros: row.try_get("start_micros")?,
            end_micros: row.try_get("end_micros")?,
            priority: row.try_get("priority")?,
            quantity: row.try_get("quantity")?,
            status: row.try_get("status")?,
            operation_record_id: row.try_get("operation_record_id")?,
        })
    }
}

/// Returns the entries that are not completed, and those that the configuration gives, in the order in which they came
/// to be.
pub(crate) async fn all(
    connection: &mut SqliteConnection,
    gateway_id: &Arc<str>,
    plant: &Plant,
) -> Result<Vec<StoredEntry>, Failure> {
    let configured: Json = plant.schedule.iter().map(|entry| entry.id.to_string()).collect();
    let rows: Vec<Row> = sqlx::query_as(include_str!("sql/schedule.sql"))
        .bind(gateway_id.clone())
        .bind(configured.to_string())
        .fetch_all(connection)
        .await?;
    rows.iter().map(Row::read).collect()
}

impl Row {
    fn read(&self) -> Result<StoredEntry, Failure> {
        let start = self.start_micros.map(Timestamp).ok_or_else(|| self.unreadable("its `start_date` is no date"))?;
        Ok(StoredEntry {
            id: self.ulid(&self.id)?,
            operation: self.ulid(&self.operation_id)?,
            order: self.production_order.clone(),
            start,
            end: self.end_micros.map(Timestamp),
            priority: serde_json::from_value(Json::from(self.priority.as_str()))
                .map_err(|_| self.unreadable("its `priority` is none"))?,
            quantity: self.quantity,
            status: serde_json::from_value(Json::from(self.status.as_str()))
                .map_err(|_| self.unreadable("its `status` is none"))?,
            record: self.operation_record_id.as_deref().map(|id| self.ulid(id)).transpose()?,
        })
    }

    fn ulid(&self, text: &str) -> Result<Ulid, Failure> {
        Ulid::from_string(text).map_err(|_| self.unreadable(&format!("`{text}` is no id")))
    }

    fn unreadable(&self, fault: &str) -> Failure {
        Failure::Unreadable { table: "schedules", reason: format!("entry `{}`: {fault}", self.id) }
    }
}
