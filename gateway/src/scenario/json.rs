//! A verdict for programs: a JSON object a test.

use latchwork_config::scenario::ScenarioTest;
use serde_json::{Value as Json, json};

use super::course::Verdict;
use super::difference::{Change, Difference};

/// Returns a test of a file as one JSON object.
pub fn json_line(file: &str, test: &ScenarioTest, verdict: &Verdict) -> String {
    json!({
        "file": file,
        "line": test.line,
        "test": test.name,
        "passed": verdict.is_passed(),
        "differences": verdict.differences.iter().map(difference).collect::<Vec<Json>>(),
    })
    .to_string()
}

fn difference(difference: &Difference) -> Json {
    let Difference { kind, what, line, same, changes } = difference;
    let same: serde_json::Map<String, Json> =
        same.iter().map(|(key, value)| (key.clone(), value.as_str().into())).collect();
    json!({
        "kind": kind.name(),
        "what": what,
        "line": line,
        "same": same,
        "changes": changes.iter().map(change).collect::<Vec<Json>>(),
    })
}

fn change(Change { key, expected, actual, line }: &Change) -> Json {
    json!({"key": key, "expected": expected, "actual": actual, "line": line})
}
