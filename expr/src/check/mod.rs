//! Looks up every name of an expression: the tree as written becomes the checked tree, or all its
//! problems at once.
//!
//! It must never know values that change: constants are folded, everything else waits for a scan.

mod broken;
mod calls;
mod constants;
mod fold;
mod lint;
mod names;
mod reference;
mod tree;
mod types;

use std::collections::BTreeSet;

pub(crate) use broken::names_of_broken;
use calls::find_function;
use fold::folded;
pub(crate) use fold::is_pure;
pub(crate) use lint::NullComparison;
pub(crate) use names::{Names, Target};
pub(crate) use reference::HostName;
use reference::{Resolved, resolve, resolve_path};
use tree::Folded;
pub(crate) use tree::{Asks, Checked, CheckedNode, ComputedTag};
pub(crate) use types::binary as binary_type;

use crate::ast::{BinaryOperator, Expression, Node, Property, Reference, UnaryOperator};
use crate::diagnostic::Diagnostic;
use crate::evaluate::Evaluated;
use crate::functions::{Body, Function};
use crate::image::TagSlot;
use crate::limits::PROBLEMS_MAX;
use crate::operate::{Operation, Operator};
use crate::scheme::{Scope, UnknownTag};
use crate::value::{Type, Value};

/// What the check found out besides the tree.
#[derive(Default)]
pub(crate) struct Findings {
    pub(crate) lints: Vec<Diagnostic>,
    /// The tags that are read.
    pub(crate) reads: BTreeSet<TagSlot>,
    /// The names of the captures that are read.
    pub(crate) captures: BTreeSet<String>,
    pub(crate) reads_host: bool,
    pub(crate) reads_datasets: bool,
    /// How many calls have a site: those that keep state, and computed paths.
    pub(crate) sites: usize,
    pub(crate) keeps_state: bool,
    /// What computed paths are looked up in, if there are any.
    pub(crate) names: Option<Names>,
    pub(crate) null_comparisons: Vec<NullComparison>,
    /// The rates in milliseconds at which calls of `now` poll.
    pub(crate) polls: BTreeSet<u32>,
}

/// Checks a tree, or gives all its problems and lints in the order of the text.
pub(crate) fn check(
    text: &str,
    expression: &Expression,
    scope: &Scope<'_>,
) -> Result<(Checked, Findings), Vec<Diagnostic>> {
    let mut checker = Checker { scope, text, problems: Vec::new(), found: Findings::default(), folded_bytes: 0 };
    let tree = checker.expression(expression);
    let Checker { mut problems, mut found, .. } = checker;
    found.lints.extend(lint::written(text, expression));
    found.lints.sort_by_key(|lint| lint.span.start);
    if problems.is_empty() {
        return Ok((tree, found));
    }
    problems.append(&mut found.lints);
    problems.sort_by_key(|problem| problem.span.start);
    Err(problems)
}

/// What is collected on the way through a tree.
struct Checker<'a> {
    scope: &'a Scope<'a>,
    text: &'a str,
    problems: Vec<Diagnostic>,
    found: Findings,
    /// What the constants hold that were calculated here.
    folded_bytes: usize,
}

