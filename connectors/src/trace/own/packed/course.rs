//! What the next line is expected to be, from those before it: who packs and who reads go by the very same.
//!
//! Every sum wraps: what a damaged file says makes no sense, but no overflow either.

use super::number::Number;
use super::template::{Place, Template};

/// How far a time may be from when it was due for the rhythm to be believed, in microseconds: what a poll of some hundred
/// milliseconds is late or early.
const JITTER_MAX: u64 = 16_384;

/// How much of what a time is late the next is expected to be late too, and how much longer the period is taken to be: the
/// first smooths jitter, the second follows a clock. As powers of two; the period is kept as finely as that.
const LATE_SHIFT: u32 = 2;
const PERIOD_SHIFT: u32 = 6;

/// The templates of a block and how their lines went on.
#[derive(Debug, Default)]
pub(super) struct Course {
    templates: Vec<Known>,
    /// That of the last line.
    last: Option<usize>,
    /// Of the last line that has times: its number, its time, and how far the other time is from that.
    pub(super) sequence: i64,
    monotonic: i64,
    pub(super) offset: i64,
}

/// A template and what its last line was.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) template: Template,
    pub(super) has_times: bool,
    pub(super) numbers: Vec<Number>,
    /// That of the line after its last one.
    next: Option<usize>,
    rhythm: Option<Rhythm>,
}

/// When lines come.
#[derive(Clone, Copy, Debug)]
struct Rhythm {
    last: i64,
    due: i64,
    /// In parts of a microsecond.
    period: i64,
}

impl Course {
    /// Returns which template the next line is expected to have.
    pub(super) fn expected(&self) -> Option<usize> {
        self.last.and_then(|last| self.templates[last].next)
    }

    /// Adds a template; returns its number. It goes on from the line that was expected in its place, if that has the same
    /// places.
    pub(super) fn add(&mut self, template: Template) -> usize {
        let like = self.expected().map(|expected| &self.templates[expected]);
        let like = like.filter(|known| known.template.places().eq(template.places()));
        let numbers =
            like.map_or_else(|| vec![Number::default(); template.places().len()], |known| known.numbers.clone());
        let (has_times, rhythm) = (template.has_times(), like.and_then(|known| known.rhythm));
        self.templates.push(Known { template, has_times, numbers, next: None, rhythm });
        self.templates.len() - 1
    }

    /// Returns how many templates there are.
    pub(super) fn len(&self) -> usize {
        self.templates.len()
    }

    /// Takes a line of a template for the last one.
    pub(super) fn follow(&mut self, index: usize) -> &mut Known {
        if let Some(last) = self.last {
            self.templates[last].next = Some(index);
        }
        self.last = Some(index);
        &mut self.templates[index]
    }

    /// Returns a template.
    pub(super) fn known(&self, index: usize) -> &Known {
        &self.templates[index]
    }

    /// Returns a template whose last line is to become another.
    pub(super) fn known_mut(&mut self, index: usize) -> &mut Known {
        &mut self.templates[index]
    }

    /// Returns when the next line of a template is expected.
    pub(super) fn due(&self, index: usize) -> i64 {
        self.templates[index].rhythm.map_or(self.monotonic, |rhythm| rhythm.due)
    }

    /// Takes the times of a line for the last ones.
    pub(super) fn pass(&mut self, index: usize, sequence: i64, monotonic: i64, offset: i64) {
        (self.sequence, self.monotonic, self.offset) = (sequence, monotonic, offset);
        let rhythm = &mut self.templates[index].rhythm;
        *rhythm =
            Some(rhythm.map_or(Rhythm { last: monotonic, due: monotonic, period: 0 }, |rhythm| rhythm.at(monotonic)));
    }
}

impl Rhythm {
    fn at(self, time: i64) -> Self {
        let late = time.wrapping_sub(self.due);
        let (on, period) = if late.unsigned_abs() <= JITTER_MAX {
            (self.due.wrapping_add(late >> LATE_SHIFT), self.period.wrapping_add(late))
        } else {
            (time, time.wrapping_sub(self.last) << PERIOD_SHIFT)
        };
        Self { last: time, due: on.wrapping_add(period >> PERIOD_SHIFT), period }
    }
}

/// Returns how a number differs from the one before it in the same place.
pub(super) fn difference(place: Place, before: Number, number: Number) -> i64 {
    match place {
        Place::Number => number.digits.wrapping_sub(before.digits_with(number.decimals)),
        // Nothing but the other.
        Place::Truth => before.digits ^ number.digits,
    }
}

/// Returns the number that differs so from the one before it.
pub(super) fn differing(place: Place, before: Number, decimals: u8, difference: i64) -> Number {
    match place {
        Place::Number => Number { digits: before.digits_with(decimals).wrapping_add(difference), decimals },
        Place::Truth => Number { digits: (before.digits ^ difference) & 1, decimals: 0 },
    }
}
