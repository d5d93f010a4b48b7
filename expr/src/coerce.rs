//! How values become other values: text as Java writes it, numbers, truth, equality, order
//! (`spec/expression.md` section 3).

use std::cmp::Ordering;

use chrono_tz::Tz;

use crate::functions::Failure;
use crate::value::{Timestamp, Value};

/// A number of either width.
#[derive(Clone, Copy, Debug)]
pub enum Number {
    /// A signed 64-bit integer.
    Integer(i64),
    /// A 64-bit float.
    Float(f64),
}

/// Returns a value as text, as `toStr` and `+` with a string write it; null is "null".
pub fn text(value: &Value, zone: Tz) -> String {
    todo!()
}

/// Returns a float as Java's `Double.toString` writes it: `1.0`, `1.0E21`, `NaN`, `Infinity`.
pub fn float_text(value: f64) -> String {
    todo!()
}

/// Returns an instant as text in a zone: `yyyy-MM-dd HH:mm:ss.SSS` (our choice, see docs/decisions).
pub fn date_text(instant: Timestamp, zone: Tz) -> String {
    todo!()
}

/// Returns the language's equality: numbers by value across widths, strings exactly, a string
/// against a number as numbers if the string is one, dates by instant, null equals null only.
pub fn equal(one: &Value, other: &Value) -> bool {
    todo!()
}

/// Compares two numbers exactly by value, whatever their widths; `None` when one is NaN.
pub fn compare_numbers(one: Number, other: Number) -> Option<Ordering> {
    todo!()
}

/// Orders two values as `<` does; `Ok(None)` when one is NaN.
pub(crate) fn order(one: &Value, other: &Value) -> Result<Option<Ordering>, Failure> {
    todo!()
}

/// Returns a value as a truth: booleans, numbers (0 false), the strings of section 3.
pub(crate) fn boolean(value: &Value) -> Result<bool, Failure> {
    todo!()
}

/// Returns a value as a number: numbers, numeric strings, booleans as 1 and 0, qualities by code.
pub(crate) fn number(value: &Value) -> Result<Number, Failure> {
    todo!()
}

/// Returns a value as a float.
pub(crate) fn float(value: &Value) -> Result<f64, Failure> {
    todo!()
}

/// Returns a value as a whole number for positions, counts and bits: a float must be whole.
pub(crate) fn integer(value: &Value) -> Result<i64, Failure> {
    todo!()
}
