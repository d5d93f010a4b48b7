//! Edit: what a closed record says is corrected, and its times in the records below it too. The record is never reopened.

use latchwork_expr::{Timestamp, instant_text};

use super::EditInfo;
use super::answer::{Accepted, Rejection, RejectionKind};
use super::fetched::{Fetched, FetchedRecord};
use crate::effect::{EventKind, Info};
use crate::lifecycle::micros;
use crate::record::{Modified, OrderLink, Record};
use crate::scan::Moment;
use crate::step::{Engine, Turn};

/// From when to when a record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    start: Timestamp,
    end: Timestamp,
}

/// A record that is to be changed.
struct Change {
    record: Record,
    before: Span,
    after: Span,
    /// Whether it is the operation's last one.
    is_last: bool,
}

impl Engine {
    /// Changes a closed record.
    pub(super) fn edit(
        &mut self,
        info: &EditInfo,
        fetched: Option<&Fetched>,
        turn: &mut Turn<'_>,
    ) -> Result<Accepted, Rejection> {
        let changes = self.changes(info, fetched, turn.now)?;
        let link = info.production_order.clone().map(|name| self.link(name, turn));
        let mut edited = None;
        for (place, change) in changes.into_iter().enumerate() {
            let own = (place == 0).then_some((info, link.clone()));
            let record = self.apply(change, own, turn);
            edited.get_or_insert(record);
        }
        Ok(self.accepted(edited, turn))
    }

    /// Returns what is to be changed: the record, and those below it whose times change with it.
    fn changes(&self, info: &EditInfo, fetched: Option<&Fetched>, now: Moment) -> Result<Vec<Change>, Rejection> {
        let rows = fetched.map_or(&[][..], |fetched| &fetched.records);
        let Some(named) = rows.first() else {
            return Err(Rejection::new(RejectionKind::NotFound, format!("there is no record {}", info.record)));
        };
        let first = self.named_change(named, info)?;
        let operation = first.record.operation;
        let mut changes: Vec<Change> = Vec::new();
        let refused = |rejection: Rejection| rejection.of(operation);
        if first.after != first.before {
            // Who corrects only the notes or the order says nothing of times, be they in the future of a clock that was set.
            check_span(first.after, now).map_err(refused)?;
        }
        check_overlap(named, &first).map_err(refused)?;
        self.check_open_run(&first).map_err(refused)?;
        changes.push(first);
        for row in &rows[1..] {
            let Some(parent) = changes.iter().find(|change| Some(change.record.id) == row.parent) else { continue };
            let Some(change) = self.change_of(row, |before| following(before, parent)) else { continue };
            if change.before != change.after {
                check_overlap(row, &change).map_err(refused)?;
                changes.push(change);
            }
        }
        Ok(changes)
    }

    /// Returns what is to be changed of the record that is named.
    fn named_change(&self, row: &FetchedRecord, info: &EditInfo) -> Result<Change, Rejection> {
        let is_open = row.end.is_none() || self.open_records().any(|record| record.id == row.id);
        if is_open {
            return Err(Rejection::conflict("the record is open: only closed records are edited"));
        }
        let asked =
            |before: Span| Span { start: info.start.unwrap_or(before.start), end: info.end.unwrap_or(before.end) };
        let Some(change) = self.change_of(row, asked) else {
            return Err(Rejection::conflict("the configuration no longer has the record's operation or location"));
        };
        self.may_be_commanded(change.record.operation)?;
        Ok(change)
    }

    fn change_of(&self, row: &FetchedRecord, asked: impl FnOnce(Span) -> Span) -> Option<Change> {
        let before = Span { start: row.start, end: row.end? };
        Some(Change { record: self.record_of(row)?, before, after: asked(before), is_last: row.next_start.is_none() })
    }

