//! What of a connection outlives each of its links: what waits for the engine, what the broker still holds, and
//! whether the engine believes that the link is up.
//!
//! Turns what comes into batches. Knows no socket.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use latchwork_config::connections::{Connection, Mqtt};
use latchwork_engine::{Notice, Sample};
use latchwork_expr::{Quality, Timestamp};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};

use super::Past;
use super::client::{Content, Guarantee, Message, Session};
use super::counters::Counters;
use super::intake::{Intake, Received, unread};
use super::loss::Lost;
use super::outbox::{Class, Closed, Outbox};
use super::repeats::{Novelty, Repeats};
use super::window::{Arrival, Window};
use crate::limits::REASON_CHARACTERS_MAX;
use crate::{Batch, LinkId, Receipt, Taken};

/// What was told to the engine of the link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    Nothing,
    Up,
    Down,
}

/// A broker that sends more than there is room for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Overrun;

/// A connection, up or down.
pub(super) struct Link {
    connection: Arc<Connection>,
    id: LinkId,
    counters: Arc<Counters>,
    batches: mpsc::Sender<Batch>,
    receipts: UnboundedReceiver<u64>,
    committed: UnboundedSender<u64>,
    intake: Intake,
    outbox: Outbox,
    window: Window,
    repeats: Repeats,
    told: Told,
    /// What was dropped and not told yet.
    lost: Option<Lost>,
    /// When the broker accepted us on this link.
    connected: Option<Instant>,
    /// Whether it ever did.
    was_connected: bool,
}

impl Link {
    pub(super) fn new(
        connection: Arc<Connection>,
        mqtt: &Mqtt,
        id: LinkId,
        batches: mpsc::Sender<Batch>,
        past: Past,
    ) -> Self {
        let Past { counters, taken } = past;
        let (committed, receipts) = mpsc::unbounded_channel();
        Self {
            intake: Intake::new(&connection, mqtt, &counters),
            outbox: Outbox::default(),
            window: Window::resumed(&taken),
            repeats: Repeats::default(),
            told: Told::Nothing,
            lost: None,
            connected: None,
            was_connected: false,
            connection,
            id,
            counters,
            batches,
            receipts,
            committed,
        }
    }

    /// Notes that the broker has accepted us.
    pub(super) fn connected(&mut self, session: Session) {
        self.connected = Some(Instant::now());
        if std::mem::replace(&mut self.was_connected, true) {
            self.counters.reconnects.add();
        }
        if session == Session::New {
            self.window.forgotten();
        }
    }

    /// Tells whether the broker has accepted us.
    pub(super) const fn is_connected(&self) -> bool {
        self.connected.is_some()
    }

    /// Returns for how long it has.
    pub(super) fn lasted(&self) -> Duration {
        self.connected.map(|since| since.elapsed()).unwrap_or_default()
    }

    /// Tells the engine that the link is up, if it does not know.
    pub(super) fn up(&mut self) {
        if self.told == Told::Up {
            return;
        }
        self.told = Told::Up;
        tracing::info!(connection = self.connection.name, "connected to the broker");
        let notice = Notice::ConnectionUp { connection: self.connection.name.as_str().into() };
        self.tell(Some(notice), Vec::new());
    }

    /// Notes that the link is lost. Tells the engine, and makes every tag Bad, if it does not know.
    pub(super) fn down(&mut self, reason: &str) {
        self.connected = None;
        self.window.disconnected();
        self.intake.disconnected();
        if self.told == Told::Down {
            tracing::debug!(connection = self.connection.name, reason, "not connected to the broker");
            return;
        }
        self.told = Told::Down;
        let reason: String = reason.chars().take(REASON_CHARACTERS_MAX).collect();
        tracing::warn!(connection = self.connection.name, reason, "not connected to the broker");
        let notice = Notice::ConnectionDown { connection: self.connection.name.as_str().into(), reason: reason.into() };
        let wall = now().wall;
        let samples = (0..self.connection.tags.len()).map(|tag| unread(tag, Quality::BadNotConnected, wall)).collect();
        self.tell(Some(notice), samples);
    }

    /// Notes that the broker refused a subscription, and makes the tags Bad that nothing else feeds.
    pub(super) fn refused(&mut self, filter: &str, reason: &str, tags: &[usize]) {
        self.counters.refused_subscriptions.add();
        tracing::error!(connection = self.connection.name, filter, reason, "the broker refused a subscription");
        let wall = now().wall;
        let samples: Vec<_> = tags.iter().map(|&tag| unread(tag, Quality::BadAccessDenied, wall)).collect();
        if !samples.is_empty() {
            self.tell(None, samples);
        }
    }

