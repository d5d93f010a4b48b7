//! The shapes of what is taken and given, as JSON Schema (draft 2020-12). What is published has its schema in
//! `docs/events.schema.json`; it is the same here.

use latchwork_engine::Command;
use latchwork_engine::jobs::{JobState, JobVerb};
use latchwork_store::Table;
use serde_json::{Map, Value as Json, json};

/// The schema of published events.
const EVENTS: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/events.schema.json"));

/// Where schemas of that file refer to, and where they do in the document.
const THERE: &str = "#/$defs/";
const HERE: &str = "#/components/schemas/";

/// Returns every schema that others refer to, by name.
pub(super) fn components() -> Map<String, Json> {
    let mut event: Json = serde_json::from_str(EVENTS).unwrap_or_default();
    move_references(&mut event);
    let mut components = Map::new();
    if let Json::Object(definitions) = event["$defs"].take() {
        components.extend(definitions);
    }
    if let Json::Object(event) = &mut event {
        event.shift_remove("$defs");
        event.shift_remove("$schema");
    }
    components.insert("event".to_owned(), event);
    for (name, schema) in [
        ("problem", problem()),
        ("tag", tag()),
        ("connection", connection()),
        ("operation", row(Table::Operations)),
        ("production_order", row(Table::Orders)),
        ("schedule_entry", row(Table::Schedule)),
        ("posted_event", posted_event()),
        ("job", job()),
        ("leg", leg()),
        ("batch", batch()),
        ("work_session", work_session()),
        ("queued_job", object([("added_at", refer("instant")), ("job", refer("job"))])),
    ] {
        components.insert(name.to_owned(), schema);
    }
    components
}

/// Returns that a value is as a component says.
pub(super) fn refer(name: &str) -> Json {
    json!({"$ref": format!("{HERE}{name}")})
}

