//! The operators on values. Null, wrong types and overflow are failures; quality is the caller's.
//!
//! `&&` and `||` are not here: they decide which operands are evaluated at all.

mod arithmetic;
mod bits;
mod comparison;
mod like;
mod subscript;

use chrono_tz::Tz;

pub(crate) use arithmetic::{Arithmetic, power};
pub(crate) use bits::Bits;
pub(crate) use comparison::{Comparison, Outcomes};
pub(crate) use subscript::{from_json, subscript};

use crate::ast::{BinaryOperator, UnaryOperator};
use crate::coerce::{Number, boolean, integer, number};
use crate::functions::Failure;
use crate::value::Value;

/// Whether a chain goes on while its operands are true, or while they are false.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Logic {
    And,
    Or,
}

/// An operator that needs both operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Compare(Comparison),
    Like,
    Bits(Bits),
    Arithmetic(Arithmetic),
}

/// An operator, by how its operands are evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    /// Operands from the left, until the result is known.
    Logic(Logic),
    /// Both operands, always.
    Operation(Operation),
}

impl From<BinaryOperator> for Operator {
    fn from(operator: BinaryOperator) -> Self {
        let compare = |comparison| Self::Operation(Operation::Compare(comparison));
        let bits = |bits| Self::Operation(Operation::Bits(bits));
        let arithmetic = |arithmetic| Self::Operation(Operation::Arithmetic(arithmetic));
        match operator {
            BinaryOperator::Or => Self::Logic(Logic::Or),
            BinaryOperator::And => Self::Logic(Logic::And),
            BinaryOperator::BitOr => bits(Bits::Or),
            BinaryOperator::BitXor => bits(Bits::Xor),
            BinaryOperator::BitAnd => bits(Bits::And),
            BinaryOperator::ShiftLeft => bits(Bits::ShiftLeft),
            BinaryOperator::ShiftRight => bits(Bits::ShiftRight),
            BinaryOperator::Equal => compare(Comparison::Equal),
            BinaryOperator::NotEqual => compare(Comparison::NotEqual),
            BinaryOperator::Less => compare(Comparison::Less),
            BinaryOperator::Greater => compare(Comparison::Greater),
            BinaryOperator::LessOrEqual => compare(Comparison::LessOrEqual),
            BinaryOperator::GreaterOrEqual => compare(Comparison::GreaterOrEqual),
            BinaryOperator::Like => Self::Operation(Operation::Like),
            BinaryOperator::Add => arithmetic(Arithmetic::Add),
            BinaryOperator::Subtract => arithmetic(Arithmetic::Subtract),
            BinaryOperator::Multiply => arithmetic(Arithmetic::Multiply),
            BinaryOperator::Divide => arithmetic(Arithmetic::Divide),
            BinaryOperator::Remainder => arithmetic(Arithmetic::Remainder),
            BinaryOperator::Power => arithmetic(Arithmetic::Power),
        }
    }
}

impl Operation {
    /// Returns the result for two operands; dates are written in `zone` where they become text.
    pub(crate) fn apply(self, left: &Value, right: &Value, zone: Tz) -> Result<Value, Failure> {
        match self {
            Self::Compare(comparison) => comparison.apply(left, right).map(Value::Boolean),
            Self::Like => like::like(left, right, zone).map(Value::Boolean),
            Self::Bits(bits) => bits.apply(left, right),
            Self::Arithmetic(arithmetic) => arithmetic.apply(left, right, zone),
        }
    }
}

/// Returns the result of an operator before its operand.
pub(crate) fn unary(operator: UnaryOperator, operand: &Value) -> Result<Value, Failure> {
    match operator {
        UnaryOperator::Negate => match number(operand)? {
            Number::Integer(number) => {
                number.checked_neg().map(Value::Integer).ok_or_else(|| "the negative does not fit 64 bits".into())
            }
            Number::Float(number) => Ok(Value::Float(-number)),
        },
        UnaryOperator::Not => boolean(operand).map(|truth| Value::Boolean(!truth)),
        UnaryOperator::BitNot => integer(operand).map(|bits| Value::Integer(!bits)),
    }
}
