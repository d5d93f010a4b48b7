//! Removing what is long over, a little at a time: the gateway writes between.

use std::sync::Arc;

use latchwork_expr::Timestamp;

use crate::cell::Cells;
use crate::error::Failure;
use crate::limits::{PRUNE_PAUSE, PRUNED_AT_ONCE_MAX};
use crate::session::Session;
use crate::statement::{Statement, statement};

static RECORDS: Statement = statement!("prune_records", "operation_records");
static SCHEDULE: Statement = statement!("prune_schedule", "schedules");

/// How many rows were removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Closed records.
    pub records: u64,
    /// Completed entries of the schedule.
    pub schedule: u64,
}

impl Pruned {
    /// Returns how many rows were removed in all.
    pub const fn rows(&self) -> u64 {
        self.records + self.schedule
    }
}

/// Removes what was over before a time.
pub(super) async fn prune(session: &mut Session, gateway_id: &Arc<str>, before: Timestamp) -> Result<Pruned, Failure> {
    Ok(Pruned {
        records: all(session, &RECORDS, gateway_id, before).await?,
        schedule: all(session, &SCHEDULE, gateway_id, before).await?,
    })
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
