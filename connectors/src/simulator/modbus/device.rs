//! What all clients of the device share: its registers, its faults, its time, its journal.

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};

use super::fate::Fates;
use super::journal::{Entry, Journal};
use super::registers::Registers;
use crate::simulator::pace::Pace;
use crate::simulator::scenario::Scenario;

/// A device.
#[derive(Debug)]
pub(in crate::simulator) struct Device {
    /// What can be read.
    pub(super) registers: Arc<Mutex<Registers>>,
    /// What goes wrong.
    pub(super) fates: Fates,
    /// The scenario's time.
    pub(super) pace: Pace,
    journal: Option<Journal>,
}

impl Device {
    /// Returns the device of a scenario.
    ///
    /// # Errors
    ///
    /// The journal cannot be written.
    pub(in crate::simulator) fn new(
        scenario: &Scenario,
        registers: Arc<Mutex<Registers>>,
        pace: Pace,
        journal: Option<&Path>,
    ) -> io::Result<Self> {
        let faults = scenario.modbus.iter().flat_map(|modbus| modbus.faults.clone()).collect();
        let journal = journal.map(Journal::create).transpose()?;
        Ok(Self { registers, fates: Fates::new(scenario.seed, faults), pace, journal })
    }

    /// Writes to the journal, if there is one.
    pub(super) fn note(&self, entry: impl FnOnce() -> Entry) {
        if let Some(journal) = &self.journal {
            journal.write(entry());
        }
    }
}
