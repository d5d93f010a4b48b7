//! An MQTT broker within the process, for the demo and for tests: `rumqttd` at a port of the loopback.
//!
//! Not for a plant: it keeps nothing over a restart and asks nobody for a password. It logs every client that goes as
//! an error under the target `rumqttd`, so whoever shows logs filters by [`LOG_TARGET`].

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::thread;
use std::time::Duration;

use latchwork_config::connections::MqttVersion;
use rumqttd::protocol::{Protocol, v4::V4, v5::V5};
use rumqttd::{ConnectionSettings, LinkType, Router, RouterConfig, Server, ServerSettings};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::limits::{BROKER_CLIENTS_MAX, BROKER_PAYLOAD_BYTES_MAX, BROKER_SEGMENT_BYTES, BROKER_SEGMENTS};

/// The target of the broker's own log lines.
pub const LOG_TARGET: &str = "rumqttd";

/// How long the broker has to listen.
const READY_MAX: Duration = Duration::from_secs(10);
/// How long to wait before it is asked again whether it listens.
const READY_PAUSE: Duration = Duration::from_millis(5);
/// How often another free port is tried when somebody took the one before.
const PORTS_TRIED_MAX: usize = 8;
/// How long a client has to say what it is, in milliseconds.
const CONNECT_MILLIS: u16 = 5_000;
/// Most messages of a client that are read at once, and most that wait for one.
const PACKETS_MAX: usize = 200;

/// A broker that listens. It ends, and cuts its clients off, when it is dropped; one thread of its library then
/// sleeps until the process ends.
#[derive(Debug)]
pub struct Broker {
    address: SocketAddr,
    _stop: DropGuard,
}

/// Why a broker could not start.
#[derive(Debug, thiserror::Error)]
pub enum BrokerError {
    /// The port is taken, or not ours.
    #[error("cannot listen at port {port} of the loopback: {source}")]
    Port {
        /// The port; 0 is any.
        port: u16,
        /// Why.
        source: io::Error,
    },
    /// The system gives no thread.
    #[error("cannot start the broker's thread: {0}")]
    Thread(io::Error),
    /// It ended at once.
    #[error("the broker ended: {0}")]
    Ended(String),
    /// It does not listen in time.
    #[error("the broker does not listen at `{0}` after {seconds} s", seconds = READY_MAX.as_secs())]
    NotReady(SocketAddr),
}

impl Broker {
    /// Starts a broker at a port of the loopback, 0 for a free one, and waits until it listens.
    ///
    /// # Errors
    ///
    /// The port cannot be had, or the broker does not come up.
    pub async fn start(port: u16, version: MqttVersion) -> Result<Self, BrokerError> {
        let mut tried = 1;
        loop {
            let address = free_address(port).map_err(|source| BrokerError::Port { port, source })?;
            match Self::start_at(address, version).await {
                // Somebody took the free port between our looking and the broker's listening.
                Err(BrokerError::Ended(_)) if port == 0 && tried < PORTS_TRIED_MAX => tried += 1,
                started => return started,
            }
        }
    }

    /// Returns where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    async fn start_at(address: SocketAddr, version: MqttVersion) -> Result<Self, BrokerError> {
        let stop = CancellationToken::new();
        let guard = stop.clone().drop_guard();
        let (ended_sender, ended) = oneshot::channel();
        let thread = thread::Builder::new().name("mqtt-broker".to_owned());
        let body = move || {
            let reason = match version {
                MqttVersion::V4 => serve(settings(address), V4, &stop),
                MqttVersion::V5 => serve(settings(address), V5, &stop),
            };
            // Nobody listens any more once the broker is up.
            let _after_start = ended_sender.send(reason);
        };
        thread.spawn(body).map_err(BrokerError::Thread)?;
        tokio::select! {
            reason = ended => Err(BrokerError::Ended(reason.unwrap_or_else(|_| "its thread panicked".to_owned()))),
            ready = listens(address) => ready.map(|()| Self { address, _stop: guard }),
        }
    }
}

/// Returns an address that nobody listens at.
fn free_address(port: u16) -> io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port))?.local_addr()
}

/// Waits until somebody listens at an address.
async fn listens(address: SocketAddr) -> Result<(), BrokerError> {
    let begun = Instant::now();
    while TcpStream::connect(address).await.is_err() {
        if begun.elapsed() > READY_MAX {
            return Err(BrokerError::NotReady(address));
        }
        sleep(READY_PAUSE).await;
    }
    Ok(())
}

/// Runs the broker until it is stopped; returns why it ended. It has a runtime of its own, as it has when its library
/// starts it: what it does never holds the gateway up, and all of it ends with the runtime.
fn serve<P: Protocol + Clone + Send + 'static>(
    settings: ServerSettings,
    protocol: P,
    stop: &CancellationToken,
) -> String {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return error.to_string(),
    };
    let router = Router::new(0, router_settings()).spawn();
    let mut server = Server::new(settings, router, protocol);
    runtime.block_on(async {
        tokio::select! {
            () = stop.cancelled() => "it was stopped".to_owned(),
            ended = server.start(LinkType::Remote) => match ended {
                Ok(()) => "it takes no clients any more".to_owned(),
                Err(error) => error.to_string(),
            },
        }
    })
}

fn router_settings() -> RouterConfig {
    RouterConfig {
        max_connections: BROKER_CLIENTS_MAX,
        max_outgoing_packet_count: PACKETS_MAX as u64,
        max_segment_size: BROKER_SEGMENT_BYTES,
        max_segment_count: BROKER_SEGMENTS,
        ..RouterConfig::default()
    }
}

fn settings(listen: SocketAddr) -> ServerSettings {
    ServerSettings {
        name: "latchwork".to_owned(),
        listen,
        tls: None,
        next_connection_delay_ms: 1,
        connections: ConnectionSettings {
            connection_timeout_ms: CONNECT_MILLIS,
            max_payload_size: BROKER_PAYLOAD_BYTES_MAX,
            max_inflight_count: PACKETS_MAX,
            auth: None,
            external_auth: None,
            // A message may be published before anybody has subscribed to its topic.
            dynamic_filters: true,
        },
    }
}

#[cfg(test)]
mod tests;
