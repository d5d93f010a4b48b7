//! Equality and order of values.

use std::cmp::Ordering;

use super::{INTEGER_END, Number, number, numeric, parse_number, truth_word};
use crate::dataset::Dataset;
use crate::functions::Failure;
use crate::quality::Quality;
use crate::value::Value;

/// Returns the language's equality: numbers by value across widths, strings exactly, a string
/// against a number as numbers if the string is one, dates by instant, null equals null only.
pub fn equal(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Null, Value::Null) => true,
        (Value::Boolean(one), Value::Boolean(other)) => one == other,
        (Value::String(one), Value::String(other)) => one == other,
        (Value::Date(one), Value::Date(other)) => one == other,
        (Value::Quality(one), Value::Quality(other)) => one == other,
        (Value::Quality(quality), Value::String(text)) | (Value::String(text), Value::Quality(quality)) => {
            quality.name() == text.as_str() || parse_number(text).is_some_and(|code| is_code(*quality, code))
        }
        (Value::Quality(quality), code @ (Value::Integer(_) | Value::Float(_)))
        | (code @ (Value::Integer(_) | Value::Float(_)), Value::Quality(quality)) => {
            numeric(code).is_some_and(|code| is_code(*quality, code))
        }
        (Value::Boolean(truth), Value::String(text)) | (Value::String(text), Value::Boolean(truth)) => {
            equals_truth(text, *truth)
        }
        (Value::Dataset(one), Value::Dataset(other)) => equal_tables(one, other),
        (Value::Document(one), Value::Document(other)) => one == other,
        (one, other) if is_numeric(one) && is_numeric(other) => equal_numbers(one, other),
        _ => false,
    }
}

/// Tells whether a value may be compared as a number with another such value.
const fn is_numeric(value: &Value) -> bool {
    matches!(value, Value::Boolean(_) | Value::Integer(_) | Value::Float(_) | Value::String(_))
}

fn equal_numbers(one: &Value, other: &Value) -> bool {
    let order = numeric(one).zip(numeric(other)).and_then(|(one, other)| compare_numbers(one, other));
    order == Some(Ordering::Equal)
}

/// Tells whether a number is a quality's subcode or whole code.
fn is_code(quality: Quality, code: Number) -> bool {
    [quality.subcode(), quality.code()]
        .into_iter()
        .any(|own| compare_numbers(Number::Integer(own.into()), code) == Some(Ordering::Equal))
}

/// Tells whether a text is a word for this truth, or the number that counts for it.
fn equals_truth(text: &str, truth: bool) -> bool {
    match (truth_word(text), parse_number(text)) {
        (Some(word), _) => word == truth,
        (None, Some(number)) => compare_numbers(Number::Integer(truth.into()), number) == Some(Ordering::Equal),
        (None, None) => false,
    }
}

fn equal_tables(one: &Dataset, other: &Dataset) -> bool {
    one.columns() == other.columns()
        && one.rows() == other.rows()
        && (0..one.rows()).all(|row| {
            (0..one.columns().len())
                .all(|column| one.get(row, column).zip(other.get(row, column)).is_some_and(|(a, b)| equal(a, b)))
        })
}

/// Compares two numbers exactly by value, whatever their widths; `None` when one is NaN.
pub fn compare_numbers(one: Number, other: Number) -> Option<Ordering> {
    match (one, other) {
        (Number::Integer(one), Number::Integer(other)) => Some(one.cmp(&other)),
        (Number::Float(one), Number::Float(other)) => one.partial_cmp(&other),
        (Number::Integer(one), Number::Float(other)) => compare_integer_float(one, other),
        (Number::Float(one), Number::Integer(other)) => compare_integer_float(other, one).map(Ordering::reverse),
    }
}

