//! The ledger: what the engine decided, kept.
//!
//! A turn (some scans) is one transaction: records, orders, live status, events and retained state are
//! there together or not at all. The store decides nothing about runs, and it has no clock: times come
//! with what is written.

mod backup;
mod bulk;
mod changes;
mod commit;
mod connection;
mod driver;
mod error;
mod event;
mod family;
pub mod limits;
mod live;
mod load;
mod lock;
mod material;
mod migration;
mod mirror;
mod options;
mod order;
pub mod outbox;
mod place;
mod position;
mod record;
mod retained;
mod schedule;
mod store;
mod stored;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod turn;
mod words;

pub use error::{Failure, StoreError};
pub use load::{Loaded, StoredOrder};
pub use options::Options;
pub use schedule::StoredEntry;
pub use store::Store;
pub use stored::{StoredEvent, StoredRecord};
pub use turn::{Body, Commit, Mark, RetainedRow, Turn};
