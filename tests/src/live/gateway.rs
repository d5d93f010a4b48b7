//! `latchwork run` over the plant of a folder.

use std::process::Command;

use super::child::Child;
use super::folder::Folder;
use super::program::program;

/// A gateway that runs.
#[derive(Debug)]
pub(super) struct Gateway(Child);

impl Gateway {
    /// Starts a gateway and waits until it runs.
    pub(super) fn start(folder: &Folder) -> Self {
        let gateway = Self::spawn(folder);
        gateway.wait_for_message("gateway runs", 1);
        gateway
    }

    /// Starts a gateway, which may still end before it runs.
    pub(super) fn spawn(folder: &Folder) -> Self {
        let mut command = Command::new(program());
        Self::of(command.args(["run", "-c", "plant.toml"]), folder)
    }

    /// Starts the command of a gateway.
    pub(super) fn of(command: &mut Command, folder: &Folder) -> Self {
        Self(Child::start("the gateway", command.current_dir(folder.path())))
    }

    /// Waits for the `nth` message that contains this text.
    pub(super) fn wait_for_message(&self, text: &str, nth: usize) -> String {
        self.0.wait_for_message(text, nth)
    }

    /// Returns how many messages contain this text.
    pub(super) fn count_messages(&self, text: &str) -> usize {
        self.0.messages().iter().filter(|line| line.contains(text)).count()
    }

    /// Has it read its configuration again.
    pub(super) fn reload(&self) {
        self.0.signal("HUP");
    }

    /// Returns its process number.
    pub(super) fn id(&self) -> String {
        self.0.id()
    }

    /// Ends it as a power cut would.
    pub(super) fn kill(mut self) {
        self.0.kill();
    }

    /// Ends it as a service manager does: it must end by itself, and well.
    pub(super) fn stop(mut self) {
        self.0.signal("TERM");
        assert_eq!(self.0.wait().code(), Some(0));
    }

    /// Waits until it has ended by itself; returns its exit code and its messages.
    pub(super) fn ended(mut self) -> (Option<i32>, String) {
        let code = self.0.wait().code();
        (code, self.0.messages().join("\n"))
    }
}
