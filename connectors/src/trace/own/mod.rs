//! Our own traces: everything that a run needs to happen again, exactly (`docs/formats.md`).
//!
//! JSON lines in zstd frames. The first line is the header; then tags are declared, each before the first scan that
//! has it, and scans, boots and reloads follow in their order. Files that nothing is added to any more are packed; whoever
//! reads finds their lines as they were.

mod code;
mod header;
mod line;
mod news;
mod packed;
mod reader;
mod repack;
mod sample;
mod writer;

pub use header::{OwnFile, OwnHeader};
pub use news::{News, OwnBoot, OwnReload};
pub(crate) use packed::Unpacked;
pub(crate) use reader::OwnTrace;
pub use repack::{is_repacked, repack};
pub use writer::{OwnWriter, Packing};

/// The version of the format that is written, and the newest that is read. A packed file begins with the next one, for who
/// cannot unpack it.
pub const FORMAT_VERSION: u64 = 1;

/// How the first line of an own trace begins.
pub(crate) const MAGIC: &[u8] = b"{\"latchwork_trace\":";
