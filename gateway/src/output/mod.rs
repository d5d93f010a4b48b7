//! What leaves the program as data: record lines, event lines, tables.

pub mod events;
pub mod records;
pub mod replayed;
pub mod timeline;
