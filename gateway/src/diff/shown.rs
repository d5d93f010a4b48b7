//! A difference as a line: for people, or as JSON.

use serde_json::{Value, json};

use super::difference::{Difference, Kind, micros};
use super::row::Row;

/// Returns a difference for people: what became of which run, and what differs.
pub fn text_line(difference: &Difference<'_>) -> String {
    let row = difference.row();
    let (kind, object) = (difference.kind.name(), row.object());
    let date = |key: &str| object.get(key).and_then(Value::as_str).unwrap_or("").to_owned();
    let (start, end) = (date("start_date"), date("end_date"));
    let mut line = format!("{kind:9}  {start}..{end}  {}  {}", row.operation, row.location);
    let what = match difference.kind {
        Kind::Opened | Kind::Missing => of_one(row),
        Kind::Closed | Kind::LeftOpen | Kind::Moved | Kind::Changed => of_both(difference),
    };
    if !what.is_empty() {
        line = line + "  " + &what;
    }
    line
}

/// Returns a difference as one JSON object.
pub fn json_line(difference: &Difference<'_>) -> String {
    let row = difference.row();
    let object = |row: Option<&Row>| row.map_or(Value::Null, |row| Value::Object(row.object()));
    json!({
        "difference": difference.kind.name(),
        "operation": row.operation,
        "location": row.location,
        "keys": difference.keys,
        "before": object(difference.before),
        "after": object(difference.after),
    })
    .to_string()
}

fn of_one(row: &Row) -> String {
    let object = row.object();
    let keys = ["status", "end_reason", "production_order"];
    let values: Vec<String> = keys.iter().filter_map(|key| object.get(*key)?.as_str().map(str::to_owned)).collect();
    values.join(" ")
}

fn of_both(difference: &Difference<'_>) -> String {
    let object = |row: Option<&Row>| row.map(Row::object).unwrap_or_default();
    let (before, after) = (object(difference.before), object(difference.after));
    let change = |key: &String| {
        let (old, new) = (before.get(key).unwrap_or(&Value::Null), after.get(key).unwrap_or(&Value::Null));
        match (micros(old), micros(new)) {
            (Some(old), Some(new)) => format!("{key} {}", shift(old, new)),
            _ => format!("{key} {old} -> {new}"),
        }
    };
    difference.keys.iter().map(change).collect::<Vec<_>>().join(", ")
}

/// Says by how many seconds a time moved.
fn shift(old: i64, new: i64) -> String {
    let sign = if new < old { '-' } else { '+' };
    let micros = old.abs_diff(new);
    format!("{sign}{}.{:06} s", micros / 1_000_000, micros % 1_000_000)
}
