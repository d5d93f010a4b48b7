//! One link of a courier: from connecting to its loss.

use std::pin::pin;
use std::time::Instant;

use tokio::time::{Interval, MissedTickBehavior, interval, timeout};
use tokio_util::sync::CancellationToken;

use super::bag::{Acknowledged, Bag};
use super::{Courier, Delivery, Letter, Outcome};
use crate::limits::{COURIER_WATCH, MQTT_PUBLISH_PATIENCE, MQTT_STOP_GRACE};
use crate::mqtt::Wired;
use crate::mqtt::client::{self, Content, Event, Events, Lost, Message, Post};

/// Why a link ended.
#[derive(Debug)]
pub(super) enum End {
    /// It was told to, or there are no letters any more.
    Stopped,
    /// The world.
    Lost(Lost),
}

/// A link at work.
struct Link<'a> {
    courier: &'a mut Courier,
    bag: &'a mut Bag,
    post: Post,
    is_up: bool,
    /// When the broker last settled something, or nothing was under way.
    settled: Instant,
    watch: Interval,
}

/// Connects, and carries letters until the link ends.
pub(super) async fn live(courier: &mut Courier, bag: &mut Bag, wire: &Wired<'_>, stop: &CancellationToken) -> End {
    let (post, mut events) = client::open_post(wire);
    let mut watch = interval(COURIER_WATCH);
    watch.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut link = Link { courier, bag, post, is_up: false, settled: Instant::now(), watch };
    let end = loop {
        match link.next_event(&mut events, stop).await {
            Ok(event) => {
                if let Err(lost) = link.take(event) {
                    break End::Lost(lost);
                }
            }
            Err(end) => break end,
        }
    };
    match end {
        End::Stopped => link.farewell(&mut events).await,
        End::Lost(_) => link.take_leftover(&mut events),
    }
    end
}

impl Link<'_> {
    /// Waits for the next event; meanwhile letters come and go out.
    async fn next_event(&mut self, events: &mut Events, stop: &CancellationToken) -> Result<Event, End> {
        let mut event = pin!(events.next());
        loop {
            self.send().map_err(End::Lost)?;
            tokio::select! {
                biased;
                () = stop.cancelled() => return Err(End::Stopped),
                event = &mut event => return event.map_err(End::Lost),
                letter = self.courier.letters.recv(), if self.bag.has_room() => self.put(letter)?,
                _ = self.watch.tick() => self.check_patience().map_err(End::Lost)?,
            }
        }
    }

    /// Takes a letter, and those that stand behind it.
    fn put(&mut self, letter: Option<Letter>) -> Result<(), End> {
        self.bag.put(letter.ok_or(End::Stopped)?);
        while self.bag.has_room() {
            let Ok(letter) = self.courier.letters.try_recv() else { break };
            self.bag.put(letter);
        }
        Ok(())
    }

    /// Sends what may go.
    fn send(&mut self) -> Result<(), Lost> {
        if !self.is_up {
            return Ok(());
        }
        if self.bag.under_way() == 0 {
            self.settled = Instant::now();
        }
        while let Some(Letter { topic, payload, .. }) = self.bag.next() {
            let queued = self.post.publish(topic, payload.clone());
            queued.map_err(|_| Lost("the message could not be sent".to_owned()))?;
        }
        Ok(())
    }

    fn take(&mut self, event: Event) -> Result<(), Lost> {
        match event {
            Event::Connected(_) => {
                let queued = self.post.subscribe(&self.courier.requests);
                queued.map_err(|_| Lost("the subscription could not be sent".to_owned()))?;
                self.is_up = true;
                self.courier.tell(Delivery::Up);
            }
            Event::Sent(packet) => self.bag.sent(packet),
            Event::Published(packet, outcome) => self.settle(packet, outcome),
            Event::Message(message) => self.take_request(message)?,
            Event::Subscribed(answers) => self.note_answers(answers),
            Event::Released(_) | Event::Echo | Event::Other => {}
        }
        Ok(())
    }

    /// Tells what the broker said of a letter.
    fn settle(&mut self, packet: u16, outcome: Result<(), String>) {
        self.settled = Instant::now();
        let Some(Acknowledged { number, guilty }) = self.bag.acknowledged(packet) else { return };
        let outcome = outcome.map_or_else(Outcome::Refused, |()| Outcome::Taken);
        self.courier.tell(Delivery::Settled(number, outcome));
        if let Some(guilty) = guilty {
            self.courier.tell(Delivery::Settled(guilty, Outcome::Deadly));
        }
    }

    fn take_request(&mut self, Message { content, held, .. }: Message) -> Result<(), Lost> {
        if let Some(held) = held {
            let queued = self.post.acknowledge(held);
            queued.map_err(|_| Lost("the acknowledgement could not be sent".to_owned()))?;
        }
        match content {
            Content::Payload(payload) => self.courier.tell(Delivery::Request(payload)),
            Content::Oversized(bytes) => tracing::warn!(topic = self.courier.requests, bytes, "request is too large"),
        }
        Ok(())
    }

    /// Notes a broker that lets nobody listen: events go out all the same.
    fn note_answers(&self, answers: Vec<Result<(), String>>) {
        for reason in answers.into_iter().filter_map(Result::err) {
            tracing::warn!(topic = self.courier.requests, reason, "the broker lets nobody listen to requests");
        }
    }

    /// Leaves a broker that answers pings and acknowledges nothing.
    fn check_patience(&self) -> Result<(), Lost> {
        let is_patient = self.bag.under_way() == 0 || self.settled.elapsed() < MQTT_PUBLISH_PATIENCE;
        if is_patient { Ok(()) } else { Err(Lost("the broker acknowledges nothing".to_owned())) }
    }

    /// Takes the acknowledgements that had come before the link was lost: what they settle does not go twice.
    fn take_leftover(&mut self, events: &mut Events) {
        for event in events.leftover() {
            match event {
                Event::Sent(packet) => self.bag.sent(packet),
                Event::Published(packet, outcome) => self.settle(packet, outcome),
                Event::Connected(_)
                | Event::Message(_)
                | Event::Subscribed(_)
                | Event::Released(_)
                | Event::Echo
                | Event::Other => {}
            }
        }
    }

    /// Takes leave. What was not acknowledged goes again another time.
    async fn farewell(&mut self, events: &mut Events) {
        if !self.is_up || self.post.disconnect().is_err() {
            return;
        }
        let leave = async {
            while let Ok(event) = events.next().await {
                if let Event::Published(packet, outcome) = event {
                    self.settle(packet, outcome);
                }
            }
        };
        let _late = timeout(MQTT_STOP_GRACE, leave).await;
    }
}
