//! The way to the store: turns are committed in their order; one that cannot be is kept and tried again.

mod jobs;

use std::collections::VecDeque;
use std::future::pending;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::time::{Duration, Instant};

use latchwork_connectors::{Backoff, Receipt};
use latchwork_engine::{Effect, Fetched, Order, Plant};
use latchwork_store::jobs::{Answer, Audit, RequestKey};
use latchwork_store::{Committed, Loaded, Lookup, Store, StoreError};
use tokio::sync::watch as watched;
use tokio::task::JoinHandle;

use self::jobs::JobsAsked;
use super::chores::Chores;
use super::clock::wall_now;
use super::commands::Answered;
use super::limits::{COMMIT_RETRIES_SEED, TURNS_WAITING_MAX};
use super::supervisor::Supervisor;
use super::turn::Turn;
use super::writes::Decided;
use crate::logging::at_once;

/// Sees what is committed: effects of one turn and the plant that they speak of.
pub type Watch = Box<dyn FnMut(&Plant, &[Effect]) + Send>;

/// What is told of a turn that is durable, and to whom.
struct Told {
    plant: Arc<Plant>,
    effects: Vec<Effect>,
    receipts: Vec<Receipt>,
    answers: Vec<Answered>,
    audits: Vec<Audit>,
}

/// What a commit came to.
pub(super) type Outcome = Result<Committed, StoreError>;

/// The store, and the turns that wait for it.
pub(super) struct Ledger {
    store: Arc<Store>,
    /// The number of the last committed event.
    head: watched::Sender<u64>,
    waiting: VecDeque<Turn>,
    /// The commit of a turn before which none waits; another one is made meanwhile.
    underway: Option<JoinHandle<(Turn, Outcome)>>,
    /// Turns that are durable, until those who wait for them are told.
    untold: Vec<Told>,
    /// The number of the next event that is committed.
    next_seq: u64,
    /// What became of requests of jobs.
    jobs: JobsAsked,
    /// The last committed scan.
    committed: u64,
    /// What may be written to PLCs since somebody last asked.
    durable: Vec<Decided>,
    /// When the first of them is tried again, if it could not be committed.
    retry_at: Option<Instant>,
    backoff: Backoff,
    chores: Chores,
    watch: Watch,
}

impl Ledger {
    pub(super) fn new(store: Store, retention_days: Option<u32>, watch: Watch) -> Self {
        let backoff = Backoff::new(COMMIT_RETRIES_SEED);
        let chores = Chores::of(store.minute_copy(), store.care(), retention_days);
        Self {
            store: Arc::new(store),
            head: watched::Sender::new(0),
            waiting: VecDeque::new(),
            underway: None,
            untold: Vec::new(),
            next_seq: 1,
            jobs: JobsAsked::default(),
            committed: 0,
            durable: Vec::new(),
            retry_at: None,
            backoff,
            chores,
            watch,
        }
    }

    /// Returns the store, for who reads it and writes what is beside the turns.
    pub(super) fn store(&self) -> Arc<Store> {
        Arc::clone(&self.store)
    }

    /// Returns what tells the number of the last committed event.
    pub(super) fn head(&self) -> watched::Receiver<u64> {
        self.head.subscribe()
    }

    /// Writes the operations, locations and orders of a plant; returns what is kept for it.
    pub(super) async fn mirror(&mut self, plant: &Plant) -> Result<Loaded, StoreError> {
        self.store.mirror(plant, wall_now()).await?;
        let loaded = self.store.load(plant).await?;
        self.committed = loaded.mark.map_or(0, |mark| mark.sequence);
        self.next_seq = loaded.next_seq;
        self.head.send_replace(loaded.next_seq - 1);
        Ok(loaded)
    }

    /// Returns what a command needs to know of what is committed. Exclusive, since who watches need not be shareable.
    pub(super) async fn fetch(&mut self, lookup: Lookup<'_>) -> Result<Fetched, StoreError> {
        self.store.fetch(lookup).await
    }

