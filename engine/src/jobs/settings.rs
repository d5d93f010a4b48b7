//! What the configuration says of jobs, besides their stations.

use crate::words::words;

/// The capture of an operation that counts the good parts of the legs that it drives.
pub const GOOD: &str = "good";

/// The capture that counts their scrap.
pub const SCRAP: &str = "scrap";

/// `[jobs]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JobSettings {
    /// Whether operators see, and may start, jobs that are nobody's.
    pub show_unassigned_jobs_to_operators: bool,
    /// Whether a job that was nobody's goes into the queue of the operator who starts it.
    pub can_self_assign: bool,
}

impl Default for JobSettings {
    fn default() -> Self {
        Self { show_unassigned_jobs_to_operators: true, can_self_assign: true }
    }
}

words! {
    /// When an operation completes the leg that its record follows (`spec/jobs.md` section 6).
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
    pub enum LegCompletion {
        /// When all its parts are counted.
        #[default]
        WhenCounted = "WHEN_COUNTED",
        /// When the machine stops.
        AtStop = "AT_STOP",
    }
}
