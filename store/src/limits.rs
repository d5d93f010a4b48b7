//! Every bound of the ledger, with its reason.

use std::time::Duration;

/// How long a statement waits for a lock that another program holds (somebody's `sqlite3` on the
/// file): longer than a query of a person, shorter than the patience of the scans behind it.
pub const BUSY_TIMEOUT: Duration = Duration::from_secs(2);

/// How many connections read beside the one that writes: the API and the dashboard, not a crowd.
pub const READERS_MAX: u32 = 4;

/// How long a reader waits for a connection.
pub const READER_WAIT: Duration = Duration::from_secs(5);

/// How long a reader stays open unused: each holds a thread.
pub const READER_IDLE: Duration = Duration::from_mins(1);

/// How many rows a query gives at most: a page of records stays below some 10 MB.
pub const PAGE_ROWS_MAX: u32 = 10_000;

/// How many events one step of the outbox drops or removes: such a step holds the writer for some milliseconds, and
/// the turns behind it should not feel it.
pub const OUTBOX_STEP_EVENTS_MAX: u64 = 1_000;

/// How many refused events are read at once: what waits to be tried again, and what is shown to people.
pub const REFUSED_ROWS_MAX: u32 = 10_000;

/// How deep records below a record are looked for: plants have two or three levels of operations.
pub const FAMILY_DEPTH_MAX: u32 = 64;

/// How many records below a record are read for a command that changes it.
pub const FAMILY_ROWS_MAX: u32 = 10_000;

/// How large the write-ahead log may stay on the disk after it was taken over, in bytes. It grows
/// beyond while a reader or a large turn needs it.
pub const WAL_BYTES_KEPT: u32 = 64 << 20;

/// How much of a lock file is read: a line of ours has 60 bytes, a stranger's file may have any size.
pub const LOCK_TEXT_BYTES_MAX: u64 = 256;

/// How many rows one statement carries, from the most to one. Each length is a statement of its own
/// that is prepared once; few trips to the thread of the database matter more than few statements.
/// 64 rows of the widest table (39 columns) stay below SQLite's 32,766 parameters.
pub(crate) const ROWS_PER_STATEMENT: [usize; 7] = [64, 32, 16, 8, 4, 2, 1];

/// How many rows one trip to a server carries: some megabytes at most, far below the gigabyte that Postgres takes.
pub(crate) const ROWS_PER_TRIP: usize = 1024;

/// Of how many shapes of turns the texts for a server are kept: as many as the driver keeps statements prepared there.
pub(crate) const TURN_SHAPES_MAX: usize = 128;

/// How many rows of a kind a turn may have that is told to a file's thread in one trip: such are the turns of a quiet
/// plant, and each of the few texts is prepared once.
pub(crate) const ROWS_AT_ONCE_MAX: usize = 4;

/// How long a connection to a server may take to be made: it is made while scans wait.
pub const CONNECT_WAIT: Duration = Duration::from_secs(5);

/// How long a server may take for a statement before it gives it up. The largest of ours takes a tenth of a second.
pub const STATEMENT_TIME_MAX: Duration = Duration::from_secs(5);

/// How long an answer of a server is waited for: longer than the server itself gives a statement, so that it is a dead
/// line that ends it.
pub const ANSWER_WAIT: Duration = Duration::from_secs(6);

/// How long a statement waits on a server for a lock that another program holds, as long as for one on a file.
pub const LOCK_WAIT: Duration = BUSY_TIMEOUT;

/// How long a server keeps a transaction of ours open of which it hears nothing.
pub const TRANSACTION_IDLE_MAX: Duration = Duration::from_secs(30);

/// How long another instance's lock on a server is waited for: a server needs a moment to see that somebody is gone.
pub const LOCK_PATIENCE: Duration = Duration::from_secs(2);

/// How long until it is looked for again.
pub(crate) const LOCK_LOOK_PAUSE: Duration = Duration::from_millis(50);

/// By how much the numbers of events go on in a ledger that began where a minute copy was: far more than a gateway makes
/// in the minutes that were lost.
pub const EVENTS_PASSED_OVER: i64 = 1_000_000;

/// By how much the numbers of scans go on: ids of events are made of them.
pub const SCANS_PASSED_OVER: i64 = 1_000_000_000;

/// How many rows are removed at once: a gateway that writes meanwhile waits for some milliseconds.
pub(crate) const PRUNED_AT_ONCE_MAX: u64 = 1_000;

/// How many jobs are removed at once, with all that hangs on them: some have hundreds of legs and thousands of serial numbers.
pub(crate) const JOBS_PRUNED_AT_ONCE_MAX: u64 = 50;

/// How long a gateway has the store for itself between two such removals.
pub(crate) const PRUNE_PAUSE: Duration = Duration::from_millis(20);

/// How many rows of an export are read at once.
pub(crate) const EXPORTED_AT_ONCE: u64 = 1_000;

/// How many requests of jobs are one transaction: what comes while the one before is written, and few enough that its rows
/// are read and written within a part of [`STATEMENT_TIME_MAX`].
pub const WORKS_AT_ONCE_MAX: usize = 256;

/// How long it is known what was answered under a key, in microseconds: a day (`spec/jobs.md` section 5).
pub(crate) const KEYS_KEPT_MICROS: i64 = 24 * 3600 * 1_000_000;

/// How many ranges of numbers a collector keeps for one gateway: with two collectors there are as many as messages in
/// hand; beyond that somebody sends numbers with holes on purpose. They are 200 KB as text.
pub(crate) const COLLECTED_RANGES_MAX: usize = 10_000;

/// How many events one request names at most: a gateway answers no larger one.
pub const RESEND_NUMBERS_MAX: u64 = 10_000;

/// The greatest number of an event that is taken for one: a gateway of a thousand events a second is there in 285,000
/// years, and JSON has no greater ones.
pub const COLLECTED_SEQ_MAX: u64 = 1 << 53;

/// How many gateways are looked at for holes in one transaction: it holds their rows.
pub(crate) const REVIEWED_AT_ONCE_MAX: u32 = 1_000;

/// How many bytes of a dead letter's payload are kept: all of any event that a gateway makes, and enough of the rest to
/// see what it is.
pub const DEAD_LETTER_BYTES_MAX: usize = 64 << 10;

/// How many bytes of its topic: topics of gateways are far below it.
pub const DEAD_LETTER_TOPIC_BYTES_MAX: usize = 1 << 10;

/// How far back, and how far ahead, months have partitions of their own, in months: an event of another time comes from a
/// clock that is wrong, and there would be no end of partitions.
pub(crate) const PARTITION_MONTHS_BACK: i32 = 36;
/// See [`PARTITION_MONTHS_BACK`].
pub(crate) const PARTITION_MONTHS_AHEAD: i32 = 1;
