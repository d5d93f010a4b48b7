//! What the device did with each request, a JSON line each: so that what a client believes can be held against what was
//! sent.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use tracing::warn;

/// A journal that is written. The lines of a request are written when its answer is, or will never be.
#[derive(Debug)]
pub(super) struct Journal {
    /// `None` once it could not be written: that is told once.
    file: Mutex<Option<BufWriter<File>>>,
}

/// A line of the journal.
#[derive(Debug, Default, Serialize)]
pub(super) struct Entry {
    /// When the line was written: the answer was sent just before.
    pub(super) time: String,
    /// Which connection it was, from 1.
    pub(super) connection: u64,
    /// Which request of that connection, from 1.
    pub(super) request: u64,
    /// The transaction id.
    pub(super) transaction: u16,
    /// The unit.
    pub(super) unit: u8,
    /// The function code.
    pub(super) function: u8,
    /// The first wire address and how many, of functions that read.
    pub(super) address: Option<u16>,
    /// How many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) count: Option<u16>,
    /// How long after the request, in microseconds.
    pub(super) after_micros: u64,
    /// What went wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) fault: Option<&'static str>,
    /// The values, if the answer was sent whole and right; bits are 0 and 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) values: Option<Vec<u16>>,
    /// The exception's code, if one was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) exception: Option<u8>,
    /// In hexadecimal what else was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) bytes: Option<String>,
}

impl Journal {
    /// Begins a journal, in place of what the file held.
    pub(super) fn create(path: &Path) -> std::io::Result<Self> {
        Ok(Self { file: Mutex::new(Some(BufWriter::new(File::create(path)?))) })
    }

    /// Writes a line.
    pub(super) fn write(&self, mut entry: Entry) {
        // Locked before the time is taken: the lines are in the order of their times.
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(open) = file.as_mut() else { return };
        entry.time = DateTime::<Utc>::from(SystemTime::now()).to_rfc3339_opts(SecondsFormat::Micros, true);
        let written = serde_json::to_writer(&mut *open, &entry).map_err(std::io::Error::from);
        if let Err(error) = written.and_then(|()| open.write_all(b"\n")) {
            warn!(%error, "simulated device's log cannot be written any more");
            *file = None;
        }
    }
}

/// Returns the values of a right answer to a request for so many.
pub(super) fn values(answer: &[u8], count: u16) -> Option<Vec<u16>> {
    match answer {
        [1 | 2, _, bytes @ ..] => {
            let bit = |index: usize| u16::from(bytes[index / 8] >> (index % 8) & 1);
            Some((0..usize::from(count).min(bytes.len() * 8)).map(bit).collect())
        }
        [3 | 4, _, bytes @ ..] => {
            Some(bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect())
        }
        _ => None,
    }
}

/// Returns bytes in hexadecimal.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
