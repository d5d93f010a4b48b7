//! The broker with clients that others wrote, and the simulator's publisher with it.

use std::collections::BTreeMap;

use rumqttc_v4::{AsyncClient, Event, EventLoop, MqttOptions, Packet, Publish, PublishOptions, QoS};

use super::*;
use crate::simulator::{Running, Scenario, Simulation};

/// How long something may take that happens at once on a machine with nothing else to do.
const PATIENCE: Duration = Duration::from_secs(20);

const PLANT: &str = r#"
    [mqtt]
    url = "mqtt://127.0.0.1:1"
    [[machines]]
    name = "Packer"
    states = [{ name = "Idle", lasts_millis = 300, next = "Run" }, { name = "Run", lasts_millis = 300, next = "Idle" }]
    signals = [
      { name = "State", in.Run = "RUN", in.Idle = "IDLE", mqtt = { topic = "p/state", retained = true } },
      { name = "Order", initial = "PO-1", mqtt = { topic = "p/order", retained = true, payload = "json" } },
      { name = "Cases", in.Run = { count_per_second = 20 }, mqtt = { topic = "p/cases", qos = 0 } },
    ]
"#;

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async { tokio::time::timeout(PATIENCE, future).await.unwrap() })
}

fn client(address: SocketAddr, id: &str) -> (AsyncClient, EventLoop) {
    let mut options = MqttOptions::new(id, (address.ip().to_string(), address.port()));
    options.set_keep_alive(10);
    AsyncClient::builder(options).capacity(64).build()
}

async fn subscriber(address: SocketAddr, filter: &str) -> (AsyncClient, EventLoop) {
    let (client, mut events) = client(address, "subscriber");
    client.subscribe(filter, QoS::AtLeastOnce).await.unwrap();
    while !matches!(events.poll().await.unwrap(), Event::Incoming(Packet::SubAck(_))) {}
    (client, events)
}

async fn next_publish(events: &mut EventLoop) -> Publish {
    loop {
        if let Event::Incoming(Packet::Publish(publish)) = events.poll().await.unwrap() {
            return publish;
        }
    }
}

async fn play(address: SocketAddr, stop: &CancellationToken) -> Running {
    let mut scenario = Scenario::parse("plant.toml", PLANT).unwrap();
    scenario.publish_to(address);
    Simulation::start(scenario, 1.0, stop.clone()).await.unwrap()
}

fn text(publish: &Publish) -> (String, String, bool) {
    let utf8 = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (utf8(publish.topic.as_ref()), utf8(&publish.payload), publish.retain)
}

#[test]
fn keeps_retained_messages_and_acknowledges_quality_1() {
    block_on(async {
        let broker = Broker::start(0, MqttVersion::V4).await.unwrap();
        let (publisher, mut acknowledgements) = client(broker.address(), "publisher");
        let options = PublishOptions::new(QoS::AtLeastOnce).retained();
        publisher.publish("a/b", "first", options).await.unwrap();
        while !matches!(acknowledgements.poll().await.unwrap(), Event::Incoming(Packet::PubAck(_))) {}
        let (_client, mut events) = subscriber(broker.address(), "a/+").await;
        let retained = next_publish(&mut events).await;
        assert_eq!(text(&retained), ("a/b".to_owned(), "first".to_owned(), true));
        assert_eq!(retained.qos, QoS::AtLeastOnce);
        publisher.publish("a/b", "second", options).await.unwrap();
        let driven = async { while acknowledgements.poll().await.is_ok() {} };
        tokio::select! {
            () = driven => panic!("the publisher lost the broker"),
            live = next_publish(&mut events) => {
                assert_eq!(text(&live), ("a/b".to_owned(), "second".to_owned(), false));
            }
        }
    });
}

#[test]
fn keeps_what_a_session_that_stays_has_missed() {
    block_on(async {
        let broker = Broker::start(0, MqttVersion::V4).await.unwrap();
        let (first, mut events) = staying(broker.address());
        first.subscribe("s/+", QoS::AtLeastOnce).await.unwrap();
        while !matches!(events.poll().await.unwrap(), Event::Incoming(Packet::SubAck(_))) {}
        first.disconnect().await.unwrap();
        while events.poll().await.is_ok() {}
        let (publisher, mut acknowledgements) = client(broker.address(), "publisher");
        for text in ["one", "two", "three"] {
            publisher.publish("s/t", text, PublishOptions::new(QoS::AtLeastOnce)).await.unwrap();
            while !matches!(acknowledgements.poll().await.unwrap(), Event::Incoming(Packet::PubAck(_))) {}
        }
        let (_second, mut events) = staying(broker.address());
        let acknowledged = events.poll().await.unwrap();
        assert!(matches!(acknowledged, Event::Incoming(Packet::ConnAck(ref ack)) if ack.session_present));
        for expected in ["one", "two", "three"] {
            assert_eq!(text(&next_publish(&mut events).await).1, expected);
        }
    });
}

