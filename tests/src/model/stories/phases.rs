//! Section 5: the order of a scan.

use super::super::expression::Expression;
use super::super::names::OrderUpdate;
use super::super::plant::ModelOperation;
use super::{check, falling, held, operation, plant, rising, runs, runs_holding, with_order};

#[test]
fn both_edges_while_open_close_and_open_at_the_same_instant() {
    check(
        &plant([operation("A", rising("run"), rising("end"))]),
        "0 run=0 end=0 | 1 run=1 | 2 run=0 | 5 run=1 end=1",
        &["A 1..5 trigger/trigger", "A 5..open trigger/open"],
    );
}

#[test]
fn both_edges_while_idle_open() {
    check(
        &plant([operation("A", rising("run"), rising("end"))]),
        "0 run=0 end=0 | 5 run=1 end=1",
        &["A 5..open trigger/open"],
    );
}

#[test]
fn a_held_start_and_a_stop_in_one_scan_meet_at_the_stop() {
    check(
        &plant([operation("A", held(rising("run"), 4), rising("end"))]),
        "0 run=0 end=0 | 1 run=1 | 6 run=0 | 8 run=1 | 10 end=1 | 30 end=1",
        &["A 1..10 trigger/trigger seen 5", "A 10..open trigger/open seen 12"],
    );
}

#[test]
fn a_fault_edge_closes_faulted_and_goes_before_a_stop() {
    let faulty = ModelOperation { fault: Some(Expression::tag("fault")), ..runs_holding("A", "run", 5) };
    check(
        &plant([faulty]),
        "0 run=0 fault=0 | 1 run=1 | 3 run=0 | 5 fault=1 | 20 run=0",
        &["A 1..5 trigger/fault faulted"],
    );
    let faulty = ModelOperation { fault: Some(Expression::tag("fault")), ..runs("A", "run") };
    check(
        &plant([faulty]),
        "0 run=0 fault=0 | 1 run=1 | 3 fault=1 run=0 | 4 run=1 | 5 fault=0 | 6 run=0",
        &["A 1..3 trigger/fault faulted", "A 4..6 trigger/trigger"],
    );
}

#[test]
fn a_fault_edge_across_a_gap_flags_the_record() {
    let faulty = ModelOperation { fault: Some(Expression::tag("fault")), ..runs("A", "run") };
    check(&plant([faulty]), "0 run=0 fault=0 | 1 run=1 | 2 fault=? | 3 fault=1", &["A 1..3 trigger/fault gap faulted"]);
}

#[test]
fn a_maximum_closes_at_exactly_start_plus_maximum_and_needs_a_new_edge() {
    let limited = ModelOperation { max_duration_seconds: 5, ..runs("A", "run") };
    check(
        &plant([limited]),
        "0 run=0 | 1 run=1 | 9 run=1 | 10 run=0 | 11 run=1 | 12 run=0",
        &["A 1..6 trigger/maximum", "A 11..12 trigger/trigger"],
    );
}

#[test]
fn a_maximum_runs_before_a_stop_at_the_same_time() {
    let limited = ModelOperation { max_duration_seconds: 5, ..runs("A", "run") };
    check(&plant([limited]), "0 run=0 | 1 run=1 | 6 run=0", &["A 1..6 trigger/maximum"]);
}

#[test]
fn a_stop_that_fires_goes_before_a_maximum_due_in_the_same_scan() {
    let limited = ModelOperation { max_duration_seconds: 9, ..runs_holding("A", "run", 4) };
    check(&plant([limited]), "0 run=0 | 1 run=1 | 6 run=0 | 20 run=0", &["A 1..6 trigger/trigger"]);
}

#[test]
fn a_maximum_passes_while_a_stop_hold_is_pending() {
    let limited = ModelOperation { max_duration_seconds: 7, ..runs_holding("A", "run", 4) };
    check(&plant([limited]), "0 run=0 | 1 run=1 | 6 run=0 | 20 run=0", &["A 1..8 trigger/maximum"]);
}

#[test]
fn a_held_start_whose_maximum_is_over_closes_at_once() {
    let limited = operation("A", held(rising("run"), 5), falling("run"));
    let limited = ModelOperation { max_duration_seconds: 2, ..limited };
    check(
        &plant([limited]),
        // The scan of the passed maximum comes before the sample of the same time.
        "0 run=0 | 1 run=1 | 6 run=0 | 7 run=0",
        &["A 1..3 trigger/maximum seen 6"],
    );
}

#[test]
fn a_start_that_phase_4_satisfies_opens_no_second_record() {
    let pulsed = operation("A", rising("run"), rising("end"));
    check(
        &plant([with_order(pulsed, OrderUpdate::NewRecord)]),
        "0 run=0 end=0 order=P1 | 1 run=1 | 2 run=0 | 5 run=1 order=P2 | 6 end=1",
        &["A 1..5 trigger/order P1", "A 5..6 order/trigger P2"],
    );
}

#[test]
fn a_stop_goes_before_an_order_change_of_the_same_scan() {
    check(
        &plant([with_order(runs("A", "run"), OrderUpdate::NewRecord)]),
        "0 run=0 order=P1 | 1 run=1 | 5 run=0 order=P2",
        &["A 1..5 trigger/trigger P1"],
    );
}

#[test]
fn a_start_reads_the_order_of_its_own_scan() {
    check(
        &plant([with_order(runs("A", "run"), OrderUpdate::KeepFirst)]),
        "0 run=0 order=P1 | 1 run=1 order=P2 | 5 run=0",
        &["A 1..5 trigger/trigger P2"],
    );
}
