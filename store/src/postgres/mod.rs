//! The ledger on a server of Postgres.

mod address;
mod arrays;
mod at_once;
mod backup;
mod bulk;
mod collected;
mod connection;
mod driver;
mod dump;
mod ledger;
mod lock;
mod migration;
mod statements;
mod text;

pub(crate) use address::Address;
pub(crate) use at_once::{is_short, run_at_once};
pub(crate) use bulk::Bulk;
pub(crate) use collected::{add_partitions, open_collected};
pub(crate) use connection::visit;
pub(crate) use driver::of_state;
pub(crate) use dump::dump;
pub(crate) use ledger::LedgerServer;
pub(crate) use statements::{execute, pooled_rows, rows, say};
