//! Which leaf a comparison becomes.

use super::ImageFn;
use super::boolean::Leaf;
use super::interval::Interval;
use super::leaf::{ComparesTags, EqualsText, SumWithin, Within};
use super::number::float;
use crate::ast::Property;
use crate::check::{Checked, CheckedNode};
use crate::image::TagSlot;
use crate::operate::{Arithmetic, Comparison, Operation};
use crate::truth::Truth;
use crate::value::{Type, Value};

/// Returns the quickest leaf for a comparison, if there is one for its operands.
pub(super) fn comparison_leaf(comparison: Comparison, left: &Checked, right: &Checked) -> Option<Leaf> {
    if good_constant(left).is_some() && good_constant(right).is_none() {
        return comparison_leaf(comparison.exchanged(), right, left);
    }
    if let (Some(left), Some(right)) = (tag_value(left), tag_value(right)) {
        return Some(Leaf::Tags(ComparesTags { left, right, outcomes: comparison.outcomes() }));
    }
    constant_leaf(comparison, left, right).or_else(|| float_leaf(comparison, left, right))
}

/// Returns the leaf that compares a tag, or what two tags make, with a constant.
fn constant_leaf(comparison: Comparison, left: &Checked, right: &Checked) -> Option<Leaf> {
    let constant = good_constant(right)?;
    if let (Some(slot), Value::String(text), Comparison::Equal | Comparison::NotEqual) =
        (tag_value(left), constant, comparison)
    {
        return Some(Leaf::Text(EqualsText {
            slot,
            text: text.as_str().into(),
            wanted: comparison == Comparison::Equal,
        }));
    }
    let interval = Interval::of(comparison, constant)?;
    if let Some(slot) = tag_value(left) {
        return Some(Leaf::Within(Within { slot, interval }));
    }
    let (left, right_sign, right) = sum_of_tags(left)?;
    Some(Leaf::Sum(SumWithin { left, right, right_sign, interval }))
}

/// Returns two tags that are or may be floats and the sign of the second, if a part is their sum or difference.
fn sum_of_tags(checked: &Checked) -> Option<(TagSlot, f64, TagSlot)> {
    let CheckedNode::Chain(first, rest) = &checked.node else { return None };
    let [(operation, second)] = &rest[..] else { return None };
    let sign = if *operation == Operation::Arithmetic(Arithmetic::Add) {
        1.0
    } else if *operation == Operation::Arithmetic(Arithmetic::Subtract) {
        -1.0
    } else {
        return None;
    };
    let float_tag = |part: &Checked| tag_value(part).filter(|_| matches!(part.kind, Type::Float | Type::Any));
    Some((float_tag(first)?, sign, float_tag(second)?))
}

/// Returns the leaf that compares what is calculated in floats.
fn float_leaf(comparison: Comparison, left: &Checked, right: &Checked) -> Option<Leaf> {
    let (left, right, outcomes) = (float(left)?, float(right)?, comparison.outcomes());
    let test: ImageFn = Box::new(move |image| {
        let (left, right) = (left(image), right(image));
        Truth::known(outcomes.contain(left.value.partial_cmp(&right.value)), left.status.with(right.status))
    });
    Some(Leaf::Image(test))
}

fn tag_value(checked: &Checked) -> Option<TagSlot> {
    if let CheckedNode::Tag(slot, Property::Value) = &checked.node { Some(*slot) } else { None }
}

fn good_constant(checked: &Checked) -> Option<&Value> {
    checked.constant().filter(|constant| constant.quality.is_good()).map(|constant| &constant.value)
}
