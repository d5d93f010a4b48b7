//! Modbus: a plant's registers and bits → samples; and the answers of handshakes → registers and bits.
//!
//! Points → plan (`plan`); what is due → requests (`schedule`, `unit`, `poller`); bytes → frames → answers to what was
//! asked (`frame`, `answer`, `link`); registers → values (`raw`, `decode`); values → writes (`write`, `written`), only
//! for connections that allow them. All of that is pure: time is a parameter.
//! Only `poll` and `dial` know sockets and clocks.
//!
//! The promise: never a wrong value with good quality, never an invented edge, one bad device never holds up another.

mod answer;
mod decode;
mod dial;
mod due;
mod failure;
mod frame;
mod link;
mod logged;
mod plan;
mod poll;
mod poller;
mod raw;
mod readings;
mod standing;
#[cfg(test)]
mod tests;
mod unit;
mod write;
mod written;

pub use plan::{Block, Plan};
pub use poll::run;
