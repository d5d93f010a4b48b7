//! (being written)

use crate::ast::Expression;
use crate::diagnostic::Diagnostic;

/// Parses a text to its tree, or gives all its problems.
pub fn parse(text: &str) -> Result<Expression, Vec<Diagnostic>> {
    todo!()
}
