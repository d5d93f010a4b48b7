//! A condition as a rung: which comparisons of tags with numbers it is joined from, and how.

use super::boolean::Leaf;
use super::comparison::comparison_leaf;
use super::interval::Interval;
use crate::ast::{Property, UnaryOperator};
use crate::check::{Checked, CheckedNode, is_pure};
use crate::image::TagSlot;
use crate::operate::{Logic, Operation};
use crate::rung::{Contact, Ladder, RungLayer, Way};

/// Returns the ladder of a condition; `None` if its truth hangs on anything but its tags' values and qualities.
pub(crate) fn ladder(checked: &Checked) -> Option<Ladder> {
    let mut builder = Builder::default();
    builder.lay(checked, Way::End(false), Way::End(true))?;
    let Builder { layer, found, others } = builder;
    let (rung, place) = layer.done();
    let contacts = found.into_iter().map(|(slot, ends, way)| (slot, Contact::new(ends, place(way)))).collect();
    Some(Ladder { rung, contacts, others })
}

#[derive(Default)]
struct Builder {
    layer: RungLayer,
    /// The comparisons of tags with numbers, each with the way to its contact.
    found: Vec<(TagSlot, [f64; 2], Way)>,
    others: Vec<TagSlot>,
}

impl Builder {
    /// Follows what joins conditions down to the conditions, from the last to the first; returns the way to the first.
    fn lay(&mut self, checked: &Checked, no: Way, yes: Way) -> Option<Way> {
        match &checked.node {
            CheckedNode::Tag(slot, Property::Value) => Some(self.lay_contact(*slot, Interval::NOT_ZERO, no, yes)),
            CheckedNode::Unary(UnaryOperator::Not, operand) => self.lay(operand, yes, no),
            CheckedNode::Logic(Logic::And, operands) => {
                operands.iter().rev().try_fold(yes, |next, operand| self.lay(operand, no, next))
            }
            CheckedNode::Logic(Logic::Or, operands) => {
                operands.iter().rev().try_fold(no, |next, operand| self.lay(operand, next, yes))
            }
            CheckedNode::Chain(first, rest) => match comparison_with_number(first, rest) {
                Some((slot, interval)) => Some(self.lay_contact(slot, interval, no, yes)),
                None => self.lay_other(checked, no, yes),
            },
            CheckedNode::Constant(_)
            | CheckedNode::Tag(..)
            | CheckedNode::Host(_)
            | CheckedNode::NotFound(_)
            | CheckedNode::ComputedTag(_)
            | CheckedNode::Unary(..)
            | CheckedNode::Call(..)
            | CheckedNode::StatefulCall(..)
            | CheckedNode::Subscript(..) => self.lay_other(checked, no, yes),
        }
    }

    fn lay_contact(&mut self, slot: TagSlot, interval: Interval, no: Way, yes: Way) -> Way {
        let way = if interval.is_outside() { self.layer.lay(yes, no) } else { self.layer.lay(no, yes) };
        self.found.push((slot, interval.ends(), way));
        way
    }

    /// Lays a contact of which nothing will ever be known: for a part that has to be evaluated.
    fn lay_other(&mut self, checked: &Checked, no: Way, yes: Way) -> Option<Way> {
        self.collect_others(checked)?;
        Some(self.layer.lay(no, yes))
    }

