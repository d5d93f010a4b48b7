//! The two databases that a ledger can be in.

use sqlx::Connection;

use crate::error::Failure;
use crate::options::Place;
use crate::owner::Owner;
use crate::postgres::LedgerServer;
use crate::session::{Readers, Session};
use crate::sqlite::{self, LedgerFile};

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

    /// Returns the connections that read; none is opened before it is needed.
    pub(crate) fn readers(&self) -> Readers {
        match self {
            Self::File(file) => file.readers(),
            Self::Server(server) => server.readers(),
        }
    }
}

/// Closes the connection that writes.
pub(crate) async fn close(session: Session) -> Result<(), Failure> {
    match session {
        Session::Sqlite(connection) => sqlite::close(connection).await,
        Session::Postgres(connection) => Ok(connection.close().await?),
    }
}
