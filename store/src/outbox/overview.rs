//! The outbox as people see it: read from the file beside a gateway that runs, or without one.

use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqliteRow};
use sqlx::{ConnectOptions, Connection, FromRow, Row, SqliteConnection};

use crate::error::{Failure, StoreError};
use crate::limits::{BUSY_TIMEOUT, PAGE_ROWS_MAX};
use crate::place::Place;

/// How many events are in which state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overview {
    /// The last event of the log; 0 before the first.
    pub last_seq: i64,
    /// The event up to which all are settled or refused.
    pub settled_seq: i64,
    /// How many wait to be published, without those that were refused.
    pub waiting: i64,
    /// When the oldest of these was recorded.
    pub oldest_waiting_at: Option<String>,
    /// How many were refused and are tried again.
    pub refused: i64,
    /// How many are not tried any more.
    pub quarantined: i64,
    /// How many were dropped by a limit, ever.
    pub dropped: i64,
    /// How many that were published are still in the log.
    pub kept: i64,
    /// When the broker last took one, to the batch.
    pub last_published_at: Option<String>,
}

/// What is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Not published yet, oldest first.
    Waiting,
    /// Refused, and tried again.
    Refused,
    /// Not tried any more.
    Quarantined,
}

/// An event that was not published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Its number.
    pub seq: i64,
    /// Its id.
    pub id: String,
    /// What happened.
    pub event_type: String,
    /// When it was recorded.
    pub recorded_at: String,
    /// How often it was refused.
    pub refusals: u32,
    /// What the broker said last.
    pub reason: Option<String>,
    /// When it was quarantined.
    pub quarantined_at: Option<String>,
}

impl Overview {
    /// Reads how the outbox of a gateway stands; none if the store is not that gateway's. Nothing is locked and nothing is
    /// written.
    pub async fn read(path: &Path, gateway_id: &str) -> Result<Option<Self>, StoreError> {
        look(path, async |connection| {
            let query = sqlx::query_as(include_str!("../sql/outbox/overview.sql"));
            Ok(query.bind(gateway_id.to_owned()).fetch_optional(connection).await?)
        })
        .await
    }
}

impl Shown {
    /// Reads the events in a state, at most so many and never more than [`PAGE_ROWS_MAX`]. Nothing is locked and nothing
    /// is written.
    pub async fn read(path: &Path, gateway_id: &str, state: State, rows_max: u32) -> Result<Vec<Self>, StoreError> {
        let text = match state {
            State::Waiting => include_str!("../sql/outbox/shown_waiting.sql"),
            State::Refused => include_str!("../sql/outbox/shown_refused.sql"),
            State::Quarantined => include_str!("../sql/outbox/shown_quarantined.sql"),
        };
        look(path, async |connection| {
            let query = sqlx::query_as(text).bind(gateway_id.to_owned()).bind(rows_max.min(PAGE_ROWS_MAX));
            Ok(query.fetch_all(connection).await?)
        })
        .await
    }
}

impl FromRow<'_, SqliteRow> for Overview {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        Ok(Self {
            last_seq: row.try_get("last_seq")?,
            settled_seq: row.try_get("settled_seq")?,
            waiting: row.try_get("waiting")?,
            oldest_waiting_at: row.try_get("oldest_waiting_at")?,
            refused: row.try_get("refused")?,
            quarantined: row.try_get("quarantined")?,
            dropped: row.try_get("dropped")?,
            kept: row.try_get("kept")?,
            last_published_at: row.try_get("last_published_at")?,
        })
    }
}

impl FromRow<'_, SqliteRow> for Shown {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        Ok(Self {
            seq: row.try_get("seq")?,
            id: row.try_get("id")?,
            event_type: row.try_get("event_type")?,
            recorded_at: row.try_get("recorded_at")?,
            refusals: row.try_get("refusals")?,
            reason: row.try_get("reason")?,
            quarantined_at: row.try_get("quarantined_at")?,
        })
    }
}

async fn look<T>(
    path: &Path,
    read: impl AsyncFnOnce(&mut SqliteConnection) -> Result<T, Failure>,
) -> Result<T, StoreError> {
    let place = Place::of(path)?;
    let looked = async {
        let options = SqliteConnectOptions::new().filename(place.database()).read_only(true).busy_timeout(BUSY_TIMEOUT);
        let mut connection = options.disable_statement_logging().connect().await?;
        let found = read(&mut connection).await;
        connection.close().await?;
        found
    };
    looked.await.map_err(|failure| place.error(failure))
}
