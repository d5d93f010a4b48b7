//! What lies in the tables of the units.

use std::collections::BTreeMap;

use latchwork_config::connections::RegisterTable;

use super::coding;
use crate::simulator::scenario::{RegisterBinding, Scenario, ServedRange};
use crate::simulator::value::SignalValue;

/// The tables of all units: what is in them can be read, what is not is outside.
#[derive(Debug, Default)]
pub(in crate::simulator) struct Registers {
    /// Words by address; a bit is a word that is 0 or 1.
    tables: BTreeMap<(u8, RegisterTable), BTreeMap<u16, u16>>,
}

/// Why something cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// There is no such unit.
    Unit,
    /// The unit has nothing at one of the addresses.
    Address,
}

impl Registers {
    /// Returns what a scenario serves, all of it 0.
    pub(in crate::simulator) fn of(scenario: &Scenario) -> Self {
        let mut registers = Self::default();
        for range in scenario.modbus.iter().flat_map(|modbus| &modbus.served) {
            registers.serve(range);
        }
        for signal in &scenario.signals {
            if let Some(register) = &signal.register {
                registers.show(register, &signal.initial);
            }
        }
        registers
    }

    fn serve(&mut self, range: &ServedRange) {
        let table = self.tables.entry((range.unit, range.table)).or_default();
        table.extend((range.first..=range.last).map(|address| (address, 0)));
    }

    /// Shows a value.
    pub(in crate::simulator) fn show(&mut self, register: &RegisterBinding, value: &SignalValue) {
        let table = self.tables.entry((register.unit, register.table)).or_default();
        if let Some(bit) = register.bit {
            let word = table.entry(register.address).or_default();
            *word = (*word & !(1 << bit)) | (u16::from(coding::is_set(value)) << bit);
            return;
        }
        let words = coding::words(value, register.coding, register.order);
        table.extend((register.address..=u16::MAX).zip(words));
    }

    /// Returns the words from an address on.
    pub(super) fn read(&self, unit: u8, table: RegisterTable, first: u16, count: u16) -> Result<Vec<u16>, Unreadable> {
        if !self.tables.keys().any(|(known, _)| *known == unit) {
            return Err(Unreadable::Unit);
        }
        let last = first.checked_add(count - 1).ok_or(Unreadable::Address)?;
        let cells = self.tables.get(&(unit, table)).ok_or(Unreadable::Address)?;
        let words: Vec<u16> = cells.range(first..=last).map(|(_, word)| *word).collect();
        if words.len() == usize::from(count) { Ok(words) } else { Err(Unreadable::Address) }
    }
}
