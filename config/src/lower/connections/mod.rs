//! Connections: which tags each feeds, and where a tag's value comes from as one text.

mod messages;
mod shaping;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use latchwork_engine::Tag;
use latchwork_expr::{TagSlot, Tz};

use super::tags::Tags;
use super::unique::Unique;
use crate::connections::{Connection, ConnectionTag, Modbus, Wire};
use crate::desk::Desk;
use crate::raw::{RawConnection, RawFeed, RawGuard, RawLinks, RawModbus, RawOrigin, RawPoint, RawShaping, RawWire};
use crate::reader::Written;

/// A tag that a connection feeds.
#[derive(Debug)]
pub(super) struct Fed {
    /// The tag's slot.
    pub(super) slot: TagSlot,
    /// What feeds it.
    pub(super) feed: Box<RawFeed>,
}

/// The connections, and which of them allow writes.
#[derive(Debug)]
pub(super) struct Links {
    /// The connections; nothing may be written over them yet.
    pub(super) rows: Vec<Connection>,
    /// For each whether anything may be.
    pub(super) allowing: Vec<bool>,
}

/// Lowers `[[connections]]`, and says in the tags where their values come from. The conditions on which connections are
/// believed are returned as they are: they may read any tag.
pub(super) fn lower(
    links: RawLinks,
    tags: &mut Tags,
    zone: Tz,
    desk: &mut Desk<'_>,
) -> (Links, Vec<(String, RawGuard)>) {
    check_names(&links, desk);
    let mut fed: Vec<Vec<Fed>> = links.connections.iter().map(|_| Vec::new()).collect();
    for tag in std::mem::take(&mut tags.fed) {
        fed[tag.feed.connection].push(tag);
    }
    let (mut rows, mut allowing, mut guards) = (Vec::new(), Vec::new(), Vec::new());
    for (raw, fed) in links.connections.into_iter().zip(fed) {
        let RawConnection { name, wire, guard, allows_writes, frame_log } = raw;
        guards.push((name.value.clone(), guard));
        if let Some(wire) = wire {
            rows.push(Connection { frame_log, ..connection(name, wire, fed, tags, zone, desk) });
            allowing.push(allows_writes);
        }
    }
    (Links { rows, allowing }, guards)
}

/// Complains about names that are taken twice, and clients that would take over one another's session.
fn check_names(links: &RawLinks, desk: &mut Desk<'_>) {
    let mut classes = Unique::names("scan classes");
    for class in &links.scan_classes {
        classes.take(class.name.value.clone(), class.name.shown(), class.name.place, desk);
    }
    let (mut names, mut clients) = (Unique::names("connections"), Unique::ids("connections to one broker"));
    for RawConnection { name, wire, .. } in &links.connections {
        let free = names.take(name.value.clone(), name.shown(), name.place, desk);
        if let (true, Some(RawWire::Mqtt(mqtt))) = (free, wire) {
            let client = format!("{}:{}\0{}", mqtt.broker.host, mqtt.broker.port, mqtt.broker.client_id);
            clients.take(client, &mqtt.shown_client_id, name.place, desk);
        }
    }
}

/// Lowers one connection.
fn connection(
    name: Written,
    wire: RawWire,
    mut fed: Vec<Fed>,
    all: &mut Tags,
    zone: Tz,
    desk: &mut Desk<'_>,
) -> Connection {
    let rules: Vec<Option<Box<RawShaping>>> = fed.iter_mut().map(|fed| fed.feed.shaping.take()).collect();
    let tags: Vec<ConnectionTag> = fed
        .iter()
        .zip(&rules)
        .map(|(fed, rules)| connection_tag(fed.slot, rules.as_deref(), all, zone, desk))
        .collect();
    let (wire, origins) = match wire {
        RawWire::Modbus(modbus) => points(modbus, fed),
        RawWire::Mqtt(mqtt) => messages::lower(mqtt, &name, fed, &tags, desk),
    };
    for ((tag, origin), rules) in tags.iter().zip(origins).zip(&rules) {
        let rules = rules.as_ref().map(|rules| rules.identity()).unwrap_or_default();
        // Put together at its length: there may be a hundred thousand of them.
        all.rows[tag.slot.index()].wire = Some([name.shown(), " ", &origin, &rules].concat());
    }
    Connection { name: name.value, tags, wire, writing: None, frame_log: None }
}

/// Puts the points of a link together; returns the wire, and where each tag's value comes from.
fn points(raw: RawModbus, fed: Vec<Fed>) -> (Wire, Vec<String>) {
    let RawModbus { link, shown_address, kind, .. } = raw;
    let of_tag = |fed: Fed| match fed.feed.origin {
        RawOrigin::Points(points) => points,
        RawOrigin::OwnTopic(_) | RawOrigin::Topics | RawOrigin::WrongTopic => Vec::new(),
    };
    let told =
        |RawPoint { point, identity, element: _ }: RawPoint| (point, format!("{kind} {shown_address} {identity}"));
    let (points, origins) = fed.into_iter().flat_map(of_tag).map(told).unzip();
    (Wire::Modbus(Arc::new(Modbus { points, ..link })), origins)
}

fn connection_tag(
    slot: TagSlot,
    rules: Option<&RawShaping>,
    all: &Tags,
    zone: Tz,
    desk: &mut Desk<'_>,
) -> ConnectionTag {
    let Tag { path, kind, .. } = &all.rows[slot.index()];
    let shaping = rules.map(|rules| Box::new(shaping::lower(rules, path, &all.scheme, zone, desk)));
    ConnectionTag { path: path.clone(), slot, kind: *kind, shaping }
}
