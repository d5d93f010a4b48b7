//! Which leaf a comparison becomes.

use super::boolean::Leaf;
use super::leaf::{ComparesConstant, ComparesSum, ComparesTags, EqualsText, compare};
use super::number::{exact_float, float};
use super::{TruthFn, value};
use crate::ast::Property;
use crate::check::{Checked, CheckedNode};
use crate::coerce::integer;
use crate::image::TagSlot;
use crate::operate::{Arithmetic, Comparison, Operation};
use crate::truth::{Status, Truth};
use crate::value::{Type, Value};

/// Compiles a comparison to the quickest leaf that fits its operands.
pub(super) fn comparison_test(comparison: Comparison, left: &Checked, right: &Checked) -> Leaf {
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
        return Some(Leaf::Text(EqualsText { slot, text: text.clone(), wanted: comparison == Comparison::Equal }));
    }
    let float = exact_float(constant)?;
    let outcomes = comparison.outcomes();
    if let Some(slot) = tag_value(left) {
        let is_whole = is_whole(constant);
        return Some(Leaf::Constant(ComparesConstant { slot, comparison, outcomes, float, is_whole }));
    }
    let (left_slot, right_sign, right_slot) = sum_of_float_tags(left)?;
    let otherwise = compared(comparison, left, right);
    Some(Leaf::Sum(ComparesSum { left: left_slot, right: right_slot, right_sign, outcomes, float, otherwise }))
}

/// Returns two float tags and the sign of the second, if a part is their sum or difference.
fn sum_of_float_tags(checked: &Checked) -> Option<(TagSlot, f64, TagSlot)> {
    let CheckedNode::Chain(first, rest) = &checked.node else { return None };
    let [(operation, second)] = &rest[..] else { return None };
    let sign = if *operation == Operation::Arithmetic(Arithmetic::Add) {
        1.0
    } else if *operation == Operation::Arithmetic(Arithmetic::Subtract) {
        -1.0
    } else {
        return None;
    };
    let float_tag = |part: &Checked| tag_value(part).filter(|_| part.kind == Type::Float);
    Some((float_tag(first)?, sign, float_tag(second)?))
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

/// Tells whether a constant is a whole number of 64 bits.
fn is_whole(constant: &Value) -> bool {
    integer(constant).is_ok()
}
