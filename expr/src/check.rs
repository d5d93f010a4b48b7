//! Looks up every name of an expression: the tree as written becomes the checked tree, or all its
//! problems at once.
//!
//! It must never know values that change: constants are folded, everything else waits for a scan.

use std::collections::BTreeSet;

use crate::ast::{BinaryOperator, Expression, Node, Property, Reference, UnaryOperator};
use crate::calls::find_function;
use crate::checked::{Checked, CheckedNode};
use crate::diagnostic::Diagnostic;
use crate::evaluate::Evaluated;
use crate::fold::folded;
use crate::functions::Body;
use crate::image::TagSlot;
use crate::lint::{self, NullComparison};
use crate::operate::{Operation, Operator};
use crate::reference::{HostName, Resolved, resolve};
use crate::scheme::Scope;
use crate::types;
use crate::value::{Type, Value};

/// What the check found out.
pub(crate) struct Verdict {
    pub(crate) tree: Checked,
    pub(crate) lints: Vec<Diagnostic>,
    pub(crate) reads: Vec<TagSlot>,
    pub(crate) captures: Vec<String>,
    pub(crate) reads_host: bool,
    pub(crate) sites: usize,
    pub(crate) null_comparisons: Vec<NullComparison>,
}

/// Checks a tree, or gives all its problems and lints in the order of the text.
pub(crate) fn check(text: &str, expression: &Expression, scope: &Scope<'_>) -> Result<Verdict, Vec<Diagnostic>> {
    let mut checker = Checker::of(scope, text);
    let tree = checker.expression(expression);
    let mut lints = lint::written(text, expression);
    lints.append(&mut checker.lints);
    if !checker.problems.is_empty() {
        lints.append(&mut checker.problems);
        lints.sort_by_key(|found| found.span.start);
        return Err(lints);
    }
    lints.sort_by_key(|found| found.span.start);
    Ok(Verdict {
        tree,
        lints,
        reads: checker.reads.into_iter().collect(),
        captures: checker.captures.into_iter().collect(),
        reads_host: checker.reads_host,
        sites: checker.sites,
        null_comparisons: checker.null_comparisons,
    })
}

/// What is collected on the way through a tree.
struct Checker<'a> {
    scope: &'a Scope<'a>,
    text: &'a str,
    problems: Vec<Diagnostic>,
    lints: Vec<Diagnostic>,
    reads: BTreeSet<TagSlot>,
    captures: BTreeSet<String>,
    reads_host: bool,
    sites: usize,
    null_comparisons: Vec<NullComparison>,
}

impl<'a> Checker<'a> {
    const fn of(scope: &'a Scope<'a>, text: &'a str) -> Self {
        Self {
            scope,
            text,
            problems: Vec::new(),
            lints: Vec::new(),
            reads: BTreeSet::new(),
            captures: BTreeSet::new(),
            reads_host: false,
            sites: 0,
            null_comparisons: Vec::new(),
        }
    }

    fn expression(&mut self, expression: &Expression) -> Checked {
        let span = expression.span;
        let (node, kind) = match &expression.node {
            Node::Null => literal(Value::Null),
            Node::Boolean(truth) => literal(Value::Boolean(*truth)),
            Node::Integer(number) => literal(Value::Integer(*number)),
            Node::Float(number) => literal(Value::Float(*number)),
            Node::String(text) => literal(Value::from(text.as_str())),
            Node::Reference(reference) => self.reference(reference, span),
            Node::Unary(operator, operand) => self.unary(*operator, operand),
            Node::Binary(first, rest) => self.binary(first, rest),
            Node::Call(name, arguments) => self.call(name, arguments, span),
            Node::Subscript(base, keys) => self.subscript(base, keys),
        };
        folded(Checked { node, kind, span }, self.scope.zone)
    }

    fn expressions(&mut self, expressions: &[Expression]) -> Vec<Checked> {
        expressions.iter().map(|expression| self.expression(expression)).collect()
    }

    fn unary(&mut self, operator: UnaryOperator, operand: &Expression) -> (CheckedNode, Type) {
        let operand = self.expression(operand);
        let kind = types::unary(operator, operand.kind);
        (CheckedNode::Unary(operator, Box::new(operand)), kind)
    }

