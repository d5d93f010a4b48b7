//! What handshakes write to a broker: a client of its own, beside the one that subscribes, which publishes one message
//! after the other and counts one as written when the broker has acknowledged it.
//!
//! Runs only for a connection whose configuration allows writes.

use std::hash::{BuildHasher, RandomState};
use std::pin::pin;
use std::time::Instant;

use latchwork_config::connections::{Mqtt, WriteTarget, Writing};
use latchwork_expr::{Value, float_text};
use serde_json::{Map, Value as Json};
use tokio::time::{sleep, sleep_until};
use tokio_util::sync::CancellationToken;

use super::Wired;
use super::client::{self, Event, Events, Lost, Publisher};
use crate::Backoff;
use crate::limits::{MQTT_PUBLISH_PATIENCE, MQTT_STABLE_AFTER};
use crate::writing::{DueWrites, WriteJob, WriteJobs, WriteOutcome};

/// Writes what comes until it is stopped.
pub(super) async fn run(wire: &Wired<'_>, writing: &Writing, jobs: WriteJobs, stop: &CancellationToken) {
    let mqtt = Mqtt {
        client_id: format!("{}-writer", wire.mqtt.client_id),
        clean_start: true,
        // That of the subscriber tells that the gateway is gone.
        last_will: None,
        topics: Vec::new(),
        ..wire.mqtt.clone()
    };
    let wire = Wired { mqtt: &mqtt, ..wire.clone() };
    let mut desk = Desk { writing, jobs, due: DueWrites::default(), on_its_way: None };
    let mut backoff = Backoff::new(RandomState::new().hash_one(&mqtt.client_id));
    loop {
        let begun = Instant::now();
        let Some(Lost(reason)) = stop.run_until_cancelled(desk.live(&wire)).await else { return };
        tracing::debug!(client = mqtt.client_id, reason, "nothing is written to the broker");
        if begun.elapsed() >= MQTT_STABLE_AFTER {
            backoff.reset();
        }
        if stop.run_until_cancelled(sleep(backoff.pause())).await.is_none() {
            return;
        }
    }
}

/// What is to be written.
struct Desk<'a> {
    writing: &'a Writing,
    jobs: WriteJobs,
    due: DueWrites,
    on_its_way: Option<OnItsWay>,
}

/// A message that the broker has not acknowledged yet.
#[derive(Clone, Copy)]
struct OnItsWay {
    tag: usize,
    number: u64,
    sent: Instant,
}

