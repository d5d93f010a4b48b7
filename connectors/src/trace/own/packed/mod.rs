//! The packed form of own traces: blocks of lines, told by columns (`docs/formats.md`).
//!
//! Knows text, numbers in it and that lines have times; what a line means it does not know. A block stands by itself.

mod course;
mod digits;
mod number;
mod pack;
mod template;
#[cfg(test)]
mod tests;
mod unpack;

use std::io;

pub(super) use pack::Block;
pub(crate) use unpack::Unpacked;

/// The first line of a packed trace: whoever knows only bare lines finds a version that is newer.
pub(super) const FIRST_LINE: &[u8] = b"{\"latchwork_trace\":2,\"packed\":\"columns\"}\n";

/// Returns the error of a packed block that cannot be.
fn damaged(expected: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("a packed block is damaged: expected {expected}"))
}
