//! Requests of jobs on their way to the store: answered once it is known what became of them.

use latchwork_engine::{OrderStatus, Plant};
use latchwork_expr::Timestamp;
use latchwork_store::jobs::{Answer, JobWork, OrderStanding, StoredJob, Transacted, Unwritten};
use latchwork_store::{Commit, Failure, StoreError};
use tokio::sync::oneshot;
use ulid::Ulid;

use super::Ledger;
use crate::live::clock::wall_now;
use crate::live::jobs::{JobRequest, parted, unavailable};
use crate::live::limits::ELSEWHERE_SPAN_MICROS;

/// Where the answer to a request goes.
type Waiting = oneshot::Sender<Answer>;

/// What became of requests of jobs.
#[derive(Default)]
pub(super) struct JobsAsked {
    /// Requests that may have been done.
    doubt: Option<Doubt>,
    /// The orders whose status jobs changed since somebody last asked, by their ids.
    orders: Vec<(Ulid, OrderStatus)>,
    /// Whether there are more of these: what a commit came to was lost with its answer.
    has_lost_orders: bool,
}

/// Requests of which nobody knows whether they were done.
struct Doubt {
    transacted: Transacted,
    waiting: Vec<Waiting>,
}

impl JobsAsked {
    /// Tells whether it is known what became of every request.
    pub(super) const fn are_settled(&self) -> bool {
        self.doubt.is_none()
    }

    /// Takes what a turn came to, and tells those who wait for it.
    pub(super) fn end_turn(
        &mut self,
        commit: Commit,
        waiting: Vec<Waiting>,
        (orders, answers): (Vec<(Ulid, OrderStatus)>, Vec<Answer>),
    ) {
        self.orders.extend(orders);
        match commit {
            Commit::Written => waiting.into_iter().zip(answers).for_each(|(waiting, answer)| tell(waiting, answer)),
            Commit::AlreadyThere => {
                self.has_lost_orders = true;
                tell_all(waiting, &unknown());
            }
        }
    }
}

impl Ledger {
    /// Returns the orders whose status jobs changed, and forgets them.
    pub(in crate::live) async fn take_orders(&mut self) -> Vec<(Ulid, OrderStatus)> {
        let orders = std::mem::take(&mut self.jobs.orders);
        if !self.jobs.has_lost_orders {
            return orders;
        }
        let since = Timestamp(wall_now().0.saturating_sub(ELSEWHERE_SPAN_MICROS));
        match self.store.order_standings(since).await {
            Ok(standings) => {
                self.jobs.has_lost_orders = false;
                standings.into_iter().map(|OrderStanding { id, status, .. }| (id, status)).collect()
            }
            Err(error) => {
                tracing::warn!(%error, "how production orders stand cannot be read");
                orders
            }
        }
    }

    /// Returns a job as it is committed. Exclusive, as for [`Ledger::fetch`].
    pub(in crate::live) async fn job(&mut self, id: Ulid) -> Result<Option<StoredJob>, StoreError> {
        self.store.job(id).await
    }

    /// Does what is asked of jobs. Everything else must be settled.
    pub(in crate::live) async fn transact(
        &mut self,
        plant: &Plant,
        requests: Vec<JobRequest>,
    ) -> Result<(), StoreError> {
        let (works, waiting) = parted(requests);
        let Some(waiting) = self.attempt(plant, &works, waiting).await? else { return Ok(()) };
        // One that cannot be written must not keep the others.
        for (work, waiting) in works.into_iter().zip(waiting) {
            if !self.jobs.are_settled() {
                tell(waiting, unavailable());
                continue;
            }
            for waiting in self.attempt(plant, &[work], vec![waiting]).await?.into_iter().flatten() {
                tell(waiting, Answer::refusal(500, "StoreFault", "the store did not take it: nothing was done"));
            }
        }
        Ok(())
    }

    /// Does requests in one transaction. Returns who waits for them if one of them can never be written.
    async fn attempt(
        &mut self,
        plant: &Plant,
        works: &[JobWork],
        waiting: Vec<Waiting>,
    ) -> Result<Option<Vec<Waiting>>, StoreError> {
        let unwritten = match self.store.transact(plant, works, wall_now()).await {
            Ok(transacted) => {
                self.told(transacted, waiting);
                return Ok(None);
            }
            Err(unwritten) => *unwritten,
        };
        let Unwritten { error, in_doubt } = unwritten;
        if matches!(error.failure, Failure::Locked { .. }) {
            return Err(error);
        }
        if let Some(transacted) = in_doubt {
            self.wait(&error);
            self.jobs.doubt = Some(Doubt { transacted, waiting });
        } else if error.is_transient() {
            tracing::warn!(%error, requests = works.len(), "requests of jobs not taken");
            tell_all(waiting, &unavailable());
        } else {
            tracing::error!(%error, requests = works.len(), "requests of jobs cannot be written");
            return Ok(Some(waiting));
        }
        Ok(None)
    }

    /// Tells what is durable.
    fn told(&mut self, transacted: Transacted, waiting: Vec<Waiting>) {
        if transacted.last_seq >= self.next_seq {
            self.advance(transacted.last_seq);
        }
        self.jobs.orders.extend(transacted.orders);
        for (waiting, answer) in waiting.into_iter().zip(transacted.answers) {
            tell(waiting, answer);
        }
    }

    /// Finds out whether requests were done of which nobody knew.
    pub(super) async fn settle_doubt(&mut self) -> Result<(), StoreError> {
        let Some(doubt) = &self.jobs.doubt else { return Ok(()) };
        let was_written = self.store.has_transacted(&doubt.transacted).await?;
        self.go_on();
        if let Some(Doubt { transacted, waiting }) = self.jobs.doubt.take() {
            if was_written {
                self.told(transacted, waiting);
            } else {
                tell_all(waiting, &unavailable());
            }
        }
        Ok(())
    }
}

/// Returns that nobody knows what became of a request.
fn unknown() -> Answer {
    Answer::refusal(503, "OutcomeUnknown", "the store was lost meanwhile: it may have been done, look at the job")
}

/// Tells everybody the same.
fn tell_all(waiting: Vec<Waiting>, answer: &Answer) {
    for waiting in waiting {
        tell(waiting, answer.clone());
    }
}

/// Tells an answer, if anybody still waits for it.
fn tell(waiting: Waiting, answer: Answer) {
    let _nobody_waits = waiting.send(answer);
}
