//! A Modbus TCP device that shows signals: what lies in its registers, and how it answers.
//!
//! It can only be read. Faults (delays, exceptions, garbage, cut lines) will stand between the answer and the line, in
//! `server`.

mod answer;
mod coding;
mod registers;
mod server;

pub(super) use registers::Registers;
pub(super) use server::Server;
