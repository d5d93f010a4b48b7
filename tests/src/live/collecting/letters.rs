//! Messages that no collector can keep: they are put aside and hold up nobody.

use super::super::broker::Broker;
use super::super::folder::Folder;
use super::super::gateway::Gateway;
use super::super::patience::until;
use super::super::port::free_port;
use super::collector::{Collector, kept, wait_for_log};
use super::{plant, run_once};

/// An event that the gateway of these tests never made.
const STRANGE: &str = r#"{"event_id":"01JN7X3B8000000000000000AA","seq":2,"event_type":"connection.up","occurred_at":"2020-01-01T00:00:00.000000Z","recorded_at":"2020-01-01T00:00:00.000000Z","gateway_id":"gw-live","info":{}}"#;

#[test]
fn what_cannot_be_kept_is_put_aside() {
    let (folder, port) = (Folder::new("collect-poison"), free_port());
    folder.configure(&plant("gw-live", port));
    let broker = Broker::start(&folder, port);
    let collector = Collector::start_alone(&folder, port);
    let gateway = Gateway::start(&folder);
    let (kept, ledger) = (kept(&folder), folder.ledger());
    run_once(&folder);
    wait_for_log(&kept, &ledger);
    let nul = STRANGE.replace("connection.up", "odd\\u0000");
    let large = format!("{{\"padding\":\"{}\"}}", "x".repeat(2 << 20));
    for (topic, message) in [
        ("latchwork/gw-live/odd", "{"),
        ("latchwork/gw-live/odd", "{\"seq\":1}"),
        ("latchwork/gw-live/odd", STRANGE),
        ("latchwork/gw-other/odd", STRANGE),
        ("latchwork/stray", "hello"),
        ("latchwork/gw-live/odd", &large),
        ("latchwork/gw-live/odd", &nul),
    ] {
        broker.publish_burst(topic, &[message, message]);
    }
    run_once(&folder);
    wait_for_log(&kept, &ledger);
    until("all letters", || (kept.number("SELECT count(*) FROM dead_letters WHERE times >= 2") == 7).then_some(()));
    for (reason, letters) in [
        ("no event: %", 2),
        ("another event has its number", 2),
        ("it is of gateway %", 1),
        ("its topic is none %", 1),
        ("it is larger %", 1),
    ] {
        let reasons: Vec<(String,)> = kept.rows("SELECT reason FROM dead_letters");
        let like = |text: &str| text.starts_with(reason.trim_end_matches('%').trim_end());
        assert_eq!(reasons.iter().filter(|row| like(&row.0)).count(), letters, "{reason}: {reasons:?}");
    }
    assert_eq!(kept.number("SELECT payload_bytes FROM dead_letters WHERE topic = 'latchwork/stray'"), 5);
    assert!(collector.count_messages("dead letter") >= 7);
    gateway.stop();
    collector.stop();
}
