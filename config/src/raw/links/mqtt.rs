//! The keys of a connection to an MQTT broker.

use std::time::Duration;

use super::tls;
use super::topics::RawTopic;
use crate::connections::{LastWill, Mqtt, MqttVersion, Secret, Tls};
use crate::desk::Desk;
use crate::document::Table;
use crate::explain::quoted;
use crate::limits::{PACKET_BYTES_MAX, PACKET_BYTES_MIN};
use crate::notation::{Authority, scheme_of};
use crate::problems;
use crate::raw::RawGateway;
use crate::reader::{Reader, Written};

/// Every key that only such a connection has.
pub(super) const KEYS: &[&str] = &[
    "url",
    "client_id",
    "version",
    "clean_start",
    "session_expiry_seconds",
    "keep_alive_seconds",
    "username",
    "password",
    "packet_bytes_max",
    "last_will",
    "topics",
];

/// A broker and what it tells.
#[derive(Debug)]
pub(crate) struct RawMqtt {
    /// The broker, without anything that is subscribed to.
    pub(crate) broker: Mqtt,
    /// Host and port as people may see them.
    pub(crate) shown_address: String,
    /// The client id as people may see it.
    pub(crate) shown_client_id: String,
    /// `[[connections.topics]]`.
    pub(crate) topics: Vec<RawTopic>,
    /// Whether all of these could be read: if not, it is not known which tags they feed.
    pub(crate) topics_are_whole: bool,
}

/// The port of MQTT.
const PORT: u16 = 1883;

/// The port of MQTT over TLS.
const TLS_PORT: u16 = 8883;

/// How long a broker keeps the session of a gateway that is gone: a day, for a long weekend's work
/// on the network would fill its disk with nobody there to see.
const SESSION_EXPIRY_SECONDS: u32 = 86_400;

/// How often the link is tested.
const KEEP_ALIVE_SECONDS: u16 = 30;

/// The largest packet.
const PACKET_BYTES: u32 = 1 << 20;

/// The client id of a connection that does not say it itself.
#[derive(Debug)]
pub(crate) struct ClientId {
    value: String,
    shown: String,
    origin: &'static str,
}

impl ClientId {
    /// Returns an id that no other gateway and no other connection has by default.
    pub(super) fn of(gateway: &RawGateway, connection: Option<&Written>) -> Self {
        let name = connection.map_or("", |name| &name.value);
        let shown_name = connection.map_or("", Written::shown);
        Self {
            value: format!("{}-{name}", gateway.id),
            shown: format!("{}-{shown_name}", gateway.shown_id),
            origin: "derived from gateway and connection",
        }
    }

    /// Returns the id of what publishes the events of a gateway.
    fn of_publisher(gateway: &RawGateway) -> Self {
        let named = |id: &str| format!("{id}-publisher");
        Self { value: named(&gateway.id), shown: named(&gateway.shown_id), origin: "derived from gateway" }
    }
}

/// Reads the keys of a connection to a broker; `client_id` is what it is if the file does not say.
pub(super) fn read(reader: &mut Reader<'_, '_>, client_id: &ClientId) -> RawMqtt {
    let mut wire = read_broker(reader, client_id, MqttVersion::V4, |reader, version| Session {
        clean_start: reader.boolean("clean_start", false),
        expiry: session_expiry(reader, version),
    });
    wire.broker.packet_bytes_max =
        reader.whole_or("packet_bytes_max", PACKET_BYTES_MIN..=PACKET_BYTES_MAX, PACKET_BYTES);
    wire
}

/// Reads the broker that events are published to: who only publishes leaves no session behind.
pub(crate) fn read_publisher(reader: &mut Reader<'_, '_>, gateway: &RawGateway) -> Mqtt {
    let session = |_: &mut Reader<'_, '_>, _| Session { clean_start: true, expiry: Duration::ZERO };
    read_broker(reader, &ClientId::of_publisher(gateway), MqttVersion::V4, session).broker
}

/// Reads the broker that a collector listens to: it keeps what comes while the collector is away. Of two clients of one id a
/// broker ends the older, so that each collector must have one of its own.
pub(crate) fn read_collector(reader: &mut Reader<'_, '_>) -> Mqtt {
    if !reader.has("client_id") {
        reader.missing("client_id");
    }
    let none = ClientId { value: String::new(), shown: String::new(), origin: "missing" };
    let session =
        |reader: &mut Reader<'_, '_>, version| Session { clean_start: false, expiry: session_expiry(reader, version) };
    read_broker(reader, &none, MqttVersion::V5, session).broker
}

/// What a broker is to remember of a client.
struct Session {
    clean_start: bool,
    expiry: Duration,
}

fn read_broker<'a, 'd>(
    reader: &mut Reader<'a, 'd>,
    client_id: &ClientId,
    version: MqttVersion,
    session: impl FnOnce(&mut Reader<'a, 'd>, MqttVersion) -> Session,
) -> RawMqtt {
    // Without its address the broker is still one: its tags are checked.
    let address = broker_address(reader).unwrap_or_default();
    let tls = encryption(reader, &address);
    let BrokerAddress { authority: Authority { host, port }, shown: shown_address, .. } = address;
    let (client_id, shown_client_id) = match reader.name("client_id") {
        Some(given) => (given.value.clone(), given.shown().to_owned()),
        None => default_client_id(reader, client_id),
    };
    let version = read_version(reader, version);
    let Session { clean_start, expiry: session_expiry } = session(reader, version);
    let keep_alive = reader.whole_or("keep_alive_seconds", 1..=u16::MAX, KEEP_ALIVE_SECONDS);
    let (username, password) = credentials(reader);
    let broker = Mqtt {
        host,
        port,
        tls,
        version,
        client_id,
        clean_start,
        session_expiry,
        keep_alive: Duration::from_secs(keep_alive.into()),
        username,
        password,
        packet_bytes_max: PACKET_BYTES,
        last_will: None,
        topics: Vec::new(),
    };
    RawMqtt { broker, shown_address, shown_client_id, topics: Vec::new(), topics_are_whole: true }
}

