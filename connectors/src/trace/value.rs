//! Values out of text and JSON: by the tag's declared type, else by what they look like.
//!
//! Never knows a format; what could not be read is told as what was expected.

use std::sync::Arc;

use latchwork_expr::exact::plain_number;
use latchwork_expr::{Timestamp, Type, Tz, Value};
use serde_json::Value as Json;

use super::dataset;
use super::number;
use super::time::Calendar;

/// What was expected instead of what stands there.
pub(crate) type Expected = &'static str;

/// The whole floats that are exactly one integer each.
const EXACT_FLOAT_MAX: f64 = 9_007_199_254_740_992.0;

/// Reads a value from a text that is not empty.
#[inline]
pub(crate) fn from_text(kind: Type, text: &[u8], dates: &mut Calendar) -> Result<Value, Expected> {
    if kind == Type::Float
        && let Some(number) = number::float(text)
    {
        return Ok(Value::Float(number));
    }
    from_any_text(kind, text, dates)
}

fn from_any_text(kind: Type, text: &[u8], dates: &mut Calendar) -> Result<Value, Expected> {
    let text = str::from_utf8(text).map_err(|_| "text in UTF-8")?;
    let word = text.trim_ascii();
    if word.eq_ignore_ascii_case("null") && kind != Type::String {
        return Ok(Value::Null);
    }
    match kind {
        Type::Any => Ok(inferred(text)),
        Type::Null => Err("nothing: the tag is always null"),
        Type::Boolean => boolean(word).map(Value::Boolean).ok_or("a boolean (true, false, 1, 0, on, off, yes, no)"),
        Type::Integer => integer(word).map(Value::Integer).ok_or("a whole number"),
        Type::Float => float(word).map(Value::Float).ok_or(EXPECTED_FLOAT),
        Type::String => Ok(text.into()),
        Type::Date => date(word, dates).map(Value::Date).ok_or(EXPECTED_DATE),
        Type::Document => document(serde_json::from_str(text).ok()),
        Type::Dataset => serde_json::from_str(text).ok().and_then(dataset::from_json).ok_or(dataset::EXPECTED),
    }
}

const EXPECTED_FLOAT: Expected = "a number with a decimal point";
const EXPECTED_DATE: Expected = "a date (RFC 3339, or milliseconds since the epoch)";

/// Makes a value from JSON fit a declared type.
pub(crate) fn from_json(kind: Type, json: Json, dates: &mut Calendar) -> Result<Value, Expected> {
    match (kind, json) {
        (_, Json::Null) => Ok(Value::Null),
        (Type::Any | Type::Boolean, Json::Bool(truth)) => Ok(Value::Boolean(truth)),
        (Type::Any, Json::String(text)) => Ok(text.into()),
        (Type::Any, Json::Number(number)) => Ok(plain_number(&number)),
        (Type::Any, json @ (Json::Array(_) | Json::Object(_))) => Ok(Value::Document(Arc::new(json))),
        (Type::Document, Json::String(text)) => document(serde_json::from_str(&text).ok()),
        (Type::Document, json) => document(Some(json)),
        (Type::Dataset, json @ (Json::Array(_) | Json::Object(_))) => dataset::from_json(json).ok_or(dataset::EXPECTED),
        (_, Json::String(text)) => from_any_text(kind, text.as_bytes(), dates),
        (_, json) => from_any_text(kind, json.to_string().as_bytes(), dates),
    }
}

/// Makes a value from JSON fit a declared type, as that of a trace does; dates without an offset are in a zone.
///
/// # Errors
/// Returns what was expected instead.
pub fn tag_value(kind: Type, json: Json, zone: Tz) -> Result<Value, &'static str> {
    from_json(kind, json, &mut Calendar::new(zone))
}

/// Makes a value of another type fit a declared one: an own trace may be older than the configuration.
pub(crate) fn conform(kind: Type, value: Value, dates: &mut Calendar) -> Result<Value, Expected> {
    if kind == Type::Any || value.is_null() || value.kind() == kind {
        return Ok(value);
    }
    match value {
        Value::Boolean(truth) => from_json(kind, Json::Bool(truth), dates),
        Value::Integer(number) => from_json(kind, number.into(), dates),
        Value::Float(number) => from_any_text(kind, number.to_string().as_bytes(), dates),
        Value::String(text) => from_any_text(kind, text.as_bytes(), dates),
        Value::Document(json) => from_json(kind, Arc::unwrap_or_clone(json), dates),
        Value::Quality(quality) => from_any_text(kind, quality.name().as_bytes(), dates),
        Value::Date(time) => from_json(kind, time.millis().into(), dates),
        Value::Null | Value::Dataset(_) => Err("a value of the tag's type"),
    }
}

/// Returns what a text looks like.
fn inferred(text: &str) -> Value {
    let word = text.trim_ascii();
    match word {
        "true" | "True" | "TRUE" => return Value::Boolean(true),
        "false" | "False" | "FALSE" => return Value::Boolean(false),
        _ => {}
    }
    let number = || word.parse().map(Value::Integer).ok().or_else(|| float(word).map(Value::Float));
    number().unwrap_or_else(|| text.into())
}

