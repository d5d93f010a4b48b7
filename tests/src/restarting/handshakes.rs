//! What a PLC is told, and what of that survives restarts and reloads.

use super::{Line, plant};

/// An operation that answers in `ack`, for three seconds, and counts the PLC's runs by `number`.
const ANSWERS: &str = r#"
[[tags]]
path = "run"
type = "bool"
[[tags]]
path = "number"
type = "int"
[[tags]]
path = "ack"
type = "int"
[[operations]]
name = "A"
location = "Line"
start_trigger_expression = "{run}"
stop_trigger_expression = "{run}"
restart_holdoff_millis = 5000
auto_add_to_schedule = false
[operations.handshake]
acknowledge = "BOTH"
acknowledge_tag = "ack"
success_value = 1
failure_value = 2
reset_after_millis = 3000
sequence_tag = "number"
"#;

fn gaps(line: &Line) -> Vec<&String> {
    line.told.iter().filter(|told| told.contains("sequence_gap")).collect()
}

#[test]
fn starts_and_stops_are_answered_and_answers_end() {
    let mut line = Line::new(ANSWERS);
    line.read(1, "run=false number=1").read(10, "run=true").read(20, "run=false").pass(30);
    assert_eq!(line.written, ["10 ack=1", "13 ack=0", "20 ack=1", "23 ack=0"]);
}

#[test]
fn only_what_is_asked_for_is_answered() {
    for (what, written) in [("START", ["10 ack=1", "13 ack=0"]), ("STOP", ["20 ack=1", "23 ack=0"])] {
        let mut line = Line::new(&ANSWERS.replace("\"BOTH\"", &format!("\"{what}\"")));
        line.read(1, "run=false number=1").read(10, "run=true").read(20, "run=false").pass(30);
        assert_eq!(line.written, written, "{what}");
    }
}

#[test]
fn the_end_of_an_answer_is_not_written_to_another_tag() {
    let other = ANSWERS.replace("acknowledge_tag = \"ack\"", "acknowledge_tag = \"other\"");
    let other = format!("[[tags]]\npath = \"other\"\ntype = \"int\"\n{other}");
    let mut line = Line::new(ANSWERS);
    line.read(1, "run=false number=1").read(10, "run=true").reloads(11, plant(&other)).pass(20);
    assert_eq!(line.written, ["10 ack=1"]);
}

#[test]
fn a_start_that_opens_nothing_is_refused_and_a_new_answer_has_its_own_time() {
    let mut line = Line::new(ANSWERS);
    line.read(1, "run=false number=1").read(10, "run=true").read(12, "run=false").read(13, "run=true").pass(30);
    // In second 13 the first answer's end would have come, but for the answers after it.
    assert_eq!(line.written, ["10 ack=1", "12 ack=1", "13 ack=2", "16 ack=0"]);
}

#[test]
fn an_answer_ends_in_its_time_over_a_restart() {
    let mut line = Line::new(ANSWERS);
    line.read(1, "run=false number=1").read(10, "run=true").restarts(11, 12, plant(ANSWERS)).pass(20);
    assert_eq!(line.written, ["10 ack=1", "13 ack=0"]);
}

#[test]
fn an_answer_whose_end_was_due_while_the_gateway_was_down_ends_at_its_start() {
    let mut line = Line::new(ANSWERS);
    line.read(1, "run=false number=1").read(10, "run=true").restarts(11, 100, plant(ANSWERS)).pass(100);
    assert_eq!(line.written, ["10 ack=1", "100 ack=0"]);
}

#[test]
fn the_number_of_the_last_run_survives_restarts_and_reloads() {
    let mut line = Line::new(ANSWERS);
    line.read(1, "run=false number=1").read(10, "run=true").restarts(11, 12, plant(ANSWERS));
    line.read(13, "run=true number=1").read(14, "run=false").reloads(15, plant(ANSWERS)).read(20, "run=true number=2");
    assert_eq!(gaps(&line), [""; 0]);
    line.read(30, "run=false").restarts(31, 32, plant(ANSWERS)).read(40, "run=false number=4").read(41, "run=true");
    assert_eq!(gaps(&line), ["41 operation.sequence_gap"]);
}

#[test]
fn another_counter_begins_anew() {
    let other = ANSWERS.replace("sequence_tag = \"number\"", "sequence_tag = \"ack\"");
    let mut line = Line::new(ANSWERS);
    line.read(1, "run=false number=7").read(10, "run=true").read(11, "run=false");
    line.reloads(12, plant(&other)).read(20, "run=true ack=3").read(21, "run=false").read(30, "run=true ack=5");
    assert_eq!(gaps(&line), ["30 operation.sequence_gap"]);
}

#[test]
fn a_tag_that_two_operations_answer_in_has_the_newest_answer_for_its_time() {
    let second = r#"
[[tags]]
path = "press"
type = "bool"
[[operations]]
name = "B"
location = "Press"
start_trigger_expression = "{press}"
auto_add_to_schedule = false
[operations.handshake]
acknowledge_tag = "ack"
success_value = 7
failure_value = 8
reset_after_millis = 3000
"#;
    let mut line = Line::new(&format!("{ANSWERS}{second}"));
    line.read(1, "run=false press=false number=1").read(10, "run=true").read(12, "press=true").pass(30);
    assert_eq!(line.written, ["10 ack=1", "12 ack=7", "15 ack=0"]);
}

#[test]
fn a_child_answers_as_its_parent_starts_and_stops() {
    let child = r#"
[[tags]]
path = "heater"
type = "string"
[[operations]]
name = "B"
location = "Line"
trigger_source = "PARENT"
parent = "A"
auto_add_to_schedule = false
[operations.handshake]
acknowledge = "BOTH"
acknowledge_tag = "heater"
success_value = "yes"
failure_value = "no"
"#;
    let mut line = Line::new(&format!("{ANSWERS}{child}"));
    line.read(1, "run=false number=1").read(10, "run=true").read(12, "run=false").read(13, "run=true");
    let expected = ["10 ack=1", "10 heater=yes", "12 ack=1", "12 heater=yes", "13 ack=2", "13 heater=no"];
    assert_eq!(line.written, expected);
}
