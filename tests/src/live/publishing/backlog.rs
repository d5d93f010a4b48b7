//! A broker that was away: what waited goes out in its order, what happens now goes out beside it, and what was taken
//! long ago leaves the log.

use std::env;
use std::time::Instant;

use super::super::broker::Broker;
use super::super::folder::Folder;
use super::super::gateway::Gateway;
use super::super::patience::until;
use super::super::port::free_port;
use super::super::subscriber::Subscriber;
use super::{call, lengthen, log, plant, stats};

/// How many events wait in the ordinary run, unless `LATCHWORK_BACKLOG` says otherwise.
const BACKLOG: u64 = 100_000;

#[test]
fn what_waited_for_the_broker_goes_out_in_order_and_what_happens_now_beside_it() {
    let backlog = env::var("LATCHWORK_BACKLOG").ok().and_then(|text| text.parse().ok()).unwrap_or(BACKLOG);
    let (folder, port) = (Folder::new("backlog"), free_port());
    folder.configure(&plant(port, ""));
    lengthen(&folder, backlog);
    // The broker knows of the subscriber before anything is published to it.
    let mut broker = Broker::start(&folder, port);
    let subscriber = Subscriber::start(port);
    broker.stop();
    let gateway = Gateway::start(&folder);
    assert!(stats(&folder)["waiting"].as_u64().unwrap() > backlog);
    assert!(stats(&folder)["oldest_waiting_at"].is_string());
    let _broker = Broker::start(&folder, port);
    let begun = Instant::now();
    // The backlog is long: a run that starts now is told before the last of it.
    subscriber.wait_for(1000);
    let started = call(&folder, &["ops", "start", "Cleaning"]);
    assert!(started.status.success(), "{}", String::from_utf8_lossy(&started.stderr));
    let ledger = folder.ledger();
    let log = log(&ledger);
    subscriber.wait_for(log.len());
    println!("{} events in {:.1} s", log.len(), begun.elapsed().as_secs_f64());
    subscriber.assert_has(&log);
    let order = subscriber.order();
    assert_eq!(order.len(), log.len(), "none came twice");
    let live = ledger.events_of("operation.started")[0]["seq"].as_u64().unwrap();
    let waited: Vec<u64> = order.iter().copied().filter(|&seq| seq <= backlog).collect();
    assert!(waited.is_sorted(), "the backlog is out of order");
    let place = order.iter().position(|&seq| seq == live).unwrap();
    assert!(place < order.len() - 100, "event {live} came after {place} of {}", order.len());
    assert_eq!(subscriber.topic(live).as_deref(), Some("latchwork/gw-live/operation/started"));
    until("everything marked", || (stats(&folder)["waiting"] == 0).then_some(()));
    gateway.stop();
}

#[test]
fn what_was_published_is_not_published_again_after_a_restart() {
    let (folder, port) = (Folder::new("published-once"), free_port());
    folder.configure(&plant(port, ""));
    let _broker = Broker::start(&folder, port);
    let subscriber = Subscriber::start(port);
    for _ in 0..3 {
        let gateway = Gateway::start(&folder);
        gateway.wait_for_message("events are published", 1);
        gateway.stop();
    }
    let log = log(&folder.ledger());
    subscriber.wait_for(log.len());
    subscriber.assert_has(&log);
    assert_eq!(subscriber.order().len(), log.len());
    assert_eq!(stats(&folder)["waiting"], 0, "the end of the last gateway was told before it ended");
}

#[test]
fn what_was_published_leaves_the_log_in_its_time() {
    let (folder, port) = (Folder::new("kept"), free_port());
    folder.configure(&plant(port, "keep_days = 0"));
    lengthen(&folder, 3_000);
    let _broker = Broker::start(&folder, port);
    let subscriber = Subscriber::start(port);
    let gateway = Gateway::start(&folder);
    subscriber.wait_for(3_000);
    let ledger = folder.ledger();
    until("an empty log", || (ledger.number("SELECT count(*) FROM events") == 0).then_some(()));
    let ended = call(&folder, &["ops", "start", "Cleaning"]);
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    until("the next event", || subscriber.order().last().filter(|&&seq| seq > 3_000).copied());
    gateway.stop();
}

#[test]
fn what_waits_beyond_the_limit_is_dropped_counted_and_told() {
    let (folder, port) = (Folder::new("dropped"), free_port());
    folder.configure(&plant(port, "max_events = 500"));
    lengthen(&folder, 3_000);
    // The broker knows of the subscriber before anything is published to it.
    let mut broker = Broker::start(&folder, port);
    let subscriber = Subscriber::start(port);
    broker.stop();
    let (gateway, ledger) = (Gateway::start(&folder), folder.ledger());
    gateway.wait_for_message("events dropped before they were published", 1);
    let told: Vec<(String,)> = until("the alarm", || {
        let rows = ledger.rows("SELECT body FROM events WHERE event_type = 'outbox.dropped'");
        (!rows.is_empty()).then_some(rows)
    });
    assert!(told[0].0.contains("\"first_seq\":1,"), "{told:?}");
    let dropped = stats(&folder)["dropped"].as_u64().unwrap();
    // What was read before it was too much is on its way already.
    assert!((1_000..2_600).contains(&dropped), "{dropped}");
    let _broker = Broker::start(&folder, port);
    subscriber.wait_for_all(&log(&ledger));
    gateway.stop();
}
