//! Deadlines on the monotonic axis: one place for each operation and kind, each derived tag, each rate of polls, each
//! capture and each guard, so that a new deadline replaces the old one and nothing grows while the engine runs.

use crate::plant::{OperationIndex, Plant};
use crate::scan::Monotonic;
use crate::touched::Tasks;

/// Whose deadline it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Timer {
    /// One of an operation's.
    Operation(OperationIndex, TimerKind),
    /// A block in the expression of a derived tag, by its rank, wants to be evaluated.
    Derived(u32),
    /// Expressions want to be evaluated at a rate, by its place among the rates.
    Poll(u32),
    /// A block in the expression of a capture, by its number, wants to be evaluated.
    Capture(u32),
    /// One of a guard's, by its number.
    Guard(u32, GuardTimer),
}

/// What a guard's deadline is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GuardTimer {
    /// Its heartbeat has stood still for too long.
    Heartbeat,
    /// A block in its condition wants to be evaluated.
    Block,
}

/// What an operation's deadline is for.
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
    /// The window of an entry of the schedule is over.
    Window,
    /// An answer to the PLC has stood long enough.
    Reset,
    /// A block in the start trigger's expression wants to be evaluated.
    StartBlock,
    /// A block in the stop trigger's expression does.
    StopBlock,
    /// A block in the fault trigger's expression does.
    FaultBlock,
    /// A block in the expression of the production order does.
    OrderBlock,
}

impl TimerKind {
    /// Returns what to do when the deadline has come.
    pub(crate) const fn task(self) -> Tasks {
        match self {
            Self::StartHold => Tasks::START_DUE,
            Self::StopHold => Tasks::STOP_DUE,
            Self::MaxDuration => Tasks::MAX_DUE,
            Self::Overrun => Tasks::OVERRUN_DUE,
            Self::Window => Tasks::WINDOW_DUE,
            Self::Reset => Tasks::RESET_DUE,
            Self::StartBlock => Tasks::START,
            Self::StopBlock => Tasks::STOP,
            Self::FaultBlock => Tasks::FAULT,
            Self::OrderBlock => Tasks::ORDER,
        }
    }

    /// Returns the kind for the blocks of the expression that a task evaluates.
    pub(crate) const fn of_blocks(task: Tasks) -> Self {
        match task {
            Tasks::START => Self::StartBlock,
            Tasks::STOP => Self::StopBlock,
            Tasks::FAULT => Self::FaultBlock,
            _ => Self::OrderBlock,
        }
    }
}

const KINDS: [TimerKind; 10] = [
    TimerKind::StartHold,
    TimerKind::StopHold,
    TimerKind::MaxDuration,
    TimerKind::Overrun,
    TimerKind::Window,
    TimerKind::Reset,
    TimerKind::StartBlock,
    TimerKind::StopBlock,
    TimerKind::FaultBlock,
    TimerKind::OrderBlock,
];
const KINDS_LEN: u32 = 10;
const GUARD_KINDS: [GuardTimer; 2] = [GuardTimer::Heartbeat, GuardTimer::Block];
const GUARD_KINDS_LEN: u32 = 2;
const NOWHERE: u32 = u32::MAX;

/// A binary heap of deadlines that knows where each timer stands in it.
#[derive(Debug)]
pub(crate) struct Timers {
    heap: Vec<(Monotonic, u32)>,
    places: Vec<u32>,
    /// The number of the first derived tag's timer, behind those of all operations.
    first_derived: u32,
    /// The number of the first rate's timer, behind those of all derived tags.
    first_poll: u32,
    /// The number of the first capture's timer, behind those of all rates.
    first_capture: u32,
    /// The number of the first guard's timer, behind those of all captures.
    first_guard: u32,
}

impl Timers {
    /// Returns timers for a plant, so many rates of polls and captures, none of them set.
    pub(crate) fn new(plant: &Plant, polls: usize, captures: usize) -> Self {
        Self::of(plant.operations.len(), plant.derived.len(), polls, captures, plant.guards.len())
    }

    fn of(operations: usize, derived: usize, polls: usize, captures: usize, guards: usize) -> Self {
        let first_derived = operations * KINDS.len();
        let first_poll = first_derived + derived;
        let first_capture = first_poll + polls;
        let first_guard = first_capture + captures;
        Self {
            heap: Vec::new(),
            places: vec![NOWHERE; first_guard + guards * GUARD_KINDS.len()],
            first_derived: index(first_derived),
            first_poll: index(first_poll),
            first_capture: index(first_capture),
            first_guard: index(first_guard),
        }
    }

    /// Returns the earliest deadline.
    pub(crate) fn next(&self) -> Option<Monotonic> {
        self.heap.first().map(|&(deadline, _)| deadline)
    }

    /// Tells whether a timer is set.
    pub(crate) fn is_set(&self, operation: OperationIndex, kind: TimerKind) -> bool {
        self.places[(operation.0 * KINDS_LEN + kind as u32) as usize] != NOWHERE
    }

