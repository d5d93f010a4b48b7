//! Orders and the schedule, as commands put them: what they do to runs, what they refuse, what is told.

use serde_json::{Value as Json, json};

use super::{Told, time};
use crate::rerun;

const PLANT: &str = r#"
[[tags]]
path = "run"
type = "bool"
[[locations]]
path = "Hall"
[[materials]]
name = "Cap"
rate_per_hour = 3600
[[production_orders]]
name = "PO-1"
quantity = 5
[[production_orders]]
name = "PO-9"
status = "CLOSED"
quantity = 7
[[operations]]
name = "A"
location = "Line"
start_trigger_expression = "{run}"
stop_trigger_expression = "{run}"
production_order_resolution_strategy = "SCHEDULE"
expected_duration_calculation_strategy = "FROM_PRODUCTION_ORDER"
auto_add_to_schedule = false
"#;

/// Plays commands (`event_type`, `info`) and readings of `run`, each at its second.
fn tell(steps: &[(&str, Json)]) -> Told {
    let row = |(second, step): &(&str, Json)| {
        let ts = time(second);
        if step.is_boolean() {
            json!({"ts": ts, "tag": "run", "value": step})
        } else {
            json!({"ts": ts, "command": step})
        }
    };
    let lines: Vec<String> = steps.iter().map(|step| row(step).to_string()).collect();
    Told { outcome: rerun::replay(PLANT, &[("story.jsonl", lines.join("\n").as_bytes())]) }
}

fn put(info: &Json) -> Json {
    json!({"event_type": "PRODUCTION_ORDER_PUT", "info": info, "actor": "anna"})
}

fn plan(start: &str, end: &str, more: &Json) -> Json {
    let mut info = json!({"operation": "A", "start_date": time(start), "end_date": time(end)});
    info.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({"event_type": "SCHEDULE_ADD", "info": info, "actor": "anna"})
}

/// Removes the first entry that these steps add.
fn remove_first(steps: &[(&str, Json)]) -> Json {
    let added = tell(steps).events("schedule.added");
    json!({"event_type": "SCHEDULE_DELETE", "info": {"entry": added[0]["info"]["schedule_id"]}, "actor": "ben"})
}

#[test]
fn an_order_that_is_put_is_there_for_the_runs_that_come() {
    let order = json!({
        "production_order": "PO-2", "quantity": 30, "material": "Cap", "status": "SCHEDULED", "location": "Hall",
        "due_date": time("900"), "schedule_priority": "HIGH", "notes": "blue ones",
    });
    let told = tell(&[
        ("1", json!(false)),
        ("2", put(&order)),
        ("3", plan("0", "60", &json!({"production_order": "PO-2"}))),
        ("5", json!(true)),
        ("9", json!(false)),
    ]);
    let created = &told.events("production_order.created")[0];
    assert_eq!(created["actor"], "anna");
    let known = ["production_order", "status", "quantity", "schedule_priority", "due_date", "notes"];
    let known: Json = known.iter().map(|key| created["info"][key].clone()).collect();
    assert_eq!(known, json!(["PO-2", "SCHEDULED", 30.0, "HIGH", "2026-01-01T00:15:00.000000Z", "blue ones"]));
    let started = &told.events("operation.started")[0]["info"];
    assert_eq!(started["production_order_id"], created["info"]["production_order_id"]);
    // Thirty caps at one a second.
    assert_eq!(started["record"]["expected_duration_seconds"], 30.0);
    told.rejects(&[]).runs(&["A 5..9 TRIGGER/TRIGGER COMPLETED order=PO-2"]);
}

#[test]
fn what_is_not_said_of_an_order_stays_and_null_empties() {
    let told = tell(&[
        ("1", put(&json!({"production_order": "PO-1", "rate_per_hour": 60, "notes": "soon"}))),
        ("2", put(&json!({"production_order": "PO-1", "quantity": null, "status": "RUNNING"}))),
        ("3", put(&json!({"production_order": "PO-1", "status": "RUNNING", "rate_per_hour": 60}))),
    ]);
    let orders = told.outcome.orders.clone();
    let order = orders.iter().find(|order| &*order.name == "PO-1").unwrap();
    assert_eq!((order.quantity, order.rate_per_hour, order.status.name()), (None, Some(60.0), "RUNNING"));
    assert_eq!(order.plan.as_ref().unwrap().notes.as_deref(), Some("soon"));
    // The third one says what is so.
    told.rejects(&[]).tells(&[
        "1 production_order.updated PO-1",
        "2 production_order.status_changed PO-1",
        "2 production_order.updated PO-1",
    ]);
}

