//! The plant as configured: every name already an index, every text already a program.
//!
//! Pure data. `config` lowers the file into it; nothing here changes while the engine runs.

use std::sync::Arc;

pub use latchwork_expr::FirstScan;
use latchwork_expr::{Program, TagSlot, Type, Tz, Value};
use serde::{Deserialize, Serialize};
use ulid::Ulid;

use crate::captures::Capture;
use crate::handshake::Handshake;
use crate::jobs::{JobSettings, LegCompletion};
use crate::material::Material;
use crate::order::OrderStatus;
use crate::schedule::PlannedEntry;
use crate::stations::Stations;
use crate::touched::Tasks;

/// An operation's index in [`Plant::operations`]: the order of the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OperationIndex(pub u32);

impl OperationIndex {
    /// Returns the index for a slice.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A location's index in [`Plant::locations`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocationIndex(pub u32);

impl LocationIndex {
    /// Returns the index for a slice.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// Everything that the engine knows before its first scan.
#[derive(Clone, Debug)]
pub struct Plant {
    /// The gateway's id: part of every id that the engine makes.
    pub gateway_id: String,
    /// Which configuration this is: the hash of its texts, which events carry.
    pub configuration_version: String,
    /// The zone in which expressions read and show dates.
    pub zone: Tz,
    /// What an Uncertain level is to a trigger.
    pub uncertain: UncertainPolicy,
    /// What the blocks of derived tags do at a cold start; each operation says it for its own.
    pub first_scan: FirstScan,
    /// Whether a name that no order has creates one.
    pub unknown_orders: UnknownOrders,
    /// Every tag; the index is its [`TagSlot`].
    pub tags: Vec<Tag>,
    /// The slots of the derived tags, each after those that it reads.
    pub derived: Vec<TagSlot>,
    /// Every location that an operation uses or the file declares.
    pub locations: Vec<Location>,
    /// The orders of the configuration, by the order of the file.
    pub orders: Vec<ProductionOrder>,
    /// The operations, in configuration order.
    pub operations: Vec<Operation>,
    /// The connections that are only believed on a condition, each after those that its condition reads of.
    pub guards: Vec<Guard>,
    /// The materials, by the order of the file.
    pub materials: Vec<Material>,
    /// The schedule of the configuration, by the order of the file.
    pub schedule: Vec<PlannedEntry>,
    /// The stations of jobs: every location that the file declares.
    pub stations: Stations,
    /// What holds for jobs.
    pub jobs: JobSettings,
}

/// What an Uncertain level is to a trigger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum UncertainPolicy {
    /// Known, like Good.
    #[default]
    Good,
    /// Unknown, like Bad.
    Bad,
}

/// What to do with an order name that no order has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum UnknownOrders {
    /// Keep the name in the record, tell it once per record.
    #[default]
    Report,
    /// Create the order, IDLE.
    Create,
}

/// A named machine value.
#[derive(Clone, Debug)]
pub struct Tag {
    /// The canonical path, with provider: `[default]Line1/Filler/Speed`.
    pub path: String,
    /// The declared type. A sample of another type is converted before it becomes a sample.
    pub kind: Type,
    /// The value of a memory tag before its first sample.
    pub initial: Option<Value>,
    /// The expression of a derived tag.
    pub expression: Option<Arc<Program>>,
    /// For a tag of a connection, where its value comes from, as one text. Another text is another
    /// value: over a reload such a tag waits for its first reading.
    pub wire: Option<String>,
}

/// On what condition a connection's tags are believed.
#[derive(Clone, Debug)]
pub struct Guard {
    /// The connection's name, unique.
    pub connection: String,
    /// What must be true (`valid_when`).
    pub valid_when: Option<Arc<Program>>,
    /// What must move (`heartbeat_tag`).
    pub heartbeat: Option<Heartbeat>,
    /// The tags that are stale while it fails: all of the connection but the heartbeat and those that the condition
    /// reads, itself or through derived tags.
    pub tags: Vec<TagSlot>,
    /// How many of [`Plant::derived`] are evaluated before it is judged: those that the condition reads are among them,
    /// those that read its tags are not.
    pub derived_before: u32,
}