impl Checker<'_> {
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
            Node::Call(name, arguments) => {
                return folded(self.call(name, arguments, span), self.scope.zone, &mut self.folded_bytes);
            }
            Node::Subscript(base, keys) => self.subscript(base, keys),
        };
        folded(Checked::new(node, kind, span), self.scope.zone, &mut self.folded_bytes)
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
            self.found.lints.extend(lint::number_with_text(&first, second));
            self.found.null_comparisons.extend(lint::null_comparison(&first, second));
        }
        let kind =
            rest.iter().fold(first.kind, |kind, (operation, operand)| types::binary(*operation, kind, operand.kind));
        (CheckedNode::Chain(Box::new(first), rest), kind)
    }

    fn call(&mut self, name: &str, arguments: &[Expression], span: (usize, usize)) -> Checked {
        let checked = self.expressions(arguments);
        let function = match find_function(name, checked.len(), span, self.text) {
            Ok(function) => function,
            Err(problem) => {
                self.problems.push(problem);
                let (node, kind) = unknown();
                return Checked::new(node, kind, span);
            }
        };
        self.found.lints.extend(constants::unknown_units(function, &checked));
        if let Some(millis) = constants::poll(function, &checked) {
            self.found.lints.extend(constants::quick_poll(millis, span));
            self.found.polls.insert(millis);
        }
        let node = match function.body {
            Body::Stateful(_) => {
                self.found.keeps_state = true;
                CheckedNode::StatefulCall(function, self.site(), checked)
            }
            Body::Tag => return self.tag(checked, span),
            Body::TimestampOf => return timestamp_of(function, checked, span),
            Body::Plain(_) | Body::Qualified(_) | Body::Lazy(_) | Body::Refused(_) => {
                CheckedNode::Call(function, checked)
            }
        };
        Checked::new(node, function.result, span)
    }

    /// Returns the index of another call site.
    const fn site(&mut self) -> usize {
        self.found.sites += 1;
        self.found.sites - 1
    }

    /// Checks `tag(path)`: a reference if its path is a constant text.
    fn tag(&mut self, mut arguments: Vec<Checked>, span: (usize, usize)) -> Checked {
        let path = arguments.remove(0);
        if let Some(Evaluated { value: Value::String(text), .. }) = path.constant() {
            let resolved = resolve_path(text, path.span, &self.scope());
            let (node, kind) = self.resolved(resolved);
            return Checked { folded: Some(Folded::Path(Box::new(path))), ..Checked::new(node, kind, span) };
        }
        let names = self.found.names.get_or_insert_with(|| Names::of(self.scope)).clone();
        let site = self.site();
        let tag = ComputedTag { path, site, names, asks: Asks::Value };
        Checked::new(CheckedNode::ComputedTag(Box::new(tag)), Type::Any, span)
    }

    fn subscript(&mut self, base: &Expression, keys: &[Expression]) -> (CheckedNode, Type) {
        let base = self.expression(base);
        let keys = self.expressions(keys);
        (CheckedNode::Subscript(Box::new(base), keys), Type::Any)
    }

    fn reference(&mut self, reference: &Reference, span: (usize, usize)) -> (CheckedNode, Type) {
        self.resolved(resolve(reference, span, &self.scope()))
    }

    /// Returns the scope; no suggestion is looked for that would not be told.
    const fn scope(&self) -> Scope<'_> {
        match self.scope.unknown_tag {
            UnknownTag::Problem if self.problems.len() > PROBLEMS_MAX => {
                Scope { unknown_tag: UnknownTag::ProblemWithoutSuggestion, ..*self.scope }
            }
            UnknownTag::Problem | UnknownTag::ProblemWithoutSuggestion | UnknownTag::BadNotFound => *self.scope,
        }
    }

    fn resolved(&mut self, resolved: Result<Resolved, Diagnostic>) -> (CheckedNode, Type) {
        match resolved {
            Ok(Resolved::Tag { slot, kind, property }) => {
                self.found.reads.insert(slot);
                (CheckedNode::Tag(slot, property), kind)
            }
            Ok(Resolved::Name(name)) => literal(Value::from(name)),
            Ok(Resolved::Constant(value)) => {
                self.found.reads_datasets = true;
                literal(value)
            }
            Ok(Resolved::Host(name)) => self.host(name),
            Ok(Resolved::NotFound { property }) => (CheckedNode::NotFound(property), not_found_type(property)),
            Err(problem) => {
                self.problems.push(problem);
                unknown()
            }
        }
    }

    fn host(&mut self, name: HostName) -> (CheckedNode, Type) {
        self.found.reads_host = true;
        let kind = match &name {
            HostName::OperationName
            | HostName::OperationLocation
            | HostName::OperationProductionOrder
            | HostName::OperationStatus => Type::String,
            HostName::OperationStartDate => Type::Date,
            HostName::Capture(capture) => {
                self.found.captures.insert(capture.clone());
                Type::Any
            }
            HostName::Value => Type::Any,
        };
        (CheckedNode::Host(name), kind)
    }
}

