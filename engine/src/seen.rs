//! Until when an operation was seen: the last scan in which its stop level was known (`spec/engine.md` section 6).

use latchwork_expr::Timestamp;

use crate::plant::{OperationIndex, TriggerSource};
use crate::record::{Record, Status};
use crate::scan::Moment;
use crate::step::{Engine, Turn};

impl Engine {
    /// Tells whether it is known if a run of an operation should end: its stop level is known, or it has none. A
    /// child ends with its parent.
    pub fn stop_level_is_known(&self, operation: OperationIndex) -> bool {
        let row = &self.plant.operations[operation.index()];
        match (row.trigger_source, row.parent, &row.stop) {
            (TriggerSource::Parent, Some(parent), _) => self.stop_level_is_known(parent),
            (TriggerSource::Expression, _, Some(_)) => self.state(operation).stop.is_known(),
            (TriggerSource::Parent | TriggerSource::Expression | TriggerSource::Manual, _, _) => true,
        }
    }

    /// Returns the last scan in which the stop level was known: this one, if it is; `None` if there was none.
    pub fn last_seen(&self, operation: OperationIndex, now: Moment) -> Option<Moment> {
        if self.stop_level_is_known(operation) {
            return Some(now);
        }
        match self.plant.operations[operation.index()].parent {
            Some(parent) => self.last_seen(parent, now),
            None => self.state(operation).last_seen,
        }
    }

    /// Returns an operation's open record as it is at a moment.
    pub fn record_as_of(&self, operation: OperationIndex, now: Moment) -> Option<Record> {
        let run = self.state(operation).run.as_ref()?;
        let last_seen = self.last_seen(operation, now).map(|seen| seen.wall);
        let captures = self.captures_so_far(operation, now);
        Some(Record { last_seen, captures, ..run.record.clone() })
    }

    /// Returns when a record that closes now was last seen: one whose end nobody saw was, at the end that it gets.
    pub(crate) fn seen_at_end(
        &self,
        operation: OperationIndex,
        status: Status,
        end: Moment,
        turn: &Turn<'_>,
    ) -> Option<Timestamp> {
        let seen = if status == Status::Unknown { Some(end) } else { self.last_seen(operation, turn.now) };
        seen.map(|seen| seen.wall)
    }

    /// Notes that the stop level is unknown from this scan on: the one before was the last in which it was known. Not
    /// at a boot: nobody saw the machine while the gateway was down, and until when it was seen is retained.
    pub(crate) fn note_unseen(&mut self, operation: OperationIndex, turn: &Turn<'_>) {
        if self.boot_scan != Some(turn.sequence) {
            self.state_mut(operation).last_seen = Some(self.last.unwrap_or(turn.now));
        }
    }
}
