//! An open store: one connection that writes, some that read.

use std::sync::Arc;

use latchwork_engine::{Fetched, Plant};
use latchwork_expr::{Timestamp, instant_text};
use sqlx::{SqliteConnection, SqlitePool};
use tokio::sync::{Mutex, MutexGuard};
use ulid::Ulid;

use crate::commit::commit;
use crate::connection;
use crate::error::{Failure, StoreError};
use crate::family::fetch;
use crate::limits::PAGE_ROWS_MAX;
use crate::load::{Loaded, load};
use crate::lock::InstanceLock;
use crate::migration::migrate;
use crate::mirror::mirror;
use crate::options::Options;
use crate::place::Place;
use crate::stored::{StoredEvent, StoredRecord};
use crate::turn::{Commit, Turn};

/// A gateway's open store.
#[derive(Debug)]
pub struct Store {
    place: Place,
    pub(crate) gateway_id: Arc<str>,
    /// The connection that writes, unless the last one failed: then the next call opens another.
    pub(crate) writer: Mutex<Option<SqliteConnection>>,
    pub(crate) readers: SqlitePool,
    /// Given back last: fields are dropped in this order.
    _lock: InstanceLock,
}

impl Store {
    /// Opens a store for one gateway, making it or bringing its tables up to date.
    ///
    /// # Errors
    /// Refuses a store that another instance writes, that a newer program made, that another program
    /// made, or that cannot be written durably.
    pub async fn open(options: &Options) -> Result<Self, StoreError> {
        let place = Place::of(&options.path)?;
        let gateway_id = Arc::from(options.gateway_id.as_str());
        let opened = open(&place, &gateway_id, options.opened_at).await;
        let (lock, writer) = opened.map_err(|failure| place.error(failure))?;
        let readers = connection::readers(&place);
        Ok(Self { place, gateway_id, writer: Mutex::new(Some(writer)), readers, _lock: lock })
    }

    /// Brings operations and locations to what the configuration says, and adds its orders that are
    /// not there: an order that is there wins.
    pub async fn mirror(&self, plant: &Plant, at: Timestamp) -> Result<(), StoreError> {
        self.check_gateway(plant);
        let mut slot = self.writer.lock().await;
        let mut writer = self.take(&mut slot).await?;
        let mirrored = mirror(&mut writer, &self.gateway_id, plant, at).await;
        self.give_back(slot, writer, mirrored).await
    }

    /// Returns what the gateway needs to go on where it was.
    pub async fn load(&self, plant: &Plant) -> Result<Loaded, StoreError> {
        let mut slot = self.writer.lock().await;
        let mut writer = self.take(&mut slot).await?;
        let loaded = load(&mut writer, &self.gateway_id, plant).await;
        self.give_back(slot, writer, loaded).await
    }

    /// Commits a turn: from its return on it survives a power cut.
    ///
    /// A turn whose commit failed, or whose outcome nobody learned, is given again as it was: it is
    /// there once, whatever happened. Turns come in the order of their scans.
    ///
    /// # Panics
    /// Panics when the turn is another gateway's, or has not one body for each event.
    pub async fn commit(&self, turn: &Turn<'_>) -> Result<Commit, StoreError> {
        self.check_gateway(turn.plant);
        let mut slot = self.writer.lock().await;
        let mut writer = self.take(&mut slot).await?;
        let committed = commit(&mut writer, &self.gateway_id, turn).await;
        self.give_back(slot, writer, committed).await
    }

    /// Returns records by id, that is by their start, after this one ("" for the first), at most so
    /// many and never more than [`PAGE_ROWS_MAX`].
    pub async fn records(&self, after: &str, rows_max: u32) -> Result<Vec<StoredRecord>, StoreError> {
        let query = sqlx::query_as(include_str!("sql/records.sql")).bind(self.gateway_id.clone());
        let query = query.bind(after.to_owned()).bind(rows_max.min(PAGE_ROWS_MAX));
        self.read(query.fetch_all(&self.readers).await)
    }

    /// Returns the records that are open, by id.
    pub async fn open_records(&self) -> Result<Vec<StoredRecord>, StoreError> {
        let query = sqlx::query_as(include_str!("sql/open_records.sql")).bind(self.gateway_id.clone());
        self.read(query.fetch_all(&self.readers).await)
    }

    /// Returns how many records there are.
    pub async fn count_records(&self) -> Result<u64, StoreError> {
        let query = sqlx::query_scalar("SELECT count(*) FROM operation_records WHERE gateway_id = ?1");
        let count: i64 = self.read(query.bind(self.gateway_id.clone()).fetch_one(&self.readers).await)?;
        Ok(count.cast_unsigned())
    }

