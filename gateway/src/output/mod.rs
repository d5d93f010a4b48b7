//! What leaves the program as data: record lines, event lines, tables.

pub mod commanded;
mod destination;
pub mod events;
mod held;
pub mod history;
pub mod memory;
mod object;
pub(crate) mod planned;
pub mod records;
pub mod replayed;
pub(crate) mod shown;
pub mod timeline;
