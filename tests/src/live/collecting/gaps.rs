//! What a collector missed it asks for; what nobody has any more is told.

use std::fs;

use super::super::broker::Broker;
use super::super::folder::Folder;
use super::super::gateway::Gateway;
use super::super::patience::until;
use super::super::port::free_port;
use super::collector::{Collector, kept, wait_for_log};
use super::{plant, run_once};

/// How many messages the broker of these tests keeps for a collector that is away.
const QUEUED: u32 = 100;

#[test]
fn what_the_broker_did_not_keep_is_asked_for() {
    let (folder, port) = (Folder::new("collect-away"), free_port());
    folder.configure(&plant("gw-live", port));
    let _broker = Broker::start_forgetful(&folder, port, QUEUED);
    let collector = Collector::start_alone(&folder, port);
    let gateway = Gateway::start(&folder);
    let (kept, ledger) = (kept(&folder), folder.ledger());
    until("the first event", || (kept.number("SELECT count(*) FROM events") > 0).then_some(()));
    gateway.stop();
    collector.stop();
    // More than the broker keeps for somebody who is away, and it keeps what came first.
    ledger.lengthen(3_000);
    let gateway = Gateway::start(&folder);
    gateway.wait_for_message("events are published", 1);
    let drained = "SELECT outbox_seq >= (SELECT max(seq) FROM events) FROM gateways";
    until("all published", || (ledger.number(drained) == 1).then_some(()));
    // Nothing more happens in the plant: the last of what was missed must be asked for unasked.
    let collector = Collector::start(&folder, "c");
    wait_for_log(&kept, &ledger);
    assert_eq!(kept.number("SELECT lost FROM gateways"), 0);
    run_once(&folder);
    wait_for_log(&kept, &ledger);
    gateway.stop();
    collector.stop();
}

#[test]
fn a_log_that_begins_above_its_first_event_is_taken_from_there() {
    let (folder, port) = (Folder::new("collect-late"), free_port());
    folder.configure(&plant("gw-live", port).and("keep_days = 0"));
    Gateway::start(&folder).stop();
    let ledger = folder.ledger();
    ledger.lengthen(2_000);
    let broker = Broker::start(&folder, port);
    let gateway = Gateway::start(&folder);
    until("an empty log", || (ledger.number("SELECT count(*) FROM events") == 0).then_some(()));
    super::collector::configure(&folder, "c", port, "sqlite:collected.db");
    let text = fs::read_to_string(folder.join("c.toml")).unwrap();
    folder.write("c.toml", &text.replace("[store]", "requests_max = 1\n[store]"));
    let collector = Collector::start(&folder, "c");
    let kept = kept(&folder);
    // Each of these shows that the gateway is there, and that it has nothing of what it is asked for.
    until("the beginning of the log", || {
        run_once(&folder);
        (collector.count_messages("the gateway's log begins after this event") > 0).then_some(())
    });
    run_once(&folder);
    until("no gap", || {
        (kept.number("SELECT contiguous_seq = highest_seq FROM gateways WHERE id = 'gw-live'") == 1).then_some(())
    });
    assert_eq!(kept.number("SELECT lost FROM gateways"), 0, "what was before is nobody's loss");
    assert_eq!(kept.number("SELECT count(*) FROM lost_events WHERE reason = 'BEFORE' AND first_seq = 1"), 1);
    gateway.stop();
    collector.stop();
    drop(broker);
}

#[test]
fn a_gateway_with_an_empty_store_begins_another_log() {
    let (folder, port) = (Folder::new("collect-replaced"), free_port());
    folder.configure(&plant("gw-live", port));
    let _broker = Broker::start(&folder, port);
    let collector = Collector::start_alone(&folder, port);
    let gateway = Gateway::start(&folder);
    run_once(&folder);
    gateway.stop();
    let (kept, ledger) = (kept(&folder), folder.ledger());
    wait_for_log(&kept, &ledger);
    let before = kept.number("SELECT count(*) FROM events");
    drop(ledger);
    fs::remove_dir_all(folder.join("data")).unwrap();
    let gateway = Gateway::start(&folder);
    run_once(&folder);
    gateway.stop();
    let told = collector.wait_for_message("gateway counts its events anew", 1);
    assert!(told.contains("gw-live") && told.contains("log=2"), "{told}");
    let wanted = folder.ledger().number("SELECT count(*) FROM events");
    until("both logs", || (kept.number("SELECT count(*) FROM events") == before + wanted).then_some(()));
    until("no gap", || (kept.number("SELECT contiguous_seq FROM gateways") == wanted).then_some(()));
    assert_eq!(kept.number("SELECT count(*) FROM operation_records"), 2);
    assert_eq!(kept.number("SELECT count(*) FROM dead_letters"), 0);
    collector.stop();
}

#[test]
fn what_a_gateway_dropped_is_told_as_lost() {
    let (folder, port) = (Folder::new("collect-dropped"), free_port());
    folder.configure(&plant("gw-live", port).and("max_events = 100"));
    Gateway::start(&folder).stop();
    let ledger = folder.ledger();
    ledger.lengthen(2_000);
    // It has a session, so that it has what the gateway publishes first however late it starts.
    let mut broker = Broker::start(&folder, port);
    Collector::start_alone(&folder, port).stop();
    broker.stop();
    let gateway = Gateway::start(&folder);
    gateway.wait_for_message("events dropped before they were published", 1);
    let _broker = Broker::start(&folder, port);
    let collector = Collector::start(&folder, "c");
    let kept = kept(&folder);
    let told = collector.wait_for_message("events are lost", 1);
    assert!(told.contains("DROPPED"), "{told}");
    until("no gap", || {
        run_once(&folder);
        (kept.number("SELECT count(*) FROM gateways WHERE contiguous_seq = highest_seq AND lost > 1000") == 1)
            .then_some(())
    });
    assert_eq!(kept.number("SELECT count(*) FROM lost_events WHERE reason <> 'DROPPED'"), 0);
    gateway.stop();
    collector.stop();
}
