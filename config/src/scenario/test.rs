//! One test: its inputs and its expectations.

use std::path::PathBuf;

use latchwork_engine::OperationIndex;
use latchwork_expr::Timestamp;

use super::expected::{self, Expected, Shape};
use super::keys::{EVENT_KEYS, RECORD_KEYS};
use super::names::Names;
use super::settings::{self, Lists, Settings};
use super::status::{self, ExpectedStatus};
use super::step::{Scope, Step};
use super::when::When;
use crate::desk::Desk;
use crate::document::Table;
use crate::problems;
use crate::reader::{Reader, Written};

/// What goes into a plant over time, and what must come of it.
#[derive(Clone, Debug)]
pub struct ScenarioTest {
    /// The name, unique in its file.
    pub name: String,
    /// The line that it begins in.
    pub line: usize,
    /// The instant that `"0s"` is, if it is said.
    pub start: Option<Timestamp>,
    /// Where time ends, if not with the last input.
    pub until: Option<When>,
    /// The recordings that are input, besides the steps.
    pub traces: Vec<PathBuf>,
    /// What happens, those of `[defaults]` first.
    pub steps: Vec<Step>,
    /// The operations that records and events are looked at of; all if it is empty.
    pub operations: Vec<OperationIndex>,
    /// By how many microseconds times may differ.
    pub tolerance_micros: i64,
    /// The records, if any are expected or none.
    pub records: Option<Vec<Expected>>,
    /// Whether there may be other records.
    pub other_records: bool,
    /// The events, each type that is named in full.
    pub events: Vec<Expected>,
    /// Whether there may be other events of those types.
    pub other_events: bool,
    /// Types of events that may not happen.
    pub no_events: Vec<AbsentEvent>,
    /// The statuses of operations, then of orders.
    pub statuses: Vec<ExpectedStatus>,
}

/// A type of event that may not happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AbsentEvent {
    /// The type.
    pub event_type: String,
    /// The line that says so.
    pub line: usize,
}

/// What `[defaults]` says.
#[derive(Debug, Default)]
pub(super) struct Defaults {
    pub(super) settings: Settings,
    pub(super) steps: Vec<Step>,
}

const TESTS: &str = "tests";
const RECORDS: Shape = Shape { section: "tests.records", keys: RECORD_KEYS, required: None };
const EVENTS: Shape = Shape { section: "tests.events", keys: EVENT_KEYS, required: Some(EVENT_KEYS[0]) };

impl Defaults {
    /// Reads `[defaults]`.
    pub(super) fn read(desk: &mut Desk<'_>, table: &Table, names: Names<'_>) -> Self {
        let mut reader = Reader::new(desk, "defaults", table);
        let settings = Settings::read(&mut reader, names);
        let tables = reader.tables("steps");
        let tag_folder = settings.tag_folder.clone().unwrap_or_default();
        let scope = Scope { names, tag_folder: &tag_folder, section: "defaults.steps" };
        let steps = settings::steps(&mut reader, tables, scope);
        reader.finish("[defaults]");
        Self { settings, steps }
    }
}

