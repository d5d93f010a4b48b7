//! MQTT 3.1.1 and 5: subscriptions → messages → scans.
//!
//! [`run`] is one connection. What is pure stands beside the loop: `topic` and `payload` say what a message means,
//! `freshness` what is old, `window` what may be acknowledged, `sieve` what is too large. Knows nothing of triggers.
//! What handshakes write is `writer`'s, a client of its own, what is told to others `courier`'s, and what is taken for a
//! collector `listener`'s.

mod chart;
mod client;
mod counters;
mod courier;
mod freshness;
mod intake;
mod link;
mod listener;
mod loss;
mod outbox;
mod packets;
mod payload;
mod repeats;
mod resumption;
mod scalar;
mod session;
mod sieve;
mod stream;
mod subscriptions;
#[cfg(test)]
mod tests;
mod topic;
mod v4;
mod v5;
mod window;
mod writer;

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use latchwork_config::connections::{Connection, Mqtt, Wire};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

pub use counters::{Count, Counters};
pub use courier::{Courier, Delivery, Letter, Outcome};
pub use listener::{Heard, HeardContent, Hearing, Hold, Listener, Saying};

use crate::frames::FrameLog;
use crate::limits::{MQTT_RECEIVE_MAXIMUM, MQTT_STABLE_AFTER};
use crate::{Backoff, Batch, LinkId, Taken, WriteJobs};
use link::Link;
use session::{End, live, pause};
use sieve::Mark;

/// What a connection has of the times before it runs.
#[derive(Clone, Debug, Default)]
pub struct Past {
    /// Where it counts.
    pub counters: Arc<Counters>,
    /// The messages that were taken last, in their order: the broker may not have heard that they were.
    pub taken: Vec<Taken>,
}

/// Runs an MQTT connection until it is stopped, or nobody takes its batches any more.
///
/// Each message is at least one batch, in the broker's order. A message of `QoS` 1 or 2 is acknowledged once the last
/// of its batches is committed, and makes no second batch when the broker sends it again; nor does one that was taken
/// before this runs, if `past` knows it. One that was not acknowledged when this ended is sent again at the next start. The broker's and the network's faults
/// never end this: the link is made anew, at first within a tenth of a second. `jobs` is what handshakes write; there are
/// none without the permission to write.
pub async fn run(
    connection: Arc<Connection>,
    link: LinkId,
    batches: mpsc::Sender<Batch>,
    past: Past,
    jobs: Option<WriteJobs>,
    stop: CancellationToken,
) {
    let configured = Arc::clone(&connection);
    let Wire::Mqtt(mqtt) = &configured.wire else {
        unreachable!("`{}` is no MQTT connection", connection.name);
    };
    let mark = Mark::draw();
    let frames = FrameLog::of(configured.frame_log.as_ref());
    let wire = Wired { mqtt, mark, frames, receive_maximum: MQTT_RECEIVE_MAXIMUM };
    let read = subscribe(Link::new(connection, mqtt, link, batches, past), &wire, &stop);
    match configured.writing.as_ref().zip(jobs) {
        // The two ask nothing of one another: a reader that waits for the engine holds up no answer to a PLC.
        Some((writing, jobs)) => _ = tokio::join!(read, writer::run(&wire, writing, jobs, &stop)),
        None => read.await,
    }
}

/// What every link of a connection is made of.
#[derive(Clone, Debug)]
struct Wired<'a> {
    mqtt: &'a Mqtt,
    mark: Mark,
    frames: Option<FrameLog>,
    /// How many messages the broker may send before one of them is acknowledged.
    receive_maximum: u16,
}

/// Returns a connection that may be tried beside one that runs: a client of its own, which takes nothing of the other's
/// session, of the share of its group, or of its last will.
pub fn trial_of(mqtt: &Mqtt) -> Mqtt {
    let mut trial =
        Mqtt { client_id: format!("{}-check", mqtt.client_id), clean_start: true, last_will: None, ..mqtt.clone() };
    for row in &mut trial.topics {
        row.filter = topic::unshared(&row.filter).to_owned();
    }
    trial
}

/// Takes messages until it is stopped.
async fn subscribe(mut link: Link, wire: &Wired<'_>, stop: &CancellationToken) {
    let mut backoff = Backoff::new(RandomState::new().hash_one(&wire.mqtt.client_id));
    while let End::Lost(reason) = live(&mut link, wire, stop).await {
        if link.lasted() >= MQTT_STABLE_AFTER {
            backoff.reset();
        }
        link.down(&reason);
        if pause(&mut link, backoff.pause(), stop).await.is_err() {
            return;
        }
    }
}
