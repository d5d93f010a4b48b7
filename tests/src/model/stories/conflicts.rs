//! Sections 5 and 7: what a start does while other runs are open.

use super::super::names::{ConflictScope, ConflictStrategy, EventKind};
use super::super::plant::ModelOperation;
use super::{change, check, child, falling, held, operation, plant, rising, runs, runs_holding, told};

fn conflict(strategy: ConflictStrategy, operation: ModelOperation) -> ModelOperation {
    ModelOperation { conflict_strategy: strategy, ..operation }
}

fn at_location(strategy: ConflictStrategy, operation: ModelOperation) -> ModelOperation {
    ModelOperation { conflict_scope: ConflictScope::Location, ..conflict(strategy, operation) }
}

/// Starts at every pulse of `run`, stops at `end`.
fn pulsed() -> ModelOperation {
    operation("A", rising("run"), rising("end"))
}

const PULSES: &str = "0 run=0 end=0 | 1 run=1 | 2 run=0 | 5 run=1 | 6 run=0 | 9 end=1";

#[test]
fn stop_previous_closes_the_open_run_at_the_new_start() {
    check(&plant([pulsed()]), PULSES, &["A 1..5 trigger/conflict", "A 5..9 trigger/trigger"]);
}

#[test]
fn ignore_lets_the_open_run_go_on() {
    let outcome = check(&plant([conflict(ConflictStrategy::Ignore, pulsed())]), PULSES, &["A 1..9 trigger/trigger"]);
    assert_eq!(outcome.counts.ignored, 1);
}

#[test]
fn throw_exception_lets_the_open_run_go_on_and_tells() {
    let thrown = conflict(ConflictStrategy::ThrowException, pulsed());
    let outcome = check(&plant([thrown]), PULSES, &["A 1..9 trigger/trigger"]);
    assert_eq!(told(&outcome, EventKind::Conflict), ["5"]);
}

#[test]
fn trigger_memory_moves_on_after_a_start_that_opened_nothing() {
    let ignores = at_location(ConflictStrategy::Ignore, runs("A", "run"));
    check(
        &plant([ignores, runs("B", "other")]),
        "0 run=0 other=0 | 1 other=1 | 2 run=1 | 5 other=0 | 6 run=1 | 7 run=0 | 8 run=1",
        &["B 1..5 trigger/trigger", "A 8..open trigger/open"],
    );
}

#[test]
fn the_scope_operation_sees_its_own_run_only() {
    check(
        &plant([runs("A", "run"), runs("B", "other")]),
        "0 run=0 other=0 | 1 run=1 | 2 other=1 | 5 run=0 other=0",
        &["A 1..5 trigger/trigger", "B 2..5 trigger/trigger"],
    );
}

#[test]
fn the_scope_location_sees_exactly_this_location() {
    let elsewhere = ModelOperation { location: "Line/Side".to_owned(), ..runs("B", "other") };
    check(
        &plant([runs("A", "run"), at_location(ConflictStrategy::StopPrevious, elsewhere)]),
        "0 run=0 other=0 | 1 run=1 | 2 other=1 | 5 run=0 other=0",
        &["A 1..5 trigger/trigger", "B 2..5 trigger/trigger"],
    );
}

#[test]
fn the_strategy_of_the_operation_that_starts_decides() {
    let polite = at_location(ConflictStrategy::Ignore, runs("A", "run"));
    let bold = at_location(ConflictStrategy::StopPrevious, runs("B", "other"));
    check(
        &plant([polite, bold]),
        "0 run=0 other=0 | 1 run=1 | 3 other=1 | 5 run=0 | 6 run=1 | 9 other=0",
        &["A 1..3 trigger/conflict", "B 3..9 trigger/trigger"],
    );
}

#[test]
fn runs_that_opened_in_this_scan_count() {
    let throws = at_location(ConflictStrategy::ThrowException, runs("B", "other"));
    let outcome = check(
        &plant([runs("A", "run"), throws]),
        "0 run=0 other=0 | 1 run=1 other=1 | 9 run=0 other=0",
        &["A 1..9 trigger/trigger"],
    );
    assert_eq!(told(&outcome, EventKind::Conflict), ["1"]);
    let stops = at_location(ConflictStrategy::StopPrevious, runs("B", "other"));
    check(
        &plant([runs("A", "run"), stops]),
        "0 run=0 other=0 | 1 run=1 other=1 | 9 run=0 other=0",
        &["A 1..1 trigger/conflict", "B 1..9 trigger/trigger"],
    );
}

#[test]
fn one_operations_stop_never_conflicts_with_anothers_start_of_the_same_scan() {
    let throws = at_location(ConflictStrategy::ThrowException, runs("A", "run"));
    let outcome = check(
        &plant([throws, runs("B", "other")]),
        "0 run=0 other=0 | 1 other=1 | 5 other=0 run=1 | 9 run=0",
        &["B 1..5 trigger/trigger", "A 5..9 trigger/trigger"],
    );
    assert_eq!(told(&outcome, EventKind::Conflict), Vec::<String>::new());
}

