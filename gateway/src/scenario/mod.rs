//! Scenario tests: what people expect of their configuration, held against what a replay of their inputs gives.
//!
//! Inputs become a trace, and that is replayed as `replay` does; expectations are held against the lines that it writes.
//! There is no second way through the engine.

mod compare;
mod course;
mod difference;
mod happened;
mod inputs;
mod json;
mod judge;
mod junit;
mod pairing;
mod text;

pub use course::{Verdict, run};
pub use difference::{Change, Difference, Kind};
pub use json::json_line;
pub use junit::{Suite, junit};
pub use text::text;
