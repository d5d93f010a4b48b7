//! Collectors, brokers and stores that end at any moment: every event is there once.

use std::env;
use std::thread;
use std::time::Duration;

use latchwork_cluster::Cluster;

use super::super::broker::Broker;
use super::super::folder::Folder;
use super::super::gateway::Gateway;
use super::super::patience::until;
use super::super::port::free_port;
use super::collector::{Collector, configure, kept, wait_for_log};
use super::{command, plant, run_once};
use crate::model::Dice;

/// How often the ordinary test run kills, unless `LATCHWORK_KILLS` says otherwise.
const KILLS: u32 = 10;
/// How many events are published for each kill.
const EVENTS_PER_KILL: u64 = 1_000;
/// How long a collector lives, at most.
const LIFE_MILLIS_MAX: i64 = 700;

/// Returns how often a test kills.
pub(super) fn kills() -> u32 {
    env::var("LATCHWORK_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(KILLS)
}

#[test]
fn a_collector_killed_at_any_moment_has_every_event_once() {
    let (folder, port, mut dice) = (Folder::new("collect-kills"), free_port(), Dice::new(7));
    folder.configure(&plant("gw-live", port));
    Gateway::start(&folder).stop();
    let ledger = folder.ledger();
    ledger.lengthen(EVENTS_PER_KILL * u64::from(kills()));
    let _broker = Broker::start(&folder, port);
    Collector::start_alone(&folder, port).stop();
    let gateway = Gateway::start(&folder);
    for _ in 0..kills() {
        let collector = Collector::spawn(&folder, "c");
        run_once(&folder);
        thread::sleep(Duration::from_millis(dice.between(0, LIFE_MILLIS_MAX).unsigned_abs()));
        collector.kill();
    }
    let collector = Collector::start(&folder, "c");
    let kept = kept(&folder);
    wait_for_log(&kept, &ledger);
    until("no gap", || (kept.number("SELECT contiguous_seq = highest_seq FROM gateways") == 1).then_some(()));
    let runs = kept.number("SELECT count(*) FROM operation_records WHERE end_date IS NOT NULL AND revision = 2");
    assert_eq!(runs, i64::from(kills()));
    assert_eq!(kept.number("SELECT lost FROM gateways"), 0);
    gateway.stop();
    collector.stop();
}

#[test]
fn a_broker_that_is_killed_costs_no_event() {
    let (folder, port) = (Folder::new("collect-broker"), free_port());
    folder.configure(&plant("gw-live", port));
    let mut broker = Broker::start(&folder, port);
    let collector = Collector::start_alone(&folder, port);
    let gateway = Gateway::start(&folder);
    for round in 1..=3 {
        run_once(&folder);
        broker.kill();
        run_once(&folder);
        collector.wait_for_message("broker lost", round);
        broker = Broker::start(&folder, port);
        collector.wait_for_message("events are collected", round + 1);
    }
    run_once(&folder);
    wait_for_log(&kept(&folder), &folder.ledger());
    gateway.stop();
    collector.stop();
    broker.stop();
}

#[test]
fn a_store_that_is_away_has_nothing_acknowledged() {
    let (folder, port) = (Folder::new("collect-store"), free_port());
    let mut cluster = Cluster::start("");
    let address = cluster.database();
    let database = address.rsplit('/').next().unwrap().to_owned();
    folder.configure(&plant("gw-live", port));
    let _broker = Broker::start(&folder, port);
    configure(&folder, "c", port, &address);
    let collector = Collector::start(&folder, "c");
    let gateway = Gateway::start(&folder);
    run_once(&folder);
    let (ledger, count) = (folder.ledger(), "SELECT count(*) FROM events");
    let wait_for_all = |cluster: &Cluster| {
        let wanted = ledger.number(count).to_string();
        until("all events", || (cluster.say(&database, count) == wanted).then_some(()));
    };
    wait_for_all(&cluster);
    cluster.stop();
    run_once(&folder);
    let told = collector.wait_for_message("store cannot be written: nothing is acknowledged", 1);
    assert!(told.contains("ERROR"), "{told}");
    run_once(&folder);
    cluster.go_on();
    collector.wait_for_message("store written again", 1);
    wait_for_all(&cluster);
    // One that is told to end while the store is away ends, and what it has not acknowledged comes again.
    cluster.stop();
    run_once(&folder);
    collector.wait_for_message("store cannot be written", 2);
    collector.stop();
    cluster.go_on();
    let collector = Collector::start(&folder, "c");
    wait_for_all(&cluster);
    assert_eq!(cluster.say(&database, "SELECT count(*) FROM operation_records WHERE end_date IS NOT NULL"), "4");
    gateway.stop();
    collector.stop();
}

#[test]
fn a_batch_that_waits_for_a_row_keeps_no_other_waiting() {
    let (folder, port) = (Folder::new("collect-held"), free_port());
    let cluster = Cluster::start("max_prepared_transactions = 1");
    let address = cluster.database();
    let database = address.rsplit('/').next().unwrap().to_owned();
    let _broker = Broker::start(&folder, port);
    configure(&folder, "c", port, &address);
    // All that one command brings is one batch.
    let text = std::fs::read_to_string(folder.join("c.toml")).unwrap();
    folder.write("c.toml", &text.replace("[store]", "batch_wait_millis = 500\n[store]"));
    let collector = Collector::start(&folder, "c");
    let folders = ["gw-1", "gw-2"].map(|id| {
        let folder = Folder::new(&format!("collect-held-{id}"));
        folder.configure(&plant(id, port));
        folder
    });
    let gateways = folders.each_ref().map(Gateway::start);
    let count = |id: &str| cluster.say(&database, &format!("SELECT count(*) FROM events WHERE gateway_id = '{id}'"));
    let logged = |folder: &Folder| folder.ledger().number("SELECT count(*) FROM events").to_string();
    let wait_for_all = |id: &str, folder: &Folder| {
        until(&format!("all of {id}"), || (count(id) == logged(folder)).then_some(()));
    };
    command(&folders[0], &["start", "Cleaning"]);
    wait_for_all("gw-1", &folders[0]);
    wait_for_all("gw-2", &folders[1]);
    let before = count("gw-1");
    cluster.say(&database, "BEGIN; SELECT 1 FROM gateways WHERE id = 'gw-1' FOR UPDATE; PREPARE TRANSACTION 'held'");
    command(&folders[0], &["stop", "Cleaning"]);
    let waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
    until("a batch that waits", || (cluster.say(&database, waiting) == "1").then_some(()));
    run_once(&folders[1]);
    wait_for_all("gw-2", &folders[1]);
    assert_eq!(count("gw-1"), before);
    cluster.say(&database, "ROLLBACK PREPARED 'held'");
    wait_for_all("gw-1", &folders[0]);
    gateways.into_iter().for_each(Gateway::stop);
    collector.stop();
}

#[test]
fn a_collector_that_cannot_begin_says_why() {
    let (folder, port) = (Folder::new("collect-refused"), free_port());
    folder.configure(&plant("gw-live", port));
    Gateway::start(&folder).stop();
    let ledger = folder.join("data/latchwork.db").display().to_string();
    configure(&folder, "c", port, &format!("sqlite:{ledger}"));
    let (code, messages) = Collector::spawn(&folder, "c").ended();
    assert_eq!(code, Some(3), "{messages}");
    assert!(messages.contains("there is a gateway's ledger in it"), "{messages}");
    folder.write("c.toml", "[collect]\nurl = \"mqtt://127.0.0.1\"\n");
    let (code, messages) = Collector::spawn(&folder, "c").ended();
    assert_eq!(code, Some(1), "{messages}");
    assert!(messages.contains("`client_id` is missing"), "{messages}");
}
