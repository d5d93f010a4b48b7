//! The closures that give a truth, from leaves and their combinations.

use super::comparison::comparison_leaf;
use super::interval::Interval;
use super::leaf::{ComparesTags, EqualsText, Holds, SumWithin, Test, Within};
use super::{ImageFn, TruthFn, value};
use crate::ast::{Property, UnaryOperator};
use crate::check::{Checked, CheckedNode};
use crate::coerce::truth;
use crate::evaluate::Evaluated;
use crate::image::TagSlot;
use crate::operate::{Logic, Operation};
use crate::question::Question;
use crate::truth::{Status, Truth};
use crate::value::Type;

/// Compiles a whole expression to its truth as an edge trigger reads it: only booleans and numbers
/// have one.
pub(crate) fn question(checked: &Checked) -> Question {
    match &checked.node {
        CheckedNode::Logic(..) | CheckedNode::Unary(UnaryOperator::Not, _) => tested(checked),
        CheckedNode::Chain(_, rest) if matches!(rest.last(), Some((Operation::Compare(_), _))) => tested(checked),
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

/// Compiles what is a truth whatever its operands are.
fn tested(checked: &Checked) -> Question {
    match part(checked) {
        Part::Leaf(Leaf::Within(leaf)) => Question::of_comparison(leaf, condition(checked)),
        Part::Leaf(leaf) => Question::of_image(leaf.boxed(), condition(checked)),
        Part::Test(test) => Question::of_any(test),
    }
}

/// A test of the image by its type, as long as there is one to know.
pub(super) enum Leaf {
    Holds(Holds),
    Within(Within),
    Tags(ComparesTags),
    Text(EqualsText),
    Sum(SumWithin),
    Image(ImageFn),
}

impl Leaf {
    fn boxed(self) -> ImageFn {
        match self {
            Self::Holds(leaf) => boxed(leaf),
            Self::Within(leaf) => boxed(leaf),
            Self::Tags(leaf) => boxed(leaf),
            Self::Text(leaf) => boxed(leaf),
            Self::Sum(leaf) => boxed(leaf),
            Self::Image(test) => test,
        }
    }

    /// Returns the opposite. A miss stays one: it has no answer either way.
    fn not(self) -> Self {
        match self {
            Self::Holds(leaf) => Self::Holds(Holds { wanted: !leaf.wanted, ..leaf }),
            Self::Within(leaf) => Self::Within(Within { interval: leaf.interval.others(), ..leaf }),
            Self::Tags(leaf) => Self::Tags(ComparesTags { outcomes: leaf.outcomes.others(), ..leaf }),
            Self::Text(leaf) => Self::Text(EqualsText { wanted: !leaf.wanted, ..leaf }),
            Self::Sum(leaf) => Self::Sum(SumWithin { interval: leaf.interval.others(), ..leaf }),
            Self::Image(test) => Self::Image(Box::new(move |image| {
                let Truth { value, status } = test(image);
                Truth::known(!value, status)
            })),
        }
    }
}

fn boxed(leaf: impl Test) -> ImageFn {
    Box::new(move |image| leaf.test(image))
}

/// A part as `&&`, `||` and `!` see it.
enum Part {
    /// It reads nothing but the image, and may miss.
    Leaf(Leaf),
    /// It reads anything, and has an answer.
    Test(TruthFn),
}

impl Part {
    /// Returns the part as one that has an answer.
    fn test(self, checked: &Checked) -> TruthFn {
        let leaf = match self {
            Self::Leaf(leaf) => leaf.boxed(),
            Self::Test(test) => return test,
        };
        let otherwise = condition(checked);
        Box::new(move |context| {
            let truth = leaf(context.image);
            if truth.is_missed() { otherwise(context) } else { truth }
        })
    }

    fn not(self) -> Self {
        match self {
            Self::Leaf(leaf) => Self::Leaf(leaf.not()),
            Self::Test(test) => Self::Test(Box::new(move |context| test(context).map(|truth| !truth))),
        }
    }
}

fn part(checked: &Checked) -> Part {
    match &checked.node {
        CheckedNode::Tag(slot, Property::Value) => Part::Leaf(tag(*slot, checked.kind)),
        CheckedNode::Unary(UnaryOperator::Not, operand) => part(operand).not(),
        CheckedNode::Logic(logic, operands) => joined(*logic, operands),
        CheckedNode::Chain(first, rest) => match &rest[..] {
            [(Operation::Compare(comparison), second)] => {
                comparison_leaf(*comparison, first, second).map_or_else(|| Part::Test(condition(checked)), Part::Leaf)
            }
            _ => Part::Test(condition(checked)),
        },
        CheckedNode::Constant(_)
        | CheckedNode::Tag(..)
        | CheckedNode::Host(_)
        | CheckedNode::NotFound(_)
        | CheckedNode::ComputedTag(_)
        | CheckedNode::Unary(..)
        | CheckedNode::Call(..)
        | CheckedNode::StatefulCall(..)
        | CheckedNode::Subscript(..) => Part::Test(condition(checked)),
    }
}

fn tag(slot: TagSlot, kind: Type) -> Leaf {
    if kind == Type::Float {
        Leaf::Within(Within { slot, interval: Interval::NOT_ZERO })
    } else {
        Leaf::Holds(Holds { slot, wanted: true })
    }
}

/// Compiles a part to its truth by way of its value: what decides wherever nothing quicker does.
fn condition(checked: &Checked) -> TruthFn {
    let value = value(checked);
    Box::new(move |context| {
        let Evaluated { value, quality } = value(context);
        let status = Status::of(quality);
        truth(&value).map_or(Truth::failed(status), |truth| Truth::known(truth, status))
    })
}

fn joined(logic: Logic, operands: &[Checked]) -> Part {
    let parts: Vec<Part> = operands.iter().map(part).collect();
    if parts.iter().all(|part| matches!(part, Part::Leaf(_))) {
        let leaves = parts.into_iter().filter_map(|part| if let Part::Leaf(leaf) = part { Some(leaf) } else { None });
        return Part::Leaf(Leaf::Image(joined_leaves(logic, leaves)));
    }
    Part::Test(joined_tests(logic, parts.into_iter().zip(operands).map(|(part, operand)| part.test(operand)).collect()))
}

fn joined_tests(logic: Logic, tests: Vec<TruthFn>) -> TruthFn {
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

/// Joins two leaves in one closure, and more as a row of such pairs: a chain of any length is as deep as a
/// pair.
fn joined_leaves(logic: Logic, mut leaves: impl Iterator<Item = Leaf>) -> ImageFn {
    let mut tests = Vec::new();
    while let Some(left) = leaves.next() {
        tests.push(match leaves.next() {
            Some(right) => pair_of(logic, left, right),
            None => left.boxed(),
        });
    }
    if tests.len() == 1 { tests.remove(0) } else { row(logic, tests) }
}

fn row(logic: Logic, tests: Vec<ImageFn>) -> ImageFn {
    Box::new(move |image| {
        let mut status = Status::GOOD;
        let mut value = logic == Logic::And;
        for test in &tests {
            let truth = test(image);
            (value, status) = (truth.value, status.with(truth.status));
            if value == (logic == Logic::Or) {
                break;
            }
        }
        Truth { value, status }
    })
}

fn pair_of(logic: Logic, left: Leaf, right: Leaf) -> ImageFn {
    match left {
        Leaf::Holds(left) => pair_with(logic, left, right),
        Leaf::Within(left) => pair_with(logic, left, right),
        Leaf::Tags(left) => pair_with(logic, left, right),
        Leaf::Text(left) => pair_with(logic, left, right),
        Leaf::Sum(left) => pair_with(logic, left, right),
        Leaf::Image(left) => pair_with(logic, left, right),
    }
}

fn pair_with(logic: Logic, left: impl Test, right: Leaf) -> ImageFn {
    match right {
        Leaf::Holds(right) => pair(logic, left, right),
        Leaf::Within(right) => pair(logic, left, right),
        Leaf::Tags(right) => pair(logic, left, right),
        Leaf::Text(right) => pair(logic, left, right),
        Leaf::Sum(right) => pair(logic, left, right),
        Leaf::Image(right) => pair(logic, left, right),
    }
}

/// Makes one closure of two tests and what joins them. A miss is false: the second may be asked in vain, but
/// the miss stays in the status.
fn pair(logic: Logic, left: impl Test, right: impl Test) -> ImageFn {
    match logic {
        Logic::And => Box::new(move |image| {
            let first = left.test(image);
            if first.value { right.test(image).after(first) } else { first }
        }),
        Logic::Or => Box::new(move |image| {
            let first = left.test(image);
            if first.value { first } else { right.test(image).after(first) }
        }),
    }
}
