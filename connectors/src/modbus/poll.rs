//! The task of a Modbus connection: sockets and clocks around the machine that polls.
//!
//! Decides nothing: what is asked, told and given up is `poller`'s.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::SystemTime;

use latchwork_config::connections::{Connection, Wire};
use latchwork_expr::Timestamp;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use super::dial::{Dial, Tcp};
use super::failure::LinkFault;
use super::poller::{Now, Poller};
use crate::limits::MODBUS_READ_BYTES;
use crate::{Backoff, Batch, Health, LinkId};

/// Nobody takes batches any more.
#[derive(Debug)]
pub(super) struct Ended;

/// Polls a Modbus connection until it is stopped or nobody takes its batches any more.
///
/// While the channel is full nothing is polled; missed periods are counted and not caught up. Where the connection
/// speaks something else there is nothing to poll, which is the caller's mistake.
pub async fn run(
    connection: Arc<Connection>,
    link: LinkId,
    batches: mpsc::Sender<Batch>,
    health: Arc<Health>,
    stop: CancellationToken,
) {
    let modbus = match &connection.wire {
        Wire::Modbus(modbus) => modbus.clone(),
        Wire::Mqtt(_) => panic!("connection `{}` speaks MQTT, not Modbus", connection.name),
    };
    let dial = Tcp::new(modbus.address.clone());
    let seed = seed(&connection.name);
    let poller = Poller::new(connection, &modbus, link, health, now());
    let _ended = stop.run_until_cancelled(poll(poller, dial, &batches, Backoff::new(seed), modbus.timeout)).await;
}

/// Connects, polls, and connects again.
pub(super) async fn poll(
    mut poller: Poller,
    mut dial: impl Dial,
    batches: &mpsc::Sender<Batch>,
    mut backoff: Backoff,
    patience: std::time::Duration,
) -> Ended {
    loop {
        let fault = match dial.dial().await {
            Ok(stream) => {
                poller.connected(now());
                match converse(&mut poller, stream, batches, patience).await {
                    Ok(fault) => fault,
                    Err(ended) => return ended,
                }
            }
            Err(error) => LinkFault::Io(error),
        };
        if poller.disconnected(&fault.to_string(), now()) {
            backoff.reset();
        }
        if let Err(ended) = deliver(&mut poller, batches).await {
            return ended;
        }
        sleep(backoff.pause()).await;
    }
}

/// Polls over a connection until it fails.
async fn converse(
    poller: &mut Poller,
    mut stream: impl AsyncRead + AsyncWrite + Unpin + Send,
    batches: &mpsc::Sender<Batch>,
    patience: std::time::Duration,
) -> Result<LinkFault, Ended> {
    let mut bytes = vec![0; MODBUS_READ_BYTES];
    let mut faulty = poller.turn(now());
    loop {
        deliver(poller, batches).await?;
        if let Err(fault) = faulty {
            return Ok(fault);
        }
        if let Err(fault) = send(poller, &mut stream, patience).await {
            return Ok(fault);
        }
        faulty = match next(poller, &mut stream, &mut bytes).await {
            Ok(Some(came)) => poller.received(&bytes[..came], now()).and_then(|()| poller.turn(now())),
            Ok(None) => poller.turn(now()),
            Err(fault) => Err(fault),
        };
    }
}

/// Waits for bytes or for the next deadline, and returns how many bytes came, if that was it. Bytes go first: what came
/// while the engine was busy is not late.
async fn next(
    poller: &Poller,
    stream: &mut (impl AsyncRead + Unpin),
    bytes: &mut [u8],
) -> Result<Option<usize>, LinkFault> {
    let deadline = poller.deadline().map(Instant::from_std);
    let wait = async {
        match deadline {
            Some(deadline) => sleep_until(deadline).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        biased;
        came = stream.read(bytes) => match came? {
            0 => Err(LinkFault::Closed),
            came => Ok(Some(came)),
        },
        () = wait => Ok(None),
    }
}

/// Sends what is to be asked. A device that takes nothing within a timeout is not there.
async fn send(
    poller: &mut Poller,
    stream: &mut (impl AsyncWrite + Unpin),
    patience: std::time::Duration,
) -> Result<(), LinkFault> {
    let requests = poller.take_requests();
    if requests.is_empty() {
        return Ok(());
    }
    let sent = timeout(patience, stream.write_all(&requests)).await;
    Ok(sent.map_err(|_| std::io::Error::new(std::io::ErrorKind::TimedOut, "the device takes no requests"))??)
}

async fn deliver(poller: &mut Poller, batches: &mpsc::Sender<Batch>) -> Result<(), Ended> {
    loop {
        let waiting = poller.take_batches();
        if waiting.is_empty() {
            return Ok(());
        }
        for batch in waiting {
            hand_over(batch, poller, batches).await?;
        }
    }
}

/// Hands a batch over. What could not be read while there was no room is told.
async fn hand_over(batch: Batch, poller: &mut Poller, batches: &mpsc::Sender<Batch>) -> Result<(), Ended> {
    let batch = match batches.try_send(batch) {
        Ok(()) => return Ok(()),
        Err(TrySendError::Full(batch)) => batch,
        Err(TrySendError::Closed(_)) => return Err(Ended),
    };
    let from = now();
    batches.send(batch).await.map_err(|_| Ended)?;
    poller.held_up(from, now());
    Ok(())
}

pub(super) fn now() -> Now {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Now { at: Instant::now().into_std(), wall: Timestamp(i64::try_from(since.as_micros()).unwrap_or(i64::MAX)) }
}

/// Returns a seed that differs between connections and between starts.
fn seed(name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (name, now().wall.0).hash(&mut hasher);
    hasher.finish()
}
