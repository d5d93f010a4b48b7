//! Section 4: a short interruption is not a new start; the hold-off.

use super::super::expression::Expression;
use super::super::names::{ConflictScope, OrderUpdate};
use super::super::plant::ModelOperation;
use super::{check, falling, held, operation, plant, rising, runs, runs_holding, with_order};

/// Starts with `other`, stops five seconds after `run` is gone.
fn two_bits() -> ModelOperation {
    operation("A", rising("other"), held(falling("run"), 5))
}

fn held_off(hold_off_seconds: i64, operation: ModelOperation) -> ModelOperation {
    ModelOperation { restart_holdoff_millis: hold_off_seconds * 1_000, ..operation }
}

#[test]
fn a_stop_hold_debounces_the_run_when_start_and_stop_share_a_tag() {
    let outcome = check(
        &plant([runs_holding("A", "run", 5)]),
        "0 run=0 | 1 run=1 | 10 run=0 | 12 run=1 | 30 run=0 | 40 run=0",
        &["A 1..30 trigger/trigger"],
    );
    assert_eq!(outcome.counts.continued, 1);
}

#[test]
fn a_start_level_lost_while_the_stop_hold_is_pending_starts_nothing_when_it_comes_back() {
    check(
        &plant([two_bits()]),
        "0 run=0 other=0 | 1 run=1 | 2 other=1 | 10 run=0 | 11 other=0 | 12 run=1 | 13 other=1 | 20 run=0 | 30 run=0",
        &["A 2..20 trigger/trigger"],
    );
}

#[test]
fn a_start_level_lost_before_the_stops_edge_is_a_new_start_when_it_comes_back() {
    check(
        &plant([two_bits()]),
        "0 run=0 other=0 | 1 run=1 | 2 other=1 | 10 other=0 | 11 run=0 | 12 run=1 | 13 other=1 | 20 run=0 | 30 run=0",
        &["A 2..13 trigger/conflict", "A 13..20 trigger/trigger"],
    );
}

#[test]
fn a_level_that_asks_again_while_the_stop_hold_is_pending_is_a_new_start() {
    check(
        &plant([two_bits()]),
        "0 run=0 other=0 | 1 run=1 | 2 other=1 | 10 run=0 | 11 other=0 | 12 other=1 | 20 run=1 | 30 run=1",
        &["A 2..10 trigger/trigger", "A 12..open trigger/open"],
    );
}

#[test]
fn such_a_new_start_stays_one_even_if_the_stop_hold_is_cancelled_during_its_own_hold() {
    let slow = operation("A", held(rising("other"), 4), held(falling("run"), 5));
    check(
        &plant([slow]),
        "0 run=1 other=0 | 2 other=1 | 10 run=0 | 11 other=0 | 12 other=1 | 13 run=1 | 30 run=1",
        &["A 2..12 trigger/conflict seen 6", "A 12..open trigger/open seen 16"],
    );
}

#[test]
fn the_memory_of_the_loss_ends_with_the_edge() {
    check(
        &plant([two_bits()]),
        "0 run=0 other=0 | 1 run=1 | 2 other=1 | 10 run=0 | 11 other=0 | 12 run=1 | 13 other=1 | 15 other=0 | 16 other=1",
        &["A 2..16 trigger/conflict", "A 16..open trigger/open"],
    );
}

#[test]
fn the_memory_of_the_loss_ends_with_the_run() {
    let faulty = ModelOperation { fault: Some(Expression::tag("fault")), ..two_bits() };
    check(
        &plant([faulty]),
        "0 run=1 other=0 fault=0 | 2 other=1 | 10 run=0 | 11 other=0 | 12 fault=1 | 13 run=1 | 14 other=1",
        &["A 2..12 trigger/fault faulted", "A 14..open trigger/open"],
    );
}

#[test]
fn a_hold_of_such_an_edge_starts_after_all_once_the_run_is_over() {
    let slow = operation("A", held(rising("other"), 4), held(falling("run"), 5));
    let faulty = ModelOperation { fault: Some(Expression::tag("fault")), ..slow };
    check(
        &plant([faulty]),
        "0 run=1 other=0 fault=0 | 2 other=1 | 10 run=0 | 11 other=0 | 12 run=1 | 13 other=1 | 14 fault=1 | 30 run=1",
        &["A 2..14 trigger/fault seen 6 faulted", "A 14..open trigger/open seen 17"],
    );
}

