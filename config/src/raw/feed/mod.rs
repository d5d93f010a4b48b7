//! What feeds a tag: the keys of `[[tags]]` that say which connection, and what of it.

mod coding;
mod point;
mod shaping;

pub(crate) use point::RawPoint;
pub(crate) use shaping::RawShaping;

use latchwork_expr::Type;

use super::links::{MESSAGE_KEYS, RawLinks, RawMessages, RawModbus, RawWire, of_tag};
use crate::document::Content;
use crate::place::Place;
use crate::problems;
use crate::reader::{Reader, Written};

/// Which connection feeds a tag, and what of it.
#[derive(Debug)]
pub(crate) struct RawFeed {
    /// The connection's index.
    pub(crate) connection: usize,
    /// Where the connection's name stands.
    pub(crate) place: Place,
    /// What of it.
    pub(crate) origin: RawOrigin,
    /// What becomes of a reading, if anything does: boxed, for few tags have any rule.
    pub(crate) shaping: Option<Box<RawShaping>>,
}

/// What of a connection feeds a tag.
#[derive(Debug)]
pub(crate) enum RawOrigin {
    /// A value in the tables of a Modbus unit, or several in a row.
    Points(Vec<RawPoint>),
    /// The messages of the tag's own topic.
    OwnTopic(Box<RawMessages>),
    /// Messages of its connection's topics.
    Topics,
    /// Messages of a topic that is wrong, which is a problem.
    WrongTopic,
}

/// The keys of a tag that only Modbus has; `unit` may be a text for any tag.
const POINT_KEYS: &[&str] = &[
    "address",
    "scan_class",
    "data_type",
    "byte_order",
    "scale",
    "offset",
    "byte",
    "fraction_bits",
    "length",
    "characters_per_register",
    "encoding",
    "array_length",
];

/// Reads what feeds a tag; `None` for a tag without a connection, or with a wrong one, which is a
/// problem.
pub(super) fn read(reader: &mut Reader<'_, '_>, links: &RawLinks, kind: Option<Type>) -> Option<RawFeed> {
    if !reader.has("connection") {
        reader.pass_over(&["connection"]);
        refuse_all(reader);
        return None;
    }
    let Some((index, place)) = connection(reader, links) else { return pass_over_all(reader) };
    let connection = &links.connections[index];
    let origin = match &connection.wire {
        Some(RawWire::Modbus(modbus)) => RawOrigin::Points(modbus_points(reader, links, modbus, kind)?),
        Some(RawWire::Mqtt(_)) => messages(reader),
        None => return pass_over_all(reader),
    };
    let shaping = shaping::read(reader, kind);
    Some(RawFeed { connection: index, place, origin, shaping })
}

/// Takes what feeds the elements of an array apart: each with the ending of its tag's path.
pub(super) fn elements(feed: RawFeed) -> Vec<(String, Option<Box<RawFeed>>)> {
    let RawFeed { connection, place, origin, shaping } = feed;
    let boxed = |origin, shaping| Some(Box::new(RawFeed { connection, place, origin, shaping }));
    let RawOrigin::Points(points) = origin else { return vec![(String::new(), boxed(origin, shaping))] };
    let element = |point: RawPoint| {
        let ending = point.element.map(|element| format!("[{element}]")).unwrap_or_default();
        let origin = RawOrigin::Points(vec![point]);
        (ending, boxed(origin, shaping.clone()))
    };
    points.into_iter().map(element).collect()
}

/// Finds the connection that a tag names.
fn connection(reader: &mut Reader<'_, '_>, links: &RawLinks) -> Option<(usize, Place)> {
    let name = reader.name("connection")?;
    if let Some(index) = links.find(&name.value) {
        return Some((index, name.place));
    }
    let names = links.connections.iter().map(|connection| connection.name.value.as_str());
    let hint = reader.desk.suggest(&name.value, names);
    let message = format!("there is no connection `{}`", name.shown());
    reader.problem(problems::UNKNOWN_CONNECTION, name.place, message, hint);
    None
}

fn modbus_points(
    reader: &mut Reader<'_, '_>,
    links: &RawLinks,
    modbus: &RawModbus,
    kind: Option<Type>,
) -> Option<Vec<RawPoint>> {
    reader.refuse(&["topic"], "tags of an mqtt connection");
    reader.refuse(MESSAGE_KEYS, "tags of an mqtt connection");
    point::read(reader, links, modbus, kind)
}

/// Reads which messages feed a tag.
fn messages(reader: &mut Reader<'_, '_>) -> RawOrigin {
    reader.refuse(POINT_KEYS, "tags of a Modbus connection");
    engineering_unit(reader);
    if reader.has("topic") {
        return of_tag(reader).map_or(RawOrigin::WrongTopic, |messages| RawOrigin::OwnTopic(Box::new(messages)));
    }
    reader.pass_over(&["topic"]);
    reader.refuse(MESSAGE_KEYS, "tags with a `topic`");
    RawOrigin::Topics
}

fn refuse_all(reader: &mut Reader<'_, '_>) {
    reader.refuse(POINT_KEYS, "tags of a Modbus connection, and there is no `connection`");
    reader.refuse(shaping::KEYS, "tags of a connection, and there is no `connection`");
    reader.refuse(&["topic"], "tags of an mqtt connection, and there is no `connection`");
    reader.refuse(MESSAGE_KEYS, "tags of an mqtt connection, and there is no `connection`");
    engineering_unit(reader);
}

/// Asks for every key when it is not known which of them there may be.
fn pass_over_all(reader: &mut Reader<'_, '_>) -> Option<RawFeed> {
    reader.pass_over(POINT_KEYS);
    reader.pass_over(shaping::KEYS);
    reader.pass_over(&["topic", "unit"]);
    reader.pass_over(MESSAGE_KEYS);
    None
}

/// Reads the unit that a value is measured in: for people and for what shows the tag. A number is
/// a Modbus unit.
fn engineering_unit(reader: &mut Reader<'_, '_>) -> Option<Written> {
    match reader.item("unit") {
        Some(item) if matches!(item.content, Content::Integer(_)) => {
            reader.refuse(&["unit"], "tags of a Modbus connection when it is a number");
            None
        }
        Some(_) | None => reader.text("unit"),
    }
}
