//! Section 5: children open and close with their parents.

use super::super::expression::Expression;
use super::super::names::OrderUpdate;
use super::super::plant::ModelOperation;
use super::{check, child, falling, held, operation, plant, rising, runs, runs_holding, with_order};

#[test]
fn children_open_and_close_with_their_parent_and_are_detected_with_it() {
    let parent = operation("A", held(rising("run"), 2), held(falling("run"), 5));
    check(
        &plant([parent, child("B", "A")]),
        "0 run=0 | 1 run=1 | 9 run=0 | 20 run=0",
        &["A 1..9 trigger/trigger seen 3", "B 1..9 parent/parent seen 3 child"],
    );
}

#[test]
fn grandchildren_follow_children_whatever_the_order_of_the_configuration() {
    check(
        &plant([child("C", "B"), child("B", "A"), runs("A", "run")]),
        "0 run=0 | 1 run=1 | 9 run=0",
        &["C 1..9 parent/parent child", "B 1..9 parent/parent child", "A 1..9 trigger/trigger"],
    );
}

#[test]
fn a_child_ends_by_its_own_maximum_and_takes_its_children_along() {
    let limited = ModelOperation { max_duration_seconds: 3, ..child("B", "A") };
    check(
        &plant([runs("A", "run"), limited, child("C", "B")]),
        "0 run=0 | 1 run=1 | 9 run=0",
        &["A 1..9 trigger/trigger", "B 1..4 parent/maximum child", "C 1..4 parent/parent child"],
    );
}

#[test]
fn a_split_closes_and_opens_the_children_and_opens_those_that_were_not_open() {
    let parent = with_order(runs("A", "run"), OrderUpdate::NewRecord);
    let limited = ModelOperation { max_duration_seconds: 3, ..child("B", "A") };
    check(
        &plant([parent, limited, child("C", "A")]),
        "0 run=0 order=P1 | 1 run=1 | 6 order=P2 | 9 run=0",
        &[
            "A 1..6 trigger/order P1",
            "B 1..4 parent/maximum P1 child",
            "C 1..6 parent/parent P1 child",
            "A 6..9 order/trigger P2",
            "B 6..9 parent/maximum P2 child",
            "C 6..9 parent/parent P2 child",
        ],
    );
}

#[test]
fn a_child_splits_by_its_own_order_and_keeps_its_parent() {
    let own = with_order(child("B", "A"), OrderUpdate::NewRecord);
    check(
        &plant([runs("A", "run"), own]),
        "0 run=0 order=P1 | 1 run=1 | 6 order=P2 | 9 run=0",
        &["A 1..9 trigger/trigger", "B 1..6 parent/order P1 child", "B 6..9 order/parent P2 child"],
    );
}

#[test]
fn a_childs_order_waits_for_its_parents_pending_stop() {
    let own = with_order(child("B", "A"), OrderUpdate::NewRecord);
    check(
        &plant([runs_holding("A", "run", 5), own]),
        "0 run=0 order=P1 | 1 run=1 | 6 run=0 | 7 order=P2 | 8 run=1 | 9 run=1",
        &["A 1..open trigger/open", "B 1..8 parent/order P1 child", "B 8..open order/open P2 child"],
    );
}

#[test]
fn a_child_takes_its_parents_flag_where_its_own_start_or_end_is_its_parents() {
    let limited = ModelOperation { max_duration_seconds: 3, ..child("C", "A") };
    check(
        &plant([runs("A", "run"), child("B", "A"), limited]),
        "0 run=0 | 1 run=1 | 6 run=? | 9 run=0",
        &["A 1..9 trigger/trigger gap", "B 1..9 parent/parent gap child", "C 1..4 parent/maximum child"],
    );
}

#[test]
fn a_split_child_takes_the_flag_of_the_one_edge_that_it_shares_with_its_parent() {
    let own = with_order(child("B", "A"), OrderUpdate::NewRecord);
    check(
        &plant([runs("A", "run"), own]),
        "0 run=0 order=P1 | 0.5 run=? | 1 run=1 | 6 order=P2 | 9 run=0",
        &["A 1..9 trigger/trigger gap", "B 1..6 parent/order P1 gap child", "B 6..9 order/parent P2 child"],
    );
}

#[test]
fn a_fault_closes_the_children_faulted() {
    let faulty = ModelOperation { fault: Some(Expression::tag("fault")), ..runs("A", "run") };
    check(
        &plant([faulty, child("B", "A")]),
        "0 run=0 fault=0 | 1 run=1 | 6 fault=1",
        &["A 1..6 trigger/fault faulted", "B 1..6 parent/parent faulted child"],
    );
}

#[test]
fn a_conflict_closes_the_children_and_opens_them_with_the_new_run() {
    check(
        &plant([operation("A", rising("run"), rising("end")), child("B", "A")]),
        "0 run=0 end=0 | 1 run=1 | 2 run=0 | 5 run=1 | 9 end=1",
        &[
            "A 1..5 trigger/conflict",
            "B 1..5 parent/parent child",
            "A 5..9 trigger/trigger",
            "B 5..9 parent/parent child",
        ],
    );
}

#[test]
fn a_parents_past_maximum_leaves_a_child_no_negative_duration() {
    let parent = operation("A", held(rising("run"), 5), falling("run"));
    let parent = ModelOperation { max_duration_seconds: 2, ..parent };
    check(
        &plant([parent, child("B", "A")]),
        "0 run=0 | 1 run=1 | 9 run=1",
        &["A 1..3 trigger/maximum seen 6", "B 1..3 parent/parent seen 6 child"],
    );
}

#[test]
fn a_disabled_child_does_not_open() {
    let disabled = ModelOperation { enabled: false, ..child("B", "A") };
    check(&plant([runs("A", "run"), disabled]), "0 run=0 | 1 run=1 | 9 run=0", &["A 1..9 trigger/trigger"]);
}
