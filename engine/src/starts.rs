//! Phase 5: what starts, through hold-off and conflicts (`spec/engine.md` sections 4, 5 and 7).

use ulid::Ulid;

use crate::effect::{EventKind, Info};
use crate::explain::{Ignored, Why};
use crate::handshake::StartOutcome;
use crate::lifecycle::{Closing, Opening, Upto, Wishes};
use crate::pauses::Pauses;
use crate::plant::{ConflictScope, ConflictStrategy, OperationIndex};
use crate::record::{EndReason, StartReason, Status};
use crate::scan::Moment;
use crate::step::{Engine, Turn};
use crate::trigger::Edge;

impl Engine {
    /// Opens what starts in this scan, in configuration order.
    pub(crate) fn start_runs(&mut self, turn: &mut Turn<'_>) {
        for place in 0..self.touched.len() {
            let (operation, _) = self.touched.get(place);
            if let Some(edge) = self.state_mut(operation).start.take_fired() {
                let outcome = self.start_run(operation, edge, turn);
                self.answer_start(operation, outcome, turn);
            }
        }
    }

    /// Does what a start asks for; returns what became of it.
    fn start_run(&mut self, operation: OperationIndex, edge: Edge, turn: &mut Turn<'_>) -> StartOutcome {
        if let Some(why) = self.why_void(operation, edge, turn) {
            return self.ignore(operation, edge, why, turn);
        }
        self.complete_pending_stops(operation, turn);
        if let Some(why) = self.why_to_give_way(operation) {
            return self.ignore(operation, edge, why, turn);
        }
        let (at, from) = self.replace_runs(operation, edge, turn);
        let opening = Opening {
            at,
            detected_at: turn.now.wall,
            reason: StartReason::Trigger,
            after_gap: edge.after_gap,
            parent: None,
            splits: None,
            from,
            wishes: Wishes::default(),
            pauses: Pauses::default(),
        };
        self.open(operation, opening, turn);
        StartOutcome::Opened
    }

    /// Returns why a start opens nothing, whatever else is open.
    fn why_void(&self, operation: OperationIndex, edge: Edge, turn: &Turn<'_>) -> Option<Why> {
        // An order opened a new record of this operation in this very scan: that is the start.
        let is_opened =
            self.plant.operations[operation.index()].enabled && self.state(operation).split_in == turn.sequence;
        if is_opened { Some(Why::OrderOpened) } else { self.why_not(operation, edge.at, edge.continues) }
    }

    /// A start opens nothing: counts it, and remembers why for who asks; returns what that comes to.
    fn ignore(&mut self, operation: OperationIndex, edge: Edge, why: Why, turn: &mut Turn<'_>) -> StartOutcome {
        let outcome = StartOutcome::of(&why);
        match why {
            Why::Disabled | Why::OrderOpened => {}
            Why::Continues => self.state_mut(operation).counters.continued += 1,
            Why::HeldOff(_) => self.state_mut(operation).counters.held_off += 1,
            Why::Conflict { open, .. } => self.tell_conflict(operation, open, turn),
        }
        self.state_mut(operation).ignored = Some(Ignored { edge: edge.into(), when: turn.scan_time(), why });
        outcome
    }

    /// A new start shows that a pending stop was real: the runs in scope whose stop hold is pending
    /// close at their stop edge, and the hold is used up.
    pub(crate) fn complete_pending_stops(&mut self, operation: OperationIndex, turn: &mut Turn<'_>) {
        for place in 0..self.scope_len(operation) {
            let Some(other) = self.in_scope(operation, place) else { continue };
            let state = self.state_mut(other);
            if !state.stop_is_pending() {
                continue;
            }
            let Some(edge) = state.stop.use_up_hold(turn.scan_time()) else { continue };
            self.set_hold_timers(other);
            self.close(other, Closing::by_edge(edge, Status::Completed, EndReason::Trigger), turn);
        }
    }

    /// Returns why the start gives way to a run that is open in its scope, if it does.
    fn why_to_give_way(&self, operation: OperationIndex) -> Option<Why> {
        let (other, open) = self.first_in_scope(operation, |_| true)?;
        self.conflict(operation, other, open)
    }

    /// Counts a start that gave way, and tells it if the strategy says so.
    fn tell_conflict(&mut self, operation: OperationIndex, open: Ulid, turn: &mut Turn<'_>) {
        self.count_conflict(operation);
        match self.plant.operations[operation.index()].conflict_strategy {
            ConflictStrategy::StopPrevious | ConflictStrategy::Ignore => {}
            ConflictStrategy::ThrowException => {
                self.state_mut(operation).counters.faults += 1;
                turn.tell(EventKind::OperationConflict, Info::Conflict { operation, open });
            }
        }
    }

    /// Counts a start that gave way.
    pub(crate) fn count_conflict(&mut self, operation: OperationIndex) {
        let strategy = self.plant.operations[operation.index()].conflict_strategy;
        let counters = &mut self.state_mut(operation).counters;
        match strategy {
            ConflictStrategy::StopPrevious => {}
            ConflictStrategy::Ignore => counters.ignored += 1,
            ConflictStrategy::ThrowException => counters.refused += 1,
        }
        self.changed.add(operation);
    }

    /// Closes the open runs in scope at the start's time, which is returned: the edge's, moved up to
    /// the latest start of the runs that it replaces and to the latest end of any earlier run. They
    /// close in configuration order; a child whose parent closed before it ended with that.
    pub(crate) fn replace_runs(
        &mut self,
        operation: OperationIndex,
        edge: Edge,
        turn: &mut Turn<'_>,
    ) -> (Moment, Upto) {
        let mut at = edge.at;
        for place in 0..self.scope_len(operation) {
            let Some(other) = self.in_scope(operation, place) else { continue };
            let state = self.state(other);
            let start = state.run.as_ref().map(|run| run.record.start);
            at = start.into_iter().chain(state.latest_end).fold(at, Moment::latest);
        }
        // Moved up, it is no longer that of the edge's scan.
        let from = if at.monotonic == edge.at.monotonic { Upto::Edge(edge.scan) } else { Upto::This };
        for place in 0..self.scope_len(operation) {
            let Some(other) = self.in_scope(operation, place) else { continue };
            self.close(other, Closing::unflagged(at, EndReason::Conflict).upto(from), turn);
        }
        (at, from)
    }

    /// Returns how many operations may be in the scope of a start: see [`Engine::in_scope`].
    pub(crate) fn scope_len(&self, operation: OperationIndex) -> usize {
        let row = &self.plant.operations[operation.index()];
        match row.conflict_scope {
            ConflictScope::Operation => 1,
            ConflictScope::Location => self.wiring.located(row.location.index()).len(),
        }
    }

    /// Returns the operation at a place of the scope; `None` for the own family's others.
    pub(crate) fn in_scope(&self, operation: OperationIndex, place: usize) -> Option<OperationIndex> {
        let row = &self.plant.operations[operation.index()];
        match row.conflict_scope {
            ConflictScope::Operation => Some(operation),
            ConflictScope::Location => {
                let other = self.wiring.located(row.location.index())[place];
                (other == operation || !self.wiring.same_family(operation, other)).then_some(other)
            }
        }
    }
}
