//! A comparison with a number as an interval: all six cost the same then, and no branch.

use super::number::exact_float;
use crate::operate::Comparison;
use crate::value::Value;

/// The numbers from one to another, both included, or all but these. NaN is in no interval.
#[derive(Clone, Copy, Debug)]
pub(super) struct Interval {
    first: f64,
    last: f64,
    /// Whether the numbers outside are meant; NaN is one of them.
    outside: bool,
}

impl Interval {
    /// Every number but 0, as `&&` and `||` see numbers.
    pub(super) const NOT_ZERO: Self = Self { first: 0.0, last: 0.0, outside: true };

    /// Returns the numbers that a comparison with a constant accepts, if it is one with which any number of
    /// 64 bits can be compared as a float: below 2⁵³, or infinite. What lies beyond that is rounded when it
    /// becomes a float, but never over the constant.
    pub(super) fn of(comparison: Comparison, constant: &Value) -> Option<Self> {
        const EXACT_END: f64 = 9_007_199_254_740_992.0;
        let number = if let Value::Boolean(truth) = constant { f64::from(*truth) } else { exact_float(constant)? };
        let is_fit = number.abs() < EXACT_END || number.is_infinite();
        is_fit.then(|| {
            let (first, last) = match comparison {
                Comparison::Equal | Comparison::NotEqual => (number, number),
                Comparison::Greater => (above(number), f64::INFINITY),
                Comparison::GreaterOrEqual => (number, f64::INFINITY),
                Comparison::Less => (f64::NEG_INFINITY, below(number)),
                Comparison::LessOrEqual => (f64::NEG_INFINITY, number),
            };
            Self { first, last, outside: comparison == Comparison::NotEqual }
        })
    }

    /// Tells whether a number is meant.
    #[expect(clippy::needless_bitwise_bool, reason = "a second branch would cost more than the comparison")]
    #[inline]
    pub(super) fn contains(self, number: f64) -> bool {
        ((self.first <= number) & (number <= self.last)) != self.outside
    }

    /// Returns the first and the last: the answer differs between two numbers only if one of these lies between them,
    /// both included.
    pub(super) const fn ends(self) -> [f64; 2] {
        [self.first, self.last]
    }

    /// Tells whether the numbers are meant that are not between these.
    pub(super) const fn is_outside(self) -> bool {
        self.outside
    }

    /// Returns all other numbers.
    #[must_use]
    pub(super) const fn others(self) -> Self {
        Self { outside: !self.outside, ..self }
    }
}

/// Returns the first float above a number; above infinity there is none, and NaN is in no interval.
const fn above(number: f64) -> f64 {
    if number == f64::INFINITY { f64::NAN } else { number.next_up() }
}

/// Returns the first float below a number; below negative infinity there is none.
const fn below(number: f64) -> f64 {
    if number == f64::NEG_INFINITY { f64::NAN } else { number.next_down() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coerce::{Number, compare_numbers};

    #[test]
    fn an_interval_says_what_the_comparison_says() {
        let integers = [i64::MIN, -(1 << 53) - 1, -1, 0, 1, 3, (1 << 53) - 1, 1 << 53, (1 << 53) + 1, i64::MAX];
        let floats = [f64::NEG_INFINITY, -2.5, -0.0, 0.0, 5e-324, 2.5, 3.0, 1e300, f64::INFINITY, f64::NAN];
        let numbers = integers.map(Number::Integer).into_iter().chain(floats.map(Number::Float));
        let comparisons = [
            Comparison::Equal,
            Comparison::NotEqual,
            Comparison::Less,
            Comparison::Greater,
            Comparison::LessOrEqual,
            Comparison::GreaterOrEqual,
        ];
        let constants = [-0.0, 0.0, 2.5, -2.5, 3.0, 9_007_199_254_740_991.0, f64::INFINITY, f64::NEG_INFINITY];
        for number in numbers {
            for (comparison, constant) in comparisons.iter().flat_map(|c| constants.map(|constant| (*c, constant))) {
                let interval = Interval::of(comparison, &Value::Float(constant)).expect("the constant fits");
                let wanted = comparison.accepts(compare_numbers(number, Number::Float(constant)));
                let story = format!("{number:?} {comparison:?} {constant}");
                assert_eq!(interval.contains(number.to_float()), wanted, "{story}");
                assert_eq!(interval.others().contains(number.to_float()), !wanted, "not {story}");
            }
        }
    }

    #[test]
    fn what_rounding_could_change_is_no_interval() {
        for constant in [Value::Float(1e21), Value::Integer(1 << 53), Value::Float(f64::NAN), Value::Null] {
            assert!(Interval::of(Comparison::Greater, &constant).is_none(), "{constant:?}");
        }
    }
}
