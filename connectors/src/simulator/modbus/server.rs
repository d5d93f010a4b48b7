//! The Modbus TCP server: takes clients, and is off when a fault has it so.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::sleep_until;
use tokio_util::sync::CancellationToken;
use tracing::{debug, info, warn};

use super::device::Device;
use super::session::Session;
use crate::limits::MODBUS_CLIENTS_MAX;

/// How long to wait before clients are taken again after the system refused one: it may have no descriptors left.
const PAUSE_AFTER_REFUSAL: Duration = Duration::from_millis(100);

/// A server that listens.
#[derive(Debug)]
pub(in crate::simulator) struct Server {
    address: SocketAddr,
    listener: TcpListener,
    clients: Clients,
}

/// The clients of a device.
#[derive(Debug)]
struct Clients {
    device: Arc<Device>,
    /// How many have connected so far.
    connections: u64,
}

impl Server {
    /// Listens at an address.
    pub(in crate::simulator) async fn bind(address: SocketAddr, device: Device) -> io::Result<(Self, SocketAddr)> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let clients = Clients { device: Arc::new(device), connections: 0 };
        Ok((Self { address, listener, clients }, address))
    }

    /// Answers clients until it is stopped; then all of them are cut off.
    pub(in crate::simulator) async fn run(self, stop: CancellationToken) {
        let _stopped = stop.run_until_cancelled(self.serve()).await;
    }

    async fn serve(self) {
        let Self { address, mut listener, mut clients } = self;
        let device = Arc::clone(&clients.device);
        loop {
            tokio::select! {
                () = device.is_off(true) => {}
                () = clients.take(&listener) => {}
            }
            drop(listener);
            info!("simulated device is off");
            device.is_off(false).await;
            listener = again(address).await;
            info!("simulated device is on");
        }
    }
}

/// Listens again where it did before.
async fn again(address: SocketAddr) -> TcpListener {
    loop {
        match TcpListener::bind(address).await {
            Ok(listener) => return listener,
            Err(error) => warn!(%error, %address, "simulated device cannot listen again"),
        }
        tokio::time::sleep(PAUSE_AFTER_REFUSAL).await;
    }
}

impl Device {
    /// Waits until the device is off, or on.
    async fn is_off(&self, wanted: bool) {
        loop {
            let now = self.pace.millis();
            if self.fates.is_off(now) == wanted {
                return;
            }
            match self.fates.off_changes(now) {
                // The timer may be a hair early by the arithmetic: a millisecond later it is not.
                Some(at) => sleep_until(self.pace.at(Duration::from_millis(at + 1))).await,
                None => std::future::pending().await,
            }
        }
    }
}

impl Clients {
    /// Takes clients for as long as it is waited for; then all of them are cut off.
    async fn take(&mut self, listener: &TcpListener) {
        let mut sessions = JoinSet::new();
        loop {
            let accepted = listener.accept().await;
            while sessions.try_join_next().is_some() {}
            match accepted {
                Ok((_, peer)) if sessions.len() >= MODBUS_CLIENTS_MAX => {
                    warn!(%peer, clients = sessions.len(), "simulated device turned a client away");
                }
                Ok((stream, peer)) => {
                    debug!(%peer, "simulated device has a client");
                    self.connections += 1;
                    sessions.spawn(attend(stream, Arc::clone(&self.device), self.connections));
                }
                Err(error) => {
                    warn!(%error, "simulated device cannot take a client");
                    tokio::time::sleep(PAUSE_AFTER_REFUSAL).await;
                }
            }
        }
    }
}

async fn attend(stream: TcpStream, device: Arc<Device>, connection: u64) {
    if let Err(error) = Session::new(stream, device, connection).run().await {
        debug!(%error, connection, "simulated device lost a client");
    }
}
