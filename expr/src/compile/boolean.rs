//! The closures that give a truth, from leaves and their combinations.

use super::comparison::comparison_test;
use super::leaf::{ComparesConstant, ComparesSum, ComparesTags, EqualsText, Holds, Test, condition};
use super::{TruthFn, value};
use crate::ast::{Property, UnaryOperator};
use crate::check::{Checked, CheckedNode};
use crate::evaluate::Evaluated;
use crate::operate::{Logic, Operation};
use crate::question::Question;
use crate::truth::{Status, Truth};

/// Compiles a whole expression to its truth as an edge trigger reads it: only booleans and numbers
/// have one.
pub(crate) fn question(checked: &Checked) -> Question {
    match &checked.node {
        CheckedNode::Logic(..) | CheckedNode::Unary(UnaryOperator::Not, _) => test(checked).question(),
        CheckedNode::Chain(_, rest) if matches!(rest.last(), Some((Operation::Compare(_), _))) => {
            test(checked).question()
        }
        CheckedNode::Tag(slot, Property::Value) => Question::of_tag(*slot),
        CheckedNode::Constant(_)
        | CheckedNode::Tag(..)
        | CheckedNode::Host(_)
        | CheckedNode::NotFound(_)
        | CheckedNode::ComputedTag(_)
        | CheckedNode::Unary(..)
        | CheckedNode::Chain(..)
        | CheckedNode::Call(..)
        | CheckedNode::StatefulCall(..)
        | CheckedNode::Subscript(..) => {
            let value = value(checked);
            Question::of_any(Box::new(move |context| {
                let Evaluated { value, quality } = value(context);
                Truth::of(&value, quality)
            }))
        }
    }
}

/// A test by its type, as long as there is one to know.
pub(super) enum Leaf {
    Holds(Holds),
    Constant(ComparesConstant),
    Tags(ComparesTags),
    Text(EqualsText),
    Sum(ComparesSum),
    Any(TruthFn),
}

impl Leaf {
    fn question(self) -> Question {
        match self {
            Self::Constant(leaf) => Question::of_comparison(leaf),
            Self::Holds(_) | Self::Tags(_) | Self::Text(_) | Self::Sum(_) | Self::Any(_) => {
                Question::of_any(self.boxed())
            }
        }
    }

    fn boxed(self) -> TruthFn {
        match self {
            Self::Holds(leaf) => boxed(leaf),
            Self::Constant(leaf) => boxed(leaf),
            Self::Tags(leaf) => boxed(leaf),
            Self::Text(leaf) => boxed(leaf),
            Self::Sum(leaf) => boxed(leaf),
            Self::Any(test) => test,
        }
    }
}

fn boxed(leaf: impl Test) -> TruthFn {
    Box::new(move |context| leaf.test(context))
}

/// Compiles a part to its truth as `&&`, `||` and `!` see it.
fn test(checked: &Checked) -> Leaf {
    match &checked.node {
        CheckedNode::Tag(slot, Property::Value) => Leaf::Holds(Holds { slot: *slot, wanted: true }),
        CheckedNode::Unary(UnaryOperator::Not, operand) => not(test(operand)),
        CheckedNode::Logic(logic, operands) => Leaf::Any(joined(*logic, operands)),
        CheckedNode::Chain(first, rest) => match &rest[..] {
            [(Operation::Compare(comparison), second)] => comparison_test(*comparison, first, second),
            _ => any(checked),
        },
        CheckedNode::Constant(_)
        | CheckedNode::Tag(..)
        | CheckedNode::Host(_)
        | CheckedNode::NotFound(_)
        | CheckedNode::ComputedTag(_)
        | CheckedNode::Unary(..)
        | CheckedNode::Call(..)
        | CheckedNode::StatefulCall(..)
        | CheckedNode::Subscript(..) => any(checked),
    }
}

/// Compiles a part that has no quicker way than its value.
fn any(checked: &Checked) -> Leaf {
    let value = value(checked);
    Leaf::Any(Box::new(move |context| {
        let Evaluated { value, quality } = value(context);
        condition(&value, Status::of(quality))
    }))
}

fn not(leaf: Leaf) -> Leaf {
    match leaf {
        Leaf::Holds(Holds { slot, wanted }) => Leaf::Holds(Holds { slot, wanted: !wanted }),
        Leaf::Constant(leaf) => Leaf::Any(not_closure(leaf)),
        Leaf::Tags(leaf) => Leaf::Any(not_closure(leaf)),
        Leaf::Text(leaf) => Leaf::Any(not_closure(leaf)),
        Leaf::Sum(leaf) => Leaf::Any(not_closure(leaf)),
        Leaf::Any(test) => Leaf::Any(not_closure(test)),
    }
}

fn not_closure(leaf: impl Test) -> TruthFn {
    Box::new(move |context| leaf.test(context).map(|truth| !truth))
}

/// Joins two operands in one closure, and more as a row of such pairs: a chain of any length is as
/// deep as a pair.
fn joined(logic: Logic, operands: &[Checked]) -> TruthFn {
    let (pairs, last) = operands.as_chunks::<2>();
    let pairs = pairs.iter().map(|[left, right]| pair_of(logic, test(left), test(right)));
    let mut tests: Vec<TruthFn> = pairs.chain(last.iter().map(|operand| test(operand).boxed())).collect();
    if tests.len() == 1 { tests.remove(0) } else { row(logic, tests) }
}

fn row(logic: Logic, tests: Vec<TruthFn>) -> TruthFn {
    Box::new(move |context| {
        let mut status = Status::GOOD;
        let mut last = Truth::known(logic == Logic::And, status);
        for test in &tests {
            last = test(context);
            status = status.with(last.status);
            if last.decides(logic == Logic::Or) {
                break;
            }
        }
        Truth { status, ..last }
    })
}

fn pair_of(logic: Logic, left: Leaf, right: Leaf) -> TruthFn {
    match left {
        Leaf::Holds(left) => pair_with(logic, left, right),
        Leaf::Constant(left) => pair_with(logic, left, right),
        Leaf::Tags(left) => pair_with(logic, left, right),
        Leaf::Text(left) => pair_with(logic, left, right),
        Leaf::Sum(left) => pair_with(logic, left, right),
        Leaf::Any(left) => pair_with(logic, left, right),
    }
}

fn pair_with(logic: Logic, left: impl Test, right: Leaf) -> TruthFn {
    match right {
        Leaf::Holds(right) => pair(logic, left, right),
        Leaf::Constant(right) => pair(logic, left, right),
        Leaf::Tags(right) => pair(logic, left, right),
        Leaf::Text(right) => pair(logic, left, right),
        Leaf::Sum(right) => pair(logic, left, right),
        Leaf::Any(right) => pair(logic, left, right),
    }
}

/// Makes one closure of two tests and what joins them.
fn pair(logic: Logic, left: impl Test, right: impl Test) -> TruthFn {
    match logic {
        Logic::And => Box::new(move |context| {
            let first = left.test(context);
            if first.decides(false) { first } else { right.test(context).after(first) }
        }),
        Logic::Or => Box::new(move |context| {
            let first = left.test(context);
            if first.decides(true) { first } else { right.test(context).after(first) }
        }),
    }
}
