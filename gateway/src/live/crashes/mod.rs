//! Scans that the engine failed on. Each is written aside before the gateway ends; one that ended it twice is skipped.
//!
//! A service manager starts the gateway again, and a broker sends the same message again: without this a mistake of ours
//! would end it for ever. What is skipped is told, counted, and marked in the black box by the news of it.

mod aside;
mod poison;
mod scene;

use std::path::{Path, PathBuf};

use latchwork_engine::{Input, Plant};
use latchwork_expr::Text;

use aside::{Crash, load, save};
pub(super) use poison::{Poison, unread};
pub(super) use scene::Underway;
use scene::scene;

/// How often a scan ends the gateway before it is skipped (`spec/reliability.md`).
const CRASHES_BEFORE_SKIPPED: u64 = 2;

/// What the engine failed on so far, under the configuration that runs.
#[derive(Debug)]
pub(super) struct Crashes {
    directory: PathBuf,
    gateway_id: String,
    configuration_hash: String,
    poison: Vec<Poison>,
}

impl Crashes {
    /// Reads what was written aside in a data directory. What another program failed on, or under another configuration, is
    /// tried again.
    pub(super) fn open(data_directory: &Path, gateway_id: &str, configuration_hash: &str) -> Self {
        let directory = data_directory.join("crashes");
        let mut poison: Vec<Poison> = Vec::new();
        for crash in load(&directory) {
            if crash.is_of(gateway_id, configuration_hash) && !scene::is_inevitable(&crash.scan) {
                let reason = Text::from(crash.panic.as_str());
                match poison.iter_mut().find(|known| known.is(&crash.scan)) {
                    Some(known) => known.crashed_again(reason),
                    None => poison.push(Poison::new(crash.scan, reason)),
                }
            }
        }
        poison.retain(|poison| poison.crashes() >= CRASHES_BEFORE_SKIPPED);
        let (gateway_id, configuration_hash) = (gateway_id.to_owned(), configuration_hash.to_owned());
        Self { directory, gateway_id, configuration_hash, poison }
    }

    /// Returns what is known of a scan that is to be skipped.
    pub(super) fn find(&mut self, input: &Input<'_>, plant: &Plant) -> Option<&mut Poison> {
        if self.poison.is_empty() {
            return None;
        }
        let scene = scene(input, plant);
        self.poison.iter_mut().find(|poison| poison.is(&scene))
    }

    /// Writes the scan aside that is under way; returns what to tell people.
    pub(super) fn write_aside(&self, underway: &mut Underway, plant: &Plant, panic: &str) -> String {
        let at = underway.at();
        let crash = Crash::new(&self.gateway_id, &self.configuration_hash, underway, plant, panic);
        match save(&self.directory, &crash, at.wall) {
            Ok(path) => format!("the engine failed on a scan, which is written aside in `{}`: {panic}", path.display()),
            Err(error) => format!("the engine failed on a scan, which could not be written aside ({error}): {panic}"),
        }
    }
}

/// Returns what a panic said.
pub(super) fn said(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("nothing was said")
}
