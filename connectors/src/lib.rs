//! The wires: where samples come from and, for recordings, where they go.
//!
//! Knows nothing of triggers, records or stores. Today: MQTT, recorded traces.

mod backoff;
mod batch;
pub mod limits;
pub mod mqtt;
pub mod trace;

pub use backoff::Backoff;
pub use batch::{Batch, LinkId, Receipt};
