//! The task of a Modbus connection: sockets and clocks around the machine that polls.
//!
//! Decides nothing: what is asked, told and given up is `poller`'s.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::SystemTime;

use latchwork_config::connections::{Connection, Modbus, Transport, Wire};
use latchwork_expr::Timestamp;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use super::dial::{Dial, Encrypted, SerialLine, Tcp};
use super::failure::LinkFault;
use super::logged::Logged;
use super::plan::Plan;
use super::poller::{Now, Poller, Share};
use super::together::Together;
use crate::frames::FrameLog;
use crate::limits::{MODBUS_READ_BYTES, MODBUS_WAITING_READINGS_MAX};
use crate::tls::explained;
use crate::writing::{WriteJob, WriteJobs, next_job};
use crate::{Backoff, Batch, Health, LinkId};

/// What was waited for.
enum Came {
    /// So many bytes.
    Bytes(usize),
    /// Something to write.
    Job(WriteJob),
    /// The next deadline.
    Time,
}

/// Nobody takes batches any more.
#[derive(Debug)]
pub(super) struct Ended;

/// Where a connection's batches go, and what comes to be written.
pub(super) struct Outside {
    pub(super) batches: mpsc::Sender<Batch>,
    /// For so many readings that wait; of all links to the device together.
    pub(super) room: Arc<Semaphore>,
    pub(super) jobs: Option<WriteJobs>,
}

/// Polls a Modbus connection until it is stopped or nobody takes its batches any more.
///
/// While there is no room for more nothing is polled; missed periods are counted and not caught up. Where the connection
/// speaks something else there is nothing to poll, which is the caller's mistake. `jobs` is what handshakes write; there
/// are none without the permission to write.
pub async fn run(
    connection: Arc<Connection>,
    link: LinkId,
    batches: mpsc::Sender<Batch>,
    health: Arc<Health>,
    jobs: Option<WriteJobs>,
    stop: CancellationToken,
) {
    let modbus = match &connection.wire {
        Wire::Modbus(modbus) => Arc::clone(modbus),
        Wire::Mqtt(_) => panic!("connection `{}` speaks MQTT, not Modbus", connection.name),
    };
    let (seed, together) = (seed(&connection.name), Arc::new(Together::default()));
    let shares = Plan::of(&modbus).shares(modbus.links.into(), connection.writing.is_some());
    let mut jobs = jobs;
    let frames = FrameLog::of(connection.frame_log.as_ref());
    let (mut links, room) = (JoinSet::new(), Outside::room());
    for (blocks, seed) in shares.into_iter().zip(seed..) {
        let share = Share { blocks, together: together.clone(), link };
        let poller = Poller::new(connection.clone(), Arc::clone(&modbus), share, health.clone(), now());
        // The first link writes.
        let outside = Outside { batches: batches.clone(), room: Arc::clone(&room), jobs: jobs.take() };
        links.spawn(poll_over(Arc::clone(&modbus), frames.clone(), poller, outside, Backoff::new(seed)));
    }
    // Links that are dropped end.
    let _ended = stop.run_until_cancelled(links.join_all()).await;
}

/// Polls over one link of a connection.
async fn poll_over(
    modbus: Arc<Modbus>,
    frames: Option<FrameLog>,
    poller: Poller,
    outside: Outside,
    backoff: Backoff,
) -> Ended {
    let (address, timeout) = (modbus.address.clone(), modbus.timeout);
    match &modbus.transport {
        Transport::Tcp | Transport::RtuOverTcp => {
            poll(poller, Logged::new(Tcp::new(address), frames), outside, backoff, timeout).await
        }
        Transport::Tls(tls) => {
            poll(poller, Logged::new(Encrypted::new(address, tls.clone()), frames), outside, backoff, timeout).await
        }
        Transport::Rtu(serial) => {
            poll(poller, Logged::new(SerialLine::new(address, *serial), frames), outside, backoff, timeout).await
        }
    }
}

