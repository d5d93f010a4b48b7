//! Numbered parts as MQTT messages: somebody who publishes them all the time, the plant that makes a record of each, and
//! which of them are in the ledger.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use latchwork_store::StoredRecord;
use rumqttc_v4::{AsyncClient, Event, MqttOptions, Outgoing, Packet, PublishOptions, QoS};
use tokio::runtime::{self, Runtime};
use tokio::task::JoinHandle;

use super::ledger::Ledger;
use super::plant::Plant;

/// How many messages the publisher has on their way at most.
const ON_THEIR_WAY: usize = 20;

const TOPIC: &str = "packer/part";
/// How each payload begins; its number follows.
pub(super) const PAYLOAD_START: &[u8] = b"{\"v\":";

/// Somebody who publishes numbered parts with `QoS` 1 until that is over.
pub(super) struct Packer {
    published: Arc<Published>,
    runtime: Runtime,
    publishing: JoinHandle<()>,
}

impl Packer {
    /// Publishes a part, and another after each pause.
    pub(super) fn start(port: u16, pause: Duration) -> Self {
        let published = Arc::new(Published::default());
        let runtime = runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let publishing = runtime.spawn(publish(port, pause, Arc::clone(&published)));
        Self { published, runtime, publishing }
    }

    /// Publishes no more; waits until the broker has all of them. Returns which of its connections acknowledged which part.
    pub(super) fn stop(self) -> BTreeMap<u64, u64> {
        self.published.is_over.store(true, Ordering::Release);
        self.runtime.block_on(self.publishing).unwrap();
        self.published.acknowledged()
    }
}

/// What the broker has acknowledged to its publisher, and over which of its connections.
#[derive(Debug, Default)]
struct Published {
    acknowledged: Mutex<BTreeMap<u64, u64>>,
    is_over: AtomicBool,
    last: AtomicU64,
}

impl Published {
    fn acknowledged(&self) -> BTreeMap<u64, u64> {
        self.acknowledged.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Publishes parts until it is over, and then waits until the broker has all of them.
async fn publish(port: u16, pause: Duration, published: Arc<Published>) {
    let mut options = MqttOptions::new("packer", ("127.0.0.1", port));
    options.set_clean_session(false);
    options.set_inflight(u16::try_from(ON_THEIR_WAY).unwrap());
    let (client, mut events) = AsyncClient::builder(options).capacity(1).build();
    let sender = {
        let published = Arc::clone(&published);
        tokio::spawn(async move {
            for number in 1.. {
                let payload = format!("{{\"v\":{number},\"t\":{number}}}");
                client.publish(TOPIC, payload, PublishOptions::new(QoS::AtLeastOnce)).await.unwrap();
                published.last.store(number, Ordering::Release);
                if published.is_over.load(Ordering::Acquire) {
                    return;
                }
                tokio::time::sleep(pause).await;
            }
        })
    };
    // The order in which messages go out is that of their numbers; each packet id is one of them until it is
    // acknowledged.
    let (mut next, mut numbers, mut connection) = (0, BTreeMap::new(), 0);
    loop {
        match events.poll().await {
            Ok(Event::Outgoing(Outgoing::Publish(packet))) if !numbers.contains_key(&packet) => {
                next += 1;
                numbers.insert(packet, next);
            }
            Ok(Event::Incoming(Packet::PubAck(ack))) => {
                let number = numbers.remove(&ack.pkid).expect("it was published");
                let mut acknowledged = published.acknowledged.lock().unwrap_or_else(PoisonError::into_inner);
                acknowledged.insert(number, connection);
            }
            Ok(Event::Incoming(Packet::ConnAck(_))) => connection += 1,
            Ok(Event::Incoming(_) | Event::Outgoing(_)) => {}
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
        let is_sent = sender.is_finished() && next == published.last.load(Ordering::Acquire);
        if is_sent && numbers.is_empty() {
            return;
        }
    }
}

/// Adds the parts of a broker to a plant: a record of `Part` for each.
pub(super) fn with_parts(plant: Plant, port: u16) -> Plant {
    let plant = plant.broker("broker", port).topic("Part", "broker", TOPIC);
    let plant = plant.and("payload = \"json\"").and("value = \"$.v\"").and("time = \"$.t\"").and("time_unit = \"s\"");
    plant.operation_of_values("Part", "Part")
}

/// Returns the number of a part.
pub(super) fn number(payload: &[u8]) -> u64 {
    let digits = payload.strip_prefix(PAYLOAD_START).expect("it is one of ours");
    let digits = digits.iter().take_while(|byte| byte.is_ascii_digit()).copied().collect();
    String::from_utf8(digits).unwrap().parse().unwrap()
}

/// Returns the numbers of the messages that were taken. Each is one record, which ends where the next begins; but for the
/// first, which the second is compared with.
pub(super) fn taken(ledger: &Ledger) -> BTreeSet<u64> {
    let records = ledger.records("Part");
    let number = |record: &StoredRecord| -> u64 { record.production_order.as_ref().unwrap().parse().unwrap() };
    for pair in records.windows(2) {
        let (one, next) = (number(&pair[0]), number(&pair[1]));
        assert!(one < next, "{one} was followed by {next}");
        assert_eq!(pair[0].end_date.as_ref(), Some(&pair[1].start_date), "{one} ends where {next} begins");
    }
    [1].into_iter().chain(records.iter().map(number)).collect()
}
