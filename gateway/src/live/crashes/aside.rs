//! The files that scans are written aside in: one for each time that the engine failed.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use latchwork_engine::Plant;
use latchwork_expr::{Timestamp, instant_text};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::scene::Underway;

/// Most files that are kept: what happened more often than that is known by then.
const FILES_MAX: usize = 32;

/// Largest file that is read again: that of a scan of some 100,000 tags.
const FILE_BYTES_MAX: u64 = 16 << 20;

const ENDING: &str = ".json";

/// One failure of the engine.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Crash {
    /// The program's version.
    program: String,
    gateway_id: String,
    configuration_hash: String,
    sequence: u64,
    /// The scan's times: in microseconds, and as people read it.
    monotonic: i64,
    wall: String,
    /// What the engine said.
    pub(super) panic: String,
    /// What the scan brings.
    pub(super) scan: Json,
}

impl Crash {
    pub(super) fn new(
        gateway_id: &str,
        configuration_hash: &str,
        underway: &mut Underway,
        plant: &Plant,
        panic: &str,
    ) -> Self {
        Self {
            program: env!("CARGO_PKG_VERSION").to_owned(),
            gateway_id: gateway_id.to_owned(),
            configuration_hash: configuration_hash.to_owned(),
            sequence: underway.sequence(),
            monotonic: underway.at().monotonic.0,
            wall: instant_text(underway.at().wall),
            panic: panic.to_owned(),
            scan: underway.scene(plant),
        }
    }

    /// Tells whether the same would fail again: this program ran this configuration.
    pub(super) fn is_of(&self, gateway_id: &str, configuration_hash: &str) -> bool {
        self.program == env!("CARGO_PKG_VERSION")
            && self.gateway_id == gateway_id
            && self.configuration_hash == configuration_hash
    }
}

/// Writes a crash, durably; returns where. The oldest files go.
pub(super) fn save(directory: &Path, crash: &Crash, wall: Timestamp) -> io::Result<PathBuf> {
    fs::create_dir_all(directory)?;
    let known = files(directory)?;
    for old in known.iter().take((known.len() + 1).saturating_sub(FILES_MAX)) {
        fs::remove_file(old)?;
    }
    // Of one width, so that names sort as times do.
    let path = directory.join(format!("{:020}-{}{ENDING}", wall.0.max(0), crash.sequence));
    let mut file = OpenOptions::new().write(true).create_new(true).open(&path)?;
    file.write_all(serde_json::to_string_pretty(crash)?.as_bytes())?;
    file.sync_all()?;
    File::open(directory)?.sync_all()?;
    Ok(path)
}

/// Reads what was written aside, the oldest first. A file that cannot be read is told and left alone.
pub(super) fn load(directory: &Path) -> Vec<Crash> {
    let files = match files(directory) {
        Ok(files) => files,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Vec::new(),
        Err(error) => {
            tracing::warn!(directory = %directory.display(), %error, "what the engine failed on cannot be read");
            return Vec::new();
        }
    };
    let newest = files.len().saturating_sub(FILES_MAX);
    files[newest..].iter().filter_map(|path| read(path)).collect()
}

fn read(path: &Path) -> Option<Crash> {
    let read = || -> io::Result<Crash> {
        let mut bytes = Vec::new();
        File::open(path)?.take(FILE_BYTES_MAX).read_to_end(&mut bytes)?;
        Ok(serde_json::from_slice(&bytes)?)
    };
    read()
        .inspect_err(|error| tracing::warn!(file = %path.display(), %error, "what the engine failed on cannot be read"))
        .ok()
}

/// Returns the files, the oldest first.
fn files(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ENDING.ends_with(&*ending.to_string_lossy())) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
