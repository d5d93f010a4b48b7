//! One link of a listener: from connecting to its loss.

use std::pin::pin;
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::{Heard, HeardContent, Hearing, Hold, Listener, Saying};
use crate::limits::{LISTENER_ROOM_KIBIBYTES, MQTT_STOP_GRACE};
use crate::mqtt::Wired;
use crate::mqtt::client::{self, Content, Event, Events, Lost, Message, Post};

/// Why a link ended.
#[derive(Debug)]
pub(super) enum End {
    /// It was told to.
    Stopped,
    /// The world.
    Lost(Lost),
}

impl From<Lost> for End {
    fn from(lost: Lost) -> Self {
        Self::Lost(lost)
    }
}

/// A link at work.
struct Link<'a> {
    listener: &'a mut Listener,
    post: Post,
    /// Which link of the listener it is.
    number: u64,
    room: &'a Arc<Semaphore>,
    is_connected: bool,
}

/// Connects, and takes messages until the link ends.
pub(super) async fn live(
    listener: &mut Listener,
    wire: &Wired<'_>,
    (number, room): (u64, &Arc<Semaphore>),
    stop: &CancellationToken,
) -> End {
    let (post, mut events) = client::open_post(wire);
    let mut link = Link { listener, post, number, room, is_connected: false };
    let end = loop {
        let taken = match link.next_event(&mut events, stop).await {
            Ok(event) => link.take(event, stop).await,
            Err(end) => Err(end),
        };
        if let Err(end) = taken {
            break end;
        }
    };
    if matches!(end, End::Stopped) {
        link.farewell(&mut events).await;
    }
    end
}

impl Link<'_> {
    /// Waits for the next event; meanwhile what is kept is acknowledged.
    async fn next_event(&mut self, events: &mut Events, stop: &CancellationToken) -> Result<Event, End> {
        let mut event = pin!(events.next());
        loop {
            tokio::select! {
                biased;
                () = stop.cancelled() => return Err(End::Stopped),
                Some(saying) = self.listener.sayings.recv() => self.say(saying)?,
                event = &mut event => return Ok(event?),
            }
        }
    }

    fn say(&self, saying: Saying) -> Result<(), Lost> {
        match saying {
            Saying::Kept(holds) => {
                let ours = holds.iter().filter(|hold| hold.link == self.number);
                let mut held = ours.filter_map(|hold| hold.held);
                let queued = held.try_for_each(|held| self.post.acknowledge(held));
                queued.map_err(|_| Lost("the acknowledgement could not be sent".to_owned()))
            }
            Saying::Publish { topic, payload } if self.is_connected => {
                let queued = self.post.publish(&topic, payload);
                queued.map_err(|_| Lost("the message could not be sent".to_owned()))
            }
            Saying::Publish { .. } => Ok(()),
        }
    }

    async fn take(&mut self, event: Event, stop: &CancellationToken) -> Result<(), End> {
        match event {
            // Whatever the broker remembers: the filter may be another one than that of its session.
            Event::Connected(_) => {
                self.is_connected = true;
                let queued = self.post.subscribe(&self.listener.filter);
                queued.map_err(|_| Lost("the subscription could not be sent".to_owned()))?;
            }
            Event::Subscribed(answers) => {
                if let Some(reason) = answers.into_iter().find_map(Result::err) {
                    let filter = &self.listener.filter;
                    return Err(Lost(format!("the broker refused to subscribe to `{filter}`: {reason}")).into());
                }
                self.listener.tell(Hearing::Up);
            }
            Event::Message(message) => self.take_message(message, stop).await?,
            Event::Sent(_) | Event::Published(..) | Event::Released(_) | Event::Echo | Event::Other => {}
        }
        Ok(())
    }

    async fn take_message(&mut self, message: Message, stop: &CancellationToken) -> Result<(), End> {
        let Message { topic, content, held, .. } = message;
        let content = match content {
            Content::Payload(payload) => HeardContent::Payload(payload),
            Content::Oversized(bytes) => HeardContent::Oversized(bytes),
        };
        let room = self.room_for(&topic, &content, stop).await?;
        let hold = Hold { link: self.number, held, _room: room };
        self.listener.tell(Hearing::Message(Heard { topic, content, hold }));
        Ok(())
    }

    /// Waits until there is room for a message.
    async fn room_for(
        &mut self,
        topic: &str,
        content: &HeardContent,
        stop: &CancellationToken,
    ) -> Result<OwnedSemaphorePermit, End> {
        let bytes = topic.len() + if let HeardContent::Payload(payload) = content { payload.len() } else { 0 };
        let kibibytes = u32::try_from(bytes / 1024 + 1)
            .map_or(LISTENER_ROOM_KIBIBYTES, |kibibytes| kibibytes.min(LISTENER_ROOM_KIBIBYTES));
        let mut room = pin!(Arc::clone(self.room).acquire_many_owned(kibibytes));
        loop {
            tokio::select! {
                biased;
                room = &mut room => return room.map_err(|_| End::Stopped),
                () = stop.cancelled() => return Err(End::Stopped),
                Some(saying) = self.listener.sayings.recv() => self.say(saying)?,
            }
        }
    }

    /// Says what is still to be said, and takes leave once the broker has read it.
    async fn farewell(&mut self, events: &mut Events) {
        while let Ok(saying) = self.listener.sayings.try_recv() {
            if self.say(saying).is_err() {
                return;
            }
        }
        if self.is_connected {
            let _late = timeout(MQTT_STOP_GRACE, self.leave(events)).await;
        }
    }

    /// Closing a socket that something was sent to meanwhile throws away what the other side has not read yet.
    async fn leave(&mut self, events: &mut Events) -> Result<(), Lost> {
        if self.post.echo().is_ok() {
            while events.next().await? != Event::Echo {}
        }
        if self.post.disconnect().is_ok() {
            while events.next().await.is_ok() {}
        }
        Ok(())
    }
}
