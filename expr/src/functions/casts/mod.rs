//! Casts. A value that converts keeps its quality; null and what does not convert give the
//! failover as it is, with the failover's quality, or an evaluation error where there is none.

use chrono_tz::Tz;

use super::math::half_up;
use super::{Call, Failure, Function};
use crate::coerce::{Number, boolean, described, number, text};
use crate::evaluate::Evaluated;
use crate::value::Value;

mod dates;
mod rows;
mod scanner;

pub(super) use dates::{from_number, instant, instant_of, read_time_of_day};

pub(super) const ROWS: &[&[Function]] = &[rows::ROWS];

/// How a cast converts a value other than null.
type Convert = fn(&Value, Tz) -> Result<Value, Failure>;

/// Casts the first argument, or gives the second.
fn cast(call: &Call, arguments: &[Evaluated], convert: Convert) -> Result<Evaluated, Failure> {
    let input = &arguments[0];
    let converted =
        if input.value.is_null() { Err("null cannot be cast".into()) } else { convert(&input.value, call.zone) };
    match (converted, arguments.get(1)) {
        (Ok(value), _) => Ok(Evaluated { value, quality: input.quality }),
        (Err(_), Some(failover)) => Ok(failover.clone()),
        // What failed before is what failed, not the cast of the null that it left.
        (Err(_), None) if input.is_error() => Ok(Evaluated { value: Value::Null, quality: input.quality }),
        (Err(reason), None) => Err(reason),
    }
}

/// Casts a value to the type of another, for functions that promise their failover's type. Null
/// stays null, and a type without a cast of its own changes nothing.
pub(super) fn convert_like(value: &Value, model: &Value, zone: Tz) -> Result<Value, Failure> {
    match (value, model) {
        (Value::Null, _) | (_, Value::Null | Value::Dataset(_) | Value::Document(_) | Value::Quality(_)) => {
            Ok(value.clone())
        }
        (value, Value::Boolean(_)) => to_boolean(value, zone),
        (value, Value::Integer(_)) => to_long(value, zone),
        (value, Value::Float(_)) => to_float(value, zone),
        (value, Value::String(_)) => to_text(value, zone),
        (value, Value::Date(_)) => dates::to_date(value, zone),
    }
}

fn to_boolean(value: &Value, _: Tz) -> Result<Value, Failure> {
    boolean(value).map(Value::Boolean)
}

fn to_int(value: &Value, _: Tz) -> Result<Value, Failure> {
    let whole = whole(value)?;
    let fits = i32::try_from(whole).is_ok();
    if fits { Ok(Value::Integer(whole)) } else { Err(format!("{} does not fit 32 bits", described(value)).into()) }
}

fn to_long(value: &Value, _: Tz) -> Result<Value, Failure> {
    whole(value).map(Value::Integer)
}

fn whole(value: &Value) -> Result<i64, Failure> {
    match numeric(value)? {
        Number::Integer(number) => Ok(number),
        Number::Float(number) => half_up(number),
    }
}

fn to_float(value: &Value, _: Tz) -> Result<Value, Failure> {
    numeric(value).map(|number| Value::Float(number.to_float()))
}

/// Returns a value as a number; dates are the milliseconds since the epoch.
fn numeric(value: &Value) -> Result<Number, Failure> {
    if let Value::Date(instant) = value { Ok(Number::Integer(instant.millis())) } else { number(value) }
}

#[expect(clippy::unnecessary_wraps, reason = "the signature of casts")]
fn to_text(value: &Value, zone: Tz) -> Result<Value, Failure> {
    Ok(text(value, zone).into())
}

fn to_dataset(value: &Value, _: Tz) -> Result<Value, Failure> {
    let is_dataset = matches!(value, Value::Dataset(_));
    if is_dataset { Ok(value.clone()) } else { Err(format!("{} is not a dataset", described(value)).into()) }
}
