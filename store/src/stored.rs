//! Rows as they are read: records and events.

use latchwork_expr::instant_text;
use serde_json::{Value as Json, json};
use sqlx::FromRow;
use sqlx::sqlite::SqliteRow;

use crate::error::Failure;
use crate::row::Row;

/// A record as it is in the store. Dates are RFC 3339 in UTC with six decimals.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredRecord {
    /// The id.
    pub id: String,
    /// The operation's name at the time.
    pub operation: String,
    /// The location's path at the time.
    pub location: String,
    /// The status.
    pub status: String,
    /// When it began.
    pub start_date: String,
    /// When it ended.
    pub end_date: Option<String>,
    /// How long it took, on the monotonic axis.
    pub duration_seconds: Option<f64>,
    /// The scan in which the start fired.
    pub detected_at: String,
    /// The order's name as read.
    pub production_order: Option<String>,
    /// The order's id, if there is one of this name.
    pub production_order_id: Option<String>,
    /// What opened it.
    pub start_reason: String,
    /// What closed it.
    pub end_reason: Option<String>,
    /// How long it should take.
    pub expected_duration_seconds: Option<f64>,
    /// Whether it took longer.
    pub overrun: bool,
    /// How long it stood by command.
    pub paused_seconds: f64,
    /// Whether an edge of it was found after a gap.
    pub detected_after_gap: bool,
    /// The parent's record.
    pub parent_record_id: Option<String>,
    /// What was measured over the run, as a JSON object.
    pub captures: String,
    /// How often it changed.
    pub revision: u32,
}

impl StoredRecord {
    /// Returns the record as a record line (`spec/cli.md` section 2), its keys in their order.
    pub fn to_line(&self) -> Json {
        json!({
            "id": self.id,
            "operation": self.operation,
            "location": self.location,
            "status": self.status,
            "start_date": self.start_date,
            "end_date": self.end_date,
            "duration_seconds": self.duration_seconds,
            "detected_at": self.detected_at,
            "production_order": self.production_order,
            "start_reason": self.start_reason,
            "end_reason": self.end_reason,
            "expected_duration_seconds": self.expected_duration_seconds,
            "overrun": self.overrun,
            "paused_seconds": self.paused_seconds,
            "detected_after_gap": self.detected_after_gap,
            "parent_record_id": self.parent_record_id,
            "captures": serde_json::from_str::<Json>(&self.captures).unwrap_or_default(),
        })
    }
}

impl StoredRecord {
    pub(crate) fn read(row: &Row<'_>) -> Result<Self, Failure> {
        Ok(Self {
            id: row.get("id")?,
            operation: row.get("operation")?,
            location: row.get("location")?,
            status: row.get("status")?,
            start_date: instant_text(row.date("start_date")?),
            end_date: row.optional_date("end_date")?.map(instant_text),
            duration_seconds: row.get("duration_seconds")?,
            detected_at: instant_text(row.date("detected_at")?),
            production_order: row.get("production_order")?,
            production_order_id: row.get("production_order_id")?,
            start_reason: row.get("start_reason")?,
            end_reason: row.get("end_reason")?,
            expected_duration_seconds: row.get("expected_duration_seconds")?,
            overrun: row.get("overrun")?,
            paused_seconds: row.get("paused_seconds")?,
            detected_after_gap: row.get("detected_after_gap")?,
            parent_record_id: row.get("parent_record_id")?,
            captures: row.json("captures")?,
            revision: row.small("revision")?,
        })
    }
}

impl FromRow<'_, SqliteRow> for StoredRecord {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        Self::read(&Row::of_sqlite("operation_records", row)).map_err(|failure| sqlx::Error::Decode(failure.into()))
    }
}

/// An event as it is in the store. Dates are RFC 3339 in UTC with six decimals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEvent {
    /// Its number.
    pub seq: u64,
    /// Its id.
    pub id: String,
    /// What happened.
    pub event_type: String,
    /// When it happened in the world.
    pub occurred_at: String,
    /// The time of its scan.
    pub recorded_at: String,
    /// The JSON object, as it is told to others.
    pub body: String,
}

impl StoredEvent {
    pub(crate) fn read(row: &Row<'_>) -> Result<Self, Failure> {
        Ok(Self {
            seq: row.count("seq")?,
            id: row.get("id")?,
            event_type: row.get("event_type")?,
            occurred_at: instant_text(row.date("occurred_at")?),
            recorded_at: instant_text(row.date("recorded_at")?),
            body: row.json("body")?,
        })
    }
}

impl FromRow<'_, SqliteRow> for StoredEvent {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        Self::read(&Row::of_sqlite("events", row)).map_err(|failure| sqlx::Error::Decode(failure.into()))
    }
}
