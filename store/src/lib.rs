//! The ledger: what the engine decided, kept.
//!
//! A turn (some scans) is one transaction: records, orders, live status, events and retained state are
//! there together or not at all. The store decides nothing about runs, and it has no clock: times come
//! with what is written.

mod backend;
mod care;
mod cell;
mod changes;
pub mod collected;
mod commit;
mod driver;
mod error;
mod event;
mod family;
pub mod jobs;
pub mod limits;
pub mod listing;
mod live;
mod load;
mod material;
mod migration;
mod mirror;
mod options;
mod order;
pub mod outbox;
mod owner;
mod position;
mod postgres;
mod record;
mod retained;
mod row;
mod schedule;
mod script;
mod session;
mod sqlite;
mod statement;
mod station;
mod store;
mod stored;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod turn;
mod words;

pub use care::{Care, Pruned, Table, Target};
pub use error::{Failure, StoreError};
pub use family::Lookup;
pub use load::{Loaded, StoredOrder};
pub use options::{Options, Written};
pub use schedule::StoredEntry;
pub use sqlite::{MinuteCopy, Replaced};
pub use store::Store;
pub use stored::{StoredEvent, StoredRecord};
pub use turn::{Body, Commit, Committed, Mark, RetainedRow, Turn};
