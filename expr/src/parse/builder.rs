//! What the grammar found becomes the tree.

use pest::iterators::Pair;

use super::Rule;
use super::broken::ESCAPES;
use super::precedence::Chains;
use crate::ast::{BinaryOperator, Expression, Node, Reference, UnaryOperator};
use crate::diagnostic::{Code, Diagnostic, quoted};

/// Makes the tree from what the grammar found.
#[derive(Default)]
pub(super) struct Builder {
    problems: Vec<Diagnostic>,
}

impl Builder {
    /// Makes the tree, and gives all the integers that do not fit: others stand for them in it.
    pub(super) fn build(pair: Pair<'_, Rule>) -> (Expression, Vec<Diagnostic>) {
        let mut builder = Self::default();
        let expression = builder.expression(pair);
        (expression, builder.problems)
    }

    fn expression(&mut self, pair: Pair<'_, Rule>) -> Expression {
        let mut parts = pair.into_inner();
        let mut chains = Chains::default();
        let mut operand = self.operand(parts.next().expect("an expression begins with an operand"));
        while let Some((operator, next)) = parts.next().zip(parts.next()) {
            chains.push(operand, binary_operator(operator.as_str()));
            operand = self.operand(next);
        }
        chains.finish(operand)
    }

    /// Applies subscripts first, then the operators before the value, the nearest first.
    fn operand(&mut self, pair: Pair<'_, Rule>) -> Expression {
        let mut parts = pair.into_inner().peekable();
        let mut prefixes = Vec::new();
        while let Some(prefix) = parts.next_if(|part| part.as_rule() == Rule::prefix) {
            prefixes.push((unary_operator(prefix.as_str()), span(&prefix).0));
        }
        let value = parts.next().expect("an operand has a value");
        let mut operand = if is_smallest_integer(&value) {
            self.smallest_integer(&value, &mut prefixes, parts.peek().is_some())
        } else {
            self.value(value)
        };
        for subscript in parts {
            operand = self.subscript(operand, subscript);
        }
        prefixes.into_iter().rev().fold(operand, |operand, (operator, start)| Expression {
            span: (start, operand.span.1),
            node: Node::Unary(operator, Box::new(operand)),
        })
    }

    /// Joins 2⁶³ with the minus before it: the one integer whose sign is no operator.
    fn smallest_integer(
        &mut self,
        value: &Pair<'_, Rule>,
        prefixes: &mut Vec<(UnaryOperator, usize)>,
        has_subscript: bool,
    ) -> Expression {
        let mut span = span(value);
        match prefixes.pop_if(|(operator, _)| *operator == UnaryOperator::Negate && !has_subscript) {
            Some((_, start)) => span.0 = start,
            None => self.problems.push(integer_range(value)),
        }
        Expression { node: Node::Integer(i64::MIN), span }
    }

    fn subscript(&mut self, base: Expression, pair: Pair<'_, Rule>) -> Expression {
        let span = (base.span.0, span(&pair).1);
        let keys = pair.into_inner().map(|key| self.expression(key)).collect();
        Expression { node: Node::Subscript(Box::new(base), keys), span }
    }

    fn value(&mut self, pair: Pair<'_, Rule>) -> Expression {
        let span = span(&pair);
        let text = pair.as_str();
        let node = match pair.as_rule() {
            Rule::group => self.group(pair),
            Rule::call => self.call(pair),
            Rule::integer | Rule::hex => self.integer(&pair),
            Rule::float => Node::Float(text.parse().expect("the grammar's floats are floats")),
            Rule::string => Node::String(unescaped(&text[1..text.len() - 1])),
            Rule::reference => Node::Reference(Reference { text: text[1..text.len() - 1].trim().to_owned() }),
            Rule::constant => constant(text),
            Rule::EOI
            | Rule::WHITESPACE
            | Rule::COMMENT
            | Rule::whole
            | Rule::expression
            | Rule::operand
            | Rule::value
            | Rule::subscript
            | Rule::exponent
            | Rule::name
            | Rule::letter
            | Rule::prefix
            | Rule::operator => unreachable!("the grammar gives `{text}` as a value"),
        };
        Expression { node, span }
    }

