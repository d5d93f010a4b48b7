//! The situations of the published plant stories, on our own plants.

use super::super::expression::{Comparison, Expression};
use super::super::names::{ConflictScope, ConflictStrategy, OrderUpdate};
use super::super::plant::{ModelOperation, ModelTrigger};
use super::super::value::ModelValue;
use super::{change, check, child, falling, held, operation, plant, rising, runs, runs_holding, with_order};

#[test]
fn one_run() {
    check(&plant([runs("A", "run")]), "0 run=0 | 1 run=1 | 100 run=0 | 110 run=0", &["A 1..100 trigger/trigger"]);
}

#[test]
fn a_true_first_sample_arms() {
    check(&plant([runs("A", "run")]), "0 run=1 | 50 run=0 | 60 run=1 | 70 run=0", &["A 60..70 trigger/trigger"]);
}

#[test]
fn a_pulse_of_two_samples() {
    check(&plant([runs("A", "run")]), "0 run=0 | 1 run=1 | 1.000999 run=0", &["A 1..1.000999 trigger/trigger"]);
}

#[test]
fn a_short_stop_within_the_hold() {
    check(
        &plant([runs_holding("A", "run", 5)]),
        "0 run=0 | 10 run=1 | 100 run=0 | 102 run=1 | 200 run=0 | 300 run=0",
        &["A 10..200 trigger/trigger"],
    );
}

#[test]
fn a_flicker_before_the_real_start() {
    check(
        &plant([operation("A", held(rising("run"), 2), falling("run"))]),
        "0 run=0 | 1 run=1 | 2 run=0 | 10 run=1 | 50 run=0",
        &["A 10..50 trigger/trigger seen 12"],
    );
}

#[test]
fn the_speed_falls_before_the_bit_and_ignore_keeps_the_run_whole() {
    let fast = Expression::Compare("speed".to_owned(), Comparison::Greater, ModelValue::Int(5));
    let both = Expression::And(Box::new(Expression::tag("run")), Box::new(fast));
    let whole = operation("A", held(ModelTrigger::rising(both), 2), held(falling("run"), 5));
    check(
        &plant([ModelOperation { conflict_strategy: ConflictStrategy::Ignore, ..whole }]),
        "0 run=0 speed=0 | 1 run=1 | 2 speed=9 | 99.5 speed=0 | 100 run=0 | 102 run=1 | 103 speed=9 | 200 run=0 | 300 run=0",
        &["A 2..200 trigger/trigger seen 4"],
    );
}

#[test]
fn a_button_during_the_stop_hold_of_a_jog() {
    check(
        &plant([operation("A", rising("other"), held(falling("run"), 5))]),
        "0 run=0 other=0 | 8 run=1 | 10 run=0 | 12 other=1 | 13 other=0 | 16 run=1 | 500 run=0 | 600 other=0",
        &["A 12..500 trigger/trigger"],
    );
}

#[test]
fn the_machine_stops_while_the_connection_is_down() {
    check(
        &plant([runs("A", "run")]),
        "0 run=0 | 1 run=1 | 50 run=? | 80 run=0 | 90 run=0",
        &["A 1..80 trigger/trigger gap"],
    );
}

#[test]
fn the_machine_runs_on_while_the_connection_is_down() {
    check(
        &plant([runs("A", "run")]),
        "0 run=0 | 1 run=1 | 50 run=? | 80 run=1 | 90 run=0",
        &["A 1..90 trigger/trigger"],
    );
}

#[test]
fn the_connection_drops_in_a_start_hold() {
    check(
        &plant([operation("A", held(rising("run"), 2), falling("run"))]),
        "0 run=0 | 1 run=1 | 2 run=? | 28800 run=1 | 28900 run=0",
        &["A 28800..28900 trigger/trigger seen 28802 gap"],
    );
}

#[test]
fn a_new_order_splits_the_run() {
    check(
        &plant([with_order(runs("A", "run"), OrderUpdate::NewRecord)]),
        "0 run=0 order=P1 | 1 run=1 | 60 order=P2 | 100 run=0",
        &["A 1..60 trigger/order P1", "A 60..100 order/trigger P2"],
    );
}