impl Desk<'_> {
    /// Connects, and publishes until the link is lost.
    async fn live(&mut self, wire: &Wired<'_>) -> Lost {
        let (publisher, mut events) = client::open_publisher(wire, self.writing);
        self.on_its_way = None;
        self.due.restart(Instant::now());
        let mut is_connected = false;
        loop {
            match self.next_event(&mut events, is_connected.then_some(&publisher)).await {
                Ok(Event::Connected(_)) => is_connected = true,
                Ok(Event::Published(_, outcome)) => self.settle(outcome),
                Ok(
                    Event::Subscribed(_)
                    | Event::Message(_)
                    | Event::Released(_)
                    | Event::Sent(_)
                    | Event::Echo
                    | Event::Other,
                ) => {}
                Err(lost) => return lost,
            }
        }
    }

    /// Waits for the next event; meanwhile jobs come, and go out once there is a link.
    async fn next_event(&mut self, events: &mut Events, publisher: Option<&Publisher>) -> Result<Event, Lost> {
        let mut event = pin!(events.next());
        loop {
            let wake = match publisher {
                Some(publisher) => self.publish_due(publisher)?,
                None => None,
            };
            let wait = async {
                match wake {
                    Some(at) => sleep_until(at.into()).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                event = &mut event => return event,
                job = self.jobs.next() => self.due.put(job, Instant::now()),
                () = wait => {}
            }
        }
    }

    /// Publishes what is due, one at a time; returns when there is something to do if nothing happens before.
    fn publish_due(&mut self, publisher: &Publisher) -> Result<Option<Instant>, Lost> {
        let now = Instant::now();
        if let Some(on_its_way) = self.on_its_way {
            let until = on_its_way.sent + MQTT_PUBLISH_PATIENCE;
            return if until > now { Ok(Some(until)) } else { Err(Lost("the broker acknowledges nothing".to_owned())) };
        }
        loop {
            let next = self.due.waiting().min_by_key(|(_, at)| *at).map(|(job, at)| (job.clone(), at));
            let Some((job, at)) = next else { return Ok(None) };
            if at > now {
                return Ok(Some(at));
            }
            let Some(WriteTarget::Topic { topic, keys }) = self.writing.target(job.tag) else {
                self.due.written(job.tag, job.number, now);
                self.jobs.report(&job, WriteOutcome::GivenUp("the tag has no topic".to_owned()));
                continue;
            };
            let queued = publisher.publish(topic, payload(&job.value, keys.as_deref()));
            queued.map_err(|_| Lost("the message could not be sent".to_owned()))?;
            self.note_sent(&job, now);
            return Ok(Some(now + MQTT_PUBLISH_PATIENCE));
        }
    }

    fn note_sent(&mut self, job: &WriteJob, now: Instant) {
        self.due.sent(job.tag);
        self.on_its_way = Some(OnItsWay { tag: job.tag, number: job.number, sent: now });
    }

    /// Takes what the broker says about the message that is on its way.
    fn settle(&mut self, published: Result<(), String>) {
        let Some(OnItsWay { tag, number, .. }) = self.on_its_way.take() else { return };
        let (now, due) = (Instant::now(), &mut self.due);
        let ended = match published {
            Ok(()) => due.written(tag, number, now).map(|job| (job, WriteOutcome::Written)),
            Err(reason) => due.refused(tag, number, now).map(|job| (job, WriteOutcome::GivenUp(reason))),
        };
        if let Some((job, outcome)) = ended {
            self.jobs.report(&job, outcome);
        }
    }
}

/// Returns the message that says a value: its text, or JSON with the value within these keys.
fn payload(value: &Value, keys: Option<&[String]>) -> Vec<u8> {
    match keys {
        None => text(value).into_bytes(),
        Some(keys) => {
            let nested =
                keys.iter().rev().fold(json(value), |inner, key| Json::Object(Map::from_iter([(key.clone(), inner)])));
            nested.to_string().into_bytes()
        }
    }
}

/// Returns a value as the reader of a raw payload takes it.
fn text(value: &Value) -> String {
    match value {
        Value::Boolean(value) => value.to_string(),
        Value::Integer(value) => value.to_string(),
        Value::Float(value) => float_text(*value),
        Value::String(value) => value.to_string(),
        // No handshake has such a value.
        Value::Null | Value::Date(_) | Value::Dataset(_) | Value::Document(_) | Value::Quality(_) => String::new(),
    }
}

fn json(value: &Value) -> Json {
    match value {
        Value::Boolean(value) => (*value).into(),
        Value::Integer(value) => (*value).into(),
        Value::Float(value) => (*value).into(),
        Value::String(value) => value.as_str().into(),
        Value::Null | Value::Date(_) | Value::Dataset(_) | Value::Document(_) | Value::Quality(_) => Json::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_says_the_value_and_nothing_else() {
        let check = |value: Value, keys: Option<&[&str]>, expected: &str| {
            let keys: Option<Vec<String>> = keys.map(|keys| keys.iter().map(|&key| key.to_owned()).collect());
            assert_eq!(String::from_utf8(payload(&value, keys.as_deref())).unwrap(), expected);
        };
        check(Value::Integer(1), None, "1");
        check(Value::Boolean(true), None, "true");
        check(Value::Float(1.0), None, "1.0");
        check("a \"b\"".into(), None, "a \"b\"");
        check(Value::Integer(1), Some(&[]), "1");
        check("a \"b\"".into(), Some(&["v"]), r#"{"v":"a \"b\""}"#);
        check(Value::Float(1.5), Some(&["state", "v"]), r#"{"state":{"v":1.5}}"#);
    }
}
