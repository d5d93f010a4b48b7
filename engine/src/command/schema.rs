//! The JSON Schema of what commands take, for who describes the interface that they come through.

use serde_json::{Map, Value as Json, json};

use super::form::{EDIT, SPLIT, VERBS};

/// Every type of event that is a command, with the schema of its `info`.
pub(super) fn all() -> impl Iterator<Item = (&'static str, Json)> {
    let verbs = VERBS.into_iter().map(|(_, name, keys)| {
        let known = ["operation", "location", "notes"].into_iter().chain(keys.iter().copied());
        (name, object(known, &["operation"]))
    });
    let edit = object(["record", "start", "end", "production_order", "notes"].into_iter(), &["record"]);
    let split = object(["record", "at", "notes"].into_iter(), &["record", "at"]);
    verbs.chain([(EDIT, edit), (SPLIT, split)])
}

fn object(keys: impl Iterator<Item = &'static str>, required: &[&str]) -> Json {
    let property = |key: &'static str| {
        let schema = if required.contains(&key) { of(key) } else { json!({"anyOf": [of(key), {"type": "null"}]}) };
        (key.to_owned(), schema)
    };
    let properties: Map<String, Json> = keys.map(property).collect();
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}

fn of(key: &str) -> Json {
    match key {
        "record" => json!({"type": "string", "pattern": "^[0-7][0-9A-HJKMNP-TV-Z]{25}$"}),
        "at" | "start" | "end" => json!({"type": "string", "format": "date-time"}),
        _ => json!({"type": "string"}),
    }
}
