//! Every bound of the running gateway, with its reason.

use std::time::Duration;

/// Most batches between the connectors and the engine: enough for a burst of a broker, few enough that a
/// connector soon feels that the engine has fallen behind.
pub(super) const BATCHES_WAITING_MAX: usize = 1024;

/// Most batches of one turn: what a commit then holds stays small enough that the next one is not late.
pub(super) const BATCHES_PER_TURN_MAX: usize = 512;

/// Most turns that wait for a store that cannot be written: some minutes of a busy plant, some MB.
pub(super) const TURNS_WAITING_MAX: usize = 1024;

/// Most scans that the engine runs ahead of what is committed: what a black box holds beyond the last commit, and so
/// what a replay of it must be ready to take back.
pub(super) const UNCOMMITTED_SCANS_MAX: u64 = 1 << 16;

/// How old what is committed may be of what moves no level: values, and when the gateway was alive.
pub(super) const HEARTBEAT: Duration = Duration::from_secs(1);

/// How long an end waits for a store that cannot be written: a service manager waits longer.
pub(super) const END_PATIENCE: Duration = Duration::from_secs(10);

/// Where the pauses between attempts to commit begin: nobody else writes this store, so any number will do.
pub(super) const COMMIT_RETRIES_SEED: u64 = 0;

/// Most commands that wait for the loop: people give them, and each is answered before the next is asked.
pub(super) const COMMANDS_WAITING_MAX: usize = 64;

/// Most clients of the socket at a time, for the same reason.
pub(super) const COMMAND_CLIENTS_MAX: usize = 16;

/// Longest command in bytes: names and notes.
pub(super) const COMMAND_BYTES_MAX: u64 = 1 << 16;

/// How long a trial waits for messages once a broker has granted the subscriptions: what is retained comes at once.
pub(super) const TRIAL_MESSAGES_PATIENCE: Duration = Duration::from_secs(2);

/// Most tags that one question looks at: the loop is held for less than a millisecond.
pub(super) const TAGS_PER_PAGE_MAX: usize = 2_048;

/// How long the socket waits after it could take no client.
pub(super) const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Tags whose values are one row of the store: as many as one reading of a device brings, so that a turn writes few rows
/// and few values that did not change.
pub(super) const TAGS_PER_ROW: u32 = 64;

/// How long a message that moved no level may wait to be acknowledged, so that one commit serves those that come meanwhile:
/// a broker sends on without the acknowledgement, and what does move a level is committed at once.
pub(super) const RECEIPTS_WAIT_MAX: Duration = Duration::from_millis(10);

/// Most messages that wait so: fewer than brokers send ahead of the acknowledgements (20 by default), so that none stops
/// sending for it.
pub(super) const RECEIPTS_WAITING_MAX: usize = 16;

/// How often the store is copied for the day on which it is damaged.
pub(super) const COPY_EVERY: Duration = Duration::from_mins(1);

/// How often what ended long ago is removed: little at a time, and soon enough for days.
pub(super) const PRUNE_EVERY: Duration = Duration::from_hours(1);
