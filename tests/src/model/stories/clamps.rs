//! Section 4: edges in the past are clamped.

use super::super::names::ConflictScope;
use super::super::plant::ModelOperation;
use super::{change, check, child, falling, held, operation, plant, rising, runs};

fn at_location(operation: ModelOperation) -> ModelOperation {
    ModelOperation { conflict_scope: ConflictScope::Location, ..operation }
}

fn slow() -> ModelOperation {
    operation("A", held(rising("run"), 5), falling("run"))
}

#[test]
fn a_start_is_moved_up_to_the_latest_end_of_an_earlier_run_in_its_scope() {
    let rows = "0 run=0 other=0 | 10 run=1 | 11 other=1 | 13 other=0 | 20 run=0";
    check(
        &plant([at_location(slow()), runs("B", "other")]),
        rows,
        &["B 11..13 trigger/trigger", "A 13..20 trigger/trigger seen 15"],
    );
    // The operation's own scope does not see the other run.
    check(
        &plant([slow(), runs("B", "other")]),
        rows,
        &["A 10..20 trigger/trigger seen 15", "B 11..13 trigger/trigger"],
    );
}

#[test]
fn a_start_is_moved_up_to_the_start_of_the_run_that_it_replaces() {
    check(
        &plant([at_location(slow()), runs("B", "other")]),
        "0 run=0 other=0 | 10 run=1 | 12 other=1 | 20 run=0 other=0",
        &["A 12..20 trigger/trigger seen 15", "B 12..12 trigger/conflict"],
    );
}

#[test]
fn a_start_is_moved_up_to_the_end_of_the_operations_own_earlier_run() {
    let latched = operation("A", held(change("batch"), 5), rising("end"));
    check(
        &plant([latched]),
        "0 batch=B1 end=0 | 10 batch=B2 | 17 batch=B3 | 20 end=1 | 30 end=1",
        &["A 10..20 trigger/trigger seen 15", "A 20..open trigger/open seen 22"],
    );
}

#[test]
fn a_childs_start_and_end_are_clamped_by_its_own_earlier_records() {
    // The start at 10 fires at 15 and replaces the run that began at 1; the child was split at 12 by its own order.
    let parent = operation("A", held(change("batch"), 5), rising("end"));
    let own_order = super::with_order(child("B", "A"), super::super::names::OrderUpdate::NewRecord);
    check(
        &plant([parent, own_order]),
        "0 batch=B1 end=0 order=P1 | 1 batch=B2 | 10 batch=B3 | 12 order=P2 | 20 end=1",
        &[
            "A 1..10 trigger/conflict seen 6",
            "B 1..12 parent/order seen 6 P1 child",
            "A 10..20 trigger/trigger seen 15",
            "B 12..12 order/parent P2 child",
            "B 12..20 parent/parent seen 15 P2 child",
        ],
    );
}
