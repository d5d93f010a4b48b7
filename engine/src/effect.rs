//! The engine's only exit: effects, in the order in which they happen.

use latchwork_expr::{Text, Timestamp};
use ulid::Ulid;

use crate::command::Answer;
use crate::handshake::TagWrite;
use crate::ids;
use crate::order::{Order, OrderIndex, OrderStatus};
use crate::plant::OperationIndex;
use crate::record::Record;
use crate::scan::{Loss, SkippedScan};
use crate::schedule::ScheduleEntry;
use crate::words::words;

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

    /// Returns the id of what asked for it: that of its scan's first event, which is also what a command is answered.
    pub fn request_id(&self, gateway_id: &str) -> Ulid {
        ids::event_id(gateway_id, self.scan_wall, self.sequence, 0)
    }
}

words! {
    /// The kinds of events (`spec/engine.md` section 12).
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum EventKind {
        /// A record opened.
        OperationStarted = "operation.started",
        /// An open record was changed by a rule.
        OperationUpdated = "operation.updated",
        /// A record closed.
        OperationStopped = "operation.stopped",
        /// An open record stands, by command.
        OperationPaused = "operation.paused",
        /// It goes on.
        OperationResumed = "operation.resumed",
        /// A record closed because it is not to count.
        OperationCancelled = "operation.cancelled",
        /// A record closed by a fault.
        OperationFaulted = "operation.faulted",
        /// A record takes longer than expected.
        OperationOverrun = "operation.overrun",
        /// A start was refused because another run is open.
        OperationConflict = "operation.conflict",
        /// A record is open although its operation's new stop level already says stopped.
        OperationStuck = "operation.stuck",
        /// A closed record was corrected.
        OperationEdited = "operation.edited",
        /// The PLC's counter of runs went on by something else than one.
        OperationSequenceGap = "operation.sequence_gap",
        /// An order came to be because somebody wants it.
        ProductionOrderCreated = "production_order.created",
        /// An order was changed by command, in more than its status.
        ProductionOrderUpdated = "production_order.updated",
        /// An order's status changed.
        ProductionOrderStatusChanged = "production_order.status_changed",
        /// A record that must have an order opened without one.
        ProductionOrderMissing = "production_order.missing",
        /// A machine named an order that does not exist.
        ProductionOrderUnknown = "production_order.unknown",
        /// A machine named another order than that of its record, which stays.
        ProductionOrderChanged = "production_order.changed",
        /// Something was asked of an order that is final.
        ProductionOrderFinal = "production_order.final",
        /// An entry was added to the schedule: somebody planned it, or a run that nobody had planned.
        ScheduleAdded = "schedule.added",
        /// A run took an entry of the schedule up.
        ScheduleStarted = "schedule.started",
        /// An entry of the schedule is done.
        ScheduleCompleted = "schedule.completed",
        /// An entry of the schedule was removed.
        ScheduleRemoved = "schedule.removed",
        /// An expression failed.
        TriggerFault = "trigger.fault",
        /// The gateway runs.
        GatewayStarted = "gateway.started",
        /// The gateway ends as it should.
        GatewayStopped = "gateway.stopped",
        /// A connection works.
        ConnectionUp = "connection.up",
        /// A connection does not work.
        ConnectionDown = "connection.down",
        /// The gateway's wall clock was set.
        GatewayClockStepped = "gateway.clock_stepped",
        /// The clock of a connection's source was set.
        ConnectionClockStepped = "connection.clock_stepped",
        /// Readings were lost.
        GatewaySamplesLost = "gateway.samples_lost",
        /// Scans were left out that the engine had failed on.
        GatewayScanSkipped = "gateway.scan_skipped",
        /// Events were dropped before they were published.
        OutboxDropped = "outbox.dropped",
    }
}

/// What an event says of its record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordChange {
    /// It opened.
    Opened,
    /// It closed.
    Closed,
    /// It is open, and something of it changed.
    Changed,
    /// It was closed before, and was corrected.
    Edited,
}

impl Event {
    /// Returns what the event says of which record, if it tells of one's course.
    pub fn change(&self) -> Option<(RecordChange, &Record)> {
        let Info::Record(record) = &self.info else { return None };
        let change = match self.kind {
            EventKind::OperationStarted => RecordChange::Opened,
            EventKind::OperationStopped | EventKind::OperationCancelled | EventKind::OperationFaulted => {
                RecordChange::Closed
            }
            EventKind::OperationUpdated
            | EventKind::OperationPaused
            | EventKind::OperationResumed
            | EventKind::OperationOverrun => RecordChange::Changed,
            EventKind::OperationEdited => RecordChange::Edited,
            EventKind::OperationConflict
            | EventKind::OperationStuck
            | EventKind::OperationSequenceGap
            | EventKind::ProductionOrderCreated
            | EventKind::ProductionOrderUpdated
            | EventKind::ProductionOrderStatusChanged
            | EventKind::ProductionOrderMissing
            | EventKind::ProductionOrderUnknown
            | EventKind::ProductionOrderChanged
            | EventKind::ProductionOrderFinal
            | EventKind::ScheduleAdded
            | EventKind::ScheduleStarted
            | EventKind::ScheduleCompleted
            | EventKind::ScheduleRemoved
            | EventKind::TriggerFault
            | EventKind::GatewayStarted
            | EventKind::GatewayStopped
            | EventKind::GatewayClockStepped
            | EventKind::GatewaySamplesLost
            | EventKind::GatewayScanSkipped
            | EventKind::OutboxDropped
            | EventKind::ConnectionClockStepped
            | EventKind::ConnectionUp
            | EventKind::ConnectionDown => return None,
        };
        Some((change, record))
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
    /// An order, whole, as it is after the event.
    Order(Box<Order>),
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
    /// Scans that were left out.
    ScanSkipped(Box<SkippedScan>),
    /// Events that were dropped before they were published.
    OutboxDropped {
        /// How many.
        count: u64,
        /// The number of the first.
        first_seq: u64,
        /// The number of the last.
        last_seq: u64,
    },
}
