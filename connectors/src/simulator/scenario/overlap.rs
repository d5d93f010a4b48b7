//! Two signals at one register or one topic: each would show what the other one is.

use std::collections::{BTreeMap, BTreeSet};

use latchwork_config::connections::RegisterTable;

use super::binding::RegisterBinding;
use super::mistake::Desk;
use super::signal::Signal;

/// A register, or a bit of one.
type Cell = (u8, RegisterTable, u16);

/// Tells of registers that show several signals. Bits of one register may show different ones; a topic may tell
/// several, as it does in real plants.
pub(super) fn check(desk: &mut Desk, signals: &[Signal]) {
    let mut taken: BTreeMap<Cell, BTreeSet<Option<u8>>> = BTreeMap::new();
    for register in signals.iter().filter_map(|signal| signal.register.as_ref()) {
        let clash = cells(register).find(|cell| taken.get(cell).is_some_and(|bits| clashes(bits, register.bit)));
        if clash.is_some() {
            desk.add(register.span.clone(), "another signal is at this address already");
        }
        for cell in cells(register) {
            taken.entry(cell).or_default().insert(register.bit);
        }
    }
}

fn clashes(bits: &BTreeSet<Option<u8>>, bit: Option<u8>) -> bool {
    bit.is_none() || bits.contains(&bit) || bits.contains(&None)
}

fn cells(register: &RegisterBinding) -> impl Iterator<Item = Cell> + '_ {
    let count = register.coding.registers();
    (0..count).map(|index| (register.unit, register.table, register.address.saturating_add(index)))
}
