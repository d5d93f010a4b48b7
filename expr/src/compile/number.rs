//! Arithmetic on floats whose types are known: closures that give a bare float with status bits.
//!
//! Only what is certain to be calculated in floats comes here; a cell of another type than declared is
//! a miss.

use crate::ast::{Property, UnaryOperator};
use crate::check::binary_type;
use crate::check::{Checked, CheckedNode};
use crate::coerce::Number;
use crate::image::{Cell, TagSlot};
use crate::operate::{Arithmetic, Operation};
use crate::truth::Status;
use crate::value::{Type, Value};

/// A float with what is known of its operands.
#[derive(Clone, Copy)]
pub(super) struct Reading {
    pub(super) value: f64,
    /// With [`Status::MISSED`] a cell was not of its declared type, and the float means nothing.
    pub(super) status: Status,
}

impl Reading {
    const MISSED: Self = Self { value: 0.0, status: Status::MISSED };

    fn with(self, arithmetic: Arithmetic, right: Self) -> Self {
        Self { value: arithmetic.apply_to_floats(self.value, right.value), status: self.status.with(right.status) }
    }
}

/// A part that is calculated in floats.
pub(super) type NumberFn = Box<dyn Fn(&[Cell]) -> Reading + Send + Sync>;

/// Compiles a part whose value is a float of its own, if it is one.
pub(super) fn float(checked: &Checked) -> Option<NumberFn> {
    if let Some(constant) = checked.constant() {
        let (value, status) = (exact_float(&constant.value)?, Status::of(constant.quality));
        return Some(Box::new(move |_| Reading { value, status }));
    }
    if checked.kind == Type::Float { operand(checked) } else { None }
}

/// Returns a constant number as a float, if that changes nothing.
pub(super) fn exact_float(value: &Value) -> Option<f64> {
    /// Below it every integer has a float of its own: 2⁵³.
    const EXACT_END: i64 = 1 << 53;
    match value {
        Value::Float(number) => Some(*number),
        Value::Integer(number) if (-EXACT_END..=EXACT_END).contains(number) => {
            Some(Number::Integer(*number).to_float())
        }
        Value::Integer(_)
        | Value::Null
        | Value::Boolean(_)
        | Value::String(_)
        | Value::Date(_)
        | Value::Dataset(_)
        | Value::Document(_)
        | Value::Quality(_) => None,
    }
}

/// Compiles an operand of float arithmetic: integers become the nearest float, as the operators do it.
fn operand(checked: &Checked) -> Option<NumberFn> {
    match &checked.node {
        CheckedNode::Constant(constant) => {
            let (value, status) = (constant.value.as_float()?, Status::of(constant.quality));
            Some(Box::new(move |_| Reading { value, status }))
        }
        CheckedNode::Tag(slot, Property::Value) if checked.kind == Type::Float => Some(float_tag(*slot)),
        CheckedNode::Tag(slot, Property::Value) if checked.kind == Type::Integer => Some(integer_tag(*slot)),
        CheckedNode::Unary(UnaryOperator::Negate, inner) if inner.kind == Type::Float => {
            let inner = operand(inner)?;
            Some(Box::new(move |image| {
                let reading = inner(image);
                Reading { value: -reading.value, ..reading }
            }))
        }
        CheckedNode::Chain(first, rest) => chain(first, rest),
        CheckedNode::Tag(..)
        | CheckedNode::Host(_)
        | CheckedNode::NotFound(_)
        | CheckedNode::ComputedTag(_)
        | CheckedNode::Unary(..)
        | CheckedNode::Logic(..)
        | CheckedNode::Call(..)
        | CheckedNode::StatefulCall(..)
        | CheckedNode::Subscript(..) => None,
    }
}

fn float_tag(slot: TagSlot) -> NumberFn {
    Box::new(move |image| {
        let cell = &image[slot.index()];
        let status = Status::of(cell.quality);
        match cell.value {
            Value::Float(value) => Reading { value, status },
            Value::Null
            | Value::Boolean(_)
            | Value::Integer(_)
            | Value::String(_)
            | Value::Date(_)
            | Value::Dataset(_)
            | Value::Document(_)
            | Value::Quality(_) => Reading::MISSED,
        }
    })
}

fn integer_tag(slot: TagSlot) -> NumberFn {
    Box::new(move |image| {
        let cell = &image[slot.index()];
        let status = Status::of(cell.quality);
        match cell.value {
            Value::Integer(value) => Reading { value: Number::Integer(value).to_float(), status },
            Value::Null
            | Value::Boolean(_)
            | Value::Float(_)
            | Value::String(_)
            | Value::Date(_)
            | Value::Dataset(_)
            | Value::Document(_)
            | Value::Quality(_) => Reading::MISSED,
        }
    })
}

/// Compiles a chain whose every step is calculated in floats, whatever its operands' widths.
fn chain(first: &Checked, rest: &[(Operation, Checked)]) -> Option<NumberFn> {
    let mut kind = first.kind;
    let mut steps = Vec::with_capacity(rest.len());
    for (operation, next) in rest {
        let Operation::Arithmetic(arithmetic) = operation else { return None };
        if !is_float_step(*arithmetic, kind, next.kind) {
            return None;
        }
        steps.push((*arithmetic, operand(next)?));
        kind = binary_type(*operation, kind, next.kind);
    }
    let first = operand(first)?;
    Some(Box::new(move |image| {
        steps.iter().fold(first(image), |left, (arithmetic, operand)| left.with(*arithmetic, operand(image)))
    }))
}

/// Tells whether an operator on two numbers of these types is calculated in floats.
const fn is_float_step(arithmetic: Arithmetic, left: Type, right: Type) -> bool {
    match arithmetic {
        Arithmetic::Divide | Arithmetic::Power => true,
        Arithmetic::Add | Arithmetic::Subtract | Arithmetic::Multiply | Arithmetic::Remainder => {
            matches!(left, Type::Float) || matches!(right, Type::Float)
        }
    }
}
