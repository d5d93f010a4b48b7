//! A turn: some scans with what they did, gathered until they are committed at once.

use std::sync::Arc;
use std::time::Instant;

use latchwork_connectors::Receipt;
use latchwork_engine::{Effect, Engine, Input, Order, Plant, Record, Scan};
use latchwork_expr::Timestamp;
use latchwork_store::jobs::{Answer, Audit, JobWork};
use latchwork_store::{Body, Mark, RetainedRow};

use tokio::sync::oneshot;

use super::commands::{Answered, Asked};
use super::crashes::Underway;
use super::image::ChangedImage;
use super::jobs::JobRequest;
use super::limits::{RECEIPTS_WAIT_MAX, RECEIPTS_WAITING_MAX};
use super::recorder::Recorder;
use super::writes::Decided;
use crate::drive::Sink;
use crate::output::events::{renumber, write_event};

/// What some scans did.
#[derive(Debug)]
pub(super) struct Turn {
    /// The plant that the effects speak of.
    pub(super) plant: Arc<Plant>,
    pub(super) effects: Vec<Effect>,
    /// One for each event among the effects.
    pub(super) bodies: Vec<Body>,
    /// Open records as they stand.
    pub(super) flushed: Vec<Record>,
    pub(super) retained: Vec<RetainedRow>,
    pub(super) forgotten: Vec<String>,
    /// Who waits to be told that it is durable.
    pub(super) receipts: Vec<Receipt>,
    /// What those are told who gave commands.
    pub(super) answers: Vec<Answered>,
    /// Who those were.
    pub(super) audits: Vec<Audit>,
    /// Requests of jobs that are done with it, and who waits for their answers.
    pub(super) works: Vec<JobWork>,
    pub(super) waiting: Vec<oneshot::Sender<Answer>>,
    /// What may then be written to PLCs.
    pub(super) writes: Vec<Decided>,
    /// The last scan.
    pub(super) mark: Mark,
    /// Until when the gateway lived, whatever it took.
    pub(super) seen: Timestamp,
}

/// Gathers the scans of a turn.
#[derive(Debug)]
pub(super) struct Gathering {
    pub(super) effects: Vec<Effect>,
    pub(super) bodies: Vec<Body>,
    pub(super) receipts: Receipts,
    pub(super) asked: Asked,
    /// Requests of jobs for which records of this turn are cancelled.
    pub(super) jobs: Vec<JobRequest>,
    pub(super) image: ChangedImage,
    pub(super) recorder: Recorder,
    /// The scan that is taken, or was last.
    pub(super) underway: Underway,
    next_seq: u64,
    line: Vec<u8>,
}

impl Gathering {
    /// Returns an empty turn; its first event has this number.
    pub(super) fn new(next_seq: u64, recorder: Recorder, image: ChangedImage) -> Self {
        Self {
            effects: Vec::new(),
            bodies: Vec::new(),
            receipts: Receipts::default(),
            asked: Asked::default(),
            jobs: Vec::new(),
            image,
            recorder,
            underway: Underway::default(),
            next_seq,
            line: Vec::new(),
        }
    }

    /// Has the first event have this number, unless jobs are told of before: then its turn is numbered anew.
    pub(super) const fn number_from(&mut self, first_seq: u64) {
        self.next_seq = first_seq + self.bodies.len() as u64;
    }

    fn render(&mut self, engine: &Engine, effect: &Effect) {
        let event = match effect {
            Effect::Event(event) => event,
            Effect::Answered(answer) => return self.asked.answer(answer, engine),
            Effect::OrderCreated(_) | Effect::SchedulePaused(_) | Effect::Write(_) => return,
        };
        self.line.clear();
        write_event(&mut self.line, event, self.next_seq, engine);
        let json = str::from_utf8(self.line.trim_ascii_end()).expect("JSON is UTF-8").to_owned();
        self.bodies.push(Body { seq: self.next_seq, json });
        self.next_seq += 1;
    }
}

