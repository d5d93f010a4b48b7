//! Removing what is long over, a little at a time: the gateway writes between.

use std::sync::Arc;

use latchwork_expr::Timestamp;

use serde_json::Value as Json;

use crate::cell::Cells;
use crate::error::Failure;
use crate::limits::{JOBS_PRUNED_AT_ONCE_MAX, PRUNE_PAUSE, PRUNED_AT_ONCE_MAX};
use crate::session::Session;
use crate::statement::{Statement, statement};

static RECORDS: Statement = statement!("prune_records", "operation_records");
static SCHEDULE: Statement = statement!("prune_schedule", "schedules");
static AUDIT: Statement = statement!("jobs/prune_audit", "audit");
static JOBS_OVER: Statement = statement!("jobs/over", "jobs");
/// What hangs on jobs, each before what it hangs on, then the jobs.
static OF_JOBS: [Statement; 6] = [
    statement!("jobs/prune_serials", "batch_serials"),
    statement!("jobs/prune_batches", "batches"),
    statement!("jobs/prune_work_sessions", "work_sessions"),
    statement!("jobs/prune_queues", "queues"),
    statement!("jobs/prune_legs", "job_station_history"),
    statement!("jobs/prune_jobs", "jobs"),
];

/// How much was removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Closed records.
    pub records: u64,
    /// Entries of the schedule that are completed or were removed.
    pub schedule: u64,
    /// Finished jobs, each with all that hangs on it.
    pub jobs: u64,
    /// Requests of the audit log.
    pub audit: u64,
}

impl Pruned {
    /// Returns how many of all these were removed.
    pub const fn rows(&self) -> u64 {
        self.records + self.schedule + self.jobs + self.audit
    }
}

/// Removes what was over before a time.
pub(super) async fn prune(session: &mut Session, gateway_id: &Arc<str>, before: Timestamp) -> Result<Pruned, Failure> {
    Ok(Pruned {
        records: all(session, &RECORDS, gateway_id, before).await?,
        schedule: all(session, &SCHEDULE, gateway_id, before).await?,
        jobs: jobs(session, gateway_id, before).await?,
        audit: all(session, &AUDIT, gateway_id, before).await?,
    })
}

/// Removes the jobs that this gateway made and that are over, some in a transaction.
async fn jobs(session: &mut Session, gateway_id: &Arc<str>, before: Timestamp) -> Result<u64, Failure> {
    let mut removed = 0;
    loop {
        session.begin().await?;
        let cells = Cells::default().with(gateway_id).with(before).with(JOBS_PRUNED_AT_ONCE_MAX.cast_signed());
        let over = session.rows(&JOBS_OVER, cells, |row| row.get::<String>("id")).await?;
        let some = over.len() as u64;
        if some > 0 {
            let ids = over.into_iter().map(Json::from).collect::<Json>().to_string();
            for statement in &OF_JOBS {
                session.execute(statement, Cells::default().with_json(ids.as_str())).await?;
            }
        }
        session.commit().await?;
        removed += some;
        if some < JOBS_PRUNED_AT_ONCE_MAX {
            return Ok(removed);
        }
        tokio::time::sleep(PRUNE_PAUSE).await;
    }
}

/// Runs a statement until there is nothing left for it.
async fn all(
    session: &mut Session,
    statement: &Statement,
    gateway_id: &Arc<str>,
    before: Timestamp,
) -> Result<u64, Failure> {
    let mut removed = 0;
    loop {
        let cells = Cells::default().with(gateway_id).with(before).with(PRUNED_AT_ONCE_MAX.cast_signed());
        let some = session.execute(statement, cells).await?;
        removed += some;
        if some < PRUNED_AT_ONCE_MAX {
            return Ok(removed);
        }
        tokio::time::sleep(PRUNE_PAUSE).await;
    }
}
