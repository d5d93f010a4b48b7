//! From a message to the scans that it makes: each tag at most once in each.
//!
//! Knows no broker and no queue; the time is told to it. A message that cannot be read makes the tags that it is for
//! Bad, each of which keeps its last value.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Instant;

use latchwork_config::connections::{Connection, Mqtt, Payload, PointPaths};
use latchwork_engine::{Notice, Reading, Sample};
use latchwork_expr::{Level, Quality, TagSlot, Timestamp};

use super::chart::{Found, FoundGroup, FoundPoint, POINT_NAME, POINT_QUALITY, POINT_TIME, POINT_VALUE, Slot};
use super::client::{Content, Message};
use super::counters::Counters;
use super::freshness::{Freshness, Verdict};
use super::payload::{Body, Fault, Place, Point, Reader, Says, search};
use super::repeats::Novelty;
use super::scalar::Scalar;
use super::topic::{Group, GroupTags, Route, Router, Target};
use crate::limits::OLD_POINTS_LONGEST;
use crate::shaping::Shaper;
use crate::trace::quoted;

/// When something came, on both axes, and whether it had come before.
#[derive(Clone, Copy, Debug)]
pub(super) struct Received {
    pub(super) novelty: Novelty,
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
    shaper: Shaper,
    /// Memory for what is found in a document.
    found: Found,
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
            shaper: Shaper::new(&connection.tags),
            found: Found::default(),
            told: vec![false; mqtt.topics.len()],
            step_micros: None,
            step_told: None,
            connection: Arc::clone(connection),
            counters: Arc::clone(counters),
        }
    }

    /// Returns the scans that a message makes; none if it is for no tag, or tells nothing new.
    pub(super) fn take(&mut self, message: &Message, received: Received) -> Vec<Vec<Sample>> {
        let route = self.router.route(&message.topic);
        if route.is_empty() {
            self.counters.unmatched.add();
        }
        let mut found = std::mem::take(&mut self.found);
        let body = self.body(message, &route, &mut found);
        let mut scans = self.single_values(&route, &body, &message.topic, received);
        for group in &route.groups {
            self.add_points(group, &body, &message.topic, received, &mut scans);
        }
        self.found = found;
        scans.retain(|scan| !scan.is_empty());
        scans
    }

    /// Looks for what is wanted of a message.
    fn body<'a>(&mut self, message: &'a Message, route: &Route, found: &'a mut Found) -> Body<'a> {
        let (bytes, document) = match (&message.content, &route.chart) {
            (Content::Payload(bytes), Some(chart)) => {
                (bytes.as_slice(), search(bytes, chart, &mut self.router.names(route), found))
            }
            (Content::Payload(bytes), None) => (bytes.as_slice(), Ok(())),
            (Content::Oversized(bytes), _) => {
                self.counters.oversized.add();
                (&[][..], Err(Fault::oversized(*bytes)))
            }
        };
        Body { bytes, document: document.map(|()| &*found) }
    }

    /// Returns the scans of the values that a message brings one by one.
    fn single_values(&mut self, route: &Route, body: &Body<'_>, topic: &str, received: Received) -> Vec<Vec<Sample>> {
        let mut scans: Vec<Vec<Sample>> = Vec::new();
        for &Target { topic: row, tag, turn, reads } in &route.targets {
            let kind = self.shaper.reads_as(tag, self.connection.tags[tag].kind);
            let read = match &body.document {
                Err(fault) if matches!(fault.place, Place::Packet(_)) => Err(fault.clone()),
                Ok(_) | Err(_) => self.reader.read(&self.payloads[row], reads, kind, body),
            };
            let Some(sample) = self.sample(row, tag, read, topic, received) else { continue };
            scans.resize_with(scans.len().max(turn + 1), Vec::new);
            scans[turn].push(sample);
        }
        scans
    }

    /// Adds the scans of a group of points: those of one time are one, unless a tag has several of them.
    fn add_points(
        &mut self,
        group: &Group,
        body: &Body<'_>,
        topic: &str,
        received: Received,
        scans: &mut Vec<Vec<Sample>>,
    ) {
        let found = match points(&self.payloads[group.topic], group, body) {
            Ok(found) => found,
            Err(fault) => return scans.push(self.spoiled_group(group, &fault, topic, received)),
        };
        let first = scans.len();
        for (number, point) in found.iter().enumerate() {
            let Some(sample) = self.point(group, (number, point), body, topic, received) else { continue };
            let fits = |scan: &Vec<Sample>| {
                scan.iter().all(|other| other.tag != sample.tag && other.source_time == sample.source_time)
            };
            match scans[first..].last_mut().filter(|scan| fits(scan)) {
                Some(scan) => scan.push(sample),
                None => scans.push(vec![sample]),
            }
        }
    }

    /// Returns the sample of a point; `None` if it is no tag's, or tells nothing new.
    fn point(
        &mut self,
        group: &Group,
        (number, point): (usize, &FoundPoint),
        body: &Body<'_>,
        topic: &str,
        received: Received,
    ) -> Option<Sample> {
        let (paths, shared) = (points_of(&self.payloads[group.topic])?, body.document.as_ref().ok()?);
        let tag = match (point.tag, &group.tags) {
            (Some(tag), _) => tag,
            (None, GroupTags::One(tag)) => *tag,
            (None, GroupTags::Named { .. }) => {
                if let Some(name) = name_of(point) {
                    self.router.tag_of(group, &name)?
                } else {
                    let fault = Fault::nameless(paths.name.as_deref().unwrap_or_default()).of_point(number);
                    self.counters.conversion_errors.add();
                    self.report(group.topic, None, &fault, topic);
                    return None;
                }
            }
        };
        let of_point = |slot: Slot| point.slots[slot].as_ref();
        let of_all = |slot: Option<Slot>| shared.slots[slot?].as_ref();
        let says = Says {
            value: of_point(POINT_VALUE),
            time: of_point(POINT_TIME).or_else(|| of_all(group.slots.shared_time)),
            quality: of_point(POINT_QUALITY).or_else(|| of_all(group.slots.shared_quality)),
        };
        let kind = self.shaper.reads_as(tag, self.connection.tags[tag].kind);
        let read = self.reader.read_point(&paths.each, kind, says).map_err(|fault| fault.of_point(number));
        self.sample(group.topic, tag, read, topic, received)
    }

    /// Returns what a message does to the tags of its points that cannot be read as a whole: none of them is known any
    /// more.
    fn spoiled_group(&mut self, group: &Group, fault: &Fault, topic: &str, received: Received) -> Vec<Sample> {
        if !matches!(fault.place, Place::Packet(_)) {
            self.counters.conversion_errors.add();
        }
        self.report(group.topic, None, fault, topic);
        let spoil = |tag| {
            self.freshness.spoiled(tag);
            unread(tag, fault.quality(), received.wall)
        };
        self.router.tags_of(group).into_iter().map(spoil).collect()
    }

    /// Notes that no tag shows its last value any more.
    pub(super) fn disconnected(&mut self) {
        self.freshness.disconnected();
    }

    /// Returns the sample of what was read of a tag; `None` if it tells nothing new.
    fn sample(
        &mut self,
        row: usize,
        tag: usize,
        read: Result<Point, Fault>,
        topic: &str,
        received: Received,
    ) -> Option<Sample> {
        match read {
            Ok(point) => self.fresh(tag, point, received),
            Err(fault) => {
                if !matches!(fault.place, Place::Packet(_)) {
                    self.counters.conversion_errors.add();
                }
                self.report(row, Some(tag), &fault, topic);
                self.freshness.spoiled(tag);
                Some(unread(tag, fault.quality(), received.wall))
            }
        }
    }

    fn fresh(&mut self, tag: usize, point: Point, received: Received) -> Option<Sample> {
        match self.freshness.judge(tag, &point, received.novelty, received.at) {
            Verdict::Taken => {}
            Verdict::ClockStepped(step_micros) => self.note_step(step_micros, received),
            Verdict::Old => {
                self.counters.old_dropped.add();
                return None;
            }
        }
        let Point { reading, quality, time } = point;
        let source_time = time.unwrap_or(received.wall);
        let (reading, quality) = self.shaped(tag, reading, quality, source_time);
        Some(Sample { tag: slot(tag), reading, quality, source_time })
    }

    /// Returns what the rules of a tag make of a reading; one that they make nothing of is counted.
    fn shaped(&mut self, tag: usize, reading: Reading, quality: Quality, time: Timestamp) -> (Reading, Quality) {
        let value = match reading {
            Reading::Value(value) if quality.level() < Level::Bad => value,
            // What is not known does not become known by arithmetic.
            Reading::Value(_) | Reading::Kept => return (reading, quality),
        };
        let (reading, quality) = self.shaper.shape(tag, value, quality, time);
        if matches!(reading, Reading::Kept) {
            self.counters.conversion_errors.add();
            self.freshness.spoiled(tag);
        }
        (reading, quality)
    }

    /// Returns that a source's clock was set back, once.
    pub(super) fn clock_step(&mut self) -> Option<Notice> {
        let step_micros = self.step_micros.take()?;
        Some(Notice::ConnectionClockStepped { connection: self.connection.name.as_str().into(), step_micros })
    }

    /// Returns the tags that a topic feeds, which do not show their last points any more.
    pub(super) fn spoil(&mut self, topic: &str) -> Vec<usize> {
        let route = self.router.route(topic);
        let mut tags: Vec<usize> = route.targets.iter().map(|target| target.tag).collect();
        tags.extend(route.groups.iter().flat_map(|group| self.router.tags_of(group)));
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

    /// Logs the first fault of each subscription; without a tag it is the whole message's.
    fn report(&mut self, row: usize, tag: Option<usize>, fault: &Fault, topic: &str) {
        if std::mem::replace(&mut self.told[row], true) {
            return;
        }
        let tag = tag.map(|tag| self.connection.tags[tag].path.as_str());
        tracing::warn!(
            connection = self.connection.name,
            topic = quoted(topic.as_bytes()),
            tag,
            at = %fault.place,
            expected = %fault.expected,
            "message not read; later ones of this subscription are only counted"
        );
    }
}

