//! What is published is what `docs/events.schema.json` says: real events of a whole life, held against it.

use std::fs;
use std::path::Path;

use serde_json::{Value as Json, json};

use super::super::folder::Folder;
use super::super::gateway::Gateway;
use super::{call, plant};
use crate::cases::events_of_all;

/// The part of JSON Schema that ours is written in; any other keyword is a mistake.
struct Schema(Json);

impl Schema {
    fn read() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/events.schema.json");
        Self(serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap())
    }

    /// Returns what is wrong with an event.
    fn faults(&self, event: &Json) -> Vec<String> {
        let mut faults = Vec::new();
        self.check(&self.0, event, "", &mut faults);
        faults
    }

    fn check(&self, schema: &Json, value: &Json, place: &str, faults: &mut Vec<String>) {
        for (keyword, rule) in schema.as_object().unwrap() {
            match keyword.as_str() {
                "$schema" | "$defs" | "title" | "description" | "then" => {}
                "$ref" => {
                    let name = rule.as_str().unwrap().strip_prefix("#/$defs/").unwrap();
                    self.check(&self.0["$defs"][name], value, place, faults);
                }
                "allOf" => rule.as_array().unwrap().iter().for_each(|part| self.check(part, value, place, faults)),
                "if" => {
                    let mut otherwise = Vec::new();
                    self.check(rule, value, place, &mut otherwise);
                    if otherwise.is_empty() {
                        self.check(&schema["then"], value, place, faults);
                    }
                }
                "properties" => {
                    for (key, part) in rule.as_object().unwrap() {
                        if let Some(inner) = value.get(key) {
                            self.check(part, inner, &format!("{place}/{key}"), faults);
                        }
                    }
                }
                _ => {
                    if !holds(keyword, rule, schema, value) {
                        faults.push(format!("{place}: {keyword} {rule}, found {value}"));
                    }
                }
            }
        }
    }
}

/// Returns what is wrong with an event by the schema.
pub(in crate::live) fn faults_of_event(event: &Json) -> Vec<String> {
    Schema::read().faults(event)
}

fn holds(keyword: &str, rule: &Json, schema: &Json, value: &Json) -> bool {
    match keyword {
        "type" => rule.as_array().map_or_else(|| is(rule, value), |types| types.iter().any(|kind| is(kind, value))),
        "enum" => rule.as_array().unwrap().contains(value),
        "minimum" => value.as_f64().is_none_or(|number| number >= rule.as_f64().unwrap()),
        "required" => rule.as_array().unwrap().iter().all(|key| value.get(key.as_str().unwrap()).is_some()),
        "additionalProperties" => {
            let known = schema["properties"].as_object();
            let is_known = |key: &String| known.is_some_and(|known| known.contains_key(key));
            assert_eq!(rule, &json!(false));
            value.as_object().is_none_or(|object| object.keys().all(is_known))
        }
        "pattern" => value.as_str().is_none_or(|text| matches(rule.as_str().unwrap(), text)),
        _ => panic!("the schema has `{keyword}`, which this test does not know"),
    }
}

