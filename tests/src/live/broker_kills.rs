//! Brokers that are killed and started again under load: no message that the gateway acknowledged is missing, none is
//! taken twice, and no value comes back.
//!
//! `LATCHWORK_BROKER_KILLS` says how often the broker is killed, for a long run.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rumqttc_v4::{AsyncClient, Event, MqttOptions, Outgoing, Packet, PublishOptions, QoS};
use tokio::runtime;

use super::broker::Broker;
use super::folder::Folder;
use super::gateway::Gateway;
use super::patience::until;
use super::plant::Plant;
use super::port::free_port;
use crate::model::Dice;

/// How often the ordinary test run kills, unless `LATCHWORK_BROKER_KILLS` says otherwise.
const KILLS: u64 = 4;
/// How many messages the gateway takes at least between two kills.
const MESSAGES_BETWEEN: u64 = 150;
/// How long after the last of these a broker lives on at most: it dies in the middle of whatever it does.
const LIFE_MILLIS_MAX: i64 = 200;
/// How much a broker may have taken over without writing it down: what it had acknowledged within this time when it was
/// killed, and handed on to nobody, is lost with it, whatever we do.
const UNWRITTEN: Duration = Duration::from_secs(2);
/// How many messages the publisher has on their way at most.
const ON_THEIR_WAY: usize = 20;

const TOPIC: &str = "packer/part";

/// What the broker has acknowledged to its publisher, and when.
#[derive(Debug, Default)]
struct Published {
    acknowledged: Mutex<BTreeMap<u64, Instant>>,
    is_over: AtomicBool,
    last: AtomicU64,
}

impl Published {
    fn acknowledged(&self) -> BTreeMap<u64, Instant> {
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
    let (mut next, mut numbers) = (0, BTreeMap::new());
    loop {
        match events.poll().await {
            Ok(Event::Outgoing(Outgoing::Publish(packet))) if !numbers.contains_key(&packet) => {
                next += 1;
                numbers.insert(packet, next);
            }
            Ok(Event::Incoming(Packet::PubAck(ack))) => {
                let number = numbers.remove(&ack.pkid).expect("it was published");
                let mut acknowledged = published.acknowledged.lock().unwrap_or_else(PoisonError::into_inner);
                acknowledged.insert(number, Instant::now());
            }
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

#[test]
fn a_broker_killed_under_load_costs_no_message_that_the_gateway_acknowledged_and_doubles_none() {
    let kills = env::var("LATCHWORK_BROKER_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(KILLS);
    let (folder, port) = (Folder::new("broker-kills"), free_port());
    folder.configure(&plant(port));
    let (mut broker, ledger, mut dice) = (Broker::start_careful(&folder, port), folder.ledger(), Dice::new(1));
    let gateway = Gateway::start(&folder);
    ledger.wait_for_events("connection.up", 1);

    let published = Arc::new(Published::default());
    let runtime = runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let publishing = runtime.spawn(publish(port, Arc::clone(&published)));
    let count = || ledger.number("SELECT count(*) FROM operation_records").unsigned_abs();
    let mut deaths = Vec::new();
    for _ in 0..kills {
        let enough = count() + MESSAGES_BETWEEN;
        until("some messages more", || (count() >= enough).then_some(()));
        thread::sleep(Duration::from_millis(dice.between(0, LIFE_MILLIS_MAX).unsigned_abs()));
        broker.kill();
        let died = Instant::now();
        broker = Broker::start_careful(&folder, port);
        deaths.push(died..Instant::now());
    }
    published.is_over.store(true, Ordering::Release);
    runtime.block_on(publishing).unwrap();
    let last = published.last.load(Ordering::Acquire).to_string();
    until("the last message", || (ledger.open_record("Part")?.production_order.as_ref() == Some(&last)).then_some(()));
    gateway.stop();

    let taken: Vec<u64> = ledger
        .records("Part")
        .iter()
        .map(|record| record.production_order.as_ref().unwrap().parse().unwrap())
        .collect();
    // Each record is a value that another followed: none comes twice, and none comes back.
    for pair in taken.windows(2) {
        assert!(pair[0] < pair[1], "{} was followed by {}", pair[0], pair[1]);
    }
    look_for_lost(&taken, &published.acknowledged(), &deaths);
}

/// Sees to it that whatever the broker had written down arrived.
fn look_for_lost(taken: &[u64], acknowledged: &BTreeMap<u64, Instant>, deaths: &[Range<Instant>]) {
    let taken: BTreeSet<u64> = taken.iter().copied().collect();
    let first = taken.first().copied().unwrap_or_default();
    let lost: Vec<(u64, Instant)> = acknowledged
        .iter()
        .filter(|(number, _)| **number > first && !taken.contains(number))
        .map(|(number, at)| (*number, *at))
        .collect();
    for (number, at) in &lost {
        // What the dead broker had sent may be read a moment after its death.
        let is_of_dead =
            |death: &Range<Instant>| *at <= death.end && death.start.saturating_duration_since(*at) <= UNWRITTEN;
        assert!(
            deaths.iter().any(is_of_dead),
            "message {number} was acknowledged, and the broker lived on, but it never came"
        );
    }
    println!("{} kills, {} messages, {} lost by the broker itself", deaths.len(), acknowledged.len(), lost.len());
}
