//! What is published is what `docs/events.schema.json` says: real events of a whole life, held against it.

use std::fs;
use std::path::Path;

use serde_json::{Value as Json, json};

use super::super::folder::Folder;
use super::super::gateway::Gateway;
use super::super::json_schema::Schema;
use super::{call, plant};
use crate::cases::events_of_all;

/// Returns the schema of what is published.
fn read_schema() -> Schema {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/events.schema.json");
    Schema(serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap())
}

/// Returns what is wrong with an event by the schema.
pub(in crate::live) fn faults_of_event(event: &Json) -> Vec<String> {
    read_schema().faults(event)
}

#[test]
fn every_event_is_as_its_schema_says() {
    let (folder, schema) = (Folder::new("schema"), read_schema());
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
    let (folder, schema) = (Folder::new("schema-mistakes"), read_schema());
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
    let schema = read_schema();
    let mut kinds = std::collections::BTreeSet::new();
    for event in events_of_all() {
        assert_eq!(schema.faults(&event), Vec::<String>::new(), "{event}");
        kinds.insert(event["event_type"].as_str().unwrap().to_owned());
    }
    for kind in ["operation.conflict", "schedule.added", "trigger.fault", "production_order.missing"] {
        assert!(kinds.contains(kind), "no case tells {kind}: {kinds:?}");
    }
}
