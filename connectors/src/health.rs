//! What a connection has been through: counters that its task raises and others read.

use std::sync::atomic::{AtomicI64, AtomicU8, AtomicU64, Ordering};

use latchwork_expr::Timestamp;

use crate::Diagnostics;

/// The counters of a connection. Each is right by itself; together they are of nearly one moment.
#[derive(Debug, Default)]
pub struct Health {
    /// Requests sent.
    pub requests: Counter,
    /// Answers that came in time and brought values.
    pub answers: Counter,
    /// Requests without an answer in time.
    pub timeouts: Counter,
    /// Answers after their timeout that were still delivered.
    pub late_delivered: Counter,
    /// Answers after their timeout that a later request had overtaken: dropped, because they tell of a time before
    /// what is known already.
    pub late_outdated: Counter,
    /// Frames that answer nothing that was asked, or what was asked too long ago: dropped.
    pub unknown_dropped: Counter,
    /// Answers that contradict their requests, and streams that are not the protocol.
    pub malformed: Counter,
    /// Exceptions that devices answered.
    pub exceptions: Counter,
    /// Values that the tag's type cannot hold.
    pub unfit_values: Counter,
    /// Periods in which nothing was asked, because the one before was not over: not caught up.
    pub overruns: Counter,
    /// Requests that write, sent.
    pub writes: Counter,
    /// Those that the device refused, or answered with something else.
    pub writes_refused: Counter,
    /// Connections made after the first.
    pub reconnects: Counter,
    /// How many units are taken for dead now.
    pub units_dead: Gauge,
    /// Why tags cannot be read.
    pub diagnostics: Diagnostics,
    state: AtomicU8,
    since: AtomicI64,
}

/// Whether a connection works.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum LinkState {
    /// Nothing is known yet.
    #[default]
    Unknown = 0,
    /// It works.
    Up = 1,
    /// It does not.
    Down = 2,
}

/// A number that only grows.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// Counts one.
    pub fn add_one(&self) {
        self.add(1);
    }

    /// Counts so many.
    pub fn add(&self, number: u64) {
        self.0.fetch_add(number, Ordering::Relaxed);
    }

    /// Returns how many were counted.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A number that grows and shrinks.
#[derive(Debug, Default)]
pub struct Gauge(AtomicU64);

impl Gauge {
    /// Sets the number.
    pub fn set(&self, number: u64) {
        self.0.store(number, Ordering::Relaxed);
    }

    /// Returns the number.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Health {
    /// Tells what the connection is from now on.
    pub fn set_state(&self, state: LinkState, now: Timestamp) {
        self.since.store(now.0, Ordering::Relaxed);
        self.state.store(state as u8, Ordering::Release);
    }

    /// Returns the counters, each by its name.
    pub fn counts(&self) -> [(&'static str, u64); 14] {
        [
            ("requests", self.requests.get()),
            ("answers", self.answers.get()),
            ("timeouts", self.timeouts.get()),
            ("late_delivered", self.late_delivered.get()),
            ("late_outdated", self.late_outdated.get()),
            ("unknown_dropped", self.unknown_dropped.get()),
            ("malformed", self.malformed.get()),
            ("exceptions", self.exceptions.get()),
            ("unfit_values", self.unfit_values.get()),
            ("overruns", self.overruns.get()),
            ("writes", self.writes.get()),
            ("writes_refused", self.writes_refused.get()),
            ("reconnects", self.reconnects.get()),
            ("units_dead", self.units_dead.get()),
        ]
    }

    /// Returns what the connection is, and since when.
    pub fn state(&self) -> (LinkState, Timestamp) {
        let state = match self.state.load(Ordering::Acquire) {
            1 => LinkState::Up,
            2 => LinkState::Down,
            _ => LinkState::Unknown,
        };
        (state, Timestamp(self.since.load(Ordering::Relaxed)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_is_what_was_told_last() {
        let health = Health::default();
        assert_eq!(health.state(), (LinkState::Unknown, Timestamp(0)));
        health.set_state(LinkState::Up, Timestamp(5));
        health.set_state(LinkState::Down, Timestamp(7));
        assert_eq!(health.state(), (LinkState::Down, Timestamp(7)));
    }
}
