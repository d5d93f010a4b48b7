//! Which operations a scan touches, and what is to be done for each.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::plant::{OperationIndex, Plant};
use crate::validity::GuardTasks;

/// What is to be done for an operation in a scan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Tasks(u16);

impl Tasks {
    /// Evaluate the start trigger.
    pub(crate) const START: Self = Self(1);
    /// Evaluate the stop trigger.
    pub(crate) const STOP: Self = Self(2);
    /// Evaluate the fault trigger.
    pub(crate) const FAULT: Self = Self(4);
    /// Evaluate the production order.
    pub(crate) const ORDER: Self = Self(8);
    /// The start hold is due.
    pub(crate) const START_DUE: Self = Self(16);
    /// The stop hold is due.
    pub(crate) const STOP_DUE: Self = Self(32);
    /// The maximum duration is due.
    pub(crate) const MAX_DUE: Self = Self(64);
    /// The expected duration is over.
    pub(crate) const OVERRUN_DUE: Self = Self(128);
    /// Look at the order: something of a parent changed.
    pub(crate) const FOLLOW: Self = Self(256);
    /// Close the open record: its operation was disabled or removed by a reload.
    pub(crate) const DISABLED: Self = Self(512);
    /// Close the open record when it was last seen: it was so when the gateway started.
    pub(crate) const DISABLED_AT_BOOT: Self = Self(1024);
    /// Close the open record when it was last seen: nobody knows how it went on while the gateway was down.
    pub(crate) const RESTARTED: Self = Self(2048);
    /// The window of an entry of the schedule is over.
    pub(crate) const WINDOW_DUE: Self = Self(1 << 13);
    /// An answer to the PLC has stood long enough.
    pub(crate) const RESET_DUE: Self = Self(1 << 14);

    /// Tells whether a task, or one of several, is among these.
    pub(crate) const fn has(self, task: Self) -> bool {
        self.0 & task.0 != 0
    }

    /// Returns these tasks and others.
    pub(crate) const fn or(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// Adds a task; tells whether there was none before.
    pub(crate) fn add(&mut self, task: Self) -> bool {
        let first = self.0 == 0;
        self.0 |= task.0;
        first
    }
}

/// The operations that a scan touches. Reused from scan to scan: nothing is allocated.
#[derive(Debug)]
pub(crate) struct Touched {
    tasks: Vec<Tasks>,
    operations: Vec<OperationIndex>,
    derived_tasks: Vec<bool>,
    derived: BinaryHeap<Reverse<u32>>,
    captures_marked: Vec<bool>,
    captures: Vec<u32>,
    guard_tasks: Vec<GuardTasks>,
    /// How many guards are touched.
    guards: usize,
}

impl Touched {
    /// Returns an empty list for a plant.
    pub(crate) fn new(plant: &Plant) -> Self {
        let captures = plant.operations.iter().map(|row| row.captures.len()).sum();
        Self {
            tasks: vec![Tasks::default(); plant.operations.len()],
            operations: Vec::with_capacity(plant.operations.len()),
            derived_tasks: vec![false; plant.derived.len()],
            derived: BinaryHeap::with_capacity(plant.derived.len()),
            captures_marked: vec![false; captures],
            captures: Vec::with_capacity(captures),
            guard_tasks: vec![GuardTasks::default(); plant.guards.len()],
            guards: 0,
        }
    }

    /// Adds a task for an operation.
    #[inline]
    pub(crate) fn add(&mut self, operation: OperationIndex, task: Tasks) {
        if self.tasks[operation.index()].add(task) {
            self.operations.push(operation);
        }
    }

    /// Adds an operation without a task of its own.
    pub(crate) fn follow(&mut self, operation: OperationIndex) {
        self.add(operation, Tasks::FOLLOW);
    }

    /// Adds a derived tag, by its rank.
    pub(crate) fn add_derived(&mut self, rank: u32) {
        if !std::mem::replace(&mut self.derived_tasks[rank as usize], true) {
            self.derived.push(Reverse(rank));
        }
    }

    /// Tells whether a derived tag is touched.
    #[inline]
    pub(crate) fn has_derived(&self) -> bool {
        !self.derived.is_empty()
    }

    /// Adds tasks for a guard, by its number.
    pub(crate) fn add_guard(&mut self, guard: u32, tasks: GuardTasks) {
        self.guards += usize::from(self.guard_tasks[guard as usize].add(tasks));
    }

    /// Takes the first guard that is touched, unless a derived tag has to be evaluated before it.
    pub(crate) fn next_guard(&mut self, plant: &Plant) -> Option<(u32, GuardTasks)> {
        if self.guards == 0 {
            return None;
        }
        let touched = (0_u32..).zip(&self.guard_tasks).find(|(_, tasks)| **tasks != GuardTasks::default());
        let (guard, &tasks) = touched?;
        let before = plant.guards[guard as usize].derived_before;
        if self.derived.peek().is_some_and(|&Reverse(rank)| rank < before) {
            return None;
        }
        self.guard_tasks[guard as usize] = GuardTasks::default();
        self.guards -= 1;
        Some((guard, tasks))
    }

    /// Takes the derived tag of the lowest rank: what it reads has been evaluated.
    pub(crate) fn next_derived(&mut self) -> Option<u32> {
        let Reverse(rank) = self.derived.pop()?;
        self.derived_tasks[rank as usize] = false;
        Some(rank)
    }

    /// Adds a capture, by its number.
    pub(crate) fn add_capture(&mut self, number: u32) {
        if !std::mem::replace(&mut self.captures_marked[number as usize], true) {
            self.captures.push(number);
        }
    }

    /// Returns how many captures are touched.
    #[inline]
    pub(crate) fn captures(&self) -> usize {
        self.captures.len()
    }

    /// Returns the number of a touched capture, by its place.
    pub(crate) fn capture(&self, place: usize) -> u32 {
        self.captures[place]
    }

    /// Puts the captures into configuration order.
    pub(crate) fn sort_captures(&mut self) {
        self.captures.sort_unstable();
    }

    /// Forgets the captures.
    pub(crate) fn clear_captures(&mut self) {
        for number in self.captures.drain(..) {
            self.captures_marked[number as usize] = false;
        }
    }

    /// Tells whether neither an operation nor a capture is touched.
    #[inline]
    pub(crate) fn is_idle(&self) -> bool {
        self.operations.is_empty() && self.captures.is_empty()
    }

    /// Tells whether no operation is touched.
    pub(crate) fn is_empty(&self) -> bool {
        self.operations.is_empty()
    }

    /// Returns how many operations are touched.
    pub(crate) fn len(&self) -> usize {
        self.operations.len()
    }

    /// Returns a touched operation and its tasks, by its place.
    pub(crate) fn get(&self, place: usize) -> (OperationIndex, Tasks) {
        let operation = self.operations[place];
        (operation, self.tasks[operation.index()])
    }

    /// Puts the operations into configuration order.
    pub(crate) fn sort(&mut self) {
        if self.operations.len() > 1 {
            self.operations.sort_unstable();
        }
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        for operation in self.operations.drain(..) {
            self.tasks[operation.index()] = Tasks::default();
        }
    }
}
