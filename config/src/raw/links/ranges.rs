//! Addresses that no request may cover: `forbidden_ranges`.

use crate::connections::ForbiddenRange;
use crate::notation::{AddressBase, ModbusAddress};
use crate::problems;
use crate::reader::Reader;

/// Reads the ranges, each one address or two with a dash between.
pub(super) fn read(reader: &mut Reader<'_, '_>, base: AddressBase) -> Vec<ForbiddenRange> {
    let texts = reader.texts("forbidden_ranges");
    let place = reader.value_place(&["forbidden_ranges"]);
    if !texts.is_empty() {
        let shown: Vec<String> = texts.iter().map(|(text, _)| format!("\"{text}\"")).collect();
        reader.explain("forbidden_ranges", Some(place), || format!("[{}]", shown.join(", ")));
    }
    let mut ranges = Vec::new();
    for (text, place) in texts {
        match range(text, base) {
            Ok(range) => ranges.push(range),
            Err(fault) => {
                let hint = "write it like `HR10-HR20`, `2!holding:9-holding:19` or `HR10`".to_owned();
                let message = format!("the range `{text}` {fault}");
                reader.problem(problems::BAD_RANGE, place, message, Some(hint));
            }
        }
    }
    ranges
}

fn range(text: &str, base: AddressBase) -> Result<ForbiddenRange, String> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (ModbusAddress::parse(first.trim(), base)?, ModbusAddress::parse(last.trim(), base)?);
    if first.bit.is_some() || last.bit.is_some() {
        return Err("names a bit, and a request covers whole registers".to_owned());
    }
    if first.table != last.table || last.unit.is_some_and(|unit| first.unit != Some(unit)) {
        return Err("begins in another table or unit than it ends".to_owned());
    }
    if first.address > last.address {
        return Err("ends before it begins".to_owned());
    }
    Ok(ForbiddenRange { unit: first.unit, table: first.table, first: first.address, last: last.address })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<(Option<u8>, u16, u16), &str>) {
        let found = range(text, AddressBase::One).map(|range| (range.unit, range.first, range.last));
        assert_eq!(found, expected.map_err(str::to_owned), "{text}");
    }

    #[test]
    fn reads_every_spelling_of_both_ends() {
        check("HR10-HR20", Ok((None, 9, 19)));
        check("40010 - 40020", Ok((None, 9, 19)));
        check("2!holding:0x10-2!holding:0x1F", Ok((Some(2), 16, 31)));
        check("2!HR1-HR2", Ok((Some(2), 0, 1)));
        check("C5", Ok((None, 4, 4)));
    }

    #[test]
    fn says_what_is_wrong() {
        check("HR20-HR10", Err("ends before it begins"));
        check("HR10-IR20", Err("begins in another table or unit than it ends"));
        check("1!HR10-2!HR20", Err("begins in another table or unit than it ends"));
        check("HR10.1-HR20", Err("names a bit, and a request covers whole registers"));
        check("HR10-", Err("has no number"));
    }
}
