//! The wires as configured: what a connector needs to run, with every default filled in.
//!
//! Pure data. Knows no socket and no value that was ever read.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use latchwork_expr::{TagSlot, Type};

pub use crate::coding::{Characters, Coding, Encoding, Half, TextCoding};
pub use crate::serial::{Parity, Rs485, Serial, SilentAfterErrors};
pub use crate::shaping::{Range, Shaping, Transform};
pub use crate::tls::{Tls, TlsIdentity};
pub use crate::writing::{WireNumber, WriteTarget, Writing};

/// A link to a device or a broker, with the tags that it feeds.
#[derive(Clone, Debug, PartialEq)]
pub struct Connection {
    /// The name, unique.
    pub name: String,
    /// The tags, in the order of the file. A connector tells a tag by its index in here, so that it
    /// need not know when a reload moves slots.
    pub tags: Vec<ConnectionTag>,
    /// What speaks over it.
    pub wire: Wire,
    /// What may be written over it; `None` is nothing.
    pub writing: Option<Writing>,
    /// Where its frames are logged; `None` is nowhere.
    pub frame_log: Option<FrameLogSettings>,
}

/// Where the frames of a connection are logged, and how much of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrameLogSettings {
    /// The file (`frame_log`); the one before it has the same name with `.1`.
    pub file: PathBuf,
    /// The bytes of both files together (`frame_log_bytes_max`, 16 MiB).
    pub bytes_max: u64,
}

/// A tag that a connection feeds.
#[derive(Clone, Debug, PartialEq)]
pub struct ConnectionTag {
    /// The canonical path.
    pub path: String,
    /// Its slot in the plant of this configuration.
    pub slot: TagSlot,
    /// The declared type: what its samples are converted to.
    pub kind: Type,
    /// What becomes of a reading before it is the tag's value; `None` is nothing.
    pub shaping: Option<Box<Shaping>>,
}

/// What speaks over a connection.
#[derive(Clone, Debug, PartialEq)]
pub enum Wire {
    /// Modbus; shared with whoever speaks it, for there are points for each of its tags.
    Modbus(Arc<Modbus>),
    /// MQTT.
    Mqtt(Box<Mqtt>),
}

/// A Modbus link.
#[derive(Clone, Debug, PartialEq)]
pub struct Modbus {
    /// Host and port, such as `192.168.10.21:502`; of a serial line its device, such as `/dev/ttyUSB0`.
    pub address: String,
    /// What carries the frames (`type`).
    pub transport: Transport,
    /// How many links are made to the device (`parallel`, 1).
    pub links: u16,
    /// How long an answer may take (`timeout_millis`, 1,000).
    pub timeout: Duration,
    /// How long after its request a late answer is still taken as that request's
    /// (`late_guard_millis`, ten timeouts).
    pub late_guard: Duration,
    /// Who is not asked after an error on a line without ids (`silent_after_errors`, all).
    pub silent_after_errors: SilentAfterErrors,
    /// Most registers of a request (`max_registers`, 125).
    pub registers_max: u16,
    /// Most bits of a request (`max_bits`, 2,000).
    pub bits_max: u16,
    /// Most registers or bits between two tags that are read with them (`max_gap`, 8).
    pub gap_max: u16,
    /// Addresses that no request may cover (`forbidden_ranges`).
    pub forbidden: Vec<ForbiddenRange>,
    /// How long to wait after connecting (`pause_after_connect_millis`, 0).
    pub pause_after_connect: Duration,
    /// How long to wait between requests (`pause_between_requests_millis`, 0).
    pub pause_between_requests: Duration,
    /// After how long without a reading a tag is stale (`stale_after_millis`; `None` is never).
    pub stale_after: Option<Duration>,
    /// What is read; one for each of the connection's tags, in their order.
    pub points: Vec<Point>,
}

/// What carries the frames of Modbus.
#[derive(Clone, Debug, PartialEq)]
pub enum Transport {
    /// TCP, each frame with its transaction id.
    Tcp,
    /// The same, encrypted.
    Tls(Tls),
    /// The frames of a serial line over TCP, as simple converters have them: without ids.
    RtuOverTcp,
    /// A serial line.
    Rtu(Serial),
}

/// Addresses that no request may cover, from the first to the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ForbiddenRange {
    /// The unit; `None` is every unit of the link.
    pub unit: Option<u8>,
    /// The table.
    pub table: RegisterTable,
    /// The first wire address.
    pub first: u16,
    /// The last one.
    pub last: u16,
}

/// Where a Modbus tag's value lies, and how it is read.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// The unit behind the link.
    pub unit: u8,
    /// The table.
    pub table: RegisterTable,
    /// The wire address, from 0.
    pub address: u16,
    /// The bit of the register, 0 to 15, when only one bit is meant.
    pub bit: Option<u8>,
    /// How the value is coded.
    pub coding: Coding,
    /// How its bytes are ordered.
    pub order: ByteOrder,
    /// What the number is multiplied by (`scale`, 1).
    pub scale: f64,
    /// What is added then (`offset`, 0).
    pub offset: f64,
    /// How often it is read: the period of its scan class; `None` is once for each connection that is made.
    pub period: Option<Duration>,
}

/// The four tables of a Modbus unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RegisterTable {
    /// Bits that can be written (function 1).
    Coils,
    /// Bits (function 2).
    DiscreteInputs,
    /// Registers that can be written (function 3).
    HoldingRegisters,
    /// Registers (function 4).
    InputRegisters,
}

