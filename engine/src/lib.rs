//! The machine: plant + scan → effects.
//!
//! No clock, no I/O, no randomness: the same plant, the same retained state and the same scans give
//! the same effects, byte for byte, ids included.

pub mod ids;
mod order;
mod plant;
mod scan;

pub use order::OrderStatus;
pub use plant::{
    ConflictScope, ConflictStrategy, ExpectedDuration, FirstScan, Location, LocationIndex, Operation, OperationIndex,
    OrderResolution, OrderUpdate, Plant, ProductionOrder, Tag, Trigger, TriggerSource, TriggerType, UncertainPolicy,
    UnknownOrders,
};
pub use scan::{Input, Moment, Monotonic, Reading, Sample, Scan};
