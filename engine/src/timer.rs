//! Deadlines on the monotonic axis: one place per operation and kind, so that a new deadline
//! replaces the old one and nothing grows while the engine runs.

use crate::plant::OperationIndex;
use crate::scan::Monotonic;
use crate::touched::Tasks;

/// What a deadline is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimerKind {
    /// A start hold completes.
    StartHold,
    /// A stop hold completes.
    StopHold,
    /// A run has lasted as long as it may.
    MaxDuration,
    /// A run has lasted as long as expected.
    Overrun,
}

impl TimerKind {
    /// Returns what to do when the deadline has come.
    pub(crate) const fn task(self) -> Tasks {
        match self {
            Self::StartHold => Tasks::START_DUE,
            Self::StopHold => Tasks::STOP_DUE,
            Self::MaxDuration => Tasks::MAX_DUE,
            Self::Overrun => Tasks::OVERRUN_DUE,
        }
    }
}

const KINDS: [TimerKind; 4] = [TimerKind::StartHold, TimerKind::StopHold, TimerKind::MaxDuration, TimerKind::Overrun];
const KINDS_LEN: u32 = 4;
const NOWHERE: u32 = u32::MAX;

/// A binary heap of deadlines that knows where each timer stands in it.
#[derive(Debug)]
pub(crate) struct Timers {
    heap: Vec<(Monotonic, u32)>,
    places: Vec<u32>,
}

impl Timers {
    /// Returns timers for so many operations, none of them set.
    pub(crate) fn new(operations: usize) -> Self {
        Self { heap: Vec::new(), places: vec![NOWHERE; operations * KINDS.len()] }
    }

    /// Returns the earliest deadline.
    pub(crate) fn next(&self) -> Option<Monotonic> {
        self.heap.first().map(|&(deadline, _)| deadline)
    }

    /// Tells whether a timer is set.
    pub(crate) fn is_set(&self, operation: OperationIndex, kind: TimerKind) -> bool {
        self.places[(operation.0 * KINDS_LEN + kind as u32) as usize] != NOWHERE
    }

    /// Sets, moves or clears a timer.
    pub(crate) fn set(&mut self, operation: OperationIndex, kind: TimerKind, deadline: Option<Monotonic>) {
        let timer = operation.0 * KINDS_LEN + kind as u32;
        match (self.places[timer as usize], deadline) {
            (NOWHERE, None) => {}
            (NOWHERE, Some(deadline)) => self.push(deadline, timer),
            (place, Some(deadline)) => self.replace(place as usize, deadline),
            (place, None) => self.remove(place as usize),
        }
    }

    /// Takes the earliest timer if it is due at `now`.
    pub(crate) fn pop_due(&mut self, now: Monotonic) -> Option<(OperationIndex, TimerKind)> {
        let &(deadline, timer) = self.heap.first()?;
        if deadline > now {
            return None;
        }
        self.remove(0);
        Some((OperationIndex(timer / KINDS_LEN), KINDS[(timer % KINDS_LEN) as usize]))
    }

    fn push(&mut self, deadline: Monotonic, timer: u32) {
        self.heap.push((deadline, timer));
        self.rise(self.heap.len() - 1);
    }

    fn replace(&mut self, place: usize, deadline: Monotonic) {
        self.heap[place].0 = deadline;
        let place = self.rise(place);
        self.sink(place);
    }

    fn remove(&mut self, place: usize) {
        let (_, timer) = self.heap.swap_remove(place);
        self.places[timer as usize] = NOWHERE;
        if place < self.heap.len() {
            let place = self.rise(place);
            self.sink(place);
        }
    }

    /// Moves an entry towards the front until its parent is not later; returns where it ends.
    fn rise(&mut self, mut place: usize) -> usize {
        while place > 0 && self.heap[place] < self.heap[(place - 1) / 2] {
            self.swap(place, (place - 1) / 2);
            place = (place - 1) / 2;
        }
        self.places[self.heap[place].1 as usize] = index(place);
        place
    }

    /// Moves an entry towards the back until no child is earlier.
    fn sink(&mut self, mut place: usize) {
        loop {
            let earliest = [2 * place + 1, 2 * place + 2]
                .into_iter()
                .filter(|&child| child < self.heap.len() && self.heap[child] < self.heap[place])
                .min_by_key(|&child| self.heap[child]);
            let Some(child) = earliest else { return };
            self.swap(place, child);
            place = child;
        }
    }

    fn swap(&mut self, one: usize, other: usize) {
        self.heap.swap(one, other);
        self.places[self.heap[one].1 as usize] = index(one);
        self.places[self.heap[other].1 as usize] = index(other);
    }
}

/// The heap holds at most four timers an operation, and operations are numbered in 32 bits.
fn index(place: usize) -> u32 {
    u32::try_from(place).expect("more timers than places")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn gives_what_a_sorted_map_gives(steps in proptest::collection::vec((0_u32..8, 0_usize..4, proptest::option::of(0_i64..50)), 0..200)) {
            let mut timers = Timers::new(8);
            let mut naive = BTreeMap::new();
            for (operation, kind, deadline) in steps {
                timers.set(OperationIndex(operation), KINDS[kind], deadline.map(Monotonic));
                match deadline {
                    Some(deadline) => naive.insert((operation, kind), deadline),
                    None => naive.remove(&(operation, kind)),
                };
                prop_assert_eq!(timers.next(), naive.values().min().map(|&deadline| Monotonic(deadline)));
            }
            for now in 0..50 {
                let mut due = Vec::new();
                while let Some((operation, kind)) = timers.pop_due(Monotonic(now)) {
                    due.push((operation.0, kind as usize));
                }
                due.sort_unstable();
                let expected: Vec<_> = naive.iter().filter(|&(_, &deadline)| deadline == now).map(|(&key, _)| key).collect();
                prop_assert_eq!(due, expected);
            }
        }
    }
}
