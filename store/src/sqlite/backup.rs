//! A copy of a store beside it, before its tables are changed.

use std::path::PathBuf;

use sqlx::SqliteConnection;

use super::files;
use super::place::Place;
use crate::error::Failure;

/// Copies the store as it is and returns the copy, `latchwork.db.version-1.bak` for example. The name
/// only appears when the copy is whole and on the disk; an older copy of that version gives way.
pub(crate) async fn copy(connection: &mut SqliteConnection, place: &Place, version: i64) -> Result<PathBuf, Failure> {
    let finished = place.beside(&format!(".version-{version}.bak"));
    let unfinished = place.beside(&format!(".version-{version}.bak.partial"));
    files::remove(&unfinished).await?;
    let target = unfinished.to_string_lossy().into_owned();
    sqlx::query("VACUUM INTO ?1").bind(target).execute(connection).await?;
    // SQLite does not synchronise what VACUUM INTO writes.
    files::finish(&unfinished, &finished).await?;
    Ok(finished)
}
