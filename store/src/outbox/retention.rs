//! What leaves the log: events that were published long enough ago, and what a limit drops. In small steps, each a
//! transaction: turns wait for the same writer.

use std::sync::Arc;

use latchwork_expr::{Timestamp, instant_text};
use sqlx::{Connection, SqliteConnection};

use super::mark::{lift, settle};
use super::settled::Span;
use crate::error::{Failure, StoreError};
use crate::limits::OUTBOX_STEP_EVENTS_MAX;
use crate::store::Store;

impl Store {
    /// Removes events that were settled before a moment, oldest first; returns how many this step removed. None is left
    /// when that is 0. What is refused or quarantined stays.
    pub async fn remove_settled(&self, before: Timestamp) -> Result<u64, StoreError> {
        let mut slot = self.writer.lock().await;
        let mut writer = self.take(&mut slot).await?;
        let removed = remove(&mut writer, &self.gateway_id, &instant_text(before)).await;
        self.give_back(slot, writer, removed).await
    }

    /// Drops events that were not published: they leave the log, and are counted. `floor` is up to where all are settled
    /// afterwards.
    ///
    /// # Panics
    /// Panics when there are more than [`OUTBOX_STEP_EVENTS_MAX`].
    pub async fn drop_waiting(&self, span: Span, floor: u64, at: Timestamp) -> Result<(), StoreError> {
        assert!(span.count() <= OUTBOX_STEP_EVENTS_MAX, "{} events in one step", span.count());
        let mut slot = self.writer.lock().await;
        let mut writer = self.take(&mut slot).await?;
        let dropped = drop_span(&mut writer, &self.gateway_id, span, floor, &instant_text(at)).await;
        self.give_back(slot, writer, dropped).await
    }

    /// Notes that the log tells of what was dropped, up to an event.
    pub async fn told_of_dropped(&self, last: u64) -> Result<(), StoreError> {
        let mut slot = self.writer.lock().await;
        let mut writer = self.take(&mut slot).await?;
        let noted = sqlx::query(include_str!("../sql/outbox/told.sql"))
            .bind(Arc::clone(&self.gateway_id))
            .bind(last.cast_signed())
            .execute(&mut writer)
            .await;
        self.give_back(slot, writer, noted.map(|_| ()).map_err(Failure::from)).await
    }

    /// Returns the last event of a span that was recorded before a moment, looking no further than a step; none if the
    /// first was not.
    pub async fn last_recorded_before(&self, span: Span, before: Timestamp) -> Result<Option<u64>, StoreError> {
        let query = sqlx::query_scalar(include_str!("../sql/outbox/last_before.sql"));
        let query = query.bind(Arc::clone(&self.gateway_id)).bind(span.first.cast_signed());
        let query = query.bind(span.last.cast_signed()).bind(instant_text(before));
        let query = query.bind(OUTBOX_STEP_EVENTS_MAX.cast_signed());
        let last: Option<i64> = self.read(query.fetch_one(&self.readers).await)?;
        Ok(last.map(i64::cast_unsigned))
    }
}

async fn remove(connection: &mut SqliteConnection, gateway_id: &Arc<str>, before: &str) -> Result<u64, Failure> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    let oldest: Option<(i64, i64)> = sqlx::query_as(include_str!("../sql/outbox/oldest.sql"))
        .bind(Arc::clone(gateway_id))
        .bind(before.to_owned())
        .fetch_optional(&mut *transaction)
        .await?;
    let Some((first, last)) = oldest else {
        transaction.rollback().await?;
        return Ok(0);
    };
    let until = last.min(first + OUTBOX_STEP_EVENTS_MAX.cast_signed() - 1);
    for statement in [
        include_str!("../sql/outbox/remove_events.sql"),
        if until == last {
            "DELETE FROM outbox WHERE gateway_id = ?1 AND first_seq = ?2 AND ?3 > 0"
        } else {
            "UPDATE outbox SET first_seq = ?3 + 1 WHERE gateway_id = ?1 AND first_seq = ?2"
        },
    ] {
        let query = sqlx::query(statement).bind(Arc::clone(gateway_id)).bind(first).bind(until);
        query.execute(&mut *transaction).await?;
    }
    transaction.commit().await?;
    Ok((until - first + 1).cast_unsigned())
}

async fn drop_span(
    connection: &mut SqliteConnection,
    gateway_id: &Arc<str>,
    span: Span,
    floor: u64,
    at: &str,
) -> Result<(), Failure> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    let query = sqlx::query(include_str!("../sql/outbox/remove_events.sql")).bind(Arc::clone(gateway_id));
    let query = query.bind(span.first.cast_signed()).bind(span.last.cast_signed());
    let dropped = query.execute(&mut *transaction).await?.rows_affected();
    sqlx::query("UPDATE gateways SET outbox_dropped = outbox_dropped + ?2 WHERE id = ?1")
        .bind(Arc::clone(gateway_id))
        .bind(dropped.cast_signed())
        .execute(&mut *transaction)
        .await?;
    settle(&mut transaction, gateway_id, span, "DROPPED", at).await?;
    lift(&mut transaction, gateway_id, floor).await?;
    Ok(transaction.commit().await?)
}
