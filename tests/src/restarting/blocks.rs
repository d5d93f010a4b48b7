//! Blocks in a running engine: woken at their deadlines, over restarts and steps of the wall clock.

use std::sync::Arc;

use latchwork_engine::{Engine, Input, Moment, Monotonic, Reading, Sample, Scan};
use latchwork_expr::{Quality, TagSlot, Timestamp, Value};

use super::{Line, RUNS, plant};

/// [`RUNS`] with an expression in place of both triggers'.
fn runs_while(expression: &str) -> String {
    RUNS.replace("\"{run}\"", &format!("\"{expression}\""))
}

/// [`RUNS`] with a derived tag in place of the tag that its triggers read.
fn runs_while_derived(expression: &str) -> String {
    let derived = format!("\n[[tags]]\npath = \"derived\"\nexpression = \"{expression}\"\n[[operations]]");
    RUNS.replace("{run}", "{derived}").replace("\n[[operations]]", &derived)
}

#[test]
fn a_block_wakes_its_operation_at_its_deadline() {
    for text in [runs_while("ton({run}, 5000)"), runs_while_derived("ton({run}, 5000)")] {
        let mut line = Line::new(&text);
        line.read(1, "run=false").read(2, "run=true").pass(6);
        assert_eq!(line.told(), [""; 0]);
        line.pass(8).read(9, "run=false").pass(100);
        assert_eq!(
            line.told(),
            ["7 operation.started A@Line 7..", "9 operation.stopped A@Line 7..9 COMPLETED/TRIGGER"]
        );
        assert_eq!(line.engine.next_deadline(), None);
    }
}

#[test]
fn a_time_goes_on_over_a_restart_and_is_over_when_the_input_is_known_again() {
    for text in [runs_while("ton({run}, 5000)"), runs_while_derived("ton({run}, 5000)")] {
        let mut line = Line::new(&text);
        line.read(1, "run=false").read(2, "run=true").restarts(3, 20, plant(&text)).pass(30);
        assert_eq!(line.told(), [""; 0], "nobody knows the input");
        line.read(31, "run=true");
        assert_eq!(line.told(), ["31 operation.started A@Line 31..!"]);
        line.restarts(40, 50, plant(&text)).read(51, "run=true").pass(60).read(61, "run=false");
        assert_eq!(line.told(), ["61 operation.stopped A@Line 31..61 COMPLETED/TRIGGER!"]);
    }
}

#[test]
fn a_time_that_is_not_over_yet_goes_on_as_if_there_had_been_no_restart() {
    let text = runs_while("ton({run}, 50000)");
    let mut line = Line::new(&text);
    line.read(1, "run=false").read(2, "run=true").restarts(3, 20, plant(&text)).read(21, "run=true").pass(90);
    assert_eq!(line.told(), ["52 operation.started A@Line 52.."]);
}

#[test]
fn a_cold_start_fires_where_it_shall() {
    for text in [runs_while("tp({run}, 5000)"), runs_while_derived("tp({run}, 5000)")] {
        let fire = format!("[engine]\nfirst_scan = \"FIRE\"\n{text}");
        let told = |text: &str| Line::new(text).read(1, "run=true").pass(100).told();
        assert_eq!(told(&text), [""; 0]);
        assert_eq!(
            told(&fire),
            ["1 operation.started A@Line 1..", "6 operation.stopped A@Line 1..6 COMPLETED/TRIGGER"]
        );
    }
}

#[test]
fn a_block_may_tell_the_order() {
    let rule = "production_order_resolution_strategy = \"EXPRESSION\"\n\
                production_order_expression = \"if(ton({run}, 5000), 'PO-1', '')\"\n";
    let mut line = Line::new(&(RUNS.to_owned() + rule));
    line.read(1, "run=false").read(2, "run=true").pass(100);
    let wanted = ["2 operation.started A@Line 2..", "7 operation.updated A@Line 2..", "7 production_order.unknown"];
    assert_eq!(line.told(), wanted);
}

#[test]
fn a_block_that_is_skipped_at_its_deadline_is_not_asked_again() {
    let other = "[[tags]]\npath = \"on\"\ntype = \"bool\"\n";
    let mut line = Line::new(&(other.to_owned() + &runs_while("{on} && ton({run}, 5000)")));
    line.read(1, "run=false on=true").read(2, "run=true").read(3, "on=false").pass(100);
    assert_eq!((line.told(), line.engine.next_deadline()), (Vec::new(), None));
    line.read(101, "on=true");
    assert_eq!(line.told(), ["101 operation.started A@Line 101.."]);
}

#[test]
fn derived_tags_with_memory_are_told_to_be_written_down() {
    let mut line = Line::new(&runs_while_derived("ton({run}, 5000)"));
    let mut changed = Vec::new();
    line.engine.take_changed_tags(&mut changed);
    line.read(1, "run=false").read(2, "run=false");
    changed.clear();
    line.engine.take_changed_tags(&mut changed);
    let paths: Vec<&str> = changed.iter().map(|slot| line.engine.plant().tags[slot.index()].path.as_str()).collect();
    assert_eq!(paths, ["[default]derived"], "once");
    changed.clear();
    line.engine.take_changed_tags(&mut changed);
    assert_eq!(changed, []);
}

#[test]
fn a_step_of_the_wall_clock_neither_lengthens_nor_shortens_a_time() {
    let mut engine = Engine::new(Arc::new(plant(&runs_while("ton({run}, 5000)"))));
    let mut effects = Vec::new();
    let mut step = |engine: &mut Engine, sequence, monotonic: i64, wall: i64, input: Input<'_>| {
        let at = Moment { monotonic: Monotonic(monotonic * 1_000_000), wall: Timestamp(wall * 1_000_000) };
        engine.step(Scan { sequence, at, input }, &mut effects);
        effects.len()
    };
    let run = |value: bool| {
        let (reading, quality) = (Reading::Value(Value::Boolean(value)), Quality::Good);
        [Sample { tag: TagSlot(0), reading, quality, source_time: Timestamp(0) }]
    };
    step(&mut engine, 1, 10, 1000, Input::Boot);
    step(&mut engine, 2, 11, 1001, Input::Samples(&mut run(false)));
    step(&mut engine, 3, 12, 1002, Input::Samples(&mut run(true)));
    // The wall clock goes an hour ahead, then two back, which is told: not a second of these five.
    assert_eq!(step(&mut engine, 4, 13, 4603, Input::Samples(&mut run(true))), 1);
    assert_eq!(step(&mut engine, 5, 14, -2596, Input::Samples(&mut run(true))), 2);
    assert_eq!(engine.next_deadline(), Some(Monotonic(17_000_000)));
    assert!(step(&mut engine, 6, 17, -2593, Input::Timer) > 2, "it runs");
}
