//! Runs a connection against scripted devices in virtual time, and shows what it delivers as lines of text.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use latchwork_config::connections::{Connection, Modbus, Wire};
use latchwork_engine::{Notice, Reading, Sample};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};

use super::device::{Devices, Script};
use super::plant::connection;
use crate::modbus::plan::Plan;
use crate::modbus::poll::{Outside, now, poll};
use crate::modbus::poller::{Poller, Share};
use crate::{Backoff, Batch, Health, LinkId};

/// A connection that runs.
pub(super) struct Bench {
    pub(super) health: Arc<Health>,
    batches: mpsc::Receiver<Batch>,
    start: Instant,
}

impl Bench {
    /// Starts a connection to devices; one script an attempt to connect, the last one for all that follow.
    pub(super) fn new(modbus: &Modbus, scripts: impl IntoIterator<Item = Option<Script>>) -> Self {
        Self::with_room(modbus, scripts, 1000)
    }

    /// The same with a channel of so many batches.
    pub(super) fn with_room(modbus: &Modbus, scripts: impl IntoIterator<Item = Option<Script>>, room: usize) -> Self {
        let start = Instant::now();
        let health = Arc::new(Health::default());
        let (sender, batches) = mpsc::channel(room);
        let poller = poller(connection(modbus.clone()), health.clone());
        let devices = Devices::new(scripts);
        let patience = modbus.timeout;
        let outside = Outside { batches: sender, room: Outside::room(), jobs: None };
        let task = async move { poll(poller, devices, outside, Backoff::new(7), patience).await };
        tokio::spawn(task);
        Self { health, batches, start }
    }

    /// Returns what is delivered until so many milliseconds after the start, a line a batch.
    pub(super) async fn until(&mut self, millis: u64) -> Vec<String> {
        let end = self.start + Duration::from_millis(millis);
        let mut lines = Vec::new();
        while let Ok(Some(batch)) = timeout(end - Instant::now(), self.batches.recv()).await {
            lines.push(line(&batch, self.start));
        }
        lines
    }

    /// The same without the times.
    pub(super) async fn told_until(&mut self, millis: u64) -> Vec<String> {
        let lines = self.until(millis).await;
        lines.into_iter().map(|line| line.split_once(' ').unwrap().1.to_owned()).collect()
    }
}

/// Returns the machine of a connection.
pub(super) fn poller(connection: Arc<Connection>, health: Arc<Health>) -> Poller {
    let Wire::Modbus(modbus) = &connection.wire else { panic!("the tests' plants are Modbus") };
    let modbus = Arc::clone(modbus);
    let blocks = Plan::of(&modbus).blocks().to_vec();
    Poller::new(connection, modbus, Share { blocks, together: Arc::default(), link: LinkId(3) }, health, now())
}

/// Shows a batch: `250 T0=5 T1=Bad_Failure`, `0 up`, `10 down (why) T0=Bad_NotConnected`.
fn line(batch: &Batch, start: Instant) -> String {
    assert_eq!(batch.link, LinkId(3));
    let millis = Instant::from_std(batch.received).duration_since(start).as_millis();
    let mut words = VecDeque::from([millis.to_string()]);
    match &batch.notice {
        Some(Notice::ConnectionUp { connection }) => words.push_back(format!("{connection} up")),
        Some(Notice::ConnectionDown { connection, reason }) => words.push_back(format!("{connection} down ({reason})")),
        Some(Notice::SamplesLost(loss)) => words.push_back(format!("{} lost {}", loss.connection, loss.count)),
        Some(
            Notice::GatewayStarted
            | Notice::GatewayStopped
            | Notice::ConnectionClockStepped { .. }
            | Notice::ScanSkipped(_)
            | Notice::ProductionOrderChanged { .. }
            | Notice::OutboxDropped { .. },
        ) => panic!("a Modbus connection knows neither gateway nor clock"),
        None => {}
    }
    words.extend(batch.samples.iter().map(shown));
    Vec::from(words).join(" ")
}

fn shown(sample: &Sample) -> String {
    let tag = sample.tag.index();
    match &sample.reading {
        Reading::Value(latchwork_expr::Value::Integer(value)) if sample.quality.is_good() => format!("T{tag}={value}"),
        Reading::Value(value) => panic!("{value:?} with {:?}", sample.quality),
        Reading::Kept => format!("T{tag}={}", sample.quality.name()),
    }
}
