//! What an MQTT connection counts, for whoever shows it.

use std::sync::atomic::{AtomicU64, Ordering};

/// A number that only grows.
#[derive(Debug, Default)]
pub struct Count(AtomicU64);

impl Count {
    /// Returns the number.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    pub(super) fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// The counts of one connection since the program began.
#[derive(Debug, Default)]
pub struct Counters {
    /// Messages that came.
    pub messages: Count,
    /// Values, times, qualities and documents that could not be read.
    pub conversion_errors: Count,
    /// Points dropped because they were older than their tag's last one, or the same again.
    pub old_dropped: Count,
    /// Times that older points were taken after all: a source's clock was set back.
    pub clock_steps: Count,
    /// Messages beyond the packet limit.
    pub oversized: Count,
    /// `QoS` 0 messages dropped because the engine was behind.
    pub lost_qos0: Count,
    /// Connections after the first.
    pub reconnects: Count,
    /// Messages that no tag is fed by.
    pub unmatched: Count,
    /// Messages that the broker sent again while they were still in hand: they are not taken twice.
    pub redelivered: Count,
    /// Subscriptions that the broker refused.
    pub refused_subscriptions: Count,
}

impl Counters {
    /// Returns the counts, each by its name.
    pub fn counts(&self) -> [(&'static str, u64); 10] {
        [
            ("messages", self.messages.get()),
            ("conversion_errors", self.conversion_errors.get()),
            ("old_dropped", self.old_dropped.get()),
            ("clock_steps", self.clock_steps.get()),
            ("oversized", self.oversized.get()),
            ("lost_qos0", self.lost_qos0.get()),
            ("reconnects", self.reconnects.get()),
            ("unmatched", self.unmatched.get()),
            ("redelivered", self.redelivered.get()),
            ("refused_subscriptions", self.refused_subscriptions.get()),
        ]
    }
}
