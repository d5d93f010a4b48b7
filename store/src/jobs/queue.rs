//! Rows of `queues`: what operators are to do.

use std::sync::Arc;

use latchwork_engine::jobs::QueueEntry;
use serde_json::Value as Json;
use ulid::Ulid;

use crate::cell::Cells;
use crate::error::Failure;
use crate::row::Row;
use crate::session::Session;
use crate::statement::{Bulk, Statement, bulk, statement};

static ADD: Bulk = bulk!("jobs/add_queued", 5);
static REMOVE: Statement = statement!("jobs/remove_queued", "queues");
static OF: Statement = statement!("jobs/queue", "queues");

/// Removes entries, then adds others, each with its job: a job may go from one queue to another.
pub(super) async fn put(
    session: &mut Session,
    gateway_id: &Arc<str>,
    removed: &[Ulid],
    added: &[&(Ulid, QueueEntry)],
) -> Result<(), Failure> {
    if !removed.is_empty() {
        let ids: Json = removed.iter().map(Ulid::to_string).collect();
        session.execute(&REMOVE, Cells::default().with_json(ids.to_string())).await?;
    }
    let cells = |(job, entry): &&(Ulid, QueueEntry)| {
        let cells = Cells::with_capacity(5).with(gateway_id).with(entry.key).with(*job);
        cells.with(entry.operator.as_str()).with(entry.added_at)
    };
    session.put(&ADD, added, cells).await
}

/// Reads where some jobs are queued.
pub(super) async fn of(session: &mut Session, jobs: &str) -> Result<Vec<(Ulid, QueueEntry)>, Failure> {
    session.rows(&OF, Cells::default().with_json(jobs), |row| Ok((row.id("job_id")?, read(row)?))).await
}

pub(super) fn read(row: &Row<'_>) -> Result<QueueEntry, Failure> {
    Ok(QueueEntry {
        key: row.id("id")?,
        operator: row.get::<String>("operator")?.into(),
        added_at: row.date("added_at")?,
    })
}
