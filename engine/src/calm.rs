//! Calm: how far each tag can move without moving any level of the plant.
//!
//! Most readings are of such tags. They are taken into the image, and nothing else is looked at: no list of readers, no
//! probe, no condition. One that moves on turns the contacts between which it was, and no other tag is looked at. Pure
//! speed, as probes are: whoever is not asked would have given the level of before.

use latchwork_expr::{Quality, Question, TagSlot, Value};

use crate::latch::take;
use crate::moves::Lever;
use crate::plant::{OperationIndex, Plant};
use crate::scan::{Moment, Reading, Sample};
use crate::step::Engine;
use crate::touched::Tasks;
use crate::wiring::Target;

/// Numbers that are the same to all that reads a tag, from the first of them to the last.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Span {
    first: f64,
    last: f64,
}

impl Span {
    /// No number.
    const NONE: Self = Self { first: f64::INFINITY, last: f64::NEG_INFINITY };

    /// Returns the span in which a finite number lies, with finite marks in ascending order: up to the next of them on
    /// either side, or the number alone if it is one.
    fn around(number: f64, marks: &[f64]) -> Self {
        let below = marks.partition_point(|&mark| mark < number);
        let above = marks[below..].partition_point(|&mark| mark <= number);
        if above > 0 {
            return Self { first: number, last: number };
        }
        let first = below.checked_sub(1).map_or(f64::MIN, |place| marks[place].next_up());
        let last = marks.get(below).map_or(f64::MAX, |mark| mark.next_down());
        Self { first, last }
    }

    /// Returns the numbers around a finite one at which all these contacts are as they are there.
    #[inline]
    fn between(number: f64, levers: &[Lever]) -> Self {
        let all = Self { first: f64::MIN, last: f64::MAX };
        levers.iter().fold(all, |span, lever| {
            let [first, last] = lever.contact.around(number);
            Self { first: span.first.max(first), last: span.last.min(last) }
        })
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

    /// Takes a lone reading that leaves its tag's span for another number: turns the contacts that hang on the tag, and
    /// touches the operations whose levels that moves. Returns whether that is all that there is to do.
    #[inline]
    pub(crate) fn take_turning(&mut self, sample: &mut Sample, now: Moment) -> bool {
        let (tag, levers) = (sample.tag, self.wiring.moves().levers(sample.tag));
        let Reading::Value(value) = &sample.reading else { return false };
        let number = Question::position(value, sample.quality).filter(|number| number.is_finite());
        let is_known = !levers.is_empty() && self.probes.calm.spans[tag.index()] != Span::NONE;
        let Some(number) = number.filter(|_| is_known) else { return false };
        take(&mut self.image[tag.index()], sample);
        self.probes.turn(levers, Some(number));
        let mut span = Span::between(number, levers);
        for lever in levers {
            self.probes.ask_one(lever.probe, &self.image, now.wall, &self.plant, &mut self.touched);
            if !self.probes.are_in_step(Target::Probe(lever.probe)) {
                span = Span::NONE;
            }
        }
        self.probes.calm.spans[tag.index()] = span;
        true
    }

    /// Has the contacts that hang on a tag follow it, and forgets how far it can move.
    #[inline]
    pub(crate) fn turn_levers(&mut self, tag: TagSlot) {
        self.probes.calm.forget(tag);
        let levers = self.wiring.moves().levers(tag);
        if !levers.is_empty() {
            let cell = &self.image[tag.index()];
            self.probes.turn(levers, Question::position(&cell.value, cell.quality));
        }
    }

    /// Finds out how far a tag can move from where it is, unless that is known; when its probes have been asked.
    #[inline]
    pub(crate) fn find_calm(&mut self, tag: TagSlot) {
        let (levers, marks) = (self.wiring.moves().levers(tag), self.wiring.moves().marks(tag));
        let is_other = levers.is_empty() && marks.is_empty();
        if is_other || self.probes.calm.spans[tag.index()] != Span::NONE {
            return;
        }
        let cell = &self.image[tag.index()];
        let number = Question::position(&cell.value, cell.quality).filter(|number| number.is_finite());
        let mut readers = self.wiring.readers(tag).iter();
        let Some(number) = number.filter(|_| readers.all(|reader| self.probes.are_in_step(reader.target))) else {
            return;
        };
        let span = if levers.is_empty() { Span::around(number, marks) } else { Span::between(number, levers) };
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
        let all = Span::between(0.0, &[]);
        assert!(all.has(f64::MAX) && !all.has(f64::INFINITY) && !all.has(f64::NEG_INFINITY));
        assert!(!Span::NONE.has(0.0));
    }
}
