//! An open store: one connection that writes, some that read.

use std::sync::Arc;

use latchwork_engine::{Fetched, Plant};
use latchwork_expr::Timestamp;
use tokio::sync::{Mutex, MutexGuard};

use crate::backend::{self, Backend};
use crate::care::Care;
use crate::cell::Cells;
use crate::commit::commit;
use crate::error::{Failure, StoreError};
use crate::family::{Lookup, fetch};
use crate::jobs::drives_jobs;
use crate::limits::PAGE_ROWS_MAX;
use crate::load::{Loaded, load};
use crate::mirror::mirror;
use crate::options::{Options, Place};
use crate::owner::Owner;
use crate::position::Position;
use crate::session::{Readers, Session};
use crate::sqlite::{MinuteCopy, Replaced};
use crate::statement::{Statement, statement};
use crate::stored::{StoredEvent, StoredRecord};
use crate::turn::{Commit, Committed, Turn};

static PUT_GATEWAY: Statement = statement!("put_gateway", "gateways");
static RECORDS: Statement = statement!("records", "operation_records");
static OPEN_RECORDS: Statement = statement!("open_records", "operation_records");
static COUNT_RECORDS: Statement = statement!("count_records", "operation_records");
static EVENTS: Statement = statement!("events", "events");

/// A gateway's open store.
#[derive(Debug)]
pub struct Store {
    place: Place,
    pub(crate) owner: Owner,
    /// The connection that writes, unless the last one failed: then the next call opens another.
    pub(crate) writer: Mutex<Option<Session>>,
    /// Where the ledger stands, as long as every commit through that connection came back.
    known: std::sync::Mutex<Option<Position>>,
    pub(crate) readers: Readers,
    /// Given back last: fields are dropped in this order.
    pub(crate) backend: Backend,
}

impl Store {
    /// Opens a store for one gateway, making it or bringing its tables up to date.
    ///
    /// # Errors
    /// Refuses a store that another instance writes, that a newer program made, that another program
    /// made, or that cannot be written durably.
    pub async fn open(options: &Options) -> Result<Self, StoreError> {
        let place = options.place.clone();
        let owner = Owner { gateway_id: Arc::from(options.gateway_id.as_str()), started: options.opened_at };
        let opened = Box::pin(open(&place, &owner)).await;
        let (backend, writer) = opened.map_err(|failure| place.error(failure))?;
        let readers = backend.readers();
        Ok(Self {
            place,
            owner,
            writer: Mutex::new(Some(writer)),
            known: std::sync::Mutex::default(),
            readers,
            backend,
        })
    }

    /// Brings operations and locations to what the configuration says, and adds its orders that are
    /// not there: an order that is there wins.
    pub async fn mirror(&self, plant: &Plant, at: Timestamp) -> Result<(), StoreError> {
        self.check_gateway(plant);
        let mut slot = self.writer.lock().await;
        let mut writer = self.take(&mut slot).await?;
        let mirrored = Box::pin(mirror(&mut writer, &self.owner.gateway_id, plant, at)).await;
        self.give_back(slot, writer, mirrored).await
    }

    /// Returns what the gateway needs to go on where it was.
    pub async fn load(&self, plant: &Plant) -> Result<Loaded, StoreError> {
        let mut slot = self.writer.lock().await;
        let mut writer = self.take(&mut slot).await?;
        let loaded = Box::pin(load(&mut writer, &self.owner.gateway_id, plant)).await;
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
        Ok(self.commit_turn(turn).await?.commit)
    }

    /// Commits a turn as [`Store::commit`] does, and returns what it came to.
    pub async fn commit_turn(&self, turn: &Turn<'_>) -> Result<Committed, StoreError> {
        self.check_gateway(turn.plant);
        let mut slot = self.writer.lock().await;
        let mut writer = self.take(&mut slot).await?;
        // Two databases in one future make it large: it is carried about by whoever waits for a commit.
        let mut known = self.known().take();
        let committed = Box::pin(commit(&mut writer, &self.owner, turn, &mut known)).await;
        *self.known() = known;
        self.give_back(slot, writer, committed).await
    }

    /// Tells whether whoever gives this turn may decide the next one while it is committed: a server works meanwhile, and
    /// nothing comes of it but what the turn says.
    pub fn commits_meanwhile(&self, turn: &Turn<'_>) -> bool {
        self.place.is_server() && !drives_jobs(turn)
    }

    /// Returns records by id, that is by their start, after this one ("" for the first), at most so
    /// many and never more than [`PAGE_ROWS_MAX`].
    pub async fn records(&self, after: &str, rows_max: u32) -> Result<Vec<StoredRecord>, StoreError> {
        let cells = self.ours().with(after).with(i64::from(rows_max.min(PAGE_ROWS_MAX)));
        self.read(self.readers.rows(&RECORDS, cells, StoredRecord::read).await)
    }

    /// Returns the records that are open, by id.
    pub async fn open_records(&self) -> Result<Vec<StoredRecord>, StoreError> {
        self.read(self.readers.rows(&OPEN_RECORDS, self.ours(), StoredRecord::read).await)
    }