fn is(kind: &Json, value: &Json) -> bool {
    match kind.as_str().unwrap() {
        "object" => value.is_object(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("the schema has the type `{other}`"),
    }
}

/// Matches the few patterns that the schema has: classes of characters, each as often as it says.
fn matches(pattern: &str, text: &str) -> bool {
    let mut rest = pattern.strip_prefix('^').and_then(|rest| rest.strip_suffix('$')).unwrap();
    let mut characters = text.chars().peekable();
    while !rest.is_empty() {
        let (class, after) = match rest.strip_prefix('[') {
            Some(inner) => inner.split_once(']').unwrap(),
            None => rest.split_at(if rest.starts_with('\\') { 2 } else { 1 }),
        };
        let (count, after) = match after.strip_prefix('{') {
            Some(inner) => inner.split_once('}').map(|(count, after)| (count.parse().unwrap(), after)).unwrap(),
            None if after.starts_with('+') => (usize::MAX, &after[1..]),
            None => (1, after),
        };
        let taken = std::iter::from_fn(|| characters.next_if(|&character| is_in(class, character))).take(count).count();
        if taken == 0 || (count != usize::MAX && taken != count) {
            return false;
        }
        rest = after;
    }
    characters.next().is_none()
}

fn is_in(class: &str, character: char) -> bool {
    let class: Vec<char> = class.trim_start_matches('\\').chars().collect();
    let ranges =
        class.windows(3).filter(|range| range[1] == '-').any(|range| (range[0]..=range[2]).contains(&character));
    ranges || class.contains(&character)
}

#[test]
fn patterns_are_matched_as_they_are_meant() {
    for (pattern, text, expected) in [
        ("^[0-9a-f]{4}$", "0af9", true),
        ("^[0-9a-f]{4}$", "0af", false),
        ("^[0-9a-f]{4}$", "0afg", false),
        ("^[a-z_]+\\.[a-z_]+$", "operation.started", true),
        ("^[a-z_]+\\.[a-z_]+$", "operation", false),
        ("^[A-Za-z_.]+$", "JOB_STARTED", true),
        ("^[0-7][0-9A-HJKMNP-TV-Z]{2}$", "7ZI", false),
        ("^[0-9]{2}T$", "12T", true),
    ] {
        assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
    }
}

#[test]
fn every_event_is_as_its_schema_says() {
    let (folder, schema) = (Folder::new("schema"), Schema::read());
    folder.configure(&plant(1, "").and("[[production_orders]]\nname = \"PO-1\"\nquantity = 7"));
    let gateway = Gateway::start(&folder);
    for words in [
        &["start", "Cleaning", "--order", "PO-1", "--notes", "smells"][..],
        &["pause", "Cleaning"],
        &["resume", "Cleaning"],
        &["set-order", "Cleaning", "PO-2"],
        &["stop", "Cleaning"],
        &["start", "Cleaning"],
        &["cancel", "Cleaning"],
        &["execute", "Cleaning"],
        &["fault", "Cleaning"],
    ] {
        // What is refused is told as well.
        let _done = call(&folder, &[&["ops"], words].concat());
    }
    gateway.stop();
    let bodies: Vec<(String,)> = folder.ledger().rows("SELECT body FROM events ORDER BY seq");
    for (body,) in &bodies {
        let event: Json = serde_json::from_str(body).unwrap();
        assert_eq!(schema.faults(&event), Vec::<String>::new(), "{body}");
    }
    let told = |kind: &str| bodies.iter().any(|(body,)| body.contains(&format!("\"event_type\":\"{kind}\"")));
    for kind in ["gateway.started", "operation.started", "operation.paused", "operation.stopped", "operation.cancelled"]
    {
        assert!(told(kind), "no {kind}");
    }
}

/// What is wrong with an event, and how it comes to be.
type Mistake = (&'static str, fn(&mut Json));

#[test]
fn a_mistaken_event_is_found() {
    let (folder, schema) = (Folder::new("schema-mistakes"), Schema::read());
    folder.configure(&plant(1, ""));
    let gateway = Gateway::start(&folder);
    assert!(call(&folder, &["ops", "start", "Cleaning"]).status.success());
    gateway.stop();
    let rows: Vec<(String,)> = folder.ledger().rows("SELECT body FROM events WHERE event_type = 'operation.started'");
    let event: Json = serde_json::from_str(&rows[0].0).unwrap();
    let changes: [Mistake; 7] = [
        ("no id", |event| _ = event.as_object_mut().unwrap().remove("event_id")),
        ("another key", |event| event["more"] = json!(1)),
        ("seq 0", |event| event["seq"] = json!(0)),
        ("a date without microseconds", |event| event["occurred_at"] = json!("2026-03-01T06:00:00Z")),
        ("no revision", |event| _ = event["info"].as_object_mut().unwrap().remove("revision")),
        ("an unknown status", |event| event["info"]["record"]["status"] = json!("DONE")),
        ("a record without its end", |event| _ = event["info"]["record"].as_object_mut().unwrap().remove("end_date")),
    ];
    for (what, change) in changes {
        let mut mistaken = event.clone();
        change(&mut mistaken);
        assert!(!schema.faults(&mistaken).is_empty(), "{what}");
    }
}

#[test]
fn the_events_of_replays_are_as_their_schema_says() {
    let schema = Schema::read();
    let mut kinds = std::collections::BTreeSet::new();
    for event in events_of_all() {
        assert_eq!(schema.faults(&event), Vec::<String>::new(), "{event}");
        kinds.insert(event["event_type"].as_str().unwrap().to_owned());
    }
    for kind in ["operation.conflict", "schedule.added", "trigger.fault", "production_order.missing"] {
        assert!(kinds.contains(kind), "no case tells {kind}: {kinds:?}");
    }
}
