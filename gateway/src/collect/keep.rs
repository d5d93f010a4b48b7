//! Batches are committed, as many at once as the store takes, and then acknowledged in their order.

use std::collections::VecDeque;
use std::hash::{BuildHasher, RandomState};
use std::mem;
use std::sync::Arc;

use latchwork_connectors::Backoff;
use latchwork_connectors::mqtt::{Hold, Saying};
use latchwork_store::collected::{Arrival, DeadLetter, Outcome, Taken};
use latchwork_store::{Failure, StoreError};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use super::gather::Batch;
use super::limits::{LETTERS_LOGGED_MAX, STORE_PAUSE_MILLIS_MAX};
use super::{Common, pause};
use crate::live::wall_now;

/// Who keeps batches.
pub(super) struct Keeping {
    pub(super) common: Common,
    pub(super) letters_max: u32,
}

/// A part of a batch.
#[derive(Debug, Default)]
struct Part {
    arrivals: Vec<Arrival>,
    topics: Vec<String>,
    letters: Vec<DeadLetter>,
}

impl Keeping {
    /// Keeps batches until there are no more, or it is stopped while the store is away.
    pub(super) async fn run(self, mut batches: mpsc::Receiver<Batch>, stop: CancellationToken) {
        let (most, keeping) = (self.common.collection.lines(), Arc::new(self));
        let mut underway: VecDeque<AbortOnDropHandle<Option<Vec<Hold>>>> = VecDeque::new();
        let mut is_over = false;
        while !(is_over && underway.is_empty()) {
            tokio::select! {
                batch = batches.recv(), if !is_over && underway.len() < most => match batch {
                    Some(batch) => {
                        let kept = Arc::clone(&keeping).keep_whole(batch, stop.clone());
                        underway.push_back(AbortOnDropHandle::new(tokio::spawn(kept)));
                    }
                    None => is_over = true,
                },
                // Messages are acknowledged in the order in which they came, whatever is there first.
                kept = first(&mut underway) => {
                    underway.pop_front();
                    let Some(holds) = kept else { return };
                    keeping.common.counts.batches.add(1);
                    // Without a listener the broker sends them again; they are there already.
                    let _unheard = keeping.common.sayings.send(Saying::Kept(holds)).await;
                }
            }
        }
    }

    /// Keeps a batch; returns what is to be acknowledged, if it is kept.
    async fn keep_whole(self: Arc<Self>, batch: Batch, stop: CancellationToken) -> Option<Vec<Hold>> {
        let Batch { arrivals, topics, letters, holds } = batch;
        self.keep(Part { arrivals, topics, letters }, &stop).await.then_some(holds)
    }

    /// Keeps a batch, however long that takes; returns whether it is kept.
    async fn keep(&self, batch: Part, stop: &CancellationToken) -> bool {
        let mut parts = VecDeque::from([batch]);
        let mut backoff = Backoff::up_to(RandomState::new().hash_one(0), STORE_PAUSE_MILLIS_MAX);
        let mut is_away = false;
        while let Some(mut part) = parts.pop_front() {
            let kept = self.common.collection.take(&part.arrivals, &part.letters, self.letters_max, wall_now()).await;
            match kept {
                Ok(Outcome::Written(taken)) => {
                    if mem::take(&mut is_away) {
                        tracing::info!("store written again");
                    }
                    self.tell(&part, &taken);
                }
                Ok(Outcome::Contradicts(places)) => {
                    part.bury(&places, "another event has its number");
                    parts.push_front(part);
                }
                Err(error) if part.is_to_blame(&error) => {
                    part.divided(&error).into_iter().rev().for_each(|part| parts.push_front(part));
                }
                Err(error) => {
                    if !mem::replace(&mut is_away, true) {
                        tracing::error!(%error, "store cannot be written: nothing is acknowledged");
                    }
                    parts.push_front(part);
                    if !pause(backoff.pause(), stop).await {
                        return false;
                    }
                }
            }
        }
        true
    }

    /// Tells what came of a part that is kept.
    fn tell(&self, part: &Part, taken: &Taken) {
        let counts = &self.common.counts;
        counts.events.add(taken.events);
        counts.repeated.add(taken.repeated);
        counts.dead_letters.add(part.letters.len() as u64);
        counts.lost.add(taken.lost.iter().fold(0, |lost, one| lost.saturating_add(one.range.count())));
        for letter in part.letters.iter().take(LETTERS_LOGGED_MAX) {
            tracing::warn!(topic = letter.topic(), reason = letter.reason(), "dead letter");
        }
        if let Some(more) = part.letters.len().checked_sub(LETTERS_LOGGED_MAX).filter(|more| *more > 0) {
            tracing::warn!(more, "dead letters");
        }
        for (gateway, log) in &taken.begun {
            tracing::warn!(%gateway, log, "gateway counts its events anew: it was replaced, or its store set back");
        }
        taken.lost.iter().for_each(super::keeper::tell_lost);
    }
}

/// Waits for the first of these to end; for ever if there is none. Its fault is the caller's.
async fn first<T>(underway: &mut VecDeque<AbortOnDropHandle<T>>) -> T {
    let Some(first) = underway.front_mut() else { return std::future::pending().await };
    match first.await {
        Ok(ended) => ended,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The runtime ends.
            Err(_) => std::future::pending().await,
        },
    }
}

impl Part {
    /// Tells whether it may be its own contents that a store does not take.
    fn is_to_blame(&self, error: &StoreError) -> bool {
        !self.arrivals.is_empty() && matches!(error.failure, Failure::Constraint { .. } | Failure::Other { .. })
    }

    /// Makes dead letters of events.
    fn bury(&mut self, places: &[usize], reason: &str) {
        let (arrivals, topics) = (mem::take(&mut self.arrivals), mem::take(&mut self.topics));
        for (place, (arrival, topic)) in arrivals.into_iter().zip(topics).enumerate() {
            if places.contains(&place) {
                self.letters.push(DeadLetter::new(&topic, arrival.body.as_bytes(), reason));
            } else {
                self.arrivals.push(arrival);
                self.topics.push(topic);
            }
        }
    }

    /// Returns its halves, to find out which event it is; the only one is a dead letter.
    fn divided(mut self, error: &StoreError) -> Vec<Self> {
        if self.arrivals.len() == 1 {
            self.bury(&[0], &format!("the store does not take it: {}", error.failure));
            return vec![self];
        }
        let middle = self.arrivals.len() / 2;
        let second = Self {
            arrivals: self.arrivals.split_off(middle),
            topics: self.topics.split_off(middle),
            letters: Vec::new(),
        };
        vec![self, second]
    }
}
