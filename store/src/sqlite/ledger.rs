//! A ledger in a file: opened, opened again, closed.

use latchwork_expr::Timestamp;

use super::connection::{create_or_open, readers, reopen};
use super::lock::InstanceLock;
use super::migration::migrate;
use super::place::Place;
use crate::error::Failure;
use crate::session::{Readers, Session};

/// A ledger in a file, locked as long as this lives.
#[derive(Debug)]
pub(crate) struct LedgerFile {
    place: Place,
    _lock: InstanceLock,
}

impl LedgerFile {
    /// Opens the ledger, making it or bringing its tables up to date.
    pub(crate) async fn open(place: &Place, now: Timestamp) -> Result<(Self, Session), Failure> {
        place.prepare()?;
        let lock = InstanceLock::take(place, now)?;
        let mut connection = create_or_open(place).await?;
        migrate(&mut connection, place).await?;
        Ok((Self { place: place.clone(), _lock: lock }, Session::Sqlite(connection)))
    }

    /// Opens the connection that writes anew.
    pub(crate) async fn reopen(&self) -> Result<Session, Failure> {
        Ok(Session::Sqlite(reopen(&self.place).await?))
    }

    /// Returns the connections that read.
    pub(crate) fn readers(&self) -> Readers {
        Readers::Sqlite(readers(&self.place))
    }
}
