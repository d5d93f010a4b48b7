//! The two databases that a ledger can be in.

use sqlx::Connection;

use crate::error::Failure;
use crate::options::Place;
use crate::owner::Owner;
use crate::postgres::{self, LedgerServer};
use crate::session::{Readers, Session};
use crate::sqlite::{self, LedgerFile, MinuteCopy, Replaced};

/// The place of an open ledger, held for one gateway.
#[derive(Debug)]
pub(crate) enum Backend {
    /// A file of SQLite.
    File(LedgerFile),
    /// A server of Postgres.
    Server(Box<LedgerServer>),
}

impl Backend {
    /// Opens the ledger of a place, with the connection that writes.
    pub(crate) async fn open(place: &Place, owner: &Owner) -> Result<(Self, Session), Failure> {
        match place {
            Place::File(file) => {
                let (file, session) = LedgerFile::open(file, owner.started).await?;
                Ok((Self::File(file), session))
            }
            Place::Server(address) => {
                let (server, session) = LedgerServer::open(address, owner).await?;
                Ok((Self::Server(Box::new(server)), session))
            }
        }
    }

    /// Opens the connection that writes anew.
    pub(crate) async fn reopen(&self) -> Result<Session, Failure> {
        match self {
            Self::File(file) => file.reopen().await,
            Self::Server(server) => server.reopen().await,
        }
    }

    /// Returns what became of a ledger in a file that was damaged when it was opened. A server looks after its own.
    pub(crate) fn replaced(&self) -> Option<&Replaced> {
        match self {
            Self::File(file) => file.replaced(),
            Self::Server(_) => None,
        }
    }

    /// Returns who writes the minute copy of a ledger in a file.
    pub(crate) fn minute_copy(&self) -> Option<MinuteCopy> {
        match self {
            Self::File(file) => Some(file.minute_copy()),
            Self::Server(_) => None,
        }
    }

    /// Tells whether it is on a server, where other gateways may be.
    pub(crate) const fn is_server(&self) -> bool {
        match self {
            Self::File(_) => false,
            Self::Server(_) => true,
        }
    }

    /// Has a file looked through at the next start: damage was found in it.
    pub(crate) fn suspect(&self) {
        match self {
            Self::File(file) => file.suspect(),
            Self::Server(_) => {}
        }
    }

    /// Returns the connections that read; none is opened before it is needed.
    pub(crate) fn readers(&self) -> Readers {
        match self {
            Self::File(file) => file.readers(),
            Self::Server(server) => server.readers(),
        }
    }
}

/// Opens a connection that only looks at a ledger that is there, whatever else happens to it.
pub(crate) async fn look(place: &Place) -> Result<Session, Failure> {
    match place {
        Place::File(file) => Ok(Session::Sqlite(sqlite::look(file).await?)),
        Place::Server(address) => Ok(Session::Postgres(Box::new(postgres::visit(address).await?))),
    }
}

/// Opens a connection beside the one that writes, to a ledger that is there.
pub(crate) async fn visit(place: &Place) -> Result<Session, Failure> {
    match place {
        Place::File(file) => Ok(Session::Sqlite(sqlite::visit(file).await?)),
        Place::Server(address) => Ok(Session::Postgres(Box::new(postgres::visit(address).await?))),
    }
}

/// Closes the connection that writes.
pub(crate) async fn close(session: Session) -> Result<(), Failure> {
    match session {
        Session::Sqlite(connection) => sqlite::close(connection).await,
        Session::Postgres(connection) => Ok(connection.close().await?),
    }
}
