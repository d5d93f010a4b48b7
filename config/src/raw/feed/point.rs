//! The keys of a tag that say where its value lies in a Modbus unit, and how it is read.

use std::time::Duration;

use latchwork_expr::Type;

use crate::connections::{ByteOrder, Characters, Coding, Encoding, ForbiddenRange, Point, RegisterTable, TextCoding};
use crate::conversion::{convertible, type_name};
use crate::document::Content;
use crate::limits::{ARRAY_LENGTH_MAX, TEXT_LENGTH_MAX};
use crate::notation::ModbusAddress;
use crate::problems;
use crate::raw::links::{ONCE, RawLinks, RawModbus};
use crate::reader::{Reader, Written};
use crate::words::{BYTE, BYTE_ORDER, DATA_TYPE, ENCODING, data_type, word_of};

/// Where a tag's value lies.
#[derive(Debug)]
pub(crate) struct RawPoint {
    /// What is read.
    pub(crate) point: Point,
    /// Where it lies and how it is read, as one text: equal texts are equal values.
    pub(crate) identity: String,
    /// Which element of an array it is, from 0; `None` for a tag that is none.
    pub(crate) element: Option<u16>,
}

/// Reads where a tag's value lies; `kind` is the tag's type.
pub(super) fn read(
    reader: &mut Reader<'_, '_>,
    links: &RawLinks,
    modbus: &RawModbus,
    kind: Option<Type>,
) -> Option<Vec<RawPoint>> {
    let written = address_text(reader);
    let found = written.as_ref().and_then(|written| address(reader, written, modbus));
    let own_unit = unit(reader, found.as_ref());
    let period = period(reader, links, modbus.period);
    let is_coded = reader.has("data_type");
    let coding = coding(reader, found.as_ref(), kind);
    let named_unit = own_unit.or(found.and_then(|address| address.unit)).unwrap_or(modbus.unit);
    let order = byte_order(reader, found.as_ref(), modbus, named_unit);
    let elements = elements(reader);
    let (scale, offset) = linear(reader, coding);
    let (written, ModbusAddress { table, address, bit, .. }, coding, unit) = (written?, found?, coding?, named_unit);
    let point = Point { unit, table, address, bit, coding, order, scale, offset, period };
    check_extent(reader, &written, &point, elements, modbus);
    check_type(reader, &point, kind);
    check_age(reader, &point, modbus);
    let identity = if written.is_elsewhere() {
        // What follows from the address is left out: it is the same as long as the address is.
        let coding = if is_coded { coding_identity(coding) } else { String::new() };
        identity(own_unit.unwrap_or(modbus.unit), written.shown(), &coding, &point)
    } else {
        reader.annotate("address", &told(&point, elements));
        identity(unit, &canonical(&point), &coding_identity(coding), &point)
    };
    let Some(length) = elements else { return Some(vec![RawPoint { point, identity, element: None }]) };
    Some((0..length).filter_map(|element| array_element(&point, &identity, element)).collect())
}

/// Returns an element of an array that begins with a point: each lies behind the one before. `None` beyond the table,
/// which is a problem.
fn array_element(first: &Point, identity: &str, element: u16) -> Option<RawPoint> {
    let (step, bit) = match first.bit {
        Some(bit) => {
            let bits = u16::from(bit) + element;
            (bits / 16, Some(u8::try_from(bits % 16).ok()?))
        }
        None if first.table.has_bits() => (element, None),
        None => (element.checked_mul(first.coding.registers())?, None),
    };
    let point = Point { address: first.address.checked_add(step)?, bit, ..first.clone() };
    Some(RawPoint { point, identity: format!("{identity} [{element}]"), element: Some(element) })
}

/// Reads how many tags the tag stands for; `None` for itself.
fn elements(reader: &mut Reader<'_, '_>) -> Option<u16> {
    reader.whole("array_length", 1..=ARRAY_LENGTH_MAX)
}

fn address_text(reader: &mut Reader<'_, '_>) -> Option<Written> {
    if !reader.has("address") {
        reader.pass_over(&["address"]);
        let hint = "say where it lies, such as `address = \"HR12\"`".to_owned();
        let message = "`address` is missing: the tag has a connection";
        reader.problem(problems::UNFED_TAG, reader.place(), message, Some(hint));
    }
    reader.name("address")
}

