//! What feeds a tag: the keys of `[[tags]]` that say which connection, and what of it.

mod point;

pub(crate) use point::RawPoint;

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
}

/// What of a connection feeds a tag.
#[derive(Debug)]
pub(crate) enum RawOrigin {
    /// A value in the tables of a Modbus unit.
    Point(RawPoint),
    /// The messages of the tag's own topic.
    OwnTopic(RawMessages),
    /// Messages of its connection's topics.
    Topics,
    /// Messages of a topic that is wrong, which is a problem.
    WrongTopic,
}

/// The keys of a tag that only Modbus has; `unit` may be a text for any tag.
const POINT_KEYS: &[&str] = &["address", "scan_class", "data_type", "byte_order", "scale", "offset"];

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
        Some(RawWire::Modbus(modbus)) => RawOrigin::Point(modbus_point(reader, links, modbus, kind)?),
        Some(RawWire::Mqtt(_)) => messages(reader),
        None => return pass_over_all(reader),
    };
    Some(RawFeed { connection: index, place, origin })
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

fn modbus_point(
    reader: &mut Reader<'_, '_>,
    links: &RawLinks,
    modbus: &RawModbus,
    kind: Option<Type>,
) -> Option<RawPoint> {
    reader.refuse(&["topic"], "tags of an mqtt connection");
    reader.refuse(MESSAGE_KEYS, "tags of an mqtt connection");
    point::read(reader, links, modbus, kind)
}

/// Reads which messages feed a tag.
fn messages(reader: &mut Reader<'_, '_>) -> RawOrigin {
    reader.refuse(POINT_KEYS, "tags of a modbus-tcp connection");
    engineering_unit(reader);
    if reader.has("topic") {
        return of_tag(reader).map_or(RawOrigin::WrongTopic, RawOrigin::OwnTopic);
    }
    reader.pass_over(&["topic"]);
    reader.refuse(MESSAGE_KEYS, "tags with a `topic`");
    RawOrigin::Topics
}

fn refuse_all(reader: &mut Reader<'_, '_>) {
    reader.refuse(POINT_KEYS, "tags of a modbus-tcp connection, and there is no `connection`");
    reader.refuse(&["topic"], "tags of an mqtt connection, and there is no `connection`");
    reader.refuse(MESSAGE_KEYS, "tags of an mqtt connection, and there is no `connection`");
    engineering_unit(reader);
}

/// Asks for every key when it is not known which of them there may be.
fn pass_over_all(reader: &mut Reader<'_, '_>) -> Option<RawFeed> {
    reader.pass_over(POINT_KEYS);
    reader.pass_over(&["topic", "unit"]);
    reader.pass_over(MESSAGE_KEYS);
    None
}

/// Reads the unit that a value is measured in: for people and for what shows the tag. A number is
/// a Modbus unit.
fn engineering_unit(reader: &mut Reader<'_, '_>) -> Option<Written> {
    match reader.item("unit") {
        Some(item) if matches!(item.content, Content::Integer(_)) => {
            reader.refuse(&["unit"], "tags of a modbus-tcp connection when it is a number");
            None
        }
        Some(_) | None => reader.text("unit"),
    }
}
