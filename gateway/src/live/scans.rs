//! What becomes a scan: batches, news, and what the engine takes otherwise.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use latchwork_connectors::{Batch, Receipt};
use latchwork_engine::{Input, Moment, Notice, Sample};

use super::clock::following;
use super::crashes::{said, unread};
use super::gateway::Gateway;
use super::publisher::News;
use super::turn::Gathering;
use crate::drive::Drive;
use crate::exit::{Exit, Failure};

impl Gateway {
    /// Has the engine take something. If it fails, the scan is written aside, and the gateway ends as if it was killed: what
    /// is not committed is read or sent again.
    pub(super) fn step(&mut self, take: impl FnOnce(&mut Drive, &mut Gathering)) -> Result<(), Failure> {
        let Self { drive, gathering, crashes, pulse, .. } = self;
        let begun = Instant::now();
        let taken = catch_unwind(AssertUnwindSafe(|| take(drive, gathering))).map_err(|panic| {
            let told = crashes.write_aside(&mut gathering.underway, drive.engine().plant(), said(&*panic));
            Failure::new(Exit::Fault, told)
        });
        pulse.scans.add(begun.elapsed());
        taken
    }

    /// Takes a batch as one scan.
    pub(super) fn take(&mut self, mut batch: Batch) -> Result<(), Failure> {
        if !self.links.translate(&mut batch) {
            return Ok(());
        }
        self.pulse.samples += batch.samples.len() as u64;
        self.pulse.lag.add(batch.received.elapsed());
        let at = self.after_last(self.clock.moment(batch.received));
        self.links.note(&batch, at.wall);
        if let Some((connection, taken)) =
            self.links.name(batch.link).zip(batch.receipt.as_ref().and_then(Receipt::taken))
        {
            self.taken.note(connection, taken);
        }
        if !self.skip(&mut batch, at)? {
            self.take_samples(&mut batch, at)?;
        }
        self.gathering.receipts.add(batch.receipt, Instant::now());
        Ok(())
    }

    fn take_samples(&mut self, batch: &mut Batch, at: Moment) -> Result<(), Failure> {
        let Batch { notice, samples, is_retained, .. } = batch;
        if *is_retained && notice.is_none() {
            self.gathering.recorder.note_retained();
        }
        self.step(|drive, gathering| match notice {
            Some(notice) => drive.notice(at, None, notice, samples, gathering),
            None => drive.samples(at, None, samples, gathering),
        })?;
        let mut taken_back = self.links.doubt(batch, self.drive.engine());
        if taken_back.is_empty() {
            return Ok(());
        }
        let at = self.after_last(at);
        self.step(|drive, gathering| drive.samples(at, None, &mut taken_back, gathering))
    }

    /// Leaves out a batch that the engine failed on again and again; tells whether it is one.
    fn skip(&mut self, batch: &mut Batch, at: Moment) -> Result<bool, Failure> {
        let Batch { notice, samples, .. } = batch;
        let input = match notice {
            Some(notice) => Input::Notice(notice, samples),
            None => Input::Samples(samples),
        };
        let plant = self.drive.engine().plant();
        let Some(poison) = self.crashes.find(&input, plant) else { return Ok(false) };
        if let Some(news) = poison.skip(&batch.samples, plant, Instant::now()) {
            self.tell_skipped(&news, at, unread(&batch.samples))?;
        }
        Ok(true)
    }

    /// Takes the news of a scan that was skipped; `unread` has its tags wait for their next reading, unless that is what
    /// the engine fails on as well.
    pub(super) fn tell_skipped(&mut self, news: &Notice, at: Moment, mut unread: Vec<Sample>) -> Result<(), Failure> {
        let input = Input::Notice(news, &mut unread);
        if self.crashes.find(&input, self.drive.engine().plant()).is_some() {
            unread.clear();
        }
        self.step(|drive, gathering| drive.notice(at, None, news, &mut unread, gathering))
    }

    /// Takes news of the gateway itself.
    pub(super) fn announce(&mut self, notice: &Notice) -> Result<(), Failure> {
        let at = self.now();
        self.step(|drive, gathering| drive.notice(at, None, notice, &mut [], gathering))
    }

    /// Takes news that somebody wants to know to be durable.
    pub(super) fn take_news(&mut self, News { notice, receipt }: News) -> Result<(), Failure> {
        self.announce(&notice)?;
        self.gathering.receipts.add(Some(receipt), Instant::now());
        Ok(())
    }

    /// Returns the present as the next scan's time.
    pub(super) fn now(&self) -> Moment {
        self.after_last(self.clock.moment(Instant::now()))
    }

    /// Returns a moment as the next scan's time.
    pub(super) fn after_last(&self, at: Moment) -> Moment {
        self.drive.last().map_or(at, |last| following(last, at))
    }
}
