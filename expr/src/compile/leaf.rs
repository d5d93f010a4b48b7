//! The tests that triggers are mostly made of, each a struct that reads cells and gives a truth: no
//! clone, no allocation, and known by its type, so that a pair of them compiles to one closure.
//!
//! A leaf answers for the values that its tags are declared with and the like. Anything else that turns
//! up in a cell, null too, is a miss: the leaf has no answer, and the closures that give any value decide.

use super::ImageFn;
use super::interval::Interval;
use crate::coerce::{Number, compare_numbers};
use crate::image::{Cell, TagSlot};
use crate::operate::Outcomes;
use crate::truth::{Status, Truth};
use crate::value::Value;

/// Something that gives a truth as `&&`, `||` and `!` see it from the image alone, or misses.
pub(super) trait Test: Send + Sync + 'static {
    fn test(&self, image: &[Cell]) -> Truth;
}

impl Test for ImageFn {
    #[inline]
    fn test(&self, image: &[Cell]) -> Truth {
        self(image)
    }
}

/// A tag as a condition, or its opposite.
pub(super) struct Holds {
    pub(super) slot: TagSlot,
    pub(super) wanted: bool,
}

impl Test for Holds {
    #[inline]
    fn test(&self, image: &[Cell]) -> Truth {
        let Cell { value, quality, .. } = &image[self.slot.index()];
        let truth = match value {
            Value::Boolean(truth) => *truth,
            Value::Integer(number) => *number != 0,
            Value::Float(_)
            | Value::Null
            | Value::String(_)
            | Value::Date(_)
            | Value::Dataset(_)
            | Value::Document(_)
            | Value::Quality(_) => return Truth::missed(),
        };
        Truth::known(truth == self.wanted, Status::of(*quality))
    }
}

/// A tag compared with a number.
#[derive(Clone, Copy)]
pub(crate) struct Within {
    pub(super) slot: TagSlot,
    pub(super) interval: Interval,
}

impl Test for Within {
    #[inline]
    fn test(&self, image: &[Cell]) -> Truth {
        self.ask(image)
    }
}

impl Within {
    /// Compares the tag as it stands in the image, or misses.
    #[inline]
    pub(crate) fn ask(self, image: &[Cell]) -> Truth {
        let Cell { value, quality, .. } = &image[self.slot.index()];
        let Some(number) = position(value) else { return Truth::missed() };
        Truth::known(self.interval.contains(number), Status::of(*quality))
    }

    /// Returns the tag, and the numbers at which the answer can change.
    pub(crate) const fn bounds(self) -> (TagSlot, [f64; 2]) {
        (self.slot, self.interval.ends())
    }
}

/// Returns the number that a comparison with a number sees in a value, if it is made for it.
#[inline]
pub(crate) fn position(value: &Value) -> Option<f64> {
    match value {
        Value::Float(number) => Some(*number),
        Value::Integer(number) => Some(Number::Integer(*number).to_float()),
        Value::Boolean(truth) => Some(f64::from(*truth)),
        Value::Null
        | Value::String(_)
        | Value::Date(_)
        | Value::Dataset(_)
        | Value::Document(_)
        | Value::Quality(_) => None,
    }
}

/// The sum or difference of two tags, compared with a number: `{temperature} - {setpoint} > 2.5`.
pub(super) struct SumWithin {
    pub(super) left: TagSlot,
    pub(super) right: TagSlot,
    /// 1 for a sum, −1 for a difference: exact, and no branch.
    pub(super) right_sign: f64,
    pub(super) interval: Interval,
}

impl Test for SumWithin {
    #[inline]
    fn test(&self, image: &[Cell]) -> Truth {
        let (left, right) = (&image[self.left.index()], &image[self.right.index()]);
        let (Value::Float(left_value), Value::Float(right_value)) = (&left.value, &right.value) else {
            return Truth::missed();
        };
        let status = Status::of(left.quality).with(Status::of(right.quality));
        Truth::known(self.interval.contains(left_value + self.right_sign * right_value), status)
    }
}

/// Two tags compared with each other.
pub(super) struct ComparesTags {
    pub(super) left: TagSlot,
    pub(super) right: TagSlot,
    pub(super) outcomes: Outcomes,
}

impl Test for ComparesTags {
    #[inline]
    fn test(&self, image: &[Cell]) -> Truth {
        let (left, right) = (&image[self.left.index()], &image[self.right.index()]);
        let order = match (&left.value, &right.value) {
            (Value::Float(left), Value::Float(right)) => left.partial_cmp(right),
            (Value::Integer(left), Value::Integer(right)) => Some(left.cmp(right)),
            (Value::Float(left), Value::Integer(right)) => {
                compare_numbers(Number::Float(*left), Number::Integer(*right))
            }
            (Value::Integer(left), Value::Float(right)) => {
                compare_numbers(Number::Integer(*left), Number::Float(*right))
            }
            (Value::Boolean(left), Value::Boolean(right)) => Some(left.cmp(right)),
            (Value::String(left), Value::String(right)) => Some(left.cmp(right)),
            (Value::Date(left), Value::Date(right)) => Some(left.cmp(right)),
            _ => return Truth::missed(),
        };
        Truth::known(self.outcomes.contain(order), Status::of(left.quality).with(Status::of(right.quality)))
    }
}

/// A tag that equals a text, or does not.
pub(super) struct EqualsText {
    pub(super) slot: TagSlot,
    pub(super) text: Box<str>,
    pub(super) wanted: bool,
}

impl Test for EqualsText {
    #[inline]
    fn test(&self, image: &[Cell]) -> Truth {
        let Cell { value, quality, .. } = &image[self.slot.index()];
        let Value::String(text) = value else { return Truth::missed() };
        Truth::known(same_text(text, &self.text) == self.wanted, Status::of(*quality))
    }
}

/// Compares texts, which are short as a rule: two looks at their ends are over before a call of the
/// library's comparison has begun.
#[inline]
fn same_text(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len() != other.len() {
        return false;
    }
    match one.len() {
        0 => true,
        2..=3 => same_ends::<2>(one, other),
        4..=8 => same_ends::<4>(one, other),
        9..=16 => same_ends::<8>(one, other),
        _ => one == other,
    }
}

/// Compares texts of the same length from `N` to `2 N` bytes: the ends overlap, or meet.
#[inline]
fn same_ends<const N: usize>(one: &[u8], other: &[u8]) -> bool {
    one.first_chunk::<N>() == other.first_chunk() && one.last_chunk::<N>() == other.last_chunk()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_the_same_byte_for_byte() {
        let text = "the quick brown fox";
        for length in 0..=text.len() {
            let one = &text[..length];
            assert!(same_text(one, &[one].concat()), "{one}");
            for place in 0..length {
                let mut other = one.to_owned();
                other.replace_range(place..=place, "#");
                assert!(!same_text(one, &other), "{other}");
            }
            assert!(!same_text(one, &format!("{one}#")), "{one}");
        }
    }
}
