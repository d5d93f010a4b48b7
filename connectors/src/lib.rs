//! The wires: where samples come from and, for recordings, where they go.
//!
//! Knows nothing of triggers, records or stores. Today: recorded traces.

mod batch;
pub mod limits;
pub mod simulator;
pub mod trace;

pub use batch::{Batch, LinkId, Receipt};
