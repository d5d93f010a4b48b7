//! What a broker does for a client: last wills, groups that share a subscription, sessions that are kept or not.

use latchwork_config::connections::{LastWill, Mqtt, MqttVersion};

use super::VERSIONS;
use super::bench::{Bench, mqtt};
use super::broker::Broker;
use super::publisher::Publisher;
use super::relay::Relay;

/// Returns the settings of a client beside the one of the test.
fn other(settings: Mqtt) -> Mqtt {
    Mqtt { client_id: "other".to_owned(), ..settings }
}

#[tokio::test]
async fn the_last_will_is_told_when_the_link_is_cut_and_not_after_a_farewell() {
    for version in VERSIONS {
        let broker = Broker::start();
        let mut witness = Bench::run(other(mqtt(version, broker.port)));
        witness.expect(&["broker up"]).await;
        let relay = Relay::to(broker.port).await;
        let will = LastWill { topic: "any".to_owned(), message: "gone".to_owned(), qos: 1, is_retained: false };
        let mut settings = Mqtt { last_will: Some(will), ..mqtt(version, relay.port) };
        // It does not hear its own will.
        settings.topics.truncate(2);
        let mut bench = Bench::run(settings);
        bench.expect(&["broker up"]).await;
        relay.cut();
        witness.expect(&["Any gone Good"]).await;
        bench.expect_down().await;
        bench.expect(&["broker up"]).await;
        bench.stop().await;
        Publisher::connect(broker.port).await.publish("any", "next").await;
        witness.expect(&["Any next Good"]).await;
        witness.stop().await;
    }
}

#[tokio::test]
async fn each_message_of_a_shared_subscription_reaches_one_of_its_group() {
    const MESSAGES: usize = 20;
    for version in VERSIONS {
        let broker = Broker::start();
        let mut settings = mqtt(version, broker.port);
        settings.topics.retain(|topic| topic.filter == "any");
        settings.topics[0].filter = "$share/gateways/any".to_owned();
        let mut benches = [Bench::run(settings.clone()), Bench::run(other(settings))];
        for bench in &mut benches {
            bench.expect(&["broker up"]).await;
        }
        let mut publisher = Publisher::connect(broker.port).await;
        for number in 0..MESSAGES {
            publisher.publish("any", number.to_string()).await;
        }
        let mut heard = Vec::new();
        let [one, two] = &mut benches;
        while heard.len() < MESSAGES {
            heard.push(tokio::select! {
                shown = one.shown() => shown,
                shown = two.shown() => shown,
            });
        }
        heard.sort_unstable();
        let mut expected: Vec<String> = (0..MESSAGES).map(|number| format!("Any {number} Good")).collect();
        expected.sort_unstable();
        assert_eq!(heard, expected);
        for bench in benches {
            assert_eq!(bench.counters.redelivered.get(), 0);
            bench.stop().await;
        }
    }
}

/// Runs a client, ends it, publishes, and runs it again; returns what comes then.
async fn after_an_absence(version: MqttVersion, change: impl Fn(&mut Mqtt)) -> Vec<String> {
    let broker = Broker::start();
    let mut settings = mqtt(version, broker.port);
    change(&mut settings);
    let mut bench = Bench::run(settings.clone());
    bench.expect(&["broker up"]).await;
    bench.stop().await;
    let mut publisher = Publisher::connect(broker.port).await;
    publisher.publish("any", "meanwhile").await;
    let mut bench = Bench::run(settings);
    bench.expect(&["broker up"]).await;
    publisher.publish("any", "last").await;
    let mut heard = vec![bench.shown().await];
    while heard.last().is_some_and(|shown| shown != "Any last Good") {
        heard.push(bench.shown().await);
    }
    bench.stop().await;
    heard
}

#[tokio::test]
async fn the_broker_keeps_what_comes_meanwhile_unless_it_is_told_not_to() {
    for version in VERSIONS {
        let kept = ["Any meanwhile Good", "Any last Good"];
        assert_eq!(after_an_absence(version, |_| {}).await, kept);
        assert_eq!(after_an_absence(version, |settings| settings.clean_start = true).await, ["Any last Good"]);
        // Messages of QoS 0 are not kept for who is away.
        let careless = after_an_absence(version, |settings| settings.topics[2].qos = 0).await;
        assert_eq!(careless, ["Any last Good"]);
    }
    let expired = |settings: &mut Mqtt| settings.session_expiry = std::time::Duration::ZERO;
    assert_eq!(after_an_absence(MqttVersion::V5, expired).await, ["Any last Good"]);
}

#[tokio::test]
async fn a_retained_message_is_marked_and_one_that_is_new_is_not() {
    for version in VERSIONS {
        let broker = Broker::start();
        let mut publisher = Publisher::connect(broker.port).await;
        publisher.retain("any", "kept").await;
        let mut bench = Bench::run(mqtt(version, broker.port));
        let mut first = bench.next().await;
        // The news that the link is up may come before it or behind it.
        if first.samples.is_empty() {
            first = bench.next().await;
        } else {
            bench.next().await;
        }
        // Retained again, but it comes because it is new.
        publisher.retain("any", "news").await;
        let second = bench.next().await;
        assert_eq!((first.is_retained, second.is_retained), (true, false));
        bench.stop().await;
    }
}
