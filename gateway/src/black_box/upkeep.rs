//! What becomes of the files of a black box that are not written any more: they are packed, and the oldest go.
//!
//! In a thread of its own: it takes seconds, and the scans that come meanwhile do not wait. A file is whole at every
//! moment: what is packed takes its place at once.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};

use latchwork_connectors::trace::{FRAME_HEADER_BYTES_MAX, is_repacked, repack};
use latchwork_expr::Timestamp;

use super::BlackBoxOptions;
use super::directory::{Directory, ENDING, UNFINISHED};

/// The upkeep of a directory. It goes on when this is dropped, as long as the process lives.
#[derive(Debug)]
pub(super) struct Upkeep(JoinHandle<()>);

impl Upkeep {
    /// Begins it.
    pub(super) fn start(directory: Directory, options: BlackBoxOptions, now: Timestamp) -> io::Result<Self> {
        let keep_up = move || {
            if let Err(error) = keep_up(&directory, &options, now) {
                tracing::warn!(%error, "the files of the black box are not tidied up");
            }
        };
        thread::Builder::new().name("black-box".to_owned()).spawn(keep_up).map(Self)
    }

    /// Tells whether it is over.
    pub(super) fn is_done(&self) -> bool {
        self.0.is_finished()
    }

    /// Waits until it is.
    #[cfg(test)]
    pub(super) fn wait(self) {
        self.0.join().unwrap();
    }
}

fn keep_up(directory: &Directory, options: &BlackBoxOptions, now: Timestamp) -> io::Result<()> {
    directory.clear_unfinished()?;
    // First what goes, then what stays, which is smaller afterwards.
    directory.prune(options, now)?;
    for file in directory.closed()? {
        if let Err(error) = pack(&file) {
            tracing::warn!(file = %file.display(), %error, "black box file not packed");
        }
    }
    directory.prune(options, now)
}

/// Packs a file that is not packed yet.
fn pack(path: &Path) -> io::Result<()> {
    let mut beginning = Vec::new();
    File::open(path)?.take(FRAME_HEADER_BYTES_MAX as u64).read_to_end(&mut beginning)?;
    if is_repacked(&beginning) {
        return Ok(());
    }
    let unfinished = unfinished(path);
    let packed = write(path, &unfinished).and_then(|()| fs::rename(&unfinished, path));
    if packed.is_err() {
        // What is left of it would only take room.
        let _gone = fs::remove_file(&unfinished);
    }
    packed
}

/// Returns where a file is while it is packed.
fn unfinished(path: &Path) -> PathBuf {
    let name = path.to_string_lossy();
    PathBuf::from(format!("{}{UNFINISHED}", name.strip_suffix(ENDING).unwrap_or(&name)))
}

fn write(from: &Path, to: &Path) -> io::Result<()> {
    let mut output = BufWriter::new(File::create(to)?);
    repack(BufReader::new(File::open(from)?), &mut output)?;
    output.flush()?;
    output.get_ref().sync_all()
}
