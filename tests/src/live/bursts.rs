//! Gateways that are killed in the middle of a burst of messages: the broker sends again what was not acknowledged.

use std::collections::BTreeSet;
use std::thread;

use super::broker::Broker;
use super::folder::Folder;
use super::gateway::Gateway;
use super::patience::until;
use super::plant::Plant;
use super::port::free_port;

const TOPIC: &str = "packer/batch";
/// How often the gateway is killed, and how many messages it takes at least between.
const KILLS: usize = 5;
const MESSAGES_BETWEEN: usize = 200;
/// How many messages the burst has: more than gateways take, unless they are fast, before the last is killed.
const MESSAGES: usize = 8_000;

/// How many messages a failure shows.
const SHOWN: usize = 5;

/// Returns the name of the `nth` batch. Each message names another one.
fn batch(nth: usize) -> String {
    format!("B-{nth:05}")
}

/// Has gateways take a burst, each message of which `write` writes, and kills them in the middle of it. Returns the
/// batches of the records, by their start.
fn batches_of_killed_gateways(folder: &Folder, port: u16, write: impl Fn(usize) -> String) -> Vec<String> {
    let (broker, ledger) = (Broker::start(folder, port), folder.ledger());
    let gateway = Gateway::start(folder);
    ledger.wait_for_events("connection.up", 1);
    broker.publish_burst(TOPIC, &[&write(0)]);
    ledger.wait_for_quality("Batch", "Good");
    let messages: Vec<String> = (1..=MESSAGES).map(write).collect();
    let messages: Vec<&str> = messages.iter().map(String::as_str).collect();
    let count = || ledger.number("SELECT count(*) FROM operation_records");
    let is_over = || ledger.open_record("Batch").is_some_and(|open| open.production_order == Some(batch(MESSAGES)));
    let gateway = thread::scope(|scope| {
        let mut gateway = gateway;
        scope.spawn(|| broker.publish_burst(TOPIC, &messages));
        for _ in 0..KILLS {
            let enough = count() + i64::try_from(MESSAGES_BETWEEN).unwrap();
            until("some messages more, or the last", || (count() >= enough || is_over()).then_some(()));
            gateway.kill();
            gateway = Gateway::start(folder);
        }
        gateway
    });
    until("the last message", || is_over().then_some(()));
    gateway.stop();
    ledger.records("Batch").into_iter().filter_map(|record| record.production_order).collect()
}

#[test]
fn a_gateway_killed_in_the_middle_of_a_burst_loses_no_message() {
    let (folder, port) = (Folder::new("burst"), free_port());
    let plant = Plant::new().broker("broker", port).topic("Batch", "broker", TOPIC);
    folder.configure(&plant.operation_of_values("Batch", "Batch"));
    let batches: BTreeSet<String> = batches_of_killed_gateways(&folder, port, batch).into_iter().collect();
    let lost: Vec<String> = (1..=MESSAGES).map(batch).filter(|batch| !batches.contains(batch)).collect();
    assert!(lost.is_empty(), "{} lost: {:?}", lost.len(), &lost[..lost.len().min(SHOWN)]);
    assert_eq!(batches.len(), MESSAGES);
}
