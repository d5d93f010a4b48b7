//! Who takes messages for somebody that keeps them: nothing is acknowledged before that is told.

use std::collections::BTreeSet;
use std::time::Duration;

use latchwork_config::connections::{Mqtt, MqttVersion};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::bench::mqtt;
use super::broker::Broker;
use super::publisher::Publisher;
use super::relay::Relay;
use super::{VERSIONS, within};
use crate::mqtt::{Heard, HeardContent, Hearing, Hold, Listener, Saying};

/// A listener that runs.
struct Listening {
    hearings: mpsc::UnboundedReceiver<Hearing>,
    sayings: mpsc::Sender<Saying>,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Listening {
    fn start(broker: Mqtt, filter: &str, receive_maximum: u16) -> Self {
        let (tell, hearings) = mpsc::unbounded_channel();
        let (sayings, told) = mpsc::channel(8);
        let listener = Listener { broker, filter: filter.to_owned(), receive_maximum, hearings: tell, sayings: told };
        let stop = CancellationToken::new();
        let task = tokio::spawn(listener.run(stop.clone()));
        Self { hearings, sayings, stop, task }
    }

    async fn next(&mut self) -> Hearing {
        within(self.hearings.recv()).await.expect("it runs")
    }

    async fn up(&mut self) {
        let hearing = self.next().await;
        assert!(matches!(hearing, Hearing::Up), "{hearing:?}");
    }

    async fn down(&mut self) -> String {
        loop {
            if let Hearing::Down(reason) = self.next().await {
                return reason;
            }
        }
    }

    /// Returns the text of the next message, and what it is acknowledged by.
    async fn message(&mut self) -> (String, Hold) {
        let Hearing::Message(Heard { content, hold, .. }) = self.next().await else { panic!("no message") };
        let HeardContent::Payload(payload) = content else { panic!("{content:?}") };
        (String::from_utf8(payload).unwrap(), hold)
    }

    async fn kept(&self, holds: Vec<Hold>) {
        self.sayings.send(Saying::Kept(holds)).await.unwrap();
    }

    async fn stop(self) {
        self.stop.cancel();
        within(self.task).await.unwrap();
    }
}

fn keeping(version: MqttVersion, port: u16) -> Mqtt {
    Mqtt { clean_start: false, session_expiry: Duration::from_hours(1), ..mqtt(version, port) }
}

#[tokio::test]
async fn what_is_not_told_to_be_kept_comes_again() {
    for version in VERSIONS {
        let broker = Broker::start();
        let mut first = Listening::start(keeping(version, broker.port), "a/#", 10);
        first.up().await;
        let mut publisher = Publisher::connect(broker.port).await;
        for text in ["1", "2", "3"] {
            publisher.publish("a/b", text).await;
        }
        let (one, hold) = first.message().await;
        assert_eq!(one, "1");
        first.kept(vec![hold]).await;
        assert_eq!(first.message().await.0, "2");
        first.stop().await;
        let mut second = Listening::start(keeping(version, broker.port), "a/#", 10);
        let mut heard = Vec::new();
        while heard.len() < 2 {
            if let Hearing::Message(Heard { content: HeardContent::Payload(payload), .. }) = second.next().await {
                heard.push(String::from_utf8(payload).unwrap());
            }
        }
        assert_eq!(heard, ["2", "3"]);
        second.stop().await;
    }
}

#[tokio::test]
async fn the_broker_sends_no_more_than_is_acknowledged() {
    let broker = Broker::start();
    let mut listening = Listening::start(keeping(MqttVersion::V5, broker.port), "a/#", 2);
    listening.up().await;
    let mut publisher = Publisher::connect(broker.port).await;
    for number in 0..5 {
        publisher.publish("a/b", number.to_string()).await;
    }
    let (one, two) = (listening.message().await, listening.message().await);
    assert_eq!((&*one.0, &*two.0), ("0", "1"));
    // What the broker sends on another link comes behind whatever it sent on this one.
    let mut witness =
        Listening::start(Mqtt { client_id: "witness".to_owned(), ..mqtt(MqttVersion::V5, broker.port) }, "b", 2);
    witness.up().await;
    publisher.publish("b", "now").await;
    witness.message().await;
    assert!(listening.hearings.try_recv().is_err());
    listening.kept(vec![one.1, two.1]).await;
    assert_eq!(listening.message().await.0, "2");
    witness.stop().await;
    listening.stop().await;
}

#[tokio::test]
async fn what_came_over_a_lost_link_is_dealt_with_before_the_next_one() {
    let broker = Broker::start();
    let relay = Relay::to(broker.port).await;
    let mut listening = Listening::start(keeping(MqttVersion::V5, relay.port), "a/#", 10);
    listening.up().await;
    let mut publisher = Publisher::connect(broker.port).await;
    publisher.publish("a/b", "1").await;
    let (_, hold) = listening.message().await;
    relay.cut();
    listening.down().await;
    publisher.publish("a/b", "2").await;
    // It is about a link that is gone: the broker sends the message again.
    listening.kept(vec![hold]).await;
    let mut heard = BTreeSet::new();
    let mut holds = Vec::new();
    while heard.len() < 2 {
        if let Hearing::Message(Heard { content: HeardContent::Payload(payload), hold, .. }) = listening.next().await {
            heard.insert(String::from_utf8(payload).unwrap());
            holds.push(hold);
        }
    }
    assert_eq!(heard, ["1", "2"].map(str::to_owned).into());
    listening.kept(holds).await;
    listening.stop().await;
}

#[tokio::test]
async fn those_of_a_group_share_and_what_they_publish_goes_out() {
    let broker = Broker::start();
    let client = |id: &str| Mqtt { client_id: id.to_owned(), ..mqtt(MqttVersion::V5, broker.port) };
    let mut pair = ["one", "two"].map(|id| Listening::start(client(id), "$share/group/a/#", 10));
    for listening in &mut pair {
        listening.up().await;
    }
    let mut answers = Listening::start(client("answers"), "b", 10);
    answers.up().await;
    let asking = Saying::Publish { topic: "b".to_owned(), payload: b"please".to_vec() };
    pair[0].sayings.send(asking).await.unwrap();
    assert_eq!(answers.message().await.0, "please");
    let mut publisher = Publisher::connect(broker.port).await;
    for number in 0..10 {
        publisher.publish("a/b", number.to_string()).await;
    }
    let [mut one, mut two] = pair;
    let mut heard = BTreeSet::new();
    while heard.len() < 10 {
        let (text, _) = tokio::select! {
            message = one.message() => message,
            message = two.message() => message,
        };
        assert!(heard.insert(text.clone()), "{text} came to both");
    }
    for listening in [one, two, answers] {
        listening.stop().await;
    }
}

#[tokio::test]
async fn a_broker_that_refuses_the_subscription_is_left() {
    let broker = Broker::with("allow_anonymous true\nmax_packet_size 100000\nacl_file /dev/null");
    let mut listening = Listening::start(mqtt(MqttVersion::V5, broker.port), "a/#", 10);
    let reason = listening.down().await;
    assert!(reason.contains("refused to subscribe to `a/#`"), "{reason}");
    listening.stop().await;
}

#[tokio::test]
async fn a_message_beyond_the_limit_is_told_and_acknowledged() {
    let broker = Broker::start();
    let small = Mqtt { packet_bytes_max: 100, ..keeping(MqttVersion::V5, broker.port) };
    let mut listening = Listening::start(small.clone(), "a/#", 1);
    listening.up().await;
    let mut publisher = Publisher::connect(broker.port).await;
    publisher.publish("a/b", vec![b'x'; 5000]).await;
    publisher.publish("a/b", "small").await;
    let Hearing::Message(Heard { content, hold, .. }) = listening.next().await else { panic!("no message") };
    assert!(matches!(content, HeardContent::Oversized(bytes) if bytes > 5000), "{content:?}");
    listening.kept(vec![hold]).await;
    assert_eq!(listening.message().await.0, "small");
    listening.stop().await;
}
