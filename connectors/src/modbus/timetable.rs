//! Which block of a unit has been due for the longest: the blocks of each unit in the order in which they are due.
//!
//! Plans have hundreds of blocks, and with each answer the next one is looked for. How the moments of one block follow one
//! another is `due`'s. Pure.

use std::collections::BTreeSet;
use std::time::Instant;

use super::due::Due;

/// When the blocks of a plan are due.
#[derive(Debug)]
pub(super) struct Timetable {
    dues: Vec<Due>,
    /// By unit: the moments with their blocks, as far as they are due at all.
    waiting: Vec<BTreeSet<(Instant, usize)>>,
}

impl Timetable {
    /// Returns the timetable of blocks, whose units are `unit_of` so many `units`.
    pub(super) fn new(dues: Vec<Due>, unit_of: &[usize], units: usize) -> Self {
        let mut waiting = vec![BTreeSet::new(); units];
        for (block, (due, &unit)) in dues.iter().zip(unit_of).enumerate() {
            waiting[unit].extend(due.next().map(|at| (at, block)));
        }
        Self { dues, waiting }
    }

    /// Returns the block of a unit that is due first, and when; of those that are due at the same moment the first.
    pub(super) fn next(&self, unit: usize) -> Option<(Instant, usize)> {
        self.waiting[unit].first().copied()
    }

    /// Changes when a block of a unit is due.
    pub(super) fn change<T>(&mut self, unit: usize, block: usize, change: impl FnOnce(&mut Due) -> T) -> T {
        let due = &mut self.dues[block];
        let before = due.next();
        let changed = change(due);
        let after = due.next();
        if before != after {
            let waiting = &mut self.waiting[unit];
            before.inspect(|&at| _ = waiting.remove(&(at, block)));
            waiting.extend(after.map(|at| (at, block)));
        }
        changed
    }

    /// Adds a block of a unit that is due as another is.
    pub(super) fn add_like(&mut self, unit: usize, other: usize) {
        let (due, block) = (self.dues[other], self.dues.len());
        self.waiting[unit].extend(due.next().map(|at| (at, block)));
        self.dues.push(due);
    }

    /// Returns the blocks of which points of their grids are missed for good if nothing can be asked from one moment to
    /// another, each with how many.
    pub(super) fn missed(&self, from: Instant, until: Instant) -> Vec<(usize, u64)> {
        let missed = self.dues.iter().map(|due| due.missed(from, until));
        missed.enumerate().filter(|&(_, count)| count > 0).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;
    use crate::modbus::plan::Block;
    use crate::modbus::tests::plant::block;

    proptest! {
        #[test]
        fn the_first_is_the_one_that_a_search_finds(
            units in prop::collection::vec(0_usize..3, 1..12),
            events in prop::collection::vec((0_usize..12, 0_u8..5, 0_u64..400), 0..60),
        ) {
            let start = Instant::now();
            let every = |index: usize| Block { period: Some(Duration::from_millis(50 << (index % 3))), ..block() };
            let blocks: Vec<Block> = (0..units.len()).map(every).collect();
            let (mut table, mut unit_of) = (Timetable::new(Due::of(&blocks, start), &units, 3), units);
            for (block, event, millis) in events {
                let (block, at) = (block % unit_of.len(), start + Duration::from_millis(millis));
                let unit = unit_of[block];
                match event {
                    0 => _ = table.change(unit, block, |due| due.asked(at)),
                    1 => table.change(unit, block, |due| due.again(at)),
                    2 => table.change(unit, block, |due| due.became_hole(at)),
                    3 => table.change(unit, block, Due::retire),
                    _ => {
                        table.add_like(unit, block);
                        unit_of.push(unit);
                    }
                }
                for unit in 0..3 {
                    let of_unit = table.dues.iter().enumerate().filter(|&(block, _)| unit_of[block] == unit);
                    let found = of_unit.filter_map(|(block, due)| Some((due.next()?, block))).min();
                    prop_assert_eq!(table.next(unit), found);
                }
            }
        }
    }
}
