//! The sections of the file as they are written: every value typed and placed. A table may know what
//! another one says for it by default, as a tag does of its connection; no name is an index of the
//! plant yet.

pub(crate) mod collect;
mod datasets;
mod feed;
mod http;
pub(crate) mod initial;
mod jobs;
mod links;
mod locations;
mod materials;
mod operations;
mod orders;
mod publish;
mod schedule;
mod sections;
mod settings;
mod store;
mod tags;

pub(crate) use datasets::RawDataset;
pub(crate) use feed::{RawFeed, RawOrigin, RawPoint, RawShaping};
pub(crate) use http::RawHttp;
pub(crate) use jobs::RawStationConnection;
pub(crate) use links::{RawConnection, RawGuard, RawLinks, RawMessages, RawModbus, RawMqtt, RawTopic, RawWire};
pub(crate) use locations::RawLocation;
pub(crate) use materials::{RawMaterial, RawRate};
pub(crate) use operations::{
    PlacedValue, RawAcknowledgement, RawCapture, RawHandshake, RawIdentity, RawOperation, RawTrigger,
};
pub(crate) use orders::RawOrder;
pub(crate) use publish::RawPublish;
pub(crate) use schedule::RawEntry;
pub(crate) use settings::{RawColumn, RawEngine, RawGateway, RawReplay};
pub(crate) use tags::{RawTag, SECTION as TAGS};

use latchwork_engine::JobSettings;

use crate::configuration::StorePlace;
use crate::desk::Desk;
use crate::document::Item;
use sections::Sections;

/// Everything that the files say.
#[derive(Debug)]
pub(crate) struct RawPlant<'a> {
    /// `[gateway]`.
    pub(crate) gateway: RawGateway,
    /// `[engine]`.
    pub(crate) engine: RawEngine,
    /// `[store]`.
    pub(crate) store: StorePlace,
    /// `[publish]`, if there is one.
    pub(crate) publish: Option<RawPublish>,
    /// `[http]`, if there is one.
    pub(crate) http: Option<RawHttp>,
    /// `[replay]`.
    pub(crate) replay: RawReplay,
    /// `[[scan_classes]]` and `[[connections]]`.
    pub(crate) links: RawLinks,
    /// `[[tags]]`.
    pub(crate) tags: Vec<RawTag>,
    /// `[[datasets]]`.
    pub(crate) datasets: Vec<RawDataset>,
    /// `[[locations]]`.
    pub(crate) locations: Vec<RawLocation>,
    /// `[[station_connections]]`.
    pub(crate) station_connections: Vec<RawStationConnection>,
    /// `[jobs]`.
    pub(crate) jobs: JobSettings,
    /// `[[production_orders]]`.
    pub(crate) orders: Vec<RawOrder>,
    /// `[[materials]]`.
    pub(crate) materials: Vec<RawMaterial>,
    /// `[[schedule]]`.
    pub(crate) schedule: Vec<RawEntry>,
    /// `[[operations]]`.
    pub(crate) operations: Vec<RawOperation<'a>>,
}

/// Reads all sections; what is wrong with them is added to the findings. `tags` is what the files say under [`TAGS`].
pub(crate) fn read<'a>(desk: &mut Desk<'a>, tags: Vec<Item>) -> RawPlant<'a> {
    let sections = Sections::collect(desk);
    let gateway = settings::gateway(desk, sections.table("gateway"));
    let engine = settings::engine(desk, sections.table("engine"));
    let store = store::read(desk, sections.table("store"));
    let publish = sections.find("publish").map(|table| publish::read(desk, table, &gateway));
    let http = sections.find("http").map(|table| http::read(desk, table, gateway.zone));
    let replay = settings::replay(desk, sections.table("replay"), gateway.zone);
    let jobs = jobs::settings(desk, sections.table("jobs"));
    let links = RawLinks::read(desk, &sections, &gateway);
    let zone = gateway.zone;
    RawPlant {
        tags: tags::read_all(desk, tags, &links, zone),
        datasets: sections.list("datasets").iter().filter_map(|table| datasets::read(desk, table, zone)).collect(),
        locations: sections.list("locations").iter().filter_map(|table| locations::read(desk, table)).collect(),
        station_connections: sections
            .list("station_connections")
            .iter()
            .filter_map(|table| jobs::connection(desk, table))
            .collect(),
        jobs,
        orders: sections.list("production_orders").iter().filter_map(|table| orders::read(desk, table)).collect(),
        materials: sections.list("materials").iter().filter_map(|table| materials::read(desk, table)).collect(),
        schedule: sections.list("schedule").iter().filter_map(|table| schedule::read(desk, table, zone)).collect(),
        operations: sections.list("operations").iter().map(|table| operations::read(desk, table, engine)).collect(),
        gateway,
        engine,
        store,
        publish,
        http,
        replay,
        links,
    }
}
