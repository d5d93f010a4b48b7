//! Handshakes: tags become slots, and the connections learn what may be written over them. The only place where a
//! permission to write is made.

use std::collections::BTreeMap;

use latchwork_engine::{Acknowledgement, Handshake, Operation, Reset, Sequence, Tag};
use latchwork_expr::{Scheme, TagSlot, Type, Value};

use super::Names;
use super::connections::Links;
use crate::connections::{Connection, JsonStep, Payload, TopicTarget, Wire};
use crate::conversion::type_name;
use crate::desk::Desk;
use crate::notation::wildcards;
use crate::place::Place;
use crate::problems;
use crate::raw::{PlacedValue, RawAcknowledgement, RawHandshake, RawOperation};
use crate::reader::{Written, float_of};
use crate::writing::{WriteTarget, Writing};

/// The tags that connections feed, and what is found to be written of them.
struct Desks<'a> {
    names: Names<'a>,
    links: &'a [Connection],
    allowing: &'a [bool],
    /// The connection of each tag, and its index there.
    fed: BTreeMap<TagSlot, (usize, usize)>,
    /// Of each connection what is written.
    targets: Vec<BTreeMap<usize, WriteTarget>>,
}

/// Where an answer goes.
#[derive(Clone, Copy)]
enum Destination {
    /// Over a connection, to the tag with this index in it.
    Connection(usize, usize),
    /// To a memory tag, which no PLC reads: a plant can be tried out with it.
    Memory,
}

/// A tag that can be written.
struct Writable {
    kind: Type,
    /// `None` for a memory tag, which no PLC reads.
    target: Option<WriteTarget>,
}