/// Reads the address; one that is hidden is the first register.
fn address(reader: &mut Reader<'_, '_>, written: &Written, modbus: &RawModbus) -> Option<ModbusAddress> {
    if reader.is_hidden(written) {
        return Some(ModbusAddress { unit: None, table: RegisterTable::HoldingRegisters, address: 0, bit: None });
    }
    match ModbusAddress::parse(&written.value, modbus.base) {
        Ok(address) => Some(address),
        Err(fault) => {
            let hint = "write it like `HR12`, `holding:11`, `40012`, `2!400012` or `HR12.3`";
            reader.malformed(problems::BAD_ADDRESS, "address", written, &fault, Some(hint));
            None
        }
    }
}

/// Reads the tag's own unit: a number under `unit`; a text there is what the value is measured in.
fn unit(reader: &mut Reader<'_, '_>, address: Option<&ModbusAddress>) -> Option<u8> {
    let item = reader.item("unit");
    if !item.is_some_and(|item| matches!(item.content, Content::Integer(_))) {
        reader.text("unit");
        return None;
    }
    let own = reader.whole("unit", 0..=u8::MAX)?;
    if let Some(other) = address.and_then(|address| address.unit).filter(|&unit| unit != own) {
        let message = format!("`unit` is {own}, but the address says unit {other}");
        reader.problem(problems::BAD_ADDRESS, reader.value_place(&["unit"]), message, Some("say it once".to_owned()));
    }
    Some(own)
}

/// Reads how often the tag is read, `usually` if it does not say so; `None` is once.
fn period(reader: &mut Reader<'_, '_>, links: &RawLinks, usually: Duration) -> Option<Duration> {
    let Some(name) = reader.name("scan_class") else { return Some(usually) };
    if name.value == ONCE {
        return None;
    }
    let class = links.scan_classes.iter().find(|class| class.name.value == name.value);
    if class.is_none() {
        let hint = reader.desk.suggest(&name.value, links.scan_classes.iter().map(|class| class.name.value.as_str()));
        let message = format!("there is no scan class `{}`", name.shown());
        reader.problem(problems::UNKNOWN_SCAN_CLASS, name.place, message, hint);
    }
    Some(class.map_or(usually, |class| class.period))
}

