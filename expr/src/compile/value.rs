//! The closures that give any value with its quality.

use super::ValueFn;
use super::call::{call, stateful_call, with_evaluated, with_values, worst};
use super::tag::{computed_tag, not_found, tag};
use crate::ast::UnaryOperator;
use crate::check::HostName;
use crate::check::{Checked, CheckedNode};
use crate::coerce::boolean;
use crate::evaluate::{Context, Evaluated, Host};
use crate::functions::Failure;
use crate::operate::{Logic, Operation, subscript, unary};
use crate::quality::Quality;
use crate::value::Value;

/// Compiles a part to a closure.
pub(crate) fn value(checked: &Checked) -> ValueFn {
    node(checked, &mut value)
}

/// Compiles a part whose own parts are compiled by `part`, which is asked for each of [`Checked::parts`] in order.
pub(crate) fn node(checked: &Checked, part: &mut dyn FnMut(&Checked) -> ValueFn) -> ValueFn {
    let span = checked.span;
    match &checked.node {
        CheckedNode::Constant(constant) => {
            let constant = constant.clone();
            Box::new(move |_| constant.clone())
        }
        CheckedNode::Tag(slot, property) => tag(*slot, *property, span),
        CheckedNode::Host(name) => host(name.clone()),
        CheckedNode::NotFound(property) => not_found(*property, span),
        CheckedNode::ComputedTag(tag) => computed_tag(tag, part(&tag.path), span),
        CheckedNode::Unary(operator, operand) => unary_value(*operator, part(operand), span),
        CheckedNode::Logic(logic, operands) => logic_value(*logic, spanned(operands, part)),
        CheckedNode::Chain(first, rest) => chain(first.span.0, part(first), operations(rest, part)),
        CheckedNode::Call(function, arguments) => call(function, values(arguments, part), span),
        CheckedNode::StatefulCall(function, site, arguments) => {
            stateful_call(function, *site, values(arguments, part), span)
        }
        CheckedNode::Subscript(base, keys) => subscript_value(part(base), values(keys, part), span),
    }
}

fn values(parts: &[Checked], part: &mut dyn FnMut(&Checked) -> ValueFn) -> Vec<ValueFn> {
    parts.iter().map(part).collect()
}

fn spanned(parts: &[Checked], part: &mut dyn FnMut(&Checked) -> ValueFn) -> Vec<(ValueFn, (usize, usize))> {
    parts.iter().map(|operand| (part(operand), operand.span)).collect()
}

/// Compiles what follows a chain's first operand, each with the end of its text.
fn operations(
    rest: &[(Operation, Checked)],
    part: &mut dyn FnMut(&Checked) -> ValueFn,
) -> Vec<(Operation, ValueFn, usize)> {
    rest.iter().map(|(operation, operand)| (*operation, part(operand), operand.span.1)).collect()
}

fn host(name: HostName) -> ValueFn {
    let read: fn(&Host) -> &Value = match name {
        HostName::OperationName => |host| &host.operation_name,
        HostName::OperationLocation => |host| &host.operation_location,
        HostName::OperationProductionOrder => |host| &host.operation_production_order,
        HostName::OperationStatus => |host| &host.operation_status,
        HostName::OperationStartDate => |host| &host.operation_start_date,
        HostName::Value => |host| &host.value,
        HostName::Capture(name) => return capture(name),
    };
    Box::new(move |context| Evaluated::good(read(context.host).clone()))
}

/// Reads a capture of the open record; while no record is open there is none, which is no error.
fn capture(name: String) -> ValueFn {
    Box::new(move |context| {
        let capture = context.host.captures.iter().find(|(own, _)| *own == name);
        Evaluated::good(capture.map(|(_, value)| value.clone()).unwrap_or_default())
    })
}

fn unary_value(operator: UnaryOperator, operand: ValueFn, span: (usize, usize)) -> ValueFn {
    Box::new(move |context| {
        let operand = operand(context);
        if operand.is_poison() {
            return operand;
        }
        let result = unary(operator, &operand.value);
        finished(context, result, operand.quality, span)
    })
}

/// Evaluates operands from the left until one decides; the others contribute nothing.
fn logic_value(logic: Logic, operands: Vec<(ValueFn, (usize, usize))>) -> ValueFn {
    Box::new(move |context| {
        let mut worst: Option<Quality> = None;
        let mut truth = logic == Logic::And;
        for (operand, span) in &operands {
            let operand = operand(context);
            let quality = worst.map_or(operand.quality, |worst| worst.worst(operand.quality));
            worst = Some(quality);
            if operand.is_poison() {
                return Evaluated { value: Value::Null, quality };
            }
            match boolean(&operand.value) {
                Ok(operand) => truth = operand,
                Err(failure) => return failed(context, &failure, quality, *span),
            }
            if truth == (logic == Logic::Or) {
                break;
            }
        }
        Evaluated { value: Value::Boolean(truth), quality: worst.unwrap_or(Quality::Good) }
    })
}

/// Compiles a chain whose text begins at `start`.
fn chain(start: usize, first: ValueFn, rest: Vec<(Operation, ValueFn, usize)>) -> ValueFn {
    Box::new(move |context| {
        rest.iter().fold(first(context), |left, (operation, operand, end)| {
            let right = operand(context);
            apply(context, *operation, &left, &right, (start, *end))
        })
    })
}

/// Applies an operator to operands with qualities.
fn apply(
    context: &mut Context<'_>,
    operation: Operation,
    left: &Evaluated,
    right: &Evaluated,
    span: (usize, usize),
) -> Evaluated {
    let quality = left.quality.worst(right.quality);
    if left.is_poison() || right.is_poison() {
        return Evaluated { value: Value::Null, quality };
    }
    let result = operation.apply(&left.value, &right.value, context.zone);
    finished(context, result, quality, span)
}

/// Evaluates the base first, then the keys.
fn subscript_value(base: ValueFn, keys: Vec<ValueFn>, span: (usize, usize)) -> ValueFn {
    let parts: Vec<ValueFn> = std::iter::once(base).chain(keys).collect();
    Box::new(move |context| {
        with_evaluated(context, &parts, |context, evaluated| {
            let quality = worst(evaluated);
            if evaluated.iter().any(Evaluated::is_poison) {
                return Evaluated { value: Value::Null, quality };
            }
            let result = with_values(evaluated, |values| subscript(&values[0], &values[1..]));
            finished(context, result, quality, span)
        })
    })
}

/// Returns a result with its operands' quality, or the error that it is.
pub(super) fn finished(
    context: &mut Context<'_>,
    result: Result<Value, Failure>,
    quality: Quality,
    span: (usize, usize),
) -> Evaluated {
    let handled = result.and_then(|value| context.handle(value.held_bytes()).map(|()| value));
    match handled {
        Ok(value) => Evaluated { value, quality },
        Err(failure) => failed(context, &failure, quality, span),
    }
}

/// Returns an evaluation error; operands that were errors before it keep their quality.
pub(super) fn failed(
    context: &mut Context<'_>,
    failure: &Failure,
    quality: Quality,
    span: (usize, usize),
) -> Evaluated {
    let quality = quality.worst(Quality::ErrorExpressionEval);
    context.note(quality, span, || failure.to_string());
    Evaluated { value: Value::Null, quality }
}
