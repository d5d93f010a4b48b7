//! What a broker's messages feed: topics with the tags that they are for, and tags without a topic.

use std::collections::BTreeMap;

use latchwork_expr::Scheme;

use super::Fed;
use crate::connections::{ConnectionTag, JsonPaths, JsonStep, Mqtt, Payload, PointPaths, Topic, TopicTarget, Wire};
use crate::desk::Desk;
use crate::notation::{TagPattern, render_json_path};
use crate::place::Place;
use crate::problems;
use crate::raw::{RawFeed, RawMessages, RawMqtt, RawOrigin, RawTopic};
use crate::reader::Written;
use crate::words::{TIME_UNIT, word_of};

/// The tags of a connection, and which topics feed each.
struct Feeding<'a> {
    connection: &'a Written,
    tags: &'a [ConnectionTag],
    /// The tags by their canonical paths.
    indices: BTreeMap<&'a str, usize>,
    /// For each tag its topics, each as one text.
    origins: Vec<Vec<String>>,
    /// The tags without a topic of their own, and where they name the connection.
    dependent: Vec<(usize, Place)>,
}

/// Puts the topics of a broker together; returns the wire, and where each tag's value comes from.
pub(super) fn lower(
    raw: RawMqtt,
    connection: &Written,
    fed: Vec<Fed>,
    tags: &[ConnectionTag],
    desk: &mut Desk<'_>,
) -> (Wire, Vec<String>) {
    let mut feeding = Feeding::new(connection, tags);
    let own = fed.into_iter().enumerate().filter_map(|(index, fed)| feeding.own(index, *fed.feed));
    let mut topics: Vec<Topic> = own.collect();
    topics.extend(raw.topics.into_iter().filter_map(|topic| feeding.shared(topic, desk)));
    if raw.topics_are_whole {
        feeding.report_unfed(desk);
    }
    let scheme = if raw.broker.tls.is_some() { "mqtts" } else { "mqtt" };
    let origin = |topics: &Vec<String>| format!("{scheme} {} {}", raw.shown_address, topics.join("; "));
    let origins = feeding.origins.iter().map(origin).collect();
    (Wire::Mqtt(Box::new(Mqtt { topics, ..raw.broker })), origins)
}

impl<'a> Feeding<'a> {
    fn new(connection: &'a Written, tags: &'a [ConnectionTag]) -> Self {
        let indices = tags.iter().enumerate().map(|(index, tag)| (tag.path.as_str(), index)).collect();
        Self { connection, tags, indices, origins: vec![Vec::new(); tags.len()], dependent: Vec::new() }
    }

    /// Returns the own topic of a tag, if it has one.
    fn own(&mut self, index: usize, feed: RawFeed) -> Option<Topic> {
        match feed.origin {
            RawOrigin::OwnTopic(messages) => {
                self.origins[index].push(identity(&messages, None));
                Some(topic(*messages, TopicTarget::Tag(index)))
            }
            RawOrigin::Topics => {
                self.dependent.push((index, feed.place));
                None
            }
            RawOrigin::WrongTopic | RawOrigin::Points(_) => None,
        }
    }

    /// Returns a topic of the connection with the tags that it is for.
    fn shared(&mut self, raw: RawTopic, desk: &mut Desk<'_>) -> Option<Topic> {
        let RawTopic { messages, tag } = raw;
        let identity = identity(&messages, Some(tag.shown()));
        let pattern = TagPattern::parse(&tag.value, messages.fillers()).ok();
        if pattern.as_ref().is_some_and(TagPattern::is_plain) && !tag.is_elsewhere() {
            let index = self.find(&tag, desk)?;
            self.origins[index].push(identity);
            return Some(topic(messages, TopicTarget::Tag(index)));
        }
        // What stands elsewhere is taken for any text, so that a configuration means the same with
        // and without its secrets.
        let pattern = pattern.filter(|_| !messages.filter.is_elsewhere() && !tag.is_elsewhere());
        for (tag, origins) in self.tags.iter().zip(&mut self.origins) {
            if pattern.as_ref().is_none_or(|pattern| gives(pattern, &tag.path)) {
                origins.push(identity.clone());
            }
        }
        Some(topic(messages, TopicTarget::Pattern(tag.value)))
    }

