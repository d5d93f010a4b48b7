//! Advanced: tags by path, what is known of a value besides it, and whole datasets.

use super::{Basis, Body, Category, Function, example};
use crate::value::Type;

mod columns;
mod natural;
mod old_codes;
mod quality;
mod sort;
mod tags;
mod type_of;

/// The chapter's rows, file by file.
pub(super) const ROWS: &[&[Function]] = &[tags::ROWS, quality::ROWS, type_of::ROWS, columns::ROWS, sort::ROWS];

/// What the chapter's rows have in common; each row says the rest.
const ROW: Function = Function {
    name: "",
    category: Category::Advanced,
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
