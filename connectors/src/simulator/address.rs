//! Addresses of registers and coils as people write them: `HR100`, `DI4`, `holding:12`, `40013`, `HR12.3`, `2!HR7`.

use latchwork_config::connections::RegisterTable;

/// A place in a unit's tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Address {
    /// The unit, when it is written before a `!`.
    pub(super) unit: Option<u8>,
    /// The table.
    pub(super) table: RegisterTable,
    /// The wire address, from 0.
    pub(super) offset: u16,
    /// The bit of the register, when only one is meant.
    pub(super) bit: Option<u8>,
}

/// Addresses of a table, from the first to the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct AddressRange {
    /// The unit, if the range names one.
    pub(super) unit: Option<u8>,
    /// The table.
    pub(super) table: RegisterTable,
    /// The first wire address.
    pub(super) first: u16,
    /// The last.
    pub(super) last: u16,
}

impl AddressRange {
    /// Reads a range such as `HR1-HR200` or `2!DI1-DI16`.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub(super) fn read(text: &str, base: u16) -> Result<Self, String> {
        let wanted = || format!("`{text}` is no range such as `HR1-HR200` or `2!DI1-DI16`");
        let (first, last) = text.split_once('-').ok_or_else(wanted)?;
        let (first, last) = (Address::read(first, base)?, Address::read(last, base)?);
        let same_unit = last.unit.is_none() || last.unit == first.unit;
        if !same_unit || first.table != last.table || first.offset > last.offset || first.bit.or(last.bit).is_some() {
            return Err(wanted());
        }
        Ok(Self { unit: first.unit, table: first.table, first: first.offset, last: last.offset })
    }
}

const LETTERS: [(&str, RegisterTable); 4] = [
    ("HR", RegisterTable::HoldingRegisters),
    ("IR", RegisterTable::InputRegisters),
    ("DI", RegisterTable::DiscreteInputs),
    ("C", RegisterTable::Coils),
];

const WORDS: [(&str, RegisterTable); 4] = [
    ("holding:", RegisterTable::HoldingRegisters),
    ("input:", RegisterTable::InputRegisters),
    ("discrete:", RegisterTable::DiscreteInputs),
    ("coil:", RegisterTable::Coils),
];

impl Address {
    /// Reads an address; `base` is the first number of the forms with letters, 0 or 1.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub(super) fn read(text: &str, base: u16) -> Result<Self, String> {
        let (unit, rest) = match text.split_once('!') {
            Some((unit, rest)) => (Some(unit.parse().map_err(|_| format!("`{unit}` is no unit from 0 to 255"))?), rest),
            None => (None, text),
        };
        let (place, bit) = match rest.split_once('.') {
            Some((place, bit)) => (place, Some(read_bit(bit)?)),
            None => (rest, None),
        };
        let (table, offset) = read_place(place, base).ok_or_else(|| no_address(text))?;
        if bit.is_some() && is_bits(table) {
            return Err(format!("`{text}` has a bit number, but its table is one of bits"));
        }
        Ok(Self { unit, table, offset, bit })
    }
}

/// Tells whether a table is one of bits, not of registers.
pub(super) const fn is_bits(table: RegisterTable) -> bool {
    match table {
        RegisterTable::Coils | RegisterTable::DiscreteInputs => true,
        RegisterTable::HoldingRegisters | RegisterTable::InputRegisters => false,
    }
}

fn no_address(text: &str) -> String {
    format!("`{text}` is no address; expected such as `HR100`, `DI4`, `holding:99`, `40100` or `HR100.3`")
}

fn read_bit(text: &str) -> Result<u8, String> {
    text.parse().ok().filter(|bit| *bit < 16).ok_or_else(|| format!("`{text}` is no bit from 0 to 15"))
}

fn read_place(text: &str, base: u16) -> Option<(RegisterTable, u16)> {
    if let Some((table, digits)) = strip(text, &WORDS) {
        return Some((table, read_wire(digits)?));
    }
    if let Some((table, digits)) = strip(text, &LETTERS) {
        let offset = digits.parse::<u32>().ok()?.checked_sub(u32::from(base))?;
        return Some((table, u16::try_from(offset).ok()?));
    }
    read_digits(text)
}

fn strip<'t>(text: &'t str, forms: &[(&str, RegisterTable)]) -> Option<(RegisterTable, &'t str)> {
    forms.iter().find_map(|(prefix, table)| Some((*table, text.strip_prefix(prefix)?)))
}

fn read_wire(digits: &str) -> Option<u16> {
    match digits.strip_prefix("0x") {
        Some(hex) => u16::from_str_radix(hex, 16).ok(),
        None => digits.parse().ok(),
    }
}

/// Reads the form of five or six digits: the first tells the table, the others count from 1.
fn read_digits(text: &str) -> Option<(RegisterTable, u16)> {
    if !matches!(text.len(), 5 | 6) || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (first, number) = text.split_at(1);
    let table = match first {
        "0" => RegisterTable::Coils,
        "1" => RegisterTable::DiscreteInputs,
        "3" => RegisterTable::InputRegisters,
        "4" => RegisterTable::HoldingRegisters,
        _ => return None,
    };
    let offset = number.parse::<u32>().ok()?.checked_sub(1)?;
    Some((table, u16::try_from(offset).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, table: RegisterTable, offset: u16) {
        let expected = Address { unit: None, table, offset, bit: None };
        assert_eq!(Address::read(text, 1), Ok(expected));
    }

    #[test]
    fn reads_every_form() {
        check("HR1", RegisterTable::HoldingRegisters, 0);
        check("IR100", RegisterTable::InputRegisters, 99);
        check("C12", RegisterTable::Coils, 11);
        check("DI65536", RegisterTable::DiscreteInputs, 65_535);
        check("holding:12", RegisterTable::HoldingRegisters, 12);
        check("holding:0x0C", RegisterTable::HoldingRegisters, 12);
        check("input:0", RegisterTable::InputRegisters, 0);
        check("discrete:7", RegisterTable::DiscreteInputs, 7);
        check("coil:65535", RegisterTable::Coils, 65_535);
        check("40013", RegisterTable::HoldingRegisters, 12);
        check("465536", RegisterTable::HoldingRegisters, 65_535);
        check("10001", RegisterTable::DiscreteInputs, 0);
        check("00001", RegisterTable::Coils, 0);
        check("300001", RegisterTable::InputRegisters, 0);
    }

    #[test]
    fn reads_units_bits_and_the_base() {
        let address = Address::read("2!HR12.3", 0).unwrap();
        assert_eq!((address.unit, address.offset, address.bit), (Some(2), 12, Some(3)));
    }

    #[test]
    fn refuses_what_is_none() {
        for text in ["", "HR", "HR0", "HR65537", "XR1", "40000", "50001", "4001", "465537", "holding:0x", "hr1"] {
            assert!(Address::read(text, 1).is_err(), "{text}");
        }
        assert_eq!(Address::read("HR1.16", 1), Err("`16` is no bit from 0 to 15".to_owned()));
        assert_eq!(Address::read("300!HR1", 1), Err("`300` is no unit from 0 to 255".to_owned()));
        assert!(Address::read("DI1.3", 1).unwrap_err().contains("one of bits"));
    }
}
