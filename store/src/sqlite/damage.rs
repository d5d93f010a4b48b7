//! A ledger that is damaged when it is opened: it is put aside, and another one takes its place.

use std::path::{Path, PathBuf};

use latchwork_expr::{Timestamp, instant_text};
use sqlx::SqliteConnection;

use super::connection::{Mark, create_or_open, or_closed};
use super::migration::migrate;
use super::place::Place;
use super::{files, minute};
use crate::error::Failure;

/// What became of a ledger that was damaged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replaced {
    /// Where the damaged one is now.
    pub kept: PathBuf,
    /// What the database said of it.
    pub reason: String,
    /// Whether the new one has what the gateways must know, as of some minute before; else it is empty.
    pub is_seeded: bool,
}

/// Opens the connection that writes, its tables up to date and its pages sound. A damaged ledger is put aside, never
/// thrown away: who starts a gateway again and again must not end there again and again.
pub(super) async fn open_sound(place: &Place, now: Timestamp) -> Result<(SqliteConnection, Option<Replaced>), Failure> {
    let reason = match open(place).await {
        Ok(connection) => return Ok((connection, None)),
        Err(Failure::Corrupt { reason }) => reason,
        // Without a minute copy beside it, it may be anybody's file.
        Err(Failure::NotADatabase) if minute::file(place).exists() => "it is no database any more".to_owned(),
        Err(failure) => return Err(failure),
    };
    let kept = put_aside(place, now).await?;
    let (connection, is_seeded) = begin_again(place).await?;
    tracing::error!(
        store = %place.database().display(), kept = %kept.display(), reason, is_seeded,
        "store was damaged: it was put aside and a new one begun; what was in it is only there"
    );
    Ok((connection, Some(Replaced { kept, reason, is_seeded })))
}

/// Has the pages looked through when the ledger is opened next, however it was closed.
pub(super) fn suspect(place: &Place) {
    if let Err(error) = std::fs::File::create(suspicion(place)) {
        tracing::error!(%error, "the next start will not look whether the store is damaged");
    }
}

async fn open(place: &Place) -> Result<SqliteConnection, Failure> {
    // A ledger that was closed has no log.
    let was_cut_off = std::fs::metadata(place.beside("-wal")).is_ok_and(|log| log.len() > 0);
    let must_look = was_cut_off || suspicion(place).exists();
    let mut connection = create_or_open(place, Mark::Ledger).await?;
    let prepared = prepare(&mut connection, place, must_look).await;
    or_closed(connection, prepared).await
}

async fn prepare(connection: &mut SqliteConnection, place: &Place, must_look: bool) -> Result<(), Failure> {
    if must_look {
        look_through(connection).await?;
        files::remove(&suspicion(place)).await?;
    }
    migrate(connection, place).await
}

/// Looks through all pages for what cannot be.
pub(super) async fn look_through(connection: &mut SqliteConnection) -> Result<(), Failure> {
    let found: String = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(connection).await?;
    if found == "ok" { Ok(()) } else { Err(Failure::Corrupt { reason: found }) }
}

/// Gives the files of a ledger other names, which say when that was.
async fn put_aside(place: &Place, now: Timestamp) -> Result<PathBuf, Failure> {
    let stamp: String = instant_text(now).chars().filter(char::is_ascii_alphanumeric).collect();
    let kept = place.beside(&format!(".damaged-{stamp}"));
    for ending in ["", "-wal", "-shm"] {
        files::rename_if_there(&place.beside(ending), &with_ending(&kept, ending)).await?;
    }
    files::synchronise_directory(&kept).await?;
    Ok(kept)
}

/// Opens a ledger made from the minute copy, or an empty one where that is missing or damaged too.
async fn begin_again(place: &Place) -> Result<(SqliteConnection, bool), Failure> {
    let copy = minute::file(place);
    if copy.exists() {
        let unfinished = place.beside(".partial");
        tokio::fs::copy(&copy, &unfinished).await?;
        files::finish(&unfinished, place.database()).await?;
        match open(place).await {
            Ok(mut connection) => {
                minute::pass_over(&mut connection).await?;
                return Ok((connection, true));
            }
            Err(failure) => {
                tracing::error!(copy = %copy.display(), %failure, "minute copy cannot be used");
                files::remove(place.database()).await?;
            }
        }
    }
    Ok((open(place).await?, false))
}

fn suspicion(place: &Place) -> PathBuf {
    place.beside(".suspect")
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}