#[test]
fn a_pending_stop_hold_is_closed_first_by_a_start_under_every_strategy() {
    for strategy in ConflictStrategy::ALL {
        let button = operation("A", rising("other"), held(falling("run"), 5));
        check(
            &plant([conflict(*strategy, button)]),
            "0 run=1 other=0 | 1 other=1 | 2 other=0 | 10 run=0 | 12 other=1 | 20 run=0",
            &["A 1..10 trigger/trigger", "A 12..open trigger/open"],
        );
        let second = at_location(*strategy, runs("B", "other"));
        check(
            &plant([runs_holding("A", "run", 5), second]),
            "0 run=0 other=0 | 1 run=1 | 10 run=0 | 12 other=1 | 20 run=0",
            &["A 1..10 trigger/trigger", "B 12..open trigger/open"],
        );
    }
}

#[test]
fn a_stop_hold_that_a_start_closed_is_used_up() {
    let button = operation("A", rising("other"), held(falling("run"), 5));
    check(
        &plant([button]),
        "0 run=1 other=0 | 1 other=1 | 2 other=0 | 10 run=0 | 10 other=1 | 30 run=0 | 40 run=1 | 50 run=0 | 60 run=0",
        &["A 1..10 trigger/trigger", "A 10..50 trigger/trigger"],
    );
}

#[test]
fn a_used_up_hold_of_a_changed_value_does_not_begin_again() {
    let counted = operation("A", rising("run"), held(change("batch"), 5));
    check(
        &plant([counted]),
        "0 run=0 batch=B1 | 1 run=1 | 2 run=0 | 10 batch=B2 | 12 run=1 | 13 batch=B2 | 30 batch=B2",
        &["A 1..10 trigger/trigger", "A 12..open trigger/open"],
    );
}

#[test]
fn a_start_is_moved_up_to_the_edge_of_the_stop_that_it_showed_to_be_real() {
    let slow = operation("A", held(rising("other"), 5), held(falling("run"), 9));
    check(
        &plant([slow]),
        "0 run=1 other=0 | 1 other=1 | 7 other=0 | 10 other=1 | 12 run=0 | 20 run=0",
        &["A 1..12 trigger/trigger seen 6", "A 12..open trigger/open seen 15"],
    );
}

#[test]
fn a_pending_stop_across_a_gap_flags_the_run_that_it_closes() {
    let button = operation("A", rising("other"), held(falling("run"), 5));
    check(
        &plant([button]),
        "0 run=1 other=0 | 1 other=1 | 2 other=0 | 9 run=? | 10 run=0 | 12 other=1 | 20 run=0",
        &["A 1..10 trigger/trigger gap", "A 12..open trigger/open"],
    );
}

#[test]
fn a_pending_stop_whose_deadline_passed_unknown_flags_the_run_that_it_closes() {
    let button = operation("A", rising("other"), held(falling("run"), 5));
    check(
        &plant([button]),
        "0 run=1 other=0 | 1 other=1 | 2 other=0 | 9 run=0 | 10 run=? | 20 other=1 | 21 run=0 | 30 run=0",
        &["A 1..9 trigger/trigger gap", "A 20..open trigger/open"],
    );
}

#[test]
fn a_pending_stop_is_closed_even_if_another_run_keeps_the_start_from_opening() {
    let third = at_location(ConflictStrategy::Ignore, runs("C", "fault"));
    check(
        &plant([runs_holding("A", "run", 5), runs("B", "other"), third]),
        "0 run=0 other=0 fault=0 | 1 run=1 other=1 | 10 run=0 | 12 fault=1 | 13 run=1 | 20 other=0",
        &["A 1..10 trigger/trigger", "B 1..20 trigger/trigger", "A 13..open trigger/open"],
    );
}

#[test]
fn a_family_does_not_conflict_with_itself_but_with_strangers() {
    let throws = at_location(ConflictStrategy::ThrowException, runs("A", "run"));
    let stranger = at_location(ConflictStrategy::StopPrevious, runs("C", "other"));
    check(
        &plant([throws, child("B", "A"), stranger]),
        "0 run=0 other=0 | 1 run=1 | 5 other=1 | 9 other=0 | 10 run=0",
        &["A 1..5 trigger/conflict", "B 1..5 parent/parent child", "C 5..9 trigger/trigger"],
    );
}

#[test]
fn a_child_alone_at_the_location_of_a_start_ends_by_conflict() {
    let parent = ModelOperation { location: "Line/Side".to_owned(), ..runs("A", "run") };
    let stranger = at_location(ConflictStrategy::StopPrevious, runs("C", "other"));
    check(
        &plant([parent, child("B", "A"), stranger]),
        "0 run=0 other=0 | 1 run=1 | 5 other=1 | 9 other=0 | 10 run=0",
        &["A 1..10 trigger/trigger", "B 1..5 parent/conflict child", "C 5..9 trigger/trigger"],
    );
}