    /// Returns what a request was answered whose key is known; nothing if it is not. Exclusive, as for [`Self::fetch`].
    pub(super) async fn answered(&mut self, key: &RequestKey) -> Result<Option<Answer>, StoreError> {
        self.store.answered(key, wall_now()).await
    }

    /// Returns the number of the next event behind those that wait. None may be under way.
    pub(super) fn next_seq(&self) -> u64 {
        self.next_seq + self.waiting.iter().map(|turn| turn.bodies.len() as u64).sum::<u64>()
    }

    /// Writes that something was asked which no turn tells of.
    pub(super) async fn note(&mut self, audit: Audit) {
        if !self.is_settled() {
            return tracing::warn!(action = audit.action, "not in the audit log: the store cannot be written now");
        }
        if let Err(error) = self.store.record_audits(&[audit], wall_now()).await {
            tracing::warn!(%error, "not in the audit log");
        }
    }

    /// Tells whether more turns may be made: a bounded number may wait.
    pub(super) fn has_room(&self) -> bool {
        self.waiting.len() < TURNS_WAITING_MAX
    }

    /// Returns how many turns wait to be committed.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Returns the number of the last committed scan.
    pub(super) const fn committed(&self) -> u64 {
        self.committed
    }

    /// Tells whether everything is committed.
    pub(super) fn is_settled(&self) -> bool {
        self.waiting.is_empty() && !self.is_underway() && self.jobs.are_settled()
    }

    /// Returns when something is to be tried again.
    pub(super) const fn retry_at(&self) -> Option<Instant> {
        self.retry_at
    }

    /// Returns the writes that became durable, and forgets them.
    pub(super) fn take_durable(&mut self) -> Vec<Decided> {
        std::mem::take(&mut self.durable)
    }

    /// Takes a turn: it will be committed after those that wait.
    pub(super) fn add(&mut self, turn: Turn) {
        self.waiting.push_back(turn);
    }

    /// Tells whether a turn is being committed.
    pub(super) const fn is_underway(&self) -> bool {
        self.underway.is_some()
    }

    /// Begins to commit the turn that waits, if it is the only one and others may be made meanwhile; tells whether it did.
    /// `orders` are the engine's.
    pub(super) fn begin(&mut self, orders: Arc<Vec<Order>>) -> bool {
        let is_sound = self.retry_at.is_none() && self.jobs.are_settled() && self.waiting.len() == 1;
        let store = Arc::clone(&self.store);
        let goes_meanwhile = |turn: &mut Turn| is_sound && store.commits_meanwhile(&turn.to_store(&orders));
        let Some(mut turn) = self.waiting.pop_front_if(goes_meanwhile) else { return false };
        turn.number_from(self.next_seq);
        self.underway = Some(tokio::spawn(async move {
            let outcome = store.commit_turn(&turn.to_store(&orders)).await;
            (turn, outcome)
        }));
        true
    }

    /// Waits for what becomes of the turn that is being committed, which is the first that waits then; for ever, if none is
    /// being committed. Whoever stops waiting loses nothing.
    pub(super) async fn outcome(&mut self) -> Outcome {
        let Some(commit) = &mut self.underway else { return pending().await };
        let ended = commit.await;
        self.underway = None;
        let (turn, outcome) = ended.unwrap_or_else(|error| resume_unwind(error.into_panic()));
        self.waiting.push_front(turn);
        outcome
    }

    /// Takes what became of the turn that was being committed. Who waits for it is told when [`Self::tell`] is called: so
    /// the next turn may go before.
    pub(super) fn take(&mut self, outcome: Outcome) -> Result<(), StoreError> {
        match outcome {
            Ok(committed) => {
                self.settle(committed);
                self.chores.begin_due(Instant::now());
                Ok(())
            }
            Err(error) => self.wait_or_end(error),
        }
    }

