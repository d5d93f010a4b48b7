//! What a scan did to an operation's triggers and starts, as far as it is the last of its kind.

use latchwork_expr::Value;

use super::fate::Ignored;
use super::trigger::{Known, TriggerRole};
use crate::plant::OperationIndex;
use crate::scan::Monotonic;
use crate::step::Engine;
use crate::trigger::{Arrival, Began, Fired, Missed, ScanTime};

/// Something that happened to a trigger or a start.
#[derive(Clone, Debug)]
pub struct Happening {
    /// In which scan.
    pub when: ScanTime,
    /// What.
    pub what: What,
}

/// What happened.
#[derive(Clone, Debug)]
pub enum What {
    /// The level of a trigger was another one.
    Level {
        /// Whose.
        role: TriggerRole,
        /// The level: as it is now.
        level: Known,
        /// How it came.
        how: Arrival,
    },
    /// The level of a trigger became unknown.
    Lost(TriggerRole),
    /// The level of a trigger was known again, and no other.
    Found(TriggerRole),
    /// A hold began.
    Held {
        /// Whose.
        role: TriggerRole,
        /// Its edge.
        edge: Began,
        /// When it fires.
        deadline: Monotonic,
        /// For CHANGE: the value that must stand.
        candidate: Value,
    },
    /// The deadline of a hold passed while the level was unknown.
    Overdue(TriggerRole),
    /// A hold ended without firing.
    Missed(TriggerRole, Missed),
    /// A trigger fired.
    Fired(TriggerRole, Fired),
    /// A start opened nothing.
    Ignored(Ignored),
}

impl Engine {
    /// Returns what happened last to an operation's triggers and starts, each kind once: in the order of a scan.
    pub fn happenings(&self, operation: OperationIndex) -> impl Iterator<Item = Happening> {
        let roles = [TriggerRole::Fault, TriggerRole::Stop, TriggerRole::Start].into_iter();
        let triggers = roles.flat_map(move |role| self.happenings_of(operation, role));
        let ignored = self.state(operation).ignored.clone();
        triggers.chain(ignored.map(|ignored| Happening { when: ignored.when, what: What::Ignored(ignored) }))
    }

    fn happenings_of(&self, operation: OperationIndex, role: TriggerRole) -> impl Iterator<Item = Happening> + use<> {
        let state = self.state(operation).trigger(role.task());
        let kind = self.trigger(operation, role).map(|trigger| trigger.kind);
        let trail = &state.trail;
        let level = trail.level.zip(kind).map(|(came, kind)| {
            let level = Known::of(state.memory(), kind);
            Happening { when: came.when, what: What::Level { role, level, how: came.how } }
        });
        let other = |when: ScanTime| trail.level.is_none_or(|came| came.when != when);
        let known = trail.known.filter(|&when| !state.is_known() || other(when)).map(|when| {
            let what = if state.is_known() { What::Found(role) } else { What::Lost(role) };
            Happening { when, what }
        });
        let missed = trail
            .missed
            .as_deref()
            .map(|missed| Happening { when: missed.when, what: What::Missed(role, missed.clone()) });
        let held = state.hold().map(|hold| {
            let (edge, candidate) = (Began::from(hold.edge), hold.candidate.clone());
            Happening { when: edge.when, what: What::Held { role, edge, deadline: hold.deadline, candidate } }
        });
        let fired =
            trail.fired.as_deref().map(|fired| Happening { when: fired.when, what: What::Fired(role, fired.clone()) });
        let overdue = trail.overdue.map(|when| Happening { when, what: What::Overdue(role) });
        known.into_iter().chain(level).chain(overdue).chain(missed).chain(held).chain(fired)
    }
}
