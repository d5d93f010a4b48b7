//! A trigger as it is explained: what it asks for, what it knows, what it waits for, what it did last.

use latchwork_expr::{Explained, Site, TagSlot, Value};

use super::fate::Fate;
use super::moment_of;
use crate::evaluate::{context, host};
use crate::plant::{OperationIndex, Trigger, TriggerType};
use crate::scan::Moment;
use crate::step::Engine;
use crate::touched::Tasks;
use crate::trigger::{Began, Came, Edge, Fired, Hold, Memory, Missed, ScanTime, TriggerState};

/// Which of an operation's triggers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TriggerRole {
    /// That opens records.
    Start,
    /// That closes them.
    Stop,
    /// That closes them FAULTED.
    Fault,
}

/// A trigger at a moment.
#[derive(Clone, Debug)]
pub struct TriggerExplanation {
    /// Which it is.
    pub role: TriggerRole,
    /// The last known level.
    pub level: Known,
    /// When that came, as far as is remembered: not over restarts.
    pub came: Option<Came>,
    /// Whether the level is known.
    pub is_known: bool,
    /// Since when it is known or unknown, as far as is remembered.
    pub known_since: Option<ScanTime>,
    /// Whether the next known level is one across a gap.
    pub is_in_gap: bool,
    /// The pending hold.
    pub pending: Option<Pending>,
    /// The last hold that ended without firing.
    pub missed: Option<Missed>,
    /// The last firing.
    pub fired: Option<Fired>,
    /// The expression with what every part gave.
    pub tree: Explained,
    /// When that was evaluated, if it is the evaluation of a scan; else it was asked once more, now.
    pub evaluated: Option<ScanTime>,
    /// The tags that it reads, those of derived tags behind these, each once.
    pub tags: Vec<TagSlot>,
}

/// The last known level of a trigger.
#[derive(Clone, Debug)]
pub enum Known {
    /// None was known yet.
    Nothing,
    /// For the two edges: the truth.
    Truth(bool),
    /// For CHANGE: the value that last fired or armed.
    Value(Value),
}

/// A hold that is pending.
#[derive(Clone, Debug)]
pub struct Pending {
    /// The edge.
    pub edge: Began,
    /// When it fires, if its level stands.
    pub deadline: Moment,
    /// Whether that passed while the level was unknown.
    pub is_overdue: bool,
    /// For CHANGE: the value that must stand.
    pub candidate: Value,
    /// For a start: what it comes to, as things stand.
    pub fate: Option<Fate>,
}

/// What the calls of a trigger's expression remembered before it was evaluated last.
#[derive(Clone, Debug)]
pub struct Asked {
    role: TriggerRole,
    at: ScanTime,
    sites: Box<[Site]>,
}

/// What the calls of a trigger's expression remember before a scan.
#[derive(Clone, Debug)]
pub struct Remembered {
    role: TriggerRole,
    sites: Box<[Site]>,
}

impl Asked {
    /// Returns whose expression it is.
    pub const fn role(&self) -> TriggerRole {
        self.role
    }
}

impl TriggerRole {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Start, Self::Stop, Self::Fault];

    /// Returns its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Stop => "stop",
            Self::Fault => "fault",
        }
    }

    pub(crate) const fn task(self) -> Tasks {
        match self {
            Self::Start => Tasks::START,
            Self::Stop => Tasks::STOP,
            Self::Fault => Tasks::FAULT,
        }
    }
}

impl Known {
    pub(super) fn of(memory: &Memory, kind: TriggerType) -> Self {
        match (memory, kind) {
            (Memory::Unarmed, _) => Self::Nothing,
            (Memory::Asks(asks), TriggerType::FallingEdge) => Self::Truth(!asks),
            (Memory::Asks(asks), TriggerType::RisingEdge | TriggerType::Change) => Self::Truth(*asks),
            (Memory::Value(value), _) => Self::Value(value.clone()),
        }
    }
}

