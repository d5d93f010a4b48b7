//! Brokers that are killed and started again under load: every message that reaches the gateway is taken exactly once,
//! and so is every message that the broker had written down.
//!
//! What a killed broker had acknowledged to its publisher, but neither written down nor handed on, is lost with it,
//! whatever we do. A relay sees what was handed on, and the broker's own file what was written down; no other message
//! may be missing.
//!
//! `LATCHWORK_BROKER_KILLS` says how often the broker is killed, for a long run.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use std::{env, fs, thread};

use latchwork_store::StoredRecord;
use rumqttc_v4::{AsyncClient, Event, MqttOptions, Outgoing, Packet, PublishOptions, QoS};
use tokio::runtime;

use super::broker::Broker;
use super::folder::Folder;
use super::gateway::Gateway;
use super::ledger::Ledger;
use super::patience::until;
use super::plant::Plant;
use super::port::free_port;
use super::relay::{Relay, Seen};
use crate::model::Dice;

/// How often the ordinary test run kills, unless `LATCHWORK_BROKER_KILLS` says otherwise.
const KILLS: u64 = 4;
/// How many messages the gateway acknowledges at least between two kills.
const MESSAGES_BETWEEN: usize = 150;
/// How long after the last of these a broker lives on at most: it dies in the middle of whatever it does.
const LIFE_MILLIS_MAX: i64 = 200;
/// How many messages the publisher has on their way at most.
const ON_THEIR_WAY: usize = 20;

const TOPIC: &str = "packer/part";
const PAYLOAD_START: &[u8] = b"{\"v\":";

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

/// Publishes numbered parts with `QoS` 1 until it is over, and then waits until the broker has all of them.
async fn publish(port: u16, published: Arc<Published>) {
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
                tokio::time::sleep(Duration::from_millis(2)).await;
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

fn plant(port: u16) -> Plant {
    let plant = Plant::new().broker("broker", port).topic("Part", "broker", TOPIC);
    let plant = plant.and("payload = \"json\"").and("value = \"$.v\"").and("time = \"$.t\"").and("time_unit = \"s\"");
    plant.operation_of_values("Part", "Part")
}

/// Returns the number of a part.
fn number(payload: &[u8]) -> u64 {
    let digits = payload.strip_prefix(PAYLOAD_START).expect("it is one of ours");
    let digits = digits.iter().take_while(|byte| byte.is_ascii_digit()).copied().collect();
    String::from_utf8(digits).unwrap().parse().unwrap()
}

/// Returns the messages that a broker had written down when it was killed.
fn written_down(folder: &Folder) -> impl Iterator<Item = u64> {
    let file = fs::read(folder.join("mosquitto.db")).unwrap();
    let places: Vec<usize> = file
        .windows(PAYLOAD_START.len())
        .enumerate()
        .filter(|(_, bytes)| *bytes == PAYLOAD_START)
        .map(|(place, _)| place)
        .collect();
    places.into_iter().map(move |place| number(&file[place..]))
}

#[test]
fn a_broker_killed_under_load_costs_no_message_that_it_could_deliver_and_doubles_none() {
    let kills = env::var("LATCHWORK_BROKER_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(KILLS);
    let (folder, port, relay_port) = (Folder::new("broker-kills"), free_port(), free_port());
    folder.configure(&plant(relay_port));
    let (mut broker, ledger, mut dice) = (Broker::start_careful(&folder, port), folder.ledger(), Dice::new(1));
    let relay = Relay::start(relay_port, port, number);
    let gateway = Gateway::start(&folder);
    ledger.wait_for_events("connection.up", 1);

    let published = Arc::new(Published::default());
    let runtime = runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let publishing = runtime.spawn(publish(port, Arc::clone(&published)));
    let mut written = BTreeSet::new();
    for _ in 0..kills {
        let enough = relay.acknowledged() + MESSAGES_BETWEEN;
        until("some messages more", || (relay.acknowledged() >= enough).then_some(()));
        thread::sleep(Duration::from_millis(dice.between(0, LIFE_MILLIS_MAX).unsigned_abs()));
        broker.kill();
        written.extend(written_down(&folder));
        broker = Broker::start_careful(&folder, port);
    }
    published.is_over.store(true, Ordering::Release);
    runtime.block_on(publishing).unwrap();
    let newest = published.last.load(Ordering::Acquire).to_string();
    until("the last message", || {
        (ledger.open_record("Part")?.production_order.as_ref() == Some(&newest)).then_some(())
    });
    gateway.stop();

    let seen = relay.seen();
    // Beside what else is left if the test fails.
    folder.write("delivered.txt", &format!("{:?}", seen.delivered));
    let taken = taken(&ledger);
    look_for_lost(&taken, &seen, &written);
    let lost = lost_by_brokers(&taken, &published.acknowledged());
    let (delivered, again) = (seen.delivered.len(), seen.delivered.len() - taken.len());
    println!("{kills} kills, {delivered} messages delivered, {again} of them again, {lost} lost by the brokers");
}

/// Returns the numbers of the messages that were taken. Each is one record, which ends where the next begins; but for the
/// first, which the second is compared with.
fn taken(ledger: &Ledger) -> BTreeSet<u64> {
    let records = ledger.records("Part");
    let number = |record: &StoredRecord| -> u64 { record.production_order.as_ref().unwrap().parse().unwrap() };
    for pair in records.windows(2) {
        let (one, next) = (number(&pair[0]), number(&pair[1]));
        assert!(one < next, "{one} was followed by {next}");
        assert_eq!(pair[0].end_date.as_ref(), Some(&pair[1].start_date), "{one} ends where {next} begins");
    }
    let started = ledger.events_of("operation.started").len();
    assert_eq!(started, records.len(), "each start is told once");
    [1].into_iter().chain(records.iter().map(number)).collect()
}

/// Sees to it that what reached the gateway was taken, and nothing else, and that what the brokers had written down
/// reached it.
fn look_for_lost(taken: &BTreeSet<u64>, seen: &Seen, written: &BTreeSet<u64>) {
    let delivered: BTreeSet<u64> = seen.delivered.iter().copied().collect();
    let kept = seen.sessions_kept.iter().skip(1).all(|is_kept| *is_kept);
    assert!(kept, "a broker forgot the gateway: {:?}", seen.sessions_kept);
    let missing = |numbers: &BTreeSet<u64>| numbers.difference(taken).copied().collect::<Vec<_>>();
    assert_eq!(missing(&seen.acknowledged), [0; 0], "acknowledged by the gateway, and lost");
    assert_eq!(missing(&delivered), [0; 0], "delivered to the gateway, and lost");
    assert_eq!(missing(written), [0; 0], "written down by a broker, and never delivered");
    assert_eq!(taken.difference(&delivered).collect::<Vec<_>>(), [&0; 0], "taken, and never delivered");
}

/// Returns how many messages were lost that a broker had acknowledged to its publisher; sees to it that none was lost by
/// the broker that lived on.
fn lost_by_brokers(taken: &BTreeSet<u64>, acknowledged: &BTreeMap<u64, u64>) -> usize {
    let lost: BTreeMap<u64, u64> = acknowledged
        .iter()
        .filter(|(number, _)| !taken.contains(number))
        .map(|(number, over)| (*number, *over))
        .collect();
    let newest = acknowledged.values().max();
    assert!(lost.values().all(|over| Some(over) != newest), "lost by the broker that lived on: {lost:?}");
    lost.len()
}
