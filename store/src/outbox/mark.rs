//! Marking what the broker has taken and what it has refused: some of each in one transaction.

use std::sync::Arc;

use latchwork_expr::{Timestamp, instant_text};
use serde_json::Value as Json;
use sqlx::{Connection, SqliteConnection};

use super::refused::Refused;
use super::settled::Span;
use crate::bulk::{Bulk, Query};
use crate::error::{Failure, StoreError};
use crate::store::Store;

/// What became of some events since the last mark.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// What the broker has taken.
    pub published: Vec<Span>,
    /// What it took after it had refused it before.
    pub reconciled: Vec<u64>,
    /// What it refused, as it stands now.
    pub refused: Vec<Refused>,
    /// Up to which event all are settled or refused.
    pub floor: u64,
}

static REFUSE: Bulk = Bulk::new(include_str!("../sql/outbox/refuse.sql"), 6);

impl Store {
    /// Marks what became of events. From its return on they are not published again, whatever happens.
    pub async fn mark_outbox(&self, mark: &Mark, at: Timestamp) -> Result<(), StoreError> {
        let mut slot = self.writer.lock().await;
        let mut writer = self.take(&mut slot).await?;
        let marked = write(&mut writer, &self.gateway_id, mark, &instant_text(at)).await;
        self.give_back(slot, writer, marked).await
    }
}

async fn write(connection: &mut SqliteConnection, gateway_id: &Arc<str>, mark: &Mark, at: &str) -> Result<(), Failure> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    for span in &mark.published {
        settle(&mut transaction, gateway_id, *span, "PUBLISHED", at).await?;
    }
    for &seq in &mark.reconciled {
        settle(&mut transaction, gateway_id, Span::one(seq), "PUBLISHED", at).await?;
    }
    forget(&mut transaction, gateway_id, &mark.reconciled).await?;
    let at: Arc<str> = at.into();
    let bind = |query: Query<'static>, refused: &Refused| {
        let query = query.bind(Arc::clone(gateway_id)).bind(refused.seq.cast_signed()).bind(refused.refusals);
        let quarantined_at = refused.is_quarantined.then(|| Arc::clone(&at));
        query.bind(refused.reason.clone()).bind(Arc::clone(&at)).bind(quarantined_at)
    };
    REFUSE.run(&mut transaction, &mark.refused, bind).await?;
    lift(&mut transaction, gateway_id, mark.floor).await?;
    Ok(transaction.commit().await?)
}

/// Writes that a span is settled. Spans that follow one another within a minute become one row, so that a gateway that
/// tells something every second writes no row for each.
pub(super) async fn settle(
    connection: &mut SqliteConnection,
    gateway_id: &Arc<str>,
    span: Span,
    outcome: &'static str,
    at: &str,
) -> Result<(), Failure> {
    for statement in [include_str!("../sql/outbox/extend.sql"), include_str!("../sql/outbox/settle.sql")] {
        let query = sqlx::query(statement).bind(Arc::clone(gateway_id)).bind(span.first.cast_signed());
        let query = query.bind(span.last.cast_signed()).bind(outcome).bind(at.to_owned());
        if query.execute(&mut *connection).await?.rows_affected() > 0 {
            return Ok(());
        }
    }
    Ok(())
}

/// Forgets that events were refused.
pub(super) async fn forget(
    connection: &mut SqliteConnection,
    gateway_id: &Arc<str>,
    seqs: &[u64],
) -> Result<(), Failure> {
    if seqs.is_empty() {
        return Ok(());
    }
    sqlx::query(include_str!("../sql/outbox/forget_refused.sql"))
        .bind(Arc::clone(gateway_id))
        .bind(Json::from(seqs).to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// Lifts the event up to which all are settled.
pub(super) async fn lift(connection: &mut SqliteConnection, gateway_id: &Arc<str>, floor: u64) -> Result<(), Failure> {
    sqlx::query("UPDATE gateways SET outbox_seq = ?2 WHERE id = ?1 AND outbox_seq < ?2")
        .bind(Arc::clone(gateway_id))
        .bind(floor.cast_signed())
        .execute(connection)
        .await?;
    Ok(())
}
