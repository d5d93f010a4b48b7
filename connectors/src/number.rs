//! Numbers of devices → values of the types that tags have, exactly or not at all.

use latchwork_config::connections::WireNumber;
use latchwork_expr::{Timestamp, Type, Value, float_text};

/// The whole floats below this are exactly one integer each.
const EXACT_FLOAT_MAX: f64 = 9_007_199_254_740_992.0;

/// Returns a number as a value of a type; `None` when that cannot hold it.
pub(crate) fn of_type(number: WireNumber, kind: Type) -> Option<Value> {
    match kind {
        Type::Any => plain(number),
        Type::Boolean => truth(number).map(Value::Boolean),
        Type::Integer => integer(number).map(Value::Integer),
        Type::Float => Some(Value::Float(float(number))),
        Type::String => Some(text(number).into()),
        Type::Date => integer(number).map(Timestamp::from_millis).map(Value::Date),
        Type::Null | Type::Dataset | Type::Document => None,
    }
}

/// Returns a float as the integer that it is exactly, if it is one.
pub(crate) fn whole(number: f64) -> Option<i128> {
    #[expect(clippy::cast_possible_truncation, reason = "the number is whole and in range")]
    (number.fract() == 0.0 && number.abs() <= EXACT_FLOAT_MAX).then_some(number as i128)
}

fn plain(raw: WireNumber) -> Option<Value> {
    match raw {
        WireNumber::Truth(truth) => Some(Value::Boolean(truth)),
        WireNumber::Whole(_) => integer(raw).map(Value::Integer),
        WireNumber::Real(number) => Some(Value::Float(number)),
    }
}

fn truth(raw: WireNumber) -> Option<bool> {
    match raw {
        WireNumber::Truth(truth) => Some(truth),
        WireNumber::Whole(number) => Some(number != 0),
        WireNumber::Real(number) => (!number.is_nan()).then_some(number != 0.0),
    }
}

fn integer(raw: WireNumber) -> Option<i64> {
    match raw {
        WireNumber::Truth(truth) => Some(truth.into()),
        WireNumber::Whole(number) => i64::try_from(number).ok(),
        WireNumber::Real(number) => whole(number).and_then(|number| i64::try_from(number).ok()),
    }
}

pub(crate) fn float(raw: WireNumber) -> f64 {
    match raw {
        WireNumber::Truth(truth) => f64::from(u8::from(truth)),
        #[expect(clippy::cast_precision_loss, reason = "the nearest float is what the tag's type can hold")]
        WireNumber::Whole(number) => number as f64,
        WireNumber::Real(number) => number,
    }
}

fn text(raw: WireNumber) -> String {
    match raw {
        WireNumber::Truth(truth) => truth.to_string(),
        WireNumber::Whole(number) => number.to_string(),
        WireNumber::Real(number) => float_text(number),
    }
}
