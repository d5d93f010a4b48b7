//! Which runs go on over a restart.

use super::{Line, RUNS, plant};

/// A run from second 2 that was seen last in second 8, before its tag was lost; the gateway is down until 20, then
/// these readings.
#[track_caller]
fn check(what: &str, keys: &str, after: &[(i64, &str)], told: &[&str]) {
    let text = format!("{RUNS}{keys}\n");
    let mut line = Line::new(&text);
    line.read(1, "run=false").read(2, "run=true").read(8, "run=true").read(9, "run=?").told();
    line.restarts(10, 20, plant(&text));
    for (second, readings) in after {
        line.read(*second, readings);
    }
    assert_eq!(line.pass(60).told(), told, "{what}");
}

const CLOSES: &str = "restart_policy = \"CLOSE_AT_LAST_SEEN\"";
const CLOSED: &str = "20 operation.stopped A@Line 2..8 UNKNOWN/RESTART";

#[test]
fn a_run_that_is_not_to_go_on_closes_when_it_was_last_seen() {
    check("nobody reads", CLOSES, &[], &[CLOSED]);
    check("it stands", CLOSES, &[(22, "run=false"), (23, "run=false")], &[CLOSED]);
    let started = "22 operation.started A@Line 22..!";
    check("it runs", CLOSES, &[(22, "run=true"), (23, "run=true")], &[CLOSED, started]);
    let stopped = "25 operation.stopped A@Line 22..25 COMPLETED/TRIGGER!";
    check("it runs and stops", CLOSES, &[(22, "run=true"), (25, "run=false")], &[CLOSED, started, stopped]);
    let later = "24 operation.started A@Line 24..";
    check("it starts after its first level", CLOSES, &[(22, "run=false"), (24, "run=true")], &[CLOSED, later]);
}

#[test]
fn a_run_goes_on_within_its_time() {
    for (seconds, closes) in [(0, false), (12, false), (11, true)] {
        let told: &[&str] = if closes { &[CLOSED] } else { &[] };
        check(&format!("{seconds} s"), &format!("resume_within_seconds = {seconds}"), &[], told);
    }
}

#[test]
fn what_is_disabled_is_so_first() {
    let keys = format!("{CLOSES}\nenabled = false");
    let text = format!("{RUNS}{keys}\n");
    let mut line = Line::new(RUNS);
    line.read(1, "run=false").read(2, "run=true").told();
    let told = line.restarts(10, 20, plant(&text)).told();
    assert_eq!(told, ["20 operation.stopped A@Line 2..10 UNKNOWN/DISABLED"]);
}

#[test]
fn a_change_start_is_compared_with_what_was() {
    let text = r#"
[[tags]]
path = "recipe"
type = "string"
[[operations]]
name = "A"
location = "Line"
start_trigger_expression = "{recipe}"
start_trigger_type = "CHANGE"
restart_policy = "CLOSE_AT_LAST_SEEN"
"#;
    for (reading, told) in [("recipe=B", None), ("recipe=C", Some("22 operation.started A@Line 22..!"))] {
        let mut line = Line::new(text);
        line.read(1, "recipe=A").read(2, "recipe=B").told();
        line.restarts(10, 20, plant(text)).read(22, reading);
        let closed = "20 operation.stopped A@Line 2..10 UNKNOWN/RESTART";
        assert_eq!(line.told(), [Some(closed), told].into_iter().flatten().collect::<Vec<_>>(), "{reading}");
    }
}

#[test]
fn a_memory_tag_starts_its_run_anew_at_once() {
    let memory = "[[tags]]\npath = \"run\"\ntype = \"bool\"\ninitial = false\n";
    let text = memory.to_owned() + &RUNS.replace("[[tags]]\npath = \"run\"\ntype = \"bool\"\n", "") + CLOSES + "\n";
    let mut line = Line::new(&text);
    line.read(2, "run=true").told();
    let told = line.restarts(10, 20, plant(&text)).told();
    assert_eq!(told, ["20 operation.stopped A@Line 2..10 UNKNOWN/RESTART", "20 operation.started A@Line 20..!"]);
}

#[test]
fn what_closes_at_one_restart_is_not_closed_again_at_the_next() {
    let text = format!("{RUNS}{CLOSES}\n");
    let mut line = Line::new(&text);
    line.read(1, "run=false").read(2, "run=true").told();
    assert_eq!(line.restarts(10, 20, plant(&text)).told().len(), 1);
    assert_eq!(line.restarts(21, 30, plant(&text)).told(), [""; 0]);
    assert_eq!(line.read(32, "run=true").told(), ["32 operation.started A@Line 32..!"], "it still starts as with FIRE");
}
