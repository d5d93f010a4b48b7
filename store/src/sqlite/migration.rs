//! The tables in a file: a copy is put beside it before a store of data is changed.

use sqlx::SqliteConnection;

use super::backup;
use super::place::Place;
use crate::error::Failure;
use crate::migration::{Step, Steps};

/// Every step from an empty file on.
const STEPS: &[Step] = &[
    (1, "ledger", include_str!("../../migrations/sqlite/0001_ledger.sql")),
    (2, "schedule", include_str!("../../migrations/sqlite/0002_schedule.sql")),
    (3, "restart", include_str!("../../migrations/sqlite/0003_restart.sql")),
    (4, "outbox", include_str!("../../migrations/sqlite/0004_outbox.sql")),
    (5, "jobs", include_str!("../../migrations/sqlite/0005_jobs.sql")),
    (6, "lean", include_str!("../../migrations/sqlite/0006_lean.sql")),
];

/// Brings the tables up to date, or refuses those of a newer program.
pub(super) async fn migrate(connection: &mut SqliteConnection, place: &Place) -> Result<(), Failure> {
    migrate_by(STEPS, connection, place).await
}

/// Makes the tables of an empty file.
pub(super) async fn take_all(connection: &mut SqliteConnection) -> Result<(), Failure> {
    take(STEPS, connection).await
}

async fn take(steps: &[Step], connection: &mut SqliteConnection) -> Result<(), Failure> {
    let steps = Steps::of(steps);
    steps.found(connection).await?;
    steps.take(connection).await
}

/// Refuses tables that are not those of this program.
pub(super) async fn expect(connection: &mut SqliteConnection) -> Result<(), Failure> {
    Steps::of(STEPS).expect(connection).await
}

async fn migrate_by(steps: &[Step], connection: &mut SqliteConnection, place: &Place) -> Result<(), Failure> {
    let steps = Steps::of(steps);
    let found = steps.found(connection).await?;
    if found != 0 && found < steps.known {
        let copy = backup::copy(connection, place, found).await?;
        tracing::info!(from = found, to = steps.known, copy = %copy.display(), "store is brought up to date");
    }
    steps.take(connection).await
}

#[cfg(test)]
mod tests {
    use sqlx::Connection;

    use super::super::connection::{Mark, create_or_open};
    use super::*;
    use crate::testing::{Directory, number, plainly};

    const FIRST: Step = (1, "first", "CREATE TABLE runs (name TEXT); INSERT INTO runs VALUES ('a');");

    async fn migrated(steps: &[Step], place: &Place) -> Result<(), Failure> {
        let mut connection = create_or_open(place, Mark::Ledger).await?;
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

    /// What a gateway of an older version left, by the version of its tables.
    const LEFT: [(i64, &str); 4] = [
        (
            1,
            "INSERT INTO gateways VALUES ('gw', 'd', 'd', 7, 8, 9, 5); \
             INSERT INTO locations (gateway_id, id, created_date, name, path) VALUES ('gw', 'l', 'd', 'Line', 'Line'); \
             INSERT INTO operations VALUES ('gw', 'o', 1, 'd', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'Filling', 1, \
                 'STATIC', NULL, 0, 0, NULL, 'NONE', 'KEEP_FIRST_GOOD_VALUE', 'STOP_PREVIOUS', 'RUNNING', NULL, \
                 'RISING_EDGE', 'RUNNING', 'STOPPED', NULL, 'FALLING_EDGE', 'MANUAL', 0, 0, NULL, NULL, 'l', 1, NULL, \
                 NULL, 0, 0, 0, 0, 'ARM', 0, 0, 'OPERATION', NULL);",
        ),
        (
            2,
            "INSERT INTO schedules (gateway_id, id, created_date, start_date, status, location_id, operation_id, priority) \
             VALUES ('gw', 's', 'd', 'd', 'IDLE', 'l', 'o', 'NORMAL');",
        ),
        (3, "INSERT INTO events VALUES ('gw', 5, 'e', 'gateway.started', 'd', 'd', '{}', NULL);"),
        (
            4,
            "INSERT INTO outbox (gateway_id, first_seq, last_seq, outcome, settled_at) VALUES ('gw', 1, 4, 'PUBLISHED', 'd');",
        ),
    ];

    #[tokio::test]
    async fn the_tables_of_every_older_version_are_brought_up_to_date() {
        for (index, (version, _)) in LEFT.iter().enumerate() {
            let directory = Directory::new();
            let place = Place::of(&directory.file("ledger.db")).unwrap();
            let mut connection = create_or_open(&place, Mark::Ledger).await.unwrap();
            for (before, (_, left)) in LEFT[..=index].iter().enumerate() {
                take(&STEPS[..=before], &mut connection).await.unwrap();
                sqlx::raw_sql(*left).execute(&mut connection).await.unwrap();
            }
            connection.close().await.unwrap();

            migrated(STEPS, &place).await.unwrap();
            assert_eq!(directory.names(), ["ledger.db".to_owned(), format!("ledger.db.version-{version}.bak")]);
            let mut connection = plainly(place.database()).await;
            let kept = "SELECT count(*) FROM gateways AS g JOIN operations AS o ON o.gateway_id = g.id \
                        WHERE g.last_event_seq = 5 AND o.restart_policy = 'RESUME' AND o.resume_within_seconds = 0";
            assert_eq!(number(&mut connection, kept).await, 1, "from version {version}");
            let entries = number(&mut connection, "SELECT count(*) FROM schedules").await;
            assert_eq!(entries, i64::from(*version >= 2), "from version {version}");
            let waiting = "SELECT count(*) FROM events AS e JOIN gateways AS g ON e.seq > g.outbox_seq";
            assert_eq!(number(&mut connection, waiting).await, i64::from(*version >= 3), "from version {version}");
        }
    }
}
