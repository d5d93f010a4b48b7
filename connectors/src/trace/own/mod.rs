//! Our own traces: everything that a run needs to happen again, exactly (`docs/formats.md`).
//!
//! JSON lines in zstd frames. The first line is the header; then tags are declared, each before the first scan that
//! has it, and scans and boots follow in their order.

mod code;
mod reader;
mod writer;

pub(crate) use reader::OwnTrace;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
pub use writer::{OwnWriter, Packing};

/// The version of the format that is written, and the newest that is read.
pub const FORMAT_VERSION: u64 = 1;

/// How the first line of an own trace begins.
pub(crate) const MAGIC: &[u8] = b"{\"latchwork_trace\":";

/// What the first line of an own trace says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OwnHeader {
    /// The hash of the configuration.
    pub configuration_hash: String,
    /// The configuration's text.
    pub configuration: String,
    /// The retained state when the trace began; null when there was none.
    pub retained: Json,
    /// The last committed sequence number when the trace began.
    pub last_sequence: u64,
}
