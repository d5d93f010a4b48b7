//! One pass of parts of a job through one station.

use latchwork_expr::{Text, Timestamp};
use serde::Serialize;
use ulid::Ulid;

use super::state::{JobState, Origin, Pause};
use crate::retained::{instant_text, optional_instant_text, optional_ulid_text, ulid_text};

/// One pass of parts of a job through one station: a row of `job_station_history`. As JSON it is what the API tells.
///
/// Always `good + scrap + rework + lost ≤ input`, and equal once the leg is final or queued.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Leg {
    /// The id.
    #[serde(rename = "leg_key", with = "ulid_text")]
    pub key: Ulid,
    /// The station's path.
    pub station: Text,
    /// The station's id.
    #[serde(skip)]
    pub location: Ulid,
    /// Which pass through this station it is in its job, from 1.
    pub entry_number: u32,
    /// How it stands.
    pub state: JobState,
    /// How many parts came.
    pub input: u64,
    /// How many of them were good, as far as they are counted.
    pub good: u64,
    /// How many were thrown away.
    pub scrap: u64,
    /// How many went to be done again.
    pub rework: u64,
    /// How many nobody knows of.
    pub lost: u64,
    /// How the parts came.
    #[serde(skip)]
    pub origin: Origin,
    /// While it is paused: what had it stand.
    #[serde(skip)]
    pub pause: Option<Pause>,
    /// When the parts came.
    #[serde(with = "instant_text")]
    pub posted_at: Timestamp,
    /// Who sent them.
    pub posted_by: Option<Text>,
    /// When the work on them began.
    #[serde(with = "optional_instant_text")]
    pub started_at: Option<Timestamp>,
    /// Who began.
    pub started_by: Option<Text>,
    /// When the work on them ended.
    #[serde(with = "optional_instant_text")]
    pub completed_at: Option<Timestamp>,
    /// Who ended it.
    pub completed_by: Option<Text>,
    /// The latest record that drove it.
    #[serde(with = "optional_ulid_text")]
    pub operation_record_id: Option<Ulid>,
}

impl Leg {
    /// Returns how many of its parts are still on their way.
    pub fn in_process(&self) -> u64 {
        if self.state.is_final() { 0 } else { self.input - self.scrap - self.rework - self.lost }
    }

    /// Returns how many of its parts are on their way and were good at a station.
    pub fn passed(&self) -> u64 {
        // Where good parts wait for somebody to say where they go, all that is left is good.
        let are_good = matches!(self.origin, Origin::Passed(_)) || self.state == JobState::Queued;
        if are_good { self.in_process() } else { 0 }
    }

    /// Returns the latest of its times.
    pub(super) fn latest(&self) -> Timestamp {
        let times = [Some(self.posted_at), self.started_at, self.completed_at];
        times.into_iter().flatten().max().unwrap_or(self.posted_at)
    }
}
