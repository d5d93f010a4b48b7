//! Logic: choices, tests of quality, bits and searches.

use super::{Basis, Body, Category, Function, example};
use crate::value::Type;

mod bits;
pub(super) mod changes;
mod choice;
mod lookup;
mod search;
mod trust;

/// The chapter's rows, file by file.
pub(super) const ROWS: &[&[Function]] =
    &[choice::ROWS, trust::ROWS, changes::ROWS, bits::ROWS, search::ROWS, lookup::ROWS];

/// What the chapter's rows have in common; each row says the rest.
const ROW: Function = Function {
    name: "",
    category: Category::Logic,
    arguments: "value",
    least: 1,
    most: Some(1),
    step: 1,
    result: Type::Any,
    summary: "",
    examples: &[],
    basis: Basis::Documented,
    body: Body::Refused(""),
};
