//! What becomes of the files of a black box that are not written any more: they are packed, and the oldest go.
//!
//! In a thread of its own that everybody else comes before: the scans that come meanwhile do not wait. A file is whole at
//! every moment, under its one name: what is packed takes its place at once, and who has opened it reads on in what was there.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use latchwork_connectors::trace::{is_repacked, repack};
use latchwork_expr::Timestamp;

use super::BlackBoxOptions;
use super::directory::{Directory, unfinished};

/// How long it works before it rests.
const WORK: Duration = Duration::from_millis(1);
/// How many times as long it rests: it has a quarter of a core at most, and a turn waits for one piece of work at most
/// where the system has only one.
const REST: u32 = 3;

/// The upkeep of a directory. When this is dropped it ends after its piece of work, for which nobody waits: what it was packing
/// stays as it was.
#[derive(Debug)]
pub(super) struct Upkeep {
    thread: JoinHandle<()>,
    /// It ends when this is gone.
    _wanted: Sender<()>,
}

impl Upkeep {
    /// Begins it.
    pub(super) fn start(directory: Directory, options: BlackBoxOptions, now: Timestamp) -> io::Result<Self> {
        let (wanted, end) = channel();
        let keep_up = move || {
            give_way();
            match keep_up(&directory, &options, now, &end) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => tracing::warn!(%error, "the files of the black box are not tidied up"),
            }
        };
        let thread = thread::Builder::new().name("black-box".to_owned()).spawn(keep_up)?;
        Ok(Self { thread, _wanted: wanted })
    }

    /// Tells whether it is over.
    pub(super) fn is_done(&self) -> bool {
        self.thread.is_finished()
    }

    /// Waits until it is.
    #[cfg(test)]
    pub(super) fn wait(self) {
        self.thread.join().unwrap();
    }

    /// Has it end, and waits until it has.
    #[cfg(test)]
    pub(super) fn end(self) {
        let Self { thread, _wanted: wanted } = self;
        drop(wanted);
        thread.join().unwrap();
    }
}

/// Has all other threads come first. Where the system does not let it, it still rests most of the time.
fn give_way() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(None, 19) {
        tracing::debug!(%error, "the upkeep of the black box has the priority of everybody");
    }
}

fn keep_up(directory: &Directory, options: &BlackBoxOptions, now: Timestamp, end: &Receiver<()>) -> io::Result<()> {
    // First what goes, then what stays, which is smaller afterwards.
    directory.prune(options, now)?;
    for file in directory.closed()? {
        match pack(&file, end) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Err(error),
            Err(error) => tracing::warn!(file = %file.display(), %error, "black box file not packed"),
        }
    }
    Ok(())
}

/// Packs a file that is not packed yet.
fn pack(path: &Path, end: &Receiver<()>) -> io::Result<()> {
    let file = File::open(path)?;
    if is_repacked(&file)? {
        return Ok(());
    }
    let unfinished = unfinished(path);
    let packed = write(path, &unfinished, end).and_then(|()| fs::rename(&unfinished, path));
    if packed.is_err() {
        // What is left of it would only take room.
        let _gone = fs::remove_file(&unfinished);
    }
    packed?;
    path.parent().map_or(Ok(()), |directory| File::open(directory)?.sync_all())
}

fn write(from: &Path, to: &Path, end: &Receiver<()>) -> io::Result<()> {
    let (input, mut output) = (File::open(from)?, File::create(to)?);
    let permissions = input.metadata()?.permissions();
    let mut begun = Instant::now();
    let rest = || {
        let worked = begun.elapsed();
        if worked < WORK {
            return Ok(());
        }
        let rested = rest(worked * REST, end);
        begun = Instant::now();
        rested
    };
    repack(input, &mut output, rest)?;
    output.set_permissions(permissions)?;
    output.sync_all()
}

/// Rests; an error if it is to end.
fn rest(time: Duration, end: &Receiver<()>) -> io::Result<()> {
    match end.recv_timeout(time) {
        Err(RecvTimeoutError::Timeout) => Ok(()),
        Ok(()) | Err(RecvTimeoutError::Disconnected) => Err(io::ErrorKind::Interrupted.into()),
    }
}