    /// Commits what waits, unless it is too early to try again. `orders` are the engine's. Each commit is progress: a
    /// thousand turns that waited for a slow disk take longer than a loop may hang.
    pub(super) async fn commit(&mut self, orders: &[Order], supervisor: &mut Supervisor) -> Result<(), StoreError> {
        if self.retry_at.is_some_and(|at| at > Instant::now()) {
            return Ok(());
        }
        if let Err(error) = self.settle_doubt().await {
            return self.wait_or_end(error);
        }
        while let Some(turn) = self.waiting.front_mut() {
            turn.number_from(self.next_seq);
            match self.store.commit_turn(&turn.to_store(orders)).await {
                Ok(committed) => {
                    self.settle(committed);
                    self.tell();
                    supervisor.beat();
                }
                Err(error) => return self.wait_or_end(error),
            }
        }
        self.chores.begin_due(Instant::now());
        Ok(())
    }

    /// Notes that the first turn is durable: those who wait for it are told next.
    fn settle(&mut self, committed: Committed) {
        self.go_on();
        let Some(turn) = self.waiting.pop_front() else { return };
        self.committed = turn.mark.sequence;
        let Committed { commit, last_seq, orders: changed, answers } = committed;
        if last_seq >= self.next_seq {
            self.advance(last_seq);
        }
        self.jobs.end_turn(commit, turn.waiting, (changed, answers));
        self.durable.extend(turn.writes);
        let Turn { plant, effects, receipts, answers, audits, .. } = turn;
        self.untold.push(Told { plant, effects, receipts, answers, audits });
    }

    /// Tells those who wait for turns that they are durable.
    pub(super) fn tell(&mut self) {
        for Told { plant, effects, receipts, answers, audits } in self.untold.drain(..) {
            receipts.into_iter().for_each(Receipt::committed);
            answers.into_iter().for_each(Answered::tell);
            at_once(|| {
                audits.iter().for_each(log_audit);
                (self.watch)(&plant, &effects);
            });
        }
    }

    /// Notes that the store can be written.
    fn go_on(&mut self) {
        if self.retry_at.take().is_some() {
            tracing::info!("store written again");
        }
        self.backoff.reset();
    }

    /// Notes the number of the last event.
    fn advance(&mut self, last_seq: u64) {
        self.next_seq = last_seq + 1;
        self.head.send_replace(last_seq);
    }

    /// Waits for a store that may be written later; one that never will be ends the gateway.
    fn wait_or_end(&mut self, error: StoreError) -> Result<(), StoreError> {
        if !error.is_transient() {
            return Err(error);
        }
        self.wait(&error);
        Ok(())
    }

    fn wait(&mut self, error: &StoreError) {
        if self.retry_at.is_none() {
            tracing::error!(%error, "store cannot be written: turns wait");
        }
        self.retry_at = Some(Instant::now() + self.backoff.pause());
    }

    /// Commits what waits as well as it can within a time, then closes the store; returns how many turns are lost.
    pub(super) async fn close(
        mut self,
        orders: &[Order],
        patience: Duration,
        supervisor: &mut Supervisor,
    ) -> Result<usize, StoreError> {
        let end = Instant::now() + patience;
        self.commit(orders, supervisor).await?;
        while let Some(at) = self.retry_at.filter(|_| Instant::now() < end && !self.is_settled()) {
            tokio::time::sleep_until(at.min(end).into()).await;
            // The last attempt is made when patience ends, however long the pause would be.
            self.retry_at = None;
            self.commit(orders, supervisor).await?;
        }
        let turns_lost = self.waiting.len();
        self.chores.end().await;
        // Who still reads it closes it: nothing that is committed hangs on that.
        if let Some(store) = Arc::into_inner(self.store) {
            store.close().await?;
        }
        Ok(turns_lost)
    }
}

/// Logs what somebody asked, and how it was answered.
fn log_audit(audit: &Audit) {
    let Audit { asker, action, target, answer, .. } = audit;
    let (actor, target) = (asker.actor.as_deref().unwrap_or_default(), target.as_deref().unwrap_or_default());
    tracing::info!(action, target, actor, status = answer.status, "asked");
}
