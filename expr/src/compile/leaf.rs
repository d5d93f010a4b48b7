//! The tests that triggers are mostly made of, each a struct that reads cells and gives a truth: no
//! clone, no allocation, and known by its type, so that a pair of them compiles to one closure.
//!
//! A leaf is quick for the types that its tags are declared with. For anything else that turns up in
//! a cell it asks the operators on values, so that it never says anything else than they do.

use super::TruthFn;
use crate::coerce::truth;
use crate::evaluate::Context;
use crate::image::{Cell, TagSlot};
use crate::operate::{Comparison, Outcomes};
use crate::truth::{Status, Truth};
use crate::value::{Text, Value};

/// Something that gives a truth as `&&`, `||` and `!` see it.
pub(super) trait Test: Send + Sync + 'static {
    fn test(&self, context: &mut Context<'_>) -> Truth;
}

impl Test for TruthFn {
    #[inline]
    fn test(&self, context: &mut Context<'_>) -> Truth {
        self(context)
    }
}

/// A tag as a condition, or its opposite.
pub(super) struct Holds {
    pub(super) slot: TagSlot,
    pub(super) wanted: bool,
}

impl Test for Holds {
    #[inline]
    fn test(&self, context: &mut Context<'_>) -> Truth {
        let Cell { value, quality, .. } = &context.image[self.slot.index()];
        let status = Status::of(*quality);
        match value {
            Value::Boolean(truth) => Truth::known(*truth == self.wanted, status),
            Value::Null
            | Value::Integer(_)
            | Value::Float(_)
            | Value::String(_)
            | Value::Date(_)
            | Value::Dataset(_)
            | Value::Document(_)
            | Value::Quality(_) => self.test_other(value, status),
        }
    }
}

impl Holds {
    #[cold]
    fn test_other(&self, value: &Value, status: Status) -> Truth {
        condition(value, status).map(|truth| truth == self.wanted)
    }
}

/// A tag compared with a number.
#[derive(Clone, Copy)]
pub(crate) struct ComparesConstant {
    pub(super) slot: TagSlot,
    pub(super) comparison: Comparison,
    pub(super) outcomes: Outcomes,
    /// The number as a float, which is exact.
    pub(super) float: f64,
    /// Whether the number is an integer too.
    pub(super) is_whole: bool,
}

impl Test for ComparesConstant {
    #[inline]
    fn test(&self, context: &mut Context<'_>) -> Truth {
        self.test_image(context.image)
    }
}

impl ComparesConstant {
    /// Compares the tag as it stands in the image.
    #[inline]
    pub(crate) fn test_image(&self, image: &[Cell]) -> Truth {
        let Cell { value, quality, .. } = &image[self.slot.index()];
        let status = Status::of(*quality);
        match value {
            Value::Float(number) => Truth::known(self.outcomes.contain(number.partial_cmp(&self.float)), status),
            Value::Integer(number) if self.is_whole => {
                Truth::known(self.outcomes.contain(Some(number.cmp(&self.integer()))), status)
            }
            Value::Null
            | Value::Boolean(_)
            | Value::Integer(_)
            | Value::String(_)
            | Value::Date(_)
            | Value::Dataset(_)
            | Value::Document(_)
            | Value::Quality(_) => self.test_other(value, status),
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "only asked of a number that an integer is")]
    const fn integer(&self) -> i64 {
        self.float as i64
    }

    #[cold]
    fn test_other(&self, value: &Value, status: Status) -> Truth {
        compare(self.comparison, (value, status), (&Value::Float(self.float), Status::GOOD))
    }
}

/// Two tags compared with each other.
pub(super) struct ComparesTags {
    pub(super) left: TagSlot,
    pub(super) right: TagSlot,
    pub(super) comparison: Comparison,
}

impl Test for ComparesTags {
    #[inline]
    fn test(&self, context: &mut Context<'_>) -> Truth {
        let (left, right) = (&context.image[self.left.index()], &context.image[self.right.index()]);
        let statuses = (Status::of(left.quality), Status::of(right.quality));
        let known = |order| Truth::known(self.comparison.accepts(order), statuses.0.with(statuses.1));
        match (&left.value, &right.value) {
            (Value::Float(left), Value::Float(right)) => known(left.partial_cmp(right)),
            (Value::Integer(left), Value::Integer(right)) => known(Some(left.cmp(right))),
            (left, right) => compare(self.comparison, (left, statuses.0), (right, statuses.1)),
        }
    }
}

/// A tag that equals a text, or does not.
pub(super) struct EqualsText {
    pub(super) slot: TagSlot,
    pub(super) text: Text,
    pub(super) wanted: bool,
}

impl Test for EqualsText {
    #[inline]
    fn test(&self, context: &mut Context<'_>) -> Truth {
        let Cell { value, quality, .. } = &context.image[self.slot.index()];
        let status = Status::of(*quality);
        if let Value::String(text) = value {
            return Truth::known(same_text(text, &self.text) == self.wanted, status);
        }
        self.test_other(value, status)
    }
}

impl EqualsText {
    #[cold]
    fn test_other(&self, value: &Value, status: Status) -> Truth {
        let comparison = if self.wanted { Comparison::Equal } else { Comparison::NotEqual };
        compare(comparison, (value, status), (&Value::String(self.text.clone()), Status::GOOD))
    }
}

/// Compares texts, which are short as a rule: a loop is over before a call of the library's
/// comparison has begun.
fn same_text(one: &str, other: &str) -> bool {
    const SHORT_BYTES: usize = 16;
    if one.len() != other.len() {
        return false;
    }
    if one.len() > SHORT_BYTES { one == other } else { one.bytes().zip(other.bytes()).all(|(one, other)| one == other) }
}

/// The sum or difference of two tags, compared with a number: `{temperature} - {setpoint} > 2.5`.
pub(super) struct ComparesSum {
    pub(super) left: TagSlot,
    pub(super) right: TagSlot,
    /// 1 for a sum, −1 for a difference: exact, and no branch.
    pub(super) right_sign: f64,
    pub(super) outcomes: Outcomes,
    pub(super) float: f64,
    /// What decides when a cell is no float.
    pub(super) otherwise: TruthFn,
}

impl Test for ComparesSum {
    #[inline]
    fn test(&self, context: &mut Context<'_>) -> Truth {
        let (left, right) = (&context.image[self.left.index()], &context.image[self.right.index()]);
        let (Value::Float(left_value), Value::Float(right_value)) = (&left.value, &right.value) else {
            return (self.otherwise)(context);
        };
        let status = Status::of(left.quality).with(Status::of(right.quality));
        let sum = left_value + self.right_sign * right_value;
        Truth::known(self.outcomes.contain(sum.partial_cmp(&self.float)), status)
    }
}

/// Returns a value as a condition.
pub(super) fn condition(value: &Value, status: Status) -> Truth {
    match truth(value) {
        Some(truth) => Truth::known(truth, status),
        None => Truth::failed(status),
    }
}

/// Compares any two values.
#[cold]
pub(super) fn compare(comparison: Comparison, left: (&Value, Status), right: (&Value, Status)) -> Truth {
    let status = left.1.with(right.1);
    let is_poison = |(value, status): (&Value, Status)| value.is_null() && status.any(Status::ERROR);
    if is_poison(left) || is_poison(right) {
        return Truth::failed(status);
    }
    match comparison.apply(left.0, right.0) {
        Ok(truth) => Truth::known(truth, status),
        Err(_) => Truth::failed(status),
    }
}
