//! What waits for the engine: batches in the order in which they came, within bounds.
//!
//! Knows no broker. News of the link always finds room: there are two for each connection, and none is made while
//! something waits; and one for each time that room was lacking, or a minute has passed.

use std::collections::VecDeque;

use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

use crate::Batch;
use crate::limits::{
    MQTT_WAITING_BYTES_MAX, MQTT_WAITING_OVERHEAD_BYTES, MQTT_WAITING_UNACKNOWLEDGED_BYTES_MAX,
    MQTT_WAITING_UNACKNOWLEDGED_MAX,
};

/// Nobody takes batches any more.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Closed;

/// Which bound counts for a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// News of the link.
    News,
    /// Of a message that the broker does not send again.
    Unacknowledged,
    /// Of a message that the broker sends again if it must.
    Acknowledged,
}

/// Batches that wait.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    waiting: VecDeque<Waiting>,
    unacknowledged: Load,
    acknowledged: Load,
}

#[derive(Debug)]
struct Waiting {
    batch: Batch,
    class: Class,
    bytes: usize,
}

#[derive(Debug, Default)]
struct Load {
    count: usize,
    bytes: usize,
}

impl Outbox {
    /// Tells whether there is room for a message's batches.
    pub(super) const fn has_room(&self, class: Class) -> bool {
        match class {
            Class::News => true,
            Class::Unacknowledged => {
                self.unacknowledged.count < MQTT_WAITING_UNACKNOWLEDGED_MAX
                    && self.unacknowledged.bytes < MQTT_WAITING_UNACKNOWLEDGED_BYTES_MAX
            }
            Class::Acknowledged => self.acknowledged.bytes < MQTT_WAITING_BYTES_MAX,
        }
    }

    /// Puts a batch last.
    pub(super) fn push(&mut self, batch: Batch, class: Class, payload_bytes: usize) {
        let bytes = payload_bytes + MQTT_WAITING_OVERHEAD_BYTES;
        if let Some(load) = self.load(class) {
            load.count += 1;
            load.bytes += bytes;
        }
        self.waiting.push_back(Waiting { batch, class, bytes });
    }

    /// Tells whether nothing waits.
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Hands over what there is room for.
    pub(super) fn hand_over(&mut self, batches: &mpsc::Sender<Batch>) -> Result<(), Closed> {
        while !self.waiting.is_empty() {
            match batches.try_reserve() {
                Ok(permit) => self.send(permit),
                Err(TrySendError::Full(())) => return Ok(()),
                Err(TrySendError::Closed(())) => return Err(Closed),
            }
        }
        Ok(())
    }

    /// Hands over the first batch.
    pub(super) fn send(&mut self, permit: mpsc::Permit<'_, Batch>) {
        let Some(Waiting { batch, class, bytes }) = self.waiting.pop_front() else { return };
        if let Some(load) = self.load(class) {
            load.count -= 1;
            load.bytes -= bytes;
        }
        permit.send(batch);
    }

    const fn load(&mut self, class: Class) -> Option<&mut Load> {
        match class {
            Class::News => None,
            Class::Unacknowledged => Some(&mut self.unacknowledged),
            Class::Acknowledged => Some(&mut self.acknowledged),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::LinkId;

    fn batch(link: u32) -> Batch {
        let (received, samples) = (Instant::now(), Vec::new());
        Batch { link: LinkId(link), received, samples, notice: None, is_retained: false, receipt: None, room: None }
    }

    #[test]
    fn batches_keep_their_order_and_free_their_room() {
        let (sender, mut receiver) = mpsc::channel(2);
        let mut outbox = Outbox::default();
        for (number, class) in (0..).zip([Class::News, Class::Unacknowledged, Class::Acknowledged, Class::News]) {
            outbox.push(batch(number), class, 10);
        }
        let mut taken = Vec::new();
        while !outbox.is_empty() {
            outbox.hand_over(&sender).unwrap();
            taken.extend(std::iter::from_fn(|| receiver.try_recv().ok()).map(|batch| batch.link.0));
        }
        assert_eq!(taken, [0, 1, 2, 3]);
        assert_eq!((outbox.unacknowledged.bytes, outbox.acknowledged.bytes), (0, 0));
    }

    #[test]
    fn each_class_has_its_own_bound() {
        let mut outbox = Outbox::default();
        for _ in 0..MQTT_WAITING_UNACKNOWLEDGED_MAX {
            assert!(outbox.has_room(Class::Unacknowledged));
            outbox.push(batch(0), Class::Unacknowledged, 0);
        }
        assert!(!outbox.has_room(Class::Unacknowledged));
        assert!(outbox.has_room(Class::Acknowledged));
        outbox.push(batch(0), Class::Acknowledged, MQTT_WAITING_BYTES_MAX);
        assert!(!outbox.has_room(Class::Acknowledged));
        assert!(outbox.has_room(Class::News));
    }

    #[test]
    fn who_no_longer_listens_is_told() {
        let (sender, receiver) = mpsc::channel(1);
        drop(receiver);
        let mut outbox = Outbox::default();
        assert_eq!(outbox.hand_over(&sender), Ok(()));
        outbox.push(batch(0), Class::News, 0);
        assert_eq!(outbox.hand_over(&sender), Err(Closed));
    }
}
