//! Every bound of jobs, with its reason.

/// Most parts of a job. Sums over a plant's jobs stay exact as floats, in which orders have their quantities.
pub const QUANTITY_MAX: u64 = 1_000_000_000;

/// Most legs of a job. Only rework makes more legs than there are stations; parts that went round so often are a mistake of
/// some program, and every transition reads all legs of its job.
pub const LEGS_MAX: usize = 1_000;

/// Most serial numbers that one batch is given: they are in one event, which must fit into a message.
pub const SERIALS_MAX: usize = 10_000;

/// Most stations that one completion sends parts back to: more than a plant has at one station.
pub const REWORKS_MAX: usize = 100;

/// Longest name, code or serial number in characters: they are in every event.
pub const NAME_CHARS_MAX: usize = 512;

/// Longest line of a job's log, and longest message, in characters: a stack trace fits, a file does not.
pub const LINE_CHARS_MAX: usize = 16_384;
