//! The publisher's desk: reads events from the log, hands them to the courier, and writes down what became of them.
//!
//! It waits for the broker and for the store, and nobody waits for it: the loop only tells it how far the log is.

use std::sync::Arc;
use std::time::Instant;

use latchwork_config::Publish;
use latchwork_connectors::mqtt::{Delivery, Letter, Outcome};
use latchwork_store::Store;
use latchwork_store::outbox::{Outgoing, Span, Standing};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use super::super::clock::wall_now;
use super::super::limits::{OUTBOX_END_PATIENCE, OUTBOX_STORE_PAUSE, OUTGOING_EVENTS_PER_PAGE};
use super::alarms::Alarms;
use super::lanes::{Lane, Lanes};
use super::marks::Marks;
use super::orders::{Care, Order, answer};
use super::ready::{Ready, SOURCES, Source, marked, number};
use super::refusals::Refusals;
use super::resends::Resends;
use super::{Ends, retention};

/// What the broker is said to do to an event that it never takes.
const DEADLY: &str = "the broker ends the connection whenever it comes";

/// A publisher at work.
pub(super) struct Desk {
    pub(super) store: Arc<Store>,
    pub(super) settings: Publish,
    pub(super) lanes: Lanes,
    pub(super) marks: Marks,
    pub(super) alarms: Alarms,
    /// When is looked again for what is to leave the log.
    pub(super) care_at: Instant,
    topics: Topics,
    refusals: Refusals,
    resends: Resends,
    ready: Ready,
    letters: mpsc::Sender<Letter>,
    deliveries: mpsc::UnboundedReceiver<Delivery>,
    head: watch::Receiver<u64>,
    orders: mpsc::Receiver<Order>,
    is_up: bool,
    /// Letters that were handed over and are not settled.
    carried: usize,
    /// When the store is read again, after it could not be.
    read_at: Option<Instant>,
}

/// What topics begin with.
#[derive(Debug)]
struct Topics(String);

impl Topics {
    /// Returns the topic of a subject: `operation.started` is at `…/operation/started`.
    fn of(&self, subject: &str) -> String {
        format!("{}/{}", self.0, subject.replace('.', "/"))
    }
}

/// Waits until there is room for a letter; for ever if nobody carries any more.
async fn room(letters: &mpsc::Sender<Letter>) {
    if letters.reserve().await.is_err() {
        std::future::pending::<()>().await;
    }
}

impl Desk {
    pub(super) fn new(
        (store, settings, gateway_id): (Arc<Store>, Publish, &str),
        standing: Standing,
        ends: Ends,
        letters: mpsc::Sender<Letter>,
        deliveries: mpsc::UnboundedReceiver<Delivery>,
    ) -> Self {
        let now = Instant::now();
        let Standing { settled, head, refused, untold } = standing;
        let Ends { head: reached, orders, news } = ends;
        Self {
            topics: Topics(format!("{}/{gateway_id}", settings.topic_prefix)),
            lanes: Lanes::new(settled.gaps(head), head),
            refusals: Refusals::resume(&refused, now),
            marks: Marks::new(settled),
            alarms: Alarms::new(untold, news),
            resends: Resends::default(),
            ready: Ready::default(),
            care_at: now,
            is_up: false,
            carried: 0,
            read_at: None,
            store,
            settings,
            letters,
            deliveries,
            head: reached,
            orders,
        }
    }

