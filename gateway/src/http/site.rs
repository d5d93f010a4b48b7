//! What every request has at hand: the settings, the ways to the loop and the store, what is counted.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use latchwork_config::Http;
use latchwork_store::jobs::Asker;
use latchwork_store::{Store, StoreError};
use serde_json::Value as Json;
use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;

use super::counts::Counts;
use super::feed::Feed;
use super::lockout::Lockouts;
use super::problem::{Outcome, Problem};
use super::rate::Rates;
use super::streams::Places;
use crate::live::{Deed, Doors, Errand, Inquiry, Vitals};

/// What a server works with.
#[derive(Clone, Debug)]
pub(crate) struct Means {
    pub(crate) store: Arc<Store>,
    /// The number of the last committed event.
    pub(crate) head: watch::Receiver<u64>,
    pub(crate) doors: Doors,
}

/// What every request has at hand.
#[derive(Debug)]
pub(super) struct Site {
    pub(super) settings: Http,
    pub(super) means: Means,
    pub(super) feed: Feed,
    /// The open streams of each token.
    pub(super) places: Arc<Places>,
    pub(super) counts: Counts,
    /// Cancelled when the server ends: streams end by it.
    pub(super) stop: CancellationToken,
    lockouts: Mutex<Lockouts>,
    rates: Mutex<Rates>,
}

impl Site {
    /// Returns the site of a server that begins.
    pub(super) fn new(settings: Http, means: Means, feed: Feed, stop: CancellationToken) -> Self {
        Self {
            places: Arc::new(Places::new(settings.streams_max, !settings.tokens.is_empty())),
            rates: Mutex::new(Rates::new(settings.requests_per_second)),
            lockouts: Mutex::default(),
            counts: Counts::default(),
            settings,
            means,
            feed,
            stop,
        }
    }

    /// Returns the store.
    pub(super) fn store(&self) -> &Store {
        &self.means.store
    }

    /// Returns who waits for having guessed. Nothing that is locked fails half done.
    pub(super) fn lockouts(&self) -> MutexGuard<'_, Lockouts> {
        self.lockouts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns what each token has left.
    pub(super) fn rates(&self) -> MutexGuard<'_, Rates> {
        self.rates.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks the loop something, and waits for its answer.
    pub(super) async fn ask<T>(&self, inquiry: impl FnOnce(oneshot::Sender<T>) -> Inquiry) -> Outcome<T> {
        exchange(&self.means.doors.inquiries, inquiry).await
    }

    /// Asks the loop how everything stands.
    pub(super) async fn vitals(&self) -> Outcome<Vitals> {
        Ok(*self.ask(Inquiry::Vitals).await?)
    }

    /// Has the loop do something; its answer is `{"status", …}`.
    pub(super) async fn run(&self, deed: Deed, asker: Asker) -> Outcome<Json> {
        succeeded(exchange(&self.means.doors.errands, |answer| Errand { deed, asker, answer }).await?)
    }
}

/// Sends the loop something that has where its answer goes, and waits for that.
pub(super) async fn exchange<Q, T>(
    door: &mpsc::Sender<Q>,
    question: impl FnOnce(oneshot::Sender<T>) -> Q,
) -> Outcome<T> {
    let (answer, answered) = oneshot::channel();
    door.send(question(answer)).await.map_err(|_| Problem::ending())?;
    answered.await.map_err(|_| Problem::ending())
}

/// Returns what the loop did, or why it did nothing.
pub(super) fn succeeded(answer: Json) -> Outcome<Json> {
    if answer["status"] == 200 { Ok(answer) } else { Err(Problem::of_answer(answer)) }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        tracing::warn!(%error, "the store could not be read for a request");
        // Where the store is and what it said is for the log.
        Self::unavailable("StoreUnavailable", "the store cannot be read now")
    }
}