    /// Takes a message: its scans wait for the engine, the last with its receipt.
    pub(super) fn take(&mut self, message: &Message) -> Result<(), Overrun> {
        self.counters.messages.add();
        let class = class(message);
        if !self.outbox.has_room(class) {
            return self.overrun(class, &message.topic);
        }
        self.tell_loss();
        let (mut receipt, mut novelty) = (None, Novelty::New);
        if let Some(held) = message.held {
            let digest = digest(message);
            let Arrival::New(new) = self.window.arrived(held, digest) else {
                self.counters.redelivered.add();
                return Ok(());
            };
            let taken = Taken { packet: held.packet, digest, is_once: held.guarantee == Guarantee::Once };
            (receipt, novelty) = (Some((new, taken)), self.repeats.note(digest));
        }
        let received = Received { novelty, ..now() };
        let scans = self.intake.take(message, received);
        if let Some(notice) = self.intake.clock_step() {
            self.tell(Some(notice), Vec::new());
        }
        self.enqueue(scans, receipt, message, received);
        Ok(())
    }

    /// Notes that a `QoS` 2 message will not be sent again.
    pub(super) fn released(&mut self, packet: u16) {
        self.window.released(packet);
    }

    /// Hands over what there is room for, and takes the receipts that are there.
    pub(super) fn settle(&mut self) -> Result<(), Closed> {
        while let Ok(number) = self.receipts.try_recv() {
            self.window.committed(number);
        }
        self.tell_loss();
        self.outbox.hand_over(&self.batches)
    }

    /// Returns the next message to acknowledge.
    pub(super) fn acknowledge(&mut self) -> Option<(u16, Guarantee)> {
        self.window.acknowledge()
    }

    /// Waits for a receipt or for room, and makes use of it. May be dropped at any time.
    pub(super) async fn errand(&mut self) -> Result<(), Closed> {
        tokio::select! {
            // Never none: this link holds a sender itself.
            Some(number) = self.receipts.recv() => self.window.committed(number),
            room = self.batches.reserve(), if !self.outbox.is_empty() => self.outbox.send(room.map_err(|_| Closed)?),
        }
        Ok(())
    }

    /// Tells whether nothing waits for the engine.
    pub(super) fn is_handed_over(&self) -> bool {
        self.outbox.is_empty()
    }

    /// Tells whether all that came is committed and acknowledged.
    pub(super) fn is_settled(&self) -> bool {
        self.outbox.is_empty() && !self.window.is_open()
    }

    fn overrun(&mut self, class: Class, topic: &str) -> Result<(), Overrun> {
        if class == Class::Acknowledged {
            return Err(Overrun);
        }
        self.counters.lost_qos0.add();
        let (tags, at) = (self.intake.spoil(topic), now());
        if !tags.is_empty() {
            self.lost.get_or_insert_with(|| Lost::since(at)).add(tags, at);
        }
        Ok(())
    }

    /// Tells what was dropped, once there is room again.
    fn tell_loss(&mut self) {
        if !self.outbox.has_room(Class::Unacknowledged) {
            return;
        }
        let Some(lost) = self.lost.take() else { return };
        let (notice, samples, received) = lost.into_news(&self.connection);
        tracing::warn!(connection = self.connection.name, "messages lost: the engine was behind");
        let batch = Batch { received, ..self.batch(Some(notice), samples) };
        self.outbox.push(batch, Class::News, 0);
    }

    fn enqueue(&mut self, scans: Vec<Vec<Sample>>, held: Option<(u64, Taken)>, message: &Message, received: Received) {
        let (class, is_retained, payload_bytes) = (class(message), message.is_retained, payload_bytes(message));
        let last = scans.len().checked_sub(1);
        for (index, samples) in scans.into_iter().enumerate() {
            let receipt = held.filter(|_| Some(index) == last);
            let receipt = receipt.map(|(number, taken)| Receipt::new(number, self.committed.clone()).of(taken));
            let batch = Batch { received: received.at, is_retained, receipt, ..self.batch(None, samples) };
            self.outbox.push(batch, class, payload_bytes);
        }
        // A message that makes no scan has nothing to be committed.
        if let (None, Some((number, _))) = (last, held) {
            self.window.committed(number);
        }
    }

