//! What is told to others: a client of its own that carries letters to the broker, in their order, and tells of each once
//! the broker has acknowledged or refused it.
//!
//! Whatever the broker does, a letter that was taken is carried until it is settled; one that was under way when the link
//! was lost goes again. Knows nothing of events. [`bag`] holds the letters, [`carry`] is one link.

mod bag;
mod carry;

use std::hash::{BuildHasher, RandomState};
use std::time::Instant;

use latchwork_config::connections::Mqtt;
use tokio::sync::mpsc;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::Wired;
use super::client::Lost;
use super::sieve::Mark;
use crate::Backoff;
use crate::limits::{MQTT_RECEIVE_MAXIMUM, MQTT_STABLE_AFTER};
use bag::Bag;
use carry::{End, live};

/// A message that is to reach the broker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// What its delivery is known by.
    pub number: u64,
    /// The topic.
    pub topic: String,
    /// The message.
    pub payload: Vec<u8>,
}

/// What a courier tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// The broker has accepted us.
    Up,
    /// The link is lost, and why.
    Down(String),
    /// A letter is settled: it is not carried any more.
    Settled(u64, Outcome),
    /// Somebody has written to the topic that is listened to.
    Request(Vec<u8>),
}

/// What became of a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The broker has it.
    Taken,
    /// The broker refused it: another time it may take it.
    Refused(String),
    /// The broker ended the link whenever it came, and took others: it will not take this one.
    Deadly,
}

/// Who carries letters.
#[derive(Debug)]
pub struct Courier {
    /// The broker. Nothing of its session is kept.
    pub broker: Mqtt,
    /// The topic at which requests are taken.
    pub requests: String,
    /// The letters.
    pub letters: mpsc::Receiver<Letter>,
    /// Where what became of them is told. There are never more of these than letters and losses of the link; who requests
    /// is bounded by whoever takes them.
    pub deliveries: mpsc::UnboundedSender<Delivery>,
}

impl Courier {
    /// Carries letters until it is stopped, or nobody has any more.
    pub async fn run(mut self, stop: CancellationToken) {
        let broker = self.broker.clone();
        let wire = Wired { mqtt: &broker, mark: Mark::draw(), frames: None, receive_maximum: MQTT_RECEIVE_MAXIMUM };
        let mut backoff = Backoff::new(RandomState::new().hash_one(&broker.client_id));
        let mut bag = Bag::default();
        loop {
            let begun = Instant::now();
            let End::Lost(Lost(reason)) = live(&mut self, &mut bag, &wire, &stop).await else { return };
            if begun.elapsed() >= MQTT_STABLE_AFTER || bag.has_moved() {
                backoff.reset();
            }
            bag.lost();
            self.tell(Delivery::Down(reason));
            if stop.run_until_cancelled(sleep(backoff.pause())).await.is_none() {
                return;
            }
        }
    }

    /// Tells something; who does not listen any more is about to stop this.
    fn tell(&self, delivery: Delivery) {
        let _unheard = self.deliveries.send(delivery);
    }
}
