//! Functions that are refused for good, and those of the language that this version does not have yet.

use super::{Category, Function};

/// A function of the language that this version does not have yet.
#[derive(Clone, Copy, Debug)]
pub struct Missing {
    /// The name as documented.
    pub name: &'static str,
    /// Its chapter.
    pub category: Category,
}

/// Returns the functions that this version does not have yet.
pub fn missing_functions() -> &'static [Missing] {
    &[]
}

/// The functions that need something that a gateway does not have.
pub(super) const REFUSED: &[Function] = &[];
