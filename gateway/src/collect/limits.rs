//! Every bound of a collector that its configuration does not set, with its reason.

use std::time::Duration;

/// How many batches wait to be kept beside the one that is: one is made while another is written.
pub(super) const BATCHES_WAITING_MAX: usize = 1;

/// How many things wait to be said to the broker: a batch's acknowledgement is one.
pub(super) const SAYINGS_WAITING_MAX: usize = 64;

/// How long it is at most until a hole is asked for again, as long as publishers wait for their broker.
pub(super) const ASK_AGAIN_MAX: Duration = Duration::from_mins(5);

/// How often it is looked for holes.
pub(super) const LOOK_EVERY: Duration = Duration::from_millis(500);

/// How often the counts are logged, if they have changed.
pub(super) const LOG_EVERY: Duration = Duration::from_mins(1);

/// How long each part may take to end: two seconds for all together.
pub(super) const STOP_GRACE: Duration = Duration::from_millis(600);

/// Longest pause in milliseconds until a store that failed is tried again.
pub(super) const STORE_PAUSE_MILLIS_MAX: u64 = 10_000;

/// Longest id of a gateway in bytes: it is in every key.
pub(super) const GATEWAY_ID_BYTES_MAX: usize = 255;

/// Longest type of an event in bytes.
pub(super) const EVENT_TYPE_BYTES_MAX: usize = 255;

/// How many dead letters of a batch are logged one by one; the others are counted.
pub(super) const LETTERS_LOGGED_MAX: usize = 10;
