//! Modbus: a plant's registers and bits → samples; and the answers of handshakes → registers and bits.
//!
//! ```text
//! points ── plan ──► blocks ── due, unit ──► poller ──► bytes          pure: time is a parameter
//!                      ▲     timetable: who next │  split: what the device has not
//!                      └───────────────────────┘  standing, failure: what the engine was told
//! bytes ── line ─┬─ link, frame   ids: late answers are answers        pure
//!                │    doubt       whether a frame's end is its own
//!                └─ rtu           turns: silence after errors          pure
//!        answers ── answer ──► raw, decode, readings ──► samples       pure
//! values ── write, written ──► bytes, only where writes are allowed    pure
//! dial, poll                      sockets, serial lines, clocks; together: links to one device
//! ```
//!
//! The promise: never a wrong value with good quality, never an invented edge, one bad device never holds up another.

mod answer;
mod decode;
mod dial;
mod doubt;
mod due;
mod failure;
mod frame;
mod line;
mod link;
mod logged;
mod plan;
mod poll;
mod poller;
mod raw;
mod readings;
mod rtu;
mod standing;
#[cfg(test)]
mod tests;
mod timetable;
mod together;
mod unit;
mod write;
mod written;

pub use plan::{Block, Plan};
pub use poll::run;
