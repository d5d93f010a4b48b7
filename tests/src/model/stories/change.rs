//! Section 4: edges of values.

use super::super::expression::Expression;
use super::super::names::FirstScan;
use super::super::plant::{ModelOperation, ModelPlant, ModelTrigger};
use super::{change, check, held, operation, plant, rising};

fn starts_at_changes(tag: &str, hold_seconds: i64) -> ModelOperation {
    operation("A", held(change(tag), hold_seconds), rising("end"))
}

#[test]
fn change_always_arms_even_with_fire() {
    let fire = ModelPlant { first_scan: FirstScan::Fire, ..plant([starts_at_changes("batch", 0)]) };
    check(&fire, "0 batch=B1 | 3 batch=B1 | 5 batch=B2", &["A 5..open trigger/open"]);
}

#[test]
fn null_is_unknown_and_never_a_change() {
    check(
        &plant([starts_at_changes("batch", 0)]),
        "0 batch=B1 | 1 batch=null | 2 batch=B1 | 3 batch=null | 4 batch=B2",
        &["A 4..open trigger/open gap"],
    );
}

#[test]
fn a_start_to_the_empty_string_only_moves_the_memory() {
    check(&plant([starts_at_changes("batch", 0)]), "0 batch=B1 | 1 batch= | 2 batch=B1", &["A 2..open trigger/open"]);
}

#[test]
fn a_stop_to_the_empty_string_fires() {
    let stops = operation("A", rising("run"), change("batch"));
    check(&plant([stops]), "0 run=0 batch=B1 | 1 run=1 | 5 batch=", &["A 1..5 trigger/trigger"]);
}

#[test]
fn the_deadband_is_exclusive_and_measured_from_the_value_that_armed_or_fired() {
    let banded = ModelTrigger { deadband: 1.0, ..change("level") };
    check(
        &plant([operation("A", banded, rising("end"))]),
        "0 level=10 | 1 level=10.6 | 2 level=11 | 3 level=11.1 | 4 level=10.5 | 5 level=12.1 | 6 level=12.2",
        &["A 3..6 trigger/conflict", "A 6..open trigger/open"],
    );
}

#[test]
fn a_held_change_must_stand_for_the_hold() {
    check(
        &plant([starts_at_changes("batch", 2)]),
        "0 batch=B1 | 1 batch=B2 | 3.5 batch=B2",
        &["A 1..open trigger/open seen 3"],
    );
}

#[test]
fn another_new_value_begins_a_new_hold() {
    check(
        &plant([starts_at_changes("batch", 2)]),
        "0 batch=B1 | 1 batch=B2 | 2 batch=B3 | 9 batch=B3",
        &["A 2..open trigger/open seen 4"],
    );
}

#[test]
fn a_return_to_the_old_value_cancels_the_hold() {
    check(&plant([starts_at_changes("batch", 2)]), "0 batch=B1 | 1 batch=B2 | 2 batch=B1 | 9 batch=B1", &[]);
}

#[test]
fn a_jitter_within_the_hold_begins_it_anew_even_within_the_deadband() {
    let banded = ModelTrigger { deadband: 1.0, ..held(change("level"), 2) };
    check(
        &plant([operation("A", banded, rising("end"))]),
        "0 level=10 | 1 level=12 | 2 level=12.5 | 9 level=12.5",
        &["A 2..open trigger/open seen 4"],
    );
}

#[test]
fn a_change_of_a_truth_counts_both_ways() {
    let toggles = operation("A", change("run"), rising("end"));
    let not = ModelTrigger { expression: Expression::Not(Box::new(Expression::tag("run"))), ..change("run") };
    let rows = "0 run=0 | 1 run=1 | 2 run=1 | 3 run=0";
    let want = ["A 1..3 trigger/conflict", "A 3..open trigger/open"];
    check(&plant([toggles]), rows, &want);
    check(&plant([operation("A", not, rising("end"))]), rows, &want);
}

#[test]
fn a_change_hold_whose_deadline_passed_unknown_stops_at_once_or_starts_anew() {
    let stops = operation("A", rising("run"), held(change("batch"), 2));
    let rows = "0 run=0 batch=B1 | 1 run=1 | 4 batch=B2 | 5 batch=? | 9 batch=B2 | 20 batch=B2";
    check(&plant([stops]), rows, &["A 1..4 trigger/trigger gap"]);
    check(&plant([starts_at_changes("batch", 2)]), rows, &["A 9..open trigger/open seen 11 gap"]);
}

#[test]
fn a_third_value_after_a_passed_deadline_is_a_new_edge_across_the_gap() {
    let stops = operation("A", rising("run"), held(change("batch"), 2));
    check(
        &plant([stops]),
        "0 run=0 batch=B1 | 1 run=1 | 4 batch=B2 | 5 batch=? | 9 batch=B3 | 20 batch=B3",
        &["A 1..9 trigger/trigger gap"],
    );
}
