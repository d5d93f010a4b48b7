//! Every bound of the HTTP interface, with its reason.

use std::time::Duration;

/// Most connections at a time: a thousand streams with room beside them. Each holds some tens of KB and a file handle.
pub(super) const CONNECTIONS_MAX: usize = 1_536;

/// Which part of the process's file handles connections may hold: the store, devices and brokers need theirs.
pub(super) const HANDLES_SHARE: usize = 2;

/// How many file handles a process has where the system does not say.
pub(super) const HANDLES_ASSUMED: usize = 256;

/// Longest head of a request in bytes: a path, a token, what browsers add.
pub(super) const HEAD_BYTES_MAX: usize = 16 << 10;

/// Most headers of a request, for the same.
pub(super) const HEADERS_MAX: usize = 64;

/// Longest body in bytes (`spec/cli.md` section 5).
pub(super) const BODY_BYTES_MAX: usize = 1 << 20;

/// How long the head of a request may take to come, which is also how long a connection may stay without one.
pub(super) const HEAD_PATIENCE: Duration = Duration::from_secs(15);

/// How long a body may take to come: a megabyte over the slowest of lines.
pub(super) const BODY_PATIENCE: Duration = Duration::from_secs(15);

/// How long an answer may be worked on: a commit waits for a store that another program holds, and for no longer.
pub(super) const ANSWER_PATIENCE: Duration = Duration::from_mins(1);

/// How long a client may take no byte of what it is sent: then it is gone, or holds the connection for nothing.
pub(super) const WRITE_PATIENCE: Duration = Duration::from_secs(15);

/// How long the exchange of keys may take.
pub(super) const HANDSHAKE_PATIENCE: Duration = Duration::from_secs(10);

/// How long the end waits for answers under way: the whole gateway has ended within two seconds.
pub(super) const END_PATIENCE: Duration = Duration::from_millis(500);

/// How long the server waits after it could take no client: out of file handles, most likely.
pub(super) const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// How long a server that takes another's place tries to listen: the system gives an address back soon.
pub(super) const BIND_PATIENCE: Duration = Duration::from_secs(5);

/// How long until it tries again.
pub(super) const BIND_PAUSE: Duration = Duration::from_millis(100);

/// How many wrong tokens of one address are nothing yet: somebody has an old one in a file.
pub(super) const WRONG_TOKENS_FREE: u32 = 5;

/// How long an address is locked out after one more; doubled for each that follows.
pub(super) const LOCKOUT_MIN: Duration = Duration::from_secs(1);

/// Longest such time.
pub(super) const LOCKOUT_MAX: Duration = Duration::from_mins(5);

/// Most addresses whose wrong tokens are remembered: past it the one that is heard of longest ago is forgotten.
pub(super) const LOCKED_OUT_MAX: usize = 1_024;

/// How many seconds' worth of requests a token may make at once.
pub(super) const BURST_SECONDS: f64 = 2.0;

/// Longest name of an actor in characters: it is in events and records.
pub(super) const ACTOR_CHARS_MAX: usize = 128;

/// Longest idempotency key in characters: ids and hashes have fewer.
pub(super) const KEY_CHARS_MAX: usize = 255;

/// How many rows a list gives unless it is asked for another number.
pub(super) const ROWS_DEFAULT: u32 = 100;

/// Most rows of one list: some MB, written in some milliseconds.
pub(super) const ROWS_MAX: u32 = 1_000;

/// Longest text of a parameter in characters: names are shorter.
pub(super) const PARAMETER_CHARS_MAX: usize = 512;

/// How many events the streams may be behind the log before they read on from the store, each for itself.
pub(super) const EVENTS_TOLD_AHEAD_MAX: usize = 1_024;

/// How many events are read from the log at once for streams.
pub(super) const EVENTS_PER_PAGE: u32 = 256;

/// How many pieces of a stream wait for its reader: a piece is an event, some KB.
pub(super) const PIECES_WAITING_MAX: usize = 16;

/// How often a stream says that it is still there, if nothing else does: what stands between closes silent connections.
pub(super) const STREAM_PULSE: Duration = Duration::from_secs(15);

/// How often is looked for tags that changed, while somebody wants to know: as fast as people read.
pub(super) const TAGS_EVERY: Duration = Duration::from_secs(1);

/// How often a stream of a job looks for what other gateways did to it; what this one did it hears at once.
pub(super) const JOB_LOOK_EVERY: Duration = Duration::from_secs(5);

/// How many events of a job are read at once.
pub(super) const JOB_EVENTS_PER_PAGE: u32 = 256;

/// How long is waited after the store could not be read.
pub(super) const STORE_PAUSE: Duration = Duration::from_secs(1);

/// How long a health check waits for the loop: who asks for it waits for no more than some seconds.
pub(super) const HEALTH_PATIENCE: Duration = Duration::from_secs(2);
