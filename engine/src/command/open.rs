//! Start and execute: what a command opens, through the conflict strategy as a trigger does, but not through the hold-off.

use latchwork_expr::Text;

use super::answer::{Accepted, Rejection, RejectionKind};
use super::find::{asked_moment, not_before};
use super::{OperationInfo, Verb};
use crate::lifecycle::{Closing, Opening, Wishes};
use crate::order::Order;
use crate::pauses::Pauses;
use crate::plant::{ConflictStrategy, OperationIndex, OrderResolution};
use crate::record::{EndReason, StartReason};
use crate::scan::Moment;
use crate::step::{Engine, Turn};
use crate::trigger::Edge;

impl Engine {
    /// Opens a record, and closes it at once for [`Verb::Execute`].
    pub(super) fn open_by_command(
        &mut self,
        operation: OperationIndex,
        verb: Verb,
        info: &OperationInfo,
        turn: &mut Turn<'_>,
    ) -> Result<Accepted, Rejection> {
        let at = self.opening_moment(operation, info, turn.now)?;
        self.check_order(operation, info.production_order.as_ref())?;
        if info.at.is_some() {
            turn.origin.birth = Some(self.scan_id(turn));
        }
        self.complete_pending_stops(operation, turn);
        // Of a moment that is past every scan counts.
        let scan = if at.monotonic < turn.now.monotonic { u64::MAX } else { turn.sequence };
        let edge = Edge { at, scan, after_gap: false, continues: None };
        let (at, from) = self.replace_runs(operation, edge, turn);
        let order = info.production_order.clone().map(|name| self.link(name, turn));
        let opening = Opening {
            at,
            detected_at: turn.now.wall,
            reason: StartReason::Command,
            after_gap: false,
            parent: None,
            splits: None,
            from,
            wishes: Wishes { order, notes: info.notes.clone() },
            pauses: Pauses::default(),
        };
        self.open(operation, opening, turn);
        if verb == Verb::Execute {
            let closed = self.close(operation, Closing::unflagged(turn.now, EndReason::Command), turn);
            return Ok(self.accepted(closed.map(|run| run.record), turn));
        }
        Ok(self.accepted_open(operation, turn))
    }

    /// Returns when the record opens, if nothing is in its way.
    fn opening_moment(
        &self,
        operation: OperationIndex,
        info: &OperationInfo,
        now: Moment,
    ) -> Result<Moment, Rejection> {
        let row = &self.plant.operations[operation.index()];
        if !row.enabled {
            return Err(Rejection::conflict(format!("`{}` is disabled", row.name)));
        }
        self.check_conflicts(operation)?;
        let at = asked_moment(info.at, now)?;
        let bound = self.free_since(operation);
        bound.map_or(Ok(at), |bound| not_before(at, info.at, bound, "the record before"))
    }

    /// Refuses a start that gives way to a run. One whose stop hold is pending is over: the start shows it.
    fn check_conflicts(&self, operation: OperationIndex) -> Result<(), Rejection> {
        let others = (0..self.scope_len(operation)).filter_map(|place| self.in_scope(operation, place));
        let mut open = others.map(|other| self.state(other)).filter(|state| !state.stop_is_pending());
        let Some(run) = open.find_map(|state| state.run.as_ref()) else { return Ok(()) };
        match self.plant.operations[operation.index()].conflict_strategy {
            ConflictStrategy::StopPrevious => Ok(()),
            ConflictStrategy::Ignore | ConflictStrategy::ThrowException => {
                let name = &self.plant.operations[run.record.operation.index()].name;
                let text = format!("a record of `{name}` is open: {}", run.record.id);
                Err(Rejection::conflict(text).because_of(run.record.id))
            }
        }
    }

    /// Returns since when a record may open in the scope: the latest end there, or start of a run that it replaces.
    fn free_since(&self, operation: OperationIndex) -> Option<Moment> {
        let others = (0..self.scope_len(operation)).filter_map(|place| self.in_scope(operation, place));
        let bounds = others.map(|other| self.state(other)).flat_map(|state| {
            let run = state.run.as_ref().map(|run| match state.stop.hold().filter(|_| state.stop_is_pending()) {
                Some(hold) => hold.edge.at,
                None => run.record.start,
            });
            run.into_iter().chain(state.latest_end)
        });
        bounds.reduce(Moment::latest)
    }

    /// Refuses a start without the order that it must name, and one on an order that is final.
    fn check_order(&self, operation: OperationIndex, order: Option<&Text>) -> Result<(), Rejection> {
        match (order, &self.plant.operations[operation.index()].order) {
            (Some(name), _) => self.check_not_final(name),
            (None, OrderResolution::Manual) => Err(order_missing()),
            (None, OrderResolution::None | OrderResolution::Schedule | OrderResolution::Expression(..)) => Ok(()),
        }
    }

    /// Refuses an order that is final.
    pub(super) fn check_not_final(&self, name: &Text) -> Result<(), Rejection> {
        let order = self.orders.find(name).map(|order| self.orders.get(order));
        match order.filter(|order| order.status.is_final()) {
            None => Ok(()),
            Some(order) => Err(order_final(order)),
        }
    }
}

/// Returns that an order is final.
pub(super) fn order_final(order: &Order) -> Rejection {
    let text = format!("production order `{}` is {}", order.name, order.status.name());
    Rejection::new(RejectionKind::OrderFinal, text)
}

/// Returns that an order must be named.
pub(super) fn order_missing() -> Rejection {
    Rejection::new(RejectionKind::OrderMissing, "the command must name a production order")
}