    /// Returns what stands in brackets; the caller's span takes the brackets in, which tells lints
    /// that its author has grouped it.
    fn group(&mut self, pair: Pair<'_, Rule>) -> Node {
        self.expression(pair.into_inner().next().expect("a group has an expression")).node
    }

    fn call(&mut self, pair: Pair<'_, Rule>) -> Node {
        let mut parts = pair.into_inner();
        let name = parts.next().expect("a call has a name").as_str().to_owned();
        Node::Call(name, parts.map(|argument| self.expression(argument)).collect())
    }

    fn integer(&mut self, pair: &Pair<'_, Rule>) -> Node {
        let number = magnitude(pair).and_then(|magnitude| i64::try_from(magnitude).ok());
        if number.is_none() {
            self.problems.push(integer_range(pair));
        }
        Node::Integer(number.unwrap_or_default())
    }
}

fn span(pair: &Pair<'_, Rule>) -> (usize, usize) {
    let span = pair.as_span();
    (span.start(), span.end())
}

/// Returns an integer literal's number, if 64 bits hold it.
fn magnitude(pair: &Pair<'_, Rule>) -> Option<u64> {
    let text = pair.as_str();
    if pair.as_rule() == Rule::hex { u64::from_str_radix(&text[2..], 16).ok() } else { text.parse().ok() }
}

fn is_smallest_integer(pair: &Pair<'_, Rule>) -> bool {
    matches!(pair.as_rule(), Rule::integer | Rule::hex) && magnitude(pair) == Some(i64::MIN.unsigned_abs())
}

fn integer_range(pair: &Pair<'_, Rule>) -> Diagnostic {
    let message = format!("the integer {} does not fit 64 bits", quoted(pair.as_str()));
    Diagnostic::new(Code::INTEGER_RANGE, span(pair), message).hint("write it with a point to make it a float")
}

fn constant(text: &str) -> Node {
    if text.eq_ignore_ascii_case("true") {
        Node::Boolean(true)
    } else if text.eq_ignore_ascii_case("false") {
        Node::Boolean(false)
    } else {
        Node::Null
    }
}

/// Returns what a string stands for; its escapes are known to be good.
fn unescaped(text: &str) -> String {
    let mut characters = text.chars();
    let mut plain = String::with_capacity(text.len());
    while let Some(character) = characters.next() {
        let escaped = if character == '\\' { characters.next() } else { None };
        let meant = escaped.and_then(|escaped| ESCAPES.iter().find(|(written, _)| *written == escaped));
        plain.push(meant.map_or(character, |(_, meant)| *meant));
    }
    plain
}

fn unary_operator(text: &str) -> UnaryOperator {
    match text {
        "-" => UnaryOperator::Negate,
        "!" => UnaryOperator::Not,
        "~" => UnaryOperator::BitNot,
        _ => unreachable!("the grammar gives `{text}` as an operator before a value"),
    }
}

fn binary_operator(text: &str) -> BinaryOperator {
    match text {
        "||" => BinaryOperator::Or,
        "&&" => BinaryOperator::And,
        "|" => BinaryOperator::BitOr,
        "&" => BinaryOperator::BitAnd,
        "=" | "==" => BinaryOperator::Equal,
        "!=" | "<>" => BinaryOperator::NotEqual,
        "<" => BinaryOperator::Less,
        ">" => BinaryOperator::Greater,
        "<=" => BinaryOperator::LessOrEqual,
        ">=" => BinaryOperator::GreaterOrEqual,
        "<<" => BinaryOperator::ShiftLeft,
        ">>" => BinaryOperator::ShiftRight,
        "+" => BinaryOperator::Add,
        "-" => BinaryOperator::Subtract,
        "*" => BinaryOperator::Multiply,
        "/" => BinaryOperator::Divide,
        "%" => BinaryOperator::Remainder,
        "^" => BinaryOperator::Power,
        _ if text.eq_ignore_ascii_case("xor") => BinaryOperator::BitXor,
        _ if text.eq_ignore_ascii_case("like") => BinaryOperator::Like,
        _ => unreachable!("the grammar gives `{text}` as an operator"),
    }
}
