//! The ledger in a file of SQLite.

mod backup;
mod bulk;
mod connection;
mod driver;
mod ledger;
mod lock;
mod migration;
mod place;
mod statements;

pub(crate) use bulk::Bulk;
pub(crate) use connection::close;
pub(crate) use driver::of_result_code;
pub(crate) use ledger::LedgerFile;
pub(crate) use place::Place;
pub(crate) use statements::{execute, rows, say};