#[test]
fn a_split_passes_the_memory_of_the_loss_on() {
    let split = with_order(two_bits(), OrderUpdate::NewRecord);
    check(
        &plant([split]),
        "0 run=1 other=0 order=P1 | 2 other=1 | 10 run=0 | 11 other=0 | 12 run=1 order=P2 | 13 other=1 | 20 run=0 | 30 run=0",
        &["A 2..12 trigger/order P1", "A 12..20 order/trigger P2"],
    );
}

#[test]
fn a_held_edge_that_continues_a_run_continues_it_across_a_split() {
    let shared = operation("A", held(rising("run"), 2), held(falling("run"), 5));
    check(
        &plant([with_order(shared, OrderUpdate::NewRecord)]),
        "0 run=0 order=P1 | 1 run=1 | 10 run=0 | 11 order=P2 | 12 run=1 | 30 run=1",
        &["A 1..12 trigger/order seen 3 P1", "A 12..open order/open P2"],
    );
}

#[test]
fn a_falling_start_is_debounced_as_the_mirror() {
    check(
        &plant([operation("A", falling("run"), held(rising("run"), 5))]),
        "0 run=1 | 1 run=0 | 10 run=1 | 12 run=0 | 30 run=1 | 40 run=1",
        &["A 1..30 trigger/trigger"],
    );
}

#[test]
fn a_start_within_the_hold_off_is_ignored_and_one_exactly_at_its_end_starts() {
    let outcome = check(
        &plant([held_off(5, runs("A", "run"))]),
        "0 run=0 | 1 run=1 | 2 run=0 | 5.999 run=1 | 5.9995 run=0 | 6 run=1 | 9 run=0",
        &["A 1..2 trigger/trigger", "A 6..9 trigger/trigger"],
    );
    assert_eq!(outcome.counts.held_off, 1);
}

#[test]
fn the_hold_off_looks_at_the_edge_before_any_clamping() {
    let slow = operation("A", held(rising("run"), 5), falling("run"));
    let slow = ModelOperation { conflict_scope: ConflictScope::Location, ..slow };
    // The edge at 10 would be moved up to 13, beyond the hold-off's end at 11.
    let rows = "0 run=0 other=0 | 1 run=1 | 7 run=0 | 10 run=1 | 11 other=1 | 13 other=0 | 30 run=1";
    let (first, second) = ("A 1..7 trigger/trigger seen 6", "B 11..13 trigger/trigger");
    check(&plant([held_off(10, slow.clone()), runs("B", "other")]), rows, &[first, second]);
    check(&plant([held_off(9, slow), runs("B", "other")]), rows, &[first, second, "A 13..open trigger/open seen 15"]);
}

#[test]
fn the_hold_off_counts_from_the_latest_record_however_it_began() {
    let pulsed = operation("A", rising("run"), rising("end"));
    check(
        &plant([held_off(5, with_order(pulsed, OrderUpdate::NewRecord))]),
        "0 run=0 end=0 order=P1 | 1 run=1 | 10 order=P2 | 11 run=0 | 12 run=1 | 13 run=0 | 15 run=1",
        &["A 1..10 trigger/order P1", "A 10..15 order/conflict P2", "A 15..open trigger/open P2"],
    );
}

#[test]
fn an_edge_older_than_the_latest_record_starts_nothing_even_without_a_hold_off() {
    let pulsed = operation("A", held(rising("run"), 5), rising("end"));
    check(
        &plant([with_order(pulsed, OrderUpdate::NewRecord)]),
        "0 run=0 end=0 order=P1 | 1 run=1 | 10 run=0 | 20 run=1 | 22 order=P2 | 40 run=1",
        &["A 1..22 trigger/order seen 6 P1", "A 22..open order/open P2"],
    );
}

#[test]
fn a_start_that_is_held_off_leaves_a_pending_stop_hold_alone() {
    check(
        &plant([held_off(20, two_bits())]),
        "0 run=1 other=0 | 2 other=1 | 3 other=0 | 10 run=0 | 12 other=1 | 13 run=1 | 30 run=1",
        &["A 2..open trigger/open"],
    );
}
