//! Batches: what came, read, in the order in which it came.

use latchwork_config::Collect;
use latchwork_connectors::mqtt::{Heard, Hearing, Hold};
use latchwork_expr::Timestamp;
use latchwork_store::collected::{Arrival, DeadLetter};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

use super::message::Message;
use crate::live::wall_now;

/// What is kept in one transaction, and then acknowledged.
#[derive(Debug, Default)]
pub(super) struct Batch {
    /// The events, and the topic of each.
    pub(super) arrivals: Vec<Arrival>,
    pub(super) topics: Vec<String>,
    pub(super) letters: Vec<DeadLetter>,
    pub(super) holds: Vec<Hold>,
}

/// Who makes batches.
#[derive(Debug)]
pub(super) struct Gatherer {
    settings: Collect,
    heard: mpsc::UnboundedReceiver<Hearing>,
    /// Since when the broker is there.
    up: watch::Sender<Option<Timestamp>>,
    batches: mpsc::Sender<Batch>,
}

impl Gatherer {
    pub(super) fn new(
        settings: &Collect,
        heard: mpsc::UnboundedReceiver<Hearing>,
        up: watch::Sender<Option<Timestamp>>,
        batches: mpsc::Sender<Batch>,
    ) -> Self {
        Self { settings: settings.clone(), heard, up, batches }
    }

    /// Makes batches until it is stopped; the last one, which is not whole, is left to the broker.
    pub(super) async fn run(mut self, stop: CancellationToken) {
        while let Some(Some(batch)) = stop.run_until_cancelled(self.next()).await {
            // Whoever keeps them has ended: so is this about to.
            if self.batches.send(batch).await.is_err() {
                return;
            }
        }
    }

    /// Returns the next batch, with one message at least.
    async fn next(&mut self) -> Option<Batch> {
        let mut batch = Batch::default();
        let most = self.settings.batch_events_max.min(self.settings.receive_maximum.into()) as usize;
        let mut end = None;
        while batch.holds.len() < most {
            // What is there already is taken without a look at the clock.
            let hearing = match (self.heard.try_recv(), end) {
                (Ok(hearing), _) => hearing,
                (Err(_), None) => self.heard.recv().await?,
                (Err(_), Some(end)) => match timeout_at(end, self.heard.recv()).await {
                    Ok(hearing) => hearing?,
                    Err(_) => break,
                },
            };
            if let Some(heard) = self.take(hearing) {
                self.put(heard, &mut batch);
                end = end.or_else(|| Some(Instant::now() + self.settings.batch_wait));
            }
        }
        Some(batch)
    }

    /// Returns the message that was heard, or tells of the link.
    fn take(&self, hearing: Hearing) -> Option<Heard> {
        let broker = format_args!("{}:{}", self.settings.broker.host, self.settings.broker.port).to_string();
        match hearing {
            Hearing::Message(heard) => return Some(heard),
            Hearing::Up => {
                tracing::info!(broker, filter = self.settings.filter(), "events are collected");
                self.up.send_replace(Some(wall_now()));
            }
            Hearing::Down(reason) => {
                tracing::warn!(broker, reason, "broker lost: nothing is collected");
                self.up.send_replace(None);
            }
        }
        None
    }

    fn put(&self, Heard { topic, content, hold }: Heard, batch: &mut Batch) {
        batch.holds.push(hold);
        match Message::of(&self.settings.topic_prefix, &topic, content) {
            Message::Event(arrival, odd) => {
                batch.arrivals.push(*arrival);
                batch.topics.push(topic);
                batch.letters.extend(odd);
            }
            Message::Dead(letter) => batch.letters.push(letter),
            Message::Request => {}
        }
    }
}
