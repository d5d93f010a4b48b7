//! The keys of a tag that say how its value is coded in registers.

use latchwork_expr::Type;

use crate::connections::{Characters, Coding, Encoding, TextCoding};
use crate::limits::TEXT_LENGTH_MAX;
use crate::notation::ModbusAddress;
use crate::problems;
use crate::reader::Reader;
use crate::words::{BYTE, DATA_TYPE, ENCODING, data_type, word_of};

/// Reads how the value is coded; what the file does not say follows from the table and the type.
pub(super) fn read(reader: &mut Reader<'_, '_>, address: Option<&ModbusAddress>, kind: Option<Type>) -> Option<Coding> {
    let is_bit = address.is_some_and(|address| address.table.has_bits() || address.bit.is_some());
    let (default, because) = match kind {
        _ if is_bit => (Coding::Bool, "by the address"),
        Some(Type::Boolean) => (Coding::Bool, "by the tag's type"),
        Some(Type::Float) => (Coding::Float32, "by the tag's type"),
        Some(_) | None => (Coding::Uint16, "default"),
    };
    if !reader.has("data_type") {
        let coding = reader.word_or("data_type", DATA_TYPE, default, because);
        return detailed(reader, coding);
    }
    let word = reader.optional_word("data_type", DATA_TYPE)?;
    let coding = detailed(reader, word)?;
    if is_bit && coding != Coding::Bool {
        let message = format!("`data_type` is {}, but the address is that of one bit", data_type(coding));
        let hint = "leave `data_type` out, or give the address of a register".to_owned();
        reader.problem(problems::UNFIT_DATA_TYPE, reader.value_place(&["data_type"]), message, Some(hint));
    }
    Some(coding)
}

/// Reads what more a coding needs to know, and refuses what only others do.
fn detailed(reader: &mut Reader<'_, '_>, coding: Coding) -> Option<Coding> {
    let is_byte = matches!(coding, Coding::Int8(_) | Coding::Uint8(_));
    let is_fixed = matches!(coding, Coding::Fixed16(_) | Coding::Fixed32(_));
    if !is_byte {
        reader.refuse(&["byte"], "`data_type` int8 and uint8");
    }
    if !is_fixed {
        reader.refuse(&["fraction_bits"], "`data_type` fixed16 and fixed32");
    }
    if !matches!(coding, Coding::Text(_)) {
        reader.refuse(TEXT_KEYS, "`data_type` string");
    }
    Some(match coding {
        Coding::Int8(half) => Coding::Int8(reader.word("byte", BYTE, half)),
        Coding::Uint8(half) => Coding::Uint8(reader.word("byte", BYTE, half)),
        Coding::Fixed16(bits) => Coding::Fixed16(reader.whole_or("fraction_bits", 0..=16, bits)),
        Coding::Fixed32(bits) => Coding::Fixed32(reader.whole_or("fraction_bits", 0..=32, bits)),
        Coding::Text(_) => Coding::Text(text_coding(reader)?),
        Coding::Bool
        | Coding::Int16
        | Coding::Uint16
        | Coding::Int32
        | Coding::Uint32
        | Coding::Int64
        | Coding::Uint64
        | Coding::Float16
        | Coding::Float32
        | Coding::Float64
        | Coding::Bcd16
        | Coding::Bcd32 => coding,
    })
}

/// The keys that only texts have.
const TEXT_KEYS: &[&str] = &["length", "characters_per_register", "encoding"];

fn text_coding(reader: &mut Reader<'_, '_>) -> Option<TextCoding> {
    if !reader.has("length") {
        reader.missing("length");
    }
    let length = reader.whole("length", 1..=TEXT_LENGTH_MAX);
    let characters = match reader.whole_or("characters_per_register", 1..=2, 2_u8) {
        1 => Characters::One,
        _ => Characters::Two,
    };
    let encoding = reader.word("encoding", ENCODING, Encoding::Utf8);
    Some(TextCoding { length: length?, characters, encoding })
}

/// Reads what a number is multiplied by and what is added then; a truth value has neither.
pub(super) fn linear(reader: &mut Reader<'_, '_>, coding: Option<Coding>) -> (f64, f64) {
    let what = match coding.map(Coding::reads_as) {
        Some(Type::Boolean) => Some("numbers, and this is a bool"),
        Some(Type::String) => Some("numbers, and this is a text"),
        Some(_) | None => None,
    };
    if let Some(what) = what {
        reader.refuse(&["scale", "offset"], what);
        return (1.0, 0.0);
    }
    if reader.has("raw_range") {
        // That does the same, and who writes both is told so.
        reader.pass_over(&["scale", "offset"]);
        return (1.0, 0.0);
    }
    let scale = reader.finite_or("scale", 1.0);
    if scale == 0.0 {
        let message = "`scale` is 0, expected another number: every reading would be the same";
        reader.problem(problems::OUT_OF_RANGE, reader.value_place(&["scale"]), message, None);
    }
    (scale, reader.finite_or("offset", 0.0))
}

/// Returns a coding with all that it knows, as one text; what is kept of a tag over restarts is compared with it.
pub(super) fn identity(coding: Coding) -> String {
    match coding {
        Coding::Int8(half) | Coding::Uint8(half) => format!("{} {}", data_type(coding), word_of(BYTE, &half)),
        Coding::Fixed16(bits) | Coding::Fixed32(bits) => format!("{} {bits}", data_type(coding)),
        Coding::Text(TextCoding { length, characters, encoding }) => {
            format!("string {length} {characters:?} {}", word_of(ENCODING, &encoding))
        }
        Coding::Bool
        | Coding::Int16
        | Coding::Uint16
        | Coding::Int32
        | Coding::Uint32
        | Coding::Int64
        | Coding::Uint64
        | Coding::Float16
        | Coding::Float32
        | Coding::Float64
        | Coding::Bcd16
        | Coding::Bcd32 => data_type(coding).to_owned(),
    }
}
