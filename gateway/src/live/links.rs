//! The connections while they run: each connector is a task; what it brings is translated to the plant's slots.

use std::sync::Arc;

use latchwork_config::connections::{Connection, Wire};
use latchwork_connectors::mqtt::{self, Counters};
use latchwork_connectors::{Batch, Health, LinkId, modbus};
use latchwork_engine::{Engine, Plant, Sample};
use latchwork_expr::TagSlot;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::doubt::Doubt;

/// The connections that run.
#[derive(Debug)]
pub(super) struct Links {
    running: Vec<Link>,
    batches: mpsc::Sender<Batch>,
    started: u32,
}

/// A connection that runs.
#[derive(Debug)]
struct Link {
    id: LinkId,
    connection: Arc<Connection>,
    slots: Vec<TagSlot>,
    /// For a polled connection that is believed on a condition only.
    doubt: Option<Doubt>,
    stop: CancellationToken,
    task: Option<JoinHandle<()>>,
}

impl Links {
    /// Returns no connection; what those to come bring goes to `batches`.
    pub(super) const fn new(batches: mpsc::Sender<Batch>) -> Self {
        Self { running: Vec::new(), batches, started: 0 }
    }

    /// Runs these connections: those that run already as they are go on undisturbed, others end or begin.
    pub(super) fn run(&mut self, connections: Vec<Connection>) {
        let mut before = std::mem::take(&mut self.running);
        for connection in connections {
            let same = before.iter().position(|link| is_same(&link.connection, &connection));
            match same {
                Some(place) => {
                    let mut link = before.swap_remove(place);
                    link.slots = slots(&connection);
                    self.running.push(link);
                }
                None => self.start(connection),
            }
        }
        // Nobody waits for them: what they still bring is not taken, and a broker sends it again.
        tokio::spawn(ended(before.iter_mut().filter_map(Link::stop).collect()));
    }

    /// Asks all connections to end. They may still bring something until the returned future is done.
    pub(super) fn stop(&mut self) -> impl Future<Output = ()> + use<> {
        ended(self.running.iter_mut().filter_map(Link::stop).collect())
    }

    /// Puts the plant's slots into a batch; false if its connection does not run any more.
    pub(super) fn translate(&self, batch: &mut Batch) -> bool {
        let Some(link) = self.running.iter().find(|link| link.id == batch.link) else { return false };
        for sample in &mut batch.samples {
            sample.tag = link.slots[sample.tag.index()];
        }
        true
    }

    /// Judges what connections bring by a plant from here on.
    pub(super) fn judge_by(&mut self, plant: &Plant) {
        for link in &mut self.running {
            link.doubt = doubt(&link.connection, plant);
        }
    }

    /// Returns what takes back the readings of a batch that was taken, where they are not to be believed afterwards.
    pub(super) fn doubt(&self, batch: &Batch, engine: &Engine) -> Vec<Sample> {
        let link = self.running.iter().find(|link| link.id == batch.link);
        let doubt = link.and_then(|link| link.doubt.as_ref());
        doubt.map(|doubt| doubt.of_scan(&batch.samples, engine)).unwrap_or_default()
    }

    fn start(&mut self, connection: Connection) {
        self.started += 1;
        let (id, stop, batches) = (LinkId(self.started), CancellationToken::new(), self.batches.clone());
        let (slots, connection) = (slots(&connection), Arc::new(connection));
        let (running, stopped) = (Arc::clone(&connection), stop.clone());
        let task = match connection.wire {
            Wire::Modbus(_) => tokio::spawn(modbus::run(running, id, batches, Arc::new(Health::default()), stopped)),
            Wire::Mqtt(_) => tokio::spawn(mqtt::run(running, id, batches, Arc::new(Counters::default()), stopped)),
        };
        self.running.push(Link { id, connection, slots, doubt: None, stop, task: Some(task) });
    }
}

impl Link {
    /// Asks the connection to end; returns its task, once.
    fn stop(&mut self) -> Option<(String, JoinHandle<()>)> {
        self.stop.cancel();
        self.task.take().map(|task| (self.connection.name.clone(), task))
    }
}

/// Waits until connections have ended.
async fn ended(tasks: Vec<(String, JoinHandle<()>)>) {
    for (connection, task) in tasks {
        if let Err(error) = task.await {
            tracing::error!(connection, %error, "connector ended by a fault");
        }
    }
}

/// Tells whether a connection is configured as one that runs: only its tags' slots may differ.
fn is_same(running: &Connection, configured: &Connection) -> bool {
    let named = |connection: &Connection| -> Vec<_> {
        connection.tags.iter().map(|tag| (tag.path.clone(), tag.kind)).collect()
    };
    running.name == configured.name && running.wire == configured.wire && named(running) == named(configured)
}

/// Returns the doubt about a connection: what is not polled comes but once, and is believed.
fn doubt(connection: &Connection, plant: &Plant) -> Option<Doubt> {
    match connection.wire {
        Wire::Modbus(_) => Doubt::of(&connection.name, plant),
        Wire::Mqtt(_) => None,
    }
}

fn slots(connection: &Connection) -> Vec<TagSlot> {
    connection.tags.iter().map(|tag| tag.slot).collect()
}
