//! The sections that are one table: `[gateway]`, `[engine]`, `[replay]`.

use chrono_tz::Tz;

use latchwork_engine::{FirstScan, UncertainPolicy, UnknownOrders};

use crate::desk::Desk;
use crate::document::Table;
use crate::explain::quoted;
use crate::reader::{DEFAULT, Reader, Written};
use crate::words::{FIRST_SCAN, UNCERTAIN};

/// `[gateway]`.
#[derive(Debug)]
pub(crate) struct RawGateway {
    /// The gateway's id, part of every id that it makes.
    pub(crate) id: String,
    /// The id as people may see it.
    pub(crate) shown_id: String,
    /// The time zone.
    pub(crate) zone: Tz,
    /// Where the gateway keeps what it must not lose.
    pub(crate) data_directory: String,
}

/// `[engine]`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RawEngine {
    /// What the first known level does, unless an operation says otherwise.
    pub(crate) first_scan: FirstScan,
    /// What an Uncertain level is.
    pub(crate) uncertain: UncertainPolicy,
    /// Whether an unknown name creates an order.
    pub(crate) unknown_orders: UnknownOrders,
}

/// `[replay]`.
#[derive(Debug)]
pub(crate) struct RawReplay {
    /// The column of the times.
    pub(crate) timestamp_column: Option<String>,
    /// How the times are written.
    pub(crate) timestamp_format: Option<String>,
    /// The zone of times without one.
    pub(crate) zone: Tz,
    /// Which column is which tag.
    pub(crate) columns: Vec<RawColumn>,
}

/// `[[replay.columns]]`.
#[derive(Debug)]
pub(crate) struct RawColumn {
    /// The column's name.
    pub(crate) column: Written,
    /// The tag's path.
    pub(crate) tag: Written,
}

/// Id of a gateway that is not given one.
const GATEWAY_ID: &str = "latchwork";

/// Reads `[gateway]`.
pub(crate) fn gateway(desk: &mut Desk<'_>, table: &Table) -> RawGateway {
    let mut reader = Reader::new(desk, "gateway", table);
    let id = reader.name("id");
    if id.is_none() {
        reader.explain("id", None, || quoted(GATEWAY_ID));
    }
    let gateway = RawGateway {
        shown_id: id.as_ref().map_or(GATEWAY_ID, Written::shown).to_owned(),
        id: id.map_or_else(|| GATEWAY_ID.to_owned(), |id| id.value),
        zone: reader.zone("timezone", Tz::UTC, DEFAULT),
        data_directory: reader.text_or("data_directory", "./latchwork-data"),
    };
    reader.finish("[gateway]");
    gateway
}

/// Reads `[engine]`.
pub(crate) fn engine(desk: &mut Desk<'_>, table: &Table) -> RawEngine {
    let mut reader = Reader::new(desk, "engine", table);
    let engine = RawEngine {
        first_scan: reader.word("first_scan", FIRST_SCAN, FirstScan::Arm),
        uncertain: reader.word("uncertain", UNCERTAIN, UncertainPolicy::Good),
        unknown_orders: if reader.boolean("create_unknown_production_orders", false) {
            UnknownOrders::Create
        } else {
            UnknownOrders::Report
        },
    };
    reader.finish("[engine]");
    engine
}

/// Reads `[replay]`; `zone` is the gateway's.
pub(crate) fn replay(desk: &mut Desk<'_>, table: &Table, zone: Tz) -> RawReplay {
    let mut reader = Reader::new(desk, "replay", table);
    let timestamp_column = reader.name("timestamp_column").map(|written| written.value);
    let timestamp_format = reader.name("timestamp_format").map(|written| written.value);
    let zone = reader.zone("timezone", zone, "[gateway] timezone");
    let tables = reader.tables("columns");
    let desk = reader.finish("[replay]");
    let columns = tables.into_iter().filter_map(|table| column(desk, table)).collect();
    RawReplay { timestamp_column, timestamp_format, zone, columns }
}

fn column(desk: &mut Desk<'_>, table: &Table) -> Option<RawColumn> {
    let mut reader = Reader::new(desk, "replay.columns", table);
    let column = reader.required_name("column");
    let tag = reader.required_name("tag");
    reader.finish("[[replay.columns]]");
    Some(RawColumn { column: column?, tag: tag? })
}
