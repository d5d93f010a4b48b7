//! A ledger on a server: opened, opened again, closed.

use std::sync::atomic::{AtomicI64, Ordering};

use sqlx::PgConnection;
use tokio::runtime::Handle;

use super::address::Address;
use super::connection::{connect, readers, settle};
use super::{lock, migration, say};
use crate::error::Failure;
use crate::owner::Owner;
use crate::session::{Readers, Session};

/// A ledger on a server.
#[derive(Debug)]
pub(crate) struct LedgerServer {
    address: Address,
    gateway_id: String,
    /// The server's process behind the connection that writes or wrote last.
    pid: AtomicI64,
    /// Where the connection that writes lives, whoever asks for another one: it would end with a runtime that ends.
    home: Handle,
}

impl LedgerServer {
    /// Opens the ledger, making its tables or bringing them up to date.
    pub(crate) async fn open(address: &Address, owner: &Owner) -> Result<(Self, Session), Failure> {
        let gateway_id = owner.gateway_id.to_string();
        let mut connection = connect(address, &name(&gateway_id)).await?;
        let pid = settle(&mut connection).await?;
        lock::take(&mut connection, &gateway_id, None).await?;
        // Steps over millions of rows take their time.
        say(&mut connection, "SET statement_timeout = 0").await?;
        migration::migrate(&mut connection).await?;
        settle(&mut connection).await?;
        let server = Self { address: address.clone(), gateway_id, pid: AtomicI64::new(pid), home: Handle::current() };
        Ok((server, Session::Postgres(Box::new(connection))))
    }

    /// Opens the connection that writes anew. The lock went with the one before, so it is taken again.
    pub(crate) async fn reopen(&self) -> Result<Session, Failure> {
        let (address, gateway_id) = (self.address.clone(), self.gateway_id.clone());
        let former = self.pid.load(Ordering::Relaxed);
        let reopened = self.home.spawn(async move { go_on(&address, &gateway_id, former).await });
        let ended = |_| Failure::Io { reason: "the runtime of the connection has ended".to_owned() };
        let (connection, pid) = reopened.await.map_err(ended)??;
        self.pid.store(pid, Ordering::Relaxed);
        Ok(Session::Postgres(Box::new(connection)))
    }

    /// Returns the connections that read.
    pub(crate) fn readers(&self) -> Readers {
        Readers::Postgres(readers(&self.address, &format!("{} reads", name(&self.gateway_id))))
    }
}

/// Connects, and takes the lock that the server's process before had.
async fn go_on(address: &Address, gateway_id: &str, former: i64) -> Result<(PgConnection, i64), Failure> {
    let mut connection = connect(address, &name(gateway_id)).await?;
    let pid = settle(&mut connection).await?;
    lock::take(&mut connection, gateway_id, Some(former)).await?;
    migration::expect(&mut connection).await?;
    Ok((connection, pid))
}

/// Returns the name under which the server lists a gateway's connections.
fn name(gateway_id: &str) -> String {
    format!("latchwork {gateway_id}")
}
