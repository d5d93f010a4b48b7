//! The keys of a tag that say where its value lies in a Modbus unit, and how it is read.

use std::time::Duration;

use latchwork_expr::Type;

use super::coding;
use crate::connections::{ByteOrder, ForbiddenRange, Point, RegisterTable};
use crate::conversion::{convertible, type_name};
use crate::document::Content;
use crate::limits::ARRAY_LENGTH_MAX;
use crate::notation::ModbusAddress;
use crate::problems;
use crate::raw::links::{ONCE, RawLinks, RawModbus};
use crate::reader::{Reader, Written};
use crate::words::{BYTE_ORDER, data_type, word_of};

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
    let coding = coding::read(reader, found.as_ref(), kind);
    let named_unit = own_unit.or(found.and_then(|address| address.unit)).unwrap_or(modbus.unit);
    let order = byte_order(reader, found.as_ref(), modbus, named_unit);
    let elements = elements(reader);
    let (scale, offset) = coding::linear(reader, coding);
    let (written, ModbusAddress { table, address, bit, .. }, coding, unit) = (written?, found?, coding?, named_unit);
    let point = Point { unit, table, address, bit, coding, order, scale, offset, period };
    check_extent(reader, &written, &point, elements, modbus);
    check_type(reader, &point, kind);
    check_age(reader, &point, modbus);
    let identity = if written.is_elsewhere() {
        // What follows from the address is left out: it is the same as long as the address is.
        let coding = if is_coded { coding::identity(coding) } else { String::new() };
        identity(own_unit.unwrap_or(modbus.unit), written.shown(), &coding, &point)
    } else {
        reader.annotate("address", &told(&point, elements));
        identity(unit, &canonical(&point), &coding::identity(coding), &point)
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
    let read = point.coding.reads_as();
    if !convertible(read, kind) {
        let word = data_type(point.coding);
        let message = format!("a {word} is {}, but the tag's type is {}", type_name(read), type_name(kind));
        reader.problem(problems::UNFIT_DATA_TYPE, reader.value_place(&["type"]), message, None);
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

/// Returns where a point lies in one spelling, whatever spelling it was read from.
fn canonical(point: &Point) -> String {
    let bit = point.bit.map(|bit| format!(".{bit}")).unwrap_or_default();
    format!("{}:{}{bit}", point.table.word(), point.address)
}

fn identity(unit: u8, address: &str, coding: &str, point: &Point) -> String {
    let &Point { order, scale, offset, .. } = point;
    format!("unit {unit} {address} {coding} {} * {scale} + {offset}", word_of(BYTE_ORDER, &order))
}
