//! What collectors keep: the events of any number of gateways, and the rows that they tell of, whatever order they come in.
//!
//! [`numbers`] and [`course`] decide and know no database: which numbers are there, what is asked for, what is given up.
//! [`take`] is one batch in one transaction, [`review`] what is asked for. Every row is written so that a second time, an
//! older revision and a later one come to the same.

mod arrival;
mod collection;
mod course;
mod letter;
mod month;
mod numbers;
mod review;
mod shown;
mod standing;
mod take;
#[cfg(test)]
mod tests;

pub use arrival::{Arrival, Told, ToldEntry, ToldOrder, ToldRun};
pub use collection::Collection;
pub use course::Patience;
pub use letter::{DeadLetter, PayloadText};
pub(crate) use month::Month;
pub use numbers::Range;
pub use review::{Reviewed, Wanted};
pub use shown::{CollectorRow, ShownGateway};
pub use standing::{LossReason, Lost};
pub use take::{Outcome, Taken};

/// The table that says which steps of these tables were taken: another one than that of a ledger.
pub(crate) const TAKEN_STEPS: &str = "_collected_steps";
