//! Operations drive jobs: what a record that closes does (`spec/jobs.md` section 6).

use latchwork_expr::{Text, Value};
use serde_json::{Map, Value as Json, json};

use super::changes::Changes;
use super::draft::{Draft, Run, Scene};
use super::event::JobEventKind;
use super::follow::told_of;
use super::rows::Rows;
use super::settings::{GOOD, LegCompletion, SCRAP};
use super::state::{JobState, Pause};
use crate::record::{EndReason, Status};

/// A record that closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closing {
    /// How it closed.
    pub status: Status,
    /// Why.
    pub reason: EndReason,
    /// The parts that it counted; `None`: nobody knows how many were good.
    pub parts: Option<MadeParts>,
    /// When its operation completes legs.
    pub completion: LegCompletion,
}

/// The parts that a run made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MadeParts {
    /// Good ones.
    pub good: u64,
    /// Scrap.
    pub scrap: u64,
}

impl MadeParts {
    /// Returns what the captures of a record say; `None` without a count of the good ones. Parts are whole: a fraction of
    /// one is none, and a number below zero is no count.
    pub fn of(captures: &[(Text, Value)]) -> Option<Self> {
        let count = |name: &str| whole(&captures.iter().find(|(known, _)| known.as_str() == name)?.1);
        Some(Self { good: count(GOOD)?, scrap: count(SCRAP).unwrap_or(0) })
    }
}

/// Returns a count as a whole number; `None` if it is none.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "what is below zero was sorted out")]
fn whole(value: &Value) -> Option<u64> {
    value.as_float().filter(|count| count.is_finite() && *count >= 0.0).map(|count| count as u64)
}

/// What the end of a record is to its leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    /// It did not count: the leg stands.
    Void,
    /// Its parts count; the leg is completed if all of them are counted.
    Counts,
    /// Its parts count, and the leg is completed.
    Completes,
}

impl Closing {
    fn ending(&self) -> Ending {
        match self.status {
            Status::Cancelled | Status::Faulted | Status::Unknown => return Ending::Void,
            Status::Completed | Status::Idle | Status::Running | Status::Paused => {}
        }
        match (self.completion, self.reason) {
            (
                LegCompletion::AtStop,
                EndReason::Trigger | EndReason::Command | EndReason::Parent | EndReason::ProductionOrderChanged,
            ) => Ending::Completes,
            (LegCompletion::WhenCounted, _)
            | (
                LegCompletion::AtStop,
                EndReason::Conflict
                | EndReason::MaxDuration
                | EndReason::Fault
                | EndReason::Disabled
                | EndReason::Restart
                | EndReason::Split,
            ) => Ending::Counts,
        }
    }
}

/// Decides what the end of a record does to the leg that follows it. `None` if none does, or nothing is to be said of it.
pub fn record_closed(closing: &Closing, rows: Rows, scene: Scene<'_>) -> Option<Changes> {
    let mut draft = Draft::new(rows, scene);
    let run = draft.run()?.clone();
    let leg = draft.rows.legs.iter().position(|leg| leg.operation_record_id == Some(run.record))?;
    match (closing.ending(), closing.parts) {
        (Ending::Void, _) => draft.stand(leg, &run).then_some(())?,
        (Ending::Counts | Ending::Completes, None) => {
            draft.tell_of(leg, JobEventKind::PartsUncounted, told_of(&run));
        }
        (ending @ (Ending::Counts | Ending::Completes), Some(parts)) => {
            draft.add(leg, parts, ending, &run).then_some(())?;
        }
    }
    draft.settle();
    Some(draft.finish())
}

impl Draft<'_> {
    /// Has a leg stand until the operation's next run; tells whether it ran.
    fn stand(&mut self, leg: usize, run: &Run) -> bool {
        let ran = self.rows.legs[leg].state == JobState::Running;
        if ran {
            self.tell_of(leg, JobEventKind::JobPaused, told_of(run));
            self.pause(leg, Pause::Operation(run.operation), self.at);
        }
        ran
    }

    /// Adds the parts of a run to a leg, and has it end, stand or stay; tells whether there is anything to tell.
    fn add(&mut self, leg: usize, parts: MadeParts, ending: Ending, run: &Run) -> bool {
        let mut told = told_of(run);
        told.insert("counted".to_owned(), json!({"good": parts.good, "scrap": parts.scrap}));
        match self.rows.legs[leg].state {
            JobState::Running | JobState::Paused => self.count(leg, parts, ending, told),
            // Somebody completed it, or gave it up, while the machine ran.
            JobState::Pending | JobState::Queued | JobState::Completed | JobState::Failed | JobState::Cancelled => {
                let excess = parts.good.saturating_add(parts.scrap);
                told.insert("excess".to_owned(), json!(excess));
                if excess > 0 {
                    self.tell_of(leg, JobEventKind::PartsExcess, told);
                }
                return excess > 0;
            }
        }
        true
    }

    fn count(&mut self, leg: usize, parts: MadeParts, ending: Ending, told: Map<String, Json>) {
        let excess = self.take_in(leg, parts);
        let row = &self.rows.legs[leg];
        let missing = row.input - row.good - row.scrap;
        if missing == 0 || ending == Ending::Completes {
            self.complete_by_run(leg, missing, told);
        } else {
            self.stand_with(leg, told);
        }
        if excess > 0 {
            self.tell_of(leg, JobEventKind::PartsExcess, Map::from_iter([("excess".to_owned(), json!(excess))]));
        }
    }

    /// Adds parts to what is counted; returns how many more there are than came. Of those the good ones are not believed
    /// first: who threw something away knows that it was there.
    fn take_in(&mut self, leg: usize, parts: MadeParts) -> u64 {
        let row = &mut self.rows.legs[leg];
        let (good, scrap) = (row.good.saturating_add(parts.good), row.scrap.saturating_add(parts.scrap));
        row.scrap = scrap.min(row.input);
        row.good = good.min(row.input - row.scrap);
        good.saturating_add(scrap) - row.good - row.scrap
    }

    /// Completes a leg; what is missing is lost.
    fn complete_by_run(&mut self, leg: usize, missing: u64, told: Map<String, Json>) {
        self.tell_of(leg, JobEventKind::JobCompleted, told);
        let way = self.onward(leg);
        self.rows.legs[leg].lost = missing;
        self.end_leg(leg, way);
        if missing > 0 {
            let told = Map::from_iter([("lost".to_owned(), json!(missing))]);
            self.tell_of(leg, JobEventKind::PartsUnaccounted, told);
        }
    }

    /// Has a leg stand with what was counted; one that somebody paused stays so.
    fn stand_with(&mut self, leg: usize, told: Map<String, Json>) {
        match (self.rows.legs[leg].state, self.run().map(|run| run.operation)) {
            (JobState::Running, Some(operation)) => {
                self.tell_of(leg, JobEventKind::JobPaused, told);
                self.pause(leg, Pause::Operation(operation), self.at);
            }
            (_, _) => self.tell_of(leg, JobEventKind::PartsCounted, told),
        }
    }
}