#[test]
fn an_order_is_found_by_its_id_too() {
    let id = latchwork_engine::ids::order_id("PO-1").to_string();
    let told = tell(&[("1", put(&json!({"production_order": id, "quantity": 6})))]);
    let updated = &told.events("production_order.updated")[0]["info"];
    assert_eq!((&updated["production_order"], &updated["quantity"]), (&json!("PO-1"), &json!(6.0)));
    assert_eq!(told.outcome.orders.len(), 2);
}

#[test]
fn a_final_order_stays_as_it_is() {
    let told = tell(&[
        ("1", put(&json!({"production_order": "PO-9", "quantity": 7, "status": "CLOSED"}))),
        ("2", put(&json!({"production_order": "PO-9", "quantity": 8}))),
        ("3", put(&json!({"production_order": "PO-9", "status": "RUNNING"}))),
        ("4", plan("10", "20", &json!({"production_order": "PO-9"}))),
    ]);
    let order = told.outcome.orders.iter().find(|order| &*order.name == "PO-9").unwrap();
    assert_eq!((order.quantity, order.status.name()), (Some(7.0), "CLOSED"));
    let refused = "OrderFinal: production order `PO-9` is CLOSED";
    told.rejects(&[refused, refused, refused])
        .tells(&["2 production_order.final PO-9", "3 production_order.final PO-9"]);
}

#[test]
fn what_nobody_knows_is_refused_and_changes_nothing() {
    let told = tell(&[
        ("1", put(&json!({"production_order": "PO-2", "material": "Cork"}))),
        ("2", put(&json!({"production_order": "PO-2", "location": "Cellar"}))),
        ("3", plan("10", "20", &json!({"operation": "B"}))),
        ("4", plan("10", "20", &json!({"production_order": "PO-2"}))),
        ("5", plan("20", "20", &json!({}))),
        ("6", json!({"event_type": "SCHEDULE_DELETE", "info": {"entry": "017BT4K86YJQAHS8X7VWEFPAHH"}})),
    ]);
    assert_eq!(told.outcome.orders.len(), 2);
    told.tells(&[]).rejects(&[
        "NotFound: there is no material `Cork`",
        "NotFound: there is no location `Cellar`",
        "NotFound: there is no operation `B`; did you mean `A`?",
        "NotFound: there is no production order `PO-2`",
        "TimeBeforePrevious: the window ends at 2026-01-01T00:00:20.000000Z, not after its start",
        "NotFound: the schedule has no entry 017BT4K86YJQAHS8X7VWEFPAHH",
    ]);
}

#[test]
fn an_entry_that_is_added_is_taken_up_and_one_that_is_removed_is_not() {
    let later = || plan("0", "60", &json!({"production_order": "PO-1", "priority": "LOW"}));
    let urgent = || plan("0", "60", &json!({"priority": "URGENT"}));
    let steps = || vec![("1", json!(false)), ("2", urgent()), ("3", later())];
    let run = [("5", json!(true)), ("9", json!(false))];
    let both = tell(&[steps(), run.to_vec()].concat());
    both.runs(&["A 5..9 TRIGGER/TRIGGER COMPLETED"]);
    let removal = remove_first(&steps());
    let one = tell(&[steps(), vec![("4", removal.clone())], run.to_vec()].concat());
    let removed = &one.events("schedule.removed")[0];
    assert_eq!((&removed["actor"], &removed["info"]["status"]), (&json!("ben"), &json!("CANCELLED")));
    one.rejects(&[]).runs(&["A 5..9 TRIGGER/TRIGGER COMPLETED order=PO-1"]);
    // It is gone.
    let again = tell(&[steps(), vec![("4", removal.clone()), ("5", removal)]].concat());
    again.rejects(&["NotFound: the schedule has no entry "]);
}

#[test]
fn an_entry_that_runs_is_not_removed_and_one_that_stands_is() {
    let steps = vec![("1", json!(false)), ("2", plan("0", "60", &json!({}))), ("5", json!(true))];
    let removal = remove_first(&steps);
    let running = tell(&[steps.clone(), vec![("6", removal.clone())]].concat());
    running.rejects(&["StateConflict: a record of the entry is open"]).runs(&["A 5.. TRIGGER/ RUNNING"]);
    // Its window ends without it.
    let stood = [vec![("9", json!(false)), ("12", removal)], vec![("90", json!(false))]].concat();
    tell(&[steps, stood].concat()).rejects(&[]).tells(&[
        "2 schedule.added A",
        "5 operation.started A",
        "5 schedule.started A",
        "9 operation.stopped A",
        "12 schedule.removed A",
    ]);
}

#[test]
fn a_rejection_is_no_fault_of_an_operation() {
    let steps = vec![("1", json!(false)), ("2", plan("0", "60", &json!({}))), ("5", json!(true))];
    let removal = remove_first(&steps);
    let told = tell(&[steps, vec![("6", removal)]].concat());
    assert_eq!(told.events("trigger.fault"), [] as [Json; 0]);
}
