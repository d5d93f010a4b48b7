//! The ledger in a file of SQLite.

mod at_once;
mod backup;
mod bulk;
mod care;
mod collected;
mod connection;
mod damage;
mod driver;
mod files;
mod ledger;
mod lock;
mod migration;
mod minute;
mod place;
mod statements;

pub(crate) use at_once::{give_up, is_short, run_at_once};
pub(crate) use bulk::Bulk;
pub(crate) use care::{back_up, faults};
pub(crate) use collected::open_collected;
pub(crate) use connection::{close, look, visit};
pub use damage::Replaced;
pub(crate) use driver::of_result_code;
pub(crate) use ledger::LedgerFile;
pub use minute::MinuteCopy;
pub(crate) use place::Place;
pub(crate) use statements::{execute, rows, say};
