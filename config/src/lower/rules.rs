//! How records find their order and their expected duration.

use std::sync::Arc;

use latchwork_engine::{ExpectedDuration, OrderResolution};
use latchwork_expr::{Program, Type};

use super::Names;
use super::expressions::{Expectation, compile};
use super::orders::OrderNames;
use crate::desk::Desk;
use crate::lint::key_place;
use crate::problems;
use crate::raw::RawOperation;
use crate::reader::ExpressionText;
use crate::words::{DurationStrategy, OrderStrategy};

/// What names an order.
const NAME: Expectation = Expectation {
    refused: &[Type::Null, Type::Boolean, Type::Date, Type::Dataset, Type::Document],
    expected: "a name or an id",
    hint: "an order is named by a text or a number",
};

/// What is a number of seconds.
const SECONDS: Expectation = Expectation {
    refused: &[Type::Null, Type::Boolean, Type::Date, Type::Dataset, Type::Document],
    expected: "a number of seconds",
    hint: "a record's expected duration is a number greater than 0",
};

/// Lowers how records find their order.
pub(super) fn order(operation: &RawOperation<'_>, names: Names<'_>, desk: &mut Desk<'_>) -> OrderResolution {
    let rule = &operation.order;
    match rule.strategy {
        OrderStrategy::None => OrderResolution::None,
        OrderStrategy::Manual => OrderResolution::Manual,
        OrderStrategy::Schedule => OrderResolution::Schedule,
        OrderStrategy::Expression => {
            const KEYS: (&str, &str) = ("production_order_resolution_strategy", "production_order_expression");
            let program = required(operation, KEYS, rule.expression.as_ref(), names, desk);
            program.map_or(OrderResolution::None, |(expression, program)| {
                NAME.check(expression, &program, desk);
                OrderResolution::Expression(program, rule.update)
            })
        }
    }
}

/// Returns the order that was assigned beforehand.
pub(super) fn assigned(operation: &RawOperation<'_>, orders: &OrderNames, desk: &mut Desk<'_>) -> Option<String> {
    let name = operation.order.assigned.as_ref()?;
    orders.check(name, desk);
    match operation.order.strategy {
        OrderStrategy::Manual => Some(name.value.clone()),
        OrderStrategy::None | OrderStrategy::Expression | OrderStrategy::Schedule => None,
    }
}

/// Lowers how the expected duration is found.
pub(super) fn duration(operation: &RawOperation<'_>, names: Names<'_>, desk: &mut Desk<'_>) -> ExpectedDuration {
    let rule = &operation.duration;
    match rule.strategy {
        DurationStrategy::Static => ExpectedDuration::Static(rule.seconds),
        DurationStrategy::FromOrder => ExpectedDuration::FromOrder,
        DurationStrategy::Expression => {
            const KEYS: (&str, &str) = ("expected_duration_calculation_strategy", "expected_duration_expression");
            let program = required(operation, KEYS, rule.expression.as_ref(), names, desk);
            program.map_or(ExpectedDuration::Static(0.0), |(expression, program)| {
                SECONDS.check(expression, &program, desk);
                ExpectedDuration::Expression(program)
            })
        }
    }
}

/// Compiles the expression that a strategy asks for; `keys` are the strategy's and the expression's.
fn required<'e>(
    operation: &RawOperation<'_>,
    keys: (&str, &str),
    expression: Option<&'e ExpressionText>,
    names: Names<'_>,
    desk: &mut Desk<'_>,
) -> Option<(&'e ExpressionText, Arc<Program>)> {
    let (strategy, key) = keys;
    if operation.table.entry(key).is_none() {
        let message = format!("`{strategy}` is EXPRESSION, but there is no `{key}`");
        desk.findings.add(problems::EXPRESSION_MISSING, key_place(operation.table, strategy), message);
    }
    let expression = expression?;
    let program = compile(expression, &names.scope(&operation.identity.tag_folder), desk)?;
    Some((expression, program))
}
