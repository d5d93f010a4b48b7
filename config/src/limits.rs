//! Every bound of the file, with its reason. Reaching one is a problem, never a crash.

/// Largest file in bytes. A plant of 10,000 operations is about 6 MB; this stops a wrong path such
/// as a device or a database from filling the memory.
pub(crate) const FILE_BYTES_MAX: usize = 64 << 20;

/// Least bytes of a file that are parsed at once, if it is longer: the parser's tree of them takes some 3 MB.
pub(crate) const PIECE_BYTES: usize = 64 << 10;

/// Most files that one configuration reads.
pub(crate) const FILES_MAX: usize = 10_000;

/// How many includes may stand inside one another.
pub(crate) const INCLUDE_DEPTH_MAX: usize = 32;

/// How many parents an operation may have above it: opening and closing goes down through all of
/// them. Batch standards know four levels.
pub(crate) const PARENTS_DEPTH_MAX: usize = 16;

/// Most cells of a dataset: what every expression that reads it may have to look through.
pub(crate) const DATASET_CELLS_MAX: usize = 1_000_000;

/// Longest name, path or id in characters: they are in every record, topic and log line.
pub(crate) const NAME_CHARS_MAX: usize = 512;

/// Longest time in milliseconds that a key takes: 100 years. Sums of a few of them stay far from
/// the end of 64-bit microseconds.
pub(crate) const MILLIS_MAX: i64 = 100 * 366 * 86_400_000;

/// Longest time in seconds that a key takes: 100 years.
pub(crate) const SECONDS_MAX: f64 = 100.0 * 366.0 * 86_400.0;

/// Shortest time between two readings of a tag in milliseconds: a PLC's own cycle is about as long,
/// and faster polling only makes it slower.
pub(crate) const PERIOD_MILLIS_MIN: u64 = 10;

/// Longest time of a wire in milliseconds, be it a period, a timeout or a pause: a day. A device that
/// is asked less often is better asked by hand.
pub(crate) const WIRE_MILLIS_MAX: u64 = 86_400_000;

/// Most tags that one tag with an `array_length` stands for: what one request for bits may read.
pub(crate) const ARRAY_LENGTH_MAX: u16 = 2_000;

/// Most characters of a text in registers: what one request may read.
pub(crate) const TEXT_LENGTH_MAX: u16 = 250;

/// Most names of an `enum`: what somebody writes by hand.
pub(crate) const ENUM_NAMES_MAX: usize = 4_096;

/// Most links to one device: real ones take 4 to 16 clients.
pub(crate) const LINKS_MAX: u16 = 16;

/// Slowest and fastest serial lines, in bits a second: what drivers know.
pub(crate) const BAUD_RATES: std::ops::RangeInclusive<u32> = 110..=4_000_000;

/// Longest delay of an RS-485 driver in milliseconds: what the system takes.
pub(crate) const RS485_DELAY_MILLIS_MAX: u64 = 100;

/// Most registers that a request may read, by the standard of Modbus.
pub(crate) const REGISTERS_MAX: u16 = 125;

/// Most bits that a request may read, by the standard of Modbus.
pub(crate) const BITS_MAX: u16 = 2_000;

/// Smallest limit of MQTT packets in bytes: what a broker says at the connect must fit.
pub(crate) const PACKET_BYTES_MIN: u32 = 1 << 10;

/// Largest limit of MQTT packets in bytes: longer ones cannot be written in MQTT.
pub(crate) const PACKET_BYTES_MAX: u32 = 256 << 20;

/// Smallest log of frames in bytes: two files of some frames each.
pub(crate) const FRAME_LOG_BYTES_MIN: u64 = 64 << 10;

/// Largest log of frames in bytes: who looks for something in more has forgotten to turn it off.
pub(crate) const FRAME_LOG_BYTES_MAX: u64 = 4 << 30;

/// Most steps of a path into a JSON document: deeper documents are not read.
pub(crate) const JSON_STEPS_MAX: usize = 64;

/// How many comparisons of a wrong name with a known one are made for suggestions: half a second.
/// A file in which more is wrong has another trouble than typing, and the search is quadratic.
pub(crate) const COMPARISONS_MAX: usize = 100_000;

/// How many keys that are set twice are looked for in the tree, to say where the first one is.
pub(crate) const REPEATED_KEYS_MAX: usize = 100;

/// How many folders may stand inside one another in the values of a step: tags lie no deeper, and the reading recurses.
pub(crate) const FOLDERS_DEPTH_MAX: usize = 64;

/// Longest excerpt of a source line in characters.
pub(crate) const EXCERPT_CHARS_MAX: usize = 160;

/// Most days for which what is in a store may be kept: a hundred years.
pub(crate) const RETENTION_DAYS_MAX: u32 = 36_525;

/// Most requests of a token in a second: more than the server answers.
pub(crate) const HTTP_REQUESTS_PER_SECOND_MAX: u32 = 100_000;

/// Most streams of a token: no more than the server has connections.
pub(crate) const HTTP_STREAMS_MAX: u32 = 2_000;

/// Longest time that events wait or stay, in days: 100 years.
pub(crate) const PUBLISH_DAYS_MAX: u32 = 36_600;

/// Most events of one batch of a collector: some ten megabytes, and less time than a server gives one statement.
pub(crate) const COLLECTED_BATCH_MAX: u32 = 10_000;

/// Longest time in milliseconds that a batch waits for more: what happens now is to be seen now.
pub(crate) const COLLECTED_WAIT_MILLIS_MAX: u64 = 10_000;

/// Longest time in seconds before a hole is asked for, first or again: a broker on its way back takes minutes, not hours.
pub(crate) const ASK_SECONDS_MAX: u64 = 3_600;

/// Most requests until a hole is given up: with the longest time between them half a week.
pub(crate) const REQUESTS_MAX: u32 = 1_000;

/// Most dead letters that are kept: with the largest payloads 64 GB, with those of a wrong topic some hundred megabytes.
pub(crate) const DEAD_LETTERS_MAX: u32 = 1_000_000;