    /// Returns when a timer is due, if it is set.
    pub(crate) fn due(&self, operation: OperationIndex, kind: TimerKind) -> Option<Monotonic> {
        let place = self.places[(operation.0 * KINDS_LEN + kind as u32) as usize];
        (place != NOWHERE).then(|| self.heap[place as usize].0)
    }

    /// Sets, moves or clears a timer.
    pub(crate) fn set(&mut self, operation: OperationIndex, kind: TimerKind, deadline: Option<Monotonic>) {
        self.set_number(operation.0 * KINDS_LEN + kind as u32, deadline);
    }

    /// Sets, moves or clears the timer of a derived tag.
    pub(crate) fn set_derived(&mut self, rank: u32, deadline: Option<Monotonic>) {
        self.set_number(self.first_derived + rank, deadline);
    }

    /// Sets or moves the timer of a rate of polls.
    pub(crate) fn set_poll(&mut self, poll: u32, deadline: Monotonic) {
        self.set_number(self.first_poll + poll, Some(deadline));
    }

    /// Sets, moves or clears the timer of a capture.
    pub(crate) fn set_capture(&mut self, number: u32, deadline: Option<Monotonic>) {
        self.set_number(self.first_capture + number, deadline);
    }

    /// Sets, moves or clears a timer of a guard.
    pub(crate) fn set_guard(&mut self, guard: u32, kind: GuardTimer, deadline: Option<Monotonic>) {
        self.set_number(self.first_guard + guard * GUARD_KINDS_LEN + kind as u32, deadline);
    }

    fn set_number(&mut self, timer: u32, deadline: Option<Monotonic>) {
        match (self.places[timer as usize], deadline) {
            (NOWHERE, None) => {}
            (NOWHERE, Some(deadline)) => self.push(deadline, timer),
            (place, Some(deadline)) => self.replace(place as usize, deadline),
            (place, None) => self.remove(place as usize),
        }
    }

    /// Takes the earliest timer if it is due at `now`.
    pub(crate) fn pop_due(&mut self, now: Monotonic) -> Option<Timer> {
        let &(deadline, timer) = self.heap.first()?;
        if deadline > now {
            return None;
        }
        self.remove(0);
        Some(self.of_number(timer))
    }

    fn of_number(&self, timer: u32) -> Timer {
        if timer >= self.first_guard {
            let number = timer - self.first_guard;
            Timer::Guard(number / GUARD_KINDS_LEN, GUARD_KINDS[(number % GUARD_KINDS_LEN) as usize])
        } else if timer >= self.first_capture {
            Timer::Capture(timer - self.first_capture)
        } else if timer >= self.first_poll {
            Timer::Poll(timer - self.first_poll)
        } else if timer >= self.first_derived {
            Timer::Derived(timer - self.first_derived)
        } else {
            Timer::Operation(OperationIndex(timer / KINDS_LEN), KINDS[(timer % KINDS_LEN) as usize])
        }
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

/// The heap holds at most ten timers an operation and two a guard, which fit 32 bits.
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
        fn gives_what_a_sorted_map_gives(steps in proptest::collection::vec((0_u32..8, 0_usize..15, proptest::option::of(0_i64..50)), 0..200)) {
            let mut timers = Timers::of(8, 8, 8, 8, 8);
            let mut naive = BTreeMap::new();
            for (operation, kind, deadline) in steps {
                match (kind, deadline.map(Monotonic)) {
                    (10, deadline) => timers.set_derived(operation, deadline),
                    (11, None) => continue,
                    (11, Some(deadline)) => timers.set_poll(operation, deadline),
                    (12, deadline) => timers.set_capture(operation, deadline),
                    (13 | 14, deadline) => timers.set_guard(operation, GUARD_KINDS[kind - 13], deadline),
                    (kind, deadline) => timers.set(OperationIndex(operation), KINDS[kind], deadline),
                }
                match deadline {
                    Some(deadline) => naive.insert((operation, kind), deadline),
                    None => naive.remove(&(operation, kind)),
                };
                prop_assert_eq!(timers.next(), naive.values().min().map(|&deadline| Monotonic(deadline)));
            }
            for now in 0..50 {
                let mut due = Vec::new();
                while let Some(timer) = timers.pop_due(Monotonic(now)) {
                    due.push(match timer {
                        Timer::Operation(operation, kind) => (operation.0, kind as usize),
                        Timer::Derived(rank) => (rank, 10),
                        Timer::Poll(poll) => (poll, 11),
                        Timer::Capture(number) => (number, 12),
                        Timer::Guard(guard, kind) => (guard, 13 + kind as usize),
                    });
                }
                due.sort_unstable();
                let expected: Vec<_> = naive.iter().filter(|&(_, &deadline)| deadline == now).map(|(&key, _)| key).collect();
                prop_assert_eq!(due, expected);
            }
        }
    }
}
