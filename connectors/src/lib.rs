//! The wires: where samples come from, what handshakes write and, for recordings, where samples go.
//!
//! Knows nothing of triggers, records or stores: Modbus TCP, MQTT, recorded traces, and a plant that is not there.

mod backoff;
mod batch;
mod diagnostics;
mod frames;
mod health;
pub mod limits;
pub mod modbus;
pub mod mqtt;
mod number;
mod shaping;
pub mod simulator;
pub mod tls;
pub mod trace;
mod writing;

pub use backoff::Backoff;
pub use batch::{Batch, LinkId, Receipt, Taken};
pub use diagnostics::Diagnostics;
pub use health::{Counter, Gauge, Health, LinkState};
pub use writing::{WriteJob, WriteJobs, WriteOutcome, WriteReport, Writer};
