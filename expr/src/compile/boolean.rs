//! The closures that give a truth, from leaves and their combinations.

use super::leaf::{ComparesConstant, ComparesResult, ComparesTags, EqualsText, Holds, Test, compare, condition};
use super::number::{exact_float, float};
use super::{TruthFn, value};
use crate::ast::{Property, UnaryOperator};
use crate::checked::{Checked, CheckedNode};
use crate::evaluate::Evaluated;
use crate::image::TagSlot;
use crate::operate::{Arithmetic, Comparison, Logic, Operation};
use crate::program::{Status, Truth};
use crate::value::{Type, Value};

/// Compiles a whole expression to its truth as an edge trigger reads it: only booleans and numbers
/// have one.
pub(crate) fn truth(checked: &Checked) -> TruthFn {
    match &checked.node {
        CheckedNode::Logic(..) | CheckedNode::Unary(UnaryOperator::Not, _) => test(checked).boxed(),
        CheckedNode::Chain(_, rest) if matches!(rest.last(), Some((Operation::Compare(_), _))) => test(checked).boxed(),
        CheckedNode::Tag(slot, Property::Value) => {
            let slot = *slot;
            Box::new(move |context| {
                let cell = &context.image[slot.index()];
                Truth::of(&cell.value, cell.quality)
            })
        }
        CheckedNode::Constant(_)
        | CheckedNode::Tag(..)
        | CheckedNode::Host(_)
        | CheckedNode::NotFound(_)
        | CheckedNode::Unary(..)
        | CheckedNode::Chain(..)
        | CheckedNode::Call(..)
        | CheckedNode::StatefulCall(..)
        | CheckedNode::Subscript(..) => {
            let value = value(checked);
            Box::new(move |context| {
                let Evaluated { value, quality } = value(context);
                Truth::of(&value, quality)
            })
        }
    }
}

/// A test by its type, as long as there is one to know.
enum Leaf {
    Holds(Holds),
    Constant(ComparesConstant),
    Tags(ComparesTags),
    Text(EqualsText),
    Result(ComparesResult),
    Any(TruthFn),
}

impl Leaf {
    fn boxed(self) -> TruthFn {
        match self {
            Self::Holds(leaf) => boxed(leaf),
            Self::Constant(leaf) => boxed(leaf),
            Self::Tags(leaf) => boxed(leaf),
            Self::Text(leaf) => boxed(leaf),
            Self::Result(leaf) => boxed(leaf),
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
        Leaf::Result(leaf) => Leaf::Any(not_closure(leaf)),
        Leaf::Any(test) => Leaf::Any(not_closure(test)),
    }
}

fn not_closure(leaf: impl Test) -> TruthFn {
    Box::new(move |context| leaf.test(context).map(|truth| !truth))
}

/// Joins two operands in one closure, and more as a row of such pairs: a chain of any length is as
/// deep as a pair.
fn joined(logic: Logic, operands: &[Checked]) -> TruthFn {
    let mut pairs: Vec<TruthFn> = operands
        .chunks(2)
        .map(|pair| match pair {
            [left, right] => pair_of(logic, test(left), test(right)),
            operands => operands.iter().map(|operand| test(operand).boxed()).next().expect("chunks are not empty"),
        })
        .collect();
    if pairs.len() == 1 { pairs.remove(0) } else { row(logic, pairs) }
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
        Leaf::Result(left) => pair_with(logic, left, right),
        Leaf::Any(left) => pair_with(logic, left, right),
    }
}

fn pair_with(logic: Logic, left: impl Test, right: Leaf) -> TruthFn {
    match right {
        Leaf::Holds(right) => pair(logic, left, right),
        Leaf::Constant(right) => pair(logic, left, right),
        Leaf::Tags(right) => pair(logic, left, right),
        Leaf::Text(right) => pair(logic, left, right),
        Leaf::Result(right) => pair(logic, left, right),
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

/// Compiles a comparison to the quickest leaf that fits its operands.
fn comparison_test(comparison: Comparison, left: &Checked, right: &Checked) -> Leaf {
    if good_constant(left).is_some() && good_constant(right).is_none() {
        return comparison_test(comparison.exchanged(), right, left);
    }
    if let (Some(left), Some(right)) = (tag_value(left), tag_value(right)) {
        return Leaf::Tags(ComparesTags { left, right, comparison });
    }
    if let Some(leaf) = constant_leaf(comparison, left, right) {
        return leaf;
    }
    match (float(left), float(right)) {
        (Some(left_float), Some(right_float)) => {
            let otherwise = compared(comparison, left, right);
            Leaf::Any(Box::new(move |context| {
                let (left, right) = (left_float(context), right_float(context));
                if left.missed || right.missed {
                    return otherwise(context);
                }
                let truth = comparison.accepts(left.value.partial_cmp(&right.value));
                Truth::known(truth, left.status.with(right.status))
            }))
        }
        (None, _) | (_, None) => Leaf::Any(compared(comparison, left, right)),
    }
}

/// Returns the leaf that compares a tag, or what two tags make, with a constant.
fn constant_leaf(comparison: Comparison, left: &Checked, right: &Checked) -> Option<Leaf> {
    let constant = good_constant(right)?;
    if let (Some(slot), Value::String(text), Comparison::Equal | Comparison::NotEqual) =
        (tag_value(left), constant, comparison)
    {
        return Some(Leaf::Text(EqualsText { slot, text: text.clone(), comparison }));
    }
    let float = exact_float(constant)?;
    let outcomes = comparison.outcomes();
    if let Some(slot) = tag_value(left) {
        let integer = whole(constant);
        return Some(Leaf::Constant(ComparesConstant { slot, comparison, outcomes, float, integer }));
    }
    let (left_slot, arithmetic, right_slot) = float_tags(left)?;
    let otherwise = compared(comparison, left, right);
    Some(Leaf::Result(ComparesResult { left: left_slot, right: right_slot, arithmetic, outcomes, float, otherwise }))
}

/// Returns two float tags and the operator between them, if that is all that a part is.
fn float_tags(checked: &Checked) -> Option<(TagSlot, Arithmetic, TagSlot)> {
    let CheckedNode::Chain(first, rest) = &checked.node else { return None };
    let [(Operation::Arithmetic(arithmetic), second)] = &rest[..] else { return None };
    let float_tag = |part: &Checked| tag_value(part).filter(|_| part.kind == Type::Float);
    Some((float_tag(first)?, *arithmetic, float_tag(second)?))
}

fn compared(comparison: Comparison, left: &Checked, right: &Checked) -> TruthFn {
    let (left, right) = (value(left), value(right));
    Box::new(move |context| {
        let (left, right) = (left(context), right(context));
        compare(comparison, (&left.value, Status::of(left.quality)), (&right.value, Status::of(right.quality)))
    })
}

fn tag_value(checked: &Checked) -> Option<TagSlot> {
    if let CheckedNode::Tag(slot, Property::Value) = &checked.node { Some(*slot) } else { None }
}

fn good_constant(checked: &Checked) -> Option<&Value> {
    checked.constant().filter(|constant| constant.quality.is_good()).map(|constant| &constant.value)
}

/// Returns a constant as an integer, if it is a whole number that an exact float holds.
fn whole(constant: &Value) -> Option<i64> {
    crate::coerce::integer(constant).ok()
}
