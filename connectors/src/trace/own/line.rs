//! The lines of an own trace behind its header, apart from scans: those are written by hand.

use latchwork_engine::Moment;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{OwnBoot, OwnHeader, OwnReload};

/// The first line as it is written.
#[derive(Serialize)]
pub(super) struct HeaderLine<'a> {
    pub(super) latchwork_trace: u64,
    #[serde(flatten)]
    pub(super) header: &'a OwnHeader,
}

/// A tag gets its number.
#[derive(Serialize)]
pub(super) struct TagLine<'a> {
    pub(super) tag: u32,
    pub(super) path: &'a str,
}

/// A deadline was due.
#[derive(Serialize)]
pub(super) struct TimerLine {
    pub(super) timer: u64,
    #[serde(flatten)]
    pub(super) at: Times,
}

/// Somebody asked for something.
#[derive(Serialize)]
pub(super) struct CommandLine<'a> {
    pub(super) command: u64,
    #[serde(flatten)]
    pub(super) at: Times,
    pub(super) asked: &'a Json,
}

/// The gateway started.
#[derive(Serialize)]
pub(super) struct BootLine<'a> {
    pub(super) boot: u64,
    #[serde(flatten)]
    pub(super) at: Times,
    #[serde(flatten)]
    pub(super) state: &'a OwnBoot,
}

/// Another configuration took effect.
#[derive(Serialize)]
pub(super) struct ReloadLine<'a> {
    pub(super) reload: u64,
    #[serde(flatten)]
    pub(super) at: Times,
    #[serde(flatten)]
    pub(super) change: &'a OwnReload,
}

/// Both times of a scan.
#[derive(Clone, Copy, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Times {
    monotonic: i64,
    wall: i64,
}

impl From<Moment> for Times {
    fn from(at: Moment) -> Self {
        Self { monotonic: at.monotonic.0, wall: at.wall.0 }
    }
}

/// A line as it is read: exactly one of `tag`, `scan`, `timer`, `command`, `boot`, `reload` says what it is.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Line {
    pub(super) tag: Option<u32>,
    pub(super) path: Option<String>,
    pub(super) scan: Option<u64>,
    pub(super) timer: Option<u64>,
    pub(super) command: Option<u64>,
    pub(super) boot: Option<u64>,
    pub(super) reload: Option<u64>,
    pub(super) monotonic: i64,
    pub(super) wall: i64,
    pub(super) samples: Vec<Vec<Json>>,
    pub(super) notice: Option<Json>,
    pub(super) retained: Json,
    pub(super) asked: Json,
}
