//! What a command means by a name or a time.

use latchwork_expr::{Timestamp, closest, instant_text};
use ulid::Ulid;

use super::OperationInfo;
use super::answer::{Rejection, RejectionKind};
use super::table::Standing;
use crate::limits::FAULT_EVENT_INTERVAL_MICROS;
use crate::plant::{LocationIndex, OperationIndex, TriggerSource};
use crate::record::Status;
use crate::scan::Moment;
use crate::step::{Engine, Turn};

impl Engine {
    /// Returns the operation of a name that commands may be given to.
    pub(super) fn commanded(&self, info: &OperationInfo) -> Result<OperationIndex, Rejection> {
        let operation = self.named(info)?;
        self.may_be_commanded(operation)?;
        Ok(operation)
    }

    /// Refuses an operation that follows its parent.
    pub(super) fn may_be_commanded(&self, operation: OperationIndex) -> Result<(), Rejection> {
        let row = &self.plant.operations[operation.index()];
        match row.trigger_source {
            TriggerSource::Manual | TriggerSource::Expression => Ok(()),
            TriggerSource::Parent => {
                let parent = row.parent.map_or("", |parent| &self.plant.operations[parent.index()].name);
                let text = format!("`{}` follows `{parent}`: give the command to that", row.name);
                Err(Rejection::conflict(text).of(operation))
            }
        }
    }

    /// Returns the operation of a name as commands give it; in words why there is none.
    pub(crate) fn find_named(&self, name: &str) -> Result<OperationIndex, String> {
        let info = OperationInfo { operation: name.to_owned(), ..OperationInfo::default() };
        self.named(&info).map_err(|rejection| rejection.text.to_string())
    }

    pub(super) fn named(&self, info: &OperationInfo) -> Result<OperationIndex, Rejection> {
        let operations = (0_u32..).map(OperationIndex).take(self.plant.operations.len());
        let found: Vec<OperationIndex> = operations.filter(|&operation| self.is_named(operation, info)).collect();
        match *found {
            [operation] => Ok(operation),
            [] => Err(self.not_found(info)),
            _ => {
                let places: Vec<&str> = found.iter().map(|&operation| self.path_of(operation)).collect();
                let text = format!("`{}` is at several locations: {}", info.operation, places.join(", "));
                Err(Rejection::conflict(text))
            }
        }
    }

    fn is_named(&self, operation: OperationIndex, info: &OperationInfo) -> bool {
        let (row, path) = (&self.plant.operations[operation.index()], self.path_of(operation));
        let name = info.operation.as_str();
        let with_path = || name.strip_prefix(path).and_then(|rest| rest.strip_prefix(':')) == Some(row.name.as_str());
        let is_id = || Ulid::from_string(name).is_ok_and(|id| id == row.id);
        let is_there = info.location.as_deref().is_none_or(|location| location == path);
        is_there && (row.name == name || with_path() || is_id())
    }

    fn not_found(&self, info: &OperationInfo) -> Rejection {
        let names = self.plant.operations.iter().map(|row| row.name.as_str());
        let hint = closest(&info.operation, names).map(|name| format!("; did you mean `{name}`?"));
        let place = info.location.as_ref().map(|location| format!(" at `{location}`")).unwrap_or_default();
        let text = format!("there is no operation `{}`{place}{}", info.operation, hint.unwrap_or_default());
        Rejection::new(RejectionKind::NotFound, text)
    }

    fn path_of(&self, operation: OperationIndex) -> &str {
        &self.plant.locations[self.plant.operations[operation.index()].location.index()].path
    }

    /// Returns the operation of an id.
    pub(super) fn operation_of_id(&self, id: Ulid) -> Option<OperationIndex> {
        let mut rows = (0_u32..).map(OperationIndex).zip(&self.plant.operations);
        rows.find(|(_, row)| row.id == id).map(|(operation, _)| operation)
    }

    /// Returns the location of an id.
    pub(super) fn location_of_id(&self, id: Ulid) -> Option<LocationIndex> {
        let mut rows = (0_u32..).map(LocationIndex).zip(&self.plant.locations);
        rows.find(|(_, row)| row.id == id).map(|(location, _)| location)
    }

    /// Returns how an operation stands.
    pub(super) fn standing(&self, operation: OperationIndex) -> Standing {
        match &self.state(operation).run {
            None => Standing::Idle,
            Some(run) if run.record.status == Status::Paused => Standing::Paused,
            Some(_) => Standing::Running,
        }
    }

    /// Tells a rejection as a run-time problem of its operation, at most once a minute. A conflict of runs is told by
    /// its answer alone.
    pub(super) fn note_rejection(&mut self, rejection: &Rejection, turn: &mut Turn<'_>) {
        let (Some(operation), None) = (rejection.operation, rejection.record) else { return };
        self.changed.add(operation);
        let state = self.state_mut(operation);
        state.counters.faults += 1;
        let text = format!("command: {}", rejection.text);
        let held = |told| turn.now.monotonic.micros_since(told) < FAULT_EVENT_INTERVAL_MICROS;
        if state.trouble.told.is_some_and(held) {
            state.trouble.text = Some(text.into());
        } else {
            self.tell_fault(operation, text, turn);
        }
    }
}

/// Returns the moment that a command asks for, or now. It may be in the past, never in the future.
pub(super) fn asked_moment(at: Option<Timestamp>, now: Moment) -> Result<Moment, Rejection> {
    let Some(at) = at else { return Ok(now) };
    if at > now.wall {
        let text = format!("{} is in the future", instant_text(at));
        return Err(Rejection::new(RejectionKind::TimeInFuture, text));
    }
    Ok(now.plus_micros(at.0.saturating_sub(now.wall.0)))
}

/// Refuses a moment that somebody named if it is before another; on the monotonic axis it is never.
pub(super) fn not_before(at: Moment, asked: Option<Timestamp>, bound: Moment, what: &str) -> Result<Moment, Rejection> {
    if asked.is_some_and(|asked| asked < bound.wall) {
        let text = format!("{} is before {what} at {}", instant_text(at.wall), instant_text(bound.wall));
        return Err(Rejection::new(RejectionKind::TimeBeforePrevious, text));
    }
    Ok(Moment { monotonic: at.monotonic.max(bound.monotonic), ..at })
}
