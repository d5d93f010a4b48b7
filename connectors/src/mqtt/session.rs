//! One link to the broker, from connecting to its loss: subscribes, takes messages, acknowledges what is committed.
//!
//! The client is waited for without a pause, also when the engine is behind: else the broker would take us for dead.

use std::pin::pin;
use std::time::Duration;

use latchwork_config::connections::Mqtt;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::Wired;
use super::client::{self, Event, Events, Lost, Requests};
use super::link::{Link, Overrun};
use super::outbox::Closed;
use super::subscriptions::{Subscriptions, tags_of_filter_alone};
use crate::limits::MQTT_STOP_GRACE;

/// Why a link ended.
#[derive(Debug)]
pub(super) enum End {
    /// It was told to.
    Stopped,
    /// Nobody takes batches any more.
    Closed,
    /// The world.
    Lost(String),
}

impl From<Closed> for End {
    fn from(_: Closed) -> Self {
        Self::Closed
    }
}

impl From<Lost> for End {
    fn from(Lost(reason): Lost) -> Self {
        Self::Lost(reason)
    }
}

impl From<Overrun> for End {
    fn from(_: Overrun) -> Self {
        Self::Lost("more messages wait for the engine than there is room for; the broker will send them again".into())
    }
}

/// Connects, and takes what comes until the link ends.
pub(super) async fn live(link: &mut Link, wire: &Wired<'_>, stop: &CancellationToken) -> End {
    let mqtt = wire.mqtt;
    let (requests, events) = client::open(wire);
    let mut session = Session { mqtt, requests, events, subscriptions: Subscriptions::new(&mqtt.topics) };
    let end = session.run(link, stop).await;
    match end {
        End::Stopped => session.farewell(link).await,
        End::Closed => {}
        End::Lost(_) => session.take_leftover(link),
    }
    end
}

/// Waits before the next attempt, at least so long, and until all is handed over: nothing piles up while the engine
/// stands.
pub(super) async fn pause(link: &mut Link, wait: Duration, stop: &CancellationToken) -> Result<(), End> {
    let mut waited = pin!(sleep(wait));
    let mut is_over = false;
    loop {
        link.settle()?;
        if is_over && link.is_handed_over() {
            return Ok(());
        }
        tokio::select! {
            () = stop.cancelled() => return Err(End::Stopped),
            () = &mut waited, if !is_over => is_over = true,
            done = link.errand() => done?,
        }
    }
}

struct Session<'a> {
    mqtt: &'a Mqtt,
    requests: Requests,
    events: Events,
    subscriptions: Subscriptions,
}

impl Session<'_> {
    /// Runs until the link ends.
    async fn run(&mut self, link: &mut Link, stop: &CancellationToken) -> End {
        loop {
            let done = match self.next_event(link, stop).await {
                Ok(event) => self.take(event, link),
                Err(end) => Err(end),
            };
            if let Err(end) = done {
                return end;
            }
        }
    }

    /// Waits for the next event, and meanwhile for the engine.
    async fn next_event(&mut self, link: &mut Link, stop: &CancellationToken) -> Result<Event, End> {
        let Self { requests, events, .. } = self;
        let mut event = pin!(events.next());
        loop {
            settle(link, requests)?;
            tokio::select! {
                biased;
                () = stop.cancelled() => return Err(End::Stopped),
                event = &mut event => return Ok(event?),
                done = link.errand() => done?,
            }
        }
    }

    fn take(&mut self, event: Event, link: &mut Link) -> Result<(), End> {
        match event {
            Event::Connected(session) => {
                link.connected(session);
                self.subscribe(link)
            }
            Event::Subscribed(answers) => {
                self.subscriptions.answered(answers);
                self.subscribe(link)
            }
            Event::Message(message) => {
                // A session that was taken up again has messages before it has subscriptions.
                link.up();
                Ok(link.take(&message)?)
            }
            Event::Released(packet) => {
                link.released(packet);
                Ok(())
            }
            // Nothing is published over this connection.
            Event::Sent(_) | Event::Published(..) | Event::Echo | Event::Other => Ok(()),
        }
    }

    /// Subscribes to the next filters; when there are none the link is up.
    ///
    /// This is done on every connection, whatever the broker remembers: the filters may be others than those of its
    /// session, and only a new subscription brings the retained messages that make tags Good again after a loss.
    fn subscribe(&mut self, link: &mut Link) -> Result<(), End> {
        let next = self.subscriptions.next();
        if !next.is_empty() {
            return self.requests.subscribe(next).map_err(|_| End::Lost("the subscription could not be sent".into()));
        }
        if let Some(refused) = self.subscriptions.all_refused() {
            let reason = format!("the broker refused to subscribe to `{}`: {}", refused.filter, refused.reason);
            return Err(End::Lost(reason));
        }
        link.up();
        for refused in self.subscriptions.refused() {
            link.refused(&refused.filter, &refused.reason, &tags_of_filter_alone(&self.mqtt.topics, &refused.filter));
        }
        Ok(())
    }

    /// Takes the messages that had come before the link was lost: those of `QoS` 0 come but once.
    fn take_leftover(&mut self, link: &mut Link) {
        for event in self.events.leftover() {
            if let Event::Message(message) = event {
                // What finds no room is counted, or comes again.
                let _overrun = link.take(&message);
            }
        }
    }

    /// Waits a moment for what was handed over, acknowledges it, and takes leave.
    async fn farewell(&mut self, link: &mut Link) {
        if !link.is_connected() {
            return;
        }
        let _late = timeout(MQTT_STOP_GRACE, self.settle_all(link)).await;
        let _late = timeout(MQTT_STOP_GRACE, self.leave()).await;
    }

    /// Takes leave once the broker has read the acknowledgements: closing a socket that something was sent to meanwhile
    /// throws away what the other side has not read yet.
    async fn leave(&mut self) -> Result<(), End> {
        if self.requests.echo().is_ok() {
            while self.events.next().await? != Event::Echo {}
        }
        if self.requests.disconnect().is_ok() {
            while self.events.next().await.is_ok() {}
        }
        Ok(())
    }

    /// Waits until all that came is acknowledged. What still comes is left to the broker.
    async fn settle_all(&mut self, link: &mut Link) {
        while settle(link, &self.requests).is_ok() && !link.is_settled() {
            let goes_on = tokio::select! {
                event = self.events.next() => event.is_ok(),
                done = link.errand() => done.is_ok(),
            };
            if !goes_on {
                return;
            }
        }
    }
}

/// Hands over what there is room for, and acknowledges what is committed.
fn settle(link: &mut Link, requests: &Requests) -> Result<(), End> {
    link.settle()?;
    while let Some((packet, guarantee)) = link.acknowledge() {
        let queued = requests.acknowledge(packet, guarantee);
        queued.map_err(|_| End::Lost("the acknowledgement could not be sent".into()))?;
    }
    Ok(())
}
