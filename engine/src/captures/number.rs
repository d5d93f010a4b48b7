//! Numbers as captures count them: integers stay integers while they can.

use std::cmp::Ordering;

use latchwork_expr::{Number, Value, compare_numbers};

/// Returns a finite number; truths count 1 and 0, as in arithmetic.
pub(super) fn finite(value: &Value) -> Option<Number> {
    match value {
        Value::Boolean(value) => Some(Number::Integer(i64::from(*value))),
        Value::Integer(value) => Some(Number::Integer(*value)),
        Value::Float(value) => value.is_finite().then_some(Number::Float(*value)),
        Value::Null
        | Value::String(_)
        | Value::Date(_)
        | Value::Dataset(_)
        | Value::Document(_)
        | Value::Quality(_) => None,
    }
}

/// Returns a number as a value.
pub(super) const fn value_of(number: Number) -> Value {
    match number {
        Number::Integer(number) => Value::Integer(number),
        Number::Float(number) => Value::Float(number),
    }
}

/// Compares two values that are finite numbers; equal if one is none.
pub(super) fn compare(one: &Value, other: &Value) -> Ordering {
    let numbers = finite(one).zip(finite(other));
    numbers.and_then(|(one, other)| compare_numbers(one, other)).unwrap_or(Ordering::Equal)
}

/// Returns the sum.
pub(super) fn plus(one: Number, other: Number) -> Number {
    let whole = integers(one, other).and_then(|(one, other)| one.checked_add(other));
    whole.map_or_else(|| Number::Float(one.to_float() + other.to_float()), Number::Integer)
}

/// Returns `later` less `earlier`.
pub(super) fn minus(later: Number, earlier: Number) -> Number {
    let whole = integers(later, earlier).and_then(|(later, earlier)| later.checked_sub(earlier));
    whole.map_or_else(|| Number::Float(later.to_float() - earlier.to_float()), Number::Integer)
}

const fn integers(one: Number, other: Number) -> Option<(i64, i64)> {
    match (one, other) {
        (Number::Integer(one), Number::Integer(other)) => Some((one, other)),
        (Number::Integer(_) | Number::Float(_), _) => None,
    }
}

/// Returns how far a counter went, which begins again at 0 when it reaches `rollover`; null unless both are numbers.
pub(crate) fn difference(stop: &Value, start: &Value, rollover: Option<f64>) -> Value {
    let Some((stop, start)) = finite(stop).zip(finite(start)) else { return Value::Null };
    let difference = minus(stop, start);
    match (difference, rollover) {
        (_, None) => value_of(difference),
        (Number::Integer(went), Some(rollover)) => match whole(rollover) {
            Some(whole) if went < 0 => Value::Integer(went.rem_euclid(whole)),
            Some(_) => Value::Integer(went),
            None => Value::Float(wrapped(difference.to_float(), rollover)),
        },
        (Number::Float(went), Some(rollover)) => Value::Float(wrapped(went, rollover)),
    }
}

fn wrapped(went: f64, rollover: f64) -> f64 {
    if went < 0.0 { went.rem_euclid(rollover) } else { went }
}

/// Returns a float as a whole number greater than 0, if it is one.
#[expect(clippy::cast_possible_truncation, reason = "the float is whole and in range")]
fn whole(float: f64) -> Option<i64> {
    (float.fract() == 0.0 && (1.0..9.2e18).contains(&float)).then_some(float as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(stop: impl Into<Value>, start: impl Into<Value>, rollover: Option<f64>, expected: &str) {
        assert_eq!(format!("{:?}", difference(&stop.into(), &start.into(), rollover)), expected);
    }

    #[test]
    fn a_counter_that_wraps_goes_on() {
        check(Value::Integer(12), Value::Integer(5), Some(65536.0), "Integer(7)");
        check(Value::Integer(5), Value::Integer(65534), Some(65536.0), "Integer(7)");
        check(Value::Integer(5), Value::Integer(65534), None, "Integer(-65529)");
        check(Value::Float(1.5), Value::Integer(98), Some(100.0), "Float(3.5)");
        check(Value::Integer(1), Value::Integer(2), Some(2.5), "Float(1.5)");
        check(Value::Integer(1), Value::Integer(2), Some(1.8e19), "Float(1.8e19)");
    }

    #[test]
    fn integers_stay_integers_while_they_can() {
        check(Value::Integer(i64::MAX), Value::Integer(-1), None, "Float(9.223372036854776e18)");
        check(Value::Boolean(true), Value::Integer(0), None, "Integer(1)");
        check(Value::from("7"), Value::Integer(0), None, "Null");
        check(Value::Float(f64::INFINITY), Value::Integer(0), None, "Null");
    }
}
