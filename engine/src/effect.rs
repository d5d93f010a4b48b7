//! The engine's only exit: effects, in the order in which they happen.

use latchwork_expr::{Text, Timestamp};
use ulid::Ulid;

use crate::command::Answer;
use crate::handshake::TagWrite;
use crate::ids;
use crate::order::{Order, OrderIndex, OrderStatus};
use crate::plant::OperationIndex;
use crate::record::Record;
use crate::scan::Loss;
use crate::schedule::ScheduleEntry;

/// What a scan did to the world.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Something happened that is told, stored and published.
    Event(Event),
    /// An order came to be because a machine named it.
    OrderCreated(Order),
    /// An entry of the schedule became PAUSED, of which no event tells: as it is now.
    SchedulePaused(Box<ScheduleEntry>),
    /// A value is to be written to a tag, once this is durable.
    Write(Box<TagWrite>),
    /// A command was done, or was not: for who waits for that, once it is durable.
    Answered(Box<Answer>),
}

/// Something that happened.
#[derive(Clone, Debug)]
pub struct Event {
    /// The scan in which it happened.
    pub sequence: u64,
    /// Its place among the scan's events, from 0.
    pub index: u32,
    /// The scan's wall time.
    pub scan_wall: Timestamp,
    /// When it happened in the world: an edge's time, else the scan's.
    pub occurred_at: Timestamp,
    /// Who asked for it, if a command did.
    pub actor: Option<Text>,
    /// What happened.
    pub kind: EventKind,
    /// To what.
    pub info: Info,
}

impl Event {
    /// Returns the id: the same scans give the same ids.
    pub fn id(&self, gateway_id: &str) -> Ulid {
        ids::event_id(gateway_id, self.scan_wall, self.sequence, self.index)
    }
}

/// The kinds of events (`spec/engine.md` section 12).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// A record opened.
    OperationStarted,
    /// An open record was changed by a rule.
    OperationUpdated,
    /// A record closed.
    OperationStopped,
    /// An open record stands, by command.
    OperationPaused,
    /// It goes on.
    OperationResumed,
    /// A record closed because it is not to count.
    OperationCancelled,
    /// A record closed by a fault.
    OperationFaulted,
    /// A record takes longer than expected.
    OperationOverrun,
    /// A start was refused because another run is open.
    OperationConflict,
    /// A record is open although its operation's new stop level already says stopped.
    OperationStuck,
    /// A closed record was corrected.
    OperationEdited,
    /// The PLC's counter of runs went on by something else than one.
    OperationSequenceGap,
    /// An order's status changed.
    ProductionOrderStatusChanged,
    /// A record that must have an order opened without one.
    ProductionOrderMissing,
    /// A machine named an order that does not exist.
    ProductionOrderUnknown,
    /// A machine named another order than that of its record, which stays.
    ProductionOrderChanged,
    /// Something was asked of an order that is final.
    ProductionOrderFinal,
    /// A run that nobody planned was added to the schedule.
    ScheduleAdded,
    /// A run took an entry of the schedule up.
    ScheduleStarted,
    /// An entry of the schedule is done.
    ScheduleCompleted,
    /// An expression failed.
    TriggerFault,
    /// The gateway runs.
    GatewayStarted,
    /// The gateway ends as it should.
    GatewayStopped,
    /// A connection works.
    ConnectionUp,
    /// A connection does not work.
    ConnectionDown,
    /// The gateway's wall clock was set.
    GatewayClockStepped,
    /// The clock of a connection's source was set.
    ConnectionClockStepped,
    /// Readings were lost.
    GatewaySamplesLost,
}

impl EventKind {
    /// Returns the type as events carry it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OperationStarted => "operation.started",
            Self::OperationUpdated => "operation.updated",
            Self::OperationStopped => "operation.stopped",
            Self::OperationPaused => "operation.paused",
            Self::OperationResumed => "operation.resumed",
            Self::OperationCancelled => "operation.cancelled",
            Self::OperationFaulted => "operation.faulted",
            Self::OperationOverrun => "operation.overrun",
            Self::OperationConflict => "operation.conflict",
            Self::OperationStuck => "operation.stuck",
            Self::OperationEdited => "operation.edited",
            Self::OperationSequenceGap => "operation.sequence_gap",
            Self::ProductionOrderStatusChanged => "production_order.status_changed",
            Self::ProductionOrderMissing => "production_order.missing",
            Self::ProductionOrderUnknown => "production_order.unknown",
            Self::ProductionOrderChanged => "production_order.changed",
            Self::ProductionOrderFinal => "production_order.final",
            Self::ScheduleAdded => "schedule.added",
            Self::ScheduleStarted => "schedule.started",
            Self::ScheduleCompleted => "schedule.completed",
            Self::TriggerFault => "trigger.fault",
            Self::GatewayStarted => "gateway.started",
            Self::GatewayStopped => "gateway.stopped",
            Self::ConnectionUp => "connection.up",
            Self::ConnectionDown => "connection.down",
            Self::GatewayClockStepped => "gateway.clock_stepped",
            Self::ConnectionClockStepped => "connection.clock_stepped",
            Self::GatewaySamplesLost => "gateway.samples_lost",
        }
    }
}

/// What an event is about.
#[derive(Clone, Debug)]
pub enum Info {
    /// A record, whole, as it is after the event.
    Record(Box<Record>),
    /// A start that another run prevented.
    Conflict {
        /// The operation that would have started.
        operation: OperationIndex,
        /// The record that is open.
        open: Ulid,
    },
    /// A record whose number does not follow that of the record before.
    SequenceGap {
        /// The operation.
        operation: OperationIndex,
        /// The record.
        record: Ulid,
        /// The number before.
        before: i64,
        /// The number now.
        found: i64,
    },
    /// An order's status.
    OrderStatus {
        /// The order.
        order: OrderIndex,
        /// What its status was.
        from: OrderStatus,
        /// What it is now; what was asked for when the order is final.
        to: OrderStatus,
    },
    /// A record and what was read of its order.
    OrderOfRecord {
        /// The operation.
        operation: OperationIndex,
        /// The record.
        record: Ulid,
        /// The name as read.
        name: Option<Text>,
    },
    /// An entry of the schedule, whole, as it is after the event.
    Schedule(Box<ScheduleEntry>),
    /// A failed expression.
    Fault {
        /// The operation.
        operation: OperationIndex,
        /// Which expression, and why.
        text: Text,
    },
    /// The gateway itself.
    Gateway,
    /// A connection.
    Connection {
        /// Its name.
        name: Text,
        /// Why it does not work.
        reason: Option<Text>,
    },
    /// A clock that was set.
    ClockStep {
        /// The connection whose source has it; the gateway's own without.
        connection: Option<Text>,
        /// By how much, in microseconds.
        step_micros: i64,
    },
    /// Readings that were lost.
    SamplesLost(Box<Loss>),
}
