//! Rows of `work_sessions`: when operators worked on legs.

use std::sync::Arc;

use latchwork_engine::jobs::WorkSession;
use ulid::Ulid;

use crate::cell::Cells;
use crate::error::Failure;
use crate::row::Row;
use crate::session::Session;
use crate::statement::{Bulk, Statement, bulk, statement};

static PUT: Bulk = bulk!("jobs/put_sessions", 7);
static OPEN: Statement = statement!("jobs/open_sessions", "work_sessions");

/// Writes work sessions as they are now, each with its job.
pub(super) async fn put(
    session: &mut Session,
    gateway_id: &Arc<str>,
    written: &[&(Ulid, WorkSession)],
) -> Result<(), Failure> {
    let cells = |(job, row): &&(Ulid, WorkSession)| {
        Cells::with_capacity(7)
            .with(gateway_id)
            .with(row.key)
            .with(*job)
            .with(row.leg)
            .with(row.operator.as_deref())
            .with(row.started_at)
            .with(row.ended_at)
    };
    session.put(&PUT, written, cells).await
}

/// Reads the work sessions of some jobs that go on.
pub(super) async fn open(session: &mut Session, jobs: &str) -> Result<Vec<(Ulid, WorkSession)>, Failure> {
    session.rows(&OPEN, Cells::default().with_json(jobs), read).await
}

fn read(row: &Row<'_>) -> Result<(Ulid, WorkSession), Failure> {
    let found = WorkSession {
        key: row.id("id")?,
        leg: row.id("leg_id")?,
        operator: row.text("operator")?,
        started_at: row.date("started_at")?,
        ended_at: row.optional_date("ended_at")?,
    };
    Ok((row.id("job_id")?, found))
}
