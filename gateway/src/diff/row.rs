//! One record of a file: what pairs it with another, and its line.

use chrono::DateTime;
use serde_json::{Map, Value};

/// A record as a file tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The location's path.
    pub location: String,
    /// The operation's name.
    pub operation: String,
    /// When it began, in microseconds since the epoch.
    pub start: i64,
    /// When it ended, in microseconds since the epoch; `None` while it is open.
    pub end: Option<i64>,
    /// The whole record as one JSON object. Kept as text: a file of a million records is small so.
    line: Box<str>,
}

/// What is wrong with a record: a clause for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowProblem(pub String);

impl Row {
    /// Reads a record from its JSON object.
    pub fn read(line: &str) -> Result<Self, RowProblem> {
        let json = serde_json::from_str(line).map_err(|error| RowProblem(format!("no JSON: {error}")))?;
        let Value::Object(object) = json else {
            return Err(RowProblem("a record is a JSON object".to_owned()));
        };
        Ok(Self {
            location: text(&object, "location")?,
            operation: text(&object, "operation")?,
            start: date(&object, "start_date")?.ok_or_else(|| RowProblem("`start_date` is null".to_owned()))?,
            end: date(&object, "end_date")?,
            line: line.into(),
        })
    }

    /// Returns the keys and values.
    pub fn object(&self) -> Map<String, Value> {
        match serde_json::from_str(&self.line) {
            Ok(Value::Object(object)) => object,
            // It was one when it was read.
            Ok(_) | Err(_) => Map::new(),
        }
    }

    /// Tells whether two records say the same in the same words.
    pub(super) fn is_same_line(&self, other: &Self) -> bool {
        self.line == other.line
    }

    /// Tells whether it ends, and be it so much later, before another starts.
    pub(super) fn ends_before(&self, other: &Self, more: i64) -> bool {
        self.end.is_some_and(|end| end.saturating_add(more) < other.start)
    }

    /// Returns for how many microseconds it was open together with another, and that many more.
    pub(super) fn overlap(&self, other: &Self, more: i64) -> i64 {
        let end = self.end.unwrap_or(i64::MAX).min(other.end.unwrap_or(i64::MAX));
        end.saturating_sub(self.start.max(other.start)).saturating_add(more)
    }
}

fn text(object: &Map<String, Value>, key: &str) -> Result<String, RowProblem> {
    let found = object.get(key).and_then(Value::as_str);
    found.map(str::to_owned).ok_or_else(|| RowProblem(format!("`{key}` is not there or no text")))
}

fn date(object: &Map<String, Value>, key: &str) -> Result<Option<i64>, RowProblem> {
    match object.get(key) {
        Some(Value::Null) => Ok(None),
        Some(Value::String(date)) => {
            let date = DateTime::parse_from_rfc3339(date);
            date.map(|date| Some(date.timestamp_micros()))
                .map_err(|error| RowProblem(format!("`{key}` is no date of RFC 3339: {error}")))
        }
        Some(_) => Err(RowProblem(format!("`{key}` is no date of RFC 3339"))),
        None => Err(RowProblem(format!("`{key}` is not there"))),
    }
}
