//! Orders that commands name.

use super::{FAMILY, MANUAL, play};

const ORDERS: &str = r#"
[[production_orders]]
name = "PO-1"
[[production_orders]]
name = "PO-2"
[[production_orders]]
name = "PO-9"
status = "CLOSED"
"#;

fn by_hand() -> String {
    format!("{ORDERS}{MANUAL}production_order_resolution_strategy = \"MANUAL\"\n")
}

/// Operation `A` runs while `run` is true, with the order that `order` names.
fn by_expression(update: &str) -> String {
    format!(
        r#"{ORDERS}
[[tags]]
path = "run"
type = "bool"
[[tags]]
path = "order"
type = "string"
[[operations]]
name = "A"
location = "Line"
start_trigger_expression = "{{run}}"
stop_trigger_expression = "{{run}}"
production_order_resolution_strategy = "EXPRESSION"
production_order_expression = "{{order}}"
production_order_update_strategy = "{update}"
"#
    )
}

#[test]
fn a_manual_start_must_name_its_order() {
    play(&by_hand(), "5 start A").runs(&[]).rejects(&["OrderMissing: "]);
    play(&by_hand(), "5 start A order=PO-1").runs(&["A 5.. COMMAND/ RUNNING order=PO-1"]).rejects(&[]);
    // One that was assigned beforehand is for triggers.
    play(&by_hand(), "5 set-order A order=PO-1\n 6 start A").runs(&[]).rejects(&["OrderMissing: "]);
}

#[test]
fn nothing_starts_on_an_order_that_is_final() {
    for story in ["5 start A order=PO-9", "5 execute A order=PO-9", "5 set-order A order=PO-9"] {
        play(&by_hand(), story).runs(&[]).rejects(&["OrderFinal: production order `PO-9` is CLOSED"]);
    }
    play(&by_hand(), "5 start A order=PO-1\n 6 set-order A order=PO-9")
        .runs(&["A 5.. COMMAND/ RUNNING order=PO-1"])
        .rejects(&["OrderFinal: "]);
}

#[test]
fn an_order_that_nobody_knows_is_kept_as_read() {
    play(&by_hand(), "5 start A order=PO-7")
        .runs(&["A 5.. COMMAND/ RUNNING order=PO-7"])
        .tells(&["5 operation.started A", "5 production_order.unknown A"]);
}

#[test]
fn an_order_is_assigned_beforehand_to_triggers() {
    let plant = by_expression("KEEP_FIRST_GOOD_VALUE").replace("= \"EXPRESSION\"", "= \"MANUAL\"");
    let plant = plant.replace("production_order_expression = \"{order}\"\n", "");
    let plant = plant.replace("production_order_update_strategy = \"KEEP_FIRST_GOOD_VALUE\"\n", "");
    play(&plant, "1 run=false\n 2 set-order A order=PO-1\n 5 run=true\n 9 run=false\n 10 run=true\n 12 set-order A order=PO-2\n 13 run=false\n 14 run=true").runs(&[
        "A 5..9 TRIGGER/TRIGGER COMPLETED order=PO-1",
        "A 10..13 TRIGGER/TRIGGER COMPLETED order=PO-2",
        "A 14.. TRIGGER/ RUNNING order=PO-2",
    ]);
    let told = play(&by_expression("KEEP_FIRST_GOOD_VALUE"), "5 set-order A order=PO-1");
    told.rejects(&["StateConflict: `A` has no open record, and its orders are not assigned beforehand"]);
}

#[test]
fn a_name_in_a_command_wins_over_the_expression() {
    for update in ["KEEP_FIRST_GOOD_VALUE", "KEEP_LAST_GOOD_VALUE", "THROW_ERROR", "NEW_RECORD"] {
        let plant = by_expression(update);
        play(&plant, "1 run=false\n 2 order=PO-1\n 5 start A order=PO-2\n 9 order=PO-3\n 12 stop A\n 13 start A")
            .runs(&["A 5..12 COMMAND/COMMAND COMPLETED order=PO-2", "A 13.. COMMAND/ RUNNING order=PO-3"]);
        play(&plant, "1 run=false\n 2 order=PO-1\n 5 run=true\n 7 set-order A order=PO-2\n 9 order=PO-3")
            .runs(&["A 5.. TRIGGER/ RUNNING order=PO-2"]);
    }
}

#[test]
fn statuses_follow_the_order_that_a_command_sets() {
    let plant = format!(
        "{}update_production_order_status_on_start = true\nupdate_production_order_status_on_stop = true\n",
        by_hand()
    );
    play(&plant, "5 start A order=PO-1\n 9 set-order A order=PO-2\n 9 set-order A order=PO-2").tells(&[
        "5 operation.started A",
        "5 production_order.status_changed PO-1",
        "9 operation.updated A",
        "9 production_order.status_changed PO-1",
        "9 production_order.status_changed PO-2",
    ]);
}

#[test]
fn children_take_the_order_along() {
    let plant = format!("{ORDERS}{FAMILY}");
    play(&plant, "5 start A order=PO-1\n 9 set-order A order=PO-2\n 12 split @A at=10\n 15 stop A").runs(&[
        "A 5..10 COMMAND/SPLIT COMPLETED order=PO-2",
        "B 5..10 PARENT/PARENT COMPLETED order=PO-2",
        "A 10..15 SPLIT/COMMAND COMPLETED order=PO-2",
        "B 10..15 PARENT/PARENT COMPLETED order=PO-2",
    ]);
}

#[test]
fn a_set_order_without_an_order_says_so() {
    play(&by_hand(), "5 set-order A").rejects(&["OrderMissing: "]);
}

#[test]
fn what_the_store_knows_of_an_order_is_learned_and_what_the_engine_knows_wins() {
    let start = |order: &str| {
        let row = serde_json::json!({"name": order, "id": "00000000000000000000000007", "status": "CANCELLED"});
        let info = serde_json::json!({"operation": "A", "production_order": order});
        let fetched = serde_json::json!({"orders": [row]});
        let command = serde_json::json!({"event_type": "OPERATION_START", "info": info, "fetched": fetched});
        let line = serde_json::json!({"ts": super::time("5"), "command": command}).to_string();
        let outcome = crate::rerun::replay(&by_hand(), &[("story.jsonl", line.as_bytes())]);
        super::Told { outcome }
    };
    start("PO-7").runs(&[]).rejects(&["OrderFinal: production order `PO-7` is CANCELLED"]);
    start("PO-1").runs(&["A 5.. COMMAND/ RUNNING order=PO-1"]).rejects(&[]);
}

#[test]
fn an_order_that_is_the_records_already_leaves_its_notes() {
    let told = play(&by_hand(), "5 start A order=PO-1\n 6 set-order A order=PO-1 notes=again\n 9 stop A");
    let updated = told.events("operation.updated");
    let info = &updated[0]["info"];
    assert_eq!((updated.len(), &info["notes"], &info["revision"]), (1, &"again".into(), &2.into()));
}
