//! `[[operations]]`.

mod captures;
mod handshake;
mod identity;
mod job;
mod rules;
mod triggers;

pub(crate) use captures::RawCapture;
pub(crate) use handshake::{PlacedValue, RawAcknowledgement, RawHandshake};
pub(crate) use identity::RawIdentity;
pub(crate) use triggers::RawTrigger;

use latchwork_engine::LegCompletion;

use crate::desk::Desk;
use crate::document::Table;
use crate::raw::RawEngine;
use crate::reader::Reader;
use rules::{RawDuration, RawOrderRule, RawRunning};
use triggers::RawTriggers;

/// One of `[[operations]]`.
#[derive(Debug)]
pub(crate) struct RawOperation<'a> {
    /// The table, to see which keys are given.
    pub(crate) table: &'a Table,
    /// Whether every key of it could be read: if not, what follows from the others is not sure.
    pub(crate) whole: bool,
    /// What it is and where.
    pub(crate) identity: RawIdentity,
    /// What opens and closes its records.
    pub(crate) triggers: RawTriggers,
    /// How it runs.
    pub(crate) running: RawRunning,
    /// How its records find their order.
    pub(crate) order: RawOrderRule,
    /// How long its records are expected to run.
    pub(crate) duration: RawDuration,
    /// What is measured over its runs.
    pub(crate) captures: Vec<RawCapture>,
    /// What it and its PLC have agreed on.
    pub(crate) handshake: Option<RawHandshake>,
    /// When it completes the legs of jobs, if its records follow jobs.
    pub(crate) job: Option<LegCompletion>,
}

/// Reads one of `[[operations]]`; `engine` has what it does not say itself.
pub(crate) fn read<'a>(desk: &mut Desk<'_>, table: &'a Table, engine: RawEngine) -> RawOperation<'a> {
    let found_before = desk.findings.count();
    let mut reader = Reader::new(desk, "operations", table);
    let mut operation = RawOperation {
        table,
        whole: true,
        identity: identity::read(&mut reader),
        triggers: triggers::read(&mut reader, engine),
        running: rules::read_running(&mut reader),
        order: rules::read_order(&mut reader),
        duration: rules::read_duration(&mut reader),
        captures: Vec::new(),
        handshake: None,
        job: None,
    };
    let handshake = reader.table("handshake");
    let job = reader.table("job");
    let tables = reader.tables("captures");
    let desk = reader.finish("[[operations]]");
    operation.handshake = handshake.map(|table| handshake::read(desk, table));
    operation.job = job.and_then(|table| job::read(desk, table));
    operation.captures = tables.into_iter().map(|table| captures::read(desk, table)).collect();
    operation.whole = desk.findings.count() == found_before;
    operation
}
