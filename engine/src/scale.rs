//! Scales: many comparisons of one tag with numbers, sorted by these, so that a step of the tag asks only the comparisons
//! whose numbers lie on its way.
//!
//! Pure speed, as probes are: a probe that is not asked would have given the level of before.

use std::collections::BTreeMap;
use std::ops::Range;

use latchwork_expr::{Cell, Question, TagSlot};

use crate::probe::Probe;

/// From so many comparisons of one tag on they are a scale: fewer are asked as quickly one by one.
const COMPARISONS_MIN: usize = 8;

/// The comparisons of one tag.
#[derive(Debug)]
pub(crate) struct Scale {
    tag: TagSlot,
    /// The probes by the numbers at which their levels can move, in ascending order; NaN, which nothing passes, last.
    marks: Vec<(f64, u32)>,
    /// Where the tag stood when all probes were last in step with it, if they were.
    stands: Option<f64>,
    /// Whether it is among the pending ones.
    pub(crate) pending: bool,
}

impl Scale {
    /// Makes the scales of a plant's probes.
    pub(crate) fn all(probes: &[Probe]) -> Vec<Self> {
        let mut marks: BTreeMap<TagSlot, Vec<(f64, u32)>> = BTreeMap::new();
        for (number, probe) in (0..).zip(probes) {
            if let Some((tag, [first, last])) = probe.bounds() {
                marks.entry(tag).or_default().extend([(first, number), (last, number)]);
            }
        }
        let many = marks.into_iter().filter(|(_, marks)| marks.len() >= 2 * COMPARISONS_MIN);
        many.map(|(tag, marks)| Self::new(tag, marks)).collect()
    }

    fn new(tag: TagSlot, mut marks: Vec<(f64, u32)>) -> Self {
        marks.sort_by(|(one, _), (other, _)| one.total_cmp(other));
        Self { tag, marks, stands: None, pending: false }
    }

    /// Returns the tag.
    pub(crate) const fn tag(&self) -> TagSlot {
        self.tag
    }

    /// Returns its probes, each twice.
    pub(crate) fn probes(&self) -> impl Iterator<Item = u32> {
        self.marks.iter().map(|&(_, probe)| probe)
    }

    /// Returns a probe by its place.
    pub(crate) fn probe(&self, place: usize) -> u32 {
        self.marks[place].1
    }

    /// Takes it that the probes are no longer in step with the tag.
    pub(crate) const fn forget(&mut self) {
        self.stands = None;
    }

    /// Tells whether all probes have seen where the tag stands.
    pub(crate) const fn is_in_step(&self) -> bool {
        self.stands.is_some()
    }

    /// Follows the tag; returns the places of the probes that have to be asked.
    pub(crate) fn move_on(&mut self, image: &[Cell]) -> Range<usize> {
        let stood = self.stands;
        let cell = &image[self.tag.index()];
        self.stands = Question::position(&cell.value, cell.quality);
        match (stood, self.stands) {
            (Some(from), Some(to)) => self.between(from.min(to), from.max(to)),
            (None, _) | (_, None) => 0..self.marks.len(),
        }
    }

    fn between(&self, low: f64, high: f64) -> Range<usize> {
        let first = self.marks.partition_point(|&(mark, _)| mark < low);
        let count = self.marks[first..].partition_point(|&(mark, _)| mark <= high);
        first..first + count
    }
}
