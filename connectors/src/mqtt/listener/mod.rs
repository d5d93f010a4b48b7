//! Who takes messages for somebody that keeps them: a client of its own, which acknowledges a message only once it is told
//! that the message is kept.
//!
//! What was not acknowledged when the link was lost the broker sends again, to this client or to another of its group. A link
//! that was lost is not made anew before all that came over the last one is dealt with: nothing piles up while there is
//! nowhere to keep it. Knows nothing of events. [`hear`] is one link.

mod hear;

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::Instant;

use latchwork_config::connections::Mqtt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::Wired;
use super::client::{Held, Lost};
use super::sieve::Mark;
use crate::Backoff;
use crate::limits::{LISTENER_ROOM_KIBIBYTES, MQTT_STABLE_AFTER};
use hear::{End, live};

/// A message.
#[derive(Debug)]
pub struct Heard {
    /// The topic.
    pub topic: String,
    /// What it carries.
    pub content: HeardContent,
    /// What it is acknowledged by.
    pub hold: Hold,
}

/// What a message carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeardContent {
    /// A payload.
    Payload(Vec<u8>),
    /// Nothing: the packet had so many bytes, which is beyond the limit.
    Oversized(u64),
}

/// What a message is acknowledged by, and its share of the room for messages. Once its link is lost it is only that.
#[derive(Debug)]
pub struct Hold {
    link: u64,
    /// `None` for `QoS` 0.
    held: Option<Held>,
    _room: OwnedSemaphorePermit,
}

/// What a listener tells.
#[derive(Debug)]
pub enum Hearing {
    /// The broker has accepted us and the subscription.
    Up,
    /// The link is lost, and why.
    Down(String),
    /// A message.
    Message(Heard),
}

/// What a listener is told.
#[derive(Debug)]
pub enum Saying {
    /// These messages are kept. They are told in the order in which they came.
    Kept(Vec<Hold>),
    /// This is to be published, if the link is up: who asks for something asks again.
    Publish {
        /// The topic.
        topic: String,
        /// The message.
        payload: Vec<u8>,
    },
}

/// Who takes messages.
#[derive(Debug)]
pub struct Listener {
    /// The broker.
    pub broker: Mqtt,
    /// What is subscribed to, at `QoS` 1.
    pub filter: String,
    /// How many messages the broker may send before one of them is acknowledged (MQTT 5).
    pub receive_maximum: u16,
    /// Where messages go. What waits there is bounded by the room for messages.
    pub hearings: mpsc::UnboundedSender<Hearing>,
    /// What it is told.
    pub sayings: mpsc::Receiver<Saying>,
}

impl Listener {
    /// Takes messages until it is stopped. What it is told before that is still said.
    pub async fn run(mut self, stop: CancellationToken) {
        let broker = self.broker.clone();
        let wire = Wired { mqtt: &broker, mark: Mark::draw(), frames: None, receive_maximum: self.receive_maximum };
        let mut backoff = Backoff::new(RandomState::new().hash_one(&broker.client_id));
        let room = Arc::new(Semaphore::new(LISTENER_ROOM_KIBIBYTES as usize));
        for link in 1.. {
            let begun = Instant::now();
            let End::Lost(Lost(reason)) = live(&mut self, &wire, (link, &room), &stop).await else { return };
            if begun.elapsed() >= MQTT_STABLE_AFTER {
                backoff.reset();
            }
            self.tell(Hearing::Down(reason));
            let wait = async {
                sleep(backoff.pause()).await;
                self.until_dealt_with(&room).await;
            };
            if stop.run_until_cancelled(wait).await.is_none() {
                return;
            }
        }
    }

    /// Waits until nothing is held any more of what came; what is said meanwhile is about a link that is gone.
    async fn until_dealt_with(&mut self, room: &Semaphore) {
        let mut all = std::pin::pin!(room.acquire_many(LISTENER_ROOM_KIBIBYTES));
        loop {
            tokio::select! {
                _ = &mut all => return,
                Some(_) = self.sayings.recv() => {}
            }
        }
    }

    /// Tells something; who does not listen any more is about to stop this.
    fn tell(&self, hearing: Hearing) {
        let _unheard = self.hearings.send(hearing);
    }
}