#[test]
fn an_order_that_was_missing_is_filled_in_and_kept() {
    check(
        &plant([with_order(runs("A", "run"), OrderUpdate::KeepFirst)]),
        "0 run=0 order= | 1 run=1 | 20 order=P1 | 60 order=P2 | 100 run=0",
        &["A 1..100 trigger/trigger P1"],
    );
}

#[test]
fn a_new_order_while_the_machine_stands() {
    check(
        &plant([with_order(runs_holding("A", "run", 5), OrderUpdate::NewRecord)]),
        "0 run=0 order=P1 | 1 run=1 | 100 run=0 | 102 order=P2 | 120 run=1 | 200 run=0 | 300 run=0",
        &["A 1..100 trigger/trigger P1", "A 120..200 trigger/trigger P2"],
    );
}

#[test]
fn a_new_order_inside_a_short_stop() {
    check(
        &plant([with_order(runs_holding("A", "run", 5), OrderUpdate::NewRecord)]),
        "0 run=0 order=P1 | 1 run=1 | 100 run=0 | 102 order=P2 | 103 run=1 | 200 run=0 | 300 run=0",
        &["A 1..103 trigger/order P1", "A 103..200 order/trigger P2"],
    );
}

fn two_machines(strategy: ConflictStrategy, stop_hold_seconds: i64, trace: &str, want: &[&str]) {
    let machine = |name, tag| ModelOperation {
        conflict_strategy: strategy,
        conflict_scope: ConflictScope::Location,
        ..runs_holding(name, tag, stop_hold_seconds)
    };
    check(&plant([machine("A", "run"), machine("B", "other")]), trace, want);
}

#[test]
fn a_second_machine_starts_while_the_first_stands_in_its_stop_hold() {
    let rows = "0 run=0 other=0 | 1 run=1 | 100 run=0 | 102 other=1 | 200 other=0 | 300 other=0";
    let want = ["A 1..100 trigger/trigger", "B 102..200 trigger/trigger"];
    two_machines(ConflictStrategy::ThrowException, 5, rows, &want);
    two_machines(ConflictStrategy::StopPrevious, 5, rows, &want);
}

#[test]
fn a_second_machine_starts_while_the_first_runs() {
    let rows = "0 run=0 other=0 | 1 run=1 | 50 other=1 | 100 run=0 | 200 other=0";
    two_machines(ConflictStrategy::ThrowException, 0, rows, &["A 1..100 trigger/trigger"]);
    two_machines(ConflictStrategy::StopPrevious, 0, rows, &["A 1..50 trigger/conflict", "B 50..200 trigger/trigger"]);
}

#[test]
fn a_batch_number_drives_the_run() {
    let empty = Expression::Compare("batch".to_owned(), Comparison::Equal, ModelValue::Text(String::new()));
    check(
        &plant([operation("A", change("batch"), ModelTrigger::rising(empty))]),
        "0 batch= | 10 batch=B1 | 50 batch= | 60 batch=B2 | 90 batch=B3 | 120 batch= | 130 batch=",
        &["A 10..50 trigger/trigger", "A 60..90 trigger/conflict", "A 90..120 trigger/trigger"],
    );
}

#[test]
fn a_parent_with_two_children_one_of_which_has_a_maximum() {
    let parent = with_order(runs("A", "run"), OrderUpdate::KeepFirst);
    let limited = ModelOperation { max_duration_seconds: 30, ..child("C", "A") };
    check(
        &plant([parent, child("B", "A"), limited]),
        "0 run=0 order=P1 | 1 run=1 | 100 run=0",
        &["A 1..100 trigger/trigger P1", "B 1..100 parent/parent P1 child", "C 1..31 parent/maximum P1 child"],
    );
}

#[test]
fn start_pulses_without_a_stop_and_a_double_pulse_in_the_hold_off() {
    let pulsed = operation("A", rising("run"), rising("end"));
    check(
        &plant([ModelOperation { restart_holdoff_millis: 5_000, ..pulsed }]),
        "0 run=0 end=0 | 20 run=1 | 21 run=0 | 22 run=1 | 23 run=0 | 40 run=1 | 41 run=0 | 60 end=1",
        &["A 20..40 trigger/conflict", "A 40..60 trigger/trigger"],
    );
}
