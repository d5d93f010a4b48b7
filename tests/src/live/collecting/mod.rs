//! What collectors keep: all that gateways publish, whatever happens to the collectors, the broker, the store and the gateways
//! meanwhile.

mod collector;
mod faults;
mod gaps;
mod letters;
mod mirror;
mod rows;
mod several;
mod storm;

use std::process::Command;

use super::folder::Folder;
use super::ledger::Ledger;
use super::plant::Plant;
use super::program::program;
pub(super) use collector::{Collector, kept, wait_for_log};
pub(super) use rows::assert_same_rows;

/// Returns a plant of a gateway that publishes to a broker at a port, with an operation that only commands start.
fn plant(gateway_id: &str, port: u16) -> Plant {
    let publish = format!("[publish]\nurl = \"mqtt://127.0.0.1:{port}\"");
    Plant::of_gateway(gateway_id).manual("Cleaning").and(&publish)
}

/// Gives a command to the gateway of a folder.
fn command(folder: &Folder, words: &[&str]) {
    let mut command = Command::new(program());
    let output = command.arg("ops").args(words).args(["-c", "plant.toml"]).current_dir(folder.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Has a gateway run its operation once.
fn run_once(folder: &Folder) {
    command(folder, &["start", "Cleaning"]);
    command(folder, &["stop", "Cleaning"]);
}

/// Returns the numbers and ids of the events of a gateway's log.
fn log(ledger: &Ledger) -> Vec<(i64, String)> {
    ledger.rows("SELECT seq, id FROM events ORDER BY seq")
}
