//! The schedule over restarts and reloads.

use std::sync::Arc;

use latchwork_engine::{Command, Engine, EntryStatus, Input, Retained};
use serde_json::json;

use super::{Line, plant};

const PLANNED: &str = r#"
[[tags]]
path = "run"
type = "bool"
[[production_orders]]
name = "PO-1"
[[schedule]]
operation = "A"
production_order = "PO-1"
start_date = 1970-01-01T00:00:10Z
end_date = 1970-01-01T00:01:00Z
[[operations]]
name = "A"
location = "Line"
start_trigger_expression = "{run}"
stop_trigger_expression = "{run}"
production_order_resolution_strategy = "SCHEDULE"
auto_add_to_schedule = false
"#;

fn statuses(line: &Line) -> Vec<EntryStatus> {
    line.engine.schedule().map(|entry| entry.status).collect()
}

#[test]
fn a_window_that_ended_while_the_gateway_was_down_is_over_at_its_start() {
    let mut line = Line::new(PLANNED);
    line.read(1, "run=false").read(20, "run=true").read(30, "run=false");
    assert_eq!(statuses(&line), [EntryStatus::Paused]);
    line.restarts(40, 200, plant(PLANNED)).pass(200);
    assert_eq!(
        line.planned,
        ["20 schedule.started 10..60 PO-1 RUNNING", "200 schedule.completed 10..60 PO-1 COMPLETED"]
    );
}

#[test]
fn an_entry_that_is_done_is_not_planned_again() {
    let mut line = Line::new(PLANNED);
    line.read(1, "run=false").read(20, "run=true").read(70, "run=false");
    line.restarts(80, 90, plant(PLANNED)).reloads(100, plant(PLANNED));
    assert_eq!(statuses(&line), [EntryStatus::Completed]);
}

#[test]
fn a_run_that_goes_on_over_a_restart_leaves_its_entry() {
    let mut line = Line::new(PLANNED);
    line.read(1, "run=false").read(20, "run=true").restarts(25, 30, plant(PLANNED)).read(40, "run=false");
    assert_eq!(statuses(&line), [EntryStatus::Paused]);
    line.pass(60);
    assert_eq!(line.planned.last().unwrap(), "60 schedule.completed 10..60 PO-1 COMPLETED");
}

#[test]
fn entries_of_an_operation_that_is_gone_wait_for_it() {
    let mut line = Line::new(PLANNED);
    line.read(1, "run=false").read(20, "run=true").read(30, "run=false");
    let without = PLANNED.split("[[schedule]]").next().unwrap();
    line.reloads(40, plant(without));
    assert_eq!(statuses(&line), []);
    line.reloads(50, plant(PLANNED));
    assert_eq!(statuses(&line), [EntryStatus::Paused]);
    line.pass(60);
    assert_eq!(line.planned.last().unwrap(), "60 schedule.completed 10..60 PO-1 COMPLETED");
}

#[test]
fn what_is_planned_anew_is_added_at_a_reload() {
    let mut line = Line::new(PLANNED);
    line.read(1, "run=false");
    let more = PLANNED.replacen(
        "[[operations]]",
        "[[schedule]]\noperation = \"A\"\nstart_date = 1970-01-01T00:02:00Z\n[[operations]]",
        1,
    );
    line.reloads(5, plant(&more)).read(130, "run=true");
    assert_eq!(line.planned, ["130 schedule.started 120.. none RUNNING"]);
}

/// Removes the only entry, as somebody asks for it.
fn remove(line: &mut Line, second: i64) {
    let entry = line.engine.schedule().next().unwrap().id.to_string();
    let command = json!({"event_type": "SCHEDULE_DELETE", "info": {"entry": entry}});
    line.step(second, Input::Command(&Command::from_json(command).unwrap()));
}

#[test]
fn an_entry_of_the_configuration_that_was_removed_is_not_planned_again() {
    let mut line = Line::new(PLANNED);
    remove(line.read(1, "run=false"), 5);
    assert_eq!(line.planned, ["5 schedule.removed 10..60 PO-1 CANCELLED"]);
    line.restarts(6, 8, plant(PLANNED)).reloads(9, plant(PLANNED)).read(10, "run=false").read(20, "run=true");
    assert_eq!((statuses(&line), line.planned.len()), (vec![EntryStatus::Cancelled], 1));
}

#[test]
fn an_entry_that_was_added_goes_on_over_restarts_and_reloads() {
    let (before, entry) = PLANNED.split_once("[[schedule]]").unwrap();
    let without = format!("{before}[[operations]]{}", entry.split_once("[[operations]]").unwrap().1);
    let mut line = Line::new(&without);
    let info = json!({"operation": "A", "production_order": "PO-1", "start_date": "1970-01-01T00:00:10Z"});
    let command = json!({"event_type": "SCHEDULE_ADD", "info": info});
    line.step(5, Input::Command(&Command::from_json(command).unwrap()));
    line.restarts(6, 8, plant(&without)).reloads(9, plant(&without)).read(10, "run=false").read(20, "run=true");
    assert_eq!(line.planned, ["5 schedule.added 10.. PO-1 SCHEDULED", "20 schedule.started 10.. PO-1 RUNNING"]);
}

#[test]
fn an_order_that_was_put_goes_on_over_restarts() {
    let mut line = Line::new(PLANNED);
    let info = json!({"production_order": "PO-2", "quantity": 5, "due_date": "1970-01-01T00:00:10Z", "notes": "blue"});
    let command = json!({"event_type": "PRODUCTION_ORDER_PUT", "info": info});
    line.step(5, Input::Command(&Command::from_json(command).unwrap()));
    let before = line.engine.orders().to_vec();
    line.restarts(6, 8, plant(PLANNED)).reloads(9, plant(PLANNED));
    assert_eq!(line.engine.orders(), before);
    assert_eq!(before[1].plan.as_ref().unwrap().notes.as_deref(), Some("blue"));
}

#[test]
fn a_window_is_a_date_also_when_the_wall_clock_was_set_back() {
    let mut line = Line::new(PLANNED);
    line.read(1, "run=false").read(20, "run=true").read(30, "run=false");
    let mut text = line.engine.retained(super::at(30)).to_json().to_string();
    assert!(text.contains(r#""until":60000000"#), "{text}");
    // The end of the window, as it was seen before the clock was set back by ten seconds.
    text = text.replace(r#""until":60000000"#, r#""until":50000000"#);
    let retained = Retained::from_json(serde_json::from_str(&text).unwrap()).unwrap();
    line.engine = Engine::resume(Arc::new(plant(PLANNED)), &retained);
    line.pass(59);
    assert_eq!(statuses(&line), [EntryStatus::Paused]);
    line.pass(60);
    assert_eq!(statuses(&line), [EntryStatus::Completed]);
}

#[test]
fn state_of_before_there_was_a_schedule_is_read() {
    let retained = Retained::from_json(serde_json::json!({
        "orders": [{"name": "PO-1", "id": "0000000000WW1YG39T8KSZYQC8", "status": "RUNNING"}],
    }));
    let text = PLANNED.replacen("name = \"PO-1\"", "name = \"PO-1\"\nquantity = 5\nrate_per_hour = 10", 1);
    let engine = Engine::resume(Arc::new(plant(&text)), &retained.unwrap());
    assert_eq!(engine.schedule().count(), 1);
    assert_eq!((engine.orders()[0].quantity, engine.orders()[0].rate_per_hour), (Some(5.0), Some(10.0)));
}
