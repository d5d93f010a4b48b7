//! Every bound of the wires, with its reason. Reaching one is a clear error or a count, never a crash.

use std::time::Duration;

/// Bytes of the read buffer of one trace: large enough that a system call costs nothing per row,
/// small enough to stay in the second-level cache.
pub const READ_BUFFER_BYTES: usize = 256 << 10;

/// Bytes of all read buffers together: merging many files must not cost more memory than reading one.
pub const READ_BUFFERS_BYTES: usize = 8 << 20;

/// Smallest read buffer in bytes: below it system calls begin to show.
pub const READ_BUFFER_BYTES_MIN: usize = 16 << 10;

/// Longest line in bytes: the first line of an own trace holds a configuration and a retained state, for a plant of
/// 10,000 operations some 20 MB together; anything much longer is not a trace but some other file.
pub const LINE_BYTES_MAX: usize = 64 << 20;

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

/// Bytes of lines in a frame of an own trace that is packed again: what a frame tells once is little beside them, and what
/// damage takes with it is minutes.
pub const REPACKED_FRAME_BYTES: usize = 8 << 20;

/// Bytes of memory that a packed block may take while it is gathered: what compresses it takes five times as much, and lines that
/// hardly resemble one another gain nothing by more.
pub const PACKED_BLOCK_BYTES: usize = 1 << 20;

/// Longest line of a packed trace in bytes, which is a block: the above, and what the last piece of a line can become. Who reads
/// it needs ten times as much for one that is nothing but numbers.
pub const PACKED_LINE_BYTES_MAX: usize = 4 << 20;

/// Bytes of lines that are packed again at a time: a millisecond or two of work, then others have their turn.
pub const REPACKING_STEP_BYTES: usize = 64 << 10;

/// Most scans that a gateway takes beyond the last committed one. So many of an own trace are held back in a replay, for
/// a start of the gateway may still tell that they never became true; only scans that did something cost memory.
pub const UNCOMMITTED_SCANS_MAX: u64 = 65_536;

/// Largest scenario in bytes: a plant of a thousand signals is some 200 KiB; this stops a wrong path.
pub const SCENARIO_BYTES_MAX: u64 = 4 << 20;

/// Most machines of a scenario: each is looked at whenever something happens.
pub const SIMULATED_MACHINES_MAX: usize = 256;

/// Most states of a machine: real ones have some dozens.
pub const SIMULATED_STATES_MAX: usize = 256;

/// Most signals of a scenario, for the reason of the machines.
pub const SIMULATED_SIGNALS_MAX: usize = 4_096;

/// Longest time in milliseconds that a scenario names: a day. Who needs more has no simulation in mind.
pub const STATE_MILLIS_MAX: u64 = 86_400_000;

/// Largest weight of a choice: the sum of all of a state's stays far from the end of 64 bits.
pub const WEIGHT_MAX: u64 = 1_000_000;

/// Most entries of a list that a signal goes through.
pub const LIST_MAX: usize = 4_096;

/// Most decimals of a simulated number: a float32 has no more.
pub const DECIMALS_MAX: u64 = 9;

/// Longest topic that is published to, in bytes: the protocol's own bound is 65,535, brokers' are lower.
pub const TOPIC_BYTES_MAX: usize = 1_024;

/// Most faults of a simulated device: each is looked at with every request.
pub const SIMULATED_FAULTS_MAX: usize = 256;

/// Most requests of a recorded device: an hour of it at some thirty a second.
pub const RECORDED_MAX: usize = 100_000;

/// Most answers that wait on one line of the simulated device: far more than any client leaves unanswered. A client that
/// asks beyond them is not read until some have gone.
pub const SIMULATED_ANSWERS_MAX: usize = 1_024;

/// Longest frame of Modbus TCP in bytes.
pub const MODBUS_FRAME_BYTES_MAX: usize = 260;

/// Highest speed of a simulation: above it a millisecond of ours is longer than any state of a plant.
pub const SPEED_MAX: f64 = 10_000.0;

/// Most clients of the simulated Modbus server at a time; real devices often take 4 to 16. More are turned away.
pub const MODBUS_CLIENTS_MAX: usize = 64;

/// Most messages that wait for the simulator's MQTT client. What comes then is dropped and counted: a sensor has no
/// memory either, and what is retained is told again.
pub const PUBLISH_QUEUE_MAX: usize = 4_096;

/// Lowest speed of a simulation: a second of the scenario takes a quarter of an hour.
pub const SPEED_MIN: f64 = 0.001;

/// Most clients of the broker within the process: those of a demo and of a test.
pub const BROKER_CLIENTS_MAX: usize = 64;

/// Largest message that the broker within the process takes, in bytes.
pub const BROKER_PAYLOAD_BYTES_MAX: usize = 1 << 20;

