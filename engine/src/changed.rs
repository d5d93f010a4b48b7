//! What changed since somebody last asked: what is to be written down.

use latchwork_expr::TagSlot;

use crate::plant::{OperationIndex, Plant};
use crate::step::Engine;

/// The operations and guards that changed, the derived tags whose memory did, and the operations that were measured on,
/// each once.
#[derive(Debug)]
pub(crate) struct Changed {
    operations: Listed,
    derived: Listed,
    guards: Listed,
    aged: Listed,
}

impl Changed {
    /// Returns empty lists for a plant.
    pub(crate) fn new(plant: &Plant) -> Self {
        let operations = || Listed::new(plant.operations.len());
        Self {
            operations: operations(),
            derived: Listed::new(plant.derived.len()),
            guards: Listed::new(plant.guards.len()),
            aged: operations(),
        }
    }

    /// Lists an operation.
    pub(crate) fn add(&mut self, operation: OperationIndex) {
        self.operations.add(operation.0);
    }

    /// Lists an operation of which only what was measured changed.
    pub(crate) fn add_aged(&mut self, operation: OperationIndex) {
        self.aged.add(operation.0);
    }

    /// Lists a derived tag, by its rank.
    pub(crate) fn add_derived(&mut self, rank: u32) {
        self.derived.add(rank);
    }

    /// Lists every guard.
    pub(crate) fn add_guards(&mut self) {
        (0..self.guards.is_listed.len()).for_each(|guard| self.guards.add(u32::try_from(guard).unwrap_or(u32::MAX)));
    }

    /// Lists a guard, by its number.
    pub(crate) fn add_guard(&mut self, guard: u32) {
        self.guards.add(guard);
    }
}

impl Engine {
    /// Appends the operations of which something retained changed since the last call, each once.
    pub fn take_changed(&mut self, into: &mut Vec<OperationIndex>) {
        into.extend(self.changed.operations.take().map(OperationIndex));
    }

    /// Appends the derived tags whose expressions keep state and were evaluated since the last call, each once: they
    /// are written down together with the operations that read them, for no later reading brings them back.
    pub fn take_changed_tags(&mut self, into: &mut Vec<TagSlot>) {
        let derived = &self.plant.derived;
        into.extend(self.changed.derived.take().map(|rank| derived[rank as usize]));
    }

    /// Appends the guards whose verdict or memory changed since the last call, each once, by their places in
    /// [`Plant::guards`].
    pub fn take_changed_guards(&mut self, into: &mut Vec<u32>) {
        into.extend(self.changed.guards.take());
    }

    /// Appends the operations whose captures were measured on since the last call, each once: what is written down of
    /// these may be a little old.
    pub fn take_aged(&mut self, into: &mut Vec<OperationIndex>) {
        into.extend(self.changed.aged.take().map(OperationIndex));
    }

    /// Lists the operations that a scan touched.
    pub(crate) fn note_changed(&mut self) {
        for place in 0..self.touched.len() {
            self.changed.add(self.touched.get(place).0);
        }
    }
}

/// Numbers in a list, each once. Nothing is allocated while it is filled.
#[derive(Debug)]
struct Listed {
    is_listed: Vec<bool>,
    list: Vec<u32>,
}

impl Listed {
    fn new(count: usize) -> Self {
        Self { is_listed: vec![false; count], list: Vec::with_capacity(count) }
    }

    fn add(&mut self, number: u32) {
        if !std::mem::replace(&mut self.is_listed[number as usize], true) {
            self.list.push(number);
        }
    }

    fn take(&mut self) -> impl Iterator<Item = u32> {
        for &number in &self.list {
            self.is_listed[number as usize] = false;
        }
        self.list.drain(..)
    }
}
