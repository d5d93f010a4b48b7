//! Holds what happened against what was expected.

use latchwork_config::scenario::{
    AbsentEvent, Expected, ExpectedStatus, ExpectedValue, ScenarioTest, StepCommand, Subject, When,
};
use latchwork_engine::Plant;
use latchwork_expr::Timestamp;

use super::compare::Measure;
use super::difference::{Change, Difference, Kind};
use super::happened::{Happened, Row};
use super::pairing::pair;

/// Returns everything that is not as it was expected, in the order of the file; what nobody expected comes last.
pub(super) fn differences(test: &ScenarioTest, plant: &Plant, happened: &Happened) -> Vec<Difference> {
    let measure = Measure { start: happened.start, end: happened.end, tolerance_micros: test.tolerance_micros };
    let is_looked_at = |row: &&Row| is_of_one(row, test, plant);
    let mut found = commands(test, plant, happened);
    if let Some(expected) = &test.records {
        let rows: Vec<&Row> = happened.records.iter().filter(is_looked_at).collect();
        found.extend(Lists { what: "record", expected, rows: &rows, is_open: test.other_records, measure }.compare());
    }
    let events: Vec<&Row> = happened.events.iter().filter(is_looked_at).collect();
    let named: Vec<&Row> = events.iter().filter(|row| is_named(row, &test.events)).copied().collect();
    let list = Lists { what: "event", expected: &test.events, rows: &named, is_open: test.other_events, measure };
    found.extend(list.compare());
    let absent = |row: &&Row| !is_named(row, &test.events);
    let others: Vec<&Row> = events.iter().copied().filter(absent).collect();
    found.extend(forbidden(&others, &test.no_events, measure));
    found.extend(test.statuses.iter().filter_map(|status| wrong_status(status, plant, happened)));
    found.sort_by_key(|difference| difference.line.unwrap_or(usize::MAX));
    found
}

/// Tells whether a record or event is one of the operations that the test is about. An event of no operation always is.
fn is_of_one(row: &Row, test: &ScenarioTest, plant: &Plant) -> bool {
    let Some(operation) = row.get("operation").filter(|_| !test.operations.is_empty()) else { return true };
    test.operations.iter().any(|index| {
        let operation_row = &plant.operations[index.index()];
        let location = &plant.locations[operation_row.location.index()].path;
        *operation == *operation_row.name && row.get("location").is_some_and(|path| *path == **location)
    })
}

/// Tells whether an event's type is one of those that are expected: of such all are.
fn is_named(row: &Row, expected: &[Expected]) -> bool {
    let types = expected.iter().flat_map(|expected| &expected.fields).filter(|field| field.key == "type");
    types.map(|field| &field.value).any(|value| *value == ExpectedValue::Value(row["type"].clone()))
}

/// A list of expectations and what there is.
struct Lists<'a> {
    what: &'static str,
    expected: &'a [Expected],
    rows: &'a [&'a Row],
    /// Whether there may be others.
    is_open: bool,
    measure: Measure,
}

impl Lists<'_> {
    fn compare(&self) -> Vec<Difference> {
        let Self { what, expected, rows, is_open, measure } = *self;
        let met = pair(expected.len(), rows.len(), |one, other| measure.is_met(&expected[one], rows[other]));
        let mut left: Vec<&Row> = Vec::new();
        left.extend(rows.iter().enumerate().filter(|(place, _)| !met.contains(&Some(*place))).map(|(_, row)| *row));
        let mut found = Vec::new();
        for (expected, _) in expected.iter().zip(&met).filter(|(_, met)| met.is_none()) {
            match self.most_like(expected, &left) {
                Some(place) => found.push(Difference::differs(what, expected, left.remove(place), measure)),
                None => found.push(Difference::missing(what, expected)),
            }
        }
        if !is_open {
            found.extend(left.into_iter().map(|row| Difference::unexpected(what, row, None, measure)));
        }
        found
    }

    /// Returns which row was probably meant: one of the same operation and type that has most of what is expected.
    fn most_like(&self, expected: &Expected, rows: &[&Row]) -> Option<usize> {
        let is_kind = |row: &Row| {
            let mut told =
                expected.fields.iter().filter(|field| ["operation", "location", "type"].contains(&&*field.key));
            told.all(|field| self.measure.is_field_met(field, row))
        };
        let likely = rows.iter().enumerate().filter(|(_, row)| is_kind(row));
        // Of equals the first: `max_by_key` would give the last.
        likely.rev().max_by_key(|(_, row)| self.measure.count_met(expected, row)).map(|(place, _)| place)
    }
}