/// A tag that must change again and again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heartbeat {
    /// The tag.
    pub tag: TagSlot,
    /// Within how many milliseconds.
    pub timeout_millis: u64,
}

/// A place in the plant.
#[derive(Clone, Debug)]
pub struct Location {
    /// The path, such as `Brewery/Line1/Filler`.
    pub path: String,
    /// The id: given, or derived from the path.
    pub id: Ulid,
}

/// A production order of the configuration.
#[derive(Clone, Debug)]
pub struct ProductionOrder {
    /// The name, unique.
    pub name: String,
    /// The id: given, or derived from the name.
    pub id: Ulid,
    /// How much is to be made.
    pub quantity: Option<f64>,
    /// How many are made in an hour.
    pub rate_per_hour: Option<f64>,
    /// What is made: a material's id.
    pub material: Option<Ulid>,
    /// The status before anything happened.
    pub status: OrderStatus,
}

/// What opens and closes an operation's records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum TriggerSource {
    /// Commands only.
    Manual,
    /// Edges of its expressions, and commands.
    #[default]
    Expression,
    /// Its parent's records.
    Parent,
}

/// The change of a level that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TriggerType {
    /// False to true.
    RisingEdge,
    /// True to false.
    FallingEdge,
    /// One value to another.
    Change,
}

/// One trigger: an expression, the edge, and how long the level must stand.
#[derive(Clone, Debug)]
pub struct Trigger {
    /// The expression.
    pub program: Arc<Program>,
    /// The edge.
    pub kind: TriggerType,
    /// The hold, in milliseconds.
    pub hold_millis: u64,
    /// For CHANGE of numbers: how far from the value that last fired or armed is still no change.
    pub deadband: f64,
}

/// What a start does while another run is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum ConflictStrategy {
    /// The open runs close with reason CONFLICT, then the new one opens.
    #[default]
    StopPrevious,
    /// The open run goes on; the start is counted.
    Ignore,
    /// The open run goes on; the start is an event and a fault.
    ThrowException,
}

/// Which open runs a start conflicts with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum ConflictScope {
    /// Another run of this operation.
    #[default]
    Operation,
    /// Any run open at exactly this location, the own family's excepted, its own included.
    Location,
}

/// How a record finds its production order.
#[derive(Clone, Debug)]
pub enum OrderResolution {
    /// No order; a PARENT operation takes its parent's.
    None,
    /// A command names it, or it was assigned beforehand.
    Manual,
    /// The expression gives a name or id.
    Expression(Arc<Program>, OrderUpdate),
    /// The schedule says it.
    Schedule,
}

/// What a new good value of the order's expression does to an open record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum OrderUpdate {
    /// Nothing more once the record has one.
    #[default]
    KeepFirstGoodValue,
    /// The record follows it.
    KeepLastGoodValue,
    /// The record stays; an error event each time.
    ThrowError,
    /// The record closes and a new one opens.
    NewRecord,
}

/// How a record's expected duration is found.
#[derive(Clone, Debug)]
pub enum ExpectedDuration {
    /// Seconds; 0 is none.
    Static(f64),
    /// Evaluated in seconds when the record opens.
    Expression(Arc<Program>),
    /// The record's order says it when the record opens: its quantity over its rate.
    FromOrder,
}

/// What becomes of a record that is open when the gateway starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum RestartPolicy {
    /// The run goes on.
    #[default]
    Resume,
    /// It closes when it was last seen.
    CloseAtLastSeen,
}

