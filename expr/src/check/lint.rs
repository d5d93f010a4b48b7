//! What can be used but may not mean what its author thinks: warnings with the place and the fix.

use super::{Checked, CheckedNode};
use crate::ast::{BinaryOperator, Expression, Node, Property, UnaryOperator};
use crate::coerce::parse_number;
use crate::diagnostic::{Code, Diagnostic, quoted};
use crate::functions::{Body, find};
use crate::image::TagSlot;
use crate::operate::{Logic, Operator};
use crate::parse::{TokenKind, Tokens};
use crate::value::{Type, Value};

/// A comparison with null of something whose null is never known, unless a tag's source can send a
/// null of Good quality.
#[derive(Clone, Debug)]
pub(crate) struct NullComparison {
    pub(crate) tag: Option<TagSlot>,
    pub(crate) lint: Diagnostic,
}

/// Returns the lints that are seen in the text and its tree.
pub(crate) fn written(text: &str, expression: &Expression) -> Vec<Diagnostic> {
    let mut lints: Vec<Diagnostic> = Tokens::of(text)
        .filter_map(|token| match (token.kind, token.text) {
            (TokenKind::Operator, "==") => Some((token.span(), "`==` is an extension", "write `=`")),
            (TokenKind::Operator, "<>") => Some((token.span(), "`<>` is an extension", "write `!=`")),
            _ => None,
        })
        .map(|(span, message, hint)| Diagnostic::new(Code::EQUALITY_SPELLING, span, message).hint(hint))
        .collect();
    Walk { text, lints: &mut lints }.expression(expression, Place::Always);
    lints
}

/// Whether an evaluation always comes to a part.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Always,
    MaySkip,
}

/// A walk over a tree that collects lints.
struct Walk<'a> {
    text: &'a str,
    lints: &'a mut Vec<Diagnostic>,
}

impl Walk<'_> {
    fn expression(&mut self, expression: &Expression, place: Place) {
        match &expression.node {
            Node::Null
            | Node::Boolean(_)
            | Node::Integer(_)
            | Node::Float(_)
            | Node::String(_)
            | Node::Reference(_) => {}
            Node::Unary(_, operand) => self.expression(operand, place),
            Node::Binary(first, rest) => self.chain(expression.span, first, rest, place),
            Node::Call(name, arguments) => self.call(expression.span, name, arguments, place),
            Node::Subscript(base, keys) => {
                self.expression(base, place);
                for key in keys {
                    self.expression(key, place);
                }
            }
        }
    }

    fn chain(&mut self, span: (usize, usize), first: &Expression, rest: &[(BinaryOperator, Expression)], place: Place) {
        let Some((operator, second)) = rest.first() else { return };
        match operator.level() {
            3..=5 => self.mixed_bits(span, *operator, first, rest),
            6 | 7 => self.chained_comparison(span, first, rest),
            11 => self.power(span, first, second),
            _ => {}
        }
        let rest_place = match Operator::from(*operator) {
            Operator::Logic(Logic::And | Logic::Or) => Place::MaySkip,
            Operator::Operation(_) => place,
        };
        self.expression(first, place);
        for (_, operand) in rest {
            self.expression(operand, rest_place);
        }
    }

    fn call(&mut self, span: (usize, usize), name: &str, arguments: &[Expression], place: Place) {
        let body = find(name).map(|function| function.body);
        if place == Place::MaySkip && matches!(body, Some(Body::Stateful(_))) {
            let message = format!("`{name}` keeps state, but it stands where it may be skipped");
            self.lints.push(
                Diagnostic::new(Code::SKIPPED_STATE, span, message)
                    .hint("put it first, or into a derived tag that is always evaluated"),
            );
        }
        for (index, argument) in arguments.iter().enumerate() {
            let skipped = index > 0 && matches!(body, Some(Body::Lazy(_)));
            self.expression(argument, if skipped { Place::MaySkip } else { place });
        }
    }

    fn mixed_bits(
        &mut self,
        span: (usize, usize),
        operator: BinaryOperator,
        first: &Expression,
        rest: &[(BinaryOperator, Expression)],
    ) {
        let comparison = operands(first, rest).find_map(|operand| self.ungrouped_comparison(operand));
        if let Some(comparison) = comparison {
            let (bits, comparison) = (operator.symbol(), comparison.symbol());
            let message = format!("`{comparison}` binds tighter than `{bits}`: the comparison comes first");
            self.lints.push(
                Diagnostic::new(Code::MIXED_BITS, span, message).hint("put brackets around the part that comes first"),
            );
        }
    }

    fn chained_comparison(&mut self, span: (usize, usize), first: &Expression, rest: &[(BinaryOperator, Expression)]) {
        if rest.len() > 1 || operands(first, rest).any(|operand| self.ungrouped_comparison(operand).is_some()) {
            self.lints.push(
                Diagnostic::new(Code::CHAINED_COMPARISON, span, "the result of a comparison is compared again")
                    .hint("write `a < b && b < c`, or brackets if it is meant"),
            );
        }
    }

    fn power(&mut self, span: (usize, usize), base: &Expression, exponent: &Expression) {
        if matches!(base.node, Node::Unary(UnaryOperator::Negate, _)) && !self.is_grouped(base) {
            self.lints.push(
                Diagnostic::new(Code::NEGATED_POWER, span, "the minus binds tighter than `^`: the negative is raised")
                    .hint("write `(-x) ^ y` or `-(x ^ y)`"),
            );
        }
        if matches!(&exponent.node, Node::Binary(_, rest) if rest.first().is_some_and(|(operator, _)| *operator == BinaryOperator::Power))
            && !self.is_grouped(exponent)
        {
            self.lints.push(
                Diagnostic::new(Code::CHAINED_POWER, span, "a chain of `^` is calculated from the right")
                    .hint("write `x ^ (y ^ z)` or `(x ^ y) ^ z`"),
            );
        }
    }

    /// Returns the operator of a comparison that no brackets group.
    fn ungrouped_comparison(&self, operand: &Expression) -> Option<BinaryOperator> {
        let Node::Binary(_, rest) = &operand.node else { return None };
        let (operator, _) = rest.first()?;
        (matches!(operator.level(), 6 | 7) && !self.is_grouped(operand)).then_some(*operator)
    }

    /// Tells whether brackets stand around an operator and its operands: the span takes them in.
    fn is_grouped(&self, expression: &Expression) -> bool {
        let begins_inside = match &expression.node {
            Node::Binary(first, _) => first.span.0 > expression.span.0,
            Node::Null
            | Node::Boolean(_)
            | Node::Integer(_)
            | Node::Float(_)
            | Node::String(_)
            | Node::Reference(_)
            | Node::Unary(..)
            | Node::Call(..)
            | Node::Subscript(..) => true,
        };
        begins_inside && self.text[expression.span.0..].starts_with('(')
    }
}

