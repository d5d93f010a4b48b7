//! What a collector has done since it started.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counts that its parts share.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) events: Count,
    pub(super) repeated: Count,
    pub(super) dead_letters: Count,
    pub(super) requests: Count,
    pub(super) lost: Count,
    pub(super) batches: Count,
}

/// A count.
#[derive(Debug, Default)]
pub(super) struct Count(AtomicU64);

impl Count {
    pub(super) fn add(&self, more: u64) {
        self.0.fetch_add(more, Ordering::Relaxed);
    }

    pub(super) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Counts {
    /// Logs them.
    pub(super) fn log(&self, what: &str) {
        let [events, repeated, dead_letters, requests, lost, batches] =
            [&self.events, &self.repeated, &self.dead_letters, &self.requests, &self.lost, &self.batches]
                .map(Count::get);
        tracing::info!(events, repeated, dead_letters, requests, lost, batches, "{what}");
    }

    /// Returns what changes with whatever is done.
    pub(super) fn sum(&self) -> u64 {
        self.batches.get() + self.requests.get() + self.lost.get()
    }
}
