//! Rows of `retained`: what the engine must know besides its next scan. What they hold is its own.

use std::sync::Arc;

use serde_json::Value as Json;
use sqlx::SqliteConnection;

use crate::bulk::{Bulk, Query};
use crate::error::Failure;
use crate::turn::RetainedRow;

static PUT: Bulk = Bulk::new(include_str!("sql/put_retained.sql"), 3);

/// Writes rows over those of the same key.
pub(crate) async fn put(
    connection: &mut SqliteConnection,
    gateway_id: &Arc<str>,
    rows: &[RetainedRow],
) -> Result<(), Failure> {
    let bind = |query: Query<'static>, row: &RetainedRow| {
        query.bind(gateway_id.clone()).bind(row.key.clone()).bind(row.value.clone())
    };
    PUT.run(connection, rows, bind).await?;
    Ok(())
}

/// Removes rows by their keys.
pub(crate) async fn forget(
    connection: &mut SqliteConnection,
    gateway_id: &Arc<str>,
    keys: &[String],
) -> Result<(), Failure> {
    if keys.is_empty() {
        return Ok(());
    }
    sqlx::query("DELETE FROM retained WHERE gateway_id = ?1 AND key IN (SELECT value FROM json_each(?2))")
        .bind(gateway_id.clone())
        .bind(Json::from(keys).to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// Returns every row.
pub(crate) async fn all(connection: &mut SqliteConnection, gateway_id: &Arc<str>) -> Result<Vec<RetainedRow>, Failure> {
    let rows: Vec<(String, String)> =
        sqlx::query_as("SELECT key, value FROM retained WHERE gateway_id = ?1 ORDER BY key")
            .bind(gateway_id.clone())
            .fetch_all(connection)
            .await?;
    Ok(rows.into_iter().map(|(key, value)| RetainedRow { key, value }).collect())
}
