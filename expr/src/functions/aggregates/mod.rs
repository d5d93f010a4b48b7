//! Aggregates: one result from many values, given one by one or as a dataset's column. Nulls are
//! left out, and of nothing comes null.

use super::{Basis, Body, Category, Failure, Function, example};
use crate::value::{Type, Value};

mod concatenation;
mod dates;
mod inputs;
mod numbers;
mod spread;

use inputs::Inputs;

/// The chapter's rows, file by file.
pub(super) const ROWS: &[&[Function]] = &[numbers::ROWS, spread::ROWS, dates::ROWS, concatenation::ROWS];

/// What the chapter's rows have in common; each row says the rest.
const ROW: Function = Function {
    name: "",
    category: Category::Aggregates,
    arguments: "value, …",
    least: 1,
    most: None,
    step: 1,
    result: Type::Any,
    summary: "",
    examples: &[],
    basis: Basis::Documented,
    body: Body::Refused(""),
};
