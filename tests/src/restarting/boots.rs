//! The gateway dies and starts again.

use super::{Line, RUNS, plant};

const HELD: &str = r#"
[[tags]]
path = "run"
type = "bool"
[[operations]]
name = "A"
location = "Line"
start_trigger_expression = "{run}"
start_hold_millis = 5000
stop_trigger_expression = "{run}"
stop_hold_millis = 5000
"#;

/// Gives readings before the gateway is down from second 10 to 20, and after it; tells what the latter did.
fn after(text: &str, before: &[(i64, &str)], after: &[(i64, &str)]) -> Vec<String> {
    let mut line = Line::new(text);
    for (second, readings) in before {
        line.read(*second, readings);
    }
    line.pass(10).told();
    line.restarts(10, 20, plant(text));
    for (second, readings) in after {
        line.read(*second, readings);
    }
    line.pass(60).told()
}

#[track_caller]
fn check(what: &str, text: &str, before: &[(i64, &str)], later: &[(i64, &str)], told: &[&str]) {
    assert_eq!(after(text, before, later), told, "{what}");
}

const RUN: &[(i64, &str)] = &[(1, "run=false"), (2, "run=true")];
const IDLE: &[(i64, &str)] = &[(1, "run=true"), (2, "run=false")];

#[test]
fn edges_while_the_gateway_was_down_are_found() {
    check("the run goes on", RUNS, RUN, &[(22, "run=true"), (23, "run=true")], &[]);
    check(
        "stopped meanwhile",
        RUNS,
        RUN,
        &[(22, "run=false")],
        &["22 operation.stopped A@Line 2..22 COMPLETED/TRIGGER!"],
    );
    check("started meanwhile", RUNS, IDLE, &[(22, "run=true")], &["22 operation.started A@Line 22..!"]);
    check("nothing happened", RUNS, IDLE, &[(22, "run=false")], &[]);
    check("not read again", RUNS, RUN, &[(22, "run=?")], &[]);
    let later = ["24 operation.stopped A@Line 2..24 COMPLETED/TRIGGER"];
    check("an edge after the first level has no flag", RUNS, RUN, &[(22, "run=true"), (24, "run=false")], &later);
    check("never known before", RUNS, &[], &[(22, "run=true")], &[]);
}

#[test]
fn holds_whose_deadline_passed_wait_for_a_known_level() {
    let stopping = &[(1, "run=false"), (2, "run=true"), (8, "run=false")];
    let stopped = ["22 operation.stopped A@Line 2..8 COMPLETED/TRIGGER!"];
    check("a stop fires with its edge", HELD, stopping, &[(22, "run=false")], &stopped);
    check("a stop that is over is cancelled", HELD, stopping, &[(22, "run=true")], &[]);
    let starting = &[(1, "run=false"), (8, "run=true")];
    check("a start begins again", HELD, starting, &[(22, "run=true")], &["27 operation.started A@Line 22..!"]);
    check("a start that is over is cancelled", HELD, starting, &[(22, "run=false")], &[]);
    check("nobody reads", HELD, stopping, &[], &[]);
}

#[test]
fn a_maximum_that_passed_closes_at_exactly_its_time() {
    let text = RUNS.to_owned() + "max_duration_seconds = 12\n";
    check("while down", &text, RUN, &[], &["20 operation.stopped A@Line 2..14 COMPLETED/MAX_DURATION"]);
    let text = RUNS.to_owned() + "expected_duration_seconds = 4\n";
    check("an overrun is told once", &text, RUN, &[(22, "run=true")], &[]);
}

#[test]
fn memory_tags_keep_what_was_retained() {
    let text = "[[tags]]\npath = \"run\"\ntype = \"bool\"\ninitial = false\n".to_owned()
        + &RUNS.replace("[[tags]]\npath = \"run\"\ntype = \"bool\"\n", "");
    check("the run goes on", &text, &[(2, "run=true")], &[], &[]);
    let stopped = ["22 operation.stopped A@Line 2..22 COMPLETED/TRIGGER"];
    check("and is known all the time", &text, &[(2, "run=true")], &[(22, "run=false")], &stopped);
}

#[test]
fn derived_tags_are_evaluated_again() {
    let text = "[[tags]]\npath = \"speed\"\ntype = \"int\"\n[[tags]]\npath = \"run\"\ntype = \"bool\"\n\
                expression = \"{speed} > 5\"\n"
        .to_owned()
        + &RUNS.replace("[[tags]]\npath = \"run\"\ntype = \"bool\"\n", "");
    let before = &[(1, "speed=0"), (2, "speed=9")];
    let stopped = ["22 operation.stopped A@Line 2..22 COMPLETED/TRIGGER!"];
    check("unknown until their source is read", &text, before, &[(22, "speed=1")], &stopped);
    check("the run goes on", &text, before, &[(22, "speed=7")], &[]);
}

/// Restarts with another plant while a record is open; tells what the boot did.
fn booted_with(before: &[(i64, &str)], text: &str) -> Vec<String> {
    let mut line = Line::new(RUNS);
    for (second, readings) in before {
        line.read(*second, readings);
    }
    line.told();
    line.restarts(10, 20, plant(text)).told()
}

#[test]
fn records_of_what_is_disabled_or_gone_close_when_they_were_last_seen() {
    let disabled = RUNS.to_owned() + "enabled = false\n";
    assert_eq!(booted_with(RUN, &disabled), ["20 operation.stopped A@Line 2..10 UNKNOWN/DISABLED"]);
    let gone = RUNS.replace("\"A\"", "\"B\"").replace("\"Line\"", "\"Side\"");
    assert_eq!(booted_with(RUN, &gone), ["20 operation.stopped A@Line 2..10 UNKNOWN/DISABLED"]);
    let unseen = &[(1, "run=false"), (2, "run=true"), (7, "run=true"), (9, "run=?")];
    assert_eq!(booted_with(unseen, &disabled), ["20 operation.stopped A@Line 2..7 UNKNOWN/DISABLED"]);
    assert_eq!(booted_with(IDLE, &disabled), [""; 0]);
}

#[test]
fn an_operation_is_seen_while_its_stop_level_is_known() {
    let mut line = Line::new(RUNS);
    let seen = |line: &Line, second| {
        let row = line.engine.retained_operation(latchwork_engine::OperationIndex(0), super::at(second));
        row.last_seen.map(|seen| seen.wall.0 / 1_000_000)
    };
    assert_eq!(seen(&line, 1), None);
    line.read(2, "run=true");
    assert_eq!(seen(&line, 5), Some(5));
    line.read(6, "run=true").read(7, "run=?").read(8, "run=?");
    assert_eq!(seen(&line, 9), Some(6));
    line.restarts(10, 20, plant(RUNS));
    assert_eq!(seen(&line, 21), Some(6), "the gateway saw nothing yet");
    line.read(22, "run=true");
    assert_eq!(seen(&line, 23), Some(23));
}