/// Returns the points of a group.
fn points<'a>(payload: &Payload, group: &Group, body: &Body<'a>) -> Result<&'a [FoundPoint], Fault> {
    let found = body.document.clone()?;
    let path = points_of(payload).map_or(&[][..], |paths| &paths.points);
    match &found.groups[group.slots.group] {
        FoundGroup::Points(points) => Ok(points),
        FoundGroup::Missing => Err(Fault::no_points(path, "points, and nothing stands there")),
        FoundGroup::NoPoints if matches!(payload, Payload::Object(_)) => Err(Fault::no_points(path, "an object")),
        FoundGroup::NoPoints => Err(Fault::no_points(path, "an array")),
        FoundGroup::TooMany => Err(Fault::no_points(path, "fewer points")),
    }
}

const fn points_of(payload: &Payload) -> Option<&PointPaths> {
    match payload {
        Payload::Object(paths) | Payload::Array(paths) => Some(paths),
        Payload::Raw | Payload::Json(_) | Payload::Document(_) => None,
    }
}

/// Returns what a point of an array calls itself: a text, or a number.
fn name_of(point: &FoundPoint) -> Option<Cow<'_, str>> {
    match point.slots[POINT_NAME].as_ref()? {
        Scalar::Text(name) => Some(name.into()),
        Scalar::Integer(number) => Some(number.to_string().into()),
        Scalar::Null | Scalar::Truth(_) | Scalar::Float(_) | Scalar::Other(_) => None,
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
