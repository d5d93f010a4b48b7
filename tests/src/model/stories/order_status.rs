//! Section 8: what records do to the statuses of orders, and what is told of them.

use super::super::names::{EventKind, OrderStatus, OrderUpdate};
use super::super::plant::{ModelOperation, ModelOrder, ModelPlant, UnknownOrders};
use super::super::record::Outcome;
use super::{check, plant, runs, told, with_order};

fn writing(update: OrderUpdate) -> ModelOperation {
    ModelOperation {
        order_status_on_start: Some(OrderStatus::Running),
        order_status_on_stop: Some(OrderStatus::Stopped),
        ..with_order(runs("A", "run"), update)
    }
}

fn with_orders(operation: ModelOperation, orders: &[(&str, OrderStatus)]) -> ModelPlant {
    let order = |(name, status): &(&str, OrderStatus)| ModelOrder::new(name, *status);
    ModelPlant { orders: orders.iter().map(order).collect(), ..plant([operation]) }
}

fn statuses(outcome: &Outcome) -> Vec<(&str, OrderStatus)> {
    outcome.orders.iter().map(|(name, status)| (name.as_str(), *status)).collect()
}

const ONE_RUN: &str = "0 run=0 order=P1 | 1 run=1 | 9 run=0";

#[test]
fn a_start_and_a_stop_write_their_status() {
    let idle = with_orders(writing(OrderUpdate::KeepFirst), &[("P1", OrderStatus::Idle)]);
    let outcome = check(&idle, "0 run=0 order=P1 | 1 run=1 | 2 run=1", &["A 1..open trigger/open P1"]);
    assert_eq!(statuses(&outcome), [("P1", OrderStatus::Running)]);
    let outcome = check(&idle, ONE_RUN, &["A 1..9 trigger/trigger P1"]);
    assert_eq!(statuses(&outcome), [("P1", OrderStatus::Stopped)]);
    assert_eq!(told(&outcome, EventKind::OrderStatusChanged), ["1", "9"]);
}

#[test]
fn nothing_is_written_unless_it_is_configured() {
    let quiet = with_order(runs("A", "run"), OrderUpdate::KeepFirst);
    let outcome =
        check(&with_orders(quiet, &[("P1", OrderStatus::Scheduled)]), ONE_RUN, &["A 1..9 trigger/trigger P1"]);
    assert_eq!(statuses(&outcome), [("P1", OrderStatus::Scheduled)]);
}

#[test]
fn an_order_swapped_out_gets_the_stop_status_and_the_one_swapped_in_the_start_status() {
    let two = [("P1", OrderStatus::Idle), ("P2", OrderStatus::Idle)];
    for update in [OrderUpdate::KeepLast, OrderUpdate::NewRecord] {
        let outcome = super::run(
            &with_orders(writing(update), &two),
            &super::parse_trace("0 run=0 order=P1 | 1 run=1 | 5 order=P2"),
        );
        assert_eq!(statuses(&outcome), [("P1", OrderStatus::Stopped), ("P2", OrderStatus::Running)]);
    }
}

#[test]
fn a_final_order_refuses_writes_but_the_record_opens() {
    let closed = with_orders(writing(OrderUpdate::KeepFirst), &[("P1", OrderStatus::Closed)]);
    let outcome = check(&closed, ONE_RUN, &["A 1..9 trigger/trigger P1"]);
    assert_eq!(statuses(&outcome), [("P1", OrderStatus::Closed)]);
    assert_eq!(told(&outcome, EventKind::OrderFinal), ["1", "9"]);
}

#[test]
fn a_start_on_a_final_order_is_told_even_if_it_writes_nothing() {
    let quiet = with_order(runs("A", "run"), OrderUpdate::KeepFirst);
    let outcome =
        check(&with_orders(quiet, &[("P1", OrderStatus::Cancelled)]), ONE_RUN, &["A 1..9 trigger/trigger P1"]);
    assert_eq!(told(&outcome, EventKind::OrderFinal), ["1"]);
}

#[test]
fn an_unknown_order_is_kept_as_read_and_told_once_per_record() {
    let outcome = check(
        &plant([writing(OrderUpdate::KeepLast)]),
        "0 run=0 order=P1 | 1 run=1 | 5 order=P2 | 9 run=0 | 10 run=1",
        &["A 1..9 trigger/trigger P2", "A 10..open trigger/open P2"],
    );
    assert_eq!(told(&outcome, EventKind::OrderUnknown), ["1", "10"]);
    assert_eq!(statuses(&outcome), []);
}

#[test]
fn an_unknown_order_is_created_idle_instead() {
    let quiet = with_order(runs("A", "run"), OrderUpdate::KeepFirst);
    let creates = ModelPlant { unknown_orders: UnknownOrders::Create, ..plant([quiet]) };
    let outcome = check(&creates, ONE_RUN, &["A 1..9 trigger/trigger P1"]);
    assert_eq!(statuses(&outcome), [("P1", OrderStatus::Idle)]);
    assert_eq!(told(&outcome, EventKind::OrderUnknown), Vec::<String>::new());
}
