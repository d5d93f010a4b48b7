//! What the errors of the system and of the driver mean to a ledger.

use std::io;

use sqlx::error::DatabaseError;
use sqlx::migrate::MigrateError;
use sqlx::postgres::PgDatabaseError;

use crate::error::Failure;
use crate::{postgres, sqlite};

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
            // A line that breaks, not a file that is not there.
            io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::UnexpectedEof
            | io::ErrorKind::TimedOut => Self::Io { reason },
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
            sqlx::Error::WorkerCrashed | sqlx::Error::PoolClosed | sqlx::Error::Protocol(_) => {
                Self::Io { reason: error.to_string() }
            }
            sqlx::Error::Tls(_) => Self::CannotOpen { reason: error.to_string() },
            other => Self::Other { reason: other.to_string() },
        }
    }
}

fn of_database(error: &dyn DatabaseError) -> Failure {
    let (code, reason) = (error.code().unwrap_or_default(), error.message().to_owned());
    if error.try_downcast_ref::<PgDatabaseError>().is_some() {
        postgres::of_state(&code, reason)
    } else {
        sqlite::of_result_code(code.parse().unwrap_or(1), reason)
    }
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
