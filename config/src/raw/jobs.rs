//! `[jobs]` and `[[station_connections]]`.

use latchwork_engine::{Flow, JobSettings};

use crate::desk::Desk;
use crate::document::Table;
use crate::path;
use crate::reader::{Reader, Written};
use crate::words::FLOW;

/// One of `[[station_connections]]`.
#[derive(Debug)]
pub(crate) struct RawStationConnection {
    /// The station that parts come from.
    pub(crate) from: Written,
    /// The station that they go to.
    pub(crate) to: Written,
    /// What it is for.
    pub(crate) flow: Flow,
}

/// Reads `[jobs]`.
pub(crate) fn settings(desk: &mut Desk<'_>, table: &Table) -> JobSettings {
    let mut reader = Reader::new(desk, "jobs", table);
    let settings = JobSettings {
        show_unassigned_jobs_to_operators: reader.boolean("show_unassigned_jobs_to_operators", true),
        can_self_assign: reader.boolean("can_self_assign", true),
    };
    reader.finish("[jobs]");
    settings
}

/// Reads one of `[[station_connections]]`.
pub(crate) fn connection(desk: &mut Desk<'_>, table: &Table) -> Option<RawStationConnection> {
    let mut reader = Reader::new(desk, "station_connections", table);
    let from = reader.required_name("from").filter(|path| path::check_location(&mut reader, path));
    let to = reader.required_name("to").filter(|path| path::check_location(&mut reader, path));
    let flow = reader.right_word("type", FLOW, Flow::default());
    reader.finish("[[station_connections]]");
    Some(RawStationConnection { from: from?, to: to?, flow: flow? })
}
