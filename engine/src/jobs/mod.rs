//! Jobs: quantities of orders on their way over stations (`spec/jobs.md`).
//!
//! Pure decisions on rows. The store locks and reads the rows of one job, asks here what becomes of them, and writes that
//! with its events in the same transaction. Nothing here is in the engine's memory, and no scan reads it; times and ids come
//! from outside.

mod batch;
mod changes;
mod closing;
mod command;
mod complete;
mod counts;
mod create;
mod decide;
mod draft;
mod end;
mod error;
mod event;
mod fields;
mod follow;
mod job;
mod leg;
pub mod limits;
mod rows;
mod session;
mod settings;
mod settle;
mod start;
mod state;
mod table;
#[cfg(test)]
mod tests;

pub use changes::Changes;
pub use closing::{Closing, MadeParts, record_closed};
pub use command::{Assignee, Complete, Destination, DoneBatch, JobAsk, JobCommand, LastSeen, Line, Rework, Start};
pub use counts::Counts;
pub use create::{Named, NewJob, create};
pub use decide::decide;
pub use draft::{Actor, Run, Scene};
pub use error::{JobError, JobErrorKind};
pub use event::{DOMAIN, JobEvent, JobEventKind, SUBJECT};
pub use follow::{Candidate, none_waiting, pick, take_up};
pub use job::{Job, JobFault, JobView};
pub use leg::Leg;
pub use rows::{Batch, OrderRow, OtherJobs, QueueEntry, Rows, WorkSession};
pub use settings::{GOOD, JobSettings, LegCompletion, SCRAP};
pub use state::{JobState, Origin, Pause};
pub use table::JobVerb;
