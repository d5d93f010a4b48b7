//! The wires: where samples come from and, for recordings, where they go.
//!
//! Knows nothing of triggers, records or stores. Today: recorded traces.

pub mod limits;
pub mod trace;