/// A configured operation.
#[derive(Clone, Debug)]
pub struct Operation {
    /// The id: given, or derived from location and name.
    pub id: Ulid,
    /// The name.
    pub name: String,
    /// Where it is.
    pub location: LocationIndex,
    /// Whether it may start.
    pub enabled: bool,
    /// Whether the configuration no longer has it: it is here for the record that was open then.
    pub is_removed: bool,
    /// What opens and closes its records.
    pub trigger_source: TriggerSource,
    /// For PARENT: whose records it follows.
    pub parent: Option<OperationIndex>,
    /// What opens a record.
    pub start: Option<Trigger>,
    /// What closes it.
    pub stop: Option<Trigger>,
    /// What closes it FAULTED; a rising edge without hold.
    pub fault: Option<Trigger>,
    /// What the first known level does.
    pub first_scan: FirstScan,
    /// How long after the start of its latest record a start is ignored, in milliseconds; 0 is none.
    pub restart_holdoff_millis: u64,
    /// The longest run in seconds, pauses included; 0 is none.
    pub max_duration_seconds: f64,
    /// What a start does while another run is open.
    pub conflict_strategy: ConflictStrategy,
    /// Which open runs a start conflicts with.
    pub conflict_scope: ConflictScope,
    /// How a record finds its order.
    pub order: OrderResolution,
    /// For MANUAL: the order assigned beforehand, by name.
    pub assigned_order: Option<String>,
    /// What an order's status becomes when a record with it starts; `None` is off.
    pub order_status_on_start: Option<OrderStatus>,
    /// What an order's status becomes when a record with it stops; `None` is off.
    pub order_status_on_stop: Option<OrderStatus>,
    /// How the expected duration is found.
    pub expected_duration: ExpectedDuration,
    /// How often an open record's row is written, in milliseconds; 0 is only at transitions.
    pub flush_interval_millis: u64,
    /// Whether a record without a schedule entry adds one.
    pub auto_add_to_schedule: bool,
    /// What a restart makes of an open record.
    pub restart_policy: RestartPolicy,
    /// For RESUME: how long ago in seconds the run may have been seen last; 0 is any time.
    pub resume_within_seconds: f64,
    /// What is measured over its runs.
    pub captures: Vec<Capture>,
    /// What it tells its PLC.
    pub handshake: Handshake,
    /// When it completes the legs of jobs that its records follow; `None`: they follow none.
    pub job: Option<LegCompletion>,
    /// Copied into its records.
    pub notes: Option<String>,
    /// Copied into its records.
    pub spares: [Option<String>; 3],
}

impl Plant {
    /// Returns, for every tag, whether an expression or a handshake reads it: samples of others change nothing. An
    /// expression that computes its paths may read any.
    pub fn read_tags(&self) -> Vec<bool> {
        let mut read = vec![self.programs().any(Program::computes_paths); self.tags.len()];
        for slot in self.programs().flat_map(Program::reads) {
            read[slot.index()] = true;
        }
        for sequence in self.operations.iter().filter_map(|row| row.handshake.sequence) {
            read[sequence.tag.index()] = true;
        }
        for heartbeat in self.guards.iter().filter_map(|guard| guard.heartbeat) {
            read[heartbeat.tag.index()] = true;
        }
        read
    }

    /// Returns every program of the plant: those of its derived tags, then those of its operations and connections.
    pub fn programs(&self) -> impl Iterator<Item = &Program> {
        let derived = self.tags.iter().filter_map(|tag| tag.expression.as_deref());
        let guards = self.guards.iter().filter_map(|guard| guard.valid_when.as_deref());
        derived.chain(self.operations.iter().flat_map(Operation::programs)).chain(guards)
    }
}

impl Operation {
    /// Returns the triggers that are evaluated: edges of other sources are none.
    pub(crate) fn triggers(&self) -> impl Iterator<Item = (Tasks, &Trigger)> {
        let evaluated = self.trigger_source == TriggerSource::Expression;
        let triggers = [(Tasks::START, &self.start), (Tasks::STOP, &self.stop), (Tasks::FAULT, &self.fault)];
        triggers.into_iter().filter(move |_| evaluated).filter_map(|(task, trigger)| Some((task, trigger.as_ref()?)))
    }

    /// Returns the expression that gives its records their order.
    pub(crate) fn order_program(&self) -> Option<&Program> {
        match &self.order {
            OrderResolution::Expression(program, _) => Some(program),
            OrderResolution::None | OrderResolution::Manual | OrderResolution::Schedule => None,
        }
    }

    /// Returns every program of the operation.
    fn programs(&self) -> impl Iterator<Item = &Program> {
        let triggers = [&self.start, &self.stop, &self.fault].into_iter().flatten().map(|trigger| &*trigger.program);
        let expected = match &self.expected_duration {
            ExpectedDuration::Expression(program) => Some(&**program),
            ExpectedDuration::Static(_) | ExpectedDuration::FromOrder => None,
        };
        let captures = self.captures.iter().map(|capture| &*capture.program);
        triggers.chain(self.order_program()).chain(expected).chain(captures)
    }
}
