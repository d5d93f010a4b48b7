//! The connections while they run: each connector is a task; what it brings is translated to the plant's slots.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use latchwork_config::connections::{Connection, Wire};
use latchwork_connectors::mqtt::Past;
use latchwork_connectors::{Batch, LinkId, Taken, WriteJob, WriteReport, Writer, modbus, mqtt};
use latchwork_engine::{Engine, Plant, Sample};
use latchwork_expr::{TagSlot, Timestamp, Value};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::doubt::Doubt;
use super::link_state::{Counted, LinkRow, Standing};
use super::taken::TakenMessages;

/// The connections that run.
#[derive(Debug)]
pub(super) struct Links {
    running: Vec<Link>,
    batches: mpsc::Sender<Batch>,
    /// Where connections report what they wrote; without it none writes.
    reports: Option<mpsc::UnboundedSender<WriteReport>>,
    started: u32,
}

/// A connection that runs.
#[derive(Debug)]
struct Link {
    id: LinkId,
    connection: Arc<Connection>,
    slots: Vec<TagSlot>,
    /// What writes over it, if its configuration allows that.
    writer: Option<Writer>,
    /// For a polled connection that is believed on a condition only.
    doubt: Option<Doubt>,
    standing: Standing,
    counted: Counted,
    stop: CancellationToken,
    task: Option<JoinHandle<()>>,
}

impl Links {
    /// Returns no connection; what those to come bring goes to `batches`. Nothing is written over them.
    pub(super) const fn new(batches: mpsc::Sender<Batch>) -> Self {
        Self { running: Vec::new(), batches, reports: None, started: 0 }
    }

    /// Returns no connection; over those to come handshakes may write, where they allow it.
    pub(super) fn with_writers(batches: mpsc::Sender<Batch>, reports: mpsc::UnboundedSender<WriteReport>) -> Self {
        Self { reports: Some(reports), ..Self::new(batches) }
    }

    /// Hands over what is to be written to a tag; false if no running connection may write it.
    pub(super) fn write(&self, slot: TagSlot, value: Value, number: u64) -> bool {
        let found = self.running.iter().find_map(|link| {
            let writer = link.writer.as_ref()?;
            let tag = link.slots.iter().position(|other| *other == slot)?;
            link.connection.writing.as_ref()?.target(tag)?;
            Some((writer, tag))
        });
        if let Some((writer, tag)) = found {
            writer.write(WriteJob { tag, value, number });
        }
        found.is_some()
    }

    /// Runs these connections: those that run already as they are go on undisturbed, others end or begin. `taken` are the
    /// messages that brokers may send once more.
    pub(super) fn run(&mut self, connections: Vec<Connection>, taken: &TakenMessages) {
        let mut before = std::mem::take(&mut self.running);
        for connection in connections {
            let same = before.iter().position(|link| is_same(&link.connection, &connection));
            let Some(place) = same else {
                let messages = taken.of(&connection.name);
                self.start(connection, messages);
                continue;
            };
            let mut link = before.swap_remove(place);
            link.slots = slots(&connection);
            self.running.push(link);
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

    /// Returns the name of the connection that a batch comes from.
    pub(super) fn name(&self, link: LinkId) -> Option<&str> {
        self.running.iter().find(|running| running.id == link).map(|running| running.connection.name.as_str())
    }

    /// Notes the news that a batch brings, if it does.
    pub(super) fn note(&mut self, batch: &Batch, now: Timestamp) {
        let Some(notice) = &batch.notice else { return };
        if let Some(link) = self.running.iter_mut().find(|link| link.id == batch.link) {
            link.standing.take(notice, now);
        }
    }

    /// Returns what is known of each connection.
    pub(super) fn rows(&self) -> Vec<LinkRow> {
        let row = |link: &Link| LinkRow {
            connection: link.connection.name.clone(),
            standing: link.standing.clone(),
            counted: link.counted.clone(),
        };
        self.running.iter().map(row).collect()
    }

    /// Returns why tags cannot be read whose slots lie in a range, by slot.
    pub(super) fn diagnostics(&self, slots: &Range<usize>) -> BTreeMap<usize, Arc<str>> {
        let mut diagnostics = BTreeMap::new();
        for link in &self.running {
            link.counted.add_diagnostics(&link.slots, slots, &mut diagnostics);
        }
        diagnostics
    }

    /// Returns the tags that connections feed: of which connection, how often a polled one is read, its slot.
    pub(super) fn fed(&self) -> impl Iterator<Item = (&str, Option<Duration>, TagSlot)> {
        self.running.iter().flat_map(|link| {
            let name = link.connection.name.as_str();
            let period = |place: usize| match &link.connection.wire {
                Wire::Modbus(modbus) => modbus.points.get(place).and_then(|point| point.period),
                Wire::Mqtt(_) => None,
            };
            link.slots.iter().enumerate().map(move |(place, &slot)| (name, period(place), slot))
        })
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

    fn start(&mut self, connection: Connection, taken: Vec<Taken>) {
        self.started += 1;
        let (id, stop, batches) = (LinkId(self.started), CancellationToken::new(), self.batches.clone());
        let (slots, connection) = (slots(&connection), Arc::new(connection));
        let (running, stopped) = (Arc::clone(&connection), stop.clone());
        let writer = self.reports.clone().and_then(|reports| Writer::to(&connection, id, reports));
        let (writer, jobs) = writer.unzip();
        let counted = Counted::of(&connection.wire);
        let task = match counted.clone() {
            Counted::Modbus(health) => tokio::spawn(modbus::run(running, id, batches, health, jobs, stopped)),
            Counted::Mqtt(counters) => {
                tokio::spawn(mqtt::run(running, id, batches, Past { counters, taken }, jobs, stopped))
            }
        };
        let (standing, task) = (Standing::default(), Some(task));
        self.running.push(Link { id, connection, slots, writer, doubt: None, standing, counted, stop, task });
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
        connection.tags.iter().map(|tag| (tag.path.clone(), tag.kind, tag.shaping.clone())).collect()
    };
    running.name == configured.name
        && running.wire == configured.wire
        && running.writing == configured.writing
        && running.frame_log == configured.frame_log
        && named(running) == named(configured)
}

/// Returns the doubt about a connection: what is not polled comes but once, and is believed.
fn doubt(connection: &Connection, plant: &Plant) -> Option<Doubt> {
    match &connection.wire {
        Wire::Modbus(modbus) => {
            let points = connection.tags.iter().zip(&modbus.points);
            let once: Vec<TagSlot> =
                points.filter(|(_, point)| point.period.is_none()).map(|(tag, _)| tag.slot).collect();
            Doubt::of(&connection.name, plant, &once)
        }
        Wire::Mqtt(_) => None,
    }
}

fn slots(connection: &Connection) -> Vec<TagSlot> {
    connection.tags.iter().map(|tag| tag.slot).collect()
}
