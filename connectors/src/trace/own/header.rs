//! The first line of an own trace: what there must be so that the file replays alone.

use latchwork_engine::Moment;
use latchwork_expr::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// What the first line of an own trace says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OwnHeader {
    /// Whose trace it is: files of one gateway are read one after the other. Empty where no gateway wrote it.
    pub gateway_id: String,
    /// The hash of the configuration.
    pub configuration_hash: String,
    /// The texts of the configuration's files, the named one first.
    pub files: Vec<OwnFile>,
    /// The retained state as of the file's beginning; null when there is none.
    pub retained: Json,
    /// The number of the last scan before the file; of a start of the gateway the last committed one.
    pub last_sequence: u64,
    /// When that scan was.
    pub last: Option<Moment>,
    /// The number of the next event line.
    pub next_event_seq: u64,
    /// The wall time at which the file was begun: each of a gateway's files later than the one before.
    pub begun: Timestamp,
}

/// A file of the configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnFile {
    /// The path, as named or as included.
    pub path: String,
    /// The text: secrets are not in it.
    pub text: String,
}
