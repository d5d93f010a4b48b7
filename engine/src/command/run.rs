//! What commands do to an operation and its open record.

use ulid::Ulid;

use super::answer::{Accepted, Done, Rejection, RejectionKind};
use super::find::{asked_moment, not_before};
use super::open::order_missing;
use super::table::{Verdict, verdict};
use super::{OperationInfo, Verb};
use crate::effect::EventKind;
use crate::ids;
use crate::lifecycle::Closing;
use crate::plant::{OperationIndex, OrderResolution};
use crate::record::{EndReason, Record, Status};
use crate::step::{Engine, Turn};
use crate::timer::TimerKind;

impl Engine {
    /// Does something to an operation.
    pub(super) fn operate(
        &mut self,
        verb: Verb,
        info: &OperationInfo,
        turn: &mut Turn<'_>,
    ) -> Result<Accepted, Rejection> {
        let operation = self.commanded(info)?;
        let done = self.operate_on(operation, verb, info, turn);
        if done.is_ok() {
            // The later phases see to what hangs on it: captures, windows of the schedule.
            self.touched.follow(operation);
            self.state_mut(operation).trouble.text = None;
        }
        done.map_err(|rejection| rejection.of(operation))
    }

    fn operate_on(
        &mut self,
        operation: OperationIndex,
        verb: Verb,
        info: &OperationInfo,
        turn: &mut Turn<'_>,
    ) -> Result<Accepted, Rejection> {
        match verdict(self.standing(operation), verb) {
            Verdict::Opens | Verdict::OpensAndCloses => {
                let opened = self.open_by_command(operation, verb, info, turn);
                if opened.as_ref().is_err_and(|rejection| rejection.record.is_some()) {
                    self.count_conflict(operation);
                }
                opened
            }
            Verdict::Completes => self.complete(operation, info, turn),
            Verdict::Cancels => Ok(self.end(operation, Status::Cancelled, info, turn)),
            Verdict::Faults => Ok(self.end(operation, Status::Faulted, info, turn)),
            Verdict::Pauses => Ok(self.pause(operation, info, turn)),
            Verdict::Resumes => Ok(self.resume_run(operation, info, turn)),
            Verdict::Assigns => self.assign_order(operation, info, turn),
            Verdict::SetsOrder => self.set_order(operation, info, turn),
            Verdict::Refused(reason) => Err(Rejection::conflict(reason)),
        }
    }

    /// Cancels an open record with those below it. One that follows its parent's is no exception: what it drives was given
    /// up, not what the parent's does.
    pub(super) fn abandon(&mut self, record: Ulid, turn: &mut Turn<'_>) -> Result<Accepted, Rejection> {
        let found = self.open_records().find(|open| open.id == record).map(|open| open.operation);
        let not_found = || Rejection::new(RejectionKind::NotFound, format!("no record {record} is open"));
        let operation = found.ok_or_else(not_found)?;
        self.touched.follow(operation);
        Ok(self.end(operation, Status::Cancelled, &OperationInfo::default(), turn))
    }

    /// Closes the open record as it should.
    fn complete(
        &mut self,
        operation: OperationIndex,
        info: &OperationInfo,
        turn: &mut Turn<'_>,
    ) -> Result<Accepted, Rejection> {
        let mut at = asked_moment(info.at, turn.now)?;
        if let Some(run) = &self.state(operation).run {
            at = not_before(at, info.at, run.record.start, "the start of the record")?;
        }
        self.note(operation, info);
        let closed = self.close(operation, Closing::unflagged(at, EndReason::Command), turn);
        Ok(self.accepted(closed.map(|run| run.record), turn))
    }

    /// Closes the open record now, with a status.
    fn end(
        &mut self,
        operation: OperationIndex,
        status: Status,
        info: &OperationInfo,
        turn: &mut Turn<'_>,
    ) -> Accepted {
        self.note(operation, info);
        let closed = self.close(operation, Closing::by_command(turn.now, status), turn);
        self.accepted(closed.map(|run| run.record), turn)
    }

    fn pause(&mut self, operation: OperationIndex, info: &OperationInfo, turn: &mut Turn<'_>) -> Accepted {
        self.note(operation, info);
        self.pause_family(operation, turn);
        self.accepted_open(operation, turn)
    }

    fn resume_run(&mut self, operation: OperationIndex, info: &OperationInfo, turn: &mut Turn<'_>) -> Accepted {
        self.note(operation, info);
        self.resume_family(operation, turn);
        self.accepted_open(operation, turn)
    }

