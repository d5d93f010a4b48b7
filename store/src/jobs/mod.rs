//! Jobs in the store: rows locked, decided on, written, each transition in one transaction with its events.
//!
//! What becomes of the rows is decided in [`latchwork_engine::jobs`]; nothing here knows the rules. Every gateway on the
//! store may move every job.

mod batch;
mod body;
mod job;
mod leg;
mod locked;
mod mint;
mod order;
mod queue;
mod request;
mod stored;
#[cfg(test)]
mod tests;
mod transact;
mod work;
mod work_session;
mod written;

pub use request::{Answer, Asker, Audit, Door, RequestKey};
pub use stored::{JobFilter, StoredJob, StoredJobEvent, WorkFilter};
pub use transact::{Transacted, Unwritten};
pub use work::{JobWish, JobWork};

pub(crate) use request::put as put_audits;
