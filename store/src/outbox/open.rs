//! How the outbox stands when publishing begins.

use std::sync::Arc;

use sqlx::SqliteConnection;

use super::refused::{self, Refused};
use super::settled::{Settled, Span};
use crate::error::{Failure, StoreError};
use crate::store::Store;

/// How an outbox stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What is settled, or refused.
    pub settled: Settled,
    /// The last event of the log.
    pub head: u64,
    /// What was refused and is to be tried again.
    pub refused: Vec<Refused>,
    /// What was dropped and no event tells of yet.
    pub untold: Vec<Span>,
}

impl Store {
    /// Returns how the outbox stands.
    pub async fn outbox_standing(&self) -> Result<Standing, StoreError> {
        let mut slot = self.writer.lock().await;
        let mut writer = self.take(&mut slot).await?;
        let standing = standing(&mut writer, &self.gateway_id).await;
        self.give_back(slot, writer, standing).await
    }
}

async fn standing(connection: &mut SqliteConnection, gateway_id: &Arc<str>) -> Result<Standing, Failure> {
    let (floor, head): (i64, i64) = sqlx::query_as("SELECT outbox_seq, last_event_seq FROM gateways WHERE id = ?1")
        .bind(Arc::clone(gateway_id))
        .fetch_one(&mut *connection)
        .await?;
    let mut settled = Settled::up_to(floor.cast_unsigned());
    let above = "SELECT first_seq, last_seq FROM outbox WHERE gateway_id = ?1 AND last_seq > ?2 ORDER BY first_seq";
    for span in spans(connection, above, gateway_id, floor).await? {
        settled.add(span);
    }
    let refused = "SELECT seq, seq FROM refused_events WHERE gateway_id = ?1 AND seq > ?2 ORDER BY seq";
    for span in spans(connection, refused, gateway_id, floor).await? {
        settled.add(span);
    }
    let refused = refused::waiting(connection, gateway_id).await?;
    let untold = "SELECT first_seq, last_seq FROM outbox \
                  WHERE gateway_id = ?1 AND first_seq > ?2 AND outcome = 'DROPPED' AND is_told = 0 ORDER BY first_seq";
    let untold = spans(connection, untold, gateway_id, 0).await?;
    Ok(Standing { settled, head: head.cast_unsigned(), refused, untold })
}

async fn spans(
    connection: &mut SqliteConnection,
    query: &'static str,
    gateway_id: &Arc<str>,
    after: i64,
) -> Result<Vec<Span>, Failure> {
    let rows: Vec<(i64, i64)> =
        sqlx::query_as(query).bind(Arc::clone(gateway_id)).bind(after).fetch_all(connection).await?;
    Ok(rows
        .into_iter()
        .map(|(first, last)| Span { first: first.cast_unsigned(), last: last.cast_unsigned() })
        .collect())
}
