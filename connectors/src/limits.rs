//! Every bound of the wires, with its reason. Reaching one is a clear error or a count, never a crash.

use std::time::Duration;

/// Bytes of the read buffer of one trace: large enough that a system call costs nothing per row,
/// small enough to stay in the second-level cache.
pub const READ_BUFFER_BYTES: usize = 256 << 10;

/// Bytes of all read buffers together: merging many files must not cost more memory than reading one.
pub const READ_BUFFERS_BYTES: usize = 8 << 20;

/// Smallest read buffer in bytes: below it system calls begin to show.
pub const READ_BUFFER_BYTES_MIN: usize = 16 << 10;

/// Longest line in bytes: the first line of an own trace holds a configuration and a retained state;
/// anything longer is not a trace but some other file.
pub const LINE_BYTES_MAX: usize = 16 << 20;

/// Longest CSV record with quoted line breaks in bytes: a quote that never closes is looked for this far, and no
/// farther, so that a file full of them is not read again and again.
pub const QUOTED_BYTES_MAX: usize = 1 << 20;

/// Most different tags that a trace is told apart by: past it unknown tags are still counted, but no longer known by
/// name; where every tag is wanted (conversion) it is an error.
pub const TAGS_MAX: usize = 1 << 20;

/// Bytes of the names of those tags, for the same reason.
pub const TAG_NAMES_BYTES_MAX: usize = 64 << 20;

/// Most traces merged in one reading: each holds an open file, and systems commonly allow 1,024.
pub const FILES_MAX: usize = 512;

/// Most rows held back to be sorted: a window that holds more is a mistake in the window, and costs some 100 MB.
pub const REORDER_ROWS_MAX: usize = 1 << 20;

/// How many bad lines are kept word for word; the others are only counted.
pub const BAD_LINES_KEPT: usize = 10;

/// How many characters of a bad cell are quoted in an error.
pub const FOUND_CHARACTERS_MAX: usize = 60;

/// Bytes of lines gathered for one frame of an own trace: more is flushed unasked, so that a writer whose owner
/// never flushes stays small.
pub const OWN_FRAME_BYTES: usize = 256 << 10;

/// First wait before a lost link is tried again: a broker or a device that only restarted a process is back at once.
pub const BACKOFF_FIRST: Duration = Duration::from_millis(100);

/// Longest wait before a lost link is tried again: what a person at the machine is ready to wait for.
pub const BACKOFF_LONGEST: Duration = Duration::from_secs(30);

/// How long an MQTT connection must have lasted before the next loss is tried again at once: two clients of one id
/// that throw each other out would otherwise do so ten times a second.
pub const MQTT_STABLE_AFTER: Duration = Duration::from_secs(10);

/// How long connecting to a broker may take, to the end of its answer; also how long a write may be stuck.
pub const MQTT_CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a connector that is stopped waits for the commit of what it handed over, and then for the broker to take
/// its farewell: what is acknowledged now is not sent again at the next start.
pub const MQTT_STOP_GRACE: Duration = Duration::from_millis(500);

/// Most `QoS` 1 and 2 messages that a broker may have sent without an acknowledgement (MQTT 5; in 3.1.1 the broker
/// decides): enough for a thousand messages a turn, few enough to send again.
pub const MQTT_RECEIVE_MAXIMUM: u16 = 1024;

/// Bytes of `QoS` 1 and 2 messages that wait for the engine. A broker that sends more is left, and sends again.
pub const MQTT_WAITING_BYTES_MAX: usize = 64 << 20;

/// Most `QoS` 0 messages that wait for the engine; what comes beyond is dropped and counted.
pub const MQTT_WAITING_UNACKNOWLEDGED_MAX: usize = 10_000;

/// Bytes of those `QoS` 0 messages.
pub const MQTT_WAITING_UNACKNOWLEDGED_BYTES_MAX: usize = 16 << 20;

/// What a batch that waits costs beside its payload, in bytes.
pub const MQTT_WAITING_OVERHEAD_BYTES: usize = 256;

/// Most filters of one SUBSCRIBE packet: brokers refuse large ones, some beyond eight.
pub const MQTT_FILTERS_PER_SUBSCRIBE: usize = 8;

/// Most topics whose tags are remembered; past it all are forgotten and found anew, so that a flood of ever new
/// topics costs time and no memory.
pub const MQTT_TOPICS_REMEMBERED_MAX: usize = 16_384;

/// Longest topic that is remembered, in bytes, for the same reason: the protocol allows 64 KiB.
pub const MQTT_TOPIC_REMEMBERED_BYTES_MAX: usize = 512;

/// How many old points in a row are dropped before a tag's points are taken again: by then its clock was set back.
pub const OLD_POINTS_MAX: u32 = 10;

/// How long old points of a tag are dropped before they are taken again, for tags that seldom speak.
pub const OLD_POINTS_LONGEST: Duration = Duration::from_mins(1);

/// Longest reason of a lost connection in characters: brokers may write what they like into it.
pub const REASON_CHARACTERS_MAX: usize = 200;