fn boolean(word: &str) -> Option<bool> {
    const TRUE: [&str; 6] = ["true", "1", "on", "t", "yes", "y"];
    const FALSE: [&str; 6] = ["false", "0", "off", "f", "no", "n"];
    let is = |words: &[&str]| words.iter().any(|known| word.eq_ignore_ascii_case(known));
    match (is(&TRUE), is(&FALSE)) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        (false, false) => float(word).filter(|number| !number.is_nan()).map(|number| number != 0.0),
    }
}

fn integer(word: &str) -> Option<i64> {
    let whole = |number: &f64| number.fract() == 0.0 && number.abs() <= EXACT_FLOAT_MAX;
    #[expect(clippy::cast_possible_truncation, reason = "the number is whole and in range")]
    let float = || float(word).filter(whole).map(|number| number as i64);
    word.parse().ok().or_else(float)
}

fn float(word: &str) -> Option<f64> {
    number::float(word.as_bytes())
}

fn date(word: &str, dates: &mut Calendar) -> Option<Timestamp> {
    let millis = || word.parse().ok().map(Timestamp::from_millis);
    dates.read(word.as_bytes()).or_else(millis)
}

fn document(json: Option<Json>) -> Result<Value, Expected> {
    json.filter(|json| json.is_object() || json.is_array())
        .map(|json| Value::Document(Arc::new(json)))
        .ok_or("a JSON object or array")
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;

    use super::*;

    fn shown(value: Result<Value, Expected>) -> String {
        match value {
            Ok(value) => format!("{value:?}"),
            Err(expected) => format!("! {expected}"),
        }
    }

    fn check(kind: Type, texts: &[&str], expected: &str) {
        for text in texts {
            let value = from_text(kind, text.as_bytes(), &mut Calendar::new(Tz::UTC));
            assert_eq!(shown(value), expected, "{kind:?} {text}");
        }
    }

    fn check_json(kind: Type, json: &str, expected: &str) {
        let json = serde_json::from_str(json).unwrap();
        assert_eq!(shown(from_json(kind, json, &mut Calendar::new(Tz::UTC))), expected);
    }

    #[test]
    fn declared_types_decide() {
        check(Type::Boolean, &["true", "1", "ON", "t", "Yes", "y", "1.0", "-3"], "Boolean(true)");
        check(Type::Boolean, &["FALSE", "0", "off", "F", "no", "n", "0.0"], "Boolean(false)");
        check(Type::Integer, &["5", "5.0", "+5", " 5 ", "5e0"], "Integer(5)");
        check(Type::Integer, &["9223372036854775807"], "Integer(9223372036854775807)");
        check(Type::Float, &["5", "5.0", " 5"], "Float(5.0)");
        check(Type::Float, &["NaN", "nan"], "Float(NaN)");
        check(Type::Float, &["Infinity", "inf"], "Float(inf)");
        check(Type::String, &["5"], "String(\"5\")");
        check(Type::String, &["null"], "String(\"null\")");
        check(Type::Date, &["1970-01-01T00:00:01Z", "1000"], "Date(Timestamp(1000000))");
        check(Type::Document, &["{\"a\":1}"], "Document(Object {\"a\": Number(1)})");
        check(Type::Float, &["null", "NULL"], "Null");
    }

    #[test]
    fn what_does_not_fit_says_what_was_expected() {
        check(Type::Boolean, &["maybe", "NaN"], "! a boolean (true, false, 1, 0, on, off, yes, no)");
        check(Type::Integer, &["5.5", "1e300", "x"], "! a whole number");
        check(Type::Float, &["7,5", "x", "0x10"], "! a number with a decimal point");
        check(Type::Document, &["5", "{"], "! a JSON object or array");
    }

    #[test]
    fn without_a_type_the_look_decides() {
        check(Type::Any, &["true", "True"], "Boolean(true)");
        check(Type::Any, &["-5"], "Integer(-5)");
        check(Type::Any, &["5.0", "5e0"], "Float(5.0)");
        check(Type::Any, &["on"], "String(\"on\")");
    }

    #[test]
    fn json_fits_the_declared_type() {
        check_json(Type::Any, "5", "Integer(5)");
        check_json(Type::Any, "5.0", "Float(5.0)");
        check_json(Type::Float, "5", "Float(5.0)");
        check_json(Type::Integer, "5.0", "Integer(5)");
        check_json(Type::Float, "\"NaN\"", "Float(NaN)");
        check_json(Type::Boolean, "1", "Boolean(true)");
        check_json(Type::String, "1.50", "String(\"1.5\")");
        check_json(Type::Document, "[1]", "Document(Array [Number(1)])");
        check_json(Type::Integer, "[1]", "! a whole number");
        check_json(Type::Integer, "null", "Null");
    }
}
