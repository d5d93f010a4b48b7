//! Addresses of Modbus in all their spellings; what comes out is the wire address, from 0.
//!
//! `HR12` counts from what the connection says, `40013` from 1 as printed manuals do, `holding:12`
//! from 0 as the wire does.

use crate::connections::RegisterTable;

/// What addresses such as `HR12` count from (`address_base`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AddressBase {
    /// The first register is `HR0`.
    Zero,
    /// The first register is `HR1`.
    One,
}

/// Where a value lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ModbusAddress {
    /// The unit, if the address names one.
    pub(crate) unit: Option<u8>,
    /// The table.
    pub(crate) table: RegisterTable,
    /// The wire address, from 0.
    pub(crate) address: u16,
    /// The bit of the register, if the address names one.
    pub(crate) bit: Option<u8>,
}

/// The tables by their words before a colon.
const WORDS: [(&str, RegisterTable); 4] = [
    ("holding", RegisterTable::HoldingRegisters),
    ("input", RegisterTable::InputRegisters),
    ("coil", RegisterTable::Coils),
    ("discrete", RegisterTable::DiscreteInputs),
];

/// The tables by their letters before a number.
const LETTERS: [(&str, RegisterTable); 4] = [
    ("HR", RegisterTable::HoldingRegisters),
    ("IR", RegisterTable::InputRegisters),
    ("C", RegisterTable::Coils),
    ("DI", RegisterTable::DiscreteInputs),
];

/// The tables by the first digit of a number of five or six.
const DIGITS: [(&str, RegisterTable); 4] = [
    ("4", RegisterTable::HoldingRegisters),
    ("3", RegisterTable::InputRegisters),
    ("0", RegisterTable::Coils),
    ("1", RegisterTable::DiscreteInputs),
];

impl RegisterTable {
    /// Tells whether the table has bits, not registers.
    pub(crate) const fn has_bits(self) -> bool {
        match self {
            Self::Coils | Self::DiscreteInputs => true,
            Self::HoldingRegisters | Self::InputRegisters => false,
        }
    }

    /// Returns the word that stands before a colon.
    pub(crate) fn word(self) -> &'static str {
        WORDS.iter().find(|(_, table)| *table == self).map_or("", |(word, _)| word)
    }
}

impl ModbusAddress {
    /// Reads an address, or tells what is wrong with it.
    pub(crate) fn parse(text: &str, base: AddressBase) -> Result<Self, String> {
        let (unit, rest) = match text.split_once('!') {
            Some((unit, rest)) => (Some(number(unit, "unit", 255)?), rest),
            None => (None, text),
        };
        let (rest, bit) = match rest.split_once('.') {
            Some((rest, bit)) => (rest, Some(number(bit, "bit", 15)?)),
            None => (rest, None),
        };
        let (table, address) = table_and_address(rest, base)?;
        if bit.is_some() && table.has_bits() {
            return Err("names a bit of what is one bit already".to_owned());
        }
        Ok(Self { unit, table, address, bit })
    }
}

fn table_and_address(text: &str, base: AddressBase) -> Result<(RegisterTable, u16), String> {
    if let Some((word, digits)) = text.split_once(':') {
        return Ok((table(word, &WORDS)?, wire_address(digits)?));
    }
    let letters = text.find(|character: char| character.is_ascii_digit()).ok_or("has no number")?;
    if letters == 0 {
        return of_digits(text);
    }
    let first = match base {
        AddressBase::Zero => 0,
        AddressBase::One => 1,
    };
    Ok((table(&text[..letters], &LETTERS)?, counted(&text[letters..], first, u32::from(u16::MAX) + first)?))
}

/// Reads a number of five or six digits whose first is the table: `40013`, `400013`.
fn of_digits(text: &str) -> Result<(RegisterTable, u16), String> {
    let last = match text.len() {
        5 => 9_999,
        6 => 65_536,
        _ => return Err("is a number of neither five nor six digits".to_owned()),
    };
    Ok((table(&text[..1], &DIGITS)?, counted(&text[1..], 1, last)?))
}

fn table(name: &str, names: &[(&str, RegisterTable)]) -> Result<RegisterTable, String> {
    let found = names.iter().find(|(candidate, _)| candidate.eq_ignore_ascii_case(name));
    found.map(|&(_, table)| table).ok_or_else(|| format!("names no table by `{name}`"))
}

/// Reads a number that counts from `first`; what comes out counts from 0.
fn counted(digits: &str, first: u32, last: u32) -> Result<u16, String> {
    let number = decimal(digits).filter(|number| (first..=last).contains(number));
    let address = number.and_then(|number| u16::try_from(number - first).ok());
    address.ok_or_else(|| format!("has the number `{digits}`, expected {first} to {last}"))
}

