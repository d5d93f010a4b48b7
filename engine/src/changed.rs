//! Which operations changed since somebody last asked: what is to be written down of them.

use crate::plant::OperationIndex;
use crate::step::Engine;

/// The operations that changed, each once.
#[derive(Debug)]
pub(crate) struct Changed {
    is_listed: Vec<bool>,
    list: Vec<OperationIndex>,
}

impl Changed {
    /// Returns an empty list for so many operations.
    pub(crate) fn new(operations: usize) -> Self {
        Self { is_listed: vec![false; operations], list: Vec::with_capacity(operations) }
    }

    /// Lists an operation.
    pub(crate) fn add(&mut self, operation: OperationIndex) {
        if !std::mem::replace(&mut self.is_listed[operation.index()], true) {
            self.list.push(operation);
        }
    }

    fn take(&mut self, into: &mut Vec<OperationIndex>) {
        for &operation in &self.list {
            self.is_listed[operation.index()] = false;
        }
        into.append(&mut self.list);
    }
}

impl Engine {
    /// Appends the operations of which something retained changed since the last call, each once.
    pub fn take_changed(&mut self, into: &mut Vec<OperationIndex>) {
        self.changed.take(into);
    }

    /// Lists the operations that a scan touched.
    pub(crate) fn note_changed(&mut self) {
        for place in 0..self.touched.len() {
            self.changed.add(self.touched.get(place).0);
        }
    }
}
