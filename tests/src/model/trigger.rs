//! One trigger: its memory, its hold, its edge; knows nothing of operations, records or the image.

use super::names::{EdgeKind, FirstScan};
use super::plant::{MILLISECOND, Micros, ModelTrigger};
use super::value::ModelValue;

/// A change of level that a trigger asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Edge {
    /// The time of the change, not of its firing.
    pub(super) at: Micros,
    /// Which scan that was, counted from the first.
    pub(super) scan: usize,
    /// Whether it was found across a gap.
    pub(super) flagged: bool,
    /// The run that it merely continues, if a short interruption came before it.
    pub(super) continues: Option<usize>,
}

/// An edge that waits for its level to stand long enough.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Hold {
    /// The level that must stand.
    value: ModelValue,
    /// The edge.
    pub(super) edge: Edge,
    /// When it has stood long enough.
    pub(super) deadline: Micros,
    /// Whether the deadline passed while the level was unknown.
    pub(super) overdue: bool,
}

/// Whether a trigger opens or closes: they differ in what a passed deadline and an empty string do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// It opens records.
    Start,
    /// It closes them.
    Stop,
}

/// What a trigger remembers.
#[derive(Clone, Debug, Default)]
pub(super) struct TriggerMemory {
    /// The last known level; for CHANGE the value that last fired or armed.
    known: Option<ModelValue>,
    /// Whether the level has been unknown since.
    gap: bool,
    /// The pending hold.
    pub(super) hold: Option<Hold>,
}

/// What one evaluation did.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Turn {
    /// The edge that fired.
    pub(super) fired: Option<Edge>,
    /// Whether a new edge arose, fired or held.
    pub(super) asked: bool,
    /// Whether a level that asked was seen no longer to ask; not for CHANGE.
    pub(super) lost: bool,
}

/// The circumstances of one evaluation.
pub(super) struct Moment<'p> {
    /// The trigger.
    pub(super) trigger: &'p ModelTrigger,
    /// What it does.
    pub(super) role: Role,
    /// What its first known level does.
    pub(super) first_scan: FirstScan,
    /// The scan's time.
    pub(super) now: Micros,
    /// Which scan it is.
    pub(super) scan: usize,
    /// The deadlines up to here are due: those that passed while the gateway was down come one after the other.
    pub(super) reached: Micros,
}

impl Moment<'_> {
    fn deadline(&self) -> Micros {
        self.now + self.trigger.hold_millis * MILLISECOND
    }
}

impl TriggerMemory {
    /// Takes the level of a scan; `None` is an unknown one.
    pub(super) fn take(&mut self, moment: &Moment, level: Option<ModelValue>) -> Turn {
        match (moment.trigger.kind, level) {
            (_, None) => self.take_unknown(moment),
            (EdgeKind::Rising, Some(value)) => self.take_truth(moment, value.truth(), true),
            (EdgeKind::Falling, Some(value)) => self.take_truth(moment, value.truth(), false),
            (EdgeKind::Change, Some(value)) => self.take_value(moment, value),
        }
    }

    /// Ends a hold as if it had fired, and returns it: somebody makes use of its edge.
    pub(super) fn use_up_hold(&mut self) -> Option<Hold> {
        let hold = self.hold.take()?;
        self.known = Some(hold.value.clone());
        Some(hold)
    }

    /// Forgets that the level asked: if it still does with its next known value, that is an edge across a gap.
    pub(super) fn start_over(&mut self, kind: EdgeKind) {
        self.hold = None;
        match kind {
            EdgeKind::Rising => self.known = Some(ModelValue::Bool(false)),
            EdgeKind::Falling => self.known = Some(ModelValue::Bool(true)),
            EdgeKind::Change => {}
        }
        self.gap = self.known.is_some();
    }

    /// An unknown level freezes the memory. Before the first known level it is no gap.
    fn take_unknown(&mut self, moment: &Moment) -> Turn {
        self.gap = self.known.is_some();
        if let Some(hold) = &mut self.hold {
            hold.overdue = hold.overdue || hold.deadline <= moment.reached;
        }
        Turn::default()
    }

    fn take_truth(&mut self, moment: &Moment, truth: Option<bool>, wanted: bool) -> Turn {
        let Some(truth) = truth else { return self.take_unknown(moment) };
        let asks = truth == wanted;
        let across = std::mem::take(&mut self.gap);
        let asked_before = self.known.replace(ModelValue::Bool(truth)).map(|before| before == ModelValue::Bool(wanted));
        let fired = self.settle_hold(moment, asks);
        let begins = match asked_before {
            None => asks && moment.first_scan == FirstScan::Fire,
            Some(asked_before) => asks && !asked_before,
        };
        let lost = asked_before == Some(true) && !asks;
        let fired = if begins { self.begin(moment, ModelValue::Bool(truth), across) } else { fired };
        Turn { fired, asked: begins, lost }
    }

    fn take_value(&mut self, moment: &Moment, value: ModelValue) -> Turn {
        let across = std::mem::take(&mut self.gap);
        let Some(reference) = &self.known else {
            self.known = Some(value);
            return Turn::default();
        };
        if !differs(reference, &value, moment.trigger.deadband) {
            self.hold = None;
            return Turn::default();
        }
        if moment.role == Role::Start && value.is_empty_text() {
            self.known = Some(value);
            self.hold = None;
            return Turn::default();
        }
        let stands = self.hold.as_ref().is_some_and(|hold| hold.value.same(&value));
        let fired = self.settle_hold(moment, stands);
        let begins = !stands;
        let fired = if begins { self.begin(moment, value.clone(), across) } else { fired };
        if fired.is_some() {
            self.known = Some(value);
        }
        Turn { fired, asked: begins, lost: false }
    }

    /// Decides on the pending hold at a known level, which `stands` or does not.
    fn settle_hold(&mut self, moment: &Moment, stands: bool) -> Option<Edge> {
        let mut hold = self.hold.take().filter(|_| stands)?;
        if hold.overdue {
            hold.edge.flagged = true;
            if moment.role == Role::Stop {
                return Some(hold.edge);
            }
            // Nobody saw the machine run meanwhile: the start stands anew from here.
            hold.edge.at = moment.now;
            hold.edge.scan = moment.scan;
            hold.deadline = moment.deadline();
            hold.overdue = false;
        } else if hold.deadline <= moment.reached {
            return Some(hold.edge);
        }
        self.hold = Some(hold);
        None
    }

    /// Begins an edge: it fires at once or waits.
    fn begin(&mut self, moment: &Moment, value: ModelValue, across: bool) -> Option<Edge> {
        let edge = Edge { at: moment.now, scan: moment.scan, flagged: across, continues: None };
        if moment.trigger.hold_millis == 0 {
            return Some(edge);
        }
        self.hold = Some(Hold { value, edge, deadline: moment.deadline(), overdue: false });
        None
    }
}

/// Says whether two values differ: numbers by more than the deadband.
fn differs(reference: &ModelValue, value: &ModelValue, deadband: f64) -> bool {
    match (reference.number(), value.number()) {
        (Some(left), Some(right)) => (left - right).abs() > deadband,
        (Some(_) | None, _) => !reference.same(value),
    }
}
