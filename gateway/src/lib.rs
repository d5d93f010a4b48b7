//! The program: the only owner of a clock, files, the terminal and exit codes.
//!
//! A library too, so that tests run the very loop that the binary runs.

pub mod black_box;
pub mod cli;
mod collect;
pub mod diff;
pub mod drive;
pub mod evaluation;
pub mod exit;
pub mod explain;
mod glob;
mod http;
pub mod json;
pub mod live;
pub mod logging;
pub mod output;
pub mod replay;
pub mod scenario;
