//! A ledger on a server: opened, opened again, closed.

use std::sync::atomic::{AtomicI64, Ordering};

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
        let server = Self { address: address.clone(), gateway_id, pid: AtomicI64::new(pid) };
        Ok((server, Session::Postgres(Box::new(connection))))
    }

    /// Opens the connection that writes anew. The lock went with the one before, so it is taken again.
    pub(crate) async fn reopen(&self) -> Result<Session, Failure> {
        let mut connection = connect(&self.address, &name(&self.gateway_id)).await?;
        let pid = settle(&mut connection).await?;
        let former = self.pid.load(Ordering::Relaxed);
        lock::take(&mut connection, &self.gateway_id, Some(former)).await?;
        self.pid.store(pid, Ordering::Relaxed);
        migration::expect(&mut connection).await?;
        Ok(Session::Postgres(Box::new(connection)))
    }

    /// Returns the connections that read.
    pub(crate) fn readers(&self) -> Readers {
        Readers::Postgres(readers(&self.address, &format!("{} reads", name(&self.gateway_id))))
    }
}

/// Returns the name under which the server lists a gateway's connections.
fn name(gateway_id: &str) -> String {
    format!("latchwork {gateway_id}")
}
