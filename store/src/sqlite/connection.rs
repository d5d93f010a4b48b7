//! Connections: their settings, set and read back, and who made the file.

use sqlx::pool::PoolOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection, SqlitePool};

use super::migration::expect;
use super::place::Place;
use crate::error::Failure;
use crate::limits::{BUSY_TIMEOUT, READER_IDLE, READER_WAIT, READERS_MAX, WAL_BYTES_KEPT};

/// The oldest SQLite whose write-ahead log can be trusted: older ones have the WAL-reset bug.
const SQLITE_NEEDED: [u32; 3] = [3, 51, 3];
const SQLITE_NEEDED_TEXT: &str = "3.51.3";

/// What tells our files from those of others, and from one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    /// A gateway's ledger: `LWCH`.
    Ledger,
    /// What collectors keep: `LWCO`.
    Collected,
}

impl Mark {
    const fn application_id(self) -> i64 {
        match self {
            Self::Ledger => 0x4C57_4348,
            Self::Collected => 0x4C57_434F,
        }
    }

    const fn pragma(self) -> &'static str {
        match self {
            Self::Ledger => "PRAGMA application_id = 0x4C574348",
            Self::Collected => "PRAGMA application_id = 0x4C57434F",
        }
    }

    /// Returns why a file with another mark is refused.
    const fn refusal(self, found: i64) -> Failure {
        match self {
            Self::Ledger if found == Self::Collected.application_id() => Failure::HoldsCollected,
            Self::Collected if found == Self::Ledger.application_id() => Failure::HoldsLedger,
            Self::Ledger | Self::Collected => Failure::Foreign,
        }
    }
}

/// A setting without which a commit would not mean what it says.
struct Setting {
    name: &'static str,
    wanted: &'static str,
    set: &'static str,
    read: &'static str,
}

/// Full synchronisation, because NORMAL loses acknowledged commits at a power cut; the full flushes are
/// for systems whose `fsync` leaves data in the drive (macOS), elsewhere they change nothing.
const SETTINGS: [Setting; 5] = [
    Setting {
        name: "journal_mode",
        wanted: "wal",
        set: "PRAGMA journal_mode = WAL",
        read: "SELECT journal_mode FROM pragma_journal_mode",
    },
    Setting {
        name: "synchronous",
        wanted: "2",
        set: "PRAGMA synchronous = FULL",
        read: "SELECT CAST(synchronous AS TEXT) FROM pragma_synchronous",
    },
    Setting {
        name: "fullfsync",
        wanted: "1",
        set: "PRAGMA fullfsync = ON",
        read: "SELECT CAST(fullfsync AS TEXT) FROM pragma_fullfsync",
    },
    Setting {
        name: "checkpoint_fullfsync",
        wanted: "1",
        set: "PRAGMA checkpoint_fullfsync = ON",
        read: "SELECT CAST(checkpoint_fullfsync AS TEXT) FROM pragma_checkpoint_fullfsync",
    },
    Setting {
        name: "foreign_keys",
        wanted: "1",
        set: "PRAGMA foreign_keys = ON",
        read: "SELECT CAST(foreign_keys AS TEXT) FROM pragma_foreign_keys",
    },
];

/// Opens the connection that writes, making the file if there is none.
pub(crate) async fn create_or_open(place: &Place, mark: Mark) -> Result<SqliteConnection, Failure> {
    let mut connection = options(place).create_if_missing(true).connect().await?;
    let begun = begin(&mut connection, mark).await;
    or_closed(connection, begun).await
}

async fn begin(connection: &mut SqliteConnection, mark: Mark) -> Result<(), Failure> {
    check_version(&sqlx::query_scalar::<_, String>("SELECT sqlite_version()").fetch_one(&mut *connection).await?)?;
    claim(connection, mark).await?;
    settle(connection).await
}

/// Returns a connection of which all that was asked was done. Another one is closed for good: as long as it is not, its
/// files are not to be moved.
pub(super) async fn or_closed(
    connection: SqliteConnection,
    outcome: Result<(), Failure>,
) -> Result<SqliteConnection, Failure> {
    match outcome {
        Ok(()) => Ok(connection),
        Err(failure) => {
            connection.close().await?;
            Err(failure)
        }
    }
}

/// Opens a connection that only reads: nothing is locked and nothing is written.
pub(crate) async fn look(place: &Place) -> Result<SqliteConnection, Failure> {
    Ok(options(place).read_only(true).connect().await?)
}

/// Opens a connection beside the one that writes, to a ledger of ours that is there.
pub(crate) async fn visit(place: &Place) -> Result<SqliteConnection, Failure> {
    let mut connection = options(place).connect().await?;
    let looked = async {
        let mark: i64 =
            sqlx::query_scalar("SELECT application_id FROM pragma_application_id").fetch_one(&mut connection).await?;
        if mark != Mark::Ledger.application_id() {
            return Err(Mark::Ledger.refusal(mark));
        }
        settle(&mut connection).await?;
        expect(&mut connection).await
    };
    let looked = looked.await;
    or_closed(connection, looked).await
}

/// Opens the connection that writes anew. A file that is gone meanwhile is not made again: an empty
/// ledger would hide that the old one is lost.
pub(crate) async fn reopen(place: &Place) -> Result<SqliteConnection, Failure> {
    let mut connection = options(place).connect().await?;
    settle(&mut connection).await?;
    Ok(connection)
}

