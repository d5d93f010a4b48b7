//! What the server counts: requests by what became of them, and what it refused before there was one.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use hyper::StatusCode;

use super::table::ROUTES;

/// The kinds of outcomes that are told apart, by the first digit of the status.
pub(super) const OUTCOMES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

/// What a server counts.
#[derive(Debug)]
pub(super) struct Counts {
    /// Requests by route and outcome; behind the routes those that no route is for.
    requests: Vec<[AtomicU64; OUTCOMES.len()]>,
    /// How long they took together, in microseconds.
    micros: AtomicU64,
    /// Connections that were closed at once, because there were too many.
    turned_away: AtomicU64,
    /// Connections now.
    connections: AtomicUsize,
}

impl Default for Counts {
    fn default() -> Self {
        Self {
            requests: (0..=ROUTES.len()).map(|_| Default::default()).collect(),
            micros: AtomicU64::new(0),
            turned_away: AtomicU64::new(0),
            connections: AtomicUsize::new(0),
        }
    }
}

impl Counts {
    /// Counts a request of a route, by its place in the table.
    pub(super) fn note(&self, route: Option<usize>, status: StatusCode, micros: u64) {
        let outcome = usize::from(status.as_u16() / 100).clamp(1, OUTCOMES.len()) - 1;
        self.requests[route.unwrap_or(ROUTES.len())][outcome].fetch_add(1, Ordering::Relaxed);
        self.micros.fetch_add(micros, Ordering::Relaxed);
    }

    /// Counts a connection that was closed at once.
    pub(super) fn turn_away(&self) {
        self.turned_away.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a connection that begins.
    pub(super) fn begin(&self) {
        self.connections.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a connection that ended.
    pub(super) fn end(&self) {
        self.connections.fetch_sub(1, Ordering::Relaxed);
    }

    /// Returns how many requests had which outcome, by the route's path and method.
    pub(super) fn requests(&self) -> impl Iterator<Item = (&'static str, &'static str, &'static str, u64)> {
        let routes = ROUTES.iter().map(|route| (route.path, route.verb.name())).chain([("", "")]);
        routes.zip(&self.requests).flat_map(|((path, verb), row)| {
            let counted = OUTCOMES.iter().zip(row);
            let counted = counted.map(move |(outcome, count)| (path, verb, *outcome, count.load(Ordering::Relaxed)));
            counted.filter(|(.., count)| *count > 0)
        })
    }

    /// Returns how long all requests took together, in microseconds; connections now; connections turned away.
    pub(super) fn totals(&self) -> (u64, usize, u64) {
        let (micros, turned_away) = (self.micros.load(Ordering::Relaxed), self.turned_away.load(Ordering::Relaxed));
        (micros, self.connections.load(Ordering::Relaxed), turned_away)
    }
}