impl Sink for Gathering {
    fn see(&mut self, _engine: &Engine, scan: &Scan<'_>) {
        self.underway.note(scan);
        match &scan.input {
            Input::Samples(samples) | Input::Notice(_, samples) => self.image.add_samples(samples),
            Input::Boot | Input::Reload | Input::Timer | Input::Command(_) => {}
        }
        self.recorder.see(scan);
    }

    fn take(&mut self, engine: &Engine, effects: &mut Vec<Effect>) {
        for effect in effects.iter() {
            self.render(engine, effect);
        }
        self.effects.append(effects);
    }
}

/// The messages that are to be acknowledged, until they are part of a turn.
#[derive(Debug, Default)]
pub(super) struct Receipts {
    waiting: Vec<Receipt>,
    /// Until when they may wait for others.
    due_at: Option<Instant>,
    /// Whether they do not: the gateway ends, and its connections wait for them.
    is_hurried: bool,
}

impl Receipts {
    /// Adds the receipt of a message, if there is one.
    pub(super) fn add(&mut self, receipt: Option<Receipt>, now: Instant) {
        let Some(receipt) = receipt else { return };
        self.waiting.push(receipt);
        self.due_at.get_or_insert(now + RECEIPTS_WAIT_MAX);
    }

    /// Lets none wait from now on.
    pub(super) fn hurry(&mut self) {
        self.is_hurried = true;
    }

    /// Returns when a turn is to be made for them, if nothing else makes one before.
    pub(super) const fn due_at(&self) -> Option<Instant> {
        self.due_at
    }

    /// Tells whether a turn is to be made for them.
    pub(super) fn are_due(&self, now: Instant) -> bool {
        let is_full = self.waiting.len() >= RECEIPTS_WAITING_MAX;
        self.due_at.is_some_and(|at| at <= now || is_full || self.is_hurried)
    }

    /// Takes all of them.
    pub(super) fn take(&mut self) -> Vec<Receipt> {
        self.due_at = None;
        std::mem::take(&mut self.waiting)
    }
}

impl Turn {
    /// Numbers the events from this one on: what became of jobs may have taken the numbers that they had.
    pub(super) fn number_from(&mut self, first_seq: u64) {
        if self.bodies.first().is_none_or(|body| body.seq == first_seq) {
            return;
        }
        for (body, seq) in self.bodies.iter_mut().zip(first_seq..) {
            renumber(&mut body.json, seq);
            body.seq = seq;
        }
    }

    /// Returns the turn as the store takes it; `orders` are the engine's.
    pub(super) fn to_store<'a>(&'a self, orders: &'a [Order]) -> latchwork_store::Turn<'a> {
        latchwork_store::Turn {
            plant: &self.plant,
            orders,
            effects: &self.effects,
            bodies: &self.bodies,
            flushed: &self.flushed,
            retained: &self.retained,
            forgotten: &self.forgotten,
            audits: &self.audits,
            works: &self.works,
            mark: self.mark,
            written_at: self.seen,
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc;

    use super::*;

    #[test]
    fn messages_wait_for_others_but_not_for_long_nor_for_many() {
        let (sender, _receiver) = mpsc::unbounded_channel();
        let (mut receipts, now) = (Receipts::default(), Instant::now());
        let receipt = || Some(Receipt::new(0, sender.clone()));
        receipts.add(None, now);
        assert!(!receipts.are_due(now + RECEIPTS_WAIT_MAX), "there is none");
        receipts.add(receipt(), now);
        receipts.add(receipt(), now + RECEIPTS_WAIT_MAX / 2);
        assert!(!receipts.are_due(now) && receipts.are_due(now + RECEIPTS_WAIT_MAX));
        assert_eq!(receipts.take().len(), 2);
        assert_eq!(receipts.due_at(), None);
        (0..RECEIPTS_WAITING_MAX).for_each(|_| receipts.add(receipt(), now));
        assert!(receipts.are_due(now));
        receipts.take();
        receipts.hurry();
        assert!(!receipts.are_due(now));
        receipts.add(receipt(), now);
        assert!(receipts.are_due(now));
    }
}
