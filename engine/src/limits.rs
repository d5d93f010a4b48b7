//! Every bound of the machine, with its reason.

/// By how much the wall clock must have moved against the monotonic one from one scan to the next to have been set, in
/// microseconds: a busy machine reads one after the other with less between them.
pub const CLOCK_STEP_MICROS_MIN: i64 = 1_000_000;

/// How long after a `trigger.fault` event of an operation the next one is held back, in
/// microseconds: a broken expression on a fast tag would otherwise write thousands a second.
pub const FAULT_EVENT_INTERVAL_MICROS: i64 = 60_000_000;

/// Most pieces that a capture keeps of its level while holds are pending: minutes of a fast tag, some 50 KB. Beyond it
/// only the edges of pending holds stay exact, which are the points at which a run begins or ends nearly always.
pub const CAPTURE_PIECES_MAX: usize = 256;
/// How many pauses of a run are kept one by one. People pause; a run that was paused more often than this is a mistake of
/// some program, and then only a stop that is given for so long ago comes out too short.
pub const PAUSES_KEPT_MAX: usize = 256;
