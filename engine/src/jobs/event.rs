//! What is told of jobs: rows of the log of events.

use latchwork_expr::{Text, Timestamp};
use serde_json::{Map, Value as Json};
use ulid::Ulid;

use crate::words::words;

words! {
    /// The types of events of jobs (`spec/jobs.md` section 4). Those in capitals are asked for, or come of what is asked
    /// for; the others are told of what machines did.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum JobEventKind {
        /// A job was made.
        JobCreated = "JOB_CREATED",
        /// A leg began to run.
        JobStarted = "JOB_STARTED",
        /// A leg stands.
        JobPaused = "JOB_PAUSED",
        /// A leg goes on.
        JobResumed = "JOB_RESUMED",
        /// A leg stands because its operator's device is gone.
        JobPausedOffline = "JOB_PAUSED_OFFLINE",
        /// An operator's device is back.
        JobBackOnline = "JOB_BACK_ONLINE",
        /// A leg was completed.
        JobCompleted = "JOB_COMPLETED",
        /// Somebody said where the good parts of a leg go.
        DestinationSelected = "DESTINATION_SELECTED",
        /// A job is somebody else's.
        JobReassigned = "JOB_REASSIGNED",
        /// A job failed.
        JobFailed = "JOB_FAILED",
        /// A job was given up.
        JobCancelled = "JOB_CANCELLED",
        /// A batch is done.
        BatchCompleted = "BATCH_COMPLETED",
        /// A line was added to a job's log.
        LogAppended = "LOG_APPENDED",
        /// A batch was made.
        BatchCreated = "BATCH_CREATED",
        /// A work session began.
        WorkSessionCreated = "WORK_SESSION_CREATED",
        /// A production order is being made.
        WorkOrderStarted = "WORK_ORDER_STARTED",
        /// Every job of a production order is final, and there is more to be made.
        WorkOrderStopped = "WORK_ORDER_STOPPED",
        /// Every job of a production order is final, and all is made.
        WorkOrderClosed = "WORK_ORDER_CLOSED",
        /// A record opened that follows a leg which runs already.
        JobAttached = "job.attached",
        /// A record opened that should follow a leg, and there was none.
        JobNoneWaiting = "job.none_waiting",
        /// Parts were added to a leg, which stays as it is.
        PartsCounted = "parts.counted",
        /// A record closed without a count of its good parts.
        PartsUncounted = "parts.uncounted",
        /// A machine counted more parts than there were.
        PartsExcess = "parts.excess",
        /// A machine's leg was completed with fewer parts than it had.
        PartsUnaccounted = "parts.unaccounted",
        /// A job was given up with parts on their way.
        PartsLost = "parts.lost",
        /// Something was asked of an order that is final.
        ProductionOrderFinal = "production_order.final",
    }
}

/// The domain of every event of jobs.
pub const DOMAIN: &str = "production";

/// The subject of every event of jobs.
pub const SUBJECT: &str = "progress.notification.production";

/// Something that happened to a job.
#[derive(Clone, Debug, PartialEq)]
pub struct JobEvent {
    /// The id.
    pub id: Ulid,
    /// What happened.
    pub kind: JobEventKind,
    /// The event that it comes of.
    pub parent: Option<Ulid>,
    /// To which job.
    pub job: Option<Ulid>,
    /// When.
    pub occurred_at: Timestamp,
    /// Who did it: a person, or an operation by its place and name.
    pub actor: Option<Text>,
    /// What is told of it.
    pub info: Map<String, Json>,
}