/// Reads how the value is coded; what the file does not say follows from the table and the type.
fn coding(reader: &mut Reader<'_, '_>, address: Option<&ModbusAddress>, kind: Option<Type>) -> Option<Coding> {
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

/// Reads the order of bytes, which registers have and bits have not. What a tag does not say its unit may.
fn byte_order(reader: &mut Reader<'_, '_>, address: Option<&ModbusAddress>, modbus: &RawModbus, unit: u8) -> ByteOrder {
    let (default, origin) = match modbus.orders.get(&unit) {
        Some(&order) => (order, "[[connections.units]] byte_order"),
        None => (modbus.order, "[[connections]] byte_order"),
    };
    if address.is_some_and(|address| address.table.has_bits()) {
        reader.refuse(&["byte_order"], "registers");
        return default;
    }
    reader.word_or("byte_order", BYTE_ORDER, default, origin)
}

/// Reads what a number is multiplied by and what is added then; a truth value has neither.
fn linear(reader: &mut Reader<'_, '_>, coding: Option<Coding>) -> (f64, f64) {
    if let Some(what) = coding.and_then(no_number) {
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

/// Returns what numbers are needed for, if a coding is none.
fn no_number(coding: Coding) -> Option<&'static str> {
    match coding {
        Coding::Bool => Some("numbers, and this is a bool"),
        Coding::Text(_) => Some("numbers, and this is a text"),
        Coding::Int8(_)
        | Coding::Uint8(_)
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
        | Coding::Bcd32
        | Coding::Fixed16(_)
        | Coding::Fixed32(_) => None,
    }
}

/// Complains about a value that goes beyond the table, beyond what one request may read, or where none may.
fn check_extent(
    reader: &mut Reader<'_, '_>,
    written: &Written,
    point: &Point,
    elements: Option<u16>,
    modbus: &RawModbus,
) {
    let registers = point.coding.registers();
    let word = data_type(point.coding);
    let elements = u32::from(elements.unwrap_or(1));
    let length = match point.bit {
        Some(bit) => (u32::from(bit) + elements).div_ceil(16),
        None if point.table.has_bits() => elements,
        None => elements * u32::from(registers),
    };
    let (first, last) = (u32::from(point.address), u32::from(point.address) + length - 1);
    let forbidden = |range: &&ForbiddenRange| {
        let is_of_unit = range.unit.is_none_or(|unit| unit == point.unit);
        is_of_unit && range.table == point.table && u32::from(range.first) <= last && first <= u32::from(range.last)
    };
    if let Some(range) = modbus.link.forbidden.iter().find(forbidden) {
        let message = format!(
            "the {word} at `{}` lies in a forbidden range, wire addresses {} to {}",
            written.shown(),
            range.first,
            range.last
        );
        let hint = "leave the tag out, or take its address out of `forbidden_ranges`".to_owned();
        reader.problem(problems::FORBIDDEN_ADDRESS, written.place, message, Some(hint));
    }
    if last > u32::from(u16::MAX) {
        let message = format!("the {word} at `{}` goes beyond the last register, {}", written.shown(), u16::MAX);
        reader.problem(problems::BAD_ADDRESS, written.place, message, None);
    }
    if registers > modbus.link.registers_max {
        let message =
            format!("a {word} takes {registers} registers, but `max_registers` is {}", modbus.link.registers_max);
        let place = reader.value_place(&["data_type", "address"]);
        reader.problem(problems::UNFIT_DATA_TYPE, place, message, None);
    }
}

/// Complains about a tag that grows stale before it is read again.
fn check_age(reader: &mut Reader<'_, '_>, point: &Point, modbus: &RawModbus) {
    // What is read once never grows old.
    let Some(period) = point.period else { return };
    if let Some(stale_after) = modbus.link.stale_after.filter(|&stale_after| stale_after <= period) {
        let (stale_after, period) = (stale_after.as_millis(), period.as_millis());
        let message = format!("the tag is stale after {stale_after} ms, but read every {period} ms");
        let hint = "give the connection a longer `stale_after_millis`, or the tag a shorter `scan_class`".to_owned();
        reader.problem(problems::STALE_BETWEEN, reader.value_place(&["scan_class", "address"]), message, Some(hint));
    }
}

/// Complains about a value that can never become one of the tag's type.
fn check_type(reader: &mut Reader<'_, '_>, point: &Point, kind: Option<Type>) {
    // A rule makes another value of it, and is checked for itself.
    let Some(kind) = kind.filter(|_| !reader.has("enum") && !reader.has("transform")) else { return };
    let read = type_of(point.coding);
    if !convertible(read, kind) {
        let word = data_type(point.coding);
        let message = format!("a {word} is {}, but the tag's type is {}", type_name(read), type_name(kind));
        reader.problem(problems::UNFIT_DATA_TYPE, reader.value_place(&["type"]), message, None);
    }
}

/// Returns the type of a value before it becomes the tag's.
const fn type_of(coding: Coding) -> Type {
    match coding {
        Coding::Bool => Type::Boolean,
        Coding::Float16 | Coding::Float32 | Coding::Float64 | Coding::Fixed16(_) | Coding::Fixed32(_) => Type::Float,
        Coding::Int8(_)
        | Coding::Uint8(_)
        | Coding::Int16
        | Coding::Uint16
        | Coding::Int32
        | Coding::Uint32
        | Coding::Int64
        | Coding::Uint64
        | Coding::Bcd16
        | Coding::Bcd32 => Type::Integer,
        Coding::Text(_) => Type::String,
    }
}

/// Returns where a point lies on the wire, for people.
fn told(point: &Point, elements: Option<u16>) -> String {
    let &Point { unit, table, address, bit, coding, period, .. } = point;
    let table = match table {
        RegisterTable::Coils => "coil",
        RegisterTable::DiscreteInputs => "discrete input",
        RegisterTable::HoldingRegisters => "holding register",
        RegisterTable::InputRegisters => "input register",
    };
    let at = match (bit, coding.registers()) {
        (Some(bit), _) => format!("bit {bit} of {table} {address}"),
        (None, 1) => format!("{table} {address}"),
        (None, registers) => format!("{table}s {address} to {}", u32::from(address) + u32::from(registers) - 1),
    };
    let often = period.map_or_else(|| "once".to_owned(), |period| format!("every {} ms", period.as_millis()));
    let more = elements.map(|length| format!(", the first of {length}")).unwrap_or_default();
    format!("unit {unit}, {at}{more}, {often}")
}

/// Returns a coding with all that it knows, as one text.
fn coding_identity(coding: Coding) -> String {
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

/// Returns where a point lies in one spelling, whatever spelling it was read from.
fn canonical(point: &Point) -> String {
    let bit = point.bit.map(|bit| format!(".{bit}")).unwrap_or_default();
    format!("{}:{}{bit}", point.table.word(), point.address)
}

fn identity(unit: u8, address: &str, coding: &str, point: &Point) -> String {
    let &Point { order, scale, offset, .. } = point;
    format!("unit {unit} {address} {coding} {} * {scale} + {offset}", word_of(BYTE_ORDER, &order))
}