    /// Refuses an end behind the start of the operation's open run, which may have opened since the record was fetched.
    fn check_open_run(&self, Change { record, before, after, .. }: &Change) -> Result<(), Rejection> {
        match &self.state(record.operation).run {
            Some(run) if after.end > run.record.start.wall && after.end > before.end => {
                let text = format!("the open record began at {}", instant_text(run.record.start.wall));
                Err(Rejection::new(RejectionKind::RecordOverlap, text))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Makes a change; the record that was named also takes its order and notes.
    fn apply(&mut self, change: Change, own: Option<(&EditInfo, Option<OrderLink>)>, turn: &mut Turn<'_>) -> Record {
        self.move_latest(&change);
        let Change { mut record, before, after, .. } = change;
        record.start = record.start.plus_micros(after.start.0.saturating_sub(before.start.0));
        record.end = record.end.map(|end| end.plus_micros(after.end.0.saturating_sub(before.end.0)));
        if let Some((info, link)) = own {
            record.order = link.or(record.order);
            record.notes = info.notes.clone().or(record.notes);
        }
        if before != after {
            measure(&mut record);
        }
        record.revision += 1;
        record.modified = Some(Modified { by: turn.origin.actor.clone(), at: turn.now.wall });
        turn.tell(EventKind::OperationEdited, Info::Record(Box::new(record.clone())));
        record
    }

    /// What the engine remembers of an operation's latest record moves with it.
    fn move_latest(&mut self, change: &Change) {
        let Change { record, before, after, is_last } = change;
        if !is_last {
            return;
        }
        let operation = record.operation;
        let state = self.state_mut(operation);
        if let Some(latest) = state.latest.as_mut().filter(|latest| latest.began().wall == before.start) {
            let moved = latest.began().plus_micros(after.start.0.saturating_sub(before.start.0));
            latest.moved = (moved != latest.start).then_some(moved);
        }
        if let Some(end) = state.latest_end.as_mut().filter(|end| end.wall == before.end) {
            *end = end.plus_micros(after.end.0.saturating_sub(before.end.0));
        }
        self.changed.add(operation);
    }
}

/// Returns how a record moves with its parent's: an end of it that was its parent's goes along, else it stays within.
fn following(before: Span, parent: &Change) -> Span {
    let Span { start: first, end: last } = parent.after;
    let start = if before.start == parent.before.start { first } else { before.start };
    let end = if before.end == parent.before.end { last } else { before.end };
    let start = start.clamp(first, last);
    Span { start, end: end.clamp(start, last) }
}

fn check_span(Span { start, end }: Span, now: Moment) -> Result<(), Rejection> {
    if let Some(late) = [start, end].into_iter().find(|&time| time > now.wall) {
        let text = format!("{} is in the future", instant_text(late));
        return Err(Rejection::new(RejectionKind::TimeInFuture, text));
    }
    if end < start {
        let text = format!("the end, {}, is before the start, {}", instant_text(end), instant_text(start));
        return Err(Rejection::new(RejectionKind::TimeBeforePrevious, text));
    }
    Ok(())
}

/// Refuses times at which another record of the operation was there.
fn check_overlap(row: &FetchedRecord, Change { before, after, .. }: &Change) -> Result<(), Rejection> {
    let previous = row.previous_end.filter(|&end| after.start < end && after.start < before.start);
    let next = row.next_start.filter(|&start| after.end > start && after.end > before.end);
    let text = match (previous, next) {
        (Some(end), _) => format!("the record before ended at {}", instant_text(end)),
        (None, Some(start)) => format!("the next record began at {}", instant_text(start)),
        (None, None) => return Ok(()),
    };
    Err(Rejection::new(RejectionKind::RecordOverlap, text))
}

/// Works out what hangs on a record's times. What stood by command cannot have been longer than the run.
fn measure(record: &mut Record) {
    let duration = record.duration_micros().unwrap_or_default();
    record.paused_micros = record.paused_micros.min(duration);
    let running = duration - record.paused_micros;
    record.overrun = record.expected_duration_seconds.is_some_and(|expected| running > micros(expected));
}