    /// Takes the tags of a part in which anything of them may count.
    fn collect_others(&mut self, checked: &Checked) -> Option<()> {
        match &checked.node {
            CheckedNode::Tag(slot, Property::Value | Property::Quality | Property::Name) => self.others.push(*slot),
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
        checked.parts().into_iter().try_for_each(|part| self.collect_others(part))
    }
}

fn comparison_with_number(first: &Checked, rest: &[(Operation, Checked)]) -> Option<(TagSlot, Interval)> {
    let [(Operation::Compare(comparison), second)] = rest else { return None };
    let Some(Leaf::Within(within)) = comparison_leaf(*comparison, first, second) else { return None };
    Some((within.slot, within.interval))
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use chrono_tz::Tz;

    use crate::evaluate::{Context, Host};
    use crate::image::{Cell, TagSlot};
    use crate::program::Program;
    use crate::quality::Quality;
    use crate::question::Question;
    use crate::rung::Ladder;
    use crate::scheme::{Scheme, Scope};
    use crate::truth::Status;
    use crate::value::{Timestamp, Type, Value};

    fn program(text: &str) -> Program {
        let mut scheme = Scheme::new();
        for (path, kind) in [("a", Type::Float), ("b", Type::Integer), ("c", Type::Any), ("s", Type::String)] {
            scheme.add(path, kind);
        }
        Program::compile(text, &Scope::of(&scheme)).unwrap_or_else(|problems| panic!("{problems:?}")).0
    }

    /// Shows the tags of the contacts, and behind them those of which any change counts.
    fn tags(text: &str) -> String {
        let Some(Ladder { contacts, others, .. }) = program(text).ladder() else { return "none".to_owned() };
        let name = |slot: TagSlot| ["a", "b", "c", "s"][slot.index()];
        let mut shown: String = contacts.iter().rev().map(|(slot, _)| name(*slot)).collect();
        let mut others: Vec<&str> = others.iter().map(|slot| name(*slot)).collect();
        others.sort_unstable();
        for name in others {
            write!(shown, " {name}").unwrap();
        }
        shown
    }

    #[test]
    fn comparisons_with_numbers_are_contacts() {
        assert_eq!(tags("{a} >= 5 && !(7 < {b} || {a})"), "aba");
        assert_eq!(tags("{a}"), "a");
        assert_eq!(tags("{a} != 2 || true"), "a");
    }

    #[test]
    fn of_all_else_any_change_counts() {
        assert_eq!(tags("{a} > {b}"), " a b");
        assert_eq!(tags("{a} > 5 && {a} + {b} > 3"), "a a b");
        assert_eq!(tags("({a} > 5) = ({s} = 'x') || {b.quality} = 192"), " a b s");
        assert_eq!(tags("abs({a}) > 5 && {b} > 1"), "b a");
    }

    #[test]
    fn what_hangs_on_more_than_values_has_none() {
        for text in ["{a} > 5 && now(0) > {b.timestamp}", "{a} > 5 && {b.timestamp} = 0", "{a} > 1 && ton({b}, 5)"] {
            assert_eq!(tags(text), "none", "{text}");
        }
        assert_eq!(tags("{a} > 1 && tag('b' + {s}) > 3"), "none");
    }

    const READINGS: [(Value, Quality); 9] = [
        (Value::Float(0.0), Quality::Good),
        (Value::Float(2.0), Quality::Good),
        (Value::Integer(3), Quality::Good),
        (Value::Boolean(true), Quality::Good),
        (Value::Float(f64::NAN), Quality::Good),
        (Value::Null, Quality::Good),
        (Value::Float(9.0), Quality::BadStale),
        (Value::Float(9.0), Quality::UncertainLastKnownValue),
        (Value::Float(f64::INFINITY), Quality::Good),
    ];

    /// Has three tags take every reading in turn, one tag after another; the fourth is a text.
    fn images() -> impl Iterator<Item = (TagSlot, Vec<Cell>)> {
        let cell = |(value, quality): (Value, Quality)| Cell { value, quality, time: Timestamp(0) };
        let text = (Value::from("x"), Quality::Good);
        let mut image: Vec<Cell> =
            [READINGS[0].clone(), READINGS[0].clone(), READINGS[0].clone(), text].map(cell).into();
        (0..2 * READINGS.len().pow(3)).map(move |turn| {
            // Steps without a common factor: each combination comes, in an order of many kinds of changes.
            let (tag, reading) = (turn % 3, turn * 5 % READINGS.len() + turn / 7);
            image[tag] = cell(READINGS[reading % READINGS.len()].clone());
            (TagSlot(u32::try_from(tag).unwrap()), image.clone())
        })
    }

    /// Follows the changes of the images with a rung, and holds it against the evaluation of each; returns how often
    /// it knew the truth.
    fn follow(text: &str) -> usize {
        let program = program(text);
        let Ladder { mut rung, contacts, .. } = program.ladder().expect(text);
        let mut known = 0;
        for (tag, image) in images() {
            let cell = &image[tag.index()];
            let number = Question::position(&cell.value, cell.quality);
            for (_, contact) in contacts.iter().filter(|(slot, _)| *slot == tag) {
                rung.note(*contact, number.map(|number| contact.is_closed_by(number)));
            }
            let host = Host::default();
            let truth = program.truth(&mut Context::of(&image, Timestamp(0), Tz::UTC, &host, &mut []));
            if let Some(told) = rung.truth() {
                assert_eq!((told, Status::GOOD), (truth.value, truth.status), "{text} over {image:?}");
                known += 1;
            }
        }
        known
    }

    #[test]
    fn a_rung_says_what_the_evaluation_says_or_nothing() {
        for text in [
            "{a}",
            "!{c}",
            "{b} != 2",
            "{a} > 1 && {b} > 1",
            "{a} > 1 || !({b} > 1 && {c} <= 2)",
            "!({a} || {b} = 3) && ({c} < 3 || {a} >= 2 && {b})",
            "{a} > 1 && {s} = 'x' || {b} > 2",
            "{s} = 'x' && {a} > 1 || {b} > 2",
            "{a} > 2 && !({a} > 5) || {a} = 0",
            "{a} < 0 || {a} > 1 || {a} > 2 || {a} > 3 || {b} > 1 || {b} > 2 || {b} > 3 || {c} > 1 || {c} = 0 || {c} = 2 \
             || {a} = 7 || {a} = 8 || {b} = 7 || {b} = 8 || {c} = 7 || {c} = 8",
        ] {
            assert_eq!(follow(text) > 100, !text.starts_with("{s}"), "{text}");
        }
    }

    #[test]
    fn a_condition_of_too_many_comparisons_has_an_empty_rung() {
        let text = ["{a} > 1"; 17].join(" && ");
        assert_eq!(program(&text).ladder().unwrap().contacts.len(), 17);
        assert_eq!(follow(&text), 0);
    }
}