    /// All operators of a chain are of one level, and `&&` and `||` have levels of their own: the
    /// first operator tells which kind of chain it is.
    fn binary(&mut self, first: &Expression, rest: &[(BinaryOperator, Expression)]) -> (CheckedNode, Type) {
        let first = self.expression(first);
        let mut operands = Vec::with_capacity(rest.len() + 1);
        let mut chain = Vec::with_capacity(rest.len());
        let mut logic = None;
        for (operator, operand) in rest {
            let operand = self.expression(operand);
            match Operator::from(*operator) {
                Operator::Logic(operator) => {
                    logic = Some(operator);
                    operands.push(operand);
                }
                Operator::Operation(operation) => chain.push((operation, operand)),
            }
        }
        match logic {
            Some(logic) => {
                operands.insert(0, first);
                (CheckedNode::Logic(logic, operands), Type::Boolean)
            }
            None => self.chain(first, chain),
        }
    }

    fn chain(&mut self, first: Checked, rest: Vec<(Operation, Checked)>) -> (CheckedNode, Type) {
        if let Some((Operation::Compare(_), second)) = rest.first() {
            self.lints.extend(lint::number_with_text(&first, second));
            self.null_comparisons.extend(lint::null_comparison(&first, second));
        }
        let kind =
            rest.iter().fold(first.kind, |kind, (operation, operand)| types::binary(*operation, kind, operand.kind));
        (CheckedNode::Chain(Box::new(first), rest), kind)
    }

    fn call(&mut self, name: &str, arguments: &[Expression], span: (usize, usize)) -> (CheckedNode, Type) {
        let checked = self.expressions(arguments);
        let function = match find_function(name, checked.len(), span, self.text) {
            Ok(function) => function,
            Err(problem) => {
                self.problems.push(problem);
                return unknown();
            }
        };
        let node = match function.body {
            Body::Stateful(_) => {
                self.sites += 1;
                CheckedNode::StatefulCall(function, self.sites - 1, checked)
            }
            Body::Plain(_) | Body::Qualified(_) | Body::Lazy(_) | Body::Refused(_) => {
                CheckedNode::Call(function, checked)
            }
        };
        (node, function.result)
    }

    fn subscript(&mut self, base: &Expression, keys: &[Expression]) -> (CheckedNode, Type) {
        let base = self.expression(base);
        let keys = self.expressions(keys);
        (CheckedNode::Subscript(Box::new(base), keys), Type::Any)
    }

    fn reference(&mut self, reference: &Reference, span: (usize, usize)) -> (CheckedNode, Type) {
        match resolve(reference, span, self.scope) {
            Ok(Resolved::Tag { slot, kind, property }) => {
                self.reads.insert(slot);
                (CheckedNode::Tag(slot, property), kind)
            }
            Ok(Resolved::Name(name)) => literal(Value::from(name)),
            Ok(Resolved::Host(name)) => self.host(name),
            Ok(Resolved::NotFound { property }) => (CheckedNode::NotFound(property), not_found_type(property)),
            Err(problem) => {
                self.problems.push(problem);
                unknown()
            }
        }
    }

    fn host(&mut self, name: HostName) -> (CheckedNode, Type) {
        self.reads_host = true;
        let kind = match &name {
            HostName::OperationName
            | HostName::OperationLocation
            | HostName::OperationProductionOrder
            | HostName::OperationStatus => Type::String,
            HostName::OperationStartDate => Type::Date,
            HostName::Capture(capture) => {
                self.captures.insert(capture.clone());
                Type::Any
            }
            HostName::Value => Type::Any,
        };
        (CheckedNode::Host(name), kind)
    }
}

fn literal(value: Value) -> (CheckedNode, Type) {
    let kind = value.kind();
    (CheckedNode::Constant(Evaluated::good(value)), kind)
}

/// Returns what stands for a part with a problem, so that the rest is checked too.
const fn unknown() -> (CheckedNode, Type) {
    (CheckedNode::NotFound(Property::Value), Type::Any)
}

const fn not_found_type(property: Property) -> Type {
    match property {
        Property::Quality => Type::String,
        Property::Value | Property::Timestamp | Property::Name => Type::Null,
    }
}