/// Compares without rounding the integer: above 2⁵³ most integers have no float of their own.
#[expect(clippy::cast_possible_truncation, reason = "the whole part is within i64 where it is cast")]
pub(crate) fn compare_integer_float(integer: i64, float: f64) -> Option<Ordering> {
    if float.is_nan() {
        None
    } else if float >= INTEGER_END {
        Some(Ordering::Less)
    } else if float < -INTEGER_END {
        Some(Ordering::Greater)
    } else {
        let whole = float.trunc();
        Some(integer.cmp(&(whole as i64)).then_with(|| whole.total_cmp(&float)))
    }
}

/// Orders two values as `<` does; `Ok(None)` when one is NaN.
pub(crate) fn order(one: &Value, other: &Value) -> Result<Option<Ordering>, Failure> {
    match (one, other) {
        (Value::String(one), Value::String(other)) => Ok(Some(one.as_str().cmp(other.as_str()))),
        (Value::Date(one), Value::Date(other)) => Ok(Some(one.cmp(other))),
        (Value::Date(_), other) | (other, Value::Date(_)) => {
            Err(Failure::of_value("a date cannot be ordered against ", other, ""))
        }
        (one, other) => Ok(compare_numbers(number(one)?, number(other)?)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Timestamp;

    #[test]
    fn integers_and_floats_compare_without_rounding() {
        let compare = |integer, float| compare_numbers(Number::Integer(integer), Number::Float(float));
        assert_eq!(compare(9_007_199_254_740_993, 9_007_199_254_740_992.0), Some(Ordering::Greater));
        assert_eq!(compare(i64::MAX, INTEGER_END), Some(Ordering::Less));
        assert_eq!(compare(i64::MIN, -INTEGER_END), Some(Ordering::Equal));
        assert_eq!(compare(0, -0.0), Some(Ordering::Equal));
        assert_eq!(compare(-1, -1.5), Some(Ordering::Greater));
        assert_eq!(compare(1, 1.5), Some(Ordering::Less));
        assert_eq!(compare(1, f64::NEG_INFINITY), Some(Ordering::Greater));
        assert_eq!(compare(1, f64::NAN), None);
    }

    #[test]
    fn equality_crosses_types_only_where_the_language_says_so() {
        let same: [(Value, Value); 9] = [
            (1.into(), 1.0.into()),
            ("2.50".into(), 2.5.into()),
            (true.into(), 1.into()),
            (true.into(), "ON".into()),
            (Value::Null, Value::Null),
            (Value::Quality(Quality::BadStale), "Bad_Stale".into()),
            (Value::Quality(Quality::BadStale), 516.into()),
            (Value::Quality(Quality::Good), 192.0.into()),
            (Value::Date(Timestamp(5)), Value::Date(Timestamp(5))),
        ];
        let different: [(Value, Value); 8] = [
            ("a".into(), "A".into()),
            ("abc".into(), 0.into()),
            (" 1".into(), 1.into()),
            ("1".into(), "1.0".into()),
            (Value::Null, false.into()),
            (f64::NAN.into(), f64::NAN.into()),
            (Value::Date(Timestamp(5)), 5.into()),
            (Value::Quality(Quality::BadStale), "bad_stale".into()),
        ];
        for (one, other) in &same {
            assert!(equal(one, other) && equal(other, one), "{one:?} {other:?}");
        }
        for (one, other) in &different {
            assert!(!equal(one, other) && !equal(other, one), "{one:?} {other:?}");
        }
    }

    #[test]
    fn order_needs_two_numbers_two_strings_or_two_dates() {
        let ordered = |one: Value, other: Value| order(&one, &other).ok().flatten();
        assert_eq!(ordered("10".into(), "9".into()), Some(Ordering::Less));
        assert_eq!(ordered("10".into(), 9.into()), Some(Ordering::Greater));
        assert_eq!(ordered(false.into(), 0.5.into()), Some(Ordering::Less));
        assert_eq!(ordered(f64::NAN.into(), 0.5.into()), None);
        assert!(order(&f64::NAN.into(), &1.into()).is_ok());
        assert!(order(&Value::Null, &1.into()).is_err());
        assert!(order(&"abc".into(), &1.into()).is_err());
        assert!(order(&Value::Date(Timestamp(0)), &1.into()).is_err());
    }
}