/// Checks `timestampOf(value)`: of a tag it is the tag's time.
fn timestamp_of(function: &'static Function, mut arguments: Vec<Checked>, span: (usize, usize)) -> Checked {
    match &mut arguments[0].node {
        CheckedNode::Tag(_, property @ Property::Value) => *property = Property::Timestamp,
        CheckedNode::ComputedTag(tag) => tag.asks = Asks::Timestamp,
        CheckedNode::Constant(_)
        | CheckedNode::Tag(..)
        | CheckedNode::Host(_)
        | CheckedNode::NotFound(_)
        | CheckedNode::Unary(..)
        | CheckedNode::Logic(..)
        | CheckedNode::Chain(..)
        | CheckedNode::Call(..)
        | CheckedNode::StatefulCall(..)
        | CheckedNode::Subscript(..) => {
            return Checked::new(CheckedNode::Call(function, arguments), function.result, span);
        }
    }
    Checked { kind: function.result, span, ..arguments.remove(0) }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::parse;
    use crate::scheme::Scheme;

    /// Checks an expression over the tags `Filler/Count` and `Filler/Running` and shows all that was
    /// found: `start..end code message (hint)`.
    fn found(text: &str) -> Vec<String> {
        let mut scheme = Scheme::new();
        scheme.add("Filler/Count", Type::Integer);
        scheme.add("Filler/Running", Type::Boolean);
        let expression = parse(text).expect("an expression");
        let diagnostics = match check(text, &expression, &Scope::of(&scheme)) {
            Ok((_, found)) => found.lints,
            Err(problems) => problems,
        };
        let show = |Diagnostic { code, span, message, hint }: Diagnostic| {
            let hint = hint.map_or(String::new(), |hint| format!(" ({hint})"));
            format!("{}..{} {} {message}{hint}", span.start, span.end, code.0)
        };
        diagnostics.into_iter().map(show).collect()
    }

    #[test]
    fn all_problems_are_told_at_once_in_the_order_of_the_text() {
        assert_eq!(
            found("{Filer/Count} == rouund(1.5) + if({Filler/Count}, 2) && 1 = {view.x}"),
            [
                "0..13 E107 there is no tag `Filer/Count` (did you mean `Filler/Count`?)",
                "14..16 L101 `==` is an extension (write `=`)",
                "17..23 E103 there is no function `rouund` (did you mean `round`?)",
                "31..52 E106 `if` takes 3 arguments, found 2 (write `if(condition, then, otherwise)`)",
                "60..68 E108 `{view.x}` refers to a Perspective view, and a gateway has no screens \
                 (refer to the tag that the screen shows)",
            ]
        );
    }

    #[test]
    fn refused_functions_say_why() {
        let problems = found("1 + (/* runScript */ RUNSCRIPT('x'))");
        assert!(problems[0].starts_with("21..30 E104 `runScript` is refused: "), "{problems:?}");
    }

    #[test]
    fn unknown_functions_are_refused() {
        assert!(found("(movingAverage({Filler/Count}))")[0].starts_with("1..14 E103"));
    }

    #[test]
    fn calls_may_have_as_many_arguments_as_their_row_says() {
        assert_eq!(found("IF({Filler/Running}, 1, 2)"), [""; 0]);
        assert!(
            found("case(1, 2, 3)")[0].contains("`case` takes at least 4 arguments, and more in steps of 2, found 3")
        );
        assert!(found("round()")[0].contains("`round` takes 1 to 2 arguments, found 0"));
        assert!(found("coalesce()")[0].contains("`coalesce` takes at least 1 argument, found 0"));
        assert!(found("abs(1, 2)")[0].contains("`abs` takes 1 argument, found 2"));
    }
}
