//! How values become other values: text as Java writes it, numbers, truth, equality, order
//! (`spec/expression.md` section 3).
//!
//! Pure functions of values: it must never know of operators, qualities or the image.

use std::cmp::Ordering;

use chrono::{DateTime, Offset, TimeZone};
use chrono_tz::Tz;

use crate::dataset::Dataset;
use crate::functions::Failure;
use crate::quality::Quality;
use crate::value::{Timestamp, Value};

/// The first float above every `i64`: 2⁶³.
const INTEGER_END: f64 = 9_223_372_036_854_775_808.0;

/// Most characters of a text that a message quotes.
const QUOTED_CHARS_MAX: usize = 40;

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

/// Returns a value as text, as `toStr` and `+` with a string write it; null is "null".
pub fn text(value: &Value, zone: Tz) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Boolean(truth) => truth.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => float_text(*number),
        Value::String(text) => text.as_str().to_owned(),
        Value::Date(instant) => date_text(*instant, zone),
        Value::Dataset(table) => format!("Dataset [{}R x {}C]", table.rows(), table.columns().len()),
        Value::Document(document) => document.to_string(),
        Value::Quality(quality) => quality.name().to_owned(),
    }
}

/// Returns a float as Java's `Double.toString` writes it: `1.0`, `1.0E21`, `NaN`, `Infinity`.
pub fn float_text(value: f64) -> String {
    let size = value.abs();
    if value.is_nan() {
        "NaN".to_owned()
    } else if value.is_infinite() {
        if value > 0.0 { "Infinity" } else { "-Infinity" }.to_owned()
    } else if size == 0.0 || (1e-3..1e7).contains(&size) {
        // Debug writes the shortest digits that read back, with at least one after the point.
        format!("{value:?}")
    } else {
        scientific_text(value)
    }
}

/// Returns a finite float as `d.dddEn`, with at least one digit after the point.
fn scientific_text(value: f64) -> String {
    let shortest = format!("{value:e}");
    if shortest.contains('.') {
        return shortest.replace('e', "E");
    }
    // Java writes two digits at least, and of those the nearest: 4.9E-324 where one digit would be 5.
    format!("{value:.1e}").replace('e', "E")
}

/// Returns an instant as text in a zone: `yyyy-MM-dd HH:mm:ss.SSS` (our choice, see docs/decisions).
pub fn date_text(instant: Timestamp, zone: Tz) -> String {
    let local = DateTime::from_timestamp_micros(instant.0).and_then(|utc| {
        let naive = utc.naive_utc();
        naive.checked_add_offset(zone.offset_from_utc_datetime(&naive).fix())
    });
    match local {
        Some(local) => local.format("%Y-%m-%d %H:%M:%S%.3f").to_string(),
        // Beyond the calendar's 262,000 years there is no date to write, only the number.
        None => format!("{} ms", instant.millis()),
    }
}

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
            number(code).is_ok_and(|code| is_code(*quality, code))
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
    match (number(one), number(other)) {
        (Ok(one), Ok(other)) => compare_numbers(one, other) == Some(Ordering::Equal),
        (Err(_), _) | (_, Err(_)) => false,
    }
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
            Err(format!("a date cannot be ordered against {}", described(other)).into())
        }
        (one, other) => Ok(compare_numbers(number(one)?, number(other)?)),
    }
}

/// Returns a value as a truth: booleans, numbers (0 false), the strings of section 3.
pub(crate) fn boolean(value: &Value) -> Result<bool, Failure> {
    match value {
        Value::Boolean(truth) => Ok(*truth),
        Value::Integer(number) => Ok(*number != 0),
        Value::Float(number) => Ok(*number != 0.0),
        Value::String(text) => truth_word(text)
            .or_else(|| parse_number(text).map(|number| number.to_float() != 0.0))
            .ok_or_else(|| format!("{} is not a truth", described(value)).into()),
        Value::Null => Err("null is not a truth".into()),
        Value::Date(_) | Value::Dataset(_) | Value::Document(_) | Value::Quality(_) => {
            Err(format!("{} is not a truth", described(value)).into())
        }
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
    match value {
        Value::Boolean(truth) => Ok(Number::Integer((*truth).into())),
        Value::Integer(number) => Ok(Number::Integer(*number)),
        Value::Float(number) => Ok(Number::Float(*number)),
        Value::Quality(quality) => Ok(Number::Integer(quality.code().into())),
        Value::String(text) => parse_number(text).ok_or_else(|| format!("{} is not a number", described(value)).into()),
        Value::Null => Err("null is not a number".into()),
        Value::Date(_) | Value::Dataset(_) | Value::Document(_) => {
            Err(format!("{} is not a number", described(value)).into())
        }
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

/// Returns how a message names a value: strings quoted and cut short, the large kinds by kind.
pub(crate) fn described(value: &Value) -> String {
    match value {
        Value::String(text) if text.chars().nth(QUOTED_CHARS_MAX).is_some() => {
            format!("`{}…`", text.chars().take(QUOTED_CHARS_MAX).collect::<String>())
        }
        Value::String(text) => format!("`{}`", text.as_str()),
        Value::Quality(quality) => format!("the quality `{}`", quality.name()),
        Value::Date(_) => "a date".to_owned(),
        Value::Dataset(_) => "a dataset".to_owned(),
        Value::Document(_) => "a document".to_owned(),
        Value::Null | Value::Boolean(_) | Value::Integer(_) | Value::Float(_) => text(value, Tz::UTC),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_written_as_in_java() {
        let cases = [
            (1.0, "1.0"),
            (-0.0, "-0.0"),
            (0.001, "0.001"),
            (0.000_999, "9.99E-4"),
            (9_999_999.0, "9999999.0"),
            (10_000_000.0, "1.0E7"),
            (12_345_678.9, "1.23456789E7"),
            (1e21, "1.0E21"),
            (-2.5e-9, "-2.5E-9"),
            (f64::from_bits(1), "4.9E-324"),
            (f64::MAX, "1.7976931348623157E308"),
            (f64::NAN, "NaN"),
            (f64::NEG_INFINITY, "-Infinity"),
        ];
        for (value, wanted) in cases {
            assert_eq!(float_text(value), wanted);
        }
    }

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

    #[test]
    fn dates_are_shown_in_the_zone() {
        assert_eq!(date_text(Timestamp(1_772_431_200_123_456), Tz::Europe__Berlin), "2026-03-02 07:00:00.123");
        assert_eq!(date_text(Timestamp(i64::MAX), Tz::UTC), "9223372036854775 ms");
    }
}
