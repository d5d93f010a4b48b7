//! What people ask of refused events: to be tried again, or to be given up.

use std::sync::Arc;

use latchwork_expr::{Timestamp, instant_text};
use serde_json::Value as Json;
use sqlx::{Connection, SqliteConnection};

use super::mark::{forget, settle};
use super::settled::Span;
use crate::error::{Failure, StoreError};
use crate::limits::REFUSED_ROWS_MAX;
use crate::store::Store;

impl Store {
    /// Has refused events tried again as if they never were; `None` means all of them. Returns those that are.
    pub async fn retry_refused(&self, seqs: Option<&[u64]>) -> Result<Vec<u64>, StoreError> {
        let mut slot = self.writer.lock().await;
        let mut writer = self.take(&mut slot).await?;
        let retried = retry(&mut writer, &self.gateway_id, seqs).await;
        self.give_back(slot, writer, retried).await
    }

    /// Gives quarantined events up: they are not published, and stay in the log as long as those that were. `None` means
    /// all of them. Returns those that are.
    pub async fn purge_quarantined(&self, seqs: Option<&[u64]>, at: Timestamp) -> Result<Vec<u64>, StoreError> {
        let mut slot = self.writer.lock().await;
        let mut writer = self.take(&mut slot).await?;
        let purged = purge(&mut writer, &self.gateway_id, seqs, &instant_text(at)).await;
        self.give_back(slot, writer, purged).await
    }
}

async fn retry(
    connection: &mut SqliteConnection,
    gateway_id: &Arc<str>,
    seqs: Option<&[u64]>,
) -> Result<Vec<u64>, Failure> {
    let query = sqlx::query_scalar(include_str!("../sql/outbox/retry.sql")).bind(Arc::clone(gateway_id));
    let retried: Vec<i64> = query.bind(seqs.map(text)).bind(REFUSED_ROWS_MAX).fetch_all(connection).await?;
    Ok(in_order(retried))
}

async fn purge(
    connection: &mut SqliteConnection,
    gateway_id: &Arc<str>,
    seqs: Option<&[u64]>,
    at: &str,
) -> Result<Vec<u64>, Failure> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    let query = sqlx::query_scalar(include_str!("../sql/outbox/quarantined.sql")).bind(Arc::clone(gateway_id));
    let query = query.bind(seqs.map(text)).bind(REFUSED_ROWS_MAX);
    let purged = in_order(query.fetch_all(&mut *transaction).await?);
    for &seq in &purged {
        settle(&mut transaction, gateway_id, Span::one(seq), "PURGED", at).await?;
    }
    forget(&mut transaction, gateway_id, &purged).await?;
    transaction.commit().await?;
    Ok(purged)
}

fn text(seqs: &[u64]) -> String {
    Json::from(seqs).to_string()
}

fn in_order(seqs: Vec<i64>) -> Vec<u64> {
    let mut seqs: Vec<u64> = seqs.into_iter().map(i64::cast_unsigned).collect();
    seqs.sort_unstable();
    seqs
}
