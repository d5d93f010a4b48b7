//! A ledger in a file: opened, opened again, closed.

use latchwork_expr::Timestamp;

use super::connection::{readers, reopen};
use super::damage::{Replaced, open_sound, suspect};
use super::lock::InstanceLock;
use super::minute::MinuteCopy;
use super::place::Place;
use crate::error::Failure;
use crate::session::{Readers, Session};

/// A ledger in a file, locked as long as this lives.
#[derive(Debug)]
pub(crate) struct LedgerFile {
    place: Place,
    replaced: Option<Replaced>,
    _lock: InstanceLock,
}

impl LedgerFile {
    /// Opens the ledger, making it or bringing its tables up to date.
    pub(crate) async fn open(place: &Place, now: Timestamp) -> Result<(Self, Session), Failure> {
        place.prepare()?;
        let lock = InstanceLock::take(place, now)?;
        let (connection, replaced) = open_sound(place, now).await?;
        Ok((Self { place: place.clone(), replaced, _lock: lock }, Session::Sqlite(connection)))
    }

    /// Opens the connection that writes anew.
    pub(crate) async fn reopen(&self) -> Result<Session, Failure> {
        Ok(Session::Sqlite(reopen(&self.place).await?))
    }

    /// Returns what became of a ledger that was damaged when this was opened.
    pub(crate) const fn replaced(&self) -> Option<&Replaced> {
        self.replaced.as_ref()
    }

    /// Returns who writes the minute copy.
    pub(crate) fn minute_copy(&self) -> MinuteCopy {
        MinuteCopy(self.place.clone())
    }

    /// Has the pages looked through at the next start.
    pub(crate) fn suspect(&self) {
        suspect(&self.place);
    }

    /// Returns the connections that read.
    pub(crate) fn readers(&self) -> Readers {
        Readers::Sqlite(readers(&self.place))
    }
}
