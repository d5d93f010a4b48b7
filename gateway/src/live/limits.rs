//! Every bound of the running gateway, with its reason.

use std::time::Duration;

/// Most batches between the connectors and the engine: enough for a burst of a broker, few enough that a
/// connector soon feels that the engine has fallen behind. How large they are together is bounded by the connectors.
pub(super) const BATCHES_WAITING_MAX: usize = 2048;

/// Most batches of one turn, that is of one commit: all that came while the last one was waited for, so that a plant which
/// brings more than a commit each brings larger commits, and is not left behind.
pub(super) const BATCHES_PER_TURN_MAX: usize = 2048;

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

/// Most commands that wait for the loop, and that one turn takes: people give them, and each is answered before the next is
/// asked.
pub(super) const COMMANDS_WAITING_MAX: usize = 64;

/// How long a turn waits for those who asked together with the others before: an answer and the next request take a
/// part of it, and it is less than most disks take for a commit.
pub(super) const CROWD_PATIENCE: Duration = Duration::from_millis(1);

/// Most requests of jobs that wait for the loop: those of one transaction. Who finds no place waits before.
pub(super) const JOBS_WAITING_MAX: usize = latchwork_store::limits::WORKS_AT_ONCE_MAX;

/// How often is looked for what other gateways did to jobs: two small queries, and people wait for a machine's record longer.
pub(super) const ELSEWHERE_EVERY: Duration = Duration::from_secs(1);

/// How far back the ends of jobs are looked at for that, in microseconds: longer than a server is away without this gateway
/// being started anew, which reads everything.
pub(super) const ELSEWHERE_SPAN_MICROS: i64 = 24 * 3600 * 1_000_000;

/// Most clients of the socket at a time, for the same reason.
pub(super) const COMMAND_CLIENTS_MAX: usize = 16;

/// Most errands that wait for the loop, for the same reason.
pub(super) const ERRANDS_WAITING_MAX: usize = 16;

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

/// From how many unpublished events on what comes now is published beside them: a second's work of an ordinary broker.
pub(super) const BACKLOG_EVENTS_MIN: u64 = 10_000;

/// Most stretches of unpublished events that are kept apart; past it the live lane is simply behind.
pub(super) const BACKLOG_SPANS_MAX: usize = 1_024;

/// Most events that are read at once to be published: half of what a courier has under way, so that there is always
/// something to send while the next are read, and a page of the largest records stays below some MB.
pub(super) const OUTGOING_EVENTS_PER_PAGE: u32 = 256;

/// Most letters between the publisher and its courier, for the same reason.
pub(super) const LETTERS_WAITING_MAX: usize = 512;

/// How long what the broker has taken may wait to be written down: one commit a time, and after a kill these are
/// published again under their ids.
pub(super) const MARK_AFTER: Duration = Duration::from_secs(1);

/// Most events that wait so: what is published again after a kill stays below a second's work.
pub(super) const MARK_EVENTS_MAX: u64 = 16_384;

/// How often an event is refused before it is quarantined (`spec/jobs.md` section 7).
pub(super) const REFUSALS_MAX: u32 = 10;

/// Longest pause before a refused event is tried again, in milliseconds (`spec/jobs.md` section 7).
pub(super) const REFUSAL_PAUSE_MILLIS_MAX: u64 = 300_000;

/// From how many refused events on the others wait: a broker that refuses so many refuses everything, and each of them
/// would be quarantined in its turn.
pub(super) const REFUSED_WAITING_MAX: usize = 100;

/// Most events that one request has published again; who misses more asks again.
pub(super) const RESEND_EVENTS_MAX: u64 = 10_000;

/// Most such requests that wait; who is not answered asks again.
pub(super) const RESENDS_WAITING_MAX: usize = 64;

/// How often is looked for events that were published long enough ago, or that wait for too long.
pub(super) const OUTBOX_CARE_EVERY: Duration = Duration::from_secs(10);

/// How long the next step of that waits: turns come first.
pub(super) const OUTBOX_CARE_PAUSE: Duration = Duration::from_millis(50);

/// How long the outbox waits after the store could not be read.
pub(super) const OUTBOX_STORE_PAUSE: Duration = Duration::from_secs(1);

/// How long an end waits for the broker to take what is left: the next start goes on with the rest.
pub(super) const OUTBOX_END_PATIENCE: Duration = Duration::from_secs(1);

/// Most orders of people and alarms that wait for the publisher or the loop.
pub(super) const OUTBOX_ORDERS_WAITING_MAX: usize = 16;

/// How often within the service manager's patience the loop says that it turns: one word may be late.
pub(super) const BEATS_PER_PATIENCE: u32 = 3;

/// How long a word to the service manager may wait for its socket: its next one says the same, and scans wait meanwhile.
pub(super) const NOTIFY_PATIENCE: Duration = Duration::from_millis(100);
