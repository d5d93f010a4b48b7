//! A connector on the bench: what it delivers is seen one by one.

use std::sync::Arc;
use std::time::Duration;

use latchwork_config::connections::{
    Connection, ConnectionTag, FrameLogSettings, JsonPaths, JsonStep, Mqtt, MqttVersion, Payload, Secret, TimeUnit,
    Topic, TopicTarget, Wire,
};
use latchwork_engine::{Notice, Reading};
use latchwork_expr::{TagSlot, Type, Tz, text};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::within;
use crate::mqtt::{Counters, Past, run};
use crate::{Batch, LinkId};

/// The tags of every bench.
const TAGS: [(&str, Type); 4] =
    [("Filler/Speed", Type::Float), ("Filler/State", Type::Integer), ("Capper/Speed", Type::Float), ("Any", Type::Any)];

pub(super) struct Bench {
    batches: mpsc::Receiver<Batch>,
    pub(super) counters: Arc<Counters>,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Bench {
    /// Runs a connector.
    pub(super) fn run(mqtt: Mqtt) -> Self {
        Self::with_room(mqtt, 64)
    }

    /// Runs a connector with room for so many batches.
    pub(super) fn with_room(mqtt: Mqtt, room: usize) -> Self {
        Self::of(connection(mqtt), room)
    }

    /// Runs a connector whose frames are logged.
    pub(super) fn logging(mqtt: Mqtt, settings: FrameLogSettings) -> Self {
        Self::of(Connection { frame_log: Some(settings), ..connection(mqtt) }, 64)
    }

    fn of(connection: Connection, room: usize) -> Self {
        let (sender, batches) = mpsc::channel(room);
        let (counters, stop) = (Arc::new(Counters::default()), CancellationToken::new());
        let connection = Arc::new(connection);
        let past = Past { counters: Arc::clone(&counters), taken: Vec::new() };
        let task = tokio::spawn(run(connection, LinkId(7), sender, past, None, stop.clone()));
        Self { batches, counters, stop, task }
    }

    /// Returns the next batch.
    pub(super) async fn next(&mut self) -> Batch {
        let batch = within(self.batches.recv()).await.expect("the connector ended");
        assert_eq!(batch.link, LinkId(7));
        batch
    }

    /// Takes the next batch, commits it, and returns what it shows.
    pub(super) async fn shown(&mut self) -> String {
        let batch = self.next().await;
        let shown = show(&batch);
        if let Some(receipt) = batch.receipt {
            receipt.committed();
        }
        shown
    }

    /// Checks what the next batches show.
    pub(super) async fn expect(&mut self, expected: &[&str]) {
        for expected in expected {
            assert_eq!(self.shown().await, *expected);
        }
    }

    /// Checks that the link is told to be lost, and returns why.
    pub(super) async fn expect_down(&mut self) -> String {
        let batch = self.next().await;
        let Some(Notice::ConnectionDown { connection, reason }) = &batch.notice else { panic!("{batch:?}") };
        assert_eq!(connection.as_str(), "broker");
        let tags: Vec<String> = TAGS.iter().map(|(path, _)| format!("{path} kept Bad_NotConnected")).collect();
        assert_eq!(samples(&batch), tags.join(", "));
        reason.to_string()
    }

    /// Stops the connector, and waits for its end.
    pub(super) async fn stop(self) {
        self.stop.cancel();
        within(self.task).await.unwrap();
    }
}

/// Returns the settings of a client: `line/+/speed` raw, `line/+/state` JSON, `any` raw.
pub(super) fn mqtt(version: MqttVersion, port: u16) -> Mqtt {
    let key = |name: &str| vec![JsonStep::Key(name.to_owned())];
    let state = JsonPaths {
        value: key("value"),
        time: Some(key("time")),
        time_unit: TimeUnit::Millis,
        quality: Some(key("quality")),
    };
    let topic = |filter: &str, target, payload| Topic { filter: filter.to_owned(), qos: 2, target, payload };
    let pattern = |pattern: &str| TopicTarget::Pattern(pattern.to_owned());
    Mqtt {
        host: "127.0.0.1".to_owned(),
        port,
        tls: None,
        version,
        client_id: "gateway".to_owned(),
        clean_start: false,
        session_expiry: Duration::from_hours(1),
        keep_alive: Duration::from_secs(30),
        username: None,
        password: None,
        packet_bytes_max: 1 << 20,
        last_will: None,
        topics: vec![
            topic("line/+/speed", pattern("{1}/Speed"), Payload::Raw),
            topic("line/+/state", pattern("{1}/State"), Payload::Json(state)),
            topic("any", TopicTarget::Tag(3), Payload::Raw),
        ],
    }
}

/// Returns these settings with a user and a password.
pub(super) fn as_user(mut mqtt: Mqtt, user: &str, password: &str) -> Mqtt {
    mqtt.username = Some(user.to_owned());
    mqtt.password = Some(Secret(password.to_owned()));
    mqtt
}

fn connection(mqtt: Mqtt) -> Connection {
    let tag = |&(path, kind): &(&str, Type)| ConnectionTag {
        path: format!("[default]{path}"),
        slot: TagSlot(0),
        kind,
        shaping: None,
    };
    Connection {
        name: "broker".to_owned(),
        tags: TAGS.iter().map(tag).collect(),
        wire: Wire::Mqtt(Box::new(mqtt)),
        writing: None,
        frame_log: None,
    }
}

fn show(batch: &Batch) -> String {
    match &batch.notice {
        None => samples(batch),
        Some(Notice::ConnectionUp { connection }) => format!("{connection} up{}", samples(batch)),
        Some(Notice::SamplesLost(loss)) => format!("{} lost {} {}", loss.connection, loss.count, samples(batch)),
        Some(Notice::ConnectionClockStepped { connection, step_micros }) => {
            format!("{connection} stepped {step_micros}")
        }
        Some(other) => panic!("{other:?}"),
    }
}

fn samples(batch: &Batch) -> String {
    let shown = batch.samples.iter().map(|sample| {
        let value = match &sample.reading {
            Reading::Kept => "kept".to_owned(),
            Reading::Value(value) => text(value, Tz::UTC),
        };
        format!("{} {value} {}", TAGS[sample.tag.0 as usize].0, sample.quality.name())
    });
    shown.collect::<Vec<_>>().join(", ")
}