fn move_references(json: &mut Json) {
    match json {
        Json::Object(members) => {
            for (key, value) in members {
                if let ("$ref", Some(reference)) = (key.as_str(), value.as_str()) {
                    *value = reference.replace(THERE, HERE).into();
                } else {
                    move_references(value);
                }
            }
        }
        Json::Array(items) => items.iter_mut().for_each(move_references),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

/// Returns an object that has all of these and nothing else.
pub(super) fn object<const N: usize>(properties: [(&str, Json); N]) -> Json {
    let required: Vec<&str> = properties.iter().map(|(name, _)| *name).collect();
    let required = json!(required);
    let properties: Map<String, Json> =
        properties.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect();
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}

fn text() -> Json {
    json!({"type": "string"})
}

fn text_or_null() -> Json {
    json!({"type": ["string", "null"]})
}

/// RFC 9457, with the typed error's name; what else an error tells stands beside.
fn problem() -> Json {
    let mut schema = object([
        ("type", text()),
        ("title", text()),
        ("status", json!({"type": "integer", "minimum": 400, "maximum": 599})),
        ("detail", text()),
        ("error", json!({"type": "string", "description": "the error's name"})),
    ]);
    schema["additionalProperties"] = true.into();
    schema["properties"]["field"] = json!({"type": "string", "description": "the part of what was sent that is wrong"});
    schema
}

fn tag() -> Json {
    object([
        ("path", text()),
        ("value", json!({"description": "of the tag's type"})),
        ("quality", text()),
        ("time", json!({"type": "string", "description": "by its source's clock"})),
        ("source", text()),
        ("diagnostic", text_or_null()),
    ])
}

fn connection() -> Json {
    object([
        ("connection", text()),
        ("type", json!({"enum": ["modbus", "mqtt"]})),
        ("state", json!({"enum": ["unknown", "up", "down"]})),
        ("since", refer("instant_or_null")),
        ("reason", text_or_null()),
        ("counts", json!({"type": "object"})),
    ])
}

pub(super) fn or_null(schema: &Json) -> Json {
    json!({"anyOf": [schema, {"type": "null"}]})
}

fn count() -> Json {
    json!({"type": "integer", "minimum": 0})
}

/// How a job or a leg stands.
fn state() -> Json {
    let words: Vec<&str> = JobState::ALL.iter().map(|state| state.name()).collect();
    json!({"enum": words})
}

fn job() -> Json {
    let mut schema = object([
        ("id", refer("ulid")),
        ("state", state()),
        ("production_order", text_or_null()),
        ("quantity", count()),
        ("good_parts", count()),
        ("scrap_parts", count()),
        ("lost_parts", count()),
        ("in_process_parts", count()),
        ("finished_parts", count()),
        ("assigned_to", text_or_null()),
        ("active", json!({"type": "boolean"})),
        ("active_batch_key", refer("ulid_or_null")),
        ("active_batch_qt", json!({"type": ["integer", "null"]})),
        ("created_at", refer("instant")),
        ("started_at", refer("instant_or_null")),
        ("completed_at", refer("instant_or_null")),
        ("last_online", refer("instant_or_null")),
        ("last_work_session_started", refer("instant_or_null")),
        ("retry_of", refer("ulid_or_null")),
        ("legs", json!({"type": "array", "items": refer("leg")})),
    ]);
    schema["properties"]["error"] = object([("code", text()), ("message", text())]);
    schema
}

fn leg() -> Json {
    object([
        ("leg_key", refer("ulid")),
        ("station", text()),
        ("entry_number", json!({"type": "integer", "minimum": 1})),
        ("state", state()),
        ("input", count()),
        ("good", count()),
        ("scrap", count()),
        ("rework", count()),
        ("lost", count()),
        ("posted_at", refer("instant")),
        ("posted_by", text_or_null()),
        ("started_at", refer("instant_or_null")),
        ("started_by", text_or_null()),
        ("completed_at", refer("instant_or_null")),
        ("completed_by", text_or_null()),
        ("operation_record_id", refer("ulid_or_null")),
    ])
}

fn batch() -> Json {
    object([
        ("id", refer("ulid")),
        ("job_id", refer("ulid")),
        ("leg_id", refer("ulid")),
        ("station", text()),
        ("quantity", count()),
        ("created_at", refer("instant")),
        ("created_by", text_or_null()),
        ("completed_at", refer("instant_or_null")),
        ("completed_by", text_or_null()),
        ("batch_serials", json!({"type": "array", "items": text()})),
    ])
}

fn work_session() -> Json {
    object([
        ("id", refer("ulid")),
        ("job_id", refer("ulid")),
        ("leg_id", refer("ulid")),
        ("station", text()),
        ("operator", text_or_null()),
        ("started_at", refer("instant")),
        ("ended_at", refer("instant_or_null")),
    ])
}

/// Returns the schema of a row of a table: every column, null where there is nothing.
fn row(table: Table) -> Json {
    let columns: Vec<(&str, &str)> = table.column_types().collect();
    let required: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
    let property = |&(name, kind): &(&str, &str)| (name.to_owned(), json!({"type": [kind, "null"]}));
    let properties: Map<String, Json> = columns.iter().map(property).collect();
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}

/// Returns what `POST /event` takes: the info by the type.
fn posted_event() -> Json {
    let of_type = |(name, info): (&str, Json)| {
        json!({
            "title": name,
            "type": "object",
            "properties": {
                "event_type": {"const": name},
                "info": info,
                "occurred_at": {"type": ["string", "null"], "format": "date-time", "description": "the same as `at`"},
            },
            "required": ["event_type", "info"],
            "additionalProperties": false,
        })
    };
    let jobs = JobVerb::ALL.iter().map(|verb| (verb.name(), verb.schema()));
    json!({"oneOf": Command::schemas().chain(jobs).map(of_type).collect::<Vec<_>>()})
}

/// Returns what `POST /event` gives.
pub(super) fn done() -> Json {
    let command = object([("event_id", refer("ulid")), ("record", or_null(&refer("record")))]);
    json!({"oneOf": [command, job_done()]})
}

/// Returns what an event of a job gives.
pub(super) fn job_done() -> Json {
    let mut schema = object([("event_id", refer("ulid")), ("job", refer("job"))]);
    schema["properties"]["destinations"] = json!({
        "type": "array", "items": text(), "description": "where the good parts may go, if somebody is to say",
    });
    schema
}

/// Returns what `PUT /api/tags/{path}` takes.
pub(super) fn new_value() -> Json {
    json!({
        "type": "object",
        "properties": {
            "value": {"description": "of the tag's type, or what becomes that"},
            "quality": {"type": ["string", "null"], "description": "such as `Bad_Stale`; Good if not given"},
        },
        "required": ["value"],
        "additionalProperties": false,
    })
}

/// Returns what `POST /api/reload` gives.
pub(super) fn reloaded() -> Json {
    object([("configuration_version", text())])
}

/// Returns what `/healthz` gives.
pub(super) fn health() -> Json {
    object([("status", json!({"const": "ok"}))])
}

/// Returns what `/readyz` gives.
pub(super) fn readiness() -> Json {
    let count = || json!({"type": "integer", "minimum": 0});
    let connections = object([("up", count()), ("down", count())]);
    object([
        ("status", json!({"enum": ["ready", "degraded", "not_ready"]})),
        ("store", json!({"enum": ["written", "not_written", null]})),
        ("connections", json!({"anyOf": [connections, {"type": "null"}]})),
    ])
}

/// Returns that a value is an object, whose members are told elsewhere.
pub(super) fn any_object() -> Json {
    json!({"type": "object"})
}