fn operands<'a>(
    first: &'a Expression,
    rest: &'a [(BinaryOperator, Expression)],
) -> impl Iterator<Item = &'a Expression> {
    std::iter::once(first).chain(rest.iter().map(|(_, operand)| operand))
}

/// Returns the lint of a number that is compared with a literal text.
pub(crate) fn number_with_text(left: &Checked, right: &Checked) -> Option<Diagnostic> {
    let is_number = |part: &Checked| part.constant().is_none() && matches!(part.kind, Type::Integer | Type::Float);
    let literal = if is_number(left) {
        right
    } else if is_number(right) {
        left
    } else {
        return None;
    };
    let Value::String(text) = &literal.constant()?.value else { return None };
    let problem = Diagnostic::new(
        Code::NUMBER_WITH_TEXT,
        literal.span,
        format!("a number is compared with the text {}", quoted(text)),
    );
    Some(match parse_number(text) {
        Some(_) => problem.hint("leave out the quotes"),
        None => problem.hint("no number equals it: compare with a number"),
    })
}

/// Returns the lint of a comparison with null that can be known only if a tag's source sends nulls.
pub(crate) fn null_comparison(left: &Checked, right: &Checked) -> Option<NullComparison> {
    let is_null = |part: &Checked| part.constant().is_some_and(|constant| constant.value.is_null());
    let operand = match (is_null(left), is_null(right)) {
        (true, false) => right,
        (false, true) => left,
        (true, true) | (false, false) => return None,
    };
    let (tag, reason) = match &operand.node {
        CheckedNode::Tag(slot, Property::Value) => (Some(*slot), "the tag is null only while it is not Good"),
        CheckedNode::Unary(..) | CheckedNode::Logic(..) | CheckedNode::Chain(..) => {
            (None, "an operator gives null only after an error")
        }
        CheckedNode::Constant(_)
        | CheckedNode::Tag(..)
        | CheckedNode::Host(_)
        | CheckedNode::NotFound(_)
        | CheckedNode::ComputedTag(_)
        | CheckedNode::Call(..)
        | CheckedNode::StatefulCall(..)
        | CheckedNode::Subscript(..) => return None,
    };
    let lint =
        Diagnostic::new(Code::NULL_NEVER_KNOWN, operand.span, format!("{reason}, and then the level is unknown"))
            .hint("write `isNull(…)`, which is always Good");
    Some(NullComparison { tag, lint })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::Program;
    use crate::scheme::{Scheme, Scope};

    fn scheme() -> Scheme {
        let mut scheme = Scheme::new();
        for (path, kind) in [("a", Type::Integer), ("b", Type::Float), ("s", Type::String), ("on", Type::Boolean)] {
            scheme.add(path, kind);
        }
        scheme
    }

    /// Checks the codes and spans of all lints: `L101 1..3`.
    fn check(text: &str, wanted: &[&str]) {
        let scheme = scheme();
        let (_, lints) = Program::compile(text, &Scope::of(&scheme)).expect("an expression");
        let show = |lint: &Diagnostic| format!("{} {}..{}", lint.code.0, lint.span.start, lint.span.end);
        assert_eq!(lints.iter().map(show).collect::<Vec<_>>(), wanted, "{text}");
        assert!(lints.iter().all(|lint| lint.hint.is_some()), "{text}");
    }

    #[test]
    fn other_spellings_of_equality() {
        check("{a} == 1 || '==' <> {s}", &["L101 4..6", "L101 17..19"]);
        check("{a} = 1 /* == */", &[]);
    }

    #[test]
    fn powers_that_surprise() {
        check("2 ^ {a} ^ 2", &["L102 0..11"]);
        check("2 ^ ({a} ^ 2) + ({b} ^ 2) ^ 2", &[]);
        check("1 + -{a} ^ 2", &["L103 4..12"]);
        check("(-{a}) ^ 2 + 2 ^ -{a}", &[]);
    }

    #[test]
    fn comparisons_that_are_compared() {
        check("1 < {a} < 5", &["L104 0..11"]);
        check("{a} = 1 = {on}", &["L104 0..14"]);
        check("{on} = {a} > 1", &["L104 0..14"]);
        check("({a} > 1) = ({b} > 1) && ({a} = 1) = {on}", &[]);
    }

    #[test]
    fn bits_beside_comparisons() {
        check("{a} & 4 = 4", &["L105 0..11"]);
        check("{a} > 1 | {b} > 2", &["L105 0..17"]);
        check("({a} & 4) = 4 && ({a} > 1) xor ({b} > 2)", &[]);
        check("{a} << 1 = 4", &[]);
    }

    #[test]
    fn numbers_beside_texts() {
        check("{a} = '5' && 'x' != {b}", &["L107 6..9", "L107 13..16"]);
        check("{a} + {b} > 'x'", &["L107 12..15"]);
        check("{s} = '5' && {on} = 'on' && '5' = 5", &[]);
    }

    #[test]
    fn state_that_may_be_skipped() {
        check("{on} && hasChanged({a})", &["L108 8..23"]);
        check("hasChanged({a}) && !{on}", &[]);
        check("if({on}, !hasChanged({a}), hasChanged({b}))", &["L108 10..25", "L108 27..42"]);
        check("if(hasChanged({a}), 1, 2) + (hasChanged({b}) & {on})", &[]);
        check("{on} || if(hasChanged({a}), 1, 2)", &["L108 11..26"]);
    }

    #[test]
    fn nulls_that_a_trigger_never_knows() {
        let scheme = scheme();
        let lints = |text: &str, sends_null: bool| {
            let (program, lints) = Program::compile(text, &Scope::of(&scheme)).expect("an expression");
            assert_eq!(lints, [], "{text}: only a trigger minds");
            program.trigger_lints(|_| sends_null).iter().map(|lint| lint.span.clone()).collect::<Vec<_>>()
        };
        assert_eq!(lints("{a} = null || null != {b} * 2", false), [0..3, 22..29]);
        assert_eq!(lints("{a} = null || null != {b} * 2", true), [22..29; 1]);
        assert!(lints("isNull({a}) || coalesce({a}) = null || {a.quality} = null || {a} = 1", false).is_empty());
    }
}
