//! What became of a run between two files.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::pairs::{Pair, pairs};
use super::row::Row;

/// What became of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The first file does not have it.
    Opened,
    /// The second file does not have it.
    Missing,
    /// It was open and is closed now.
    Closed,
    /// It was closed and is open now.
    LeftOpen,
    /// It starts or ends at another time.
    Moved,
    /// Its times are the same, but not all that it says.
    Changed,
}

impl Kind {
    /// Every kind, in the order in which they are counted.
    pub const ALL: [Self; 6] = [Self::Opened, Self::Missing, Self::Closed, Self::LeftOpen, Self::Moved, Self::Changed];

    /// Returns the word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Missing => "missing",
            Self::Closed => "closed",
            Self::LeftOpen => "left open",
            Self::Moved => "moved",
            Self::Changed => "changed",
        }
    }
}

/// A run that differs.
#[derive(Clone, Debug)]
pub struct Difference<'a> {
    /// What became of it.
    pub kind: Kind,
    /// The first file's record.
    pub before: Option<&'a Row>,
    /// The second file's record.
    pub after: Option<&'a Row>,
    /// The keys whose values differ, in the order of a record line; none where one of the files has no record.
    pub keys: Vec<String>,
}

impl Difference<'_> {
    /// Returns the record that says which run it is: the first file's if it has one.
    pub fn row(&self) -> &Row {
        self.before.or(self.after).expect("one of two files has the record")
    }
}

/// Returns the runs that differ, by their start; times may differ by so many microseconds.
///
/// The ids of records are made of their starts, so they are not compared; a parent is the same where the two parents are
/// the same run. Durations follow from other keys.
pub fn differences<'a>(before: &'a [Row], after: &'a [Row], tolerance: i64) -> Vec<Difference<'a>> {
    let pairs = pairs(before, after, tolerance);
    let same_runs = same_runs(before, after, &pairs);
    let difference = |pair: &Pair| match *pair {
        Pair::Before(place) => Some(alone(Kind::Missing, Some(&before[place]), None)),
        Pair::After(place) => Some(alone(Kind::Opened, None, Some(&after[place]))),
        Pair::Both(old, new) => compare(&before[old], &after[new], &same_runs, tolerance),
    };
    let mut found: Vec<Difference<'a>> = pairs.iter().filter_map(difference).collect();
    found.sort_by(|one, other| {
        let key = |difference: &Difference<'a>| {
            let row = difference.row();
            (row.start, row.location.clone(), row.operation.clone())
        };
        key(one).cmp(&key(other))
    });
    found
}

const fn alone<'a>(kind: Kind, before: Option<&'a Row>, after: Option<&'a Row>) -> Difference<'a> {
    Difference { kind, before, after, keys: Vec::new() }
}

/// Returns, by the id in the first file, the id in the second of the same run.
fn same_runs(before: &[Row], after: &[Row], pairs: &[Pair]) -> BTreeMap<String, String> {
    let id = |row: &Row| row.object().get("id").and_then(Value::as_str).map(str::to_owned);
    let ids = |pair: &Pair| match *pair {
        Pair::Both(old, new) if !before[old].is_same_line(&after[new]) => Some((id(&before[old])?, id(&after[new])?)),
        Pair::Both(..) | Pair::Before(_) | Pair::After(_) => None,
    };
    pairs.iter().filter_map(ids).filter(|(old, new)| old != new).collect()
}

fn compare<'a>(
    before: &'a Row,
    after: &'a Row,
    same_runs: &BTreeMap<String, String>,
    tolerance: i64,
) -> Option<Difference<'a>> {
    if before.is_same_line(after) {
        return None;
    }
    let keys = differing_keys(&before.object(), &after.object(), same_runs, tolerance);
    let has = |key: &str| keys.iter().any(|differing| differing == key);
    let kind = match (before.end, after.end) {
        (None, Some(_)) => Kind::Closed,
        (Some(_), None) => Kind::LeftOpen,
        _ if has("start_date") || has("end_date") => Kind::Moved,
        _ if keys.is_empty() => return None,
        _ => Kind::Changed,
    };
    Some(Difference { kind, before: Some(before), after: Some(after), keys })
}

fn differing_keys(
    before: &Map<String, Value>,
    after: &Map<String, Value>,
    same_runs: &BTreeMap<String, String>,
    tolerance: i64,
) -> Vec<String> {
    let new_keys = after.keys().filter(|key| !before.contains_key(*key));
    let differs = |key: &&String| {
        let (old, new) = (before.get(*key).unwrap_or(&Value::Null), after.get(*key).unwrap_or(&Value::Null));
        match key.as_str() {
            "id" | "duration_seconds" => false,
            "parent_record_id" => old.as_str().map(|id| same_runs.get(id).map_or(id, String::as_str)) != new.as_str(),
            "start_date" | "end_date" | "detected_at" => !is_same_time(old, new, tolerance),
            _ => !is_same(old, new),
        }
    };
    before.keys().chain(new_keys).filter(differs).cloned().collect()
}

fn is_same_time(old: &Value, new: &Value, tolerance: i64) -> bool {
    match (micros(old), micros(new)) {
        (Some(old), Some(new)) => old.abs_diff(new) <= tolerance.unsigned_abs(),
        _ => old == new,
    }
}

/// Returns a date's microseconds since the epoch.
pub(super) fn micros(value: &Value) -> Option<i64> {
    let date = chrono::DateTime::parse_from_rfc3339(value.as_str()?);
    date.ok().map(|date| date.timestamp_micros())
}

/// Compares numbers by value: 7 is 7.0.
fn is_same(old: &Value, new: &Value) -> bool {
    match (old, new) {
        (Value::Number(old), Value::Number(new)) => old == new || old.as_f64() == new.as_f64(),
        (Value::Object(old), Value::Object(new)) => {
            old.len() == new.len() && old.iter().all(|(key, value)| new.get(key).is_some_and(|new| is_same(value, new)))
        }
        (Value::Array(old), Value::Array(new)) => {
            old.len() == new.len() && old.iter().zip(new).all(|(old, new)| is_same(old, new))
        }
        (
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_),
            _,
        ) => old == new,
    }
}