/// Reads an address as it is on the wire, decimal or hexadecimal.
fn wire_address(digits: &str) -> Result<u16, String> {
    let hexadecimal = digits.strip_prefix("0x").filter(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let number = match hexadecimal {
        Some(hex) => u32::from_str_radix(hex, 16).ok(),
        None => decimal(digits),
    };
    let address = number.and_then(|number| u16::try_from(number).ok());
    address.ok_or_else(|| format!("has the number `{digits}`, expected 0 to {}", u16::MAX))
}

fn number(digits: &str, what: &str, last: u8) -> Result<u8, String> {
    let number = decimal(digits).and_then(|number| u8::try_from(number).ok()).filter(|&number| number <= last);
    number.ok_or_else(|| format!("has the {what} `{digits}`, expected 0 to {last}"))
}

/// Reads digits and nothing else: no sign, no space.
fn decimal(digits: &str) -> Option<u32> {
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Checks the canonical spelling of an address under both bases.
    #[track_caller]
    fn check(text: &str, from_one: &str, from_zero: &str) {
        assert_eq!(spelled(text, AddressBase::One), from_one, "{text} from one");
        assert_eq!(spelled(text, AddressBase::Zero), from_zero, "{text} from zero");
    }

    fn spelled(text: &str, base: AddressBase) -> String {
        let ModbusAddress { unit, table, address, bit } = match ModbusAddress::parse(text, base) {
            Ok(address) => address,
            Err(fault) => return fault,
        };
        let unit = unit.map(|unit| format!("{unit}!")).unwrap_or_default();
        let bit = bit.map(|bit| format!(".{bit}")).unwrap_or_default();
        format!("{unit}{}:{address}{bit}", table.word())
    }

    #[test]
    fn letters_count_from_the_base() {
        check("HR12", "holding:11", "holding:12");
        check("ir1", "input:0", "input:1");
        check("C12", "coil:11", "coil:12");
        check("DI65535", "discrete:65534", "discrete:65535");
        check("HR12.3", "holding:11.3", "holding:12.3");
        check("HR0", "has the number `0`, expected 1 to 65536", "holding:0");
        check("HR65536", "holding:65535", "has the number `65536`, expected 0 to 65535");
    }

    #[test]
    fn words_are_wire_addresses() {
        for (text, expected) in [
            ("holding:12", "holding:12"),
            ("holding:0x0C", "holding:12"),
            ("input:0xFFFF.15", "input:65535.15"),
            ("Coil:0", "coil:0"),
            ("2!discrete:7", "2!discrete:7"),
        ] {
            check(text, expected, expected);
        }
    }

    #[test]
    fn numbers_count_from_one_whatever_the_base() {
        for (text, expected) in [
            ("40013", "holding:12"),
            ("400013", "holding:12"),
            ("465536", "holding:65535"),
            ("2!400013.0", "2!holding:12.0"),
            ("30001", "input:0"),
            ("10013", "discrete:12"),
            ("00013", "coil:12"),
            ("000013", "coil:12"),
        ] {
            check(text, expected, expected);
        }
    }

    #[test]
    fn says_what_is_wrong() {
        for (text, expected) in [
            ("", "has no number"),
            ("HR", "has no number"),
            ("XR12", "names no table by `XR`"),
            ("HRF100", "names no table by `HRF`"),
            ("register:12", "names no table by `register`"),
            ("holding:", "has the number ``, expected 0 to 65535"),
            ("holding:65536", "has the number `65536`, expected 0 to 65535"),
            ("holding:0x", "has the number `0x`, expected 0 to 65535"),
            ("holding:0x+1", "has the number `0x+1`, expected 0 to 65535"),
            ("HR-1", "names no table by `HR-`"),
            ("HR1a", "has the number `1a`, expected 1 to 65536"),
            ("4001", "is a number of neither five nor six digits"),
            ("40000", "has the number `0000`, expected 1 to 9999"),
            ("465537", "has the number `65537`, expected 1 to 65536"),
            ("20001", "names no table by `2`"),
            ("HR12.16", "has the bit `16`, expected 0 to 15"),
            ("C12.1", "names a bit of what is one bit already"),
            ("256!HR1", "has the unit `256`, expected 0 to 255"),
            ("!HR1", "has the unit ``, expected 0 to 255"),
        ] {
            assert_eq!(ModbusAddress::parse(text, AddressBase::One), Err(expected.to_owned()), "{text}");
        }
    }

    proptest! {
        #[test]
        fn takes_any_text(text in "[0-9!.:xHRICDhé4 +-]{0,12}") {
            let _ = ModbusAddress::parse(&text, AddressBase::Zero);
        }
    }
}
