//! The machine: plant + scan → effects.
//!
//! No clock, no I/O, no randomness: the same plant, the same retained state and the same scans give
//! the same effects, byte for byte, ids included.

mod calm;
mod captures;
mod changed;
mod clock;
mod command;
mod effect;
mod evaluate;
mod explain;
mod fields;
mod handshake;
pub mod ids;
pub mod jobs;
mod latch;
mod lifecycle;
pub mod limits;
mod lists;
mod material;
mod moves;
mod operation;
mod order;
mod order_changes;
mod overruns;
mod paths;
mod pauses;
mod plant;
mod poll;
mod probe;
mod record;
mod restart;
mod retained;
mod scale;
mod scan;
mod schedule;
mod seen;
mod starts;
mod stations;
mod step;
mod stops;
mod timer;
mod touched;
mod trigger;
mod validity;
mod wiring;
mod words;

pub use captures::{Capture, CaptureMode};
pub use clock::ClockWatch;
pub use command::{
    AbandonInfo, Accepted, Answer, Ask, Command, CommandError, Done, EditInfo, EntryInfo, Fetched, FetchedRecord,
    Given, OperationInfo, OrderInfo, Rejection, RejectionKind, RemovalInfo, SplitInfo, Verb,
};
pub use effect::{Effect, Event, EventKind, Info, RecordChange};
pub use explain::{
    Asked, Explanation, Fate, Happening, Ignored, Known, OpenRun, OrderExplanation, Pending, Remembered,
    TriggerExplanation, TriggerRole, What, Why,
};
pub use handshake::{
    Acknowledged, Acknowledgement, Handshake, Reset, RetainedHandshake, Sequence, TagWrite, WriteKind,
};
pub use jobs::{GOOD, JobSettings, LegCompletion};
pub use material::Material;
pub use operation::Counters;
pub use order::{Order, OrderIndex, OrderPlan, OrderStatus};
pub use plant::{
    ConflictScope, ConflictStrategy, ExpectedDuration, FirstScan, Guard, Heartbeat, Location, LocationIndex, Operation,
    OperationIndex, OrderResolution, OrderUpdate, Plant, ProductionOrder, RestartPolicy, Tag, Trigger, TriggerSource,
    TriggerType, UncertainPolicy, UnknownOrders,
};
pub use record::{EndReason, Modified, OrderLink, Record, StartReason, Status};
pub use retained::{
    Exact, Instant, Retained, RetainedCapture, RetainedConnection, RetainedEntry, RetainedError, RetainedLocation,
    RetainedOperation, RetainedOrder, RetainedRow, RetainedSite, RetainedTag, RetainedTrigger,
};
pub use scan::{Input, Loss, Moment, Monotonic, Notice, Reading, Sample, Scan, SkippedScan};
pub use schedule::{EntryStatus, PlannedEntry, Priority, ScheduleEntry};
pub use stations::{Flow, Station, StationIndex, Stations};
pub use step::Engine;
pub use trigger::{Arrival, Began, Came, Fired, HoldEnd, Missed, ScanTime};
