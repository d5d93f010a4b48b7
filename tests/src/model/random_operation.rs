//! A random operation: every key of the contract gets its turn, each mostly at its default.

use super::dice::Dice;
use super::expression::{Comparison, Expression};
use super::names::{ConflictScope, ConflictStrategy, EdgeKind, FirstScan, OrderStatus, OrderUpdate};
use super::plant::{ExpectedDuration, ModelOperation, ModelSequence, ModelTrigger, OrderRule};
use super::random::CONFIGURED_ORDERS;
use super::random_block::{random_block_truth, random_block_value};
use super::random_capture::random_captures;
use super::value::ModelValue;

/// Returns an operation that may follow one of the possible parents.
pub(super) fn random_operation(dice: &mut Dice, name: &str, parents: &[String]) -> ModelOperation {
    let location = if dice.chance(75) { "Line" } else { "Line/Side" };
    let mut operation = ModelOperation::new(name, location);
    operation.enabled = !dice.chance(4);
    if !parents.is_empty() && dice.chance(35) {
        operation.parent = Some(dice.pick(parents));
    } else if dice.chance(25) {
        add_interruptions(dice, &mut operation);
    } else {
        add_triggers(dice, &mut operation);
    }
    operation.max_duration_seconds = if dice.chance(60) { 0 } else { dice.between(1, 8) };
    if operation.order == OrderRule::None {
        operation.order = random_order_rule(dice, operation.parent.is_some());
    }
    operation.order_status_on_start = random_status(dice, OrderStatus::Running);
    operation.order_status_on_stop = random_status(dice, OrderStatus::Stopped);
    operation.expected = random_expected(dice);
    operation.captures = random_captures(dice);
    operation.sequence = dice.chance(30).then(|| random_sequence(dice));
    operation
}

fn add_triggers(dice: &mut Dice, operation: &mut ModelOperation) {
    let start = random_trigger(dice);
    if dice.chance(50) {
        operation.stop = Some(opposite(dice, &start));
    } else if dice.chance(85) {
        operation.stop = Some(random_trigger(dice));
    }
    operation.start = Some(start);
    operation.fault = dice.chance(20).then(|| match dice.below(4) {
        0 => random_block_truth(dice),
        1 => Expression::tag("ready"),
        _ => Expression::tag("fault"),
    });
    operation.first_scan = dice.chance(20).then(|| dice.pick(FirstScan::ALL));
    operation.restart_holdoff_millis = if dice.chance(70) { 0 } else { dice.between(1, 12) * 500 };
    operation.conflict_strategy = dice.pick(ConflictStrategy::ALL);
    operation.conflict_scope = dice.pick(ConflictScope::ALL);
}

/// A start and a stop on two bits, a long stop hold and splits: where short interruptions meet everything else.
fn add_interruptions(dice: &mut Dice, operation: &mut ModelOperation) {
    let hold_millis = if dice.chance(60) { 0 } else { dice.between(1, 3) * 1_000 };
    operation.start = Some(ModelTrigger { hold_millis, ..ModelTrigger::rising(Expression::tag("ready")) });
    let stopped = ModelTrigger::rising(Expression::Not(Box::new(Expression::tag("run"))));
    operation.stop = Some(ModelTrigger { hold_millis: dice.between(3, 8) * 1_000, ..stopped });
    operation.order = OrderRule::Expression(Expression::tag("order"), OrderUpdate::NewRecord);
}

pub(super) fn random_trigger(dice: &mut Dice) -> ModelTrigger {
    let kind = dice.pick(&[EdgeKind::Rising, EdgeKind::Rising, EdgeKind::Falling, EdgeKind::Change]);
    let expression = match kind {
        EdgeKind::Rising | EdgeKind::Falling => random_truth(dice),
        EdgeKind::Change if dice.chance(20) => random_block_value(dice),
        EdgeKind::Change => Expression::tag(dice.pick(&["batch", "count", "level", "level", "run"])),
    };
    let banded = kind == EdgeKind::Change && matches!(&expression, Expression::Tag(tag) if tag == "level");
    let deadband = if banded { dice.pick(&[0.0, 0.5, 1.0]) } else { 0.0 };
    ModelTrigger { expression, kind, hold_millis: random_hold(dice), deadband }
}

/// Start and stop that share a level are the most frequent in plants.
fn opposite(dice: &mut Dice, start: &ModelTrigger) -> ModelTrigger {
    let kind = match start.kind {
        EdgeKind::Rising => EdgeKind::Falling,
        EdgeKind::Falling => EdgeKind::Rising,
        EdgeKind::Change => EdgeKind::Change,
    };
    ModelTrigger { kind, hold_millis: random_hold(dice), ..start.clone() }
}

pub(super) fn random_hold(dice: &mut Dice) -> i64 {
    if dice.chance(45) { 0 } else { dice.between(1, 5) * 1_000 }
}

fn random_truth(dice: &mut Dice) -> Expression {
    match dice.below(14) {
        10.. => random_block_truth(dice),
        0..=4 => Expression::tag(dice.pick(&["run", "run", "ready"])),
        5 => Expression::Not(Box::new(Expression::tag(dice.pick(&["run", "ready"])))),
        6 => Expression::And(Box::new(random_comparison(dice)), Box::new(Expression::tag("run"))),
        7 => Expression::Or(Box::new(Expression::tag("ready")), Box::new(random_comparison(dice))),
        8 => Expression::tag("count"),
        _ => random_comparison(dice),
    }
}

fn random_comparison(dice: &mut Dice) -> Expression {
    let signs = [Comparison::Less, Comparison::Greater, Comparison::Equal, Comparison::NotEqual];
    match dice.below(3) {
        0 => Expression::Compare("count".to_owned(), dice.pick(&signs), ModelValue::Int(dice.between(0, 2))),
        1 => Expression::Compare("level".to_owned(), dice.pick(&signs), ModelValue::Float(1.5)),
        _ => Expression::Compare("batch".to_owned(), dice.pick(&signs[2..]), ModelValue::Text(String::new())),
    }
}

fn random_order_rule(dice: &mut Dice, follows: bool) -> OrderRule {
    match dice.below(12) {
        0..=3 => OrderRule::None,
        10.. => OrderRule::Schedule,
        4 if !follows => OrderRule::Manual(dice.chance(75).then(|| dice.pick(CONFIGURED_ORDERS).to_owned())),
        _ => {
            let tag = dice.pick(&["order", "order", "order", "count", "level"]);
            OrderRule::Expression(Expression::tag(tag), dice.pick(OrderUpdate::ALL))
        }
    }
}

/// The tags count nothing: most of their numbers are gaps and repeats, and some follow on.
fn random_sequence(dice: &mut Dice) -> ModelSequence {
    let rollover = dice.chance(50).then(|| dice.pick(&[2.0, 3.0, 4.0]));
    ModelSequence { tag: dice.pick(&["count", "count", "level"]).to_owned(), rollover }
}

fn random_status(dice: &mut Dice, usual: OrderStatus) -> Option<OrderStatus> {
    dice.chance(50).then(|| if dice.chance(80) { usual } else { dice.pick(OrderStatus::ALL) })
}

fn random_expected(dice: &mut Dice) -> ExpectedDuration {
    match dice.below(12) {
        10.. => ExpectedDuration::FromOrder,
        0..=5 => ExpectedDuration::Static(0),
        6..=8 => ExpectedDuration::Static(dice.between(1, 8)),
        _ => ExpectedDuration::Expression(Expression::tag("count")),
    }
}
