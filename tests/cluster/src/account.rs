//! As whom a server runs that refuses to run as root.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

/// A user of this machine.
#[derive(Debug)]
pub(crate) struct Account {
    user: u32,
    group: u32,
}

impl Account {
    /// Returns the user for servers, or `None` for whom it is who runs the tests.
    pub(crate) fn for_servers() -> Option<Self> {
        let is_root = fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
        let named = |name| Self::named(name);
        is_root.then(|| named("postgres").or_else(|| named("nobody")).expect("a user who is not root"))
    }

    fn named(name: &str) -> Option<Self> {
        let users = fs::read_to_string("/etc/passwd").ok()?;
        let mut fields =
            users.lines().map(|line| line.split(':')).find(|fields| fields.clone().next() == Some(name))?;
        let (user, group) = (fields.nth(2)?.parse().ok()?, fields.next()?.parse().ok()?);
        Some(Self { user, group })
    }

    /// Has a command run as this user.
    pub(crate) fn become_it(&self, command: &mut Command) {
        command.uid(self.user).gid(self.group);
    }

    /// Gives a directory to this user.
    pub(crate) fn give(&self, directory: &Path) {
        chown(directory, Some(self.user), Some(self.group)).expect("a directory can be given away");
    }
}
