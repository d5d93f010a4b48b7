//! The tables on a server: a store of data is copied into a schema of its own before it is changed.

use sqlx::PgConnection;
use sqlx::migrate::Migrate;

use super::backup;
use crate::error::Failure;
use crate::migration::{Step, Steps};

/// Every step from an empty database on. The first leads to what the first three on SQLite lead to.
const STEPS: &[Step] = &[(3, "ledger", include_str!("../../migrations/postgres/0003_ledger.sql"))];

/// Brings the tables up to date, or refuses those of a newer program.
pub(super) async fn migrate(connection: &mut PgConnection) -> Result<(), Failure> {
    migrate_by(STEPS, connection).await
}

/// Refuses tables that became those of a newer program meanwhile: another gateway may have brought them up to date.
pub(super) async fn check(connection: &mut PgConnection) -> Result<(), Failure> {
    Steps::of(STEPS).found(connection).await?;
    Ok(())
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