fn default_client_id(reader: &mut Reader<'_, '_>, client_id: &ClientId) -> (String, String) {
    if !reader.has("client_id") {
        reader.explain_from("client_id", None, client_id.origin, || quoted(&client_id.shown));
    }
    (client_id.value.clone(), client_id.shown.clone())
}

fn read_version(reader: &mut Reader<'_, '_>, otherwise: MqttVersion) -> MqttVersion {
    let otherwise = if otherwise == MqttVersion::V5 { 5 } else { 4_u8 };
    match reader.whole_or("version", 3..=5, otherwise) {
        5 => MqttVersion::V5,
        _ => MqttVersion::V4,
    }
}

fn session_expiry(reader: &mut Reader<'_, '_>, version: MqttVersion) -> Duration {
    let key = "session_expiry_seconds";
    if let (Some(place), MqttVersion::V4) = (reader.key_place(key), version) {
        reader.problem(problems::NO_EFFECT, place, format!("`{key}` has no effect: `version` is not 5"), None);
    }
    Duration::from_secs(reader.whole_or(key, 0..=u32::MAX, SESSION_EXPIRY_SECONDS).into())
}

/// Reads user and password; the protocol has no password without a user.
fn credentials(reader: &mut Reader<'_, '_>) -> (Option<String>, Option<Secret>) {
    let username = reader.name("username").map(|written| written.value);
    let password = reader.secret("password");
    if password.is_some() && !reader.has("username") {
        let hint = "a password without a user is no login".to_owned();
        let place = reader.key_place("password").unwrap_or(reader.place());
        reader.problem(problems::MISSING_KEY, place, "`username` is missing", Some(hint));
    }
    (username, password)
}

/// Where a broker is.
#[derive(Debug, Default)]
struct BrokerAddress {
    authority: Authority,
    /// As people may see it.
    shown: String,
    /// The same of the host.
    shown_host: String,
    scheme: Scheme,
}

/// How a broker is reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Scheme {
    /// `mqtt:`.
    Bare,
    /// `mqtts:`.
    Encrypted,
    /// Nobody knows: the url is wrong, which is a problem.
    #[default]
    Unknown,
}

/// Reads where the broker is.
fn broker_address(reader: &mut Reader<'_, '_>) -> Option<BrokerAddress> {
    let url = reader.required_name("url")?;
    let (scheme, rest) = scheme_of(&url.value).unwrap_or_default();
    let (scheme, found) = match scheme {
        "mqtt" => (Scheme::Bare, authority(rest, PORT)),
        "mqtts" => (Scheme::Encrypted, authority(rest, TLS_PORT)),
        _ => (Scheme::Unknown, Err(NO_MQTT.to_owned())),
    };
    let elsewhere = url.is_elsewhere().then(|| url.shown().to_owned());
    let authority = found.unwrap_or_else(|fault| {
        let hint = "write it like `mqtt://192.168.10.5:1883` or `mqtts://broker.plant.example`";
        reader.malformed(problems::BAD_URL, "url", &url, &fault, Some(hint));
        Authority { host: url.value, port: PORT }
    });
    let shown = elsewhere.clone().unwrap_or_else(|| authority.to_string());
    let shown_host = elsewhere.unwrap_or_else(|| authority.host.clone());
    Some(BrokerAddress { authority, shown, shown_host, scheme })
}

/// Reads how the link is encrypted.
fn encryption(reader: &mut Reader<'_, '_>, address: &BrokerAddress) -> Option<Tls> {
    match address.scheme {
        Scheme::Encrypted => return Some(tls::read(reader, &address.authority.host, &address.shown_host)),
        Scheme::Bare => reader.refuse(tls::KEYS, "encrypted links: write `url = \"mqtts://…\"`"),
        Scheme::Unknown => reader.pass_over(tls::KEYS),
    }
    None
}

/// What is wrong with the url of something else.
const NO_MQTT: &str = "begins with neither `mqtt://` nor `mqtts://`";

/// Reads what stands after `mqtt:`.
fn authority(rest: &str, port: u16) -> Result<Authority, String> {
    let rest = rest.strip_prefix("//").ok_or(NO_MQTT)?;
    if rest.contains('@') {
        return Err("has a user: `username` and `password` are keys of their own".to_owned());
    }
    let host = rest.strip_suffix('/').unwrap_or(rest);
    if host.contains('/') { Err("has a path".to_owned()) } else { Authority::parse(host, port) }
}

/// Reads what the broker publishes for a client that is gone.
pub(super) fn last_will(desk: &mut Desk<'_>, table: &Table) -> Option<LastWill> {
    let mut reader = Reader::new(desk, "connections.last_will", table);
    let topic = reader.required_name("topic");
    if let Some(topic) = &topic
        && let Some(wildcard) = topic.value.chars().find(|character| matches!(character, '+' | '#'))
    {
        let fault = format!("has a `{wildcard}`: a message goes to one topic");
        reader.malformed(problems::BAD_TOPIC, "topic", topic, &fault, None);
    }
    if !reader.has("message") {
        reader.missing("message");
    }
    let message = reader.text("message");
    let qos = reader.whole_or("qos", 0..=2, WILL_QOS);
    let is_retained = reader.boolean("retain", false);
    reader.finish("[connections.last_will]");
    Some(LastWill { topic: topic?.value, message: message?.value, qos, is_retained })
}

/// The quality of service of a last will.
const WILL_QOS: u8 = 1;
