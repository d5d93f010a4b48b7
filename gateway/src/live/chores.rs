//! What is done for the store beside the loop, now and then: its minute copy, and removing what is long over.

use std::time::{Duration, Instant};

use latchwork_expr::Timestamp;
use latchwork_store::{Care, MinuteCopy, Pruned, StoreError};
use tokio::task::JoinHandle;

use super::clock::wall_now;
use super::limits::{COPY_EVERY, PRUNE_EVERY};

/// The chores of a store.
#[derive(Debug)]
pub(super) struct Chores {
    copy: Option<Chore<MinuteCopy>>,
    prune: Option<Chore<Pruning>>,
}

/// Something that is done again and again, never twice at a time.
#[derive(Debug)]
struct Chore<T> {
    what: T,
    due_at: Instant,
    every: Duration,
    running: Option<JoinHandle<()>>,
}

/// What ended so long ago is removed.
#[derive(Clone, Debug)]
struct Pruning {
    care: Care,
    retention_days: u32,
}

impl Chores {
    /// Returns the chores of a store. The first copy is due at once.
    pub(super) fn of(copy: Option<MinuteCopy>, care: Care, retention_days: Option<u32>) -> Self {
        Self {
            copy: copy.map(|copy| Chore::new(copy, COPY_EVERY)),
            prune: retention_days.map(|retention_days| Chore::new(Pruning { care, retention_days }, PRUNE_EVERY)),
        }
    }

    /// Begins what is due.
    pub(super) fn begin_due(&mut self, now: Instant) {
        if let Some(chore) = &mut self.copy {
            chore.begin_if_due(
                now,
                |copy| async move { tell(copy.write().await, "minute copy of the store not written") },
            );
        }
        if let Some(chore) = &mut self.prune {
            chore.begin_if_due(now, Pruning::run);
        }
    }

    /// Waits until nothing is under way: a store that somebody reads cannot be closed whole.
    pub(super) async fn end(self) {
        let running = [self.copy.and_then(|chore| chore.running), self.prune.and_then(|chore| chore.running)];
        for running in running.into_iter().flatten() {
            let _ended = running.await;
        }
    }
}

impl<T: Clone> Chore<T> {
    fn new(what: T, every: Duration) -> Self {
        Self { what, due_at: Instant::now(), every, running: None }
    }

    fn begin_if_due<F: Future<Output = ()> + Send + 'static>(&mut self, now: Instant, begin: impl FnOnce(T) -> F) {
        if now < self.due_at || self.running.as_ref().is_some_and(|running| !running.is_finished()) {
            return;
        }
        self.due_at = now + self.every;
        self.running = Some(tokio::spawn(begin(self.what.clone())));
    }
}

impl Pruning {
    async fn run(self) {
        let retention_micros = i64::from(self.retention_days) * 86_400_000_000;
        let pruned = self.care.prune(Timestamp(wall_now().0.saturating_sub(retention_micros))).await;
        if let Ok(pruned) = &pruned
            && pruned.rows() > 0
        {
            let Pruned { records, schedule, jobs, audit } = pruned;
            tracing::info!(records, schedule, jobs, audit, "store pruned");
        }
        tell(pruned, "store not pruned");
    }
}

fn tell<T>(outcome: Result<T, StoreError>, message: &'static str) {
    if let Err(error) = outcome {
        tracing::warn!(%error, message);
    }
}
