//! One connection to a broker, whatever the version: what it brings, and what can be asked of it.
//!
//! The only place besides `v4` and `v5` that knows the client library. What a request returns is only that it is
//! queued: it goes out when events are waited for.

use latchwork_config::connections::{Mqtt, MqttVersion, Writing};

use super::{Wired, v4, v5};

/// A filter that nothing subscribes to.
pub(super) const NO_FILTER: &str = "latchwork/echo";

/// How a message that the broker holds for us is acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Guarantee {
    /// `QoS` 1.
    AtLeastOnce,
    /// `QoS` 2.
    Once,
}

/// How the broker holds a message for us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) packet: u16,
    pub(super) guarantee: Guarantee,
    /// Whether it was sent before, as far as the broker knows.
    pub(super) again: bool,
}

/// What a message carries.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Content {
    Payload(Vec<u8>),
    /// Nothing: the packet had so many bytes, which is beyond the limit.
    Oversized(u64),
}

/// A message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) topic: String,
    pub(super) content: Content,
    /// `None` for `QoS` 0.
    pub(super) held: Option<Held>,
    /// Whether the broker had kept it for who subscribes.
    pub(super) is_retained: bool,
}

/// What a connection brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// The broker has accepted us.
    Connected(Session),
    /// What became of the filters of a SUBSCRIBE, in their order: why those that were refused were.
    Subscribed(Vec<Result<(), String>>),
    /// A message.
    Message(Message),
    /// A `QoS` 2 message will not be sent again.
    Released(u16),
    /// The first message that was queued and not sent yet is sent, in the packet of this id.
    Sent(u16),
    /// The broker has the message of a packet, or refused it.
    Published(u16, Result<(), String>),
    /// The broker has read all that was asked before the echo was.
    Echo,
    /// Something that the library does by itself.
    Other,
}

/// What the broker remembers of us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Session {
    /// Nothing.
    New,
    /// Subscriptions, and messages that were not acknowledged.
    Resumed,
}

/// A connection that is over, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lost(pub(super) String);

/// A request that could not be queued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NotQueued;

/// What can be asked of a connection while its events are waited for.
pub(super) enum Requests {
    V4(v4::Requests),
    V5(v5::Requests),
}

/// What publishes over a connection, while its events are waited for.
pub(super) struct Publisher(Requests);

/// What publishes over a connection that is for nothing else, and may listen to requests.
pub(super) struct Post(Requests);

/// The events of a connection. After the first loss there are no others: whoever wants to go on connects anew.
pub(super) enum Events {
    V4(v4::Events),
    V5(v5::Events),
}

/// Prepares a connection. It is made when its first event is waited for.
pub(super) fn open(wire: &Wired<'_>) -> (Requests, Events) {
    match wire.mqtt.version {
        MqttVersion::V4 => {
            let (requests, events) = v4::open(wire);
            (Requests::V4(requests), Events::V4(events))
        }
        MqttVersion::V5 => {
            let (requests, events) = v5::open(wire);
            (Requests::V5(requests), Events::V5(events))
        }
    }
}

/// Prepares a connection that publishes, which takes the permission to write.
pub(super) fn open_publisher(wire: &Wired<'_>, _allowed: &Writing) -> (Publisher, Events) {
    let (requests, events) = open(wire);
    (Publisher(requests), events)
}

/// Prepares a connection that publishes what is no device's affair.
pub(super) fn open_post(wire: &Wired<'_>) -> (Post, Events) {
    let (requests, events) = open(wire);
    (Post(requests), events)
}

/// Tells whether the broker is to keep the session: not without an id to know it by, at which the library panics.
pub(super) const fn keeps_session(mqtt: &Mqtt) -> bool {
    !mqtt.clean_start && !mqtt.client_id.is_empty()
}

impl Publisher {
    /// Publishes a message with `QoS` 1.
    pub(super) fn publish(&self, topic: &str, payload: Vec<u8>) -> Result<(), NotQueued> {
        self.0.publish(topic, payload)
    }
}

impl Post {
    /// Publishes a message with `QoS` 1.
    pub(super) fn publish(&self, topic: &str, payload: Vec<u8>) -> Result<(), NotQueued> {
        self.0.publish(topic, payload)
    }

    /// Subscribes to requests.
    pub(super) fn subscribe(&self, filter: &str) -> Result<(), NotQueued> {
        self.0.subscribe(&[(filter.to_owned(), 1)])
    }

    /// Acknowledges a request.
    pub(super) fn acknowledge(&self, held: Held) -> Result<(), NotQueued> {
        self.0.acknowledge(held.packet, held.guarantee)
    }

    /// Asks for an echo.
    pub(super) fn echo(&self) -> Result<(), NotQueued> {
        self.0.echo()
    }

    /// Says farewell.
    pub(super) fn disconnect(&self) -> Result<(), NotQueued> {
        self.0.disconnect()
    }
}

impl Requests {
    fn publish(&self, topic: &str, payload: Vec<u8>) -> Result<(), NotQueued> {
        match self {
            Self::V4(requests) => requests.publish(topic, payload),
            Self::V5(requests) => requests.publish(topic, payload),
        }
    }

    /// Subscribes to filters, each with its `QoS`.
    pub(super) fn subscribe(&self, filters: &[(String, u8)]) -> Result<(), NotQueued> {
        match self {
            Self::V4(requests) => requests.subscribe(filters),
            Self::V5(requests) => requests.subscribe(filters),
        }
    }

    /// Acknowledges a message: it may only be done once.
    pub(super) fn acknowledge(&self, packet: u16, guarantee: Guarantee) -> Result<(), NotQueued> {
        match self {
            Self::V4(requests) => requests.acknowledge(packet, guarantee),
            Self::V5(requests) => requests.acknowledge(packet, guarantee),
        }
    }

    /// Asks for an echo. The protocol has none that the library lets us ask for; but whoever leaves off a filter that
    /// was never subscribed to is answered as well, and nothing else happens.
    pub(super) fn echo(&self) -> Result<(), NotQueued> {
        match self {
            Self::V4(requests) => requests.echo(),
            Self::V5(requests) => requests.echo(),
        }
    }

    /// Says farewell: the connection is lost once it is said.
    pub(super) fn disconnect(&self) -> Result<(), NotQueued> {
        match self {
            Self::V4(requests) => requests.disconnect(),
            Self::V5(requests) => requests.disconnect(),
        }
    }
}

impl Events {
    /// Waits for the next event. Not to be dropped before it is there: what it had begun to send would be lost.
    pub(super) async fn next(&mut self) -> Result<Event, Lost> {
        match self {
            Self::V4(events) => events.next().await,
            Self::V5(events) => events.next().await,
        }
    }

    /// Returns what had come before the connection was lost and was not told yet.
    pub(super) fn leftover(&mut self) -> Vec<Event> {
        match self {
            Self::V4(events) => events.leftover(),
            Self::V5(events) => events.leftover(),
        }
    }
}
