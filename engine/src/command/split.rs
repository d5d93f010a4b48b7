//! Split: an open record is cut in two at a moment. Its run goes on, and so does what stands by command.

use super::SplitInfo;
use super::answer::{Accepted, Rejection, RejectionKind};
use super::fetched::Fetched;
use super::find::{asked_moment, not_before};
use crate::lifecycle::{Closing, Opening, Upto, Wishes};
use crate::operation::Run;
use crate::plant::{OperationIndex, OrderResolution};
use crate::record::{EndReason, StartReason};
use crate::scan::Moment;
use crate::step::{Engine, Turn};
use latchwork_expr::instant_text;

impl Engine {
    /// Cuts a record.
    pub(super) fn split(
        &mut self,
        info: &SplitInfo,
        fetched: Option<&Fetched>,
        turn: &mut Turn<'_>,
    ) -> Result<Accepted, Rejection> {
        let operation = self.operation_of_open(info, fetched)?;
        self.may_be_commanded(operation)?;
        let at = self.cut_moment(operation, info, turn.now).map_err(|rejection| rejection.of(operation))?;
        turn.origin.birth = Some(self.scan_id(turn));
        let Some(run) = self.close(operation, Closing::unflagged(at, EndReason::Split), turn) else {
            return Err(not_open(info));
        };
        let opening = Opening {
            at,
            detected_at: turn.now.wall,
            reason: StartReason::Split,
            after_gap: false,
            parent: run.record.parent,
            splits: Some((run.lineage, run.interrupted)),
            from: Upto::This,
            wishes: Wishes { order: self.kept_order(operation, &run), notes: info.notes.clone() },
            pauses: run.pauses.since(at),
        };
        self.open(operation, opening, turn);
        self.state_mut(operation).trouble.text = None;
        self.touched.follow(operation);
        Ok(self.accepted_open(operation, turn))
    }

    /// Returns the order that goes over to the new record: one that a person named. An expression is asked again.
    fn kept_order(&self, operation: OperationIndex, run: &Run) -> Option<crate::record::OrderLink> {
        let is_persons =
            run.order_is_commanded || matches!(self.plant.operations[operation.index()].order, OrderResolution::Manual);
        run.record.order.clone().filter(|_| is_persons)
    }

    fn operation_of_open(&self, info: &SplitInfo, fetched: Option<&Fetched>) -> Result<OperationIndex, Rejection> {
        let is_known = fetched.is_some_and(|fetched| !fetched.records.is_empty());
        let open = self.open_records().find(|record| record.id == info.record);
        match open {
            Some(record) => Ok(record.operation),
            None if is_known => Err(Rejection::conflict("the record is closed: it can only be edited")),
            None => Err(not_open(info)),
        }
    }

    /// Returns where the record is cut: not before its start, and not behind the edge of a stop that is pending, for
    /// that would not concern the new record any more.
    fn cut_moment(&self, operation: OperationIndex, info: &SplitInfo, now: Moment) -> Result<Moment, Rejection> {
        let at = asked_moment(Some(info.at), now)?;
        let state = self.state(operation);
        let Some(run) = &state.run else { return Ok(at) };
        let at = not_before(at, Some(info.at), run.record.start, "the start of the record")?;
        match state.stop.hold().filter(|_| state.stop_is_pending()) {
            Some(hold) if hold.edge.at.monotonic < at.monotonic => {
                let text = format!("a stop is pending since {}", instant_text(hold.edge.at.wall));
                Err(Rejection::conflict(text))
            }
            Some(_) | None => Ok(at),
        }
    }
}

fn not_open(info: &SplitInfo) -> Rejection {
    Rejection::new(RejectionKind::NotFound, format!("there is no record {}", info.record))
}