    /// Publishes until it is stopped.
    pub(super) async fn run(&mut self, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            self.turn(stop).await;
        }
        let _late = tokio::time::timeout(OUTBOX_END_PATIENCE, self.finish()).await;
    }

    /// Does what is to be done, then waits for something to do.
    async fn turn(&mut self, stop: &CancellationToken) {
        let head = *self.head.borrow_and_update();
        self.lanes.reach(head);
        while let Ok(delivery) = self.deliveries.try_recv() {
            self.take(delivery);
        }
        let now = Instant::now();
        if self.marks.due_at().is_some_and(|at| at <= now) {
            self.mark().await;
        }
        if self.care_at <= now {
            retention::care(self).await;
        }
        if self.read_at.is_none_or(|at| at <= now) {
            self.read_at = None;
            self.fill().await;
        }
        self.hand_over();
        self.wait(stop).await;
    }

    /// Waits for something to do. Only here it is stopped: what was begun is done.
    async fn wait(&mut self, stop: &CancellationToken) {
        let wake = self.wake_at();
        tokio::select! {
            biased;
            () = stop.cancelled() => {}
            Some(order) = self.orders.recv() => self.obey(order).await,
            last = self.alarms.durable() => self.note_told(last).await,
            Some(delivery) = self.deliveries.recv() => self.take(delivery),
            Ok(()) = self.head.changed() => {}
            () = room(&self.letters), if !self.ready.is_empty() => {}
            () = tokio::time::sleep_until(wake.into()) => {}
        }
    }

    fn wake_at(&self) -> Instant {
        let due = self.refusals.due_at().filter(|_| self.ready.lacks(Source::Refused));
        // Nothing is read while the store cannot be.
        let read = self.read_at.map_or(due, Some);
        [self.marks.due_at(), read].into_iter().flatten().fold(self.care_at, Instant::min)
    }

    /// Reads what each source lacks.
    async fn fill(&mut self) {
        let now = Instant::now();
        for source in SOURCES {
            if !self.ready.lacks(source) {
                continue;
            }
            let Some(span) = self.wanted(source, now) else { continue };
            match self.store.outgoing(span, OUTGOING_EVENTS_PER_PAGE).await {
                Ok(page) => self.put(source, span, page),
                Err(error) => {
                    tracing::warn!(%error, "events to be published cannot be read");
                    self.read_at = Some(Instant::now() + OUTBOX_STORE_PAUSE);
                    if source == Source::Refused {
                        self.refusals.retry_later(span.first, now + OUTBOX_STORE_PAUSE);
                    }
                    return;
                }
            }
        }
    }

    /// Returns what is to be read for a source.
    fn wanted(&mut self, source: Source, now: Instant) -> Option<Span> {
        match source {
            Source::Refused => self.refusals.take_due(now).map(Span::one),
            Source::Live if !self.refusals.are_many() => self.lanes.unread(Lane::Live),
            Source::Backlog if !self.refusals.are_many() => self.lanes.unread(Lane::Backlog),
            Source::Live | Source::Backlog => None,
            Source::Resend => self.resends.unread(),
        }
    }

    /// Takes a page of events that was read of a span. A page that is not full is all that the log has of it.
    fn put(&mut self, source: Source, span: Span, page: Vec<Outgoing>) {
        let is_full = page.len() == OUTGOING_EVENTS_PER_PAGE as usize;
        let last = page.last().filter(|_| is_full).map_or(span.last, |outgoing| outgoing.seq);
        match source {
            Source::Live => self.lanes.read(Lane::Live, last),
            Source::Backlog => self.lanes.read(Lane::Backlog, last),
            Source::Resend => self.resends.read(last),
            // It is in the log as long as it is refused.
            Source::Refused if page.is_empty() => self.refusals.forget(span.first),
            Source::Refused => {}
        }
        for Outgoing { seq, subject, body } in page {
            let topic = self.topics.of(&subject);
            self.ready.put(source, Letter { number: number(seq, source), topic, payload: body.into_bytes() });
        }
    }

    /// Hands letters over as far as there is room.
    fn hand_over(&mut self) {
        while let Ok(permit) = self.letters.try_reserve() {
            let Some(letter) = self.ready.next() else { return };
            permit.send(letter);
            self.carried += 1;
        }
    }

    /// Takes what the courier tells.
    fn take(&mut self, delivery: Delivery) {
        match delivery {
            Delivery::Up => {
                self.is_up = true;
                tracing::info!(waiting = self.lanes.unread_count(), "events are published");
            }
            Delivery::Down(reason) => {
                if std::mem::replace(&mut self.is_up, false) {
                    tracing::warn!(reason, "events are not published");
                } else {
                    tracing::debug!(reason, "events are still not published");
                }
            }
            Delivery::Request(payload) => {
                if let Err(reason) = self.resends.take(&payload, *self.head.borrow()) {
                    tracing::warn!(reason, "events are not published again");
                }
            }
            Delivery::Settled(number, outcome) => {
                self.carried = self.carried.saturating_sub(1);
                if let Some(seq) = marked(number) {
                    self.settle(seq, outcome);
                }
            }
        }
    }

    /// Notes what became of an event.
    fn settle(&mut self, seq: u64, outcome: Outcome) {
        let now = Instant::now();
        let refused = match outcome {
            Outcome::Taken if self.refusals.has(seq) => {
                self.refusals.forget(seq);
                return self.marks.reconcile(seq, now);
            }
            Outcome::Taken => return self.marks.publish(seq, now),
            Outcome::Refused(reason) => self.refusals.refuse(seq, reason, now),
            Outcome::Deadly => self.refusals.condemn(seq, DEADLY.to_owned()),
        };
        let (refusals, reason) = (refused.refusals, refused.reason.as_str());
        if refused.is_quarantined {
            tracing::error!(seq, refusals, reason, "event quarantined: `latchwork outbox` shows it");
        } else if refusals == 1 {
            tracing::warn!(seq, reason, "event refused by the broker");
        }
        self.marks.refuse(refused, now);
    }

    /// Writes down what became of events. What cannot be written down stays known, and is written another time.
    pub(super) async fn mark(&mut self) {
        match self.store.mark_outbox(&self.marks.mark(), wall_now()).await {
            Ok(()) => self.marks.written(),
            Err(error) => {
                tracing::warn!(%error, "what was published cannot be written down");
                self.marks.postpone(Instant::now());
            }
        }
    }

    async fn note_told(&mut self, last: u64) {
        if let Err(error) = self.store.told_of_dropped(last).await {
            // It is told again at the next start.
            tracing::warn!(%error, "that an alarm was told cannot be written down");
        }
    }

    /// Does what somebody asks for.
    async fn obey(&mut self, Order { care, answer: to }: Order) {
        // What was just refused is in the store before it is asked for there.
        self.mark().await;
        let now = Instant::now();
        let done = match care {
            Care::Retry(seqs) => {
                let retried = self.store.retry_refused(seqs.as_deref()).await;
                retried.iter().flatten().for_each(|&seq| self.refusals.retry(seq, now));
                retried
            }
            Care::Purge(seqs) => self.store.purge_quarantined(seqs.as_deref(), wall_now()).await,
        };
        let _nobody_waits = to.send(answer(&done));
    }

    /// Lets the broker take what is left, if it takes anything.
    async fn finish(&mut self) {
        while self.is_up {
            let head = *self.head.borrow_and_update();
            self.lanes.reach(head);
            self.fill().await;
            self.hand_over();
            if self.carried == 0 && self.ready.is_empty() {
                return;
            }
            let Some(delivery) = self.deliveries.recv().await else { return };
            self.take(delivery);
        }
    }

    /// Writes down what is known when the courier has gone.
    pub(super) async fn close(mut self) {
        while let Ok(delivery) = self.deliveries.try_recv() {
            self.take(delivery);
        }
        if self.marks.due_at().is_some() {
            self.mark().await;
        }
    }
}
