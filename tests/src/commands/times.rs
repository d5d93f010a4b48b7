//! Backdating, and the ids of what it makes.

use latchwork_engine::ids;
use latchwork_expr::Timestamp;

use super::{FAMILY, MANUAL, play};

#[test]
fn a_start_may_be_entered_late() {
    let told = play(MANUAL, "30 start A at=5\n 40 stop A at=20");
    let told =
        told.runs(&["A 5..20 COMMAND/COMMAND COMPLETED"]).tells(&["5 operation.started A", "20 operation.stopped A"]);
    let record = told.outcome.record_rows().remove(0);
    assert_eq!(super::second(&record["detected_at"]), "30");
    assert_eq!(record["duration_seconds"], 15.0);
}

#[test]
fn nothing_is_entered_for_the_future() {
    play(MANUAL, "5 start A at=6").runs(&[]).rejects(&["TimeInFuture: "]);
    play(MANUAL, "5 execute A at=6").runs(&[]).rejects(&["TimeInFuture: "]);
    play(MANUAL, "5 start A\n 9 stop A at=10").runs(&["A 5.. COMMAND/ RUNNING"]).rejects(&["TimeInFuture: "]);
    play(MANUAL, "5 start A at=5").runs(&["A 5.. COMMAND/ RUNNING"]).rejects(&[]);
}

#[test]
fn nothing_is_entered_before_what_came_before() {
    play(MANUAL, "5 start A\n 9 stop A\n 20 start A at=8")
        .runs(&["A 5..9 COMMAND/COMMAND COMPLETED"])
        .rejects(&["TimeBeforePrevious: 2026-01-01T00:00:08.000000Z is before the record before"]);
    play(MANUAL, "5 start A\n 9 stop A\n 20 start A at=9").rejects(&[]);
    play(MANUAL, "5 start A\n 9 stop A at=4")
        .runs(&["A 5.. COMMAND/ RUNNING"])
        .rejects(&["TimeBeforePrevious: 2026-01-01T00:00:04.000000Z is before the start of the record"]);
    play(MANUAL, "5 start A\n 9 stop A at=5").runs(&["A 5..5 COMMAND/COMMAND COMPLETED"]);
    // A running record that would be replaced bounds the new one.
    play(MANUAL, "5 start A\n 9 start A at=4").runs(&["A 5.. COMMAND/ RUNNING"]).rejects(&["TimeBeforePrevious: "]);
    play(MANUAL, "5 start A\n 9 start A at=7")
        .runs(&["A 5..7 COMMAND/CONFLICT COMPLETED", "A 7.. COMMAND/ RUNNING"])
        .rejects(&[]);
}

#[test]
fn an_execute_for_an_earlier_time_lasts_until_now() {
    play(FAMILY, "9 execute A at=5").runs(&["A 5..9 COMMAND/COMMAND COMPLETED", "B 5..9 PARENT/PARENT COMPLETED"]);
}

#[test]
fn a_record_for_another_time_has_its_id_from_the_command() {
    let at = |second: i64| Timestamp(1_767_225_600_000_000 + second * 1_000_000);
    let (operation, child) = (ids::operation_id("Line", "A"), ids::operation_id("Line", "B"));
    let ids_of = |story: &str| -> Vec<String> {
        let rows = play(FAMILY, story).outcome.record_rows();
        rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
    };
    let gateway = "latchwork";
    let now = ids::record_id(gateway, operation, at(5), 0).to_string();
    assert_eq!(ids_of("5 start A")[0], now);
    let command = ids::event_id(gateway, at(9), 1, 0);
    let born = |operation| ids::born_record_id(gateway, operation, at(5), command).to_string();
    assert_eq!(ids_of("9 start A at=5"), [born(operation), born(child)]);
}
