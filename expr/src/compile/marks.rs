//! Where a truth can change while one of its tags moves: at the numbers that the tag is compared with.

use super::boolean::Leaf;
use super::comparison::comparison_leaf;
use super::interval::Interval;
use crate::ast::{Property, UnaryOperator};
use crate::check::{Checked, CheckedNode, is_pure};
use crate::image::TagSlot;
use crate::operate::Operation;

/// A tag, and the two numbers at which one comparison of it can change; `None` where anything of it counts.
type Mark = (TagSlot, Option<[f64; 2]>);

/// Returns the marks of every place that reads a tag; `None` if the truth hangs on anything but values and qualities.
pub(crate) fn marks(checked: &Checked) -> Option<Vec<Mark>> {
    let mut found = Vec::new();
    collect(checked, &mut found)?;
    Some(found)
}

/// Follows what joins conditions down to the conditions.
fn collect(checked: &Checked, found: &mut Vec<Mark>) -> Option<()> {
    match &checked.node {
        CheckedNode::Tag(slot, Property::Value) => found.push((*slot, Some(Interval::NOT_ZERO.ends()))),
        CheckedNode::Unary(UnaryOperator::Not, operand) => collect(operand, found)?,
        CheckedNode::Logic(_, operands) => operands.iter().try_for_each(|operand| collect(operand, found))?,
        CheckedNode::Chain(first, rest) => match comparison_with_number(first, rest) {
            Some((slot, ends)) => found.push((slot, Some(ends))),
            None => collect_any(checked, found)?,
        },
        CheckedNode::Constant(_)
        | CheckedNode::Tag(..)
        | CheckedNode::Host(_)
        | CheckedNode::NotFound(_)
        | CheckedNode::ComputedTag(_)
        | CheckedNode::Unary(..)
        | CheckedNode::Call(..)
        | CheckedNode::StatefulCall(..)
        | CheckedNode::Subscript(..) => collect_any(checked, found)?,
    }
    Some(())
}

fn comparison_with_number(first: &Checked, rest: &[(Operation, Checked)]) -> Option<(TagSlot, [f64; 2])> {
    let [(Operation::Compare(comparison), second)] = rest else { return None };
    let Some(Leaf::Within(within)) = comparison_leaf(*comparison, first, second) else { return None };
    Some(within.bounds())
}

/// Takes the tags of a part in which anything of them may count.
fn collect_any(checked: &Checked, found: &mut Vec<Mark>) -> Option<()> {
    match &checked.node {
        CheckedNode::Tag(slot, Property::Value | Property::Quality | Property::Name) => found.push((*slot, None)),
        CheckedNode::Call(function, arguments) if is_pure(function) && !arguments.is_empty() => {}
        CheckedNode::Constant(_)
        | CheckedNode::NotFound(_)
        | CheckedNode::Unary(..)
        | CheckedNode::Logic(..)
        | CheckedNode::Chain(..)
        | CheckedNode::Subscript(..) => {}
        // Times move though nothing changes, and what others are is not the image's.
        CheckedNode::Tag(_, Property::Timestamp)
        | CheckedNode::Host(_)
        | CheckedNode::ComputedTag(_)
        | CheckedNode::Call(..)
        | CheckedNode::StatefulCall(..) => return None,
    }
    checked.parts().into_iter().try_for_each(|part| collect_any(part, found))
}

#[cfg(test)]
mod tests {
    use crate::program::Program;
    use crate::scheme::{Scheme, Scope};
    use crate::value::Type;

    /// Shows the marks of an expression over the floats `a` and `b` and the text `s`.
    fn marks(text: &str) -> String {
        let mut scheme = Scheme::new();
        for (path, kind) in [("a", Type::Float), ("b", Type::Float), ("s", Type::String)] {
            scheme.add(path, kind);
        }
        let (program, _) =
            Program::compile(text, &Scope::of(&scheme)).unwrap_or_else(|problems| panic!("{problems:?}"));
        let Some(marks) = program.marks() else { return "none".to_owned() };
        let show = |(slot, ends): &(crate::TagSlot, Option<[f64; 2]>)| {
            let ends = ends.map_or_else(|| "any".to_owned(), |[first, last]| format!("{first:.1}..{last:.1}"));
            format!("{} {ends}", ["a", "b", "s"][slot.index()])
        };
        marks.iter().map(show).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn comparisons_with_numbers_have_marks() {
        assert_eq!(marks("{a} >= 5 && !(7 < {b} || {a})"), "a 5.0..inf, b 7.0..inf, a 0.0..0.0");
        assert_eq!(marks("{a}"), "a 0.0..0.0");
        assert_eq!(marks("{a} != 2 || true"), "a 2.0..2.0");
    }

    #[test]
    fn of_all_else_any_change_counts() {
        assert_eq!(marks("{a} > {b}"), "a any, b any");
        assert_eq!(marks("{a} > 5 && {a} + {b} > 3"), "a 5.0..inf, a any, b any");
        assert_eq!(marks("({a} > 5) = ({s} = 'x') || {b.quality} = 192"), "a any, s any, b any");
        assert_eq!(marks("abs({a}) > 5 && {b} > 1"), "a any, b 1.0..inf");
    }

    #[test]
    fn what_hangs_on_more_than_values_has_none() {
        for text in ["{a} > 5 && now(0) > {b.timestamp}", "{a} > 5 && {b.timestamp} = 0", "{a} > 1 && ton({b}, 5)"] {
            assert_eq!(marks(text), "none", "{text}");
        }
        assert_eq!(marks("{a} > 1 && tag('b' + {s}) > 3"), "none");
    }
}