    /// Returns how many records there are.
    pub async fn count_records(&self) -> Result<u64, StoreError> {
        let counted = self.readers.rows(&COUNT_RECORDS, self.ours(), |row| row.count("records")).await;
        Ok(self.read(counted)?.into_iter().sum())
    }

    /// Returns what a command needs to know: a record with those below it, the orders that they or the command name, an
    /// entry of the schedule.
    pub async fn fetch(&self, lookup: Lookup<'_>) -> Result<Fetched, StoreError> {
        let fetched = Box::pin(fetch(&self.readers, &self.owner.gateway_id, lookup)).await;
        self.read(fetched)
    }

    /// Returns events in order, after this number (0 for the first), at most so many and never more
    /// than [`PAGE_ROWS_MAX`].
    pub async fn events(&self, after_seq: u64, rows_max: u32) -> Result<Vec<StoredEvent>, StoreError> {
        let cells = self.ours().with(after_seq.cast_signed()).with(i64::from(rows_max.min(PAGE_ROWS_MAX)));
        self.read(self.readers.rows(&EVENTS, cells, StoredEvent::read).await)
    }

    /// Returns what became of the ledger if it was damaged when this was opened.
    pub fn replaced(&self) -> Option<&Replaced> {
        self.backend.replaced()
    }

    /// Returns who writes the minute copy of the ledger, if it is in a file.
    pub fn minute_copy(&self) -> Option<MinuteCopy> {
        self.backend.minute_copy()
    }

    /// Returns care of this store.
    pub fn care(&self) -> Care {
        Care::beside(self.place.clone(), self.owner.clone())
    }

    /// Closes the store; a database file alone is then the whole ledger. A store that is dropped
    /// instead loses nothing that was committed.
    pub async fn close(self) -> Result<(), StoreError> {
        self.readers.close().await;
        let closed = match self.writer.into_inner() {
            Some(writer) => backend::close(writer).await,
            None => Ok(()),
        };
        closed.map_err(|failure| self.place.error(failure))
    }

    /// Takes the connection that writes, or opens another.
    pub(crate) async fn take(&self, slot: &mut MutexGuard<'_, Option<Session>>) -> Result<Session, StoreError> {
        match slot.take() {
            Some(writer) => Ok(writer),
            None => Box::pin(self.backend.reopen()).await.map_err(|failure| self.place.error(failure)),
        }
    }

    /// Puts the connection back if it did what was asked. One that failed, and one whose caller went
    /// away in the middle, is never used again: closing it undoes its transaction whatever state that
    /// is in, while the driver loses count when SQLite has undone it by itself (a full disk).
    pub(crate) async fn give_back<T>(
        &self,
        mut slot: MutexGuard<'_, Option<Session>>,
        writer: Session,
        outcome: Result<T, Failure>,
    ) -> Result<T, StoreError> {
        if outcome.is_ok() {
            *slot = Some(writer);
        } else {
            if matches!(outcome, Err(Failure::Corrupt { .. } | Failure::NotADatabase)) {
                self.backend.suspect();
            }
            writer.abandon().await;
        }
        outcome.map_err(|failure| self.place.error(failure))
    }

    pub(crate) fn read<T>(&self, outcome: Result<T, Failure>) -> Result<T, StoreError> {
        outcome.map_err(|failure| self.place.error(failure))
    }

    /// Begins the values of a statement with whose rows are meant.
    pub(crate) fn ours(&self) -> Cells {
        Cells::default().with(&self.owner.gateway_id)
    }

    /// Returns where the ledger stands, as far as the writer knows.
    pub(crate) fn known(&self) -> std::sync::MutexGuard<'_, Option<Position>> {
        self.known.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    pub(crate) fn check_gateway(&self, plant: &Plant) {
        assert_eq!(plant.gateway_id, *self.owner.gateway_id, "a store is opened for one gateway");
    }
}

async fn open(place: &Place, owner: &Owner) -> Result<(Backend, Session), Failure> {
    let (backend, mut writer) = Backend::open(place, owner).await?;
    writer.execute(&PUT_GATEWAY, Cells::default().with(&owner.gateway_id).with(owner.started)).await?;
    Ok((backend, writer))
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
        let Some(Session::Sqlite(writer)) = slot.as_mut() else { panic!("no connection to a file") };
        sqlx::query("PRAGMA max_page_count = 1").execute(writer).await.unwrap();
        drop(slot);
        let mut turn = OwnTurn::new(1);
        turn.retained.push(RetainedRow { key: "large".to_owned(), value: "x".repeat(1_000_000) });
        let error = store.commit(&turn.turn()).await.unwrap_err();
        assert!(matches!(error.failure, Failure::Full) && error.is_transient(), "{error}");
        assert_eq!(store.commit(&turn.turn()).await.unwrap(), Commit::Written);
        assert_eq!(store.load(&plant()).await.unwrap().retained, turn.retained);
    }
}
