//! Rows of `jobs`.

use std::sync::Arc;

use latchwork_engine::jobs::{Counts, Job, JobFault};
use latchwork_expr::Text;
use serde_json::json;

use super::locked::Kept;
use crate::cell::Cells;
use crate::error::Failure;
use crate::row::Row;
use crate::session::Session;
use crate::statement::{Bulk, bulk};

const COLUMNS: usize = 26;
static PUT: Bulk = bulk!("jobs/put_jobs", COLUMNS);

/// Writes jobs as they are now. `gateway_id` becomes that of those that are new.
pub(super) async fn put(session: &mut Session, gateway_id: &Arc<str>, jobs: &[&Kept]) -> Result<(), Failure> {
    session.put(&PUT, jobs, |kept| cells(kept, gateway_id)).await
}

fn cells(kept: &Kept, gateway_id: &Arc<str>) -> Cells {
    let (job, counts) = (&kept.rows.job, Counts::of(&kept.rows.legs));
    let cells = Cells::with_capacity(COLUMNS)
        .with(gateway_id)
        .with(job.id)
        .with(job.state.name())
        .with(job.order.as_ref().map(|(id, _)| *id))
        .with(job.order.as_ref().map(|(_, name)| name.as_str()))
        .with(job.quantity)
        .with(counts.good)
        .with(counts.scrap)
        .with(counts.lost)
        .with(counts.in_process)
        .with(counts.finished);
    with_work(cells, job)
        .with(job.created_at)
        .with(job.created_by.as_deref())
        .with(job.started_at)
        .with(job.completed_at)
        .with(job.last_online)
        .with(job.last_work_session_started)
        .with(job.retry_of)
        .with(job.error.as_ref().map(|fault| fault.code.as_str()))
        .with(job.error.as_ref().map(|fault| fault.message.as_str()))
        .with(kept.events)
}

/// Adds who works on a job, and on which of its parts.
fn with_work(cells: Cells, job: &Job) -> Cells {
    cells
        .with(job.assigned_to.as_deref())
        .with(job.is_active())
        .with(job.active_batch.map(|(key, _)| key))
        .with(job.active_batch.map(|(_, quantity)| quantity))
        .with_json(json!(job.first_serials).to_string())
}

/// Reads a job.
pub(super) fn read(row: &Row<'_>) -> Result<Job, Failure> {
    let batch = row.optional_id("active_batch_key")?.zip(row.optional_count("active_batch_qt")?);
    let error = row.text("error_code")?.zip(row.text("error_message")?);
    Ok(Job {
        id: row.id("id")?,
        state: row.word("state")?,
        order: row.optional_id("production_order_id")?.zip(row.text("production_order")?),
        quantity: row.count("quantity")?,
        assigned_to: row.text("assigned_to")?,
        active_batch: batch,
        first_serials: serials(row)?,
        created_at: row.date("created_at")?,
        created_by: row.text("created_by")?,
        started_at: row.optional_date("started_at")?,
        completed_at: row.optional_date("completed_at")?,
        last_online: row.optional_date("last_online")?,
        last_work_session_started: row.optional_date("last_work_session_started")?,
        retry_of: row.optional_id("retry_of")?,
        error: error.map(|(code, message)| JobFault { code, message }),
    })
}

fn serials(row: &Row<'_>) -> Result<Vec<Text>, Failure> {
    let text: String = row.get("first_serials")?;
    serde_json::from_str(&text).map_err(|_| row.unreadable(format!("`{text}` in `first_serials` is no list of texts")))
}
