//! Rows of `schedules`. What is there wins over what the configuration says.

use std::sync::Arc;

use latchwork_engine::{EntryStatus, OperationIndex, PlannedEntry, Plant, Priority, ScheduleEntry};
use latchwork_expr::Timestamp;
use serde_json::Value as Json;
use ulid::Ulid;

use crate::cell::Cells;
use crate::changes::Signed;
use crate::commit::Origin;
use crate::error::Failure;
use crate::row::Row;
use crate::script::Script;
use crate::session::Session;
use crate::statement::{Bulk, Statement, bulk, statement};

const COLUMNS: usize = 13;
static ADD: Bulk = bulk!("add_schedule", COLUMNS);
static PUT: Bulk = bulk!("put_schedule", COLUMNS + 3);
static ALL: Statement = statement!("schedule", "schedules");

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
    at: Timestamp,
}

/// Writes entries as they are now.
pub(crate) fn put(script: &mut Script, origin: &Origin<'_>, entries: &[Signed<'_, ScheduleEntry>]) {
    let written = Written { gateway_id: origin.gateway_id, plant: origin.plant, at: origin.written_at };
    let cells = |signed: &Signed<'_, ScheduleEntry>| {
        let entry = signed.row;
        let cells = written.window(entry.id, entry.start, entry.end).with(entry.quantity).with(entry.status.name());
        let cells = written.with_operation(cells, entry.operation).with(entry.record).with(entry.priority.name());
        let cells = cells.with(entry.order.as_deref()).with(signed.created_by);
        cells.with(signed.modified.map(|(at, _)| at)).with(signed.modified.and_then(|(_, by)| by))
    };
    script.put(&PUT, entries, cells);
}

/// Adds the entries of the configuration that are not there.
pub(crate) async fn add_configured(
    session: &mut Session,
    gateway_id: &Arc<str>,
    at: Timestamp,
    plant: &Plant,
) -> Result<(), Failure> {
    let written = Written { gateway_id, plant, at };
    let cells = |entry: &PlannedEntry| {
        let cells = written.window(entry.id, entry.start, entry.end).with(entry.quantity).with(entry.status.name());
        let cells = written.with_operation(cells, entry.operation).with(None::<Ulid>).with(entry.priority.name());
        cells.with(entry.order.as_deref())
    };
    session.put(&ADD, &plant.schedule, cells).await
}

impl Written<'_> {
    fn window(&self, id: Ulid, start: Timestamp, end: Option<Timestamp>) -> Cells {
        let cells = Cells::with_capacity(COLUMNS).with(self.gateway_id).with(id).with(self.at);
        cells.with(end.map(|end| minutes(start, end))).with(start).with(end)
    }

    fn with_operation(&self, cells: Cells, operation: OperationIndex) -> Cells {
        let row = &self.plant.operations[operation.index()];
        cells.with(self.plant.locations[row.location.index()].id).with(row.id)
    }
}

#[expect(clippy::cast_precision_loss, reason = "windows of 285 years keep their microseconds")]
pub(crate) fn minutes(start: Timestamp, end: Timestamp) -> f64 {
    end.0.saturating_sub(start.0) as f64 / 60e6
}

/// Returns the entries that are not over, and those that the configuration gives, in the order in which they came
/// to be.
pub(crate) async fn all(
    session: &mut Session,
    gateway_id: &Arc<str>,
    plant: &Plant,
) -> Result<Vec<StoredEntry>, Failure> {
    let configured: Json = plant.schedule.iter().map(|entry| entry.id.to_string()).collect();
    session.rows(&ALL, Cells::default().with(gateway_id).with_json(configured.to_string()), StoredEntry::read).await
}

impl StoredEntry {
    pub(crate) fn read(row: &Row<'_>) -> Result<Self, Failure> {
        Ok(Self {
            id: row.id("id")?,
            operation: row.id("operation_id")?,
            order: row.get("production_order")?,
            start: row.date("start_date")?,
            end: row.optional_date("end_date")?,
            priority: row.word("priority")?,
            quantity: row.get("quantity")?,
            status: row.word("status")?,
            record: row.optional_id("operation_record_id")?,
        })
    }
}
