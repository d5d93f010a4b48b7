//! The wires: where samples come from and, for recordings, where they go.
//!
//! Knows nothing of triggers, records or stores. Today: Modbus TCP and recorded traces.

mod backoff;
mod batch;
mod health;
pub mod limits;
pub mod modbus;
pub mod trace;

pub use backoff::Backoff;
pub use batch::{Batch, LinkId, Receipt};
pub use health::{Counter, Gauge, Health, LinkState};
