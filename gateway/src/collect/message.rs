//! What a message is: an event of a gateway, somebody's request, or nothing that can be kept.

use latchwork_connectors::mqtt::HeardContent;
use latchwork_store::collected::{Arrival, DeadLetter};

use super::event;
use super::limits::GATEWAY_ID_BYTES_MAX;

/// What gateways are asked at.
const RESEND: &str = "resend";

/// What a message is.
#[derive(Debug, PartialEq)]
pub(super) enum Message {
    /// An event, and the letter that tells of what it has in it and cannot be understood: the event itself is kept.
    Event(Box<Arrival>, Option<DeadLetter>),
    /// A request to a gateway: it is on a topic of its own, and tells of nothing.
    Request,
    /// Nothing that can be kept.
    Dead(DeadLetter),
}

impl Message {
    /// Says what a message is; `prefix` is what the topics of gateways begin with.
    pub(super) fn of(prefix: &str, topic: &str, content: HeardContent) -> Self {
        let gateway = gateway_of(prefix, topic);
        match (gateway, content) {
            (Ok((_, RESEND)), _) => Self::Request,
            (Err(reason), HeardContent::Payload(payload)) => Self::Dead(DeadLetter::new(topic, &payload, reason)),
            (Err(reason), HeardContent::Oversized(bytes)) => Self::Dead(DeadLetter::unread(topic, bytes, reason)),
            (Ok(_), HeardContent::Oversized(bytes)) => {
                Self::Dead(DeadLetter::unread(topic, bytes, "it is larger than any event of a gateway"))
            }
            (Ok((gateway, _)), HeardContent::Payload(payload)) => match event::read(gateway, payload) {
                Ok((arrival, None)) => Self::Event(Box::new(arrival), None),
                Ok((arrival, Some(reason))) => {
                    let letter = DeadLetter::new(topic, arrival.body.as_bytes(), &reason);
                    Self::Event(Box::new(arrival), Some(letter))
                }
                Err((payload, reason)) => Self::Dead(DeadLetter::new(topic, &payload, &reason)),
            },
        }
    }
}

/// Returns the gateway of a topic, and what stands behind it.
fn gateway_of<'a>(prefix: &str, topic: &'a str) -> Result<(&'a str, &'a str), &'static str> {
    let rest = topic.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('/'));
    let (gateway, rest) =
        rest.and_then(|rest| rest.split_once('/')).ok_or("its topic is none of a gateway's events")?;
    match gateway.len() {
        0 => Err("its topic names no gateway"),
        1..=GATEWAY_ID_BYTES_MAX => Ok((gateway, rest)),
        _ => Err("its topic has too long a gateway id"),
    }
}

/// Returns the topic at which a gateway is asked for events.
pub(super) fn resend_topic(prefix: &str, gateway_id: &str) -> String {
    format!("{prefix}/{gateway_id}/{RESEND}")
}

#[cfg(test)]
mod tests {
    use latchwork_store::collected::Told;

    use super::*;

    fn check(topic: &str, payload: &str, reason: &str) {
        let found = Message::of("latchwork", topic, HeardContent::Payload(payload.into()));
        let Message::Dead(letter) = found else { panic!("{found:?}") };
        assert!(letter.reason().contains(reason), "{topic} {payload}: {}", letter.reason());
    }

    const EVENT: &str = r#"{"event_id":"01JN7X3B8000000000000000AA","seq":7,"event_type":"progress.moved","occurred_at":
        "2026-03-01T06:00:00.000000Z","recorded_at":"2026-03-01T06:00:00.000000Z","gateway_id":"gw","info":{"status":1}}"#;

    #[test]
    fn an_event_of_any_type_is_one() {
        let found = Message::of("latchwork", "latchwork/gw/progress/notification", HeardContent::Payload(EVENT.into()));
        let Message::Event(arrival, None) = found else { panic!("{found:?}") };
        assert_eq!((&*arrival.gateway_id, arrival.seq, &*arrival.event_type), ("gw", 7, "progress.moved"));
        assert_eq!(&*arrival.body, EVENT);
    }

    #[test]
    fn an_event_whose_contents_are_odd_is_kept_and_told() {
        for event_type in ["operation.started", "production_order.status_changed", "schedule.added", "outbox.dropped"] {
            let text = EVENT.replace("progress.moved", event_type);
            let found = Message::of("latchwork", "latchwork/gw/a", HeardContent::Payload(text.into()));
            let Message::Event(arrival, Some(letter)) = found else { panic!("{found:?}") };
            assert_eq!((arrival.seq, &arrival.told), (7, &Told::Nothing));
            assert!(letter.reason().contains("missing field"), "{}", letter.reason());
        }
    }

    #[test]
    fn what_others_ask_for_is_no_letter() {
        let content = HeardContent::Payload(b"{".to_vec());
        assert_eq!(Message::of("a/b", "a/b/gw/resend", content), Message::Request);
    }

    #[test]
    fn what_cannot_be_kept_says_why() {
        check("latchwork/gw/a", "{", "no event: EOF while parsing");
        check("latchwork/gw/a", "[1]", "no event");
        check("latchwork/gw/a", r#"{"seq":1}"#, "missing field `event_id`");
        check("latchwork/gw/a", &EVENT.replace("\"seq\":7,", ""), "missing field `seq`");
        check("latchwork/gw/a", &EVENT.replace("\"seq\":7", "\"seq\":0"), "its number is 0");
        check("latchwork/gw/a", &EVENT.replace("\"seq\":7", "\"seq\":-1"), "invalid value");
        check("latchwork/gw/a", &EVENT.replace(":7,", ":9007199254740993,"), "its number is 9007199254740993");
        check("latchwork/gw/a", &EVENT.replace("01JN", "01J"), "is no id");
        check("latchwork/gw/a", &EVENT.replace("T06", " 06"), "is no date");
        check("latchwork/other/a", EVENT, "it is of gateway `gw`");
        check("latchwork/a", EVENT, "its topic is none of a gateway's events");
        check("latchwork//a", EVENT, "names no gateway");
        check("elsewhere/gw/a", EVENT, "its topic is none");
        check(&format!("latchwork/{}/a", "g".repeat(256)), EVENT, "too long a gateway id");
        let large = Message::of("latchwork", "latchwork/gw/a", HeardContent::Oversized(5_000_000));
        assert!(matches!(large, Message::Dead(letter) if letter.reason().contains("larger")));
        let bytes = Message::of("latchwork", "latchwork/gw/a", HeardContent::Payload(vec![0xff, 0]));
        assert!(matches!(bytes, Message::Dead(letter) if letter.reason().contains("no text")));
    }

    #[test]
    fn a_message_as_deep_as_it_is_long_costs_no_stack() {
        check("latchwork/gw/a", &"[".repeat(500_000), "no event");
        let deep = format!("{}{}", "[".repeat(500_000), "]".repeat(500_000));
        let text = EVENT.replace("{\"status\":1}", &deep).replace("progress.moved", "operation.started");
        let found = Message::of("latchwork", "latchwork/gw/a", HeardContent::Payload(text.into()));
        assert!(matches!(found, Message::Event(_, Some(_))), "{found:?}");
    }
}
