//! What no real broker does when it is asked: refusing subscriptions, sending acknowledged messages again.

use std::net::Ipv4Addr;
use std::time::Duration;

use latchwork_config::connections::MqttVersion;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::bench::{Bench, mqtt};
use super::within;

/// The types of packets in the upper half of their first byte.
const SUBSCRIBE: u8 = 8;
const PUBACK: u8 = 4;
const PINGREQ: u8 = 12;

/// A broker that does as it is told: MQTT 3.1.1, small packets only.
struct Scripted(TcpStream);

impl Scripted {
    /// Accepts a client.
    async fn accept(listener: &TcpListener) -> Self {
        let (stream, _) = within(listener.accept()).await.unwrap();
        let mut broker = Self(stream);
        broker.receive().await;
        broker.send(&[0x20, 2, 0, 0]).await;
        broker
    }

    /// Answers a subscription of three filters.
    async fn answer(&mut self, codes: [u8; 3]) {
        let (kind, body) = self.receive().await;
        assert_eq!(kind, SUBSCRIBE);
        let [one, two, three] = codes;
        self.send(&[0x90, 5, body[0], body[1], one, two, three]).await;
    }

    /// Publishes to `any` with `QoS` 1 and the packet id 9.
    async fn publish(&mut self, first: u8, payload: u8) {
        self.send(&[first, 8, 0, 3, b'a', b'n', b'y', 0, 9, payload]).await;
    }

    async fn send(&mut self, packet: &[u8]) {
        self.0.write_all(packet).await.unwrap();
    }

    async fn receive(&mut self) -> (u8, Vec<u8>) {
        let first = within(self.0.read_u8()).await.unwrap();
        let length = self.0.read_u8().await.unwrap();
        assert!(length < 0x80, "the packet is not small");
        let mut body = vec![0; usize::from(length)];
        self.0.read_exact(&mut body).await.unwrap();
        (first >> 4, body)
    }

    async fn expect_acknowledgement(&mut self) {
        assert_eq!(self.receive().await, (PUBACK, vec![0, 9]));
    }
}

async fn listen() -> (TcpListener, Bench) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let mut settings = mqtt(MqttVersion::V4, listener.local_addr().unwrap().port());
    settings.keep_alive = Duration::from_secs(1);
    (listener, Bench::with_room(settings, 1))
}

#[tokio::test]
async fn a_refused_subscription_makes_its_tags_bad() {
    let (listener, mut bench) = listen().await;
    let mut broker = Scripted::accept(&listener).await;
    broker.answer([1, 1, 0x80]).await;
    bench.expect(&["broker up", "Any kept Bad_AccessDenied"]).await;
    assert_eq!(bench.counters.refused_subscriptions.get(), 1);
    bench.stop().await;
}

#[tokio::test]
async fn a_broker_that_refuses_every_subscription_is_down() {
    let (listener, mut bench) = listen().await;
    let mut broker = Scripted::accept(&listener).await;
    broker.answer([0x80, 0x80, 0x80]).await;
    let reason = bench.expect_down().await;
    assert!(reason.contains("`line/+/speed`"), "{reason}");
    bench.stop().await;
}

#[tokio::test]
async fn a_message_that_crossed_its_acknowledgement_is_acknowledged_again_and_not_taken_twice() {
    let (listener, mut bench) = listen().await;
    let mut broker = Scripted::accept(&listener).await;
    broker.answer([1, 1, 1]).await;
    bench.expect(&["broker up"]).await;
    broker.publish(0x32, b'1').await;
    bench.expect(&["Any 1 Good"]).await;
    broker.expect_acknowledgement().await;
    broker.publish(0x3a, b'1').await;
    broker.expect_acknowledgement().await;
    // The same id and content, but not a repetition.
    broker.publish(0x32, b'1').await;
    bench.expect(&["Any 1 Good"]).await;
    broker.expect_acknowledgement().await;
    assert_eq!(bench.counters.redelivered.get(), 1);
    bench.stop().await;
}

#[tokio::test]
async fn the_last_message_before_the_end_is_taken() {
    let (listener, mut bench) = listen().await;
    let mut broker = Scripted::accept(&listener).await;
    broker.answer([1, 1, 1]).await;
    bench.expect(&["broker up"]).await;
    // One write: the client reads the message and the broken packet behind it together.
    broker.send(&[0x30, 6, 0, 3, b'a', b'n', b'y', b'1', 0x00, 0x00]).await;
    bench.expect(&["Any 1 Good"]).await;
    bench.expect_down().await;
    bench.stop().await;
}

#[tokio::test]
async fn the_link_lives_while_the_engine_stands() {
    let (listener, mut bench) = listen().await;
    let mut broker = Scripted::accept(&listener).await;
    broker.answer([1, 1, 1]).await;
    // The room for one batch is taken by the notice.
    broker.publish(0x32, b'1').await;
    for _ in 0..3 {
        assert_eq!(broker.receive().await.0, PINGREQ);
        broker.send(&[0xd0, 0]).await;
    }
    bench.expect(&["broker up", "Any 1 Good"]).await;
    broker.expect_acknowledgement().await;
    bench.stop().await;
}

#[tokio::test]
async fn a_broker_that_answers_no_ping_is_left() {
    let (listener, mut bench) = listen().await;
    let mut broker = Scripted::accept(&listener).await;
    broker.answer([1, 1, 1]).await;
    bench.expect(&["broker up"]).await;
    assert_eq!(bench.expect_down().await, "the broker does not answer any more");
    let _again = Scripted::accept(&listener).await;
    bench.stop().await;
}
