//! Telling that events were dropped: as an event of the log, which is told until the log has it.

use latchwork_connectors::Receipt;
use latchwork_engine::Notice;
use latchwork_store::outbox::Span;
use tokio::sync::mpsc;

/// News for the loop, and who waits for it to be durable.
#[derive(Debug)]
pub(in crate::live) struct News {
    pub(in crate::live) notice: Notice,
    pub(in crate::live) receipt: Receipt,
}

/// What was dropped and is not told yet.
#[derive(Debug)]
pub(super) struct Alarms {
    untold: Vec<Span>,
    /// The last event of what the loop was told and the log may not have yet.
    told: Option<u64>,
    news: mpsc::Sender<News>,
    durable: (mpsc::UnboundedSender<u64>, mpsc::UnboundedReceiver<u64>),
}

impl Alarms {
    pub(super) fn new(untold: Vec<Span>, news: mpsc::Sender<News>) -> Self {
        Self { untold, told: None, news, durable: mpsc::unbounded_channel() }
    }

    /// Adds what was dropped.
    pub(super) fn add(&mut self, span: Span) {
        match self.untold.last_mut().filter(|last| last.last + 1 == span.first) {
            Some(last) => last.last = span.last,
            None => self.untold.push(span),
        }
    }

    /// Tells the loop of all that was dropped, one alarm at a time; what finds no room is told another time.
    pub(super) fn tell(&mut self) {
        let (Some(first), Some(last)) = (self.untold.first(), self.untold.last()) else { return };
        if self.told.is_some() {
            return;
        }
        let (first_seq, last_seq) = (first.first, last.last);
        let count = self.untold.iter().map(|span| span.count()).sum();
        let notice = Notice::OutboxDropped { count, first_seq, last_seq };
        let receipt = Receipt::new(last_seq, self.durable.0.clone());
        if self.news.try_send(News { notice, receipt }).is_ok() {
            tracing::error!(count, first_seq, last_seq, "events dropped before they were published");
            self.untold.clear();
            self.told = Some(last_seq);
        }
    }

    /// Waits until the log has an alarm; returns up to which event it tells.
    pub(super) async fn durable(&mut self) -> u64 {
        match self.durable.1.recv().await {
            Some(last) => {
                self.told = None;
                last
            }
            // Our own end of the channel is never dropped.
            None => std::future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_dropped_meanwhile_is_told_in_the_next_alarm() {
        let (sender, mut receiver) = mpsc::channel(4);
        let mut alarms = Alarms::new(vec![Span { first: 1, last: 3 }], sender);
        alarms.add(Span { first: 4, last: 5 });
        alarms.tell();
        alarms.add(Span { first: 9, last: 9 });
        alarms.tell();
        let told = receiver.try_recv().unwrap();
        assert_eq!(told.notice, Notice::OutboxDropped { count: 5, first_seq: 1, last_seq: 5 });
        assert!(receiver.try_recv().is_err(), "one at a time");
        told.receipt.committed();
        assert_eq!(alarms.durable().await, 5);
        alarms.tell();
        assert_eq!(receiver.try_recv().unwrap().notice, Notice::OutboxDropped { count: 1, first_seq: 9, last_seq: 9 });
    }
}
