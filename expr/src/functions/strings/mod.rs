//! Strings: texts from texts. Positions and lengths count characters (Unicode scalar values), not
//! the halves of surrogate pairs that Java counts. A null is an evaluation error except in `concat`.

use super::{Basis, Body, Category, Function, example};
use crate::value::Type;

mod characters;
mod escapes;
mod java_regex;
mod number_format;
mod parts;
mod radix;
mod shaping;
mod split;
mod string_format;

/// The chapter's rows, file by file.
pub(super) const ROWS: &[&[Function]] = &[
    characters::ROWS,
    shaping::ROWS,
    parts::ROWS,
    escapes::ROWS,
    radix::ROWS,
    split::ROWS,
    number_format::ROWS,
    string_format::ROWS,
];

/// What the chapter's rows have in common; each row says the rest.
const ROW: Function = Function {
    name: "",
    category: Category::Strings,
    arguments: "text",
    least: 1,
    most: Some(1),
    step: 1,
    result: Type::String,
    summary: "",
    examples: &[],
    basis: Basis::Documented,
    body: Body::Refused(""),
};
