//! Why nothing was done with a job.

use latchwork_expr::Text;
use serde::Serialize;
use serde_json::{Map, Value as Json, json};
use thiserror::Error;
use ulid::Ulid;

use super::leg::Leg;
use super::state::JobState;
use crate::retained::ulid_text;
use crate::words::words;

words! {
    /// The kinds of refusals, by the names under which the API tells them.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum JobErrorKind {
        /// There is no such job.
        JobNotFound = "JobNotFoundError",
        /// The job has no such leg.
        LegNotFound = "LegNotFoundError",
        /// It runs, or ran.
        IsStarted = "JobIsStartedError",
        /// It did not run yet.
        IsNotStarted = "JobIsNotStartedError",
        /// It stands.
        IsPaused = "JobIsPausedError",
        /// It does not stand.
        IsNotPaused = "JobIsNotPausedError",
        /// It waits for a destination.
        IsQueued = "JobIsQueuedError",
        /// It does not wait for a destination.
        IsNotQueued = "JobIsNotQueuedError",
        /// It is completed.
        IsCompleted = "JobIsCompletedError",
        /// It failed.
        IsFailed = "JobIsFailedError",
        /// It was given up.
        IsCancelled = "JobIsCancelledError",
        /// It is not final.
        IsNotFinal = "JobIsNotFinalError",
        /// It is nobody's, and operators do not see such.
        HasNoAssignee = "JobHasNoAssigneeError",
        /// None of its batches is open.
        HasNoBatch = "JobHasNoBatchError",
        /// It went round too often.
        HasTooManyLegs = "JobHasTooManyLegsError",
        /// Several legs could be meant.
        LegIsAmbiguous = "LegIsAmbiguousError",
        /// The configuration of this gateway does not have the leg's station.
        StationIsNotConfigured = "StationIsNotConfiguredError",
        /// The production order is final.
        OrderFinal = "OrderFinal",
        /// The parts do not add up to those that came.
        PartsDoNotAddUp = "PartsDoNotAddUpError",
        /// What was sent is not what the event takes.
        BadInfo = "BadInfoError",
    }
}

impl JobErrorKind {
    /// Returns the status code of HTTP.
    pub const fn status(self) -> u16 {
        match self {
            Self::JobNotFound | Self::LegNotFound => 404,
            Self::PartsDoNotAddUp | Self::BadInfo => 422,
            Self::IsStarted
            | Self::IsNotStarted
            | Self::IsPaused
            | Self::IsNotPaused
            | Self::IsQueued
            | Self::IsNotQueued
            | Self::IsCompleted
            | Self::IsFailed
            | Self::IsCancelled
            | Self::IsNotFinal
            | Self::HasNoAssignee
            | Self::HasNoBatch
            | Self::HasTooManyLegs
            | Self::LegIsAmbiguous
            | Self::StationIsNotConfigured
            | Self::OrderFinal => 409,
        }
    }

    /// Returns the reason in words, where it needs no more than that.
    const fn reason(self) -> &'static str {
        match self {
            Self::JobNotFound => "there is no such job",
            Self::LegNotFound => "the job has no such leg",
            Self::IsStarted => "it is started already",
            Self::IsNotStarted => "it is not started yet",
            Self::IsPaused => "it is paused",
            Self::IsNotPaused => "it is not paused",
            Self::IsQueued => "it waits for somebody to select a destination",
            Self::IsNotQueued => "it does not wait for a destination",
            Self::IsCompleted => "it is completed",
            Self::IsFailed => "it failed",
            Self::IsCancelled => "it is cancelled",
            Self::IsNotFinal => "only a job that is final is done again",
            Self::HasNoAssignee => "the job is assigned to nobody",
            Self::HasNoBatch => "none of its batches is open",
            Self::HasTooManyLegs => "its parts went round too often",
            Self::LegIsAmbiguous => "several legs could be meant: say which with `leg_key`",
            Self::StationIsNotConfigured => "this gateway does not have the station in its configuration",
            Self::OrderFinal => "its production order is final",
            Self::PartsDoNotAddUp => "the parts do not add up to those that came",
            Self::BadInfo => "it is not what the event takes",
        }
    }
}

/// Why nothing was done with a job.
#[derive(Clone, Debug, PartialEq, Error)]
#[error("{text}")]
pub struct JobError {
    /// The kind.
    pub kind: JobErrorKind,
    /// The reason in words.
    pub text: String,
    /// The part of what was sent that is wrong, such as `rework[0].station`.
    pub field: Option<String>,
    /// What else there is to tell, by name: `legs`, `destinations`, `sum` and `expected`.
    pub more: Box<Map<String, Json>>,
}

impl JobError {
    /// Returns that one part of what was sent is wrong.
    pub fn bad_info(field: impl Into<String>, text: impl Into<String>) -> Self {
        Self { field: Some(field.into()), text: text.into(), ..Self::from(JobErrorKind::BadInfo) }
    }

    /// Returns that one part of what was sent is none of the destinations.
    pub(super) fn no_destination(field: impl Into<String>, text: impl Into<String>, known: &[Text]) -> Self {
        Self::bad_info(field, text).with("destinations", known)
    }

    /// Returns that the parts of a leg add up to something else than what came.
    pub(super) fn sum(sum: u64, expected: u64) -> Self {
        let text = format!("good, scrap and rework add up to {sum}, but {expected} parts came");
        Self { text, ..Self::from(JobErrorKind::PartsDoNotAddUp) }.with("sum", sum).with("expected", expected)
    }

    /// Returns that several legs could be meant.
    pub(super) fn ambiguous<'a>(legs: impl Iterator<Item = &'a Leg>) -> Self {
        let choices: Vec<Choice<'_>> = legs.map(Choice::of).collect();
        Self::from(JobErrorKind::LegIsAmbiguous).with("legs", choices)
    }

    fn with(mut self, name: &str, value: impl Serialize) -> Self {
        self.more.insert(name.to_owned(), json!(value));
        self
    }
}

impl From<JobErrorKind> for JobError {
    fn from(kind: JobErrorKind) -> Self {
        Self { kind, text: kind.reason().to_owned(), field: None, more: Box::default() }
    }
}

/// A leg that could be meant.
#[derive(Serialize)]
struct Choice<'a> {
    #[serde(with = "ulid_text")]
    leg_key: Ulid,
    station: &'a Text,
    entry_number: u32,
    state: JobState,
}

impl<'a> Choice<'a> {
    fn of(leg: &'a Leg) -> Self {
        Self { leg_key: leg.key, station: &leg.station, entry_number: leg.entry_number, state: leg.state }
    }
}
