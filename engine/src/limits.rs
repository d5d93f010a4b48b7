//! Every bound of the machine, with its reason.

/// How long after a `trigger.fault` event of an operation the next one is held back, in
/// microseconds: a broken expression on a fast tag would otherwise write thousands a second.
pub const FAULT_EVENT_INTERVAL_MICROS: i64 = 60_000_000;
