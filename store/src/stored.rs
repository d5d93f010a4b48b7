//! Rows as they are read: records and events.

use serde_json::{Value as Json, json};
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row};

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

impl FromRow<'_, SqliteRow> for StoredRecord {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get("id")?,
            operation: row.try_get("operation")?,
            location: row.try_get("location")?,
            status: row.try_get("status")?,
            start_date: row.try_get("start_date")?,
            end_date: row.try_get("end_date")?,
            duration_seconds: row.try_get("duration_seconds")?,
            detected_at: row.try_get("detected_at")?,
            production_order: row.try_get("production_order")?,
            production_order_id: row.try_get("production_order_id")?,
            start_reason: row.try_get("start_reason")?,
            end_reason: row.try_get("end_reason")?,
            expected_duration_seconds: row.try_get("expected_duration_seconds")?,
            overrun: row.try_get("overrun")?,
            paused_seconds: row.try_get("paused_seconds")?,
            detected_after_gap: row.try_get("detected_after_gap")?,
            parent_record_id: row.try_get("parent_record_id")?,
            captures: row.try_get("captures")?,
            revision: row.try_get("revision")?,
        })
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

impl FromRow<'_, SqliteRow> for StoredEvent {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        Ok(Self {
            seq: row.try_get::<i64, _>("seq")?.cast_unsigned(),
            id: row.try_get("id")?,
            event_type: row.try_get("event_type")?,
            occurred_at: row.try_get("occurred_at")?,
            recorded_at: row.try_get("recorded_at")?,
            body: row.try_get("body")?,
        })
    }
}
