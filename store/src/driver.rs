//! What the errors of the system and of the driver mean to a ledger.

use std::io;

use sqlx::error::DatabaseError;
use sqlx::migrate::MigrateError;

use crate::error::Failure;

impl From<io::Error> for Failure {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the kinds of the system grow; what is not told apart is told in words"
    )]
    fn from(error: io::Error) -> Self {
        let reason = error.to_string();
        match error.kind() {
            io::ErrorKind::PermissionDenied => Self::NoPermission { reason },
            io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly,
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full,
            _ => Self::CannotOpen { reason },
        }
    }
}

impl From<sqlx::Error> for Failure {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the driver's errors grow; what is not told apart is told in words"
    )]
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(error) => of_database(&*error),
            sqlx::Error::Io(error) => error.into(),
            sqlx::Error::PoolTimedOut => Self::Busy,
            sqlx::Error::WorkerCrashed | sqlx::Error::PoolClosed => Self::Io { reason: error.to_string() },
            other => Self::Other { reason: other.to_string() },
        }
    }
}

fn of_database(error: &dyn DatabaseError) -> Failure {
    let code = error.code().and_then(|code| code.parse().ok());
    of_result_code(code.unwrap_or(1), error.message().to_owned())
}

impl From<MigrateError> for Failure {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the driver's errors grow; what is not told apart is told in words"
    )]
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::Execute(error) => error.into(),
            MigrateError::ExecuteMigration(error, version) => of_step(error.into(), version),
            MigrateError::VersionMismatch(version) => Self::AlteredSchema { version },
            other => Self::Migration { reason: other.to_string() },
        }
    }
}

/// Says in which step of the tables something went wrong that has no kind of its own.
fn of_step(failure: Failure, version: i64) -> Failure {
    if let Failure::Other { reason } = failure {
        return Failure::Migration { reason: format!("version {version}: {reason}") };
    }
    failure
}

/// Returns the failure for a result code of SQLite (<https://www.sqlite.org/rescode.html>): the
/// low byte is the kind, the rest is detail.
fn of_result_code(code: i32, reason: String) -> Failure {
    match code & 0xFF {
        3 | 23 => Failure::NoPermission { reason },
        5 | 6 => Failure::Busy,
        7 | 10 => Failure::Io { reason },
        8 => Failure::ReadOnly,
        11 => Failure::Corrupt { reason },
        13 => Failure::Full,
        14 => Failure::CannotOpen { reason },
        19 => Failure::Constraint { reason },
        26 => Failure::NotADatabase,
        _ => Failure::Other { reason: format!("{reason} (SQLite code {code})") },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_and_a_lock_may_pass_a_broken_rule_never() {
        let transient = |code| of_result_code(code, String::new()).is_transient();
        // FULL, BUSY, BUSY_SNAPSHOT, LOCKED, IOERR_FSYNC, CANTOPEN.
        for code in [13, 5, 517, 6, 1034, 14] {
            assert!(transient(code), "{code}");
        }
        // CONSTRAINT_UNIQUE, CORRUPT, NOTADB, READONLY_DBMOVED, ERROR.
        for code in [2067, 11, 26, 1032, 1] {
            assert!(!transient(code), "{code}");
        }
    }
}
