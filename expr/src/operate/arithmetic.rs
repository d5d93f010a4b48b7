//! `+ - * / % ^`: numbers, texts that are joined, dates that are moved.

use chrono_tz::Tz;

use crate::coerce::{Number, float_micros, number, text};
use crate::functions::Failure;
use crate::limits::TEXT_BYTES_MAX;
use crate::value::{Timestamp, Type, Value};

/// An operator that calculates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Power,
}

impl Arithmetic {
    pub(super) fn apply(self, left: &Value, right: &Value, zone: Tz) -> Result<Value, Failure> {
        let kinds = [left.kind(), right.kind()];
        if self == Self::Add && kinds.contains(&Type::String) {
            joined(left, right, zone)
        } else if kinds.contains(&Type::Date) {
            self.apply_to_date(left, right)
        } else {
            self.apply_to_numbers(number(left)?, number(right)?)
        }
    }

    fn apply_to_numbers(self, left: Number, right: Number) -> Result<Value, Failure> {
        if let (Number::Integer(left), Number::Integer(right)) = (left, right) {
            return self.apply_to_integers(left, right);
        }
        Ok(Value::Float(self.apply_to_floats(left.to_float(), right.to_float())))
    }

    fn apply_to_integers(self, left: i64, right: i64) -> Result<Value, Failure> {
        let result = match self {
            Self::Add => left.checked_add(right),
            Self::Subtract => left.checked_sub(right),
            Self::Multiply => left.checked_mul(right),
            Self::Remainder if right == 0 => return Err("an integer has no remainder by zero".into()),
            // The one overflow, −2⁶³ % −1, has the remainder 0.
            Self::Remainder => Some(left.wrapping_rem(right)),
            Self::Divide | Self::Power => {
                let (left, right) = (Number::Integer(left).to_float(), Number::Integer(right).to_float());
                return Ok(Value::Float(self.apply_to_floats(left, right)));
            }
        };
        result.map(Value::Integer).ok_or_else(|| "the result does not fit 64 bits".into())
    }

    /// Returns the result for two floats, which always have one.
    pub(crate) fn apply_to_floats(self, left: f64, right: f64) -> f64 {
        match self {
            Self::Add => left + right,
            Self::Subtract => left - right,
            Self::Multiply => left * right,
            Self::Divide => left / right,
            Self::Remainder => left % right,
            Self::Power => power(left, right),
        }
    }

    fn apply_to_date(self, left: &Value, right: &Value) -> Result<Value, Failure> {
        match (self, left, right) {
            (Self::Subtract, Value::Date(left), Value::Date(right)) => {
                Ok(Value::Integer(left.millis() - right.millis()))
            }
            (Self::Add, Value::Date(date), millis) | (Self::Add, millis, Value::Date(date)) => {
                moved(*date, micros(millis)?)
            }
            (Self::Subtract, Value::Date(date), millis) => moved(*date, micros(millis)?.saturating_neg()),
            (Self::Add | Self::Subtract | Self::Multiply | Self::Divide | Self::Remainder | Self::Power, _, _) => {
                Err("a date can only be moved by milliseconds, or another date subtracted from it".into())
            }
        }
    }
}

/// Returns a power as Java has it: an exponent of NaN gives NaN, and so does an infinite one of 1 or −1, where IEEE
/// 754 gives 1.
pub(crate) fn power(base: f64, exponent: f64) -> f64 {
    let has_none = exponent.is_nan() || exponent.is_infinite() && [1.0, -1.0].contains(&base);
    if has_none { f64::NAN } else { base.powf(exponent) }
}

/// Returns milliseconds as microseconds.
fn micros(millis: &Value) -> Result<i64, Failure> {
    let micros = match number(millis)? {
        Number::Integer(millis) => millis.checked_mul(1000),
        Number::Float(millis) => float_micros(millis),
    };
    micros.ok_or_else(|| "the date would be beyond the calendar".into())
}

fn moved(date: Timestamp, micros: i64) -> Result<Value, Failure> {
    let moved = date.0.checked_add(micros).map(|micros| Value::Date(Timestamp(micros)));
    moved.ok_or_else(|| "the date would be beyond the calendar".into())
}

fn joined(left: &Value, right: &Value, zone: Tz) -> Result<Value, Failure> {
    let mut joined = text(left, zone);
    joined.push_str(&text(right, zone));
    if joined.len() > TEXT_BYTES_MAX {
        return Err(format!("the text would be longer than {TEXT_BYTES_MAX} bytes").into());
    }
    Ok(joined.into())
}
