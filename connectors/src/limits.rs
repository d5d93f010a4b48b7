//! Every bound of the wires, with its reason. Reaching one is a clear error or a count, never a crash.

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

/// Most rows of one trace that are parsed before their scans are stepped: enough that each of the two has the processor's
/// first-level cache to itself for a while, few enough that the samples stay in it.
pub const ROWS_AHEAD_MAX: usize = 128;

/// Most rows held back to be sorted: a window that holds more is a mistake in the window, and costs some 100 MB.
pub const REORDER_ROWS_MAX: usize = 1 << 20;

/// How many bad lines are kept word for word; the others are only counted.
pub const BAD_LINES_KEPT: usize = 10;

/// How many characters of a bad cell are quoted in an error.
pub const FOUND_CHARACTERS_MAX: usize = 60;

/// Bytes of lines gathered for one frame of an own trace: more is flushed unasked, so that a writer whose owner
/// never flushes stays small.
pub const OWN_FRAME_BYTES: usize = 256 << 10;