/// Returns the connections that read; none is opened before it is needed.
pub(crate) fn readers(place: &Place) -> SqlitePool {
    PoolOptions::new()
        .max_connections(READERS_MAX)
        .acquire_timeout(READER_WAIT)
        .idle_timeout(READER_IDLE)
        .connect_lazy_with(options(place).read_only(true))
}

/// Takes the write-ahead log into the database and closes: the file alone is then the whole ledger.
pub(crate) async fn close(mut connection: SqliteConnection) -> Result<(), Failure> {
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut connection).await?;
    Ok(connection.close().await?)
}

fn options(place: &Place) -> SqliteConnectOptions {
    SqliteConnectOptions::new().filename(place.database()).busy_timeout(BUSY_TIMEOUT).disable_statement_logging()
}

fn check_version(found: &str) -> Result<(), Failure> {
    let parts: Vec<u32> = found.split('.').map_while(|part| part.parse().ok()).collect();
    if parts.as_slice() < SQLITE_NEEDED.as_slice() {
        return Err(Failure::TooOldSqlite { found: found.to_owned(), needed: SQLITE_NEEDED_TEXT });
    }
    Ok(())
}

/// Puts our mark on an empty file, and refuses that of another program, before anything is changed.
async fn claim(connection: &mut SqliteConnection, mark: Mark) -> Result<(), Failure> {
    let found: i64 =
        sqlx::query_scalar("SELECT application_id FROM pragma_application_id").fetch_one(&mut *connection).await?;
    if found == mark.application_id() {
        return Ok(());
    }
    let tables: i64 = sqlx::query_scalar("SELECT count(*) FROM sqlite_schema").fetch_one(&mut *connection).await?;
    if found != 0 || tables != 0 {
        return Err(mark.refusal(found));
    }
    sqlx::query(mark.pragma()).execute(connection).await?;
    Ok(())
}

/// Makes every setting and reads it back: SQLite does not say when it does not take one.
async fn settle(connection: &mut SqliteConnection) -> Result<(), Failure> {
    for Setting { name, wanted, set, read } in SETTINGS {
        sqlx::query(set).execute(&mut *connection).await?;
        let found: String = sqlx::query_scalar(read).fetch_one(&mut *connection).await?;
        if found != wanted {
            return Err(Failure::Setting { name, wanted, found });
        }
    }
    // These only save space and time: nothing depends on them. The log is taken over into the database when it has 16 MB,
    // four times as late as usual: pages that are written again and again are then taken over once. What a statement of
    // many rows would undo is else written to a file of its own, each time.
    const { assert!(WAL_BYTES_KEPT == 67_108_864) };
    sqlx::query("PRAGMA journal_size_limit = 67108864").execute(&mut *connection).await?;
    sqlx::query("PRAGMA wal_autocheckpoint = 4000").execute(&mut *connection).await?;
    sqlx::query("PRAGMA temp_store = MEMORY").execute(connection).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Directory;

    #[test]
    fn only_versions_without_the_wal_reset_bug_will_do() {
        for good in ["3.51.3", "3.52.0", "3.100.1", "4.0.0"] {
            assert!(check_version(good).is_ok(), "{good}");
        }
        for bad in ["3.51.2", "3.9.9", "3.51", "2.99.99", "?"] {
            let error = check_version(bad).unwrap_err();
            assert!(matches!(&error, Failure::TooOldSqlite { found, needed: "3.51.3" } if found == bad), "{error:?}");
        }
    }

    #[tokio::test]
    async fn the_bundled_sqlite_will_do_and_keeps_what_it_is_told() {
        let directory = Directory::new();
        let place = Place::of(&directory.file("ledger.db")).unwrap();
        let mut connection = create_or_open(&place, Mark::Ledger).await.unwrap();
        for Setting { name, wanted, read, .. } in SETTINGS {
            let found: String = sqlx::query_scalar(read).fetch_one(&mut connection).await.unwrap();
            assert_eq!(found, wanted, "{name}");
        }
        let timeout: i64 = sqlx::query_scalar("PRAGMA busy_timeout").fetch_one(&mut connection).await.unwrap();
        assert_eq!(timeout, 2000);
        connection.close().await.unwrap();
    }

    #[tokio::test]
    async fn a_setting_that_is_not_taken_is_refused() {
        // A database in memory has no write-ahead log: SQLite keeps `memory` without a word.
        let mut connection = SqliteConnectOptions::new().in_memory(true).connect().await.unwrap();
        let error = settle(&mut connection).await.unwrap_err();
        assert_eq!(error.to_string(), "`journal_mode` is `memory` and cannot be set to `wal`");
    }

    #[tokio::test]
    async fn a_database_of_another_program_is_left_as_it_is() {
        let directory = Directory::new();
        let place = Place::of(&directory.file("other.db")).unwrap();
        let mut connection = options(&place).create_if_missing(true).connect().await.unwrap();
        sqlx::query("CREATE TABLE theirs (a TEXT)").execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        let before = std::fs::read(place.database()).unwrap();
        assert!(matches!(create_or_open(&place, Mark::Ledger).await, Err(Failure::Foreign)));
        assert_eq!(std::fs::read(place.database()).unwrap(), before);
    }
}