/// Bytes of one segment of a topic's messages in the broker within the process.
pub const BROKER_SEGMENT_BYTES: usize = 1 << 20;

/// How many segments of a topic it keeps for clients that are behind: the older ones are lost to them.
pub const BROKER_SEGMENTS: usize = 4;

/// Most registers of a Modbus request: what the protocol allows.
pub const MODBUS_REGISTERS_MAX: u16 = 125;

/// Most bits of a Modbus request: what the protocol allows.
pub const MODBUS_BITS_MAX: u16 = 2_000;

/// Most requests in time at once over a Modbus link, one for each unit: what the implementation guide has servers
/// take from one client. Requests to units that were silent before do not count, so that they hold up nobody.
pub const MODBUS_IN_TIME_MAX: usize = 16;

/// How long a broker may take to acknowledge a message: longer than any that works, and shorter than people wait.
pub const MQTT_PUBLISH_PATIENCE: Duration = Duration::from_secs(10);

/// How often a device or a broker may refuse a write until it is given up: within a minute what refuses it for a moment
/// has ended, and what refuses it for good is a mistake that somebody must see.
pub const WRITE_REFUSALS_MAX: u32 = 10;

/// Most late requests of a unit whose answers may still come. Enough to find out that it is dead; past it the unit is
/// asked again when the oldest is given up.
pub const MODBUS_LATE_MAX: usize = 8;

/// The same of a unit that is known to answer late: a device that needs long for each request must not be buried
/// under more of them.
pub const MODBUS_LATE_MAX_OF_SLOW: usize = 2;

/// After how many requests in a row without an answer a Modbus unit may be taken for dead, or a link for silent.
pub const MODBUS_UNANSWERED_MAX: u32 = 5;

/// For how many milliseconds nothing must have come from a unit before it is taken for dead.
pub const MODBUS_SILENCE_MILLIS_MIN: u64 = 2_000;

/// How many milliseconds apart the blocks of one period are due, or at once: a device and the gateway wake up for each pause.
pub const MODBUS_PAUSE_MILLIS_MIN: u64 = 50;

/// After how many milliseconds a block that the device says it does not have is tried again: somebody may have loaded
/// another program into it.
pub const MODBUS_HOLE_MILLIS: u64 = 60_000;

/// After how many milliseconds a block that is read once is tried again, as long as it was not read.
pub const MODBUS_ONCE_RETRY_MILLIS: u64 = 1_000;

/// How often in a row a device may say that it has no such address until a block is taken apart, or taken for a hole:
/// once may be a program that is being loaded.
pub const MODBUS_ILLEGAL_MAX: u8 = 2;

/// Most readings of a Modbus connection that wait for the engine, of 32 bytes each: half a megabyte, and eight of the longest
/// requests. Polling waits beyond it.
pub const MODBUS_WAITING_READINGS_MAX: u32 = 16_384;

/// From how long a time on, in which nothing could be handed over, what was not read meanwhile is told as lost. Below it
/// polling waited for the engine, as it is meant to: a commit of many values takes some tenths of a second.
pub const MODBUS_HELD_UP_MIN: Duration = Duration::from_secs(1);

/// For how many milliseconds a device that is busy is left alone.
pub const MODBUS_BUSY_MILLIS: u64 = 500;

/// How often in a row a device may be busy until its tags are Bad.
pub const MODBUS_BUSY_MAX: u8 = 3;

/// Longest frame of a serial line in bytes (Modbus over Serial Line 1.02, 2.5.1): what is longer is noise.
pub const MODBUS_RTU_FRAME_BYTES_MAX: usize = 256;

/// After how many milliseconds a dead unit is probed first.
pub const MODBUS_PROBE_MILLIS_FIRST: u64 = 250;

/// Longest pause in milliseconds between probes of a dead unit.
pub const MODBUS_PROBE_MILLIS_MAX: u64 = 5_000;

/// Bytes read from a Modbus link at once: some sixty of the longest frames, so that what came while the engine was
/// busy is read before anything is taken for late.
pub const MODBUS_READ_BYTES: usize = 16 << 10;

/// Most frames of a Modbus link that wait until the one behind them is complete: far more than can be outstanding, and
/// some 300 KB of the longest.
pub const MODBUS_HELD_FRAMES_MAX: usize = 1_024;

/// How many milliseconds a Modbus answer waits whose end may be the beginning of another one, if nothing comes behind it:
/// far longer than lies between the pieces of one frame, and shorter than most periods.
pub const MODBUS_DOUBT_MILLIS: u64 = 100;

/// How many milliseconds a connection may take to be made: the system's own limit is two minutes.
pub const CONNECT_MILLIS_MAX: u64 = 5_000;