    /// Returns what a command needs to know: a record with those below it, and the orders that they or the command name.
    pub async fn fetch(&self, record: Option<Ulid>, order: Option<&str>) -> Result<Fetched, StoreError> {
        let fetched = fetch(&self.readers, &self.gateway_id, record, order).await;
        fetched.map_err(|failure| self.place.error(failure))
    }

    /// Returns events in order, after this number (0 for the first), at most so many and never more
    /// than [`PAGE_ROWS_MAX`].
    pub async fn events(&self, after_seq: u64, rows_max: u32) -> Result<Vec<StoredEvent>, StoreError> {
        let query = sqlx::query_as(include_str!("sql/events.sql")).bind(self.gateway_id.clone());
        let query = query.bind(after_seq.cast_signed()).bind(rows_max.min(PAGE_ROWS_MAX));
        self.read(query.fetch_all(&self.readers).await)
    }

    /// Closes the store; the database file alone is then the whole ledger. A store that is dropped
    /// instead loses nothing that was committed.
    pub async fn close(self) -> Result<(), StoreError> {
        self.readers.close().await;
        let closed = match self.writer.into_inner() {
            Some(writer) => connection::close(writer).await,
            None => Ok(()),
        };
        closed.map_err(|failure| self.place.error(failure))
    }

    /// Takes the connection that writes, or opens another.
    pub(crate) async fn take(
        &self,
        slot: &mut MutexGuard<'_, Option<SqliteConnection>>,
    ) -> Result<SqliteConnection, StoreError> {
        match slot.take() {
            Some(writer) => Ok(writer),
            None => connection::reopen(&self.place).await.map_err(|failure| self.place.error(failure)),
        }
    }

    /// Puts the connection back if it did what was asked. One that failed, and one whose caller went
    /// away in the middle, is never used again: closing it undoes its transaction whatever state that
    /// is in, while the driver loses count when SQLite has undone it by itself (a full disk).
    pub(crate) async fn give_back<T>(
        &self,
        mut slot: MutexGuard<'_, Option<SqliteConnection>>,
        writer: SqliteConnection,
        outcome: Result<T, Failure>,
    ) -> Result<T, StoreError> {
        if outcome.is_ok() {
            *slot = Some(writer);
        } else if let Err(error) = sqlx::Connection::close(writer).await {
            tracing::debug!(%error, "a failed connection did not close");
        }
        outcome.map_err(|failure| self.place.error(failure))
    }

    pub(crate) fn read<T>(&self, outcome: sqlx::Result<T>) -> Result<T, StoreError> {
        outcome.map_err(|error| self.place.error(error.into()))
    }

    fn check_gateway(&self, plant: &Plant) {
        assert_eq!(plant.gateway_id, *self.gateway_id, "a store is opened for one gateway");
    }
}

async fn open(
    place: &Place,
    gateway_id: &Arc<str>,
    now: Timestamp,
) -> Result<(InstanceLock, SqliteConnection), Failure> {
    place.prepare()?;
    let lock = InstanceLock::take(place, now)?;
    let mut writer = connection::create_or_open(place).await?;
    migrate(&mut writer, place).await?;
    sqlx::query(include_str!("sql/put_gateway.sql"))
        .bind(gateway_id.clone())
        .bind(instant_text(now))
        .execute(&mut writer)
        .await?;
    Ok((lock, writer))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Directory, OwnTurn, opened, plant};
    use crate::turn::RetainedRow;

    #[tokio::test]
    async fn a_full_disk_passes_when_there_is_room_again() {
        let directory = Directory::new();
        let store = opened(&directory.file("ledger.db"), &plant()).await;
        // The connection that writes finds no room: SQLite then undoes the transaction by itself.
        let mut slot = store.writer.lock().await;
        sqlx::query("PRAGMA max_page_count = 1").execute(slot.as_mut().unwrap()).await.unwrap();
        drop(slot);
        let mut turn = OwnTurn::new(1);
        turn.retained.push(RetainedRow { key: "large".to_owned(), value: "x".repeat(1_000_000) });
        let error = store.commit(&turn.turn()).await.unwrap_err();
        assert!(matches!(error.failure, Failure::Full) && error.is_transient(), "{error}");
        assert_eq!(store.commit(&turn.turn()).await.unwrap(), Commit::Written);
        assert_eq!(store.load(&plant()).await.unwrap().retained, turn.retained);
    }
}
