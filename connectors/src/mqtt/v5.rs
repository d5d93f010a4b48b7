//! MQTT 5 through the client library.

use std::fmt::Debug;
use std::time::Duration;

use latchwork_config::connections::{LastWill, Mqtt, MqttVersion};
use rumqttc_v5::mqttbytes;
use rumqttc_v5::mqttbytes::v5::{
    ConnectReturnCode, DisconnectReasonCode, Packet, PubAck, PubAckReason, PubRec, Publish, SubscribeFilter,
    SubscribeReasonCode,
};
use rumqttc_v5::mqttbytes::{Error as Unreadable, QoS};
use rumqttc_v5::{
    AckMode, AsyncClient, ConnectionError, Event as Raw, EventLoop, ManualAck, MqttOptions, Outgoing, PublishOptions,
    StateError,
};

use super::Wired;
use super::client::{Content, Event, Guarantee, Held, Lost, Message, NO_FILTER, NotQueued, Session, keeps_session};
use super::resumption::Resumption;
use super::sieve::{Mark, Sieve};
use super::stream::{Address, Stream};
use crate::limits::{MQTT_CONNECT_TIMEOUT, MQTT_PACKETS_IN_FLIGHT};

/// What the codes mean that people meet.
const REFUSALS: [(ConnectReturnCode, &str); 5] = [
    (ConnectReturnCode::BadUserNamePassword, "wrong user name or password"),
    (ConnectReturnCode::NotAuthorized, "not authorized (wrong user name or password, or no right to connect)"),
    (ConnectReturnCode::RefusedProtocolVersion, "it does not speak MQTT 5"),
    (ConnectReturnCode::UnsupportedProtocolVersion, "it does not speak MQTT 5"),
    (ConnectReturnCode::ClientIdentifierNotValid, "it does not accept the client id"),
];

const FAREWELLS: [(DisconnectReasonCode, &str); 2] = [
    (DisconnectReasonCode::SessionTakenOver, "another client has the same client id"),
    (DisconnectReasonCode::ServerShuttingDown, "it is shutting down"),
];

pub(super) struct Requests(AsyncClient);

pub(super) struct Events {
    events: Box<EventLoop>,
    mark: Mark,
}

pub(super) fn open(wire: &Wired<'_>) -> (Requests, Events) {
    // No bound of its own: there are never more requests than packet ids.
    let (client, events) = AsyncClient::builder(options(wire)).unbounded().build();
    (Requests(client), Events { events: Box::new(events), mark: wire.mark })
}

fn options(wire: &Wired<'_>) -> MqttOptions {
    let Wired { mqtt, mark, frames, receive_maximum } = wire.clone();
    let mut options = MqttOptions::new(mqtt.client_id.clone(), (mqtt.host.clone(), mqtt.port));
    options.set_keep_alive(u16::try_from(mqtt.keep_alive.as_secs()).unwrap_or(u16::MAX));
    options.set_clean_start(!keeps_session(mqtt));
    options.set_session_expiry_interval(Some(session_expiry(mqtt)));
    options.set_receive_maximum(Some(receive_maximum));
    // The broker is not told the limit: it would leave out what is larger, and nobody would know.
    options.set_unlimited_incoming_packet_size();
    options.set_outgoing_inflight_upper_limit(MQTT_PACKETS_IN_FLIGHT);
    options.set_ack_mode(AckMode::Manual);
    options.set_connect_timeout(MQTT_CONNECT_TIMEOUT);
    if keeps_session(mqtt) {
        options.set_session_store(Resumption);
    }
    if let Some(user) = &mqtt.username {
        options.set_username(user.clone());
    }
    match (&mqtt.username, &mqtt.password) {
        (Some(user), Some(password)) => {
            options.set_credentials(user.clone(), password.0.clone());
        }
        (None, Some(password)) => {
            options.set_password(password.0.clone());
        }
        (Some(_) | None, None) => {}
    }
    if let Some(LastWill { topic, message, qos, is_retained }) = mqtt.last_will.clone() {
        options.set_last_will(mqttbytes::v5::LastWill::new(topic, message, wanted(qos), is_retained, None));
    }
    let (address, bytes_max) = (Address::of(mqtt, frames), mqtt.packet_bytes_max as usize);
    options.set_socket_connector(move |_, _| {
        Stream::connect(address.clone(), Sieve::new(MqttVersion::V5, bytes_max, mark))
    });
    options
}

