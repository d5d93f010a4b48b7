//! What becomes of a start: it opens a record, or the rules say why not.

use ulid::Ulid;

use crate::plant::{ConflictStrategy, OperationIndex};
use crate::scan::Moment;
use crate::step::Engine;
use crate::trigger::{Began, Lineage, ScanTime};

/// What a start comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It opens a record.
    Opens,
    /// It opens nothing.
    Ignored(Why),
}

/// A start that opened nothing.
#[derive(Clone, Debug)]
pub struct Ignored {
    /// The edge.
    pub edge: Began,
    /// The scan in which it fired.
    pub when: ScanTime,
    /// Why.
    pub why: Why,
}

/// Why a start opens nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// The operation is disabled.
    Disabled,
    /// In this very scan its order opened a new record, which is that start.
    OrderOpened,
    /// It ends a short interruption: the run goes on.
    Continues,
    /// Its edge lies within the hold-off, which ends then.
    HeldOff(Moment),
    /// A run is open in its scope, and the conflict strategy does not let it begin.
    Conflict {
        /// What the strategy is: not `StopPrevious`.
        strategy: ConflictStrategy,
        /// Whose run is open.
        operation: OperationIndex,
        /// Its record.
        open: Ulid,
    },
}

impl Engine {
    /// Returns what a start comes to whose edge is at a moment, and goes on with a run or not: as things stand.
    pub(super) fn fate(&self, operation: OperationIndex, edge: Moment, continues: Option<Lineage>) -> Fate {
        let why = self.why_not(operation, edge, continues).or_else(|| {
            let (other, open) = self.first_in_scope(operation, |other| !self.is_closed_by_start(operation, other))?;
            self.conflict(operation, other, open)
        });
        why.map_or(Fate::Opens, Fate::Ignored)
    }

    /// Returns why a start opens nothing, whatever else is open in its scope.
    pub(crate) fn why_not(&self, operation: OperationIndex, edge: Moment, continues: Option<Lineage>) -> Option<Why> {
        let state = self.state(operation);
        if !self.plant.operations[operation.index()].enabled {
            return Some(Why::Disabled);
        }
        if state.run.as_ref().is_some_and(|run| continues == Some(run.lineage)) {
            return Some(Why::Continues);
        }
        let until = self.held_off_until(operation)?;
        (edge.monotonic < until.monotonic).then_some(Why::HeldOff(until))
    }

    /// Returns until when edges start nothing: the hold-off after the latest record's start.
    pub(super) fn held_off_until(&self, operation: OperationIndex) -> Option<Moment> {
        let holdoff = self.plant.operations[operation.index()].restart_holdoff_millis;
        let began = self.state(operation).latest?.began();
        let until = began.monotonic.plus_millis(holdoff);
        Some(began.plus_micros(until.micros_since(began.monotonic)))
    }

    /// Returns the first run of the scope that is open and asked for.
    pub(crate) fn first_in_scope(
        &self,
        operation: OperationIndex,
        is_asked_for: impl Fn(OperationIndex) -> bool,
    ) -> Option<(OperationIndex, Ulid)> {
        let others = (0..self.scope_len(operation)).filter_map(|place| self.in_scope(operation, place));
        let mut open = others.filter(|&other| is_asked_for(other));
        open.find_map(|other| Some((other, self.state(other).run.as_ref()?.record.id)))
    }

    /// Returns why a start gives way to an open run of its scope, if it does.
    pub(crate) fn conflict(&self, operation: OperationIndex, other: OperationIndex, open: Ulid) -> Option<Why> {
        match self.plant.operations[operation.index()].conflict_strategy {
            ConflictStrategy::StopPrevious => None,
            strategy @ (ConflictStrategy::Ignore | ConflictStrategy::ThrowException) => {
                Some(Why::Conflict { strategy, operation: other, open })
            }
        }
    }

    /// Tells whether a start closes another's run by showing that its pending stop was real: its own, or a parent's
    /// that takes it along.
    fn is_closed_by_start(&self, operation: OperationIndex, other: OperationIndex) -> bool {
        let mut next = Some(other);
        while let Some(above) = next {
            let mut scope = (0..self.scope_len(operation)).filter_map(|place| self.in_scope(operation, place));
            if self.state(above).stop_is_pending() && scope.any(|inside| inside == above) {
                return true;
            }
            next = self.plant.operations[above.index()].parent;
        }
        false
    }
}
