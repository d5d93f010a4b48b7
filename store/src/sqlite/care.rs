//! What care of a store asks of SQLite: whether its pages are sound, and a copy of it.

use std::path::Path;

use sqlx::{Connection, SqliteConnection};

use super::connection::visit;
use super::files;
use super::place::Place;
use crate::error::Failure;

/// Returns what is wrong with the pages, the indexes and the references of a file, a line each, a hundred at most.
pub(crate) async fn faults(connection: &mut SqliteConnection) -> Result<Vec<String>, Failure> {
    let mut found: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check(100)").fetch_all(&mut *connection).await?;
    found.retain(|line| line != "ok");
    let dangling: Vec<(String, String, i64)> = sqlx::query_as(
        "SELECT \"table\", parent, count(*) FROM pragma_foreign_key_check GROUP BY \"table\", parent LIMIT 100",
    )
    .fetch_all(connection)
    .await?;
    found.extend(
        dangling.into_iter().map(|(table, parent, rows)| format!("`{table}` without their `{parent}`: {rows}")),
    );
    Ok(found)
}

/// Copies a store as of one moment. The name appears when the copy is whole and on the disk.
pub(crate) async fn back_up(place: &Place, target: &Path) -> Result<(), Failure> {
    let unfinished = Place::of(target)?.beside(".partial");
    files::remove(&unfinished).await?;
    let mut connection = visit(place).await?;
    let into = unfinished.to_string_lossy().into_owned();
    let copied = sqlx::query("VACUUM INTO ?1").bind(into).execute(&mut connection).await;
    connection.close().await?;
    copied?;
    files::finish(&unfinished, target).await
}
