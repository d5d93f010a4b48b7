//! The clock on the wall as one gateway sees it, which a test sets while it runs: libfaketime, in front of the program.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::folder::Folder;
use super::program::program;

/// Where Debian puts it, below a directory of the machine's kind.
const LIBRARY: &str = "faketime/libfaketimeMT.so.1";

/// A clock on the wall.
#[derive(Debug)]
pub(super) struct WallClock {
    file: PathBuf,
}

impl WallClock {
    /// Returns the clock of a folder's gateway, so many seconds ahead of everybody's.
    pub(super) fn ahead(folder: &Folder, seconds: i64) -> Self {
        let clock = Self { file: folder.join("wall-clock") };
        clock.set_ahead(seconds);
        clock
    }

    /// Sets it so many seconds ahead of everybody's, from one reading of it to the next.
    pub(super) fn set_ahead(&self, seconds: i64) {
        let unfinished = self.file.with_extension("unfinished");
        fs::write(&unfinished, format!("{seconds:+}")).unwrap();
        fs::rename(unfinished, &self.file).unwrap();
    }

    /// Returns the program, to which this is the clock on the wall; that which is never set is everybody's.
    pub(super) fn program(&self) -> Command {
        let mut command = Command::new(program());
        command.env("LD_PRELOAD", library()).env("FAKETIME_TIMESTAMP_FILE", &self.file);
        command.env("FAKETIME_NO_CACHE", "1").env("DONT_FAKE_MONOTONIC", "1");
        command
    }
}

fn library() -> PathBuf {
    let kinds = fs::read_dir("/usr/lib").into_iter().flatten().map(|entry| entry.unwrap().path());
    let found = kinds.map(|kind| kind.join(LIBRARY)).find(|library| library.is_file());
    found.unwrap_or_else(|| panic!("no `{LIBRARY}` in /usr/lib: tests/live/install.sh gets it"))
}
