//! A compiled expression, ready to be evaluated in a scan.

use crate::ast::Expression;
use crate::diagnostic::Diagnostic;
use crate::evaluate::{Context, Evaluated};
use crate::image::TagSlot;
use crate::scheme::Scope;
use crate::value::Type;

/// What is known of a level besides the value: the levels of all operands that were evaluated,
/// OR-ed together, so that the worst is exact at no cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status(pub u8);

impl Status {
    /// Nothing but Good.
    pub const GOOD: Self = Self(0);
    /// Some operand was Uncertain.
    pub const UNCERTAIN: Self = Self(1);
    /// Some operand was Bad.
    pub const BAD: Self = Self(2);
    /// An error: there is no value.
    pub const ERROR: Self = Self(4);
    /// The result is null: there is no value.
    pub const NULL: Self = Self(8);

    /// Tells whether any of `bits` is set.
    pub const fn any(self, bits: Self) -> bool {
        self.0 & bits.0 != 0
    }

    /// Returns both together.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// A program's result as an edge trigger reads it: boolean as is, number 0 false and any other true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Truth {
    /// The truth; without meaning when the status has ERROR or NULL.
    pub value: bool,
    /// How far it can be trusted. NaN, strings, dates, datasets and documents are ERROR.
    pub status: Status,
}

/// A compiled expression.
pub struct Program {
    // owned by the compiler's author
}

impl Program {
    /// Compiles a text; gives the program and its lints, or all its problems (and lints).
    pub fn compile(text: &str, scope: &Scope<'_>) -> Result<(Self, Vec<Diagnostic>), Vec<Diagnostic>> {
        todo!()
    }

    /// Evaluates to any value with its quality.
    pub fn evaluate(&self, context: &mut Context<'_>) -> Evaluated {
        todo!()
    }

    /// Evaluates to a truth; a checked boolean program allocates nothing.
    #[inline]
    pub fn truth(&self, context: &mut Context<'_>) -> Truth {
        todo!()
    }

    /// Returns the tags that it reads, each once, in ascending order.
    pub fn reads(&self) -> &[TagSlot] {
        todo!()
    }

    /// Returns how many call sites keep state: the length of [`Context::sites`].
    pub fn sites(&self) -> usize {
        todo!()
    }

    /// Tells whether it reads `{operation.…}`, `{record.…}` or `{value}`.
    pub fn reads_host(&self) -> bool {
        todo!()
    }

    /// Returns what is known of the result's type.
    pub fn result(&self) -> Type {
        todo!()
    }

    /// Returns the text that it was compiled from.
    pub fn text(&self) -> &str {
        todo!()
    }

    /// Returns the tree that it was compiled from.
    pub fn expression(&self) -> &Expression {
        todo!()
    }
}

impl std::fmt::Debug for Program {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Program").field("text", &self.text()).finish_non_exhaustive()
    }
}
