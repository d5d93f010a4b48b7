//! A quantity of a production order on its way over stations.

use latchwork_expr::{Text, Timestamp};
use serde::{Deserialize, Serialize};
use ulid::Ulid;

use super::counts::Counts;
use super::leg::Leg;
use super::state::JobState;
use crate::retained::{instant_text, optional_instant_text, optional_ulid_text, ulid_text};

/// A row of `jobs`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// The id.
    pub id: Ulid,
    /// How it stands: what its legs make it, until it is final.
    pub state: JobState,
    /// The production order that it is a part of: its id and name.
    pub order: Option<(Ulid, Text)>,
    /// How many parts it has.
    pub quantity: u64,
    /// Whose it is.
    pub assigned_to: Option<Text>,
    /// The newest batch that is not done, and its quantity.
    pub active_batch: Option<(Ulid, u64)>,
    /// The serial numbers that its first batch will have.
    pub first_serials: Vec<Text>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who made it.
    pub created_by: Option<Text>,
    /// When it first ran.
    pub started_at: Option<Timestamp>,
    /// When it became final.
    pub completed_at: Option<Timestamp>,
    /// When anything was last heard of it.
    pub last_online: Option<Timestamp>,
    /// When its newest work session began.
    pub last_work_session_started: Option<Timestamp>,
    /// The job that it does again.
    pub retry_of: Option<Ulid>,
    /// Why it failed.
    pub error: Option<JobFault>,
}

/// Why a job failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobFault {
    /// For programs.
    pub code: Text,
    /// For people.
    pub message: Text,
}

impl Job {
    /// Tells whether it is worked on.
    pub fn is_active(&self) -> bool {
        self.state == JobState::Running
    }

    /// Returns what the API tells of it; `legs` are all of its legs, in the order in which they were posted.
    pub fn view<'a>(&'a self, legs: &'a [Leg]) -> JobView<'a> {
        JobView {
            id: self.id,
            state: self.state,
            production_order: self.order.as_ref().map(|(_, name)| name),
            quantity: self.quantity,
            counts: Counts::of(legs),
            assigned_to: self.assigned_to.as_ref(),
            active: self.is_active(),
            active_batch_key: self.active_batch.map(|(key, _)| key),
            active_batch_qt: self.active_batch.map(|(_, quantity)| quantity),
            created_at: self.created_at,
            started_at: self.started_at,
            completed_at: self.completed_at,
            last_online: self.last_online,
            last_work_session_started: self.last_work_session_started,
            retry_of: self.retry_of,
            error: self.error.as_ref(),
            legs,
        }
    }
}

/// A job as the API tells it (`spec/jobs.md` section 5): to be serialised.
#[derive(Clone, Debug, Serialize)]
pub struct JobView<'a> {
    #[serde(with = "ulid_text")]
    id: Ulid,
    state: JobState,
    production_order: Option<&'a Text>,
    quantity: u64,
    #[serde(flatten)]
    counts: Counts,
    assigned_to: Option<&'a Text>,
    active: bool,
    #[serde(with = "optional_ulid_text")]
    active_batch_key: Option<Ulid>,
    active_batch_qt: Option<u64>,
    #[serde(with = "instant_text")]
    created_at: Timestamp,
    #[serde(with = "optional_instant_text")]
    started_at: Option<Timestamp>,
    #[serde(with = "optional_instant_text")]
    completed_at: Option<Timestamp>,
    #[serde(with = "optional_instant_text")]
    last_online: Option<Timestamp>,
    #[serde(with = "optional_instant_text")]
    last_work_session_started: Option<Timestamp>,
    #[serde(with = "optional_ulid_text")]
    retry_of: Option<Ulid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a JobFault>,
    legs: &'a [Leg],
}
