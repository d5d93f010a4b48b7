//! Links that are lost, and what the broker still holds then.

use latchwork_config::connections::MqttVersion;

use super::VERSIONS;
use super::bench::{Bench, as_user, mqtt};
use super::broker::{Broker, free_port};
use super::publisher::Publisher;
use super::relay::Relay;

#[tokio::test]
async fn a_broker_that_restarts_without_its_sessions_is_subscribed_to_again() {
    for version in VERSIONS {
        let mut broker = Broker::start();
        let mut bench = Bench::run(mqtt(version, broker.port));
        bench.expect(&["broker up"]).await;
        Publisher::connect(broker.port).await.publish("any", "1").await;
        bench.expect(&["Any 1 Good"]).await;
        for round in 2..4 {
            broker.kill();
            bench.expect_down().await;
            broker.restart();
            bench.expect(&["broker up"]).await;
            Publisher::connect(broker.port).await.publish("any", round.to_string()).await;
            bench.expect(&[&format!("Any {round} Good")]).await;
        }
        assert_eq!(bench.counters.reconnects.get(), 2);
        bench.stop().await;
    }
}

#[tokio::test]
async fn a_broker_that_is_not_there_yet_is_down_at_once_and_told_once() {
    for version in VERSIONS {
        let relay_port = free_port();
        let mut bench = Bench::run(mqtt(version, relay_port));
        let reason = bench.expect_down().await;
        assert!(reason.contains("refused"), "{reason}");
        bench.stop().await;
    }
}

#[tokio::test]
async fn a_wrong_password_is_told() {
    for version in VERSIONS {
        let broker = Broker::with_password();
        let mut bench = Bench::run(as_user(mqtt(version, broker.port), "operator", "wrong"));
        let reason = bench.expect_down().await;
        assert!(reason.contains("wrong user name or password"), "{reason}");
        bench.stop().await;
        let mut bench = Bench::run(as_user(mqtt(version, broker.port), "operator", "secret"));
        bench.expect(&["broker up"]).await;
        bench.stop().await;
    }
}

#[tokio::test]
async fn what_was_not_committed_comes_again_at_the_next_start() {
    for version in VERSIONS {
        let broker = Broker::start();
        let mut bench = Bench::run(mqtt(version, broker.port));
        bench.expect(&["broker up"]).await;
        let mut publisher = Publisher::connect(broker.port).await;
        publisher.publish("any", "1").await;
        publisher.publish_once("any", "2").await;
        let taken = [bench.next().await, bench.next().await];
        bench.stop().await;
        drop(taken);
        let mut bench = Bench::run(mqtt(version, broker.port));
        bench.expect(&["broker up", "Any 1 Good", "Any 2 Good"]).await;
        bench.stop().await;
        expect_nothing_held(version, broker.port).await;
    }
}

#[tokio::test]
async fn a_message_in_hand_is_not_taken_twice_when_the_line_was_cut() {
    for version in VERSIONS {
        let broker = Broker::start();
        let relay = Relay::to(broker.port).await;
        let mut bench = Bench::run(mqtt(version, relay.port));
        bench.expect(&["broker up"]).await;
        let mut publisher = Publisher::connect(broker.port).await;
        publisher.publish("any", "1").await;
        publisher.publish_once("any", "2").await;
        let (first, second) = (bench.next().await, bench.next().await);
        relay.cut();
        bench.expect_down().await;
        bench.expect(&["broker up"]).await;
        publisher.publish("any", "3").await;
        bench.expect(&["Any 3 Good"]).await;
        assert_eq!(bench.counters.redelivered.get(), 2);
        for batch in [first, second] {
            batch.receipt.unwrap().committed();
        }
        bench.stop().await;
        expect_nothing_held(version, broker.port).await;
    }
}

#[tokio::test]
async fn what_is_committed_while_the_line_is_cut_is_acknowledged_on_the_next() {
    for version in VERSIONS {
        let broker = Broker::start();
        let relay = Relay::to(broker.port).await;
        let mut bench = Bench::run(mqtt(version, relay.port));
        bench.expect(&["broker up"]).await;
        Publisher::connect(broker.port).await.publish("any", "1").await;
        let batch = bench.next().await;
        relay.cut();
        bench.expect_down().await;
        batch.receipt.unwrap().committed();
        bench.expect(&["broker up"]).await;
        bench.stop().await;
        expect_nothing_held(version, broker.port).await;
    }
}

#[tokio::test]
async fn retained_values_come_again_after_a_loss() {
    for version in VERSIONS {
        let broker = Broker::start();
        let relay = Relay::to(broker.port).await;
        let mut bench = Bench::run(mqtt(version, relay.port));
        bench.expect(&["broker up"]).await;
        let mut publisher = Publisher::connect(broker.port).await;
        publisher.retain("line/Filler/state", r#"{"value":3,"time":1700000000000}"#).await;
        bench.expect(&["Filler/State 3 Good"]).await;
        relay.cut();
        bench.expect_down().await;
        let mut shown = [bench.shown().await, bench.shown().await];
        shown.sort_unstable();
        assert_eq!(shown, ["Filler/State 3 Good", "broker up"]);
        bench.stop().await;
    }
}

/// Checks that the broker holds nothing for the client: the next message is the first that comes.
async fn expect_nothing_held(version: MqttVersion, port: u16) {
    let mut bench = Bench::run(mqtt(version, port));
    bench.expect(&["broker up"]).await;
    Publisher::connect(port).await.publish("any", "next").await;
    bench.expect(&["Any next Good"]).await;
    bench.stop().await;
}
