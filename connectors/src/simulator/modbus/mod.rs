//! A Modbus TCP device that shows signals: what lies in its registers, how it answers, and what goes wrong with that.
//!
//! It can only be read. `answer` knows what is right; faults stand between it and the line: `fate` draws them, `broken`
//! and `session` do them, `journal` tells of them.

mod answer;
mod broken;
mod coding;
mod device;
mod fate;
mod journal;
mod registers;
mod request;
mod server;
mod session;

pub(super) use device::Device;
pub(super) use registers::Registers;
pub(super) use server::Server;
