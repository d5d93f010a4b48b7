//! What commands do in the model, each rule as the contract says it.

use super::captures::Pause;
use super::command::ModelCommand;
use super::names::{CommandKind, ConflictStrategy, EndReason, EventKind, OrderStatus, RecordStatus, StartReason};
use super::plant::{Micros, OrderRule, UnknownOrders};
use super::record::Rejected;
use super::starts::Opening;
use super::stops::Ending;
use super::world::World;

impl World<'_> {
    /// Does what a command asks, or keeps why not.
    pub(super) fn obey(&mut self, command: &ModelCommand) {
        self.runs_before = self.runs.len();
        let operation = self.plant.operations.iter().position(|row| row.name == command.operation);
        let done = match operation {
            None => Err(Rejected::NotFound),
            Some(operation) => self.obey_of(operation, command),
        };
        self.rejections.extend(done.err());
    }

    fn obey_of(&mut self, operation: usize, command: &ModelCommand) -> Result<(), Rejected> {
        match command.kind {
            CommandKind::Edit => self.edit(operation, command),
            CommandKind::Split => self.cut(operation, command),
            CommandKind::Start
            | CommandKind::Stop
            | CommandKind::Pause
            | CommandKind::Resume
            | CommandKind::Cancel
            | CommandKind::Fault
            | CommandKind::Execute
            | CommandKind::SetOrder => self.operate(operation, command),
        }
    }

    fn operate(&mut self, operation: usize, command: &ModelCommand) -> Result<(), Rejected> {
        if self.plant.parent_of(operation).is_some() {
            return Err(Rejected::StateConflict);
        }
        let open = self.open_run(operation);
        match (command.kind, open) {
            (CommandKind::Start | CommandKind::Execute, _) => self.start_by_command(operation, command),
            (CommandKind::SetOrder, _) => self.set_order(operation, command),
            (_, None) => Err(Rejected::StateConflict),
            (CommandKind::Stop, Some(run)) => self.stop_by_command(run, command),
            (CommandKind::Pause, Some(run)) => {
                self.expect_status(run, RecordStatus::Running).map(|()| self.pause(operation))
            }
            (CommandKind::Resume, Some(run)) => {
                self.expect_status(run, RecordStatus::Paused).map(|()| self.resume(operation))
            }
            (CommandKind::Cancel, Some(run)) => {
                self.end(run, RecordStatus::Cancelled);
                Ok(())
            }
            (CommandKind::Fault, Some(run)) => {
                self.end(run, RecordStatus::Faulted);
                Ok(())
            }
            (CommandKind::Edit | CommandKind::Split, Some(_)) => unreachable!("handled above"),
        }
    }

    fn expect_status(&self, run: usize, status: RecordStatus) -> Result<(), Rejected> {
        if self.runs[run].record.status == status { Ok(()) } else { Err(Rejected::StateConflict) }
    }

    fn start_by_command(&mut self, operation: usize, command: &ModelCommand) -> Result<(), Rejected> {
        let configured = &self.plant.operations[operation];
        if !configured.enabled {
            return Err(Rejected::StateConflict);
        }
        let scope = self.scope(operation);
        let conflict = scope.iter().any(|other| self.open_run(*other).is_some() && !self.stop_pending(*other));
        match configured.conflict_strategy {
            ConflictStrategy::Ignore if conflict => {
                self.counts.ignored += 1;
                return Err(Rejected::StateConflict);
            }
            ConflictStrategy::ThrowException if conflict => return Err(Rejected::StateConflict),
            ConflictStrategy::StopPrevious | ConflictStrategy::Ignore | ConflictStrategy::ThrowException => {}
        }
        let start = self.past(command.since)?;
        if command.since.is_some() && scope.iter().any(|other| start < self.free_since(*other)) {
            return Err(Rejected::TimeBeforePrevious);
        }
        match &command.order {
            None if matches!(configured.order, OrderRule::Manual(_)) => return Err(Rejected::OrderMissing),
            None => {}
            Some(order) => self.refuse_final(order)?,
        }
        for other in &scope {
            self.close_pending(*other);
        }
        for other in scope {
            if let Some(run) = self.open_run(other) {
                self.close(run, Ending::completed(start, EndReason::Conflict));
            }
        }
        let mut opening = Opening::new(operation, start, StartReason::Command, self.now);
        opening.order.clone_from(&command.order);
        self.open(&opening);
        if command.kind == CommandKind::Execute {
            let run = self.open_run(operation).expect("it has just opened");
            self.close(run, Ending::completed(self.now, EndReason::Command));
        }
        Ok(())
    }

    /// Returns since when an operation of the scope lets another record open.
    fn free_since(&self, operation: usize) -> Micros {
        let ends = self.runs.iter().filter(|run| run.operation == operation).filter_map(|run| run.record.end);
        let open = self.open_run(operation).map(|run| match &self.memories[operation].stop.hold {
            Some(hold) if self.stop_pending(operation) => hold.edge.at,
            Some(_) | None => self.runs[run].record.start,
        });
        ends.chain(open).max().unwrap_or(Micros::MIN)
    }

    fn past(&self, time: Option<Micros>) -> Result<Micros, Rejected> {
        let time = time.unwrap_or(self.now);
        if time > self.now { Err(Rejected::TimeInFuture) } else { Ok(time) }
    }

    fn refuse_final(&self, order: &str) -> Result<(), Rejected> {
        let status = self.orders.iter().find(|(name, _)| name == order).map(|(_, status)| *status);
        if status.is_some_and(OrderStatus::is_final) { Err(Rejected::OrderFinal) } else { Ok(()) }
    }

    fn stop_by_command(&mut self, run: usize, command: &ModelCommand) -> Result<(), Rejected> {
        let end = self.past(command.since)?;
        if end < self.runs[run].record.start {
            return Err(Rejected::TimeBeforePrevious);
        }
        self.close(run, Ending::completed(end, EndReason::Command));
        Ok(())
    }

    fn end(&mut self, run: usize, status: RecordStatus) {
        self.close(run, Ending { status, ..Ending::completed(self.now, EndReason::Command) });
    }

    fn set_order(&mut self, operation: usize, command: &ModelCommand) -> Result<(), Rejected> {
        let is_manual = matches!(self.plant.operations[operation].order, OrderRule::Manual(_));
        let open = self.open_run(operation);
        if open.is_none() && !is_manual {
            return Err(Rejected::StateConflict);
        }
        let order = command.order.as_ref().ok_or(Rejected::OrderMissing)?;
        self.refuse_final(order)?;
        if is_manual {
            self.assigned[operation] = Some(order.clone());
        }
        let Some(run) = open else { return Ok(()) };
        if self.runs[run].record.production_order.as_ref() != Some(order) {
            self.swap_order(run, order);
        }
        self.runs[run].order_is_commanded = true;
        Ok(())
    }

    fn pause(&mut self, operation: usize) {
        if let Some(run) = self.open_run(operation).filter(|run| self.runs[*run].record.status == RecordStatus::Running)
        {
            self.runs[run].record.status = RecordStatus::Paused;
            self.runs[run].pauses.push(((self.now, self.scan), None));
            self.tell(EventKind::Paused, operation);
        }
        self.plant.children_of(operation).into_iter().for_each(|child| self.pause(child));
    }

    fn resume(&mut self, operation: usize) {
        if let Some(run) = self.open_run(operation).filter(|run| self.runs[*run].record.status == RecordStatus::Paused)
        {
            self.runs[run].record.status = RecordStatus::Running;
            if let Some(pause) = self.runs[run].pauses.last_mut() {
                pause.1 = Some((self.now, self.scan));
            }
            self.runs[run].record.paused = self.paused_until(run, self.now);
            self.tell(EventKind::Resumed, operation);
        }
        self.plant.children_of(operation).into_iter().for_each(|child| self.resume(child));
    }

    /// Returns how long a run stood before a time.
    pub(super) fn paused_until(&self, run: usize, until: Micros) -> Micros {
        let stood = |(from, to): &Pause| (to.map_or(until, |to| to.0).min(until) - from.0).max(0);
        self.runs[run].pauses.iter().map(stood).sum()
    }

    /// Returns the operation's run that opened last.
    fn last_run(&self, operation: usize) -> Result<usize, Rejected> {
        self.runs.iter().rposition(|run| run.operation == operation).ok_or(Rejected::NotFound)
    }

    /// Cuts the operation's last run in two.
    fn cut(&mut self, operation: usize, command: &ModelCommand) -> Result<(), Rejected> {
        let run = self.last_run(operation)?;
        if self.runs[run].record.end.is_some() || self.plant.parent_of(operation).is_some() {
            return Err(Rejected::StateConflict);
        }
        let at = self.past(command.since)?;
        if at < self.runs[run].record.start {
            return Err(Rejected::TimeBeforePrevious);
        }
        let hold = self.memories[operation].stop.hold.as_ref();
        if self.stop_pending(operation) && hold.is_some_and(|hold| hold.edge.at < at) {
            return Err(Rejected::StateConflict);
        }
        let is_manual = matches!(self.plant.operations[operation].order, OrderRule::Manual(_));
        let keeps = is_manual || self.runs[run].order_is_commanded;
        let order = self.runs[run].record.production_order.clone().filter(|_| keeps);
        let (began_as, loss) = (self.runs[run].began_as, self.memories[operation].lost_in_stop_hold);
        self.close(run, Ending::completed(at, EndReason::Split));
        self.memories[operation].lost_in_stop_hold = loss;
        let mut opening = Opening::new(operation, at, StartReason::Split, self.now);
        opening.began_as = Some(began_as);
        opening.order = order;
        opening.pauses = pauses_since(&self.runs[run].pauses, at);
        self.open(&opening);
        Ok(())
    }

    /// Corrects the operation's last run, and those below it.
    fn edit(&mut self, operation: usize, command: &ModelCommand) -> Result<(), Rejected> {
        let run = self.last_run(operation)?;
        let Some(old_end) = self.runs[run].record.end else { return Err(Rejected::StateConflict) };
        if self.plant.parent_of(operation).is_some() {
            return Err(Rejected::StateConflict);
        }
        let old = (self.runs[run].record.start, old_end);
        let new = (command.since.unwrap_or(old.0), command.until.unwrap_or(old.1));
        if new.0 > self.now || new.1 > self.now {
            return Err(Rejected::TimeInFuture);
        }
        if new.1 < new.0 {
            return Err(Rejected::TimeBeforePrevious);
        }
        let mut moves = vec![(run, old, new)];
        self.move_children(run, old, new, &mut moves);
        if moves.iter().any(|(run, old, new)| self.overlaps(*run, *old, *new)) {
            return Err(Rejected::RecordOverlap);
        }
        if let Some(order) = &command.order {
            let is_known = self.orders.iter().any(|(name, _)| name == order);
            if !is_known && self.plant.unknown_orders == UnknownOrders::Create {
                self.orders.push((order.clone(), OrderStatus::Idle));
            }
            self.runs[run].record.production_order = Some(order.clone());
        }
        for (run, old, new) in moves {
            self.move_run(run, old, new);
        }
        Ok(())
    }

    /// Collects the runs below a run that move with it.
    fn move_children(&self, parent: usize, old: Span, new: Span, into: &mut Vec<(usize, Span, Span)>) {
        for child in (0..self.runs.len()).filter(|child| self.runs[*child].parent == Some(parent)) {
            let record = &self.runs[child].record;
            let Some(end) = record.end else { continue };
            let mine = (record.start, end);
            let start = if mine.0 == old.0 { new.0 } else { mine.0.clamp(new.0, new.1) };
            let end = if mine.1 == old.1 { new.1 } else { mine.1 };
            let moved = (start, end.clamp(start, new.1));
            if moved != mine {
                into.push((child, mine, moved));
                self.move_children(child, mine, moved, into);
            }
        }
    }

    /// Says whether a run that moves gets into another of its operation.
    fn overlaps(&self, run: usize, old: Span, new: Span) -> bool {
        let others = || {
            let same = |other: &usize| *other != run && self.runs[*other].operation == self.runs[run].operation;
            (0..self.runs.len()).filter(same).map(|other| &self.runs[other].record)
        };
        let before = others().filter_map(|other| other.end).filter(|end| *end <= old.0).max();
        let behind = others().map(|other| other.start).filter(|start| *start >= old.1).min();
        let earlier = new.0 < old.0 && before.is_some_and(|end| new.0 < end);
        earlier || (new.1 > old.1 && behind.is_some_and(|start| new.1 > start))
    }

    fn move_run(&mut self, run: usize, old: Span, new: Span) {
        let operation = self.runs[run].operation;
        let record = &mut self.runs[run].record;
        (record.start, record.end) = (new.0, Some(new.1));
        if old != new {
            record.paused = record.paused.min(new.1 - new.0);
            let running = new.1 - new.0 - record.paused;
            record.overrun = record.expected_micros().is_some_and(|expected| running > expected);
        }
        self.tell(EventKind::Edited, operation);
    }
}

/// From when to when.
type Span = (Micros, Micros);

/// Returns the pauses of a run that goes on from a time.
pub(super) fn pauses_since(pauses: &[Pause], start: Micros) -> Vec<Pause> {
    let later = pauses.iter().filter(|(_, to)| to.is_none_or(|to| to.0 > start));
    later.map(|(from, to)| (if from.0 < start { (start, 0) } else { *from }, *to)).collect()
}
