//! Calm: how far each tag can move without moving any level of the plant.
//!
//! Most readings are of such tags. They are taken into the image, and nothing else is looked at: no list of readers, no
//! probe, no condition. Pure speed, as probes are: whoever is not asked would have given the level of before.

use latchwork_expr::{Quality, Question, TagSlot, Value};

use crate::latch::take;
use crate::plant::{OperationIndex, Plant};
use crate::scan::{Reading, Sample};
use crate::step::Engine;
use crate::touched::Tasks;

/// Numbers that lie between the same two marks, from the first of them to the last; or the one number that is a mark.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Span {
    first: f64,
    last: f64,
}

impl Span {
    /// No number.
    const NONE: Self = Self { first: f64::INFINITY, last: f64::NEG_INFINITY };

    /// Returns the span in which a number lies, with finite marks in ascending order. Infinity is in none.
    fn around(number: f64, marks: &[f64]) -> Self {
        if !number.is_finite() {
            return Self::NONE;
        }
        let below = marks.partition_point(|&mark| mark < number);
        let above = marks[below..].partition_point(|&mark| mark <= number);
        if above > 0 {
            return Self { first: number, last: number };
        }
        let first = below.checked_sub(1).map_or(f64::MIN, |place| marks[place].next_up());
        let last = marks.get(below).map_or(f64::MAX, |mark| mark.next_down());
        Self { first, last }
    }

    #[inline]
    fn has(self, number: f64) -> bool {
        self.first <= number && number <= self.last
    }
}

/// Every tag's span. Where it is not empty the tag is simply good and has a number of it, and every level that hangs on it
/// is known, as its probe has seen.
#[derive(Debug)]
pub(crate) struct Calm {
    /// By slot.
    spans: Vec<Span>,
}

impl Calm {
    /// Returns the spans of tags of which nothing is known.
    pub(crate) fn new(tags: usize) -> Self {
        Self { spans: vec![Span::NONE; tags] }
    }

    /// Tells whether a tag can take this value and quality without moving a level.
    #[inline]
    fn has(&self, tag: TagSlot, value: &Value, quality: Quality) -> bool {
        let span = self.spans[tag.index()];
        Question::position(value, quality).is_some_and(|number| span.has(number))
    }

    /// Takes it that any change of a tag counts.
    #[inline]
    pub(crate) fn forget(&mut self, tag: TagSlot) {
        self.spans[tag.index()] = Span::NONE;
    }

    /// Takes it that any change of any tag counts.
    pub(crate) fn forget_all(&mut self) {
        self.spans.fill(Span::NONE);
    }

    /// Takes it that any change of a tag counts which some triggers of an operation read.
    #[cold]
    pub(crate) fn forget_read(&mut self, plant: &Plant, operation: OperationIndex, tasks: Tasks) {
        let triggers = plant.operations[operation.index()].triggers().filter(|(task, _)| tasks.has(*task));
        triggers.flat_map(|(_, trigger)| trigger.program.reads()).for_each(|&tag| self.forget(tag));
    }
}

impl Engine {
    /// Takes a reading, if it moves no level.
    #[expect(clippy::inline_always, reason = "it is all that most readings cost")]
    #[inline(always)]
    pub(crate) fn take_calm(&mut self, sample: &mut Sample) -> bool {
        let Reading::Value(value) = &sample.reading else { return false };
        let is_calm = self.probes.calm.has(sample.tag, value, sample.quality);
        if is_calm {
            take(&mut self.image[sample.tag.index()], sample);
        }
        is_calm
    }

    /// Finds out how far a tag can move from where it is, unless that is known; when its probes have been asked.
    #[inline]
    pub(crate) fn find_calm(&mut self, tag: TagSlot) {
        let marks = self.wiring.marks(tag);
        if marks.is_empty() || self.probes.calm.spans[tag.index()] != Span::NONE {
            return;
        }
        let cell = &self.image[tag.index()];
        let number = Question::position(&cell.value, cell.quality);
        let mut readers = self.wiring.readers(tag).iter();
        let is_known = |_: &f64| readers.all(|reader| self.probes.are_in_step(reader.target));
        let span = number.filter(is_known).map_or(Span::NONE, |number| Span::around(number, marks));
        self.probes.calm.spans[tag.index()] = span;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARKS: [f64; 3] = [-2.0, 0.0, 5.0];

    #[test]
    fn a_span_ends_before_the_marks_around_a_number() {
        for (number, below, above) in [(-1.0, -2.0, 0.0), (1.0, 0.0, 5.0), (-3.0, f64::NEG_INFINITY, -2.0)] {
            let span = Span::around(number, &MARKS);
            assert!(span.has(number) && !span.has(below) && !span.has(above), "{number}");
            assert!(span.has(above.next_down()), "{number}");
        }
        let beyond = Span::around(5.5, &MARKS);
        assert!(beyond.has(5.0_f64.next_up()) && beyond.has(f64::MAX) && !beyond.has(f64::INFINITY));
    }

    #[test]
    fn a_mark_is_a_span_by_itself() {
        for mark in MARKS {
            let span = Span::around(mark, &MARKS);
            assert!(span.has(mark) && !span.has(mark.next_up()) && !span.has(mark.next_down()), "{mark}");
        }
    }

    #[test]
    fn infinity_is_in_no_span() {
        for number in [f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(Span::around(number, &MARKS), Span::NONE);
        }
        assert!(!Span::NONE.has(0.0));
    }
}
