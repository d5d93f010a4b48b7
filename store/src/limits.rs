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
pub(crate) const ROWS_PER_STATEMENT: [usize; 4] = [64, 16, 4, 1];