    fn tell(&mut self, notice: Option<Notice>, samples: Vec<Sample>) {
        let batch = self.batch(notice, samples);
        self.outbox.push(batch, Class::News, 0);
    }

    fn batch(&self, notice: Option<Notice>, samples: Vec<Sample>) -> Batch {
        Batch {
            link: self.id,
            received: Instant::now(),
            samples,
            notice,
            is_retained: false,
            receipt: None,
            room: None,
        }
    }
}

fn now() -> Received {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Received {
        novelty: Novelty::New,
        at: Instant::now(),
        wall: Timestamp(i64::try_from(since.as_micros()).unwrap_or(i64::MAX)),
    }
}

const fn class(message: &Message) -> Class {
    if message.held.is_some() { Class::Acknowledged } else { Class::Unacknowledged }
}

const fn payload_bytes(message: &Message) -> usize {
    match &message.content {
        Content::Payload(payload) => payload.len(),
        Content::Oversized(_) => 0,
    }
}

fn digest(message: &Message) -> u64 {
    let mut hasher = DefaultHasher::new();
    message.topic.hash(&mut hasher);
    message.content.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use latchwork_config::connections::{ConnectionTag, MqttVersion, Payload, Topic, TopicTarget, Wire};
    use latchwork_expr::{TagSlot, Type};

    use super::*;
    use crate::limits::MQTT_WAITING_BYTES_MAX;
    use crate::mqtt::client::Held;

    fn link(room: usize) -> (Link, mpsc::Receiver<Batch>) {
        let topic = Topic { filter: "#".to_owned(), qos: 1, target: TopicTarget::Tag(0), payload: Payload::Raw };
        let mqtt = Mqtt {
            host: String::new(),
            port: 0,
            tls: None,
            version: MqttVersion::V4,
            client_id: String::new(),
            clean_start: false,
            session_expiry: Duration::ZERO,
            keep_alive: Duration::ZERO,
            username: None,
            password: None,
            packet_bytes_max: 0,
            last_will: None,
            topics: vec![topic],
        };
        let tags =
            vec![ConnectionTag { path: "[default]a".to_owned(), slot: TagSlot(0), kind: Type::Any, shaping: None }];
        let connection = Connection {
            name: "broker".to_owned(),
            tags,
            wire: Wire::Mqtt(Box::new(mqtt.clone())),
            writing: None,
            frame_log: None,
        };
        let (sender, receiver) = mpsc::channel(room);
        (Link::new(Arc::new(connection), &mqtt, LinkId(0), sender, Past::default()), receiver)
    }

    fn message(packet: u16, bytes: usize) -> Message {
        let held = Held { packet, guarantee: Guarantee::AtLeastOnce, again: false };
        Message {
            topic: "a".to_owned(),
            content: Content::Payload(vec![b'x'; bytes]),
            held: Some(held),
            is_retained: false,
        }
    }

    #[test]
    fn a_broker_that_sends_more_than_there_is_room_for_is_an_overrun() {
        const PARTS: usize = 8;
        let (mut link, mut batches) = link(PARTS);
        for packet in 1..=PARTS {
            let packet = u16::try_from(packet).unwrap();
            assert_eq!(link.take(&message(packet, MQTT_WAITING_BYTES_MAX / PARTS)), Ok(()));
        }
        assert_eq!(link.take(&message(99, 1)), Err(Overrun));
        link.settle().unwrap();
        assert_eq!(link.take(&message(99, 1)), Ok(()));
        assert!(batches.try_recv().unwrap().receipt.is_some());
    }

    #[test]
    fn a_loss_is_told_once_and_so_is_its_end() {
        let (mut link, mut batches) = link(9);
        link.down("one");
        link.down("two");
        link.up();
        link.up();
        link.down(&"long ".repeat(1000));
        link.settle().unwrap();
        let notices: Vec<Notice> = std::iter::from_fn(|| batches.try_recv().ok()?.notice).collect();
        let connection = || "broker".into();
        let down = |reason: String| Notice::ConnectionDown { connection: connection(), reason: reason.into() };
        let up = Notice::ConnectionUp { connection: connection() };
        let shortened = "long ".repeat(REASON_CHARACTERS_MAX / 5);
        assert_eq!(notices, [down("one".to_owned()), up, down(shortened)]);
    }
}
