//! Ours, for PLC people: the blocks of IEC 61131-3 and their kin, each with its state at its call site.

use super::{Basis, Body, Category, Cycle, Failure, Function, example};
use crate::value::Type;

mod block;
mod counters;
mod edges;
mod inputs;
mod latches;
mod rate;
#[cfg(test)]
mod tables;
mod timers;
mod watches;

/// The chapter's rows, file by file.
pub(super) const ROWS: &[&[Function]] =
    &[edges::ROWS, latches::ROWS, timers::ROWS, counters::ROWS, watches::ROWS, rate::ROWS];

/// What the chapter's rows have in common; each row says the rest.
const ROW: Function = Function {
    name: "",
    category: Category::Plc,
    arguments: "",
    least: 0,
    most: None,
    step: 1,
    result: Type::Boolean,
    summary: "",
    examples: &[],
    basis: Basis::Documented,
    body: Body::Refused(""),
};
