//! Connections that are tried once: do they stand, and what does each tag read.
//!
//! The very connectors that the gateway runs, without an engine behind them. All are tried side by side, each with its
//! time; nothing is written to any.

use std::sync::Arc;
use std::time::Duration;

use latchwork_config::connections::{Connection, Wire};
use latchwork_connectors::mqtt::{self, Past};
use latchwork_connectors::{Batch, Health, LinkId, modbus};
use latchwork_engine::{Notice, Reading};
use latchwork_expr::{Level, Quality, Value};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

use super::limits::{BATCHES_WAITING_MAX, TRIAL_MESSAGES_PATIENCE};

/// What became of a connection that was tried.
#[derive(Clone, Debug)]
pub struct Trial {
    /// Its name.
    pub connection: String,
    /// Whether its tags are polled: then each must have been read.
    pub is_polled: bool,
    /// Why it does not stand; `None` if it does.
    pub fault: Option<String>,
    /// Its tags, in the order of the file.
    pub tags: Vec<TriedTag>,
}

/// What became of a tag.
#[derive(Clone, Debug)]
pub struct TriedTag {
    /// Its path.
    pub path: String,
    /// What was read; `None` if nothing came in time.
    pub read: Option<(Value, Quality)>,
    /// Why it could not be read, if more is known than the quality.
    pub diagnostic: Option<Arc<str>>,
}

impl Trial {
    /// Tells whether all is well.
    pub fn is_good(&self) -> bool {
        let is_read = |tag: &TriedTag| match &tag.read {
            Some((_, quality)) => quality.level() < Level::Bad,
            None => !self.is_polled,
        };
        self.fault.is_none() && self.tags.iter().all(is_read)
    }

    fn take(&mut self, batch: Batch) {
        match batch.notice {
            Some(Notice::ConnectionUp { .. }) => self.fault = None,
            Some(Notice::ConnectionDown { reason, .. }) => {
                self.fault = Some(reason.to_string());
                return;
            }
            Some(
                Notice::GatewayStarted
                | Notice::GatewayStopped
                | Notice::ConnectionClockStepped { .. }
                | Notice::SamplesLost(_)
                | Notice::ScanSkipped(_)
                | Notice::ProductionOrderChanged { .. }
                | Notice::OutboxDropped { .. },
            )
            | None => {}
        }
        for sample in batch.samples {
            let value = match sample.reading {
                Reading::Value(value) => value,
                Reading::Kept => Value::Null,
            };
            self.tags[sample.tag.index()].read = Some((value, sample.quality));
        }
    }

    fn is_complete(&self) -> bool {
        self.tags.iter().all(|tag| tag.read.is_some())
    }
}

/// Tries connections side by side, each for at most so long; returns what became of them, in their order.
pub async fn try_all(connections: Vec<Connection>, patience: Duration) -> Vec<Trial> {
    let running: Vec<_> =
        connections.into_iter().map(|connection| tokio::spawn(try_one(connection, patience))).collect();
    let mut trials = Vec::new();
    for trial in running {
        // A connector that panics has been told of already.
        trials.extend(trial.await);
    }
    trials
}

async fn try_one(mut connection: Connection, patience: Duration) -> Trial {
    connection.writing = None;
    if let Wire::Mqtt(mqtt) = &connection.wire {
        connection.wire = Wire::Mqtt(Box::new(mqtt::trial_of(mqtt)));
    }
    let mut trial = Trial {
        connection: connection.name.clone(),
        is_polled: matches!(connection.wire, Wire::Modbus(_)),
        fault: Some(format!("nothing is known of it after {} s", patience.as_secs_f64())),
        tags: connection
            .tags
            .iter()
            .map(|tag| TriedTag { path: tag.path.clone(), read: None, diagnostic: None })
            .collect(),
    };
    let (batches, inbox) = mpsc::channel(BATCHES_WAITING_MAX);
    let (id, stop, connection) = (LinkId(0), CancellationToken::new(), Arc::new(connection));
    let health = Arc::new(Health::default());
    let task = if trial.is_polled {
        tokio::spawn(modbus::run(connection, id, batches, health.clone(), None, stop.clone()))
    } else {
        tokio::spawn(mqtt::run(connection, id, batches, Past::default(), None, stop.clone()))
    };
    hear(&mut trial, inbox, Instant::now() + patience).await;
    for (index, tag) in trial.tags.iter_mut().enumerate() {
        tag.diagnostic = health.diagnostics.of(index);
    }
    stop.cancel();
    // It says farewell; what it still brings is nobody's.
    let _ended = task.await;
    trial
}

/// Takes what comes until all is known, or the time is over.
async fn hear(trial: &mut Trial, mut inbox: mpsc::Receiver<Batch>, end: Instant) {
    let (mut is_up, mut end) = (false, end);
    while let Ok(Some(mut batch)) = timeout_at(end, inbox.recv()).await {
        let is_lost = matches!(batch.notice, Some(Notice::ConnectionDown { .. }));
        // What a trial has taken is not to come again.
        if let Some(receipt) = batch.receipt.take() {
            receipt.committed();
        }
        trial.take(batch);
        if !is_up && trial.fault.is_none() {
            is_up = true;
            // Nobody knows when the next message comes.
            if !trial.is_polled {
                end = end.min(Instant::now() + TRIAL_MESSAGES_PATIENCE);
            }
        }
        if is_lost || (is_up && trial.is_complete()) {
            return;
        }
    }
}
