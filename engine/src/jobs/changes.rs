//! What a transition comes to: rows to write, events to tell, all in one transaction.

use latchwork_expr::Text;
use serde_json::{Map, Value as Json, json};
use ulid::Ulid;

use super::event::JobEvent;
use super::job::{Job, JobView};
use super::leg::Leg;
use super::rows::{Batch, QueueEntry, Rows, WorkSession};
use crate::order::OrderStatus;

/// What a transition comes to. Rows are written by their keys, whether they are new or changed.
#[derive(Clone, Debug)]
pub struct Changes {
    /// The job as it is now; to be written.
    pub job: Job,
    /// All its legs as they are now, in the order in which they were posted.
    pub legs: Vec<Leg>,
    /// Which of them are to be written: their places in `legs`.
    pub written_legs: Vec<usize>,
    /// The batches to be written.
    pub batches: Vec<Batch>,
    /// The work sessions to be written.
    pub sessions: Vec<WorkSession>,
    /// The queue entries to be added.
    pub queued: Vec<QueueEntry>,
    /// The ids of those to be removed.
    pub unqueued: Vec<Ulid>,
    /// The status of the job's order, where it changes.
    pub order_status: Option<OrderStatus>,
    /// What is told, in this order. The first is what was asked for, the others are its children.
    pub events: Vec<JobEvent>,
    /// The records that are to be cancelled as far as they are open: they follow what was given up.
    pub cancelled_records: Vec<Ulid>,
    /// Where the good parts may go, if somebody is to say.
    pub destinations: Vec<Text>,
}

impl Changes {
    /// Returns the difference between what was read and what it became.
    pub(super) fn between(before: &Rows, after: Rows, events: Vec<JobEvent>) -> Self {
        let is_new = |leg: &Leg| !before.legs.contains(leg);
        let written_legs =
            after.legs.iter().enumerate().filter(|(_, leg)| is_new(leg)).map(|(place, _)| place).collect();
        let gone = before.queue.iter().filter(|entry| !after.queue.contains(entry));
        let order_status = after.order.as_ref().map(|order| order.status);
        Self {
            written_legs,
            batches: newly(&before.batches, after.batches),
            sessions: newly(&before.sessions, after.sessions),
            unqueued: gone.map(|entry| entry.key).collect(),
            queued: newly(&before.queue, after.queue),
            order_status: order_status.filter(|status| before.order.as_ref().is_some_and(|row| row.status != *status)),
            job: after.job,
            legs: after.legs,
            events,
            cancelled_records: Vec::new(),
            destinations: Vec::new(),
        }
    }

    /// Returns the job as the API tells it.
    pub fn view(&self) -> JobView<'_> {
        self.job.view(&self.legs)
    }

    /// Returns what the head of the events tells besides what was asked: how the job stands, and the legs that changed.
    pub(super) fn outcome(&self) -> Map<String, Json> {
        let view = json!(self.view());
        let told = ["state", "good_parts", "scrap_parts", "lost_parts", "in_process_parts", "finished_parts"];
        let mut outcome: Map<String, Json> =
            told.into_iter().filter_map(|name| Some((name.to_owned(), view.get(name)?.clone()))).collect();
        let legs: Vec<&Leg> = self.written_legs.iter().map(|&place| &self.legs[place]).collect();
        outcome.insert("legs".to_owned(), json!(legs));
        if !self.destinations.is_empty() {
            outcome.insert("destinations".to_owned(), json!(self.destinations));
        }
        outcome
    }
}

/// Returns the rows that are not as they were.
fn newly<T: PartialEq>(before: &[T], mut after: Vec<T>) -> Vec<T> {
    after.retain(|row| !before.contains(row));
    after
}
