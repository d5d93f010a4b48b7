//! Which numbers of a log are there: all up to one, and ranges above it. Pure.
//!
//! What is kept grows with the holes and not with the numbers. Several collectors share the events of a gateway, so that
//! holes come and go all the time: what one has committed, the other has in hand.

use serde::{Deserialize, Serialize};

use crate::limits::COLLECTED_RANGES_MAX;

/// Numbers from the first to the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Range(pub u64, pub u64);

impl Range {
    /// Returns how many numbers these are.
    pub const fn count(self) -> u64 {
        self.1 - self.0 + 1
    }

    /// Returns what is in both.
    fn common(self, other: Self) -> Option<Self> {
        let Self(first, last) = Self(self.0.max(other.0), self.1.min(other.1));
        (first <= last).then_some(Self(first, last))
    }
}

/// Which numbers are there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Numbers {
    /// All from 1 to this one; 0 is none.
    pub(crate) contiguous: u64,
    /// Those beyond, in order; between two of them, and before the first, at least one is missing.
    pub(crate) above: Vec<Range>,
}

impl Numbers {
    /// Returns the greatest number that is there; 0 if there is none.
    pub(crate) fn highest(&self) -> u64 {
        self.above.last().map_or(self.contiguous, |last| last.1)
    }

    /// Tells whether a number is there.
    pub(crate) fn has(&self, number: u64) -> bool {
        number <= self.contiguous || {
            let after = self.above.partition_point(|range| range.0 <= number);
            after > 0 && number <= self.above[after - 1].1
        }
    }

    /// Adds numbers, of which any may be there.
    pub(crate) fn add(&mut self, added: Range) {
        // Those that touch it become one with it.
        let first = self.above.partition_point(|range| range.1.saturating_add(1) < added.0);
        let end = self.above.partition_point(|range| range.0 <= added.1.saturating_add(1));
        let joined = self.above[first..end].iter().fold(added, |one, two| Range(one.0.min(two.0), one.1.max(two.1)));
        self.above.splice(first..end, [joined]);
        while let Some(&Range(first, last)) = self.above.first()
            && first <= self.contiguous.saturating_add(1)
        {
            self.contiguous = self.contiguous.max(last);
            self.above.remove(0);
        }
    }

    /// Returns the numbers that are missing below the greatest one, from the last range to the first.
    pub(crate) fn missing(&self) -> impl Iterator<Item = Range> {
        let ends = self.above.iter().rev().map(|range| range.0 - 1);
        let begins = self.above.iter().rev().skip(1).map(|range| range.1 + 1).chain([self.contiguous + 1]);
        begins.zip(ends).map(|(first, last)| Range(first, last))
    }

    /// Returns what is missing of a range.
    pub(crate) fn missing_in(&self, range: Range) -> impl Iterator<Item = Range> {
        self.missing().filter_map(move |missing| missing.common(range))
    }

    /// Gives up the lowest numbers that are missing as long as there are more ranges than are kept; returns them.
    pub(crate) fn give_up_beyond_bound(&mut self) -> Vec<Range> {
        let mut given_up = Vec::new();
        while self.above.len() > COLLECTED_RANGES_MAX {
            let lowest = Range(self.contiguous + 1, self.above[0].0 - 1);
            self.add(lowest);
            given_up.push(lowest);
        }
        given_up
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn of(ranges: &[(u64, u64)]) -> Numbers {
        let mut numbers = Numbers::default();
        for &(first, last) in ranges {
            numbers.add(Range(first, last));
        }
        numbers
    }

    #[test]
    fn holes_close_in_any_order() {
        let mut numbers = of(&[(5, 6), (9, 9)]);
        assert_eq!(numbers.missing().collect::<Vec<_>>(), [Range(7, 8), Range(1, 4)]);
        assert_eq!(numbers.missing_in(Range(3, 7)).collect::<Vec<_>>(), [Range(7, 7), Range(3, 4)]);
        numbers.add(Range(1, 4));
        assert_eq!(numbers, Numbers { contiguous: 6, above: vec![Range(9, 9)] });
        numbers.add(Range(2, 8));
        assert_eq!(numbers, Numbers { contiguous: 9, above: Vec::new() });
        assert_eq!(numbers.highest(), 9);
    }

    #[test]
    fn the_greatest_number_of_all_closes_too() {
        let mut numbers = of(&[(u64::MAX, u64::MAX)]);
        assert!(numbers.has(u64::MAX) && !numbers.has(u64::MAX - 1));
        numbers.add(Range(1, u64::MAX - 1));
        assert_eq!(numbers.contiguous, u64::MAX);
    }

    #[test]
    fn holes_without_end_are_given_up_from_below() {
        let mut numbers = Numbers::default();
        for number in 1..=COLLECTED_RANGES_MAX as u64 {
            numbers.add(Range(2 * number, 2 * number));
        }
        assert!(numbers.give_up_beyond_bound().is_empty());
        numbers.add(Range(u64::MAX, u64::MAX));
        assert_eq!(numbers.give_up_beyond_bound(), [Range(1, 1)]);
        assert_eq!((numbers.contiguous, numbers.above.len()), (2, COLLECTED_RANGES_MAX));
    }

    proptest! {
        #[test]
        fn they_are_a_set(added in prop::collection::vec((1_u64..60, 0_u64..6), 0..40)) {
            let (mut numbers, mut set) = (Numbers::default(), BTreeSet::new());
            for (first, more) in added {
                numbers.add(Range(first, first + more));
                set.extend(first..=first + more);
                let highest = set.last().copied().unwrap_or(0);
                prop_assert_eq!(numbers.highest(), highest);
                prop_assert!((0..=70).skip(1).all(|number| numbers.has(number) == set.contains(&number)));
                let missing: BTreeSet<u64> = numbers.missing().flat_map(|Range(first, last)| first..=last).collect();
                prop_assert_eq!(missing, (1..highest).filter(|number| !set.contains(number)).collect());
                prop_assert!(numbers.above.is_sorted_by(|one, two| one.1 + 1 < two.0));
                prop_assert!(numbers.above.first().is_none_or(|first| numbers.contiguous + 1 < first.0));
            }
        }
    }
}