/// Reads one of `[[tests]]`.
pub(super) fn read(
    desk: &mut Desk<'_>,
    table: &Table,
    names: Names<'_>,
    defaults: &Defaults,
) -> Option<(ScenarioTest, Written)> {
    let mut reader = Reader::new(desk, TESTS, table);
    let name = reader.required_name("name");
    let settings = Settings::read(&mut reader, names).or(&defaults.settings);
    let found_before = reader.desk.findings.count();
    let steps = read_steps(&mut reader, names, &settings, defaults);
    let traces = traces(&mut reader);
    if steps.is_empty() && traces.is_empty() && reader.desk.findings.count() == found_before {
        let hint = "write `steps = [ … ]` or `trace = \"day.csv\"`".to_owned();
        reader.problem(problems::NOTHING_HAPPENS, table.place, "the test has no steps and no trace", Some(hint));
    }
    check_end(&mut reader, &steps, settings.until);
    let operations = settings.operations.unwrap_or_default();
    let is_open = |list| settings.among_others.as_ref().is_some_and(|lists| lists.contains(&list));
    let no_events = settings.no_events.unwrap_or_default();
    let no_events = no_events.into_iter();
    let no_events = no_events.map(|(event_type, place)| AbsentEvent { event_type, line: reader.desk.line(place) });
    let mut test = ScenarioTest {
        name: name.as_ref().map(|name| name.value.clone()).unwrap_or_default(),
        line: reader.desk.line(table.place),
        start: settings.start,
        until: settings.until,
        traces,
        steps,
        tolerance_micros: settings.tolerance_micros.unwrap_or(0),
        records: None,
        other_records: is_open(Lists::Records),
        events: Vec::new(),
        other_events: is_open(Lists::Events),
        no_events: no_events.collect(),
        statuses: Vec::new(),
        operations,
    };
    read_expectations(&mut reader, names, &mut test);
    reader.finish("[[tests]]");
    Some((test, name?))
}

fn read_steps(reader: &mut Reader<'_, '_>, names: Names<'_>, settings: &Settings, defaults: &Defaults) -> Vec<Step> {
    let tables = reader.tables("steps");
    let tag_folder = settings.tag_folder.as_deref().unwrap_or_default();
    let own = settings::steps(reader, tables, Scope { names, tag_folder, section: "tests.steps" });
    defaults.steps.iter().cloned().chain(own).collect()
}

/// Reads the recordings, relative to the file.
fn traces(reader: &mut Reader<'_, '_>) -> Vec<PathBuf> {
    let folder = reader.desk.folder(reader.place());
    let one = reader.name("trace").map(|written| written.value);
    let more = reader.texts("traces").into_iter().map(|(path, _)| path.to_owned());
    one.into_iter().chain(more).map(|path| folder.join(path)).collect()
}

/// Complains about steps that never come because time ends before them.
fn check_end(reader: &mut Reader<'_, '_>, steps: &[Step], until: Option<When>) {
    let Some(until) = until else { return };
    let late = steps.iter().find(|step| settings::is_before(until, step.at));
    if let Some(step) = late {
        let place = reader.value_place(&["until", "steps"]);
        let message = format!("time ends at {until}, before the step at {}", step.at);
        reader.problem(problems::STEP_TIME, place, message, Some("let `until` be later".to_owned()));
    }
}

/// Reads what is expected; complains if that is nothing, for such a test cannot fail.
fn read_expectations(reader: &mut Reader<'_, '_>, names: Names<'_>, test: &mut ScenarioTest) {
    let records_given = reader.has("records");
    let records = lists(reader, RECORDS, "records", names, &test.operations);
    test.records = records_given.then_some(records);
    test.events = lists(reader, EVENTS, "events", names, &test.operations);
    let tables = reader.tables("statuses");
    let read = |table| status::read_operation(reader.desk, table, names, "tests.statuses");
    test.statuses = tables.into_iter().filter_map(read).collect();
    let tables = reader.tables("orders");
    let read = |table| status::read_order(reader.desk, table, names, "tests.orders");
    test.statuses.extend(tables.into_iter().filter_map(read));
    let expects = ["records", "events", "statuses", "orders", "no_events"].iter().any(|key| reader.has(key));
    if !expects {
        let hint = "say what must come of it: `records`, `events`, `no_events`, `statuses` or `orders`".to_owned();
        reader.problem(problems::NOTHING_EXPECTED, reader.place(), "the test expects nothing", Some(hint));
    }
}

fn lists(
    reader: &mut Reader<'_, '_>,
    shape: Shape,
    key: &'static str,
    names: Names<'_>,
    among: &[OperationIndex],
) -> Vec<Expected> {
    let tables = reader.tables(key);
    tables.into_iter().map(|table| expected::read(reader.desk, table, shape, names, among)).collect()
}