impl Engine {
    /// Returns the trigger of a role, if the operation has one that is evaluated.
    pub fn trigger(&self, operation: OperationIndex, role: TriggerRole) -> Option<&Trigger> {
        let mut triggers = self.plant.operations[operation.index()].triggers();
        triggers.find(|(task, _)| *task == role.task()).map(|(_, trigger)| trigger)
    }

    /// Returns what the calls of the triggers remember that keep state: before a scan, for [`Engine::asked`].
    pub fn remembered(&self, operation: OperationIndex) -> Vec<Remembered> {
        let kept = TriggerRole::ALL
            .into_iter()
            .filter(|&role| self.trigger(operation, role).is_some_and(|trigger| trigger.program.keeps_state()));
        let sites = |role: TriggerRole| self.state(operation).trigger(role.task()).sites.clone();
        kept.map(|role| Remembered { role, sites: sites(role) }).collect()
    }

    /// Returns, of what was remembered before a scan, what the evaluations of that scan began with.
    pub fn asked(&self, operation: OperationIndex, before: Vec<Remembered>, scan: u64) -> Vec<Asked> {
        let asked = before.into_iter().filter_map(|Remembered { role, sites }| {
            let at = self.state(operation).trigger(role.task()).trail.evaluated.filter(|at| at.scan == scan)?;
            Some(Asked { role, at, sites })
        });
        asked.collect()
    }

    pub(super) fn explain_triggers(
        &self,
        operation: OperationIndex,
        now: Moment,
        asked: &[Asked],
    ) -> Vec<TriggerExplanation> {
        let explained = TriggerRole::ALL.into_iter().filter_map(|role| {
            let trigger = self.trigger(operation, role)?;
            let asked = asked.iter().find(|asked| asked.role == role);
            Some(self.explain_trigger(operation, role, trigger, now, asked))
        });
        explained.collect()
    }

    fn explain_trigger(
        &self,
        operation: OperationIndex,
        role: TriggerRole,
        trigger: &Trigger,
        now: Moment,
        asked: Option<&Asked>,
    ) -> TriggerExplanation {
        let state = self.state(operation).trigger(role.task());
        let sites = asked.map_or(&state.sites, |asked| &asked.sites);
        let evaluated = asked.map(|asked| asked.at);
        let at = evaluated.map_or(now, |evaluated| evaluated.at);
        TriggerExplanation {
            role,
            level: Known::of(state.memory(), trigger.kind),
            came: state.trail.level,
            is_known: state.is_known(),
            known_since: state.trail.known,
            is_in_gap: state.is_in_gap(),
            pending: self.pending(operation, role, state, now),
            missed: state.trail.missed.as_deref().cloned(),
            fired: state.trail.fired.as_deref().cloned(),
            tree: self.tree(operation, trigger, at, sites.clone()),
            evaluated,
            tags: self
                .tags_behind(trigger.program.reads().iter().copied().chain(state.sites.iter().filter_map(Site::tag))),
        }
    }

    /// Evaluates a trigger's expression, with calls that remember what these do.
    fn tree(&self, operation: OperationIndex, trigger: &Trigger, at: Moment, mut sites: Box<[Site]>) -> Explained {
        let host = host(&self.plant, operation, self.state(operation), &trigger.program, self.before);
        trigger.program.explain(&mut context(&self.image, &self.plant, operation, at, &host, &mut sites))
    }

    fn pending(
        &self,
        operation: OperationIndex,
        role: TriggerRole,
        state: &TriggerState,
        now: Moment,
    ) -> Option<Pending> {
        let Hold { edge, deadline, overdue, candidate } = state.hold()?.clone();
        let fate = |edge: Edge| self.fate(operation, edge.at, edge.continues);
        Some(Pending {
            edge: edge.into(),
            deadline: moment_of(deadline, now),
            is_overdue: overdue,
            candidate,
            fate: (role == TriggerRole::Start).then(|| fate(edge)),
        })
    }
}
