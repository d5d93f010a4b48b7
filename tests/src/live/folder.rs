//! A directory of one test: its plant, its ledger, its servers' files.

use std::path::{Path, PathBuf};
use std::{fs, process, thread};

use super::ledger::Ledger;
use super::plant::Plant;
use super::program::target;

/// A directory that is gone with its test, unless that failed.
#[derive(Debug)]
pub(super) struct Folder(PathBuf);

impl Folder {
    /// Makes a directory of this name.
    pub(super) fn new(name: &str) -> Self {
        let path = target().join("tmp").join(format!("live-{name}-{}", process::id()));
        let _absent = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// Returns the path of something in it.
    pub(super) fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Writes the configuration.
    pub(super) fn configure(&self, plant: &Plant) {
        self.write("plant.toml", plant.text());
    }

    pub(super) fn write(&self, name: &str, text: &str) {
        fs::write(self.join(name), text).unwrap();
    }

    /// Returns the ledger of the gateway whose plant is here.
    pub(super) fn ledger(&self) -> Ledger {
        Ledger::new(self.join("data/latchwork.db"))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("what the test left is in `{}`", self.0.display());
        } else {
            let _kept = fs::remove_dir_all(&self.0);
        }
    }
}
