//! Statements as SQLite takes them.

use latchwork_expr::instant_text;
use sqlx::sqlite::SqliteArguments;
use sqlx::{SqlSafeStr, Sqlite, SqliteConnection, SqliteExecutor};

use crate::cell::{Cell, Cells};
use crate::error::Failure;
use crate::row::Row;

/// A statement with its values.
pub(super) type Query = sqlx::query::Query<'static, Sqlite, SqliteArguments>;

/// Runs words without values.
pub(crate) async fn say(connection: &mut SqliteConnection, words: &'static str) -> Result<(), Failure> {
    sqlx::query(words).execute(connection).await?;
    Ok(())
}

/// Runs a statement and returns how many rows it changed.
pub(crate) async fn execute(
    connection: &mut SqliteConnection,
    text: &'static str,
    cells: Cells,
) -> Result<u64, Failure> {
    Ok(bind(sqlx::query(text), cells).execute(connection).await?.rows_affected())
}

/// Returns what a statement gives; `table` is what its rows are of.
pub(crate) async fn rows<T>(
    executor: impl SqliteExecutor<'_>,
    (table, text): (&'static str, impl SqlSafeStr),
    cells: Cells,
    read: impl Fn(&Row<'_>) -> Result<T, Failure>,
) -> Result<Vec<T>, Failure> {
    let rows = bind(sqlx::query(text), cells).fetch_all(executor).await?;
    rows.iter().map(|row| read(&Row::of_sqlite(table, row))).collect()
}

/// Binds values: dates as text that sorts, JSON as the text that it is.
pub(super) fn bind(query: Query, cells: Cells) -> Query {
    cells.into_iter().fold(query, |query, cell| match cell {
        Cell::Text(text) => query.bind(text),
        Cell::Json(text) => query.bind(text),
        Cell::Date(date) => query.bind(date.map(instant_text)),
        Cell::Real(number) => query.bind(number),
        Cell::Whole(number) => query.bind(number),
        Cell::Flag(truth) => query.bind(truth),
    })
}