/// Returns the events that may not happen.
fn forbidden<'a>(
    events: &'a [&Row],
    absent: &'a [AbsentEvent],
    measure: Measure,
) -> impl Iterator<Item = Difference> + 'a {
    absent.iter().flat_map(move |absent| {
        let of_type = events.iter().filter(move |row| row["type"] == *absent.event_type);
        of_type.map(move |row| Difference::unexpected("event", row, Some(absent.line), measure))
    })
}

/// Returns the commands that were rejected against expectation, or not rejected.
fn commands(test: &ScenarioTest, plant: &Plant, happened: &Happened) -> Vec<Difference> {
    let mut answers: Vec<_> = happened.commands.iter().collect();
    let mut found = Vec::new();
    for step in &test.steps {
        let Some(command) = &step.command else { continue };
        let (at, form) = (step.at.instant(happened.start), command.to_json(happened.start, plant));
        let Some(place) = answers.iter().position(|answer| answer.is(at, &form)) else { continue };
        let rejection = answers.remove(place).rejection.as_ref();
        if rejection.map(|rejection| rejection.kind) == command.rejected {
            continue;
        }
        let answer = rejection.map(|rejection| format!("\"{}\": {}", rejection.kind.name(), rejection.text));
        found.push(answered_otherwise(step.line, step.at, command, form["event_type"].to_string(), answer));
    }
    found
}

fn answered_otherwise(
    line: usize,
    at: When,
    command: &StepCommand,
    event_type: String,
    answer: Option<String>,
) -> Difference {
    let none = || "none".to_owned();
    let change = Change {
        key: "rejected".to_owned(),
        expected: Some(command.rejected.map_or_else(none, |kind| format!("\"{}\"", kind.name()))),
        actual: Some(answer.unwrap_or_else(none)),
        line: Some(line),
    };
    let same = vec![("at".to_owned(), at.to_string()), ("event_type".to_owned(), event_type)];
    Difference { kind: Kind::Differs, what: "command", line: Some(line), same, changes: vec![change] }
}

/// Returns how a status is another than was expected, if it is.
fn wrong_status(expected: &ExpectedStatus, plant: &Plant, happened: &Happened) -> Option<Difference> {
    let at = expected.at.map_or(happened.end, |at| at.instant(happened.start));
    let status = happened.status(plant, &expected.subject, at);
    if status == Some(expected.status) && at <= happened.end {
        return None;
    }
    let actual = if at > happened.end {
        let end = When::of(happened.end, happened.start);
        format!("none: time ended at {end}; `until` lets it go on")
    } else {
        status.map_or_else(|| "none".to_owned(), |status| format!("\"{status}\""))
    };
    Some(of_status(expected, plant, at, happened.start, actual))
}

fn of_status(expected: &ExpectedStatus, plant: &Plant, at: Timestamp, start: Timestamp, actual: String) -> Difference {
    let (what, key, name) = match &expected.subject {
        Subject::Operation(index) => ("status", "operation", plant.operations[index.index()].name.as_str()),
        Subject::Order(name) => ("order", "order", name.as_str()),
    };
    let change = Change {
        key: "status".to_owned(),
        expected: Some(format!("\"{}\"", expected.status)),
        actual: Some(actual),
        line: Some(expected.line),
    };
    let same = vec![(key.to_owned(), format!("\"{name}\"")), ("at".to_owned(), When::of(at, start).to_string())];
    Difference { kind: Kind::Differs, what, line: Some(expected.line), same, changes: vec![change] }
}
