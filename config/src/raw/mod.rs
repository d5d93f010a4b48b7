//! The sections of the file as they are written: every value typed and placed, no name resolved.

mod initial;
mod locations;
mod operations;
mod orders;
mod sections;
mod settings;
mod tags;

pub(crate) use locations::RawLocation;
pub(crate) use operations::{RawIdentity, RawOperation, RawTrigger};
pub(crate) use orders::RawOrder;
pub(crate) use settings::{RawColumn, RawEngine, RawGateway, RawReplay};
pub(crate) use tags::RawTag;

use crate::desk::Desk;
use sections::Sections;

/// Everything that the files say.
#[derive(Debug)]
pub(crate) struct RawPlant<'a> {
    /// `[gateway]`.
    pub(crate) gateway: RawGateway,
    /// `[engine]`.
    pub(crate) engine: RawEngine,
    /// `[replay]`.
    pub(crate) replay: RawReplay,
    /// `[[tags]]`.
    pub(crate) tags: Vec<RawTag>,
    /// `[[locations]]`.
    pub(crate) locations: Vec<RawLocation>,
    /// `[[production_orders]]`.
    pub(crate) orders: Vec<RawOrder>,
    /// `[[operations]]`.
    pub(crate) operations: Vec<RawOperation<'a>>,
}

/// Reads all sections; what is wrong with them is added to the findings.
pub(crate) fn read<'a>(desk: &mut Desk<'a>) -> RawPlant<'a> {
    let sections = Sections::collect(desk);
    let gateway = settings::gateway(desk, sections.table("gateway"));
    let engine = settings::engine(desk, sections.table("engine"));
    let replay = settings::replay(desk, sections.table("replay"), gateway.zone);
    let zone = gateway.zone;
    RawPlant {
        tags: sections.list("tags").iter().filter_map(|table| tags::read(desk, table, zone)).collect(),
        locations: sections.list("locations").iter().filter_map(|table| locations::read(desk, table)).collect(),
        orders: sections.list("production_orders").iter().filter_map(|table| orders::read(desk, table)).collect(),
        operations: sections.list("operations").iter().map(|table| operations::read(desk, table, engine)).collect(),
        gateway,
        engine,
        replay,
    }
}
