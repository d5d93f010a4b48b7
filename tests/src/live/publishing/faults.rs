//! Brokers, lines and gateways that die while a backlog goes out.
//!
//! What a broker has acknowledged and then lost with its own death nobody publishes by himself: the subscriber asks for
//! it, as a collector does. `LATCHWORK_PUBLISH_KILLS` says how often something dies, for a long run.

use std::env;

use rumqttc_v4::{AsyncClient, Event, MqttOptions, Packet};
use tokio::runtime::Builder;

use super::super::broker::Broker;
use super::super::folder::Folder;
use super::super::gateway::Gateway;
use super::super::patience::until;
use super::super::port::free_port;
use super::super::subscriber::Subscriber;
use super::cutter::Cutter;
use super::{lengthen, log, plant, stats};
use crate::model::Dice;

/// How often something dies in the ordinary run.
const KILLS: u32 = 6;
/// How many events wait for each.
const EVENTS_PER_KILL: u64 = 4_000;
/// How many events a broker or a gateway lives at most before it dies: so many fewer that the backlog outlasts them all.
const LIFE_EVENTS_MAX: i64 = 2_000;

fn kills() -> u32 {
    env::var("LATCHWORK_PUBLISH_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(KILLS)
}

/// Lives for a random number of events, or until none waits: what came to nobody is asked for at the end only.
fn live(dice: &mut Dice, folder: &Folder, subscriber: &Subscriber) {
    let enough = subscriber.count() + usize::try_from(dice.between(1, LIFE_EVENTS_MAX)).unwrap();
    let mut before = None;
    until("some events, or the last", || {
        let count = subscriber.count();
        let is_quiet = before.replace(count) == Some(count);
        (count >= enough || is_quiet && stats(folder)["waiting"] == 0).then_some(())
    });
}

/// Sees to it that a whole log came, each event under its id, and that the gateway knows it.
fn look_over(folder: &Folder, subscriber: &Subscriber, what: &str) {
    let ledger = folder.ledger();
    until("everything published", || (stats(folder)["waiting"] == 0).then_some(()));
    let log = log(&ledger);
    let missing = subscriber.wait_for_missing(&log);
    subscriber.assert_has(&log);
    let twice = subscriber.order().len() - log.len();
    println!("{what}: {} events, {missing} lost with a broker and asked for, {twice} came more than once", log.len());
}

#[test]
fn a_broker_that_dies_again_and_again_costs_no_event() {
    let (folder, port, mut dice) = (Folder::new("publish-broker-kills"), free_port(), Dice::new(1));
    folder.configure(&plant(port, ""));
    lengthen(&folder, EVENTS_PER_KILL * u64::from(kills()));
    let mut broker = Broker::start(&folder, port);
    let subscriber = Subscriber::start(port);
    let gateway = Gateway::start(&folder);
    for _ in 0..kills() {
        live(&mut dice, &folder, &subscriber);
        broker.kill();
        broker = Broker::start(&folder, port);
    }
    look_over(&folder, &subscriber, "broker killed");
    gateway.stop();
}

#[test]
fn a_gateway_that_dies_again_and_again_publishes_each_event_under_one_id() {
    let (folder, port, mut dice) = (Folder::new("publish-gateway-kills"), free_port(), Dice::new(2));
    folder.configure(&plant(port, ""));
    lengthen(&folder, EVENTS_PER_KILL * u64::from(kills()));
    let _broker = Broker::start(&folder, port);
    let subscriber = Subscriber::start(port);
    for _ in 0..kills() {
        let gateway = Gateway::start(&folder);
        live(&mut dice, &folder, &subscriber);
        gateway.kill();
    }
    let gateway = Gateway::start(&folder);
    let ledger = folder.ledger();
    subscriber.wait_for(log(&ledger).len());
    look_over(&folder, &subscriber, "gateway killed");
    gateway.stop();
}

#[test]
fn a_line_that_loses_acknowledgements_costs_no_event() {
    let (folder, port) = (Folder::new("publish-cuts"), free_port());
    let _broker = Broker::start(&folder, port);
    let cutter = Cutter::start(port, 3);
    folder.configure(&plant(cutter.port(), ""));
    let subscriber = Subscriber::start(port);
    lengthen(&folder, EVENTS_PER_KILL * u64::from(kills()));
    let gateway = Gateway::start(&folder);
    subscriber.wait_for(log(&folder.ledger()).len());
    cutter.heal();
    look_over(&folder, &subscriber, "line cut");
    assert!(cutter.cuts() > 1, "{} cuts", cutter.cuts());
    assert!(subscriber.order().len() > log(&folder.ledger()).len(), "no acknowledgement was lost");
    gateway.stop();
}

#[test]
fn a_client_that_takes_the_id_over_costs_no_event() {
    let (folder, port) = (Folder::new("publish-taken-over"), free_port());
    folder.configure(&plant(port, ""));
    lengthen(&folder, EVENTS_PER_KILL * u64::from(kills()));
    let _broker = Broker::start(&folder, port);
    let subscriber = Subscriber::start(port);
    let gateway = Gateway::start(&folder);
    for nth in 1..=kills() as usize {
        gateway.wait_for_message("events are published", nth);
        take_over(port);
        gateway.wait_for_message("events are not published", nth);
    }
    look_over(&folder, &subscriber, "client id taken over");
    gateway.stop();
}

/// Connects as the publisher, and goes.
fn take_over(port: u16) {
    let (client, mut events) =
        AsyncClient::builder(MqttOptions::new("gw-live-publisher", ("127.0.0.1", port))).capacity(4).build();
    Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
        while !matches!(events.poll().await.unwrap(), Event::Incoming(Packet::ConnAck(_))) {}
        client.try_disconnect().unwrap();
        while events.poll().await.is_ok() {}
    });
}
