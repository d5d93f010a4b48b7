//! MQTT 3.1.1 through the client library.

use std::time::Duration;

use latchwork_config::connections::{LastWill, MqttVersion};
use rumqttc_v4::mqttbytes::Error as Unreadable;
use rumqttc_v4::{
    AckMode, AsyncClient, ConnectReturnCode, ConnectionError, Event as Raw, EventLoop, ManualAck, MqttOptions,
    Outgoing, Packet, PubAck, PubRec, Publish, PublishOptions, QoS, StateError, SubscribeFilter, SubscribeReasonCode,
};

use super::Wired;
use super::client::{Content, Event, Guarantee, Held, Lost, Message, NO_FILTER, NotQueued, Session, keeps_session};
use super::sieve::{Mark, Sieve};
use super::stream::{Address, Stream};
use crate::limits::{MQTT_CONNECT_TIMEOUT, MQTT_PACKETS_IN_FLIGHT};

/// The largest packet of the protocol: the library's own limit would end the connection, so the sieve is before it.
const PROTOCOL_BYTES_MAX: usize = 256 << 20;

pub(super) struct Requests(AsyncClient);

pub(super) struct Events {
    events: Box<EventLoop>,
    mark: Mark,
}

pub(super) fn open(wire: &Wired<'_>) -> (Requests, Events) {
    // No bound of its own: there are never more requests than packet ids.
    let (client, mut events) = AsyncClient::builder(options(wire)).unbounded().build();
    let mut network = events.network_options();
    network.set_connection_timeout(MQTT_CONNECT_TIMEOUT.as_secs());
    events.set_network_options(network);
    (Requests(client), Events { events: Box::new(events), mark: wire.mark })
}

fn options(wire: &Wired<'_>) -> MqttOptions {
    let Wired { mqtt, mark, frames, .. } = wire.clone();
    let mut options = MqttOptions::new(mqtt.client_id.clone(), (mqtt.host.clone(), mqtt.port));
    options.set_keep_alive(seconds(mqtt.keep_alive));
    options.set_clean_session(!keeps_session(mqtt));
    options.set_ack_mode(AckMode::Manual);
    options.set_inflight(MQTT_PACKETS_IN_FLIGHT);
    options.set_max_packet_size(PROTOCOL_BYTES_MAX, PROTOCOL_BYTES_MAX);
    match (&mqtt.username, &mqtt.password) {
        (Some(user), Some(password)) => {
            options.set_credentials(user.clone(), password.0.clone());
        }
        (Some(user), None) => {
            options.set_username(user.clone());
        }
        // A password without a user is not allowed before version 5.
        (None, _) => {}
    }
    if let Some(LastWill { topic, message, qos, is_retained }) = mqtt.last_will.clone() {
        options.set_last_will(rumqttc_v4::LastWill::new(topic, message, wanted(qos), is_retained));
    }
    let (address, bytes_max) = (Address::of(mqtt, frames), mqtt.packet_bytes_max as usize);
    options.set_socket_connector(move |_, _| {
        Stream::connect(address.clone(), Sieve::new(MqttVersion::V4, bytes_max, mark))
    });
    options
}

/// Returns a keep-alive as the protocol has it.
fn seconds(keep_alive: Duration) -> u16 {
    u16::try_from(keep_alive.as_secs()).unwrap_or(u16::MAX)
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
            Guarantee::AtLeastOnce => ManualAck::PubAck(PubAck::new(packet)),
            Guarantee::Once => ManualAck::PubRec(PubRec::new(packet)),
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
        Raw::Outgoing(_) => return Event::Other,
    };
    match packet {
        Packet::ConnAck(ack) => Event::Connected(if ack.session_present { Session::Resumed } else { Session::New }),
        Packet::SubAck(ack) => Event::Subscribed(ack.return_codes.into_iter().map(accepted).collect()),
        Packet::Publish(publish) => Event::Message(message(publish, mark)),
        Packet::UnsubAck(_) => Event::Echo,
        Packet::PubRel(release) => Event::Released(release.pkid),
        Packet::PubAck(ack) => Event::Published(ack.pkid, Ok(())),
        Packet::Connect(_)
        | Packet::PubRec(_)
        | Packet::PubComp(_)
        | Packet::Subscribe(_)
        | Packet::Unsubscribe(_)
        | Packet::PingReq
        | Packet::PingResp
        | Packet::Disconnect => Event::Other,
    }
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
    match code {
        SubscribeReasonCode::Success(_) => Ok(()),
        SubscribeReasonCode::Failure => Err("the broker gives no reason".to_owned()),
    }
}

/// Returns why a connection is lost, in words for who runs the plant.
#[expect(clippy::wildcard_enum_match_arm, reason = "the library's own words do for what hardly ever happens")]
fn reason(error: &ConnectionError) -> String {
    match error {
        ConnectionError::ConnectionRefused(code) => format!("the broker refused the connection: {}", refusal(*code)),
        ConnectionError::Io(error) | ConnectionError::MqttState(StateError::Deserialization(Unreadable::Io(error))) => {
            error.to_string()
        }
        ConnectionError::NetworkTimeout => "the broker did not answer in time".to_owned(),
        ConnectionError::MqttState(StateError::ConnectionAborted) => "the broker closed the connection".to_owned(),
        ConnectionError::MqttState(StateError::AwaitPingResp) => "the broker does not answer any more".to_owned(),
        other => other.to_string(),
    }
}

const fn refusal(code: ConnectReturnCode) -> &'static str {
    match code {
        ConnectReturnCode::Success => "it gave no reason",
        ConnectReturnCode::RefusedProtocolVersion => "it does not speak MQTT 3.1.1",
        ConnectReturnCode::BadClientId => "it does not accept the client id",
        ConnectReturnCode::ServiceUnavailable => "it is not available",
        ConnectReturnCode::BadUserNamePassword => "wrong user name or password",
        ConnectReturnCode::NotAuthorized => "not authorized (wrong user name or password, or no right to connect)",
    }
}
