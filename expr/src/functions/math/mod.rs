//! Math: functions of numbers. Arguments are coerced as in arithmetic, so null and texts that are
//! no numbers are evaluation errors.

use super::{Basis, Body, Category, Failure, Function, example};
use crate::coerce::float;
use crate::value::{Type, Value};

mod angles;
mod powers;
mod rounding;

pub(super) use rounding::half_up;

/// The chapter's rows, file by file.
pub(super) const ROWS: &[&[Function]] = &[angles::ROWS, powers::ROWS, rounding::ROWS];

/// What the chapter's rows have in common; each row says the rest.
const ROW: Function = Function {
    name: "",
    category: Category::Math,
    arguments: "number",
    least: 1,
    most: Some(1),
    step: 1,
    result: Type::Float,
    summary: "",
    examples: &[],
    basis: Basis::Documented,
    body: Body::Refused(""),
};

/// Returns a function of floats applied to the first argument; out of its domain it gives NaN.
fn apply(arguments: &[Value], function: fn(f64) -> f64) -> Result<Value, Failure> {
    float(&arguments[0]).map(function).map(Value::Float)
}
