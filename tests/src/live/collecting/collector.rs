//! `latchwork collect` in a folder, and what it has kept there.

use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value as Json;

use super::super::child::Child;
use super::super::folder::Folder;
use super::super::ledger::Ledger;
use super::super::patience::until;
use super::super::program::program;

/// How long a collector may take to end: what its documents say, and what a busy machine needs to start a process.
const END: Duration = Duration::from_millis(2500);

/// A collector that runs.
#[derive(Debug)]
pub(in crate::live) struct Collector(Child);

/// Writes the configuration of a collector of this name into a folder: it looks for gaps after a second, and keeps what comes
/// in a store at this address.
pub(super) fn configure(folder: &Folder, name: &str, port: u16, store: &str) {
    let text = format!(
        "[collect]\nurl = \"mqtt://127.0.0.1:{port}\"\nclient_id = \"{name}\"\ngap_wait_seconds = 1\n\
         ask_again_seconds = 1\ndata_directory = \"collected\"\n[store]\nurl = \"{store}\"\n"
    );
    folder.write(&format!("{name}.toml"), &text);
}

/// Returns what a collector keeps in a file.
pub(in crate::live) fn kept(folder: &Folder) -> Ledger {
    Ledger::new(folder.join("collected/collected.db"))
}

impl Collector {
    /// Starts the collector of a name.
    pub(super) fn spawn(folder: &Folder, name: &str) -> Self {
        let mut command = Command::new(program());
        command.args(["collect", "-c", &format!("{name}.toml")]).current_dir(folder.path());
        Self(Child::start("the collector", &mut command))
    }

    /// Starts it, and waits until it has subscribed.
    pub(super) fn start(folder: &Folder, name: &str) -> Self {
        let collector = Self::spawn(folder, name);
        collector.wait_for_message("events are collected", 1);
        collector
    }

    /// Starts one of the name `c` that keeps what comes in a file.
    pub(in crate::live) fn start_alone(folder: &Folder, port: u16) -> Self {
        configure(folder, "c", port, "sqlite:collected.db");
        Self::start(folder, "c")
    }

    pub(super) fn wait_for_message(&self, text: &str, nth: usize) -> String {
        self.0.wait_for_message(text, nth)
    }

    pub(super) fn count_messages(&self, text: &str) -> usize {
        self.0.messages().iter().filter(|line| line.contains(text)).count()
    }

    /// Ends it as a power cut would.
    pub(super) fn kill(mut self) {
        self.0.kill();
    }

    /// Ends it as a service manager does: it must end by itself, well, and soon.
    pub(in crate::live) fn stop(mut self) {
        let begun = Instant::now();
        self.0.signal("TERM");
        assert_eq!(self.0.wait().code(), Some(0));
        assert!(begun.elapsed() < END, "{:?}", begun.elapsed());
    }

    /// Waits until it has ended by itself; returns its exit code and its messages.
    pub(super) fn ended(mut self) -> (Option<i32>, String) {
        let code = self.0.wait().code();
        (code, self.0.messages().join("\n"))
    }
}

/// Returns what `collect --status` tells.
pub(super) fn status(folder: &Folder, name: &str) -> Vec<Json> {
    let mut command = Command::new(program());
    command.args(["collect", "-c", &format!("{name}.toml"), "--status", "--format", "json"]);
    let output = command.current_dir(folder.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Waits until a collection in a file has all events of a gateway's log, and sees to it that they are these.
pub(in crate::live) fn wait_for_log(kept: &Ledger, gateway: &Ledger) {
    let mut last = 0;
    loop {
        let (wanted, found) = (super::log(gateway), super::log(kept));
        if found.len() >= wanted.len() {
            assert_eq!(found, wanted);
            return;
        }
        // However long it takes, as long as some come.
        last = until(&format!("more than {last} of {} events", wanted.len()), || {
            let count = kept.number("SELECT count(*) FROM events");
            (count > last || count >= i64::try_from(wanted.len()).unwrap()).then_some(count)
        });
    }
}
