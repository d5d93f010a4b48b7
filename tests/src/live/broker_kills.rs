//! Brokers that are killed and started again under load: every message that reaches the gateway is taken exactly once,
//! and so is every message that the broker had written down.
//!
//! What a killed broker had acknowledged to its publisher, but neither written down nor handed on, is lost with it,
//! whatever we do. A relay sees what was handed on, and the broker's own file what was written down; no other message
//! may be missing.
//!
//! `LATCHWORK_BROKER_KILLS` says how often the broker is killed, for a long run.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use std::{env, fs, thread};

use super::broker::Broker;
use super::folder::Folder;
use super::gateway::Gateway;
use super::parts::{PAYLOAD_START, Packer, number, taken, with_parts};
use super::patience::until;
use super::plant::Plant;
use super::port::free_port;
use super::relay::{Relay, Seen};
use crate::model::Dice;

/// How often the ordinary test run kills, unless `LATCHWORK_BROKER_KILLS` says otherwise.
const KILLS: u64 = 4;
/// How many messages the gateway acknowledges at least between two kills.
const MESSAGES_BETWEEN: usize = 150;
/// How long until the next part.
const PAUSE: Duration = Duration::from_millis(2);
/// How long after the last of these a broker lives on at most: it dies in the middle of whatever it does.
const LIFE_MILLIS_MAX: i64 = 200;

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
    folder.configure(&with_parts(Plant::new(), relay_port));
    let (mut broker, ledger, mut dice) = (Broker::start_careful(&folder, port), folder.ledger(), Dice::new(1));
    let relay = Relay::start(relay_port, port, number);
    let gateway = Gateway::start(&folder);
    ledger.wait_for_events("connection.up", 1);

    let packer = Packer::start(port, PAUSE);
    let mut written = BTreeSet::new();
    for _ in 0..kills {
        let enough = relay.acknowledged() + MESSAGES_BETWEEN;
        until("some messages more", || (relay.acknowledged() >= enough).then_some(()));
        thread::sleep(Duration::from_millis(dice.between(0, LIFE_MILLIS_MAX).unsigned_abs()));
        broker.kill();
        written.extend(written_down(&folder));
        broker = Broker::start_careful(&folder, port);
    }
    let acknowledged = packer.stop();
    let newest = acknowledged.keys().next_back().unwrap().to_string();
    until("the last message", || {
        (ledger.open_record("Part")?.production_order.as_ref() == Some(&newest)).then_some(())
    });
    gateway.stop();

    let started = ledger.events_of("operation.started").len();
    assert_eq!(started, ledger.records("Part").len(), "each start is told once");
    let seen = relay.seen();
    // Beside what else is left if the test fails.
    folder.write("delivered.txt", &format!("{:?}", seen.delivered));
    let taken = taken(&ledger);
    look_for_lost(&taken, &seen, &written);
    let lost = lost_by_brokers(&taken, &acknowledged);
    let (delivered, again) = (seen.delivered.len(), seen.delivered.len() - taken.len());
    println!("{kills} kills, {delivered} messages delivered, {again} of them again, {lost} lost by the brokers");
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