    /// Assigns an order to the runs to come, where one can be.
    fn assign_order(
        &mut self,
        operation: OperationIndex,
        info: &OperationInfo,
        turn: &Turn<'_>,
    ) -> Result<Accepted, Rejection> {
        let row = &self.plant.operations[operation.index()];
        match row.order {
            OrderResolution::Manual => {}
            OrderResolution::None | OrderResolution::Schedule | OrderResolution::Expression(..) => {
                let text = format!("`{}` has no open record, and its orders are not assigned beforehand", row.name);
                return Err(Rejection::conflict(text));
            }
        }
        let order = info.production_order.clone().ok_or_else(order_missing)?;
        self.check_not_final(&order)?;
        self.state_mut(operation).assigned_order = Some(order);
        Ok(self.accepted(None, turn))
    }

    /// Gives the open record an order, which its expression does not change any more.
    fn set_order(
        &mut self,
        operation: OperationIndex,
        info: &OperationInfo,
        turn: &mut Turn<'_>,
    ) -> Result<Accepted, Rejection> {
        let order = info.production_order.clone().ok_or_else(order_missing)?;
        self.check_not_final(&order)?;
        if matches!(self.plant.operations[operation.index()].order, OrderResolution::Manual) {
            self.state_mut(operation).assigned_order = Some(order.clone());
        }
        let revision = |engine: &Self| engine.state(operation).run.as_ref().map(|run| run.record.revision);
        let before = revision(self);
        self.note(operation, info);
        self.follow_order(operation, order, turn);
        if revision(self) == before && info.notes.is_some() {
            self.tell_noted(operation, turn);
        }
        if let Some(run) = &mut self.state_mut(operation).run {
            run.order_is_commanded = true;
        }
        Ok(self.accepted_open(operation, turn))
    }

    /// Keeps why somebody did something as the open record's notes.
    fn note(&mut self, operation: OperationIndex, info: &OperationInfo) {
        if let (Some(run), Some(notes)) = (&mut self.state_mut(operation).run, &info.notes) {
            run.record.notes = Some(notes.clone());
        }
    }

    /// Tells that only the open record's notes changed.
    fn tell_noted(&mut self, operation: OperationIndex, turn: &mut Turn<'_>) {
        if let Some(run) = &mut self.state_mut(operation).run {
            run.record.revision += 1;
            self.tell_record(operation, EventKind::OperationUpdated, turn.now, turn);
        }
    }

    /// Has the open record stand, and those below it.
    fn pause_family(&mut self, operation: OperationIndex, turn: &mut Turn<'_>) {
        self.changed.add(operation);
        let now = turn.now;
        if let Some(run) = self.state_mut(operation).run.as_mut().filter(|run| run.record.status == Status::Running) {
            run.pauses.begin(now);
            run.record.status = Status::Paused;
            run.record.revision += 1;
            self.set_timers_of_pause(operation);
            self.tell_record(operation, EventKind::OperationPaused, now, turn);
        }
        for place in 0..self.wiring.children(operation).len() {
            self.pause_family(self.wiring.children(operation)[place], turn);
        }
    }

    /// Has the open record go on, and those below it.
    fn resume_family(&mut self, operation: OperationIndex, turn: &mut Turn<'_>) {
        self.changed.add(operation);
        let now = turn.now;
        if let Some(run) = self.state_mut(operation).run.as_mut().filter(|run| run.record.status == Status::Paused) {
            run.pauses.end(now);
            run.record.status = Status::Running;
            run.record.paused_micros = run.pauses.micros_until(now);
            run.record.revision += 1;
            self.set_timers_of_pause(operation);
            self.tell_record(operation, EventKind::OperationResumed, now, turn);
        }
        for place in 0..self.wiring.children(operation).len() {
            self.resume_family(self.wiring.children(operation)[place], turn);
        }
    }

    /// What was expected waits while the run stands. An overrun that was told is not told again.
    fn set_timers_of_pause(&mut self, operation: OperationIndex) {
        self.set_run_timers(operation);
        if self.state(operation).run.as_ref().is_some_and(|run| run.record.overrun) {
            self.timers.set(operation, TimerKind::Overrun, None);
        }
    }

    /// Returns that a command was done to the open record.
    pub(super) fn accepted_open(&self, operation: OperationIndex, turn: &Turn<'_>) -> Accepted {
        let record = self.state(operation).run.as_ref().map(|run| run.record.clone());
        self.accepted(record, turn)
    }

    /// Returns that a command was done.
    pub(super) fn accepted(&self, record: Option<Record>, turn: &Turn<'_>) -> Accepted {
        Accepted { event: self.scan_id(turn), done: Done::Record(record.map(Box::new)) }
    }

    /// Returns the id of a command's scan: that of its first event.
    pub(super) fn scan_id(&self, turn: &Turn<'_>) -> Ulid {
        ids::event_id(&self.plant.gateway_id, turn.now.wall, turn.sequence, 0)
    }
}
