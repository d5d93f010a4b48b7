//! Dates and times. Calendar rules hold in the gateway's zone: a local time that does not exist
//! moves forward, one that exists twice is the later (measured). Instants have microseconds;
//! nothing here may know of the machine's clock, only of the scan's time.

use super::{Basis, Body, Call, Category, Failure, Function, example};
use crate::value::{Timestamp, Type, Value};

mod add;
mod between;
mod calendar;
mod compare;
mod fields;
mod format;
mod make;
mod now;
mod unit;
mod weeks;
mod zone;

pub(crate) use now::poll_millis;
pub(crate) use unit::unknown_unit;

/// The chapter's rows, file by file.
pub(super) const ROWS: &[&[Function]] =
    &[now::ROWS, make::ROWS, add::ROWS, between::ROWS, fields::ROWS, compare::ROWS, zone::ROWS, format::ROWS];

/// What the chapter's rows have in common; each row says the rest.
const ROW: Function = Function {
    name: "",
    category: Category::DateAndTime,
    arguments: "date",
    least: 1,
    most: Some(1),
    step: 1,
    result: Type::Integer,
    summary: "",
    examples: &[],
    basis: Basis::Documented,
    body: Body::Refused(""),
};

/// Returns an argument as an instant, as `toDate` reads it.
fn date(call: &Call, value: &Value) -> Result<Timestamp, Failure> {
    super::casts::instant(value, call.zone)
}
