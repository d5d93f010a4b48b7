//! What people ask of refused events: to be tried again, or to be given up.

use std::sync::Arc;

use latchwork_expr::Timestamp;
use serde_json::Value as Json;

use super::mark::{forget, settle};
use super::settled::Span;
use crate::cell::Cells;
use crate::error::{Failure, StoreError};
use crate::limits::REFUSED_ROWS_MAX;
use crate::session::Session;
use crate::statement::{Statement, statement};
use crate::store::Store;

static RETRY: Statement = statement!("outbox/retry", "refused_events");
static QUARANTINED: Statement = statement!("outbox/quarantined", "refused_events");

impl Store {
    /// Has refused events tried again as if they never were; `None` means all of them. Returns those that are.
    pub async fn retry_refused(&self, seqs: Option<&[u64]>) -> Result<Vec<u64>, StoreError> {
        let mut slot = self.writer.lock().await;
        let mut writer = self.take(&mut slot).await?;
        let retried = Box::pin(named(&mut writer, &RETRY, &self.owner.gateway_id, seqs)).await;
        self.give_back(slot, writer, retried).await
    }

    /// Gives quarantined events up: they are not published, and stay in the log as long as those that were. `None` means
    /// all of them. Returns those that are.
    pub async fn purge_quarantined(&self, seqs: Option<&[u64]>, at: Timestamp) -> Result<Vec<u64>, StoreError> {
        let mut slot = self.writer.lock().await;
        let mut writer = self.take(&mut slot).await?;
        let purged = Box::pin(purge(&mut writer, &self.owner.gateway_id, seqs, at)).await;
        self.give_back(slot, writer, purged).await
    }
}

/// Returns the events that a statement gives of those that are named; `None` names all of them.
async fn named(
    session: &mut Session,
    statement: &Statement,
    gateway_id: &Arc<str>,
    seqs: Option<&[u64]>,
) -> Result<Vec<u64>, Failure> {
    let seqs = seqs.map_or(Json::Null, Json::from).to_string();
    let cells = Cells::default().with(gateway_id).with_json(seqs).with(i64::from(REFUSED_ROWS_MAX));
    let mut named = session.rows(statement, cells, |row| row.count("seq")).await?;
    named.sort_unstable();
    Ok(named)
}

async fn purge(
    session: &mut Session,
    gateway_id: &Arc<str>,
    seqs: Option<&[u64]>,
    at: Timestamp,
) -> Result<Vec<u64>, Failure> {
    session.begin().await?;
    let purged = named(session, &QUARANTINED, gateway_id, seqs).await?;
    for &seq in &purged {
        settle(session, gateway_id, Span::one(seq), "PURGED", at).await?;
    }
    forget(session, gateway_id, &purged).await?;
    session.commit().await?;
    Ok(purged)
}
