//! Somebody who listens to a broker and writes down the events that come: a client of its own, with a session that the
//! broker keeps.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use rumqttc_v4::{AsyncClient, Event, MqttOptions, Packet, PublishOptions, QoS};
use serde_json::Value as Json;
use tokio::runtime::Builder;

use super::patience::until;

/// How long until it connects again.
const PAUSE: Duration = Duration::from_millis(50);

/// What came.
#[derive(Debug, Default)]
struct Heard {
    /// The number of each event, in the order in which they came.
    order: Vec<u64>,
    /// The id of each number.
    ids: BTreeMap<u64, String>,
    topics: BTreeMap<u64, String>,
    is_subscribed: bool,
}

/// A subscriber that listens as long as it lives.
pub(super) struct Subscriber {
    heard: Arc<Mutex<Heard>>,
    client: AsyncClient,
    /// Ends with its thread.
    runtime: tokio::runtime::Runtime,
}

impl Subscriber {
    /// Subscribes to all that gateways publish.
    pub(super) fn start(port: u16) -> Self {
        let mut options = MqttOptions::new("subscriber", ("127.0.0.1", port));
        options.set_clean_session(false);
        options.set_max_packet_size(1 << 20, 1 << 20);
        let (client, mut events) = AsyncClient::builder(options).capacity(16).build();
        let (heard, runtime) = (
            Arc::<Mutex<Heard>>::default(),
            Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap(),
        );
        let (into, subscribing) = (Arc::clone(&heard), client.clone());
        runtime.spawn(async move {
            loop {
                match events.poll().await {
                    Ok(Event::Incoming(Packet::ConnAck(_))) => {
                        let subscribed = subscribing.try_subscribe("latchwork/#", QoS::AtLeastOnce);
                        subscribed.expect("there is room for one request");
                    }
                    Ok(Event::Incoming(Packet::SubAck(_))) => lock(&into).is_subscribed = true,
                    Ok(Event::Incoming(Packet::Publish(publish))) => {
                        let topic = String::from_utf8(publish.topic.to_vec()).unwrap();
                        lock(&into).hear(topic, &publish.payload);
                    }
                    Ok(_) => {}
                    Err(_) => tokio::time::sleep(PAUSE).await,
                }
            }
        });
        let subscriber = Self { heard, client, runtime };
        until("the subscription", || lock(&subscriber.heard).is_subscribed.then_some(()));
        subscriber
    }

    /// Returns the numbers of all that came, in the order in which it came.
    pub(super) fn order(&self) -> Vec<u64> {
        lock(&self.heard).order.clone()
    }

    /// Returns how many different events came.
    pub(super) fn count(&self) -> usize {
        lock(&self.heard).ids.len()
    }

    /// Returns the topic at which an event came.
    pub(super) fn topic(&self, seq: u64) -> Option<String> {
        lock(&self.heard).topics.get(&seq).cloned()
    }

    /// Tells whether any event came at a topic.
    pub(super) fn has_heard_at(&self, topic: &str) -> bool {
        lock(&self.heard).topics.values().any(|heard| heard == topic)
    }

    /// Waits until so many different events came, however long it takes as long as some come.
    pub(super) fn wait_for(&self, count: usize) {
        loop {
            let before = self.count();
            if before >= count {
                return;
            }
            until(&format!("more than {before} of {count} events"), || (self.count() > before).then_some(()));
        }
    }

    /// Waits until every event of a log came, however long it takes as long as some come, and sees to it that each has its id.
    pub(super) fn wait_for_all(&self, log: &[(i64, String)]) {
        // What is told beside the log counts as well: a number of events says little.
        let missing = || {
            let heard = lock(&self.heard);
            log.iter().filter(|(seq, _)| !heard.ids.contains_key(&seq.unsigned_abs())).count()
        };
        loop {
            let before = missing();
            if before == 0 {
                return self.assert_has(log);
            }
            until(&format!("one of {before} missing of {} events", log.len()), || (missing() < before).then_some(()));
        }
    }

    /// Asks for what is missing of a log, and waits until it came; returns how many events that were.
    pub(super) fn wait_for_missing(&self, log: &[(i64, String)]) -> usize {
        let missing: Vec<u64> = {
            let heard = lock(&self.heard);
            log.iter().map(|(seq, _)| seq.unsigned_abs()).filter(|seq| !heard.ids.contains_key(seq)).collect()
        };
        for span in missing.chunk_by(|one, next| one + 1 == *next) {
            let (from, to) = (span[0], span[span.len() - 1]);
            self.say("latchwork/gw-live/resend", &format!("{{\"from\":{from},\"to\":{to}}}"));
            until(&format!("events {from} to {to} once more"), || {
                let heard = lock(&self.heard);
                span.iter().all(|seq| heard.ids.contains_key(seq)).then_some(())
            });
        }
        missing.len()
    }

    /// Publishes something.
    pub(super) fn say(&self, topic: &str, text: &str) {
        let options = PublishOptions::new(QoS::AtLeastOnce);
        self.runtime.block_on(self.client.publish(topic, text.to_owned(), options)).unwrap();
    }

    /// Returns all that came: the id of each number.
    pub(super) fn ids(&self) -> BTreeMap<u64, String> {
        lock(&self.heard).ids.clone()
    }

    /// Sees to it that every event of a log came under its own id.
    pub(super) fn assert_has(&self, log: &[(i64, String)]) {
        let heard = lock(&self.heard);
        for (seq, id) in log {
            assert_eq!(heard.ids.get(&seq.unsigned_abs()), Some(id), "event {seq}");
        }
    }
}

impl Drop for Subscriber {
    fn drop(&mut self) {
        // Nobody waits for it; its thread ends with the runtime.
        if !thread::panicking() {
            let _gone = self.client.try_disconnect();
        }
    }
}

impl Heard {
    fn hear(&mut self, topic: String, payload: &[u8]) {
        if topic.ends_with("/resend") {
            return;
        }
        let event: Json = serde_json::from_slice(payload).unwrap();
        let (seq, id) = (event["seq"].as_u64().unwrap(), event["event_id"].as_str().unwrap().to_owned());
        let before = self.ids.insert(seq, id.clone());
        assert!(before.as_ref().is_none_or(|before| *before == id), "event {seq} has the ids {before:?} and {id}");
        self.order.push(seq);
        self.topics.insert(seq, topic);
    }
}

fn lock(heard: &Mutex<Heard>) -> std::sync::MutexGuard<'_, Heard> {
    heard.lock().unwrap_or_else(PoisonError::into_inner)
}
