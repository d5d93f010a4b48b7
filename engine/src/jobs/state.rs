//! How a job, or one of its legs, stands.

use serde::{Deserialize, Serialize};
use ulid::Ulid;

use crate::words::words;

words! {
    /// How a job, or one of its legs, stands (`spec/jobs.md` section 2).
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(rename_all = "lowercase")]
    pub enum JobState {
        /// Waits at a station.
        Pending = "pending",
        /// Is worked on.
        Running = "running",
        /// Was worked on, and will be again.
        Paused = "paused",
        /// Is done at a station, and waits for somebody to say where it goes.
        Queued = "queued",
        /// Done; final.
        Completed = "completed",
        /// Given up because something went wrong; final.
        Failed = "failed",
        /// Given up because somebody wanted that; final.
        Cancelled = "cancelled",
    }
}

impl JobState {
    /// Tells whether nothing may change it any more.
    pub const fn is_final(self) -> bool {
        match self {
            Self::Completed | Self::Failed | Self::Cancelled => true,
            Self::Pending | Self::Running | Self::Paused | Self::Queued => false,
        }
    }
}

/// What had a leg stand: who may have it go on by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pause {
    /// Somebody, who will say when it goes on.
    Person,
    /// The loss of the operator's device: it goes on when that is back.
    Offline,
    /// The end of a run of this operation: it goes on with its next.
    Operation(Ulid),
}

/// How the parts of a leg came to its station.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The job began here.
    Created,
    /// They were good in this leg.
    Passed(Ulid),
    /// They were to be done again, by this leg.
    Returned(Ulid),
}
