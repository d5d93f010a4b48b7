//! When a turn is closed and committed, and what is done meanwhile.

use std::time::Instant;

use latchwork_store::Mark;
use tokio::task::yield_now;

use super::gateway::{Gateway, ended};
use super::jobs::parted;
use super::ledger::Outcome;
use super::limits::{BATCHES_PER_TURN_MAX, HEARTBEAT, UNCOMMITTED_SCANS_MAX};
use super::turn::{Gathering, Turn};
use crate::exit::Failure;

impl Gateway {
    /// Takes what is there, lets time pass, and has what came of it committed: where others do that work, more is taken
    /// meanwhile, for the next turn.
    pub(super) async fn go_on(&mut self) -> Result<(), Failure> {
        self.take_waiting()?;
        if !self.ledger.is_underway() {
            self.close_turn();
            if !self.ledger.begin(self.drive.engine().shared_orders()) {
                self.ledger.tell();
                return self.commit_and_hear().await;
            }
        }
        self.writes.hand_over(&self.links, Instant::now());
        // What is said to the store goes before what else there is to do.
        yield_now().await;
        self.ledger.tell();
        Ok(())
    }

    /// Takes what is there, lets time pass, and commits what came of it.
    pub(super) async fn turn(&mut self) -> Result<(), Failure> {
        self.finish().await?;
        self.take_waiting()?;
        self.close_turn();
        self.commit_and_hear().await
    }

    /// Waits for the commit that is under way, if one is.
    pub(super) async fn finish(&mut self) -> Result<(), Failure> {
        if !self.ledger.is_underway() {
            return Ok(());
        }
        let outcome = self.ledger.outcome().await;
        self.settle(outcome)?;
        self.ledger.tell();
        Ok(())
    }

    /// Takes what became of the commit that was under way.
    pub(super) fn settle(&mut self, outcome: Outcome) -> Result<(), Failure> {
        self.ledger.take(outcome).map_err(|error| ended(&error))?;
        self.supervisor.beat();
        self.release();
        Ok(())
    }

    /// Takes the batches that are there, and lets time pass.
    fn take_waiting(&mut self) -> Result<(), Failure> {
        if self.may_scan() {
            for _ in 1..BATCHES_PER_TURN_MAX {
                let Ok(batch) = self.inbox.try_recv() else { break };
                self.take(batch)?;
            }
            let now = self.clock.moment(Instant::now());
            self.step(|drive, gathering| drive.pass(now, gathering))?;
            self.passed = Some(now);
        }
        Ok(())
    }

    async fn commit_and_hear(&mut self) -> Result<(), Failure> {
        self.commit().await?;
        if self.hear_of_orders().await? {
            self.close_turn();
            self.commit().await?;
        }
        Ok(())
    }

    /// Makes a turn of what was gathered, if there is anything to commit.
    pub(super) fn close_turn(&mut self) {
        let Some(at) = self.drive.last() else { return };
        let mut retained = Vec::new();
        let image = &mut self.gathering.image;
        let has_moved = self.rows.take_changed(self.drive.engine_mut(), at, &mut retained, image);
        let is_due = Instant::now() >= self.heartbeat_at;
        if is_due && self.ledger.is_settled() {
            self.rows.take_aged(self.drive.engine_mut(), at, &mut retained);
        }
        let writes = self.writes.take(&self.gathering.effects, self.drive.engine().plant());
        // A turn without a scan would be taken for the one before it.
        if self.drive.scans() != self.marked {
            self.writes.take_changed(&mut retained, &mut self.forgotten);
        }
        let Gathering { effects, receipts, image, .. } = &self.gathering;
        let is_ahead = self.drive.scans() - self.marked > UNCOMMITTED_SCANS_MAX / 4;
        let flushed = if self.drive.scans() != self.marked && self.ledger.is_settled() {
            self.flushes.take_due(self.drive.engine(), at)
        } else {
            Vec::new()
        };
        let is_empty = effects.is_empty()
            && retained.is_empty()
            && !has_moved
            && !receipts.are_due(Instant::now())
            && flushed.is_empty()
            && self.gathering.asked.answered.is_empty()
            && self.forgotten.is_empty();
        if is_due {
            self.heartbeat_at = Instant::now() + HEARTBEAT;
        }
        let has_news = !image.is_empty() || self.drive.scans() != self.marked;
        let is_heartbeat = is_due && self.ledger.is_settled() && (has_news || self.is_watching());
        if is_empty && !is_heartbeat && !is_ahead {
            return;
        }
        // What is committed can be replayed: the scans are with the system before.
        self.gathering.recorder.flush();
        self.rows.add_guards(self.drive.engine(), &mut retained);
        self.taken.take_changed(&mut retained);
        self.gathering.image.take(self.drive.engine(), &mut retained);
        self.marked = self.drive.scans();
        let (works, waiting) = parted(std::mem::take(&mut self.gathering.jobs));
        self.ledger.add(Turn {
            plant: self.drive.engine().shared_plant(),
            effects: std::mem::take(&mut self.gathering.effects),
            bodies: std::mem::take(&mut self.gathering.bodies),
            flushed,
            retained,
            forgotten: std::mem::take(&mut self.forgotten),
            receipts: self.gathering.receipts.take(),
            answers: std::mem::take(&mut self.gathering.asked.answered),
            audits: std::mem::take(&mut self.gathering.asked.audits),
            works,
            waiting,
            writes,
            mark: Mark { sequence: self.drive.scans(), at },
            seen: self.passed.filter(|passed| passed.monotonic > at.monotonic).unwrap_or(at).wall,
        });
        let (last, next_seq) = ((self.drive.scans(), at), self.ledger.next_seq());
        self.gathering.recorder.rotate_if_due(self.drive.engine(), last, next_seq);
    }

    /// Tells whether a run is open: it is seen as long as the gateway lives, although nothing comes. Looks at every
    /// operation.
    fn is_watching(&self) -> bool {
        self.drive.engine().open_records().next().is_some()
    }

    async fn commit(&mut self) -> Result<(), Failure> {
        let orders = self.drive.engine().orders();
        self.ledger.commit(orders, &mut self.supervisor).await.map_err(|error| ended(&error))?;
        self.release();
        Ok(())
    }

    /// Does what waited for a commit.
    fn release(&mut self) {
        self.gathering.number_from(self.ledger.next_seq());
        // Nothing is written that a power cut could still undo.
        self.writes.release(&self.ledger.take_durable());
        self.writes.hand_over(&self.links, Instant::now());
    }
}
