//! Where a service's files are on a machine, or in the image of one.

use std::fs;
use std::path::{Path, PathBuf};

/// The places of one service.
#[derive(Debug)]
pub(super) struct Places {
    root: PathBuf,
    name: String,
}

impl Places {
    pub(super) fn new(root: &Path, name: &str) -> Self {
        Self { root: root.to_owned(), name: name.to_owned() }
    }

    /// Returns the path of the unit.
    pub(super) fn unit(&self) -> PathBuf {
        self.below_root(&Path::new("/etc/systemd/system").join(format!("{}.service", self.name)))
    }

    /// Returns the directory that the service works in.
    pub(super) fn state(&self) -> PathBuf {
        self.below_root(&state(&self.name))
    }

    /// Tells whether the machine has a user of its own of this name.
    pub(super) fn has_user(&self, user: &str) -> bool {
        let users = fs::read_to_string(self.below_root(Path::new("/etc/passwd"))).unwrap_or_default();
        users.lines().any(|line| line.split(':').next() == Some(user))
    }

    /// Returns where an absolute path of the machine is here.
    pub(super) fn below_root(&self, path: &Path) -> PathBuf {
        self.root.join(path.strip_prefix("/").unwrap_or(path))
    }
}

/// Returns the directory that a service works in, as it sees it: systemd's `StateDirectory=`.
pub(super) fn state(name: &str) -> PathBuf {
    Path::new("/var/lib").join(name)
}
