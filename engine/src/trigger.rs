//! A trigger's memory: levels in, edges out (`spec/engine.md` section 4).
//!
//! Knows nothing of records but what [`Asks::continues`] carries from an edge to its firing.

use latchwork_expr::{Program, Site, Value, equal, exact};
use serde::{Deserialize, Serialize};

use crate::captures::Cut;
use crate::plant::{FirstScan, Trigger};
use crate::retained::is_default;
use crate::scan::{Moment, Monotonic};

/// What an evaluation said of a level.
#[derive(Clone, Debug)]
pub(crate) enum Level {
    /// Bad, null or an error.
    Unknown,
    /// For the two edges: whether the level is the one that the trigger asks for.
    Asks(bool),
    /// For CHANGE: the value.
    Value(Value),
}

/// Whose trigger it is: they differ after a gap, and for the empty string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Opens records.
    Start,
    /// Closes them, as it should or by a fault.
    Stop,
}

/// When a scan is, and its number: two of one time are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScanTime {
    /// When.
    pub at: Moment,
    /// Its number.
    pub scan: u64,
}

/// A run's identity over all its splits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Lineage(pub(crate) u64);

/// An edge: when, and what is to be known of it when it fires.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Edge {
    /// When the scan was that made it.
    pub(crate) at: Moment,
    /// The number of that scan.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) scan: u64,
    /// Whether it was found across a gap.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) after_gap: bool,
    /// The run that it goes on with, if a short interruption ended with it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) continues: Option<Lineage>,
}

impl Edge {
    /// Returns the point right after the scan that made it.
    pub(crate) const fn cut(&self) -> Cut {
        Cut { at: self.at.monotonic, scan: self.scan }
    }
}

/// An edge that waits for its level to stand long enough.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Hold {
    /// The edge.
    pub(crate) edge: Edge,
    /// When it fires.
    pub(crate) deadline: Monotonic,
    /// Whether the deadline passed while the level was unknown.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) overdue: bool,
    /// For CHANGE: the value that must stand.
    #[serde(default, skip_serializing_if = "Value::is_null", with = "exact")]
    pub(crate) candidate: Value,
}

/// What a known level made of the trigger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// Nothing new.
    Nothing,
    /// The level no longer is the one that is asked for.
    Lost,
    /// An edge; it fires now or is held.
    Began,
}

/// The last known level.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Memory {
    /// None was known yet.
    #[default]
    Unarmed,
    /// For the two edges.
    Asks(bool),
    /// For CHANGE: the value that last fired or armed.
    Value(#[serde(with = "exact")] Value),
}

impl Memory {
    /// Tells whether no level was known yet.
    pub(crate) const fn is_unarmed(&self) -> bool {
        matches!(self, Self::Unarmed)
    }
}

/// A trigger's memory, kept whether its operation runs or not, is enabled or not.
#[derive(Debug, Default)]
pub(crate) struct TriggerState {
    memory: Memory,
    known: bool,
    gap: bool,
    hold: Option<Hold>,
    fired: Option<Edge>,
    /// Whether it is another than the one that an earlier configuration had, and was not armed since.
    rearming: bool,
    /// The state of the expression's call sites.
    pub(crate) sites: Box<[Site]>,
    /// What it did last.
    pub(crate) trail: Trail,
}

impl TriggerState {
    /// Returns the memory of a trigger that has seen nothing.
    pub(crate) fn new(program: &Program) -> Self {
        Self { sites: program.fresh_sites(), ..Self::default() }
    }

    /// Returns the last known level.
    pub(crate) const fn memory(&self) -> &Memory {
        &self.memory
    }

    /// Tells whether the next known level is one across a gap.
    pub(crate) const fn is_in_gap(&self) -> bool {
        self.gap
    }

    /// Returns the pending hold.
    pub(crate) fn hold(&self) -> Option<&Hold> {
        self.hold.as_ref()
    }

    /// Returns when the pending hold is due; `None` too while it waits for a known level.
    pub(crate) fn deadline(&self) -> Option<Monotonic> {
        self.hold.as_ref().filter(|hold| !hold.overdue).map(|hold| hold.deadline)
    }

    /// Fires the pending hold before its time: something else showed that the edge was real. One
    /// whose deadline passed in a gap is flagged.
    pub(crate) fn use_up_hold(&mut self, now: ScanTime) -> Option<Edge> {
        let Hold { edge, overdue, candidate, .. } = self.hold.take()?;
        self.fire(Edge { after_gap: edge.after_gap || overdue, ..edge }, candidate, now);
        self.fired.take()
    }

    /// Marks the edge that began in this scan as the end of a short interruption.
    pub(crate) fn mark_continuing(&mut self, lineage: Lineage) {
        for edge in self.fired.iter_mut().chain(self.hold.iter_mut().map(|hold| &mut hold.edge)) {
            edge.continues = Some(lineage);
        }
        if let (Some(_), Some(fired)) = (&self.fired, &mut self.trail.fired) {
            fired.edge.continues = true;
        }
    }

    /// Takes the edge that fired in this scan.
    pub(crate) fn take_fired(&mut self) -> Option<Edge> {
        self.fired.take()
    }

    /// Tells whether the last level was known.
    pub(crate) const fn is_known(&self) -> bool {
        self.known
    }

