//! What messages become, while the link is up.

use latchwork_config::connections::TopicTarget;

use super::bench::{Bench, mqtt};
use super::broker::Broker;
use super::publisher::Publisher;
use super::{VERSIONS, within};
use crate::limits::{MQTT_WAITING_UNACKNOWLEDGED_MAX, OLD_POINTS_MAX};

#[tokio::test]
async fn messages_become_scans_in_their_order() {
    for version in VERSIONS {
        let broker = Broker::start();
        let mut bench = Bench::run(mqtt(version, broker.port));
        bench.expect(&["broker up"]).await;
        let mut publisher = Publisher::connect(broker.port).await;
        publisher.publish("line/Filler/speed", "7.5").await;
        publisher.publish("line/Capper/speed", "8").await;
        publisher.publish("line/Nobody/speed", "9").await;
        publisher.publish("line/Filler/state", r#"{"value":3,"time":1700000000000}"#).await;
        publisher.publish("line/Filler/state", r#"{"value":4,"time":1700000000001,"quality":"Uncertain"}"#).await;
        publisher.publish_once("any", "on").await;
        bench
            .expect(&[
                "Filler/Speed 7.5 Good",
                "Capper/Speed 8.0 Good",
                "Filler/State 3 Good",
                "Filler/State 4 Uncertain",
                "Any on Good",
            ])
            .await;
        assert_eq!((bench.counters.messages.get(), bench.counters.unmatched.get()), (6, 1));
        bench.stop().await;
    }
}

#[tokio::test]
async fn messages_that_come_once_more_are_dropped_however_many_they_are() {
    for version in VERSIONS {
        let broker = Broker::start();
        let mut bench = Bench::run(mqtt(version, broker.port));
        bench.expect(&["broker up"]).await;
        let mut publisher = Publisher::connect(broker.port).await;
        let message = |number: u32| format!("{{\"value\":{number},\"time\":{number}}}");
        let many = 2 * OLD_POINTS_MAX;
        for number in 0..many {
            publisher.publish("line/Filler/state", message(number)).await;
            bench.expect(&[&format!("Filler/State {number} Good")]).await;
        }
        for number in 0..=many {
            publisher.publish("line/Filler/state", message(number)).await;
        }
        bench.expect(&[&format!("Filler/State {many} Good")]).await;
        assert_eq!(bench.counters.old_dropped.get(), u64::from(many));
        bench.stop().await;
    }
}

#[tokio::test]
async fn a_retained_message_is_the_first_value() {
    for version in VERSIONS {
        let broker = Broker::start();
        Publisher::connect(broker.port).await.retain("line/Filler/speed", "5").await;
        let mut bench = Bench::run(mqtt(version, broker.port));
        let mut shown = [bench.shown().await, bench.shown().await];
        shown.sort_unstable();
        assert_eq!(shown, ["Filler/Speed 5.0 Good", "broker up"]);
        bench.stop().await;
    }
}

#[tokio::test]
async fn a_message_that_cannot_be_read_spoils_itself_only() {
    for version in VERSIONS {
        let broker = Broker::start();
        let mut bench = Bench::run(mqtt(version, broker.port));
        bench.expect(&["broker up"]).await;
        let mut publisher = Publisher::connect(broker.port).await;
        for broken in [&b"fast"[..], b"\xff\xfe"] {
            publisher.publish("line/Filler/speed", broken).await;
        }
        publisher.publish("line/Filler/state", "{\"value\":").await;
        publisher.publish("line/Filler/state", "{}").await;
        publisher.publish("line/Filler/speed", "6").await;
        bench
            .expect(&[
                "Filler/Speed kept Bad_Failure",
                "Filler/Speed kept Bad_Failure",
                "Filler/State kept Bad_Failure",
                "Filler/State kept Bad_NotFound",
                "Filler/Speed 6.0 Good",
            ])
            .await;
        assert_eq!(bench.counters.conversion_errors.get(), 4);
        bench.stop().await;
    }
}

#[tokio::test]
async fn an_oversized_message_is_skipped_and_the_stream_goes_on() {
    for version in VERSIONS {
        let broker = Broker::start();
        let mut settings = mqtt(version, broker.port);
        settings.packet_bytes_max = 1000;
        let mut bench = Bench::run(settings);
        bench.expect(&["broker up"]).await;
        let mut publisher = Publisher::connect(broker.port).await;
        publisher.publish("any", vec![b'x'; 900]).await;
        assert!(bench.shown().await.starts_with("Any xxx"));
        for bytes in [1000, 100_000] {
            publisher.publish("any", vec![b'x'; bytes]).await;
        }
        publisher.publish("any", "5").await;
        bench.expect(&["Any kept Bad_Failure", "Any kept Bad_Failure", "Any 5 Good"]).await;
        assert_eq!((bench.counters.oversized.get(), bench.counters.conversion_errors.get()), (2, 0));
        bench.stop().await;
    }
}

#[tokio::test]
async fn old_points_are_dropped_and_acknowledged() {
    for version in VERSIONS {
        let broker = Broker::start();
        let mut bench = Bench::run(mqtt(version, broker.port));
        bench.expect(&["broker up"]).await;
        let mut publisher = Publisher::connect(broker.port).await;
        for (value, time) in [(1, 5), (2, 4), (1, 5), (3, 6)] {
            publisher.publish("line/Filler/state", format!("{{\"value\":{value},\"time\":{time}}}")).await;
        }
        bench.expect(&["Filler/State 1 Good", "Filler/State 3 Good"]).await;
        assert_eq!(bench.counters.old_dropped.get(), 2);
        bench.stop().await;
    }
}

#[tokio::test]
async fn a_tag_comes_once_in_each_scan_and_the_last_has_the_receipt() {
    for version in VERSIONS {
        let broker = Broker::start();
        let mut settings = mqtt(version, broker.port);
        let mut second = settings.topics[2].clone();
        second.target = TopicTarget::Tag(0);
        settings.topics.extend([second, settings.topics[2].clone()]);
        let mut bench = Bench::run(settings);
        bench.expect(&["broker up"]).await;
        Publisher::connect(broker.port).await.publish("any", "5").await;
        let first = bench.next().await;
        assert_eq!((first.samples.len(), first.receipt.is_some()), (2, false));
        let last = bench.next().await;
        assert_eq!((last.samples.len(), last.receipt.is_some()), (1, true));
        assert_eq!(first.received, last.received);
        bench.stop().await;
    }
}

#[tokio::test]
async fn qos_0_messages_beyond_the_bound_are_counted_and_the_link_stays_up() {
    const BEYOND: usize = 50;
    for version in VERSIONS {
        let broker = Broker::start();
        let mut bench = Bench::with_room(mqtt(version, broker.port), 1);
        // The first batch, the notice, fills the room: nobody takes it yet.
        let mut publisher = Publisher::connect(broker.port).await;
        publisher.retain("any", "first").await;
        within(async {
            while bench.counters.messages.get() == 0 {
                tokio::task::yield_now().await;
            }
        })
        .await;
        for number in 0..MQTT_WAITING_UNACKNOWLEDGED_MAX + BEYOND {
            publisher.publish_carelessly("any", &number.to_string()).await;
        }
        within(async {
            while bench.counters.messages.get() <= (MQTT_WAITING_UNACKNOWLEDGED_MAX + BEYOND) as u64 {
                tokio::task::yield_now().await;
            }
        })
        .await;
        assert_eq!(bench.counters.lost_qos0.get(), BEYOND as u64);
        bench.expect(&["broker up", "Any first Good"]).await;
        for number in 0..MQTT_WAITING_UNACKNOWLEDGED_MAX {
            assert_eq!(bench.shown().await, format!("Any {number} Good"));
        }
        bench.expect(&["broker lost 50 Any kept Bad_Stale"]).await;
        publisher.publish("any", "last").await;
        bench.expect(&["Any last Good"]).await;
        assert_eq!(bench.counters.reconnects.get(), 0);
        bench.stop().await;
    }
}