    /// Finds the one tag that a topic names.
    fn find(&self, tag: &Written, desk: &mut Desk<'_>) -> Option<usize> {
        let found = self.indices.get(Scheme::canonical(&tag.value).as_str()).copied();
        if found.is_none() {
            let hint = desk.suggest(&tag.value, self.tags.iter().map(|tag| bare(&tag.path)));
            let message = format!("`{}` has no tag `{}`", self.connection.shown(), tag.shown());
            desk.findings.add(problems::UNKNOWN_TAG, tag.place, message).hint_if(hint);
        }
        found
    }

    /// Complains about tags that no topic can ever be for.
    fn report_unfed(&self, desk: &mut Desk<'_>) {
        for &(index, place) in self.dependent.iter().filter(|(index, _)| self.origins[*index].is_empty()) {
            let message =
                format!("no topic of `{}` is for `{}`", self.connection.shown(), bare(&self.tags[index].path));
            let hint = "give the tag a `topic`, or the connection a topic whose pattern gives this path";
            desk.findings.add(problems::UNFED_TAG, place, message).hint(hint);
        }
    }
}

/// Tells whether a pattern can give a tag's path, with or without its provider.
fn gives(pattern: &TagPattern<'_>, path: &str) -> bool {
    pattern.may_give(path) || pattern.may_give(bare(path))
}

/// Returns a path as people write it.
fn bare(path: &str) -> &str {
    path.strip_prefix("[default]").unwrap_or(path)
}

fn topic(messages: RawMessages, target: TopicTarget) -> Topic {
    let RawMessages { filter, qos, payload } = messages;
    Topic { filter: filter.value, qos, target, payload }
}

/// Returns messages as one text: equal texts are equal values.
fn identity(messages: &RawMessages, pattern: Option<&str>) -> String {
    let payload = match &messages.payload {
        Payload::Raw => "raw".to_owned(),
        Payload::Json(paths) => format!("json {}", identity_of_paths(paths)),
        Payload::Document(paths) => format!("document {}", identity_of_paths(paths)),
        Payload::Object(points) => format!("json-object {}", identity_of_points(points)),
        Payload::Array(points) => format!("json-array {}", identity_of_points(points)),
    };
    let pattern = pattern.map(|pattern| format!(" {pattern}")).unwrap_or_default();
    format!("{}{pattern} {payload}", messages.filter.shown())
}

fn identity_of_paths(JsonPaths { value, time, time_unit, quality }: &JsonPaths) -> String {
    let unit = format!(" {}", word_of(TIME_UNIT, time_unit));
    let (time, quality) = (named(" time", time.as_deref(), &unit), named(" quality", quality.as_deref(), ""));
    format!("{}{time}{quality}", render_json_path(value))
}

fn identity_of_points(PointPaths { points, name, each, shared_time, shared_quality }: &PointPaths) -> String {
    let unit = format!(" {}", word_of(TIME_UNIT, &each.time_unit));
    let shared_time = named(" shared time", shared_time.as_deref(), &unit);
    let shared_quality = named(" shared quality", shared_quality.as_deref(), "");
    let name = named(" name", name.as_deref(), "");
    format!("{}{name} each {}{shared_time}{shared_quality}", render_json_path(points), identity_of_paths(each))
}

/// Returns a path with its name and what belongs to it; nothing without one.
fn named(name: &str, path: Option<&[JsonStep]>, more: &str) -> String {
    path.map(|path| format!("{name} {}{more}", render_json_path(path))).unwrap_or_default()
}
