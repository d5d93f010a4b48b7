//! Expressions of the file become programs; what is wrong in them is told at its place in the file.

use std::sync::Arc;

use latchwork_expr::{Program, Scope, Type, UnknownTag};

use super::Names;
use crate::conversion::type_name;
use crate::desk::Desk;
use crate::problems;
use crate::reader::ExpressionText;

impl<'a> Names<'a> {
    /// Returns what an expression of an operation may name; `folder` is the operation's.
    pub(super) const fn scope(self, folder: &'a str) -> Scope<'a> {
        let Self { scheme, zone, .. } = self;
        Scope { scheme, folder, unknown_tag: UnknownTag::Problem, operation: true, value: false, zone, own: None }
    }
}

/// Compiles an expression; what is wrong is added to the findings.
pub(super) fn compile(expression: &ExpressionText, scope: &Scope<'_>, desk: &mut Desk<'_>) -> Option<Arc<Program>> {
    let scope = Scope { unknown_tag: desk.unknown_tag(), ..*scope };
    let (program, diagnostics) = match Program::compile(&expression.text, &scope) {
        Ok((program, lints)) => (Some(Arc::new(program)), lints),
        Err(problems) => (None, problems),
    };
    desk.add_diagnostics(expression.place, diagnostics, scope.scheme.tags().len());
    program
}

/// What a place can use of an expression's result.
pub(super) struct Expectation {
    /// The types that it cannot use.
    pub(super) refused: &'static [Type],
    /// What it can, for a sentence.
    pub(super) expected: &'static str,
    /// What to do.
    pub(super) hint: &'static str,
}

impl Expectation {
    /// Complains if the result is known to be of a type that cannot be used.
    pub(super) fn check(&self, expression: &ExpressionText, program: &Program, desk: &mut Desk<'_>) {
        let kind = program.result();
        if self.refused.contains(&kind) {
            let message = format!("the expression gives {}, expected {}", type_name(kind), self.expected);
            desk.findings.add(problems::EXPRESSION_TYPE, expression.place, message).hint(self.hint);
        }
    }
}
