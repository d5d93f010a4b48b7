//! What collectors keep, in a file.

use sqlx::SqliteConnection;

use super::backup;
use super::connection::{Mark, create_or_open, or_closed};
use super::place::Place;
use crate::collected::TAKEN_STEPS;
use crate::error::Failure;
use crate::migration::{Step, Steps};

const STEPS: &[Step] = &[(1, "collected", include_str!("../../migrations/sqlite/collected/0001_collected.sql"))];

/// Opens a file for a collector, making it or bringing its tables up to date.
pub(crate) async fn open_collected(place: &Place) -> Result<SqliteConnection, Failure> {
    place.prepare()?;
    let mut connection = create_or_open(place, Mark::Collected).await?;
    let migrated = migrate(&mut connection, place).await;
    or_closed(connection, migrated).await
}

async fn migrate(connection: &mut SqliteConnection, place: &Place) -> Result<(), Failure> {
    let steps = Steps::noted_in(TAKEN_STEPS, STEPS);
    let found = steps.found(connection).await?;
    if found != 0 && found < steps.known {
        let copy = backup::copy(connection, place, found).await?;
        tracing::info!(from = found, to = steps.known, copy = %copy.display(), "store is brought up to date");
    }
    steps.take(connection).await
}
