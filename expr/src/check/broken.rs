//! The names of a text that is no expression: whoever repairs its form should not be told of its names only then.

use super::calls::find_name;
use super::reference::resolve;
use crate::ast::Reference;
use crate::diagnostic::Diagnostic;
use crate::limits::{EXPRESSION_BYTES_MAX, PROBLEMS_MAX};
use crate::parse::{Token, TokenKind, Tokens};
use crate::scheme::Scope;

/// Adds the problems of the names in a text to those of its form. A name that is itself
/// part of a problem is passed over.
pub(crate) fn names_of_broken(text: &str, mut problems: Vec<Diagnostic>, scope: &Scope<'_>) -> Vec<Diagnostic> {
    if text.len() > EXPRESSION_BYTES_MAX {
        return problems;
    }
    let told = problems.clone();
    let is_told = |(start, end): (usize, usize)| told.iter().any(|told| told.span.start < end && start < told.span.end);
    let mut tokens = Tokens::of(text).peekable();
    while let Some(token) = tokens.next() {
        let is_called = tokens.peek().is_some_and(|next| next.text == "(");
        if is_told(token.span()) {
            continue;
        }
        problems.extend(problem_of_name(&token, is_called, scope));
        if problems.len() > PROBLEMS_MAX {
            break;
        }
    }
    problems
}

/// Returns the problem of a token that is a tag's path or the name of a call.
fn problem_of_name(token: &Token<'_>, is_called: bool, scope: &Scope<'_>) -> Option<Diagnostic> {
    match token.kind {
        TokenKind::Reference => {
            let path = token.text[1..token.text.len() - 1].trim();
            resolve(&Reference { text: path.to_owned() }, token.span(), scope).err()
        }
        TokenKind::Word if is_called && !token.is_operator_word() => find_name(token.text, token.span()).err(),
        TokenKind::Word
        | TokenKind::Number
        | TokenKind::BrokenNumber
        | TokenKind::String
        | TokenKind::OpenString
        | TokenKind::OpenReference
        | TokenKind::OpenComment
        | TokenKind::Open
        | TokenKind::Close
        | TokenKind::Comma
        | TokenKind::Operator
        | TokenKind::Stray => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::limits::PROBLEMS_MAX;
    use crate::program::Program;
    use crate::scheme::{Scheme, Scope};
    use crate::value::Type;

    /// Returns all problems of a text as `start code`.
    fn problems(text: &str) -> Vec<String> {
        let mut scheme = Scheme::new();
        scheme.add("Filler/Count", Type::Integer);
        let problems = Program::compile(text, &Scope::of(&scheme)).expect_err(text);
        problems.iter().map(|problem| format!("{} {}", problem.span.start, problem.code.0)).collect()
    }

    #[test]
    fn names_are_looked_up_though_the_form_is_wrong() {
        assert_eq!(problems("{Filer/Count} > && rouund({Filler/Count}"), ["0 E107", "16 E101", "19 E103"]);
        assert_eq!(problems("hasRole('x') + {view.x} + 'open"), ["0 E104", "15 E108", "26 E101"]);
        assert_eq!(problems("{Filler/Count} and ({Filer/Count} xor (1))"), ["15 E101", "20 E107"]);
        assert_eq!(problems("{Filler/Count} {Filer/Count}"), ["15 E101"]);
    }

    #[test]
    fn what_nobody_reads_is_not_looked_up() {
        assert_eq!(problems(&"{x}".repeat(100_000)).len(), PROBLEMS_MAX + 1);
        assert_eq!(problems(&vec!["{x}"; 100_000].join("+")).len(), PROBLEMS_MAX + 1);
    }
}
