//! Rows of `batches` and `batch_serials`: parts of a leg that are handled together.

use std::sync::Arc;

use latchwork_engine::jobs::Batch;
use latchwork_expr::Text;
use ulid::Ulid;

use crate::cell::Cells;
use crate::error::Failure;
use crate::row::Row;
use crate::session::Session;
use crate::statement::{Bulk, Statement, bulk, statement};

const COLUMNS: usize = 10;
static PUT: Bulk = bulk!("jobs/put_batches", COLUMNS);
static ADD_SERIALS: Bulk = bulk!("jobs/add_serials", 3);
static OPEN: Statement = statement!("jobs/open_batches", "batches");

/// A batch that is written, with its job.
#[derive(Debug)]
pub(super) struct WrittenBatch {
    pub(super) job: Ulid,
    /// With its serial numbers if it is new.
    pub(super) batch: Batch,
}

/// Writes batches as they are now, new ones with their serial numbers.
pub(super) async fn put(
    session: &mut Session,
    gateway_id: &Arc<str>,
    batches: &[&WrittenBatch],
) -> Result<(), Failure> {
    session.put(&PUT, batches, |written| cells(written, gateway_id)).await?;
    let serials: Vec<(Ulid, u64, &Text)> = batches.iter().flat_map(|written| serials(&written.batch)).collect();
    let cells = |&(batch, place, serial): &(Ulid, u64, &Text)| {
        Cells::with_capacity(3).with(batch).with(place).with(serial.as_str())
    };
    session.put(&ADD_SERIALS, &serials, cells).await
}

fn serials(batch: &Batch) -> impl Iterator<Item = (Ulid, u64, &Text)> {
    (0..).zip(&batch.serials).map(|(place, serial)| (batch.key, place, serial))
}

fn cells(WrittenBatch { job, batch }: &WrittenBatch, gateway_id: &Arc<str>) -> Cells {
    Cells::with_capacity(COLUMNS)
        .with(gateway_id)
        .with(batch.key)
        .with(*job)
        .with(batch.leg)
        .with(batch.quantity)
        .with(batch.remaining)
        .with(batch.created_at)
        .with(batch.created_by.as_deref())
        .with(batch.completed_at)
        .with(batch.completed_by.as_deref())
}

/// Reads the batches of some jobs that are not done, those of a job in the order in which they were made. Without their
/// serial numbers: no transition reads them.
pub(super) async fn open(session: &mut Session, jobs: &str) -> Result<Vec<(Ulid, Batch)>, Failure> {
    session.rows(&OPEN, Cells::default().with_json(jobs), read).await
}

fn read(row: &Row<'_>) -> Result<(Ulid, Batch), Failure> {
    let batch = Batch {
        key: row.id("id")?,
        leg: row.id("leg_id")?,
        quantity: row.count("quantity")?,
        remaining: row.count("remaining")?,
        serials: Vec::new(),
        created_at: row.date("created_at")?,
        created_by: row.text("created_by")?,
        completed_at: row.optional_date("completed_at")?,
        completed_by: row.text("completed_by")?,
    };
    Ok((row.id("job_id")?, batch))
}