/// How the bytes of a value are ordered (`byte_order`). `A` is the most significant byte; for
/// 64 bits the pattern goes on in the same manner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum ByteOrder {
    /// Big endian: `ABCD`, `ABCDEFGH`.
    #[default]
    Abcd,
    /// Little endian: `DCBA`, `HGFEDCBA`.
    Dcba,
    /// Big-endian words of swapped bytes: `BADC`, `BADCFEHG`.
    Badc,
    /// Little-endian words of big-endian bytes: `CDAB`, `GHEFCDAB`.
    Cdab,
}

/// An MQTT broker.
#[derive(Clone, Debug, PartialEq)]
pub struct Mqtt {
    /// The broker's host.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the link is encrypted (`mqtts://`); `None` is not at all.
    pub tls: Option<Tls>,
    /// The version of the protocol (`version` 3 or 4 for 3.1.1, 5 for 5; default 4).
    pub version: MqttVersion,
    /// The client id (`client_id`, the gateway's id and the connection's name).
    pub client_id: String,
    /// Whether the broker forgets the session when the connection ends (`clean_start`, false).
    pub clean_start: bool,
    /// How long the broker keeps the session (`session_expiry_seconds`, 86,400; version 5 only).
    pub session_expiry: Duration,
    /// How often the link is tested (`keep_alive_seconds`, 30).
    pub keep_alive: Duration,
    /// The user.
    pub username: Option<String>,
    /// The password.
    pub password: Option<Secret>,
    /// The largest packet that is taken, in bytes (`packet_bytes_max`, 1 MiB).
    pub packet_bytes_max: u32,
    /// What the broker publishes when the link ends without a farewell.
    pub last_will: Option<LastWill>,
    /// What is subscribed to.
    pub topics: Vec<Topic>,
}

/// What a broker publishes for a client that is gone (`[connections.last_will]`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastWill {
    /// The topic.
    pub topic: String,
    /// The message.
    pub message: String,
    /// The quality of service, 0 to 2 (`qos`, 1).
    pub qos: u8,
    /// Whether the broker keeps it for those who subscribe later (`retain`, false).
    pub is_retained: bool,
}

/// The versions of MQTT.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum MqttVersion {
    /// 3.1.1.
    #[default]
    V4,
    /// 5.
    V5,
}

/// A text that is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Secret")
    }
}

/// A subscription and what its messages mean (`[[connections.topics]]`, or a tag's own `topic`).
#[derive(Clone, Debug, PartialEq)]
pub struct Topic {
    /// The filter, with `+` and `#`.
    pub filter: String,
    /// The quality of service, 0 to 2 (`qos`, 1).
    pub qos: u8,
    /// Which tag a message is for.
    pub target: TopicTarget,
    /// How its value is found.
    pub payload: Payload,
}

/// Which tag a message is for.
#[derive(Clone, Debug, PartialEq)]
pub enum TopicTarget {
    /// One tag, by its index in the connection's tags.
    Tag(usize),
    /// The tag of the path that this pattern gives: `{1}`, `{2}` … stand for what the wildcards
    /// matched, in their order, `{name}` for a point's name. One that the connection does not feed is counted, and nothing else.
    Pattern(String),
}

/// How a message's value is found (`payload`, raw).
#[derive(Clone, Debug, PartialEq)]
pub enum Payload {
    /// The whole text is the value.
    Raw,
    /// A JSON document with the value at a path.
    Json(JsonPaths),
    /// A JSON document that is the value; a tag of texts takes it as it is written. Its value path is the root.
    Document(JsonPaths),
    /// A JSON object of points: each member is one, and its name goes into the tag's path.
    Object(PointPaths),
    /// A JSON array of points.
    Array(PointPaths),
}

/// Where in a JSON document points stand, and what stands where in each.
#[derive(Clone, Debug, PartialEq)]
pub struct PointPaths {
    /// From the document to the object or the array (`points`, `$`).
    pub points: Vec<JsonStep>,
    /// In an array, from a point to the name that goes into the tag's path (`name`).
    pub name: Option<Vec<JsonStep>>,
    /// From a point to what it says of itself.
    pub each: JsonPaths,
    /// From the document to a time that is all points'.
    pub shared_time: Option<Vec<JsonStep>>,
    /// From the document to a quality that is all points'.
    pub shared_quality: Option<Vec<JsonStep>>,
}

/// Where in a JSON document value, time and quality stand: keys and indices from its root.
#[derive(Clone, Debug, PartialEq)]
pub struct JsonPaths {
    /// The value (`value`, `$`).
    pub value: Vec<JsonStep>,
    /// The source's time (`time`); without one it is when the message came.
    pub time: Option<Vec<JsonStep>>,
    /// The unit of a time that is a number (`time_unit`, ms).
    pub time_unit: TimeUnit,
    /// The quality (`quality`); without one it is Good.
    pub quality: Option<Vec<JsonStep>>,
}

/// A step of a path into a JSON document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JsonStep {
    /// Into an object.
    Key(String),
    /// Into an array.
    Index(usize),
}

/// The unit of a time that is a number since the epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum TimeUnit {
    /// Seconds (`s`).
    Seconds,
    /// Milliseconds (`ms`).
    #[default]
    Millis,
    /// Microseconds (`us`).
    Micros,
    /// Nanoseconds (`ns`).
    Nanos,
    /// None: times are texts of ISO 8601, and a number is no time (`iso`).
    Iso,
}
