//! Tree to text, with no more brackets than needed: parsing the text gives the same tree again.

use std::fmt;

use crate::ast::{BinaryOperator, Expression, Node};
use crate::parse::ESCAPES;

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.node {
            Node::Null => f.write_str("null"),
            Node::Boolean(truth) => write!(f, "{truth}"),
            Node::Integer(number) => write!(f, "{number}"),
            Node::Float(number) => write_float(f, *number),
            Node::String(text) => write_string(f, text),
            Node::Reference(reference) => write!(f, "{{{}}}", reference.text),
            Node::Unary(operator, operand) => {
                f.write_str(operator.symbol())?;
                write_grouped(f, operand, matches!(operand.node, Node::Binary(..)))
            }
            Node::Binary(first, rest) => write_chain(f, first, rest),
            Node::Call(name, arguments) => {
                f.write_str(name)?;
                write_list(f, "(", arguments, ")")
            }
            Node::Subscript(base, keys) => {
                write_grouped(f, base, !is_value(&base.node))?;
                write_list(f, "[", keys, "]")
            }
        }
    }
}

/// Tells whether a node is written as one value, which a subscript can follow.
fn is_value(node: &Node) -> bool {
    match node {
        Node::Integer(number) => *number >= 0,
        Node::Unary(..) | Node::Binary(..) => false,
        Node::Null
        | Node::Boolean(_)
        | Node::Float(_)
        | Node::String(_)
        | Node::Reference(_)
        | Node::Call(..)
        | Node::Subscript(..) => true,
    }
}

fn write_grouped(f: &mut fmt::Formatter<'_>, expression: &Expression, grouped: bool) -> fmt::Result {
    if grouped { write!(f, "({expression})") } else { write!(f, "{expression}") }
}

fn write_chain(f: &mut fmt::Formatter<'_>, first: &Expression, rest: &[(BinaryOperator, Expression)]) -> fmt::Result {
    let level = rest.first().map_or(0, |(operator, _)| operator.level());
    write_grouped(f, first, level_of(first).is_some_and(|own| own <= level))?;
    for (operator, operand) in rest {
        write!(f, " {} ", operator.symbol())?;
        // A power on the right of a power is how its chain nests.
        let nests = *operator == BinaryOperator::Power;
        write_grouped(f, operand, level_of(operand).is_some_and(|own| own < level || (own == level && !nests)))?;
    }
    Ok(())
}

/// Returns how tightly a chain binds; `None` for what is no chain.
fn level_of(expression: &Expression) -> Option<u8> {
    match &expression.node {
        Node::Binary(_, rest) => rest.first().map(|(operator, _)| operator.level()),
        Node::Null
        | Node::Boolean(_)
        | Node::Integer(_)
        | Node::Float(_)
        | Node::String(_)
        | Node::Reference(_)
        | Node::Unary(..)
        | Node::Call(..)
        | Node::Subscript(..) => None,
    }
}

fn write_list(f: &mut fmt::Formatter<'_>, open: &str, items: &[Expression], close: &str) -> fmt::Result {
    f.write_str(open)?;
    for (index, item) in items.iter().enumerate() {
        let separator = if index == 0 { "" } else { ", " };
        write!(f, "{separator}{item}")?;
    }
    f.write_str(close)
}

fn write_float(f: &mut fmt::Formatter<'_>, number: f64) -> fmt::Result {
    // Infinity has no literal of its own: it is whatever is too large.
    if number.is_infinite() { f.write_str("1e999") } else { write!(f, "{number:?}") }
}

fn write_string(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_str("\"")?;
    for character in text.chars() {
        match ESCAPES.iter().find(|(_, meant)| *meant == character && character != '\'') {
            Some((written, _)) => write!(f, "\\{written}")?,
            None => write!(f, "{character}")?,
        }
    }
    f.write_str("\"")
}
