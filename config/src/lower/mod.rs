//! From names to indices: the typed sections become the [`Plant`]. The only place where that happens.

mod captures;
mod connections;
mod datasets;
mod derived;
mod expressions;
mod graph;
mod handshakes;
mod http;
mod locations;
mod materials;
mod operations;
mod orders;
mod parents;
mod publish;
mod replay;
mod rules;
mod schedule;
mod stations;
mod tags;
mod triggers;
mod unique;
mod validity;

use latchwork_engine::{Plant, Tag};
use latchwork_expr::{Scheme, Tz};

use crate::configuration::Replay;
use crate::connections::Connection;
use crate::desk::Desk;
use crate::http::Http;
use crate::publish::Publish;
use crate::raw::RawPlant;

/// What the sections became.
#[derive(Debug)]
pub(crate) struct Lowered {
    /// The plant; only whole if nothing was found wrong.
    pub(crate) plant: Plant,
    /// The names of its tags.
    pub(crate) scheme: Scheme,
    /// How traces are read.
    pub(crate) replay: Replay,
    /// The links, with the tags that they feed.
    pub(crate) connections: Vec<Connection>,
    /// Where events are published.
    pub(crate) publish: Option<Publish>,
    /// The HTTP server.
    pub(crate) http: Option<Http>,
}

/// What expressions of operations may name.
#[derive(Clone, Copy)]
struct Names<'a> {
    scheme: &'a Scheme,
    tags: &'a [Tag],
    zone: Tz,
}

/// Lowers all sections; what is wrong is added to the findings.
pub(crate) fn lower(raw: RawPlant<'_>, desk: &mut Desk<'_>) -> Lowered {
    let zone = raw.gateway.zone;
    let mut tags = tags::lower(raw.tags, raw.datasets, zone, desk);
    let (links, guards) = connections::lower(raw.links, &mut tags, zone, desk);
    let guards = validity::lower(guards, &links.rows, &mut tags, zone, desk);
    let replay = replay::lower(raw.replay, &tags.scheme, desk);
    let locations = locations::lower(&raw.locations, &raw.operations, &raw.materials, desk);
    let stations = stations::lower(&raw.station_connections, &raw.locations, desk);
    stations::check_followers(&raw.operations, &raw.locations, desk);
    let materials = materials::lower(&raw.materials, &raw.operations, &locations, desk);
    let orders = orders::lower(raw.orders, &materials, desk);
    let names = Names { scheme: &tags.scheme, tags: &tags.rows, zone };
    let order_names = orders::names(&orders, raw.engine.unknown_orders);
    let mut operations = operations::lower(&raw.operations, names, &locations, &order_names, desk);
    let connections = handshakes::lower(&raw.operations, names, links, &mut operations, desk);
    let schedule = schedule::lower(&raw.schedule, &raw.operations, &operations, &order_names, desk);
    let publish = publish::lower(raw.publish, &connections, desk);
    let http = http::lower(raw.http, desk);
    let plant = Plant {
        gateway_id: raw.gateway.id,
        // Known once all is read.
        configuration_version: String::new(),
        zone,
        uncertain: raw.engine.uncertain,
        first_scan: raw.engine.first_scan,
        unknown_orders: raw.engine.unknown_orders,
        tags: tags.rows,
        derived: tags.derived,
        locations: locations.rows,
        orders,
        operations,
        guards,
        materials: materials.rows,
        schedule,
        stations,
        jobs: raw.jobs,
    };
    Lowered { plant, scheme: tags.scheme, replay, connections, publish, http }
}
