//! From a message to the scans that it makes: each tag at most once in each.
//!
//! Knows no broker and no queue; the time is told to it. A message that cannot be read makes the tags that it is for
//! Bad, each of which keeps its last value.

use std::sync::Arc;
use std::time::Instant;

use latchwork_config::connections::{Connection, Mqtt, Payload};
use latchwork_engine::{Notice, Reading, Sample};
use latchwork_expr::{Quality, TagSlot, Timestamp};

use super::client::{Content, Message};
use super::counters::Counters;
use super::freshness::{Freshness, Verdict};
use super::payload::{Body, Fault, Point, Reader};
use super::topic::{Router, Target};
use crate::limits::OLD_POINTS_LONGEST;
use crate::trace::quoted;

/// When something came, on both axes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Received {
    pub(super) at: Instant,
    pub(super) wall: Timestamp,
}

/// Reads the messages of a connection.
pub(super) struct Intake {
    connection: Arc<Connection>,
    payloads: Vec<Payload>,
    counters: Arc<Counters>,
    router: Router,
    reader: Reader,
    freshness: Freshness,
    /// Whether a fault of a subscription was logged: the others are only counted.
    told: Vec<bool>,
    /// By how many microseconds a source's clock was found to be set back, until that is told.
    step_micros: Option<i64>,
    /// When that was told last: each tag finds it out for itself, and one tells it for all.
    step_told: Option<Instant>,
}

impl Intake {
    pub(super) fn new(connection: &Arc<Connection>, mqtt: &Mqtt, counters: &Arc<Counters>) -> Self {
        Self {
            router: Router::new(&mqtt.topics, &connection.tags),
            payloads: mqtt.topics.iter().map(|topic| topic.payload.clone()).collect(),
            reader: Reader::new(),
            freshness: Freshness::new(connection.tags.len()),
            told: vec![false; mqtt.topics.len()],
            step_micros: None,
            step_told: None,
            connection: Arc::clone(connection),
            counters: Arc::clone(counters),
        }
    }

    /// Returns the scans that a message makes; none if it is for no tag, or tells nothing new.
    pub(super) fn take(&mut self, message: &Message, received: Received) -> Vec<Vec<Sample>> {
        let targets = self.router.targets(&message.topic);
        if targets.is_empty() {
            self.counters.unmatched.add();
        }
        if matches!(message.content, Content::Oversized(_)) {
            self.counters.oversized.add();
        }
        let body = match &message.content {
            Content::Payload(payload) => Ok(Body::new(payload)),
            Content::Oversized(bytes) => Err(Fault::oversized(*bytes)),
        };
        let mut scans: Vec<Vec<Sample>> = Vec::new();
        for &target in &*targets {
            let Some(sample) = self.sample(target, &body, &message.topic, received) else { continue };
            scans.resize_with(scans.len().max(target.turn + 1), Vec::new);
            scans[target.turn].push(sample);
        }
        scans.retain(|scan| !scan.is_empty());
        scans
    }

    /// Notes that no tag shows its last value any more.
    pub(super) fn disconnected(&mut self) {
        self.freshness.disconnected();
    }

    /// Returns the sample of one tag; `None` if it tells nothing new.
    fn sample(
        &mut self,
        target: Target,
        body: &Result<Body<'_>, Fault>,
        topic: &str,
        received: Received,
    ) -> Option<Sample> {
        let kind = self.connection.tags[target.tag].kind;
        let read = body.as_ref().map_err(Clone::clone);
        let read = read.and_then(|body| self.reader.read(&self.payloads[target.topic], kind, body));
        match read {
            Ok(point) => self.fresh(target.tag, point, received),
            Err(fault) => {
                if body.is_ok() {
                    self.counters.conversion_errors.add();
                }
                self.report(target, &fault, topic);
                self.freshness.spoiled(target.tag);
                Some(unread(target.tag, fault.quality(), received.wall))
            }
        }
    }

    fn fresh(&mut self, tag: usize, point: Point, received: Received) -> Option<Sample> {
        match self.freshness.judge(tag, &point, received.at) {
            Verdict::Taken => {}
            Verdict::ClockStepped(step_micros) => self.note_step(step_micros, received),
            Verdict::Old => {
                self.counters.old_dropped.add();
                return None;
            }
        }
        let Point { reading, quality, time } = point;
        Some(Sample { tag: slot(tag), reading, quality, source_time: time.unwrap_or(received.wall) })
    }

    /// Returns that a source's clock was set back, once.
    pub(super) fn clock_step(&mut self) -> Option<Notice> {
        let step_micros = self.step_micros.take()?;
        Some(Notice::ConnectionClockStepped { connection: self.connection.name.as_str().into(), step_micros })
    }

    /// Returns the tags that a topic feeds, which do not show their last points any more.
    pub(super) fn spoil(&mut self, topic: &str) -> Vec<usize> {
        let tags: Vec<usize> = self.router.targets(topic).iter().map(|target| target.tag).collect();
        for &tag in &tags {
            self.freshness.spoiled(tag);
        }
        tags
    }

    fn note_step(&mut self, step_micros: i64, received: Received) {
        self.counters.clock_steps.add();
        if self.step_told.is_none_or(|told| received.at.duration_since(told) >= OLD_POINTS_LONGEST) {
            self.step_told = Some(received.at);
            self.step_micros = Some(step_micros);
        }
    }

    /// Logs the first fault of each subscription.
    fn report(&mut self, target: Target, fault: &Fault, topic: &str) {
        if std::mem::replace(&mut self.told[target.topic], true) {
            return;
        }
        let tag = &self.connection.tags[target.tag];
        tracing::warn!(
            connection = self.connection.name,
            topic = quoted(topic.as_bytes()),
            tag = tag.path,
            at = %fault.place,
            expected = %fault.expected,
            "message not read; later ones of this subscription are only counted"
        );
    }
}

/// Returns the sample of a tag that could not be read.
pub(super) const fn unread(tag: usize, quality: Quality, source_time: Timestamp) -> Sample {
    Sample { tag: slot(tag), reading: Reading::Kept, quality, source_time }
}

/// Returns a tag as batches name it: by its place in the connection.
#[expect(clippy::cast_possible_truncation, reason = "a configuration has fewer tags")]
const fn slot(tag: usize) -> TagSlot {
    TagSlot(tag as u32)
}
