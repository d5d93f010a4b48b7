//! The table of `spec/jobs.md` section 2: what each verb does to a job, or a leg, as it stands.

use super::error::JobErrorKind;
use super::state::JobState;
use crate::words::words;

words! {
    /// What can be asked of a job, by the type of its event.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum JobVerb {
        /// Begin the work on a leg.
        Start = "JOB_STARTED",
        /// Have a leg stand.
        Pause = "JOB_PAUSED",
        /// Have it go on.
        Resume = "JOB_RESUMED",
        /// Have a leg stand since the operator's device was last seen.
        PauseOffline = "JOB_PAUSED_OFFLINE",
        /// Greet the device again.
        BackOnline = "JOB_BACK_ONLINE",
        /// Say what became of a leg's parts.
        Complete = "JOB_COMPLETED",
        /// Say where good parts go.
        SelectDestination = "DESTINATION_SELECTED",
        /// Give the job to somebody else.
        Reassign = "JOB_REASSIGNED",
        /// Give the job up: something went wrong.
        Fail = "JOB_FAILED",
        /// Give the job up: somebody wants that.
        Cancel = "JOB_CANCELLED",
        /// Say that a batch is done.
        CompleteBatch = "BATCH_COMPLETED",
        /// Add a line to the job's log.
        AppendLog = "LOG_APPENDED",
    }
}

/// What a verb does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// What it is for.
    Done,
    /// Nothing, for this reason.
    Refused(JobErrorKind),
}

use JobErrorKind::{
    IsCancelled, IsCompleted, IsFailed, IsNotPaused, IsNotQueued, IsNotStarted, IsPaused, IsQueued, IsStarted,
};
use Verdict::{Done, Refused};

/// Returns what a verb does to a job, or for verbs of legs to a leg, as it stands.
pub(super) const fn verdict(state: JobState, verb: JobVerb) -> Verdict {
    match state {
        JobState::Pending => of_pending(verb),
        JobState::Running => of_running(verb),
        JobState::Paused => of_paused(verb),
        JobState::Queued => of_queued(verb),
        JobState::Completed => of_final(verb, IsCompleted),
        JobState::Failed => of_final(verb, IsFailed),
        JobState::Cancelled => of_final(verb, IsCancelled),
    }
}

const fn of_pending(verb: JobVerb) -> Verdict {
    match verb {
        JobVerb::Start | JobVerb::BackOnline | JobVerb::Reassign | JobVerb::Cancel | JobVerb::AppendLog => Done,
        JobVerb::Pause
        | JobVerb::PauseOffline
        | JobVerb::Resume
        | JobVerb::Complete
        | JobVerb::Fail
        | JobVerb::CompleteBatch => Refused(IsNotStarted),
        JobVerb::SelectDestination => Refused(IsNotQueued),
    }
}

const fn of_running(verb: JobVerb) -> Verdict {
    match verb {
        JobVerb::Pause
        | JobVerb::PauseOffline
        | JobVerb::BackOnline
        | JobVerb::Complete
        | JobVerb::Reassign
        | JobVerb::Fail
        | JobVerb::Cancel
        | JobVerb::CompleteBatch
        | JobVerb::AppendLog => Done,
        JobVerb::Start => Refused(IsStarted),
        JobVerb::Resume => Refused(IsNotPaused),
        JobVerb::SelectDestination => Refused(IsNotQueued),
    }
}

const fn of_paused(verb: JobVerb) -> Verdict {
    match verb {
        JobVerb::Resume
        | JobVerb::BackOnline
        | JobVerb::Complete
        | JobVerb::Reassign
        | JobVerb::CompleteBatch
        | JobVerb::AppendLog => Done,
        JobVerb::Start => Refused(IsStarted),
        JobVerb::Pause | JobVerb::PauseOffline | JobVerb::Fail | JobVerb::Cancel => Refused(IsPaused),
        JobVerb::SelectDestination => Refused(IsNotQueued),
    }
}

const fn of_queued(verb: JobVerb) -> Verdict {
    match verb {
        JobVerb::SelectDestination | JobVerb::BackOnline | JobVerb::Reassign | JobVerb::Cancel | JobVerb::AppendLog => {
            Done
        }
        JobVerb::Start => Refused(IsStarted),
        JobVerb::Pause
        | JobVerb::PauseOffline
        | JobVerb::Resume
        | JobVerb::Complete
        | JobVerb::Fail
        | JobVerb::CompleteBatch => Refused(IsQueued),
    }
}

const fn of_final(verb: JobVerb, reason: JobErrorKind) -> Verdict {
    match verb {
        JobVerb::Start => Refused(IsStarted),
        JobVerb::Pause
        | JobVerb::PauseOffline
        | JobVerb::Resume
        | JobVerb::BackOnline
        | JobVerb::Complete
        | JobVerb::SelectDestination
        | JobVerb::Reassign
        | JobVerb::Fail
        | JobVerb::Cancel
        | JobVerb::CompleteBatch
        | JobVerb::AppendLog => Refused(reason),
    }
}
