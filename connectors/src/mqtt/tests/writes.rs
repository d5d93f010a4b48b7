//! Writes to a real broker: published once it is there, counted when it has acknowledged them.

use std::path::Path;
use std::sync::Arc;

use latchwork_config::connections::Connection;
use latchwork_config::{Colour, Memory};
use latchwork_expr::Value;
use tokio::sync::mpsc::{self, UnboundedReceiver, unbounded_channel};
use tokio_util::sync::CancellationToken;

use super::broker::Broker;
use super::within;
use crate::mqtt::{Past, run};
use crate::{Batch, LinkId, WriteJob, WriteOutcome, WriteReport, Writer};

/// A connection to a broker as the configuration makes it: `Ack` is answered in, as JSON.
fn connection(port: u16, version: u8) -> Connection {
    let text = format!(
        r#"
[[connections]]
name = "broker"
type = "mqtt"
url = "mqtt://127.0.0.1:{port}"
version = {version}
allow_writes = true
[[tags]]
path = "Ack"
type = "int"
connection = "broker"
topic = "press/ack"
payload = "json"
value = "$.v"
[[operations]]
name = "Pressing"
location = "Press"
start_trigger_expression = "{{Ack}} = 5"
[operations.handshake]
acknowledge_tag = "Ack"
success_value = 1
failure_value = 2
"#
    );
    let read = latchwork_config::read(Path::new("plant.toml"), &Memory::of("plant.toml", text));
    read.unwrap_or_else(|problems| panic!("{}", problems.render(Colour::Off))).connections.remove(0)
}

struct Desk {
    writer: Writer,
    reports: UnboundedReceiver<WriteReport>,
    batches: mpsc::Receiver<Batch>,
    stop: CancellationToken,
    task: tokio::task::JoinHandle<()>,
}

impl Desk {
    fn run(port: u16, version: u8) -> Self {
        let connection = Arc::new(connection(port, version));
        let (reports_to, reports) = unbounded_channel();
        let (writer, jobs) = Writer::to(&connection, LinkId(7), reports_to).unwrap();
        let (sender, batches) = mpsc::channel(64);
        let stop = CancellationToken::new();
        let task = run(connection, LinkId(7), sender, Past::default(), Some(jobs), stop.clone());
        Self { writer, reports, batches, task: tokio::spawn(task), stop }
    }

    fn write(&self, value: i64, number: u64) {
        self.writer.write(WriteJob { tag: 0, value: Value::Integer(value), number });
    }

    async fn written(&mut self) -> u64 {
        let report = within(self.reports.recv()).await.unwrap();
        assert_eq!(report.outcome, WriteOutcome::Written);
        report.number
    }

    /// Waits until the tag has a value: the broker hands to the subscriber what was published.
    async fn wait_for(&mut self, wanted: i64) {
        loop {
            let batch = within(self.batches.recv()).await.unwrap();
            let is_wanted = |sample: &latchwork_engine::Sample| matches!(&sample.reading, latchwork_engine::Reading::Value(Value::Integer(value)) if *value == wanted);
            if batch.samples.iter().any(is_wanted) {
                return;
            }
        }
    }

    async fn stop(self) {
        self.stop.cancel();
        within(self.task).await.unwrap();
    }
}

/// Waits until the subscription stands.
async fn up(desk: &mut Desk) {
    while within(desk.batches.recv()).await.unwrap().notice.is_none() {}
}

#[tokio::test]
async fn what_is_written_reaches_the_topic_of_the_tag() {
    for version in [4, 5] {
        let broker = Broker::start();
        let mut desk = Desk::run(broker.port, version);
        up(&mut desk).await;
        desk.write(1, 1);
        assert_eq!(desk.written().await, 1);
        desk.wait_for(1).await;
        desk.write(2, 2);
        assert_eq!(desk.written().await, 2);
        desk.wait_for(2).await;
        desk.stop().await;
    }
}

#[tokio::test]
async fn a_broker_that_is_gone_gets_the_newest_when_it_is_back() {
    let mut broker = Broker::start();
    let mut desk = Desk::run(broker.port, 4);
    up(&mut desk).await;
    broker.kill();
    // Down, as far as the subscriber knows.
    up(&mut desk).await;
    desk.write(1, 1);
    desk.write(2, 2);
    broker.restart();
    assert_eq!(desk.written().await, 2);
    desk.stop().await;
}