/// After how long without a byte a device is asked whether it is still there, how often, and how many times until it is
/// taken for gone: within half a minute, where the system's own default is two hours. What is polled is missed sooner;
/// this is for links over which nothing is asked.
pub const TCP_KEEPALIVE_AFTER: Duration = Duration::from_secs(15);
/// See [`TCP_KEEPALIVE_AFTER`].
pub const TCP_KEEPALIVE_EVERY: Duration = Duration::from_secs(5);
/// See [`TCP_KEEPALIVE_AFTER`].
pub const TCP_KEEPALIVE_TIMES: u32 = 3;

/// Longest pause in milliseconds before the first attempt to reconnect: with the connecting it is to be over within
/// 100 ms.
pub const RECONNECT_MILLIS_FIRST: u64 = 80;

/// Longest pause in milliseconds before any attempt to reconnect.
pub const RECONNECT_MILLIS_MAX: u64 = 30_000;

/// Longest file of certificates or of a key in bytes: all authorities of a system together are a quarter of this.
pub const TLS_FILE_BYTES_MAX: u64 = 1 << 20;

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

/// How many of the messages that a link took last are known after a restart. A broker of MQTT 3.1.1 sends as many as it
/// likes before it is answered: mosquitto was seen to send 1,240.
pub const MQTT_TAKEN_KEPT: u16 = 8192;

/// Bytes of `QoS` 1 and 2 messages that wait for the engine. A broker that sends more is left, and sends again.
pub const MQTT_WAITING_BYTES_MAX: usize = 64 << 20;

/// Most `QoS` 0 messages that wait for the engine; what comes beyond is dropped and counted. A second of the most that
/// brokers deliver: a commit may take some tenths of one.
pub const MQTT_WAITING_UNACKNOWLEDGED_MAX: usize = 65_536;

/// Bytes of those `QoS` 0 messages: as many as may wait, of 256 bytes each.
pub const MQTT_WAITING_UNACKNOWLEDGED_BYTES_MAX: usize = 32 << 20;

/// What a batch that waits costs beside its payload, in bytes.
pub const MQTT_WAITING_OVERHEAD_BYTES: usize = 256;

/// Most filters of one SUBSCRIBE packet: brokers refuse large ones, some beyond eight.
pub const MQTT_FILTERS_PER_SUBSCRIBE: usize = 8;

/// Most topics whose tags are remembered; past it all are forgotten and found anew, so that a flood of ever new
/// topics costs time and no memory.
pub const MQTT_TOPICS_REMEMBERED_MAX: usize = 16_384;

/// Longest topic that is remembered, in bytes, for the same reason: the protocol allows 64 KiB.
pub const MQTT_TOPIC_REMEMBERED_BYTES_MAX: usize = 512;

/// Bytes of a frame that the frame log shows: all of any Modbus frame, and the beginning of a large message.
pub const FRAME_BYTES_SHOWN_MAX: usize = 512;

/// Most points of one message: each may be a scan of its own, and some publishers empty a day's store at once.
pub const MQTT_POINTS_MAX: usize = 10_000;

/// Most messages of a connection that are remembered, to know those that come again: brokers queue a thousand for a client
/// that is away unless they are told otherwise, and this is a third of a megabyte.
pub const MQTT_MESSAGES_REMEMBERED_MAX: usize = 1 << 13;

/// How many old points in a row are dropped before a tag's points are taken again: by then its clock was set back.
pub const OLD_POINTS_MAX: u32 = 10;

/// How long old points of a tag are dropped before they are taken again, for tags that seldom speak.
pub const OLD_POINTS_LONGEST: Duration = Duration::from_mins(1);

/// Longest reason of a lost connection in characters: brokers may write what they like into it.
pub const REASON_CHARACTERS_MAX: usize = 200;

/// Most packets with messages of ours that the library lets be under way. More than a courier ever has, so that an id is
/// free again long before its turn comes.
pub const MQTT_PACKETS_IN_FLIGHT: u16 = 2_048;

/// The same of a listener, which says little: with as many as a courier has a fifth of its time went into looking at empty
/// places.
pub const LISTENER_PACKETS_IN_FLIGHT: u16 = 64;

/// Most letters that a courier has under way: enough that a broker is never idle while an acknowledgement travels (at
/// 50,000 a second this is 10 ms), few enough to send again after every loss.
pub const LETTERS_IN_FLIGHT_MAX: usize = 512;

/// How often the link may end with the same letter alone under way before the letter is suspected.
pub const LETTER_LOSSES_MAX: u32 = 10;

/// How often a courier looks whether the broker still acknowledges.
pub const COURIER_WATCH: Duration = Duration::from_secs(1);

/// How many KiB of messages a listener holds that are not kept yet: as much as a connection of tags. It reads no further
/// until some are.
pub const LISTENER_ROOM_KIBIBYTES: u32 = 64 << 10;
