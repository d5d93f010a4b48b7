//! What is not as it was expected.

use latchwork_config::scenario::Expected;
use serde_json::Value as Json;

use super::compare::Measure;
use super::happened::{Row, value};

/// One thing that is not as it was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What became of the expectation.
    pub kind: Kind,
    /// What it is about: a record, an event, a status, a command.
    pub what: &'static str,
    /// The line of the expectation, if there is one.
    pub line: Option<usize>,
    /// What is as expected, so that people see which one is meant; each a key and its value.
    pub same: Vec<(String, String)>,
    /// What is not.
    pub changes: Vec<Change>,
}

/// What became of an expectation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It happened, but not so.
    Differs,
    /// It did not happen.
    Missing,
    /// Nobody expected it.
    Unexpected,
    /// The test could not be run.
    Broken,
}

impl Kind {
    /// Returns the word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Differs => "differs",
            Self::Missing => "missing",
            Self::Unexpected => "unexpected",
            Self::Broken => "broken",
        }
    }
}

/// One value that is not as it was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The key, by its short name.
    pub key: String,
    /// What was expected, as it stands in a file.
    pub expected: Option<String>,
    /// What it is, as it would stand there.
    pub actual: Option<String>,
    /// The line of the expected value.
    pub line: Option<usize>,
}

/// What is shown of a record that nobody expected, as far as it has it.
const RECORD_KEYS: [&str; 10] =
    ["operation", "location", "start", "end", "status", "order", "start_reason", "end_reason", "parent", "captures"];

/// What is shown of an event that nobody expected, as far as it has it.
const EVENT_KEYS: [&str; 9] = ["type", "at", "operation", "location", "order", "from", "to", "actor", "text"];

impl Difference {
    /// Returns that a test could not be run.
    pub(super) fn broken(line: usize, reason: String) -> Self {
        let change = Change { key: String::new(), expected: None, actual: Some(reason), line: None };
        Self { kind: Kind::Broken, what: "test", line: Some(line), same: Vec::new(), changes: vec![change] }
    }

    /// Returns that something did not happen.
    pub(super) fn missing(what: &'static str, expected: &Expected) -> Self {
        let change = |field: &latchwork_config::scenario::ExpectedField| Change {
            key: field.key.clone(),
            expected: Some(field.value.to_string()),
            actual: None,
            line: Some(field.line),
        };
        let changes = expected.fields.iter().map(change).collect();
        Self { kind: Kind::Missing, what, line: Some(expected.line), same: Vec::new(), changes }
    }

    /// Returns that something happened that nobody expected; `line` is where it is forbidden.
    pub(super) fn unexpected(what: &'static str, row: &Row, line: Option<usize>, measure: Measure) -> Self {
        let keys: &[&str] = if what == "event" { &EVENT_KEYS } else { &RECORD_KEYS };
        let present = keys.iter().map(|key| (*key, value(row, key))).filter(|(_, value)| !is_nothing(value));
        let change = |(key, value): (&str, &Json)| Change {
            key: key.to_owned(),
            expected: None,
            actual: Some(shown(key, value, measure)),
            line: None,
        };
        Self { kind: Kind::Unexpected, what, line, same: Vec::new(), changes: present.map(change).collect() }
    }

    /// Returns that something happened otherwise.
    pub(super) fn differs(what: &'static str, expected: &Expected, row: &Row, measure: Measure) -> Self {
        let (same, changed): (Vec<_>, Vec<_>) =
            expected.fields.iter().partition(|field| measure.is_field_met(field, row));
        let change = |field: &latchwork_config::scenario::ExpectedField| Change {
            key: field.key.clone(),
            expected: Some(field.value.to_string()),
            actual: Some(measure.shown_instead(field, value(row, &field.key))),
            line: Some(field.line),
        };
        Self {
            kind: Kind::Differs,
            what,
            line: Some(expected.line),
            same: same.iter().map(|field| (field.key.clone(), field.value.to_string())).collect(),
            changes: changed.into_iter().map(change).collect(),
        }
    }
}

fn is_nothing(value: &Json) -> bool {
    value.is_null() || value.as_object().is_some_and(serde_json::Map::is_empty)
}

/// Returns a value as it would stand in a file, also a table.
fn shown(key: &str, value: &Json, measure: Measure) -> String {
    let Json::Object(table) = value else { return measure.shown(key, value) };
    let known = table.iter().filter(|(_, value)| !value.is_null());
    let pairs: Vec<String> = known.map(|(key, value)| format!("{key} = {value}")).collect();
    format!("{{ {} }}", pairs.join(", "))
}