/// Connects, polls, and connects again.
pub(super) async fn poll(
    mut poller: Poller,
    mut dial: impl Dial,
    mut outside: Outside,
    mut backoff: Backoff,
    patience: std::time::Duration,
) -> Ended {
    loop {
        let fault = match dial.dial().await {
            Ok(stream) => {
                poller.connected(now());
                match converse(&mut poller, stream, &mut outside, patience).await {
                    Ok(fault) => fault,
                    Err(ended) => return ended,
                }
            }
            Err(error) => LinkFault::Io(error),
        };
        if poller.disconnected(&fault.to_string(), now()) {
            backoff.reset();
        }
        if let Err(ended) = outside.deliver(&mut poller).await {
            return ended;
        }
        sleep(backoff.pause()).await;
    }
}

/// Polls over a connection until it fails.
async fn converse(
    poller: &mut Poller,
    mut stream: impl AsyncRead + AsyncWrite + Unpin + Send,
    outside: &mut Outside,
    patience: std::time::Duration,
) -> Result<LinkFault, Ended> {
    let mut bytes = vec![0; MODBUS_READ_BYTES];
    outside.take_jobs(poller);
    let mut faulty = poller.turn(now());
    loop {
        outside.deliver(poller).await?;
        if let Err(fault) = faulty {
            return Ok(fault);
        }
        if let Err(fault) = send(poller, &mut stream, patience).await {
            return Ok(fault);
        }
        faulty = match next(poller, &mut stream, &mut bytes, &mut outside.jobs).await {
            Ok(Came::Bytes(came)) => poller.received(&bytes[..came], now()).and_then(|()| poller.turn(now())),
            Ok(Came::Job(job)) => {
                poller.write(job, now());
                poller.turn(now())
            }
            Ok(Came::Time) => poller.turn(now()),
            Err(fault) => Err(fault),
        };
    }
}

/// Waits for bytes, for something to write, or for the next deadline. Bytes go first: what came while the engine was busy
/// is not late.
async fn next(
    poller: &Poller,
    stream: &mut (impl AsyncRead + Unpin),
    bytes: &mut [u8],
    jobs: &mut Option<WriteJobs>,
) -> Result<Came, LinkFault> {
    let deadline = poller.deadline().map(Instant::from_std);
    let wait = async {
        match deadline {
            Some(deadline) => sleep_until(deadline).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        biased;
        // Over an encrypted link an error may be about certificates.
        came = stream.read(bytes) => match came.map_err(explained)? {
            0 => Err(LinkFault::Closed),
            came => Ok(Came::Bytes(came)),
        },
        job = next_job(jobs) => Ok(Came::Job(job)),
        () = wait => Ok(Came::Time),
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

impl Outside {
    /// Returns the room of a connection.
    pub(super) fn room() -> Arc<Semaphore> {
        Arc::new(Semaphore::new(MODBUS_WAITING_READINGS_MAX as usize))
    }

    /// Delivers what was read, and reports what was written.
    async fn deliver(&self, poller: &mut Poller) -> Result<(), Ended> {
        loop {
            for (job, outcome) in poller.take_reports() {
                if let Some(jobs) = &self.jobs {
                    jobs.report(&job, outcome);
                }
            }
            let waiting = poller.take_batches();
            if waiting.is_empty() {
                return Ok(());
            }
            for batch in waiting {
                self.hand_over(batch, poller).await?;
            }
        }
    }

    /// Hands a batch over. What could not be read while there was no room for long is told.
    async fn hand_over(&self, mut batch: Batch, poller: &mut Poller) -> Result<(), Ended> {
        let from = now();
        // News of all tags may be more than may wait: they take all the room.
        let readings = u32::try_from(batch.samples.len()).unwrap_or(u32::MAX).min(MODBUS_WAITING_READINGS_MAX);
        let room = Arc::clone(&self.room).acquire_many_owned(readings).await;
        batch.room = Some(room.map_err(|_closed| Ended)?);
        self.batches.send(batch).await.map_err(|_closed| Ended)?;
        poller.held_up(from, now());
        Ok(())
    }

    /// Takes what was to be written while there was no connection.
    fn take_jobs(&mut self, poller: &mut Poller) {
        while let Some(job) = self.jobs.as_mut().and_then(WriteJobs::ready) {
            poller.write(job, now());
        }
    }
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