    /// Takes in the level of a scan.
    pub(crate) fn observe(
        &mut self,
        trigger: &Trigger,
        role: Role,
        first: FirstScan,
        level: Level,
        now: ScanTime,
    ) -> Change {
        let was_known = std::mem::replace(&mut self.known, !matches!(level, Level::Unknown));
        self.trail.note_evaluation(was_known, self.known, now);
        match level {
            Level::Unknown => {
                self.gap = !matches!(self.memory, Memory::Unarmed);
                Change::Nothing
            }
            Level::Asks(asks) => self.observe_asks(trigger, role, first, asks, now),
            Level::Value(value) => self.observe_value(trigger, role, value, now),
        }
    }

    fn observe_asks(&mut self, trigger: &Trigger, role: Role, first: FirstScan, asks: bool, now: ScanTime) -> Change {
        let after_gap = std::mem::take(&mut self.gap);
        if !matches!(self.memory, Memory::Asks(before) if before == asks) {
            self.trail.note_level(&self.memory, after_gap, now);
        }
        let before = match std::mem::replace(&mut self.memory, Memory::Asks(asks)) {
            Memory::Asks(before) => before,
            // A first known level arms: as if it had stood before, unless it shall fire.
            Memory::Unarmed | Memory::Value(_) => asks && first == FirstScan::Arm,
        };
        match (before, asks) {
            (true, false) => {
                self.miss(HoldEnd::Lost, now);
                Change::Lost
            }
            (false, true) => self.begin(trigger, Value::Null, now, after_gap),
            (true, true) => self.resume(trigger, role, now),
            (false, false) => Change::Nothing,
        }
    }

    fn observe_value(&mut self, trigger: &Trigger, role: Role, value: Value, now: ScanTime) -> Change {
        let after_gap = std::mem::take(&mut self.gap);
        let Memory::Value(before) = &self.memory else {
            self.trail.note_level(&self.memory, after_gap, now);
            self.memory = Memory::Value(value);
            return Change::Nothing;
        };
        if !differs(before, &value, trigger.deadband) {
            self.miss(HoldEnd::Returned, now);
            return Change::Nothing;
        }
        // Nothing starts without a name: the empty string only moves the memory, at once.
        if role == Role::Start && is_empty(&value) {
            self.miss(HoldEnd::Emptied, now);
            self.trail.note_level(&self.memory, after_gap, now);
            self.memory = Memory::Value(value);
            return Change::Nothing;
        }
        match &self.hold {
            Some(hold) if !differs(&hold.candidate, &value, 0.0) => self.resume(trigger, role, now),
            Some(_) | None => self.begin(trigger, value, now, after_gap),
        }
    }

    /// An edge: fires at once without a hold, else begins one.
    fn begin(&mut self, trigger: &Trigger, candidate: Value, now: ScanTime, after_gap: bool) -> Change {
        let edge = Edge { at: now.at, scan: now.scan, after_gap, continues: None };
        if self.hold.is_some() {
            self.miss(HoldEnd::OtherValue(candidate.clone()), now);
        }
        if trigger.hold_millis == 0 {
            self.fire(edge, candidate, now);
        } else {
            let deadline = now.at.monotonic.plus_millis(trigger.hold_millis);
            self.hold = Some(Hold { edge, deadline, overdue: false, candidate });
        }
        Change::Began
    }

    /// The level still asks. A hold whose deadline passed in a gap ends now: a stop fires with its
    /// edge, a start begins again, for nobody saw the machine run in between.
    fn resume(&mut self, trigger: &Trigger, role: Role, now: ScanTime) -> Change {
        let Some(hold) = self.hold.take_if(|hold| hold.overdue) else { return Change::Nothing };
        match role {
            Role::Stop => self.fire(Edge { after_gap: true, ..hold.edge }, hold.candidate, now),
            Role::Start => {
                self.trail.note_miss(hold.clone(), HoldEnd::BeganAgain, now);
                let edge = Edge { at: now.at, scan: now.scan, after_gap: true, ..hold.edge };
                let deadline = now.at.monotonic.plus_millis(trigger.hold_millis);
                self.hold = Some(Hold { edge, deadline, overdue: false, ..hold });
            }
        }
        Change::Nothing
    }

    /// The hold's deadline has come.
    pub(crate) fn come_due(&mut self, now: ScanTime) {
        let Some(mut hold) = self.hold.take() else { return };
        if self.known {
            self.fire(hold.edge, hold.candidate, now);
        } else {
            hold.overdue = true;
            self.hold = Some(hold);
            self.trail.overdue = Some(now);
        }
    }

    /// Ends the pending hold, if there is one: its level does not stand.
    fn miss(&mut self, why: HoldEnd, now: ScanTime) {
        if let Some(hold) = self.hold.take() {
            self.trail.note_miss(hold, why, now);
        }
    }

    /// Fires, and for CHANGE moves the memory.
    fn fire(&mut self, edge: Edge, candidate: Value, now: ScanTime) {
        self.trail.note_firing(edge, candidate.clone(), now);
        if matches!(self.memory, Memory::Value(_)) {
            self.trail.note_level(&self.memory, edge.after_gap, now);
            self.memory = Memory::Value(candidate);
        }
        self.fired = Some(edge);
    }
}

fn is_empty(value: &Value) -> bool {
    matches!(value, Value::String(text) if text.is_empty())
}

/// Tells whether a value is a change: numbers by value beyond the deadband, others if unequal.
fn differs(before: &Value, value: &Value, deadband: f64) -> bool {
    match (before.as_float(), value.as_float()) {
        (Some(one), Some(other)) if deadband > 0.0 => (other - one).abs() > deadband,
        _ => !equal(before, value),
    }
}

mod retained;
#[cfg(test)]
mod tests;
mod trail;

pub(crate) use trail::Trail;
pub use trail::{Arrival, Began, Came, Fired, HoldEnd, Missed};