/// Returns how long the broker keeps the session: not at all when nothing of it would be taken up again.
fn session_expiry(mqtt: &Mqtt) -> u32 {
    let kept = if keeps_session(mqtt) { mqtt.session_expiry } else { Duration::ZERO };
    u32::try_from(kept.as_secs()).unwrap_or(u32::MAX)
}

impl Requests {
    pub(super) fn subscribe(&self, filters: &[(String, u8)]) -> Result<(), NotQueued> {
        let filters = filters.iter().map(|(filter, qos)| SubscribeFilter::new(filter.clone(), wanted(*qos)));
        self.0.try_subscribe_many(filters).map_err(|_| NotQueued)
    }

    pub(super) fn publish(&self, topic: &str, payload: Vec<u8>) -> Result<(), NotQueued> {
        self.0.try_publish(topic, payload, PublishOptions::at_least_once()).map_err(|_| NotQueued)
    }

    pub(super) fn acknowledge(&self, packet: u16, guarantee: Guarantee) -> Result<(), NotQueued> {
        let ack = match guarantee {
            Guarantee::AtLeastOnce => ManualAck::PubAck(PubAck::new(packet, None)),
            Guarantee::Once => ManualAck::PubRec(PubRec::new(packet, None)),
        };
        self.0.try_manual_ack(ack).map_err(|_| NotQueued)
    }

    pub(super) fn echo(&self) -> Result<(), NotQueued> {
        self.0.try_unsubscribe(NO_FILTER).map_err(|_| NotQueued)
    }

    pub(super) fn disconnect(&self) -> Result<(), NotQueued> {
        self.0.try_disconnect().map_err(|_| NotQueued)
    }
}

impl Events {
    pub(super) async fn next(&mut self) -> Result<Event, Lost> {
        let raw = self.events.poll().await.map_err(|error| Lost(reason(&error)))?;
        Ok(event(raw, &self.mark))
    }

    pub(super) fn leftover(&mut self) -> Vec<Event> {
        self.events.state.events.drain(..).map(|raw| event(raw, &self.mark)).collect()
    }
}

fn event(raw: Raw, mark: &Mark) -> Event {
    let packet = match raw {
        Raw::Incoming(packet) => packet,
        Raw::Outgoing(Outgoing::Publish(packet)) => return Event::Sent(packet),
        Raw::Outgoing(_) | Raw::Auth(_) => return Event::Other,
    };
    match packet {
        Packet::ConnAck(ack) => Event::Connected(if ack.session_present { Session::Resumed } else { Session::New }),
        Packet::SubAck(ack) => Event::Subscribed(ack.return_codes.into_iter().map(accepted).collect()),
        Packet::Publish(publish) => Event::Message(message(publish, mark)),
        Packet::UnsubAck(_) => Event::Echo,
        Packet::PubRel(release) => Event::Released(release.pkid),
        Packet::PubAck(ack) => Event::Published(ack.pkid, published(ack.reason)),
        Packet::Connect(..)
        | Packet::PubRec(_)
        | Packet::PubComp(_)
        | Packet::Subscribe(_)
        | Packet::Unsubscribe(_)
        | Packet::PingReq
        | Packet::PingResp
        | Packet::Auth(_)
        | Packet::Disconnect(_) => Event::Other,
    }
}

/// Returns what became of a message that was published. That nobody subscribes to it is the plant's affair.
fn published(reason: PubAckReason) -> Result<(), String> {
    let reason = match reason {
        PubAckReason::Success | PubAckReason::NoMatchingSubscribers => return Ok(()),
        PubAckReason::NotAuthorized => "not authorized",
        PubAckReason::TopicNameInvalid => "the broker does not accept the topic",
        PubAckReason::QuotaExceeded => "a quota is exceeded",
        PubAckReason::PayloadFormatInvalid => "the broker does not accept the payload",
        PubAckReason::ImplementationSpecificError => "the broker cannot",
        PubAckReason::PacketIdentifierInUse => "the broker takes it for another message",
        PubAckReason::UnspecifiedError => "the broker gives no reason",
    };
    Err(reason.to_owned())
}

