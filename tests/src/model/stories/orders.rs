//! Section 8: which order a record has.

use super::super::expression::Expression;
use super::super::names::{EventKind, OrderUpdate};
use super::super::plant::{ModelOperation, ModelPlant, OrderRule};
use super::{check, child, plant, runs, runs_holding, told, with_order};

fn updating(update: OrderUpdate) -> ModelPlant {
    plant([with_order(runs("A", "run"), update)])
}

fn assigned(order: Option<&str>) -> ModelOperation {
    ModelOperation { order: OrderRule::Manual(order.map(str::to_owned)), ..runs("A", "run") }
}

const CHANGES: &str = "0 run=0 order=P1 | 1 run=1 | 3 order=P2 | 5 order=P3 | 9 run=0";

#[test]
fn none_has_no_order() {
    check(&plant([runs("A", "run")]), CHANGES, &["A 1..9 trigger/trigger"]);
}

#[test]
fn manual_uses_the_order_assigned_beforehand_else_opens_with_none_and_an_event() {
    let outcome = check(&plant([assigned(Some("P7"))]), CHANGES, &["A 1..9 trigger/trigger P7"]);
    assert_eq!(told(&outcome, EventKind::OrderMissing), Vec::<String>::new());
    let outcome = check(&plant([assigned(None)]), CHANGES, &["A 1..9 trigger/trigger"]);
    assert_eq!(told(&outcome, EventKind::OrderMissing), ["1"]);
}

#[test]
fn keep_first_keeps_the_first_good_value() {
    check(&updating(OrderUpdate::KeepFirst), CHANGES, &["A 1..9 trigger/trigger P1"]);
}

#[test]
fn keep_last_follows_the_good_values() {
    let outcome = check(&updating(OrderUpdate::KeepLast), CHANGES, &["A 1..9 trigger/trigger P3"]);
    assert_eq!(told(&outcome, EventKind::Updated), ["3", "5"]);
}

#[test]
fn throw_error_keeps_the_record_and_tells_each_change() {
    let outcome = check(
        &updating(OrderUpdate::ThrowError),
        "0 run=0 order=P1 | 1 run=1 | 3 order=P2 | 4 order=P2 | 5 order= | 6 order=P2 | 7 order=P1 | 8 order=P2 | 9 run=0",
        &["A 1..9 trigger/trigger P1"],
    );
    assert_eq!(told(&outcome, EventKind::OrderChanged), ["3", "8"]);
}

#[test]
fn new_record_splits_at_each_change() {
    check(
        &updating(OrderUpdate::NewRecord),
        CHANGES,
        &["A 1..3 trigger/order P1", "A 3..5 order/order P2", "A 5..9 order/trigger P3"],
    );
}

#[test]
fn a_record_without_an_order_takes_the_first_good_value_under_every_strategy() {
    for update in OrderUpdate::ALL {
        let outcome = check(
            &updating(*update),
            "0 run=0 order= | 1 run=1 | 3 order=? | 5 order=P2 | 6 order=? | 7 order=P2 | 9 run=0",
            &["A 1..9 trigger/trigger P2"],
        );
        assert_eq!(told(&outcome, EventKind::Updated), ["5"]);
    }
}

#[test]
fn a_value_that_is_not_good_changes_nothing() {
    check(
        &updating(OrderUpdate::NewRecord),
        "0 run=0 order=P1 | 1 run=1 | 3 order=? | 4 order=null | 5 order= | 9 run=0",
        &["A 1..9 trigger/trigger P1"],
    );
}

#[test]
fn a_number_is_written_as_text_without_a_trailing_zero() {
    let by = |tag| ModelOperation {
        order: OrderRule::Expression(Expression::tag(tag), OrderUpdate::NewRecord),
        ..runs("A", "run")
    };
    check(
        &plant([by("level")]),
        "0 run=0 level=4711 | 1 run=1 | 3 level=0.5",
        &["A 1..3 trigger/order 4711", "A 3..open order/open 0.5"],
    );
    check(&plant([by("speed")]), "0 run=0 speed=0 | 1 run=1", &["A 1..open trigger/open 0"]);
}

#[test]
fn what_changed_during_a_stop_hold_is_applied_in_the_scan_that_cancels_it() {
    let holding = |update| plant([with_order(runs_holding("A", "run", 5), update)]);
    let rows = "0 run=0 order=P1 | 1 run=1 | 3 run=0 | 4 order=P2 | 6 run=1 | 9 run=1";
    check(&holding(OrderUpdate::NewRecord), rows, &["A 1..6 trigger/order P1", "A 6..open order/open P2"]);
    let outcome = check(&holding(OrderUpdate::ThrowError), rows, &["A 1..open trigger/open P1"]);
    assert_eq!(told(&outcome, EventKind::OrderChanged), ["6"]);
}

#[test]
fn what_came_and_went_during_a_stop_hold_is_not_applied() {
    check(
        &plant([with_order(runs_holding("A", "run", 5), OrderUpdate::KeepLast)]),
        "0 run=0 order=P1 | 1 run=1 | 3 run=0 | 4 order=P2 | 5 order=P1 | 6 run=1 | 9 run=1",
        &["A 1..open trigger/open P1"],
    );
}

#[test]
fn a_stop_hold_that_begins_in_the_scan_of_the_change_defers_it() {
    check(
        &plant([with_order(runs_holding("A", "run", 5), OrderUpdate::NewRecord)]),
        "0 run=0 order=P1 | 1 run=1 | 3 run=0 order=P2 | 20 run=0",
        &["A 1..3 trigger/trigger P1"],
    );
}

#[test]
fn a_stop_hold_older_than_the_record_defers_nothing() {
    let button = super::operation("A", super::rising("run"), super::held(super::falling("end"), 9));
    check(
        &plant([with_order(button, OrderUpdate::KeepLast)]),
        "0 run=0 end=1 order=P1 | 1 end=0 | 2 run=1 | 3 order=P2 | 4 run=1",
        &["A 2..open trigger/open P2"],
    );
}

#[test]
fn a_child_without_a_rule_takes_its_parents_order_and_follows_it() {
    let parent = with_order(runs("A", "run"), OrderUpdate::KeepLast);
    let outcome = check(
        &plant([parent, child("B", "A"), child("C", "B")]),
        "0 run=0 order= | 1 run=1 | 3 order=P1 | 5 order=P2 | 9 run=0",
        &["A 1..9 trigger/trigger P2", "B 1..9 parent/parent P2 child", "C 1..9 parent/parent P2 child"],
    );
    assert_eq!(told(&outcome, EventKind::Updated), ["3", "3", "3", "5", "5", "5"]);
}

#[test]
fn the_next_record_resolves_anew() {
    check(
        &updating(OrderUpdate::KeepFirst),
        "0 run=0 order=P1 | 1 run=1 | 3 order=P2 | 5 run=0 | 6 run=1 | 9 run=0",
        &["A 1..5 trigger/trigger P1", "A 6..9 trigger/trigger P2"],
    );
}
