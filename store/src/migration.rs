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
const STEPS: &[Step] = &[
    (1, "ledger", include_str!("../migrations/sqlite/0001_ledger.sql")),
    (2, "schedule", include_str!("../migrations/sqlite/0002_schedule.sql")),
    (3, "restart", include_str!("../migrations/sqlite/0003_restart.sql")),
    (4, "outbox", include_str!("../migrations/sqlite/0004_outbox.sql")),
];

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

#[cfg(test)]
mod tests {
    use sqlx::Connection;

    use super::*;
    use crate::connection::create_or_open;
    use crate::testing::{Directory, number, plainly};

    const FIRST: Step = (1, "first", "CREATE TABLE runs (name TEXT); INSERT INTO runs VALUES ('a');");

    async fn migrated(steps: &[Step], place: &Place) -> Result<(), Failure> {
        let mut connection = create_or_open(place).await?;
        let outcome = migrate_by(steps, &mut connection, place).await;
        connection.close().await?;
        outcome
    }

    #[tokio::test]
    async fn a_store_is_copied_before_its_tables_change() {
        let directory = Directory::new();
        let place = Place::of(&directory.file("ledger.db")).unwrap();
        migrated(&[FIRST], &place).await.unwrap();
        assert_eq!(directory.names(), ["ledger.db"], "an empty file needs no copy");
        let second = (2, "second", "ALTER TABLE runs ADD COLUMN notes TEXT; DELETE FROM runs;");
        migrated(&[FIRST, second], &place).await.unwrap();
        migrated(&[FIRST, second], &place).await.unwrap();
        assert_eq!(directory.names(), ["ledger.db", "ledger.db.version-1.bak"]);
        assert_eq!(number(&mut plainly(place.database()).await, "SELECT count(notes) FROM runs").await, 0);
        let mut copy = plainly(&directory.file("ledger.db.version-1.bak")).await;
        assert_eq!(number(&mut copy, "SELECT count(*) FROM runs WHERE name = 'a'").await, 1);
    }

    #[tokio::test]
    async fn a_step_that_fails_changes_nothing() {
        let directory = Directory::new();
        let place = Place::of(&directory.file("ledger.db")).unwrap();
        migrated(&[FIRST], &place).await.unwrap();
        let broken = (2, "broken", "DELETE FROM runs; INSERT INTO nowhere VALUES (1);");
        let error = migrated(&[FIRST, broken], &place).await.unwrap_err();
        let told = "its tables cannot be brought up to date: version 2: no such table: nowhere (SQLite code 1)";
        assert_eq!(error.to_string(), told);
        migrated(&[FIRST], &place).await.unwrap();
        assert_eq!(number(&mut plainly(place.database()).await, "SELECT count(*) FROM runs").await, 1);
    }
}