/// Lowers the handshakes of all operations.
pub(super) fn lower(
    raw: &[RawOperation<'_>],
    names: Names<'_>,
    links: Links,
    operations: &mut [Operation],
    desk: &mut Desk<'_>,
) -> Vec<Connection> {
    let Links { mut rows, allowing } = links;
    let mut desks = Desks::new(names, &rows, &allowing);
    for (raw, operation) in raw.iter().zip(operations) {
        if let Some(handshake) = &raw.handshake {
            operation.handshake = desks.handshake(handshake, &raw.identity.tag_folder, desk);
        }
    }
    let targets = desks.targets;
    for (connection, targets) in rows.iter_mut().zip(targets) {
        connection.writing = Writing::of(targets);
    }
    rows
}

impl<'a> Desks<'a> {
    fn new(names: Names<'a>, links: &'a [Connection], allowing: &'a [bool]) -> Self {
        let tags = links.iter().enumerate().flat_map(|(link, connection)| {
            connection.tags.iter().enumerate().map(move |(index, tag)| (tag.slot, (link, index)))
        });
        Self { names, links, allowing, fed: tags.collect(), targets: vec![BTreeMap::new(); links.len()] }
    }

    fn handshake(&mut self, raw: &RawHandshake, folder: &str, desk: &mut Desk<'_>) -> Handshake {
        let acknowledgement = raw.acknowledgement.as_ref().and_then(|raw| self.acknowledgement(raw, folder, desk));
        let sequence_tag = raw.sequence_tag.as_ref().and_then(|tag| self.sequence_tag(tag, folder, desk));
        let sequence = sequence_tag.map(|tag| Sequence { tag, rollover: raw.sequence_rollover });
        Handshake { acknowledgement, sequence }
    }

    fn acknowledgement(
        &mut self,
        raw: &RawAcknowledgement,
        folder: &str,
        desk: &mut Desk<'_>,
    ) -> Option<Acknowledgement> {
        let slot = self.find(&raw.tag, folder, desk)?;
        let destination = self.allowed(slot, &raw.tag, desk)?;
        let target = match destination {
            Destination::Connection(connection, index) => Some(self.target(connection, index, &raw.tag, desk)?),
            Destination::Memory => None,
        };
        let writable = Writable { kind: self.names.tags[slot.index()].kind, target };
        let success = writable.value("success_value", &raw.success, desk);
        let failure = match &raw.failure {
            Some(failure) => Some(writable.value("failure_value", failure, desk)?),
            None => None,
        };
        let reset = match raw.reset_after {
            Some(reset) => Some(writable.reset(reset, &raw.success, desk)?),
            None => None,
        };
        let success = success?;
        if let (Destination::Connection(connection, index), Some(target)) = (destination, writable.target) {
            self.targets[connection].insert(index, target);
        }
        Some(Acknowledgement { of: raw.of, tag: slot, success, failure, reset })
    }

    fn sequence_tag(&self, tag: &Written, folder: &str, desk: &mut Desk<'_>) -> Option<TagSlot> {
        let slot = self.find(tag, folder, desk)?;
        let kind = self.names.tags[slot.index()].kind;
        if matches!(kind, Type::Integer | Type::Float | Type::Any) {
            return Some(slot);
        }
        let message = format!("`{}` is {}, expected a number that counts runs", tag.shown(), type_name(kind));
        desk.findings.add(problems::UNFIT_SEQUENCE, tag.place, message);
        None
    }

    /// Finds a tag by its path, which may be relative to the operation's folder.
    fn find(&self, tag: &Written, folder: &str, desk: &mut Desk<'_>) -> Option<TagSlot> {
        let path = match tag.value.strip_prefix("[.]") {
            Some(name) if folder.is_empty() => name.to_owned(),
            Some(name) if folder.ends_with(']') => format!("{folder}{name}"),
            Some(name) => format!("{folder}/{name}"),
            None => tag.value.clone(),
        };
        if let Some((slot, _)) = self.names.scheme.find(&Scheme::canonical(&path)) {
            return Some(slot);
        }
        let paths = self.names.tags.iter().map(bare);
        let hint = desk.suggest(&path, paths);
        let message = format!("unknown tag `{}`", tag.shown());
        desk.findings.add(problems::UNKNOWN_TAG, tag.place, message).hint_if(hint);
        None
    }

    /// Returns where an answer in a tag goes, if it may be written there.
    fn allowed(&self, slot: TagSlot, tag: &Written, desk: &mut Desk<'_>) -> Option<Destination> {
        if self.names.tags[slot.index()].expression.is_some() {
            let message = format!("`{}` has an expression: it cannot be written", tag.shown());
            let hint = "name a tag with a `connection`";
            desk.findings.add(problems::WRITES_DERIVED_TAG, tag.place, message).hint(hint);
            return None;
        }
        let Some(&(connection, index)) = self.fed.get(&slot) else {
            let message = format!("`acknowledge_tag` has no effect: `{}` has no connection", tag.shown());
            desk.findings.add(problems::NO_EFFECT, tag.place, message);
            return Some(Destination::Memory);
        };
        if !self.allowing[connection] {
            let message = format!("`{}` would be written, but its connection does not allow writes", tag.shown());
            let hint = "write `allow_writes = true` in the connection, if the PLC's program is ready for it";
            desk.findings.add(problems::WRITES_NOT_ALLOWED, tag.place, message).hint(hint);
            return None;
        }
        Some(Destination::Connection(connection, index))
    }

    /// Returns where a tag of a connection is written.
    fn target(&self, connection: usize, index: usize, tag: &Written, desk: &mut Desk<'_>) -> Option<WriteTarget> {
        let tag_of_link = &self.links[connection].tags[index];
        let is_shaped = tag_of_link.shaping.as_ref().is_some_and(|shaping| shaping.changes_values());
        let target = match &self.links[connection].wire {
            _ if is_shaped => {
                Err("leave out `raw_range`, `invert`, `enum` and `transform`: nobody knows their way back")
            }
            Wire::Modbus(modbus) => {
                let point = &modbus.points[index];
                let hint = "give it the address of a coil or of a holding register, not of a part of it, and no text";
                if point.is_writable() { Ok(WriteTarget::Point(point.clone())) } else { Err(hint) }
            }
            Wire::Mqtt(mqtt) => {
                let own = mqtt.topics.iter().find(|topic| topic.target == TopicTarget::Tag(index));
                own.and_then(|topic| topic_target(&topic.filter, &topic.payload))
                    .ok_or("give it a `topic` of its own without wildcards, and a `value` path of keys if it is JSON")
            }
        };
        let refused = |hint| {
            let message = format!("`{}` cannot be written", tag.shown());
            desk.findings.add(problems::NOT_WRITABLE, tag.place, message).hint(hint);
        };
        target.map_err(refused).ok()
    }
}

/// Returns where the value of a topic's messages is written, if one message can be made of it.
fn topic_target(filter: &str, payload: &Payload) -> Option<WriteTarget> {
    // Topics that begin with a `$` are the broker's, or stand for a shared subscription.
    if wildcards(filter) > 0 || filter.starts_with('$') {
        return None;
    }
    let key = |step: &JsonStep| match step {
        JsonStep::Key(key) => Some(key.clone()),
        JsonStep::Index(_) => None,
    };
    let keys = match payload {
        Payload::Raw => None,
        Payload::Json(paths) => Some(paths.value.iter().map(key).collect::<Option<Vec<String>>>()?),
        Payload::Document(_) | Payload::Object(_) | Payload::Array(_) => return None,
    };
    Some(WriteTarget::Topic { topic: filter.to_owned(), keys })
}

impl Writable {
    /// Returns a value as the tag has it, if it can be written.
    fn value(&self, key: &str, PlacedValue { value, place }: &PlacedValue, desk: &mut Desk<'_>) -> Option<Value> {
        let converted = match (self.kind, value) {
            (Type::Float, Value::Integer(number)) => Value::Float(float_of(*number)),
            (_, value) => value.clone(),
        };
        if self.takes(&converted) {
            return Some(converted);
        }
        self.unfit(key, *place, desk);
        None
    }

    /// Returns the reset: the value that nobody takes for an answer, of the same kind.
    fn reset(&self, (after_millis, place): (u64, Place), like: &PlacedValue, desk: &mut Desk<'_>) -> Option<Reset> {
        let kind = if self.kind == Type::Any { like.value.kind() } else { self.kind };
        let value = match kind {
            Type::Boolean => Value::Boolean(false),
            Type::Float => Value::Float(0.0),
            Type::String => Value::from(""),
            Type::Integer | Type::Any | Type::Null | Type::Date | Type::Dataset | Type::Document => Value::Integer(0),
        };
        if self.takes(&value) {
            return Some(Reset { after_millis, value });
        }
        self.unfit("reset_after_millis", place, desk);
        None
    }

    fn takes(&self, value: &Value) -> bool {
        let is_finite = !matches!(value, Value::Float(number) if !number.is_finite());
        let is_of_kind = self.kind == Type::Any || self.kind == value.kind();
        is_finite
            && is_of_kind
            && match &self.target {
                Some(WriteTarget::Point(point)) => point.number_of(value).is_some(),
                Some(WriteTarget::Topic { .. }) | None => true,
            }
    }

    fn unfit(&self, key: &str, place: Place, desk: &mut Desk<'_>) {
        let what = if key == "reset_after_millis" { "0, which ends the answer," } else { "this value" };
        let message = format!("`{key}`: {what} cannot be written to `acknowledge_tag`, which is {}", self.described());
        let hint = "the value must be of the tag's `type` and fit its `data_type`, `scale` and `offset`";
        desk.findings.add(problems::UNFIT_ANSWER, place, message).hint(hint);
    }

    fn described(&self) -> String {
        match &self.target {
            Some(WriteTarget::Point(point)) => {
                let coding = crate::words::data_type(point.coding);
                format!("{} in a {coding}", type_name(self.kind))
            }
            Some(WriteTarget::Topic { .. }) | None => type_name(self.kind).to_owned(),
        }
    }
}

/// Returns a tag's path as people write it.
fn bare(tag: &Tag) -> &str {
    tag.path.strip_prefix("[default]").unwrap_or(&tag.path)
}
