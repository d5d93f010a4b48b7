//! The rows that a transition is decided on: what the store locks and reads, and nothing else.

use latchwork_expr::{Text, Timestamp};
use ulid::Ulid;

use super::job::Job;
use super::leg::Leg;
use crate::order::OrderStatus;

/// Everything that a transition of one job reads.
#[derive(Clone, Debug)]
pub struct Rows {
    /// The job.
    pub job: Job,
    /// All its legs, in the order in which they were posted.
    pub legs: Vec<Leg>,
    /// Its batches that are not done, in the order in which they were made.
    pub batches: Vec<Batch>,
    /// Its work sessions that go on.
    pub sessions: Vec<WorkSession>,
    /// Where it is queued.
    pub queue: Vec<QueueEntry>,
    /// Its production order, if it has one.
    pub order: Option<OrderRow>,
}

/// Parts of a leg that are handled together: a row of `batches`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// The id.
    pub key: Ulid,
    /// Whose parts they are.
    pub leg: Ulid,
    /// How many they are.
    pub quantity: u64,
    /// How many parts of the leg are in no batch yet.
    pub remaining: u64,
    /// Their serial numbers: rows of `batch_serials`, written with a new batch. Nothing reads them of others.
    pub serials: Vec<Text>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who made it.
    pub created_by: Option<Text>,
    /// When it was done.
    pub completed_at: Option<Timestamp>,
    /// Who says so.
    pub completed_by: Option<Text>,
}

/// The time from an operator's start of a leg to the next interruption: a row of `work_sessions`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkSession {
    /// The id.
    pub key: Ulid,
    /// The leg that is worked on.
    pub leg: Ulid,
    /// Who works; `None`: nobody said.
    pub operator: Option<Text>,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

/// A job among what an operator is to do: a row of `queues`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueEntry {
    /// The id.
    pub key: Ulid,
    /// Who is to do it.
    pub operator: Text,
    /// Since when. Queues are told in this order.
    pub added_at: Timestamp,
}

/// A production order with what its other jobs come to.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderRow {
    /// The id.
    pub id: Ulid,
    /// The name.
    pub name: Text,
    /// How it stands.
    pub status: OrderStatus,
    /// How much is to be made.
    pub quantity: Option<f64>,
    /// Its jobs but this one.
    pub others: OtherJobs,
}

/// What the other jobs of an order come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OtherJobs {
    /// How many of them ever ran.
    pub started: u64,
    /// How many of them are not final.
    pub unfinished: u64,
    /// How many parts those have that are completed.
    pub completed_quantity: u64,
}

impl Rows {
    /// Returns the latest time in them: nothing that comes now happened before it.
    pub(super) fn latest(&self) -> Timestamp {
        let job = [Some(self.job.created_at), self.job.started_at].into_iter().flatten();
        let legs = self.legs.iter().map(Leg::latest);
        let sessions = self.sessions.iter().map(|session| session.started_at);
        job.chain(legs).chain(sessions).max().unwrap_or(self.job.created_at)
    }

    /// Returns the place of a leg.
    pub(super) fn leg(&self, key: Ulid) -> Option<usize> {
        self.legs.iter().position(|leg| leg.key == key)
    }
}
