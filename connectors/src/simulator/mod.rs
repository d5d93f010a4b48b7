//! The simulator: a plant that is not there, served over real Modbus TCP and published over real MQTT.
//!
//! `scenario` reads the text, `world` is the pure sequence of values, `modbus` and `publisher` are the wires, and
//! `simulation` plays one into the others by the clock. Knows nothing of the gateway that reads it.

mod address;
#[cfg(feature = "broker")]
pub mod broker;
mod error;
mod fault;
mod modbus;
mod pace;
mod publisher;
mod random;
mod scenario;
mod simulation;
mod value;
mod world;

pub use error::SimulatorError;
pub use scenario::{Mistake, Mistakes, Scenario};
pub use simulation::{Running, Simulation};
pub use value::SignalValue;
pub use world::{Change, World};
