//! Statements as Postgres takes them: each is one trip to the server and back, and none is waited for without end.

use std::time::Duration;

use chrono::{DateTime, Utc};
use latchwork_expr::Timestamp;
use sqlx::postgres::PgArguments;
use sqlx::{PgConnection, PgExecutor, PgPool, Postgres, SqlSafeStr};

use super::text::{plain, plain_json};
use crate::cell::{Cell, Cells};
use crate::error::Failure;
use crate::limits::{ANSWER_WAIT, READERS_MAX};
use crate::row::Row;

/// A statement with its values.
pub(super) type Query<'q> = sqlx::query::Query<'q, Postgres, PgArguments>;

/// Runs words without values.
pub(crate) async fn say(connection: &mut PgConnection, words: &'static str) -> Result<(), Failure> {
    // Not a query: one that is prepared takes two trips.
    bounded(ANSWER_WAIT, sqlx::raw_sql(words).execute(connection)).await?;
    Ok(())
}

/// Runs a statement and returns how many rows it changed.
pub(crate) async fn execute(connection: &mut PgConnection, text: &'static str, cells: Cells) -> Result<u64, Failure> {
    let query = bind(sqlx::query(text), cells.as_slice());
    Ok(bounded(ANSWER_WAIT, query.execute(connection)).await?.rows_affected())
}

/// Returns what a statement gives; `table` is what its rows are of.
pub(crate) async fn rows<T>(
    executor: impl PgExecutor<'_>,
    (table, text): (&'static str, impl SqlSafeStr),
    cells: Cells,
    read: impl Fn(&Row<'_>) -> Result<T, Failure>,
) -> Result<Vec<T>, Failure> {
    let query = bind(sqlx::query(text), cells.as_slice());
    let rows = bounded(ANSWER_WAIT, query.fetch_all(executor)).await?;
    rows.iter().map(|row| read(&Row::of_postgres(table, row))).collect()
}

/// Returns what a statement gives that is asked over one of many connections. One may have died while nobody used it, for one
/// with the runtime that it was made in, and that may show only now: then another one is asked. The statement only reads.
pub(crate) async fn pooled_rows<T>(
    pool: &PgPool,
    (table, text): (&'static str, impl SqlSafeStr),
    cells: Cells,
    read: impl Fn(&Row<'_>) -> Result<T, Failure>,
) -> Result<Vec<T>, Failure> {
    let text = text.into_sql_str();
    let asking = async {
        let mut dead = 0;
        loop {
            match bind(sqlx::query(text.clone()), cells.as_slice()).fetch_all(pool).await {
                Err(sqlx::Error::Io(error)) if dead < READERS_MAX => {
                    dead += 1;
                    tracing::debug!(%error, "a connection that reads was dead");
                }
                answer => return answer,
            }
        }
    };
    let rows = bounded(ANSWER_WAIT, asking).await?;
    rows.iter().map(|row| read(&Row::of_postgres(table, row))).collect()
}

/// Waits for an answer, but not for ever: a line that went dead says nothing, and the server's own limits end nothing
/// there.
pub(super) async fn bounded<T>(
    patience: Duration,
    answer: impl Future<Output = sqlx::Result<T>>,
) -> Result<T, Failure> {
    match tokio::time::timeout(patience, answer).await {
        Ok(answer) => Ok(answer?),
        Err(_) => Err(Failure::Io { reason: format!("no answer within {} seconds", patience.as_secs()) }),
    }
}

pub(super) fn bind<'q>(query: Query<'q>, cells: &'q [Cell]) -> Query<'q> {
    cells.iter().fold(query, |query, cell| match cell {
        Cell::Text(text) => query.bind(text.as_deref().map(plain)),
        Cell::Json(text) => query.bind(plain_json(text)),
        Cell::Date(date) => query.bind(date.map(moment)),
        Cell::Real(number) => query.bind(*number),
        Cell::Whole(number) => query.bind(*number),
        Cell::Flag(truth) => query.bind(*truth),
    })
}

/// Returns a date as the driver knows it; one beyond its 262,000 years is the last of these.
pub(super) fn moment(date: Timestamp) -> DateTime<Utc> {
    let last = if date.0 < 0 { DateTime::<Utc>::MIN_UTC } else { DateTime::<Utc>::MAX_UTC };
    DateTime::from_timestamp_micros(date.0).unwrap_or(last)
}
