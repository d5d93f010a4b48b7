//! What a trace tells besides samples.

use std::sync::Arc;

use latchwork_engine::{Command, Notice};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{OwnFile, OwnHeader};

/// What a line of a trace tells besides samples. Of others than our own only commands are there.
#[derive(Debug)]
pub enum News {
    /// A file begins. No scan by itself.
    File(Arc<OwnHeader>),
    /// The gateway started.
    Boot(OwnBoot),
    /// Another configuration took effect.
    Reload(OwnReload),
    /// News of the gateway or of a connection; the scan's samples are what that did to the image.
    Notice(Notice),
    /// A deadline was due.
    Timer,
    /// Somebody asked for something.
    Command(Box<Command>),
}

/// A start of the gateway.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct OwnBoot {
    /// The retained state as it was loaded; null when there was none.
    pub retained: Json,
    /// The last scan that was committed: later ones that stand before the boot never became true.
    pub last_sequence: u64,
    /// The number of the next event line.
    pub next_event_seq: u64,
}

/// A change of the configuration while the gateway ran.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct OwnReload {
    /// The hash of the new configuration.
    pub configuration_hash: String,
    /// The texts of its files, the named one first.
    pub files: Vec<OwnFile>,
    /// The retained state right before it: tags that nothing read so far, and that are in no scan, are in it.
    pub retained: Json,
}
