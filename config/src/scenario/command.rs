//! A command of a step: as in traces, but its times may be told after the test's start, and a record by its operation
//! and start.

use latchwork_engine::{Command, OperationIndex, Plant, RejectionKind, ids};
use latchwork_expr::{Timestamp, instant_text};
use serde_json::Value as Json;

use super::keys::REJECTION;
use super::names::Names;
use super::value;
use super::when::{self, When};
use crate::document::{Content, Item, Table};
use crate::problems;
use crate::reader::Reader;

/// A command that is given in a test.
#[derive(Clone, Debug)]
pub struct StepCommand {
    /// The command, without what depends on the test's start.
    form: Json,
    /// The times of its `info`.
    times: Vec<(&'static str, When)>,
    /// The record that it is about, by its operation and start.
    record: Option<(OperationIndex, When)>,
    /// What it is to be rejected as; it is to be accepted if that is not said.
    pub rejected: Option<RejectionKind>,
}

/// The keys of `info` that are times.
const TIMES: [&str; 6] = ["at", "start", "end", "start_date", "due_date", "end_date"];

impl StepCommand {
    /// Returns the command in a test that begins at `start`.
    pub fn to_json(&self, start: Timestamp, plant: &Plant) -> Json {
        let mut form = self.form.clone();
        for (key, when) in &self.times {
            form["info"][*key] = instant_text(when.instant(start)).into();
        }
        if let Some((operation, when)) = self.record {
            let operation = plant.operations[operation.index()].id;
            let id = ids::record_id(&plant.gateway_id, operation, when.instant(start), 0);
            form["info"]["record"] = id.to_string().into();
        }
        form
    }
}

/// Reads the command of a step, if there is one, and what it is to be rejected as.
pub(super) fn read(reader: &mut Reader<'_, '_>, names: Names<'_>) -> Option<StepCommand> {
    let item = reader.item("command");
    let rejected = reader.optional_word("rejected", REJECTION);
    let Some(item) = item else {
        if let Some(place) = reader.key_place("rejected") {
            reader.problem(problems::BAD_COMMAND, place, "`rejected` stands where there is no `command`", None);
        }
        return None;
    };
    let Content::Table(_) = item.content else {
        reader.wrong_type("command", item, "a table with `event_type` and `info`");
        return None;
    };
    let found_before = reader.desk.findings.count();
    let mut command = StepCommand { form: value::json(&item.content), times: Vec::new(), record: None, rejected };
    if let Some(info) = info(item) {
        command.times = times(reader, info, names);
        command.record = record(reader, info, names);
        if let Some(name) = info.entry("operation").and_then(|entry| text(&entry.item)) {
            names.operations(reader, name.0, name.1.place);
        }
    }
    let plant = names.plant()?;
    if reader.desk.findings.count() > found_before {
        return None;
    }
    match Command::from_json(command.to_json(Timestamp::default(), plant)) {
        Ok(_) => Some(command),
        Err(error) => {
            let hint =
                "it is written as in traces: `{ event_type = \"OPERATION_STOP\", info = { operation = \"…\" } }`";
            reader.problem(problems::BAD_COMMAND, item.place, error.to_string(), Some(hint.to_owned()));
            None
        }
    }
}

fn info(item: &Item) -> Option<&Table> {
    let Content::Table(table) = &item.content else { return None };
    match &table.entry("info")?.item.content {
        Content::Table(info) => Some(info),
        Content::Boolean(_)
        | Content::Integer(_)
        | Content::Float(_)
        | Content::Text(_)
        | Content::Date(_)
        | Content::List(_) => None,
    }
}

fn times(reader: &mut Reader<'_, '_>, info: &Table, names: Names<'_>) -> Vec<(&'static str, When)> {
    let mut times = Vec::new();
    for key in TIMES {
        if let Some(entry) = info.entry(key) {
            times.extend(when::read(reader, key, &entry.item, names.zone()).map(|when| (key, when)));
        }
    }
    times
}

/// Reads `record = { operation = …, start = … }`; an id stays as it is.
fn record(reader: &mut Reader<'_, '_>, info: &Table, names: Names<'_>) -> Option<(OperationIndex, When)> {
    let item = &info.entry("record")?.item;
    let Content::Table(table) = &item.content else { return None };
    let operation = table.entry("operation").and_then(|entry| text(&entry.item));
    let start = table.entry("start");
    let (Some((name, at)), Some(start)) = (operation, start) else {
        let hint = "write `record = { operation = \"…\", start = \"10s\" }`, or its id".to_owned();
        reader.problem(problems::BAD_COMMAND, item.place, "the record is not named", Some(hint));
        return None;
    };
    let start = when::read(reader, "start", &start.item, names.zone());
    names.operation(reader, name, at.place).zip(start)
}

fn text(item: &Item) -> Option<(&str, &Item)> {
    if let Content::Text(text) = &item.content { Some((text, item)) } else { None }
}
