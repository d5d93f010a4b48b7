//! Events that the broker refused.

use std::sync::Arc;

use sqlx::SqliteConnection;

use crate::error::Failure;
use crate::limits::REFUSED_ROWS_MAX;

/// An event that the broker refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Its number.
    pub seq: u64,
    /// How often it was refused since somebody last asked for it to be tried again.
    pub refusals: u32,
    /// What the broker said last.
    pub reason: String,
    /// Whether it is not tried any more.
    pub is_quarantined: bool,
}

/// Returns what is to be tried again, in order.
pub(super) async fn waiting(connection: &mut SqliteConnection, gateway_id: &Arc<str>) -> Result<Vec<Refused>, Failure> {
    let rows: Vec<(i64, u32, String)> = sqlx::query_as(include_str!("../sql/outbox/waiting_refused.sql"))
        .bind(Arc::clone(gateway_id))
        .bind(REFUSED_ROWS_MAX)
        .fetch_all(connection)
        .await?;
    let refused = |(seq, refusals, reason): (i64, _, _)| {
        let seq = seq.cast_unsigned();
        Refused { seq, refusals, reason, is_quarantined: false }
    };
    Ok(rows.into_iter().map(refused).collect())
}
