//! How values become other values: text as Java writes it, numbers, truth, equality, order
//! (`spec/expression.md` section 3).
//!
//! Pure functions of values: it must never know of operators, qualities or the image.

mod compare;
mod text;

pub(crate) use compare::order;
pub use compare::{compare_numbers, equal};
pub(crate) use text::described;
pub use text::{date_text, float_text, text};

use crate::functions::Failure;
use crate::value::Value;

/// The first float above every `i64`: 2⁶³.
const INTEGER_END: f64 = 9_223_372_036_854_775_808.0;

/// A number of either width.
#[derive(Clone, Copy, Debug)]
pub enum Number {
    /// A signed 64-bit integer.
    Integer(i64),
    /// A 64-bit float.
    Float(f64),
}

impl Number {
    /// Returns the nearest float.
    #[expect(clippy::cast_precision_loss, reason = "a float of an integer is the nearest one, as in Java")]
    pub const fn to_float(self) -> f64 {
        match self {
            Self::Integer(value) => value as f64,
            Self::Float(value) => value,
        }
    }
}

/// Returns a value as a truth: booleans, numbers (0 false), the strings of section 3.
pub(crate) fn boolean(value: &Value) -> Result<bool, Failure> {
    truth(value).ok_or_else(|| Failure::of_value("", value, " is not a truth"))
}

/// Returns a value as a truth, without a word where it has none.
pub(crate) fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Boolean(truth) => Some(*truth),
        Value::Integer(number) => Some(*number != 0),
        Value::Float(number) => Some(*number != 0.0),
        Value::String(text) => truth_word(text).or_else(|| parse_number(text).map(|number| number.to_float() != 0.0)),
        Value::Null | Value::Date(_) | Value::Dataset(_) | Value::Document(_) | Value::Quality(_) => None,
    }
}

/// Returns the truth that a word stands for, in any case.
fn truth_word(text: &str) -> Option<bool> {
    let is = |word: &&str| text.eq_ignore_ascii_case(word);
    if ["true", "on", "t", "yes", "y"].iter().any(is) {
        Some(true)
    } else if ["false", "off", "f", "no", "n"].iter().any(is) {
        Some(false)
    } else {
        None
    }
}

/// Returns a value as a number: numbers, numeric strings, booleans as 1 and 0, qualities by code.
pub(crate) fn number(value: &Value) -> Result<Number, Failure> {
    numeric(value).ok_or_else(|| Failure::of_value("", value, " is not a number"))
}

/// Returns a value as a number, without a word where it has none.
fn numeric(value: &Value) -> Option<Number> {
    match value {
        Value::Boolean(truth) => Some(Number::Integer((*truth).into())),
        Value::Integer(number) => Some(Number::Integer(*number)),
        Value::Float(number) => Some(Number::Float(*number)),
        Value::Quality(quality) => Some(Number::Integer(quality.code().into())),
        Value::String(text) => parse_number(text),
        Value::Null | Value::Date(_) | Value::Dataset(_) | Value::Document(_) => None,
    }
}

/// Reads a numeric string: sign, digits, point, exponent, nothing around them. Whole numbers that
/// fit become integers, all others floats.
pub(crate) fn parse_number(text: &str) -> Option<Number> {
    // The standard parser would also take `inf` and `nan`, which are words.
    if !text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte)) {
        return None;
    }
    text.parse().map(Number::Integer).ok().or_else(|| text.parse().map(Number::Float).ok())
}

/// Returns a value as a float.
pub(crate) fn float(value: &Value) -> Result<f64, Failure> {
    number(value).map(Number::to_float)
}

/// Returns a value as a whole number for positions, counts and bits: a float must be whole.
#[expect(clippy::cast_possible_truncation, reason = "the float is whole and within i64 where it is cast")]
pub(crate) fn integer(value: &Value) -> Result<i64, Failure> {
    match number(value)? {
        Number::Integer(number) => Ok(number),
        Number::Float(number) if number.fract() == 0.0 && (-INTEGER_END..INTEGER_END).contains(&number) => {
            Ok(number as i64)
        }
        Number::Float(number) => Err(format!("{} is not a whole number of 64 bits", float_text(number)).into()),
    }
}

/// Returns milliseconds as whole microseconds, if 64 bits hold them.
#[expect(clippy::cast_possible_truncation, reason = "the float is within i64 where it is cast")]
pub(crate) fn float_micros(millis: f64) -> Option<i64> {
    let micros = (millis * 1000.0).round();
    (-INTEGER_END..INTEGER_END).contains(&micros).then_some(micros as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Timestamp;

    #[test]
    fn truths_come_from_numbers_and_a_few_words() {
        for (value, wanted) in
            [("oN".into(), true), ("n".into(), false), ("0.0".into(), false), ("7".into(), true), (0.1.into(), true)]
        {
            assert_eq!(boolean(&value), Ok(wanted), "{value:?}");
        }
        for value in [Value::Null, "maybe".into(), "".into(), Value::Date(Timestamp(0))] {
            assert!(boolean(&value).is_err(), "{value:?}");
        }
    }

    #[test]
    fn numeric_strings_are_digits_and_nothing_around_them() {
        assert!(matches!(parse_number("-42"), Some(Number::Integer(-42))));
        assert!(matches!(parse_number("9223372036854775808"), Some(Number::Float(_))));
        assert!(matches!(parse_number(".5e1"), Some(Number::Float(number)) if number.total_cmp(&5.0).is_eq()));
        for text in ["", " 1", "1 ", "inf", "NaN", "0x10", ".", "1e", "1_000", "+-1"] {
            assert!(parse_number(text).is_none(), "{text:?}");
        }
    }

    #[test]
    fn positions_are_whole() {
        assert_eq!(integer(&2.0.into()), Ok(2));
        assert_eq!(integer(&"3".into()), Ok(3));
        assert!(integer(&2.5.into()).is_err());
        assert!(integer(&INTEGER_END.into()).is_err());
    }
}
