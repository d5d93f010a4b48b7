//! The minute copy: what the gateways of a ledger must know to go on, in a small ledger beside it, for the day on which
//! the large one is damaged.

use std::path::{Path, PathBuf};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};

use super::place::Place;
use super::statements::say;
use super::{files, migration};
use crate::error::{Failure, StoreError};
use crate::limits::{EVENTS_PASSED_OVER, SCANS_PASSED_OVER};

/// Has each of the two databases keep 256 KiB of its pages in memory meanwhile instead of the 2 MB that SQLite takes. Each
/// row is read once and written once, in its order, and the memory of a copy stays with the process.
const PAGES_IN_MEMORY: [&str; 2] = ["PRAGMA main.cache_size = -256", "PRAGMA ledger.cache_size = -256"];

/// Writes the minute copy of a ledger, beside everything else that happens to that.
#[derive(Clone, Debug)]
pub struct MinuteCopy(pub(crate) Place);

impl MinuteCopy {
    /// Writes what the gateways must know as of one moment, and replaces the copy by it: there is always a whole one.
    pub async fn write(self) -> Result<(), StoreError> {
        let finished = file(&self.0);
        let written = write(&self.0, &finished).await;
        written.map_err(|failure| StoreError { place: finished.display().to_string(), failure })
    }
}

/// Returns the file of the copy, `latchwork.db.minute` for example.
pub(super) fn file(place: &Place) -> PathBuf {
    place.beside(".minute")
}

async fn write(place: &Place, finished: &Path) -> Result<(), Failure> {
    let unfinished = place.beside(".minute.partial");
    files::remove(&unfinished).await?;
    // Nobody reads it before it is whole and synchronised: until then it need not survive anything.
    let options = SqliteConnectOptions::new().filename(&unfinished).create_if_missing(true);
    let options = options.pragma("journal_mode", "OFF").pragma("synchronous", "OFF").disable_statement_logging();
    let mut connection = options.connect().await?;
    let filled = fill(&mut connection, place).await;
    connection.close().await?;
    // A ledger that holds nothing yet must not replace the copy that it may still be made from.
    if filled? { files::finish(&unfinished, finished).await } else { files::remove(&unfinished).await }
}

/// Fills an empty file; returns whether there is anything to go on from.
async fn fill(connection: &mut SqliteConnection, place: &Place) -> Result<bool, Failure> {
    migration::take_all(connection).await?;
    let ledger = place.database().to_string_lossy().into_owned();
    sqlx::query("ATTACH DATABASE ?1 AS ledger").bind(ledger).execute(&mut *connection).await?;
    for words in PAGES_IN_MEMORY {
        say(connection, words).await?;
    }
    sqlx::raw_sql(include_str!("sql/minute_copy.sql")).execute(&mut *connection).await?;
    sqlx::query("DETACH DATABASE ledger").execute(&mut *connection).await?;
    let count = sqlx::query_scalar("SELECT count(*) FROM gateways WHERE last_scan_sequence IS NOT NULL");
    let begun: i64 = count.fetch_one(connection).await?;
    Ok(begun > 0)
}

/// Makes a ledger that begins where a minute copy was lead on from beyond what was lost since: neither the number of a
/// scan nor that of an event may be given twice. Events that nobody had been told of are lost with the log.
pub(super) async fn pass_over(connection: &mut SqliteConnection) -> Result<(), Failure> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    sqlx::query(include_str!("sql/drop_lost.sql")).execute(&mut *transaction).await?;
    sqlx::query(include_str!("sql/pass_over.sql"))
        .bind(EVENTS_PASSED_OVER)
        .bind(SCANS_PASSED_OVER)
        .execute(&mut *transaction)
        .await?;
    Ok(transaction.commit().await?)
}