fn message(publish: Publish, mark: &Mark) -> Message {
    let guarantee = match publish.qos {
        QoS::AtMostOnce => None,
        QoS::AtLeastOnce => Some(Guarantee::AtLeastOnce),
        QoS::ExactlyOnce => Some(Guarantee::Once),
    };
    let held = guarantee.map(|guarantee| Held { packet: publish.pkid, guarantee, again: publish.dup });
    let oversized = mark.length_in(&publish.payload).map(Content::Oversized);
    let content = oversized.unwrap_or_else(|| Content::Payload(publish.payload.into()));
    Message { topic: String::from_utf8_lossy(&publish.topic).into_owned(), content, held, is_retained: publish.retain }
}

const fn wanted(qos: u8) -> QoS {
    match qos {
        0 => QoS::AtMostOnce,
        1 => QoS::AtLeastOnce,
        2.. => QoS::ExactlyOnce,
    }
}

fn accepted(code: SubscribeReasonCode) -> Result<(), String> {
    let reason = match code {
        SubscribeReasonCode::Success(_) => return Ok(()),
        SubscribeReasonCode::Failure | SubscribeReasonCode::Unspecified => "the broker gives no reason",
        SubscribeReasonCode::ImplementationSpecific => "the broker cannot",
        SubscribeReasonCode::NotAuthorized => "not authorized",
        SubscribeReasonCode::TopicFilterInvalid => "the broker does not accept the filter",
        SubscribeReasonCode::PkidInUse => "the broker takes it for another subscription",
        SubscribeReasonCode::QuotaExceeded => "a quota is exceeded",
        SubscribeReasonCode::SharedSubscriptionsNotSupported => "the broker has no shared subscriptions",
        SubscribeReasonCode::SubscriptionIdNotSupported => "the broker has no subscription ids",
        SubscribeReasonCode::WildcardSubscriptionsNotSupported => "the broker has no wildcards",
    };
    Err(reason.to_owned())
}

/// Returns why a connection is lost, in words for who runs the plant.
#[expect(clippy::wildcard_enum_match_arm, reason = "the library's own words do for what hardly ever happens")]
fn reason(error: &ConnectionError) -> String {
    match error {
        ConnectionError::ConnectionRefused(code) => format!("the broker refused the connection: {}", refusal(*code)),
        ConnectionError::Io(error) | ConnectionError::MqttState(StateError::Deserialization(Unreadable::Io(error))) => {
            error.to_string()
        }
        ConnectionError::Timeout(_) => "the broker did not answer in time".to_owned(),
        ConnectionError::MqttState(StateError::ConnectionAborted) => "the broker closed the connection".to_owned(),
        ConnectionError::MqttState(StateError::AwaitPingResp) => "the broker does not answer any more".to_owned(),
        ConnectionError::MqttState(StateError::ServerDisconnect { reason_code, reason_string }) => {
            farewell(*reason_code, reason_string.as_deref())
        }
        other => other.to_string(),
    }
}

fn refusal(code: ConnectReturnCode) -> String {
    in_words(&REFUSALS, code)
}

fn farewell(code: DisconnectReasonCode, words: Option<&str>) -> String {
    let words = words.map(|words| format!(" ({words})")).unwrap_or_default();
    format!("the broker ended the connection: {}{words}", in_words(&FAREWELLS, code))
}

/// Returns the words for a code; its name if there are none.
fn in_words<Code: Copy + Debug + PartialEq>(words: &[(Code, &str)], code: Code) -> String {
    let known = words.iter().find(|(known, _)| *known == code);
    known.map_or_else(|| format!("{code:?}"), |(_, words)| (*words).to_owned())
}
