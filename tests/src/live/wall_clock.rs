//! The clock on the wall as one gateway sees it, which a test sets while it runs: `tests/clock/wall_clock.c`, in front of the
//! program.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::folder::Folder;
use super::preload::preload;
use super::program::program;

/// A clock on the wall.
#[derive(Debug)]
pub(super) struct WallClock {
    library: PathBuf,
    file: PathBuf,
}

impl WallClock {
    /// Returns the clock of a folder's gateway, so many seconds ahead of everybody's.
    pub(super) fn ahead(folder: &Folder, seconds: i64) -> Self {
        let clock = Self { library: preload(folder, "clock/wall_clock.c"), file: folder.join("wall-clock") };
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
        command.env("LD_PRELOAD", &self.library).env("LATCHWORK_CLOCK", &self.file);
        command
    }
}
