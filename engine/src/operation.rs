//! What the engine remembers of each operation.

use latchwork_expr::{Program, Site, Text};
use serde::{Deserialize, Serialize};

use crate::captures::Course;
use crate::explain::Ignored;
use crate::handshake::HandshakeState;
use crate::pauses::Pauses;
use crate::plant::{Operation, Trigger};
use crate::record::{Record, Status};
use crate::retained::is_default;
use crate::scan::{Moment, Monotonic};
use crate::touched::Tasks;
use crate::trigger::{Lineage, TriggerState};

/// An operation while the engine runs.
#[derive(Debug)]
pub(crate) struct OperationState {
    /// The start trigger's memory.
    pub(crate) start: TriggerState,
    /// The stop trigger's memory.
    pub(crate) stop: TriggerState,
    /// The fault trigger's memory.
    pub(crate) fault: TriggerState,
    /// The call sites of the order's expression.
    pub(crate) order_sites: Box<[Site]>,
    /// The order's expression: its value while that is a good one.
    pub(crate) good_order: Option<Text>,
    /// The order that a command assigned to runs to come, for MANUAL; else the configured one counts.
    pub(crate) assigned_order: Option<Text>,
    /// The open run.
    pub(crate) run: Option<Box<Run>>,
    /// What is measured over its runs, in the order of the configuration.
    pub(crate) captures: Box<[Course]>,
    /// What is going on with its PLC.
    pub(crate) handshake: HandshakeState,
    /// The status of the last record.
    pub(crate) last_status: Status,
    /// The latest record, open or closed.
    pub(crate) latest: Option<Latest>,
    /// The latest end of all its records.
    pub(crate) latest_end: Option<Moment>,
    /// Where the stop level is unknown: until when it was known.
    pub(crate) last_seen: Option<Moment>,
    /// The scan in which an order split its run.
    pub(crate) split_in: u64,
    /// What did not become a record.
    pub(crate) counters: Counters,
    /// The last run-time problem that is not over.
    pub(crate) trouble: Trouble,
    /// The last start that opened nothing. No rule reads it, and it survives neither a restart nor a reload.
    pub(crate) ignored: Option<Ignored>,
}

impl OperationState {
    /// Returns the state of an operation that has seen nothing.
    pub(crate) fn new(operation: &Operation) -> Self {
        let state =
            |trigger: &Option<Trigger>| trigger.as_ref().map(|t| TriggerState::new(&t.program)).unwrap_or_default();
        Self {
            start: state(&operation.start),
            stop: state(&operation.stop),
            fault: state(&operation.fault),
            order_sites: operation.order_program().map(Program::fresh_sites).unwrap_or_default(),
            good_order: None,
            assigned_order: None,
            run: None,
            captures: operation.captures.iter().map(|capture| Course::new(&capture.program)).collect(),
            handshake: HandshakeState::default(),
            last_status: Status::Idle,
            latest: None,
            latest_end: None,
            last_seen: None,
            split_in: 0,
            counters: Counters::default(),
            trouble: Trouble::default(),
            ignored: None,
        }
    }

    /// Returns the status: that of the open record, else of the last.
    pub(crate) fn status(&self) -> Status {
        self.run.as_ref().map_or(self.last_status, |run| run.record.status)
    }

    /// Returns the memory of a trigger by its task.
    pub(crate) fn trigger(&self, task: Tasks) -> &TriggerState {
        match task {
            Tasks::START => &self.start,
            Tasks::STOP => &self.stop,
            _ => &self.fault,
        }
    }

    /// Returns the call sites of an expression by its task.
    pub(crate) fn sites(&self, task: Tasks) -> &[Site] {
        if task == Tasks::ORDER { &self.order_sites } else { &self.trigger(task).sites }
    }

    /// Returns the call sites of an expression by its task, to be changed.
    pub(crate) fn sites_mut(&mut self, task: Tasks) -> &mut [Site] {
        match task {
            Tasks::ORDER => &mut self.order_sites,
            Tasks::START => &mut self.start.sites,
            Tasks::STOP => &mut self.stop.sites,
            _ => &mut self.fault.sites,
        }
    }

    /// Returns the runs that it remembers.
    pub(crate) fn lineages(&self) -> impl Iterator<Item = Lineage> {
        let run = self.run.as_ref().map(|run| run.lineage);
        run.into_iter().chain(self.start.continues())
    }

    /// Tells whether a stop hold is pending that concerns the open run: its edge is not older.
    pub(crate) fn stop_is_pending(&self) -> bool {
        match (&self.run, self.stop.hold()) {
            (Some(run), Some(hold)) => hold.edge.at.monotonic >= run.record.start.monotonic,
            (Some(_) | None, _) => false,
        }
    }
}

/// An open record with what the rules remember of it.
#[derive(Debug)]
pub(crate) struct Run {
    /// The record as it is now.
    pub(crate) record: Record,
    /// The run's identity over all its splits.
    pub(crate) lineage: Lineage,
    /// Whether its start level was lost while its stop hold was pending.
    pub(crate) interrupted: bool,
    /// Whether the unknown name of its order was told.
    pub(crate) unknown_order_told: bool,
    /// The last good value of the order's expression that was acted on.
    pub(crate) order_seen: Option<Text>,
    /// Whether a command named its order, which the expression then leaves as it is.
    pub(crate) order_is_commanded: bool,
    /// When it stood by command.
    pub(crate) pauses: Pauses,
}

/// An operation's latest record.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Latest {
    /// When it started.
    pub(crate) start: Moment,
    /// How many records of the operation with this very start came before it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) ordinal: u32,
    /// When it started by what an edit says. Ids go by the first start.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) moved: Option<Moment>,
}

impl Latest {
    /// Returns when it started, as far as anybody says now.
    pub(crate) fn began(&self) -> Moment {
        self.moved.unwrap_or(self.start)
    }
}

/// What did not become a record, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Counters {
    /// Starts within the restart hold-off.
    #[serde(skip_serializing_if = "is_default")]
    pub held_off: u64,
    /// Starts that an open run made void (IGNORE).
    #[serde(skip_serializing_if = "is_default")]
    pub ignored: u64,
    /// Starts that an open run refused (`THROW_EXCEPTION`).
    #[serde(skip_serializing_if = "is_default")]
    pub refused: u64,
    /// Edges after a short interruption: the run went on.
    #[serde(skip_serializing_if = "is_default")]
    pub continued: u64,
    /// Runs that the PLC counted and nobody saw, or counted twice.
    #[serde(skip_serializing_if = "is_default")]
    pub sequence_gaps: u64,
    /// Evaluations that failed.
    #[serde(skip_serializing_if = "is_default")]
    pub faults: u64,
}

/// A run-time problem of an operation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Trouble {
    /// What fails now.
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) text: Option<Text>,
    /// When it was last told.
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) told: Option<Monotonic>,
}
