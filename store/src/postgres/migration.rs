//! The tables on a server: a store of data is copied into a schema of its own before it is changed.

use sqlx::PgConnection;
use sqlx::migrate::Migrate;

use super::backup;
use crate::error::Failure;
use crate::migration::{Step, Steps};

/// Every step from an empty database on. The first leads to what the first three on SQLite lead to.
const STEPS: &[Step] = &[
    (3, "ledger", include_str!("../../migrations/postgres/0003_ledger.sql")),
    (4, "outbox", include_str!("../../migrations/postgres/0004_outbox.sql")),
    (5, "jobs", include_str!("../../migrations/postgres/0005_jobs.sql")),
    (6, "lean", include_str!("../../migrations/postgres/0006_lean.sql")),
    (7, "vouched", include_str!("../../migrations/postgres/0007_vouched.sql")),
];

/// Brings the tables up to date, or refuses those of a newer program.
pub(super) async fn migrate(connection: &mut PgConnection) -> Result<(), Failure> {
    migrate_by(STEPS, connection).await
}

/// Refuses tables that are not those of this program: another gateway may have brought them up to date meanwhile.
pub(super) async fn expect(connection: &mut PgConnection) -> Result<(), Failure> {
    Steps::of(STEPS).expect(connection).await
}

async fn migrate_by(steps: &[Step], connection: &mut PgConnection) -> Result<(), Failure> {
    // Several gateways may begin at once.
    connection.lock().await?;
    let steps = Steps::of(steps);
    let found = steps.found(connection).await?;
    if found != 0 && found < steps.known {
        let copy = backup::copy(connection, found).await?;
        tracing::info!(from = found, to = steps.known, copy, "store is brought up to date");
    }
    steps.take(connection).await?;
    Ok(connection.unlock().await?)
}

#[cfg(test)]
mod tests {
    use latchwork_cluster::Cluster;
    use sqlx::Connection;

    use super::*;

    const FIRST: Step = (1, "first", "CREATE TABLE gateways (id TEXT); INSERT INTO gateways VALUES ('gw');");

    async fn number(connection: &mut PgConnection, query: &'static str) -> i64 {
        sqlx::query_scalar(query).fetch_one(connection).await.unwrap()
    }

    #[tokio::test]
    async fn a_store_is_copied_before_its_tables_change() {
        let mut connection = PgConnection::connect(&Cluster::shared().database()).await.unwrap();
        migrate_by(&[FIRST], &mut connection).await.unwrap();
        let schemas = "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'latchwork%'";
        assert_eq!(number(&mut connection, schemas).await, 0, "an empty database needs no copy");
        let second = (2, "second", "ALTER TABLE gateways ADD COLUMN notes TEXT; DELETE FROM gateways;");
        for _ in 0..2 {
            migrate_by(&[FIRST, second], &mut connection).await.unwrap();
        }
        assert_eq!(number(&mut connection, "SELECT count(notes) FROM gateways").await, 0);
        assert_eq!(number(&mut connection, "SELECT count(*) FROM latchwork_version_1.gateways").await, 1);
        assert_eq!(number(&mut connection, "SELECT count(*) FROM latchwork_version_1._sqlx_migrations").await, 1);
        assert_eq!(number(&mut connection, schemas).await, 1);
    }

    #[tokio::test]
    async fn the_tables_of_every_older_version_are_brought_up_to_date() {
        let mut connection = PgConnection::connect(&Cluster::shared().database()).await.unwrap();
        migrate_by(&STEPS[..1], &mut connection).await.unwrap();
        let left = "INSERT INTO gateways VALUES ('gw', now(), now(), 7, 8, 9, 5); \
                    INSERT INTO events VALUES ('gw', 5, 'e', 'gateway.started', now(), now(), '{}', NULL);";
        sqlx::raw_sql(left).execute(&mut connection).await.unwrap();
        migrate(&mut connection).await.unwrap();
        let waiting = "SELECT count(*) FROM events AS e JOIN gateways AS g ON e.seq > g.outbox_seq";
        assert_eq!(number(&mut connection, waiting).await, 1);
        assert_eq!(number(&mut connection, "SELECT count(*) FROM latchwork_version_3.events").await, 1);
        expect(&mut connection).await.unwrap();
    }

    #[tokio::test]
    async fn a_step_that_fails_changes_nothing_and_a_newer_store_is_refused() {
        let url = Cluster::shared().database();
        let mut connection = PgConnection::connect(&url).await.unwrap();
        migrate_by(&[FIRST], &mut connection).await.unwrap();
        let broken = (2, "broken", "DELETE FROM gateways; INSERT INTO nowhere VALUES (1);");
        let error = migrate_by(&[FIRST, broken], &mut connection).await.unwrap_err();
        let told =
            "its tables cannot be brought up to date: version 2: relation \"nowhere\" does not exist (SQL state 42P01)";
        assert_eq!(error.to_string(), told);
        connection.close().await.unwrap();
        let mut connection = PgConnection::connect(&url).await.unwrap();
        assert_eq!(number(&mut connection, "SELECT count(*) FROM gateways").await, 1);
        let second = (2, "second", "DELETE FROM gateways;");
        migrate_by(&[FIRST, second], &mut connection).await.unwrap();
        let error = migrate_by(&[FIRST], &mut connection).await.unwrap_err();
        assert!(matches!(error, Failure::NewerStore { found: 2, known: 1 }), "{error}");
    }
}
