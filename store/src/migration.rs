//! The tables, version by version: forward only, a copy before a store of data is changed.

use std::borrow::Cow;

use sqlx::SqlSafeStr;
use sqlx::SqliteConnection;
use sqlx::migrate::{Migrate, Migration, MigrationType, Migrator};

use crate::backup;
use crate::error::Failure;
use crate::place::Place;

/// One step: the version that it leads to, its name, its text.
type Step = (i64, &'static str, &'static str);

/// Every step from an empty file on. A step that was ever released is never changed.
const STEPS: &[Step] = &[(1, "ledger", include_str!("../migrations/sqlite/0001_ledger.sql"))];

/// Brings the tables up to date, or refuses those of a newer program.
pub(crate) async fn migrate(connection: &mut SqliteConnection, place: &Place) -> Result<(), Failure> {
    migrate_by(STEPS, connection, place).await
}

async fn migrate_by(steps: &[Step], connection: &mut SqliteConnection, place: &Place) -> Result<(), Failure> {
    let migrator = Migrator::with_migrations(steps.iter().map(migration).collect());
    let known = steps.last().map_or(0, |step| step.0);
    let found = version(connection, &migrator).await?;
    if found > known {
        return Err(Failure::NewerStore { found, known });
    }
    if found != 0 && found < known {
        let copy = backup::copy(connection, place, found).await?;
        tracing::info!(from = found, to = known, copy = %copy.display(), "store is brought up to date");
    }
    Ok(migrator.run(connection).await?)
}

/// Returns the version of the tables that are there, 0 if there are none.
async fn version(connection: &mut SqliteConnection, migrator: &Migrator) -> Result<i64, Failure> {
    connection.ensure_migrations_table(&migrator.table_name).await?;
    let applied = connection.list_applied_migrations(&migrator.table_name).await?;
    Ok(applied.last().map_or(0, |last| last.version))
}

fn migration(&(version, name, text): &Step) -> Migration {
    Migration::new(version, Cow::Borrowed(name), MigrationType::Simple, text.into_sql_str(), false)
}
