//! Bounds how deep a text may nest before it is parsed: the grammar recurses on brackets, and a
//! deep enough text would end the process. Also bounds the depth of the tree that was built.

use super::scan::{Token, TokenKind};
use crate::ast::{Expression, Node};
use crate::diagnostic::{Code, Diagnostic};
use crate::limits::{NESTING_MAX, TREE_DEPTH_MAX};

/// What nests inside one bracket: the operators before the operand that is being read, and the
/// powers of the chain that it ends.
#[derive(Clone, Copy, Debug, Default)]
struct Level {
    unary: usize,
    powers: usize,
}

/// Counts, token by token, how deep the text nests.
#[derive(Debug, Default)]
pub(super) struct Nesting {
    outer: Vec<Level>,
    outer_depth: usize,
    level: Level,
    after_value: bool,
}

impl Nesting {
    /// Takes the next token; gives a problem when it nests too deeply.
    pub(super) fn take(&mut self, token: &Token<'_>) -> Result<(), Diagnostic> {
        match token.kind {
            TokenKind::Open => self.open(),
            TokenKind::Close => self.close(),
            TokenKind::Operator => self.operator(token.text),
            TokenKind::Word if self.after_value && token.is_operator_word() => self.binary(),
            TokenKind::Comma => self.binary(),
            TokenKind::Number
            | TokenKind::BrokenNumber
            | TokenKind::String
            | TokenKind::OpenString
            | TokenKind::Reference
            | TokenKind::OpenReference
            | TokenKind::OpenComment
            | TokenKind::Word
            | TokenKind::Stray => self.value(),
        }
        if self.outer_depth + self.level.unary + self.level.powers > NESTING_MAX {
            return Err(too_deep(token.span()));
        }
        Ok(())
    }

    fn open(&mut self) {
        self.outer_depth += 1 + self.level.unary + self.level.powers;
        self.outer.push(std::mem::take(&mut self.level));
        self.after_value = false;
    }

    fn close(&mut self) {
        if let Some(level) = self.outer.pop() {
            self.outer_depth -= 1 + level.unary + level.powers;
            self.level = level;
        }
        self.value();
    }

    fn operator(&mut self, text: &str) {
        if !self.after_value && matches!(text, "-" | "!" | "~") {
            self.level.unary += 1;
        } else if text == "^" {
            self.level.powers += 1;
            self.after_value = false;
        } else {
            self.binary();
        }
    }

    fn binary(&mut self) {
        self.level = Level::default();
        self.after_value = false;
    }

    fn value(&mut self) {
        self.level.unary = 0;
        self.after_value = true;
    }
}

fn too_deep(span: (usize, usize)) -> Diagnostic {
    Diagnostic::new(Code::NESTING, span, format!("the expression nests deeper than {NESTING_MAX} levels here"))
        .hint("move a part into a derived tag and refer to it")
}

/// Gives a problem when a tree is deeper than the recursions over it are built for. Operators of
/// eleven levels may nest inside every bracket, so that bounded brackets are not enough.
pub(super) fn check_depth(expression: &Expression) -> Result<(), Diagnostic> {
    if is_deeper(expression, TREE_DEPTH_MAX) { Err(too_deep(expression.span)) } else { Ok(()) }
}

fn is_deeper(expression: &Expression, bound: usize) -> bool {
    let Some(bound) = bound.checked_sub(1) else {
        return true;
    };
    match &expression.node {
        Node::Null | Node::Boolean(_) | Node::Integer(_) | Node::Float(_) | Node::String(_) | Node::Reference(_) => {
            false
        }
        Node::Unary(_, operand) => is_deeper(operand, bound),
        Node::Binary(first, rest) => {
            is_deeper(first, bound) || rest.iter().any(|(_, operand)| is_deeper(operand, bound))
        }
        Node::Call(_, arguments) => arguments.iter().any(|argument| is_deeper(argument, bound)),
        Node::Subscript(base, keys) => is_deeper(base, bound) || keys.iter().any(|key| is_deeper(key, bound)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::Tokens;

    fn fits(text: &str) -> bool {
        let mut nesting = Nesting::default();
        Tokens::of(text).all(|token| nesting.take(&token).is_ok())
    }

    /// Nests something in `open` and `close`, once within the bound and once beyond it.
    fn check(open: &str, close: &str) {
        let nested = |depth: usize| format!("{}1{}", open.repeat(depth), close.repeat(depth));
        assert!(fits(&nested(NESTING_MAX)), "{open}");
        assert!(!fits(&nested(NESTING_MAX + 1)), "{open}");
    }

    #[test]
    fn counts_whatever_recurses() {
        check("(", ")");
        check("f(", ")");
        check("x[", "]");
        check("!", "");
        check("- ", "");
        check("2^", "");
        check("{a}{b} - (", ")");
        check("/* ( */(", ")");
    }

    #[test]
    fn counts_operators_and_brackets_together() {
        assert!(fits(&format!("{}1{}", "-(".repeat(NESTING_MAX / 2), ")".repeat(NESTING_MAX / 2))));
        assert!(!fits(&format!("{}--1", "(".repeat(NESTING_MAX - 1))));
        assert!(!fits(&format!("2^2^2^{}1", "(".repeat(NESTING_MAX - 2))));
    }

    #[test]
    fn forgets_what_does_not_nest() {
        assert!(fits(&"-1 + (2) ^ 3 - ".repeat(NESTING_MAX * 2)));
        assert!(fits(&"!a xor ~b, ".repeat(NESTING_MAX * 2)));
        assert!(fits(&format!("'{0}' + {{{0}}}", "(".repeat(NESTING_MAX * 2))));
        assert!(!fits(&"(".repeat(1_000_000)));
    }
}
