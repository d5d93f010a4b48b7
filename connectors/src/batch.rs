//! What a connection delivers: one batch is one scan.

use std::time::Instant;

use latchwork_engine::{Notice, Sample};
use serde::{Deserialize, Serialize};
use tokio::sync::{OwnedSemaphorePermit, mpsc};

/// Which incarnation of which connection a batch comes from: each start of a connector has its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LinkId(pub u32);

/// What a connection delivers at one instant: one Modbus response, one MQTT message, or the news
/// that the link is up or down.
#[derive(Debug)]
pub struct Batch {
    /// Where it comes from.
    pub link: LinkId,
    /// When it was received: the scan's time.
    pub received: Instant,
    /// The samples, each tag at most once. Their `tag` is the index in the connection's list of
    /// tags, not a slot of the plant: whoever takes the batch translates it.
    pub samples: Vec<Sample>,
    /// What happened to the link, if that is why there are samples.
    pub notice: Option<Notice>,
    /// Whether it is a message that its broker had kept for who subscribes.
    pub is_retained: bool,
    /// What is to be told when the scan is durable.
    pub receipt: Option<Receipt>,
    /// What it takes of the room that its connection has for what waits; given back when it is dropped.
    pub room: Option<OwnedSemaphorePermit>,
}

/// A message that was taken: what it is known by when its broker sends it again, to whatever process there is by then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// The broker's number of it.
    pub packet: u16,
    /// Of topic and payload.
    pub digest: u64,
    /// Whether it is of `QoS` 2.
    pub is_once: bool,
}

/// A message that wants to be acknowledged once its scan is durable.
#[derive(Debug)]
pub struct Receipt {
    message: u64,
    taken: Option<Taken>,
    committed: mpsc::UnboundedSender<u64>,
}

impl Receipt {
    /// Returns the receipt of a message; its number is sent when the scan is durable. The channel
    /// needs no bound: there are never more messages in it than the broker may leave unacknowledged.
    pub const fn new(message: u64, committed: mpsc::UnboundedSender<u64>) -> Self {
        Self { message, taken: None, committed }
    }

    /// Has the receipt say which message it is of.
    #[must_use]
    pub(crate) fn of(self, taken: Taken) -> Self {
        Self { taken: Some(taken), ..self }
    }

    /// Returns what the message is known by, if its broker may send it again.
    pub const fn taken(&self) -> Option<Taken> {
        self.taken
    }

    /// Tells that the scan is durable. A connection that has ended meanwhile does not mind.
    pub fn committed(self) {
        let _ended = self.committed.send(self.message);
    }
}