/// Returns a client whose session the broker keeps.
fn staying(address: SocketAddr) -> (AsyncClient, EventLoop) {
    let mut options = MqttOptions::new("staying", (address.ip().to_string(), address.port()));
    options.set_clean_session(false);
    AsyncClient::builder(options).capacity(8).build()
}

#[test]
fn a_taken_port_is_told() {
    block_on(async {
        let broker = Broker::start(0, MqttVersion::V4).await.unwrap();
        let error = Broker::start(broker.address().port(), MqttVersion::V4).await.unwrap_err();
        assert!(matches!(error, BrokerError::Port { .. }), "{error}");
    });
}

#[test]
fn speaks_version_5_when_asked() {
    use rumqttc_v5::{AsyncClient, Event, MqttOptions, mqttbytes::v5::Packet};
    block_on(async {
        let broker = Broker::start(0, MqttVersion::V5).await.unwrap();
        let options = MqttOptions::new("five", (broker.address().ip().to_string(), broker.address().port()));
        let (_client, mut events) = AsyncClient::builder(options).capacity(8).build();
        assert!(matches!(events.poll().await.unwrap(), Event::Incoming(Packet::ConnAck(_))));
    });
}

#[test]
fn simulated_machines_tell_their_state_and_leave_it_retained() {
    block_on(async {
        let broker = Broker::start(0, MqttVersion::V4).await.unwrap();
        let stop = CancellationToken::new();
        let running = play(broker.address(), &stop).await;
        let (_client, mut events) = subscriber(broker.address(), "p/#").await;
        let mut states = Vec::new();
        let mut cases = Vec::new();
        while states.len() < 3 || cases.len() < 3 {
            let (topic, payload, _) = text(&next_publish(&mut events).await);
            match topic.as_str() {
                "p/state" => states.push(payload),
                "p/cases" => cases.push(payload.parse::<u32>().unwrap()),
                _ => {}
            }
        }
        // They alternate; a message told at connecting may be told as a change once more.
        states.dedup();
        assert!(states.windows(2).all(|pair| pair[0] != pair[1]) && states.len() >= 2, "{states:?}");
        assert!(cases.is_sorted(), "{cases:?}");
        stop.cancel();
        running.ended().await;
        assert_eq!(retained(broker.address()).await["p/order"]["value"], "PO-1");
    });
}

/// Returns the retained messages of the packer, the order's as JSON.
async fn retained(address: SocketAddr) -> BTreeMap<String, serde_json::Value> {
    let (_client, mut events) = subscriber(address, "p/#").await;
    let mut found: BTreeMap<String, serde_json::Value> = BTreeMap::new();
    while !found.contains_key("p/order") || !found.contains_key("p/state") {
        let (topic, payload, retain) = text(&next_publish(&mut events).await);
        assert!(retain, "{topic}");
        found.insert(topic, serde_json::from_str(&payload).unwrap_or_default());
    }
    assert!(found["p/order"]["time"].as_i64().is_some_and(|millis| millis > 1_600_000_000_000), "{found:?}");
    found
}

#[test]
fn simulated_machines_find_a_broker_that_comes_later_and_one_that_comes_back() {
    block_on(async {
        let first = Broker::start(0, MqttVersion::V4).await.unwrap();
        let address = first.address();
        drop(first);
        until_gone(address).await;
        let stop = CancellationToken::new();
        let running = play(address, &stop).await;
        for _ in 0..2 {
            let broker = Broker::start(address.port(), MqttVersion::V4).await.unwrap();
            let (_client, mut events) = subscriber(address, "p/order").await;
            assert_eq!(text(&next_publish(&mut events).await).0, "p/order");
            drop(broker);
            until_gone(address).await;
        }
        stop.cancel();
        running.ended().await;
    });
}

/// Waits until nobody listens any more: the broker's thread ends by itself once it is dropped.
async fn until_gone(address: SocketAddr) {
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
}
