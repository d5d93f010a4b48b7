//! The keys of a tag that say where its value lies in a Modbus unit, and how it is read.

use std::time::Duration;

use latchwork_expr::Type;

use crate::connections::{ByteOrder, Coding, Point, RegisterTable};
use crate::conversion::{convertible, type_name};
use crate::document::Content;
use crate::notation::ModbusAddress;
use crate::problems;
use crate::raw::links::{RawLinks, RawModbus};
use crate::reader::{Reader, Written};
use crate::words::{BYTE_ORDER, DATA_TYPE, word_of};

/// Where a tag's value lies.
#[derive(Debug)]
pub(crate) struct RawPoint {
    /// What is read.
    pub(crate) point: Point,
    /// Where it lies and how it is read, as one text: equal texts are equal values.
    pub(crate) identity: String,
}

/// Reads where a tag's value lies; `kind` is the tag's type.
pub(super) fn read(
    reader: &mut Reader<'_, '_>,
    links: &RawLinks,
    modbus: &RawModbus,
    kind: Option<Type>,
) -> Option<RawPoint> {
    let written = address_text(reader);
    let found = written.as_ref().and_then(|written| address(reader, written, modbus));
    let own_unit = unit(reader, found.as_ref());
    let period = period(reader, links).unwrap_or(modbus.period);
    let is_coded = reader.has("data_type");
    let coding = coding(reader, found.as_ref(), kind);
    let order = byte_order(reader, found.as_ref(), modbus.order);
    let (scale, offset) = linear(reader, coding);
    let (written, ModbusAddress { unit, table, address, bit }, coding) = (written?, found?, coding?);
    let unit = own_unit.or(unit).unwrap_or(modbus.unit);
    let point = Point { unit, table, address, bit, coding, order, scale, offset, period };
    check_extent(reader, &written, &point, modbus);
    check_type(reader, &point, kind);
    check_age(reader, &point, modbus);
    let identity = if written.is_elsewhere() {
        // What follows from the address is left out: it is the same as long as the address is.
        let coding = if is_coded { word_of(DATA_TYPE, &coding) } else { "" };
        identity(own_unit.unwrap_or(modbus.unit), written.shown(), coding, &point)
    } else {
        reader.annotate("address", &told(&point));
        identity(unit, &canonical(&point), word_of(DATA_TYPE, &coding), &point)
    };
    Some(RawPoint { point, identity })
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

fn period(reader: &mut Reader<'_, '_>, links: &RawLinks) -> Option<Duration> {
    let name = reader.name("scan_class")?;
    let class = links.scan_classes.iter().find(|class| class.name.value == name.value);
    if class.is_none() {
        let hint = reader.desk.suggest(&name.value, links.scan_classes.iter().map(|class| class.name.value.as_str()));
        let message = format!("there is no scan class `{}`", name.shown());
        reader.problem(problems::UNKNOWN_SCAN_CLASS, name.place, message, hint);
    }
    class.map(|class| class.period)
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
        return Some(reader.word_or("data_type", DATA_TYPE, default, because));
    }
    let coding = reader.optional_word("data_type", DATA_TYPE)?;
    if is_bit && coding != Coding::Bool {
        let message = format!("`data_type` is {}, but the address is that of one bit", word_of(DATA_TYPE, &coding));
        let hint = "leave `data_type` out, or give the address of a register".to_owned();
        reader.problem(problems::UNFIT_DATA_TYPE, reader.value_place(&["data_type"]), message, Some(hint));
    }
    Some(coding)
}

/// Reads the order of bytes, which registers have and bits have not.
fn byte_order(reader: &mut Reader<'_, '_>, address: Option<&ModbusAddress>, default: ByteOrder) -> ByteOrder {
    if address.is_some_and(|address| address.table.has_bits()) {
        reader.refuse(&["byte_order"], "registers");
        return default;
    }
    reader.word_or("byte_order", BYTE_ORDER, default, "[[connections]] byte_order")
}

/// Reads what a number is multiplied by and what is added then; a truth value has neither.
fn linear(reader: &mut Reader<'_, '_>, coding: Option<Coding>) -> (f64, f64) {
    if coding == Some(Coding::Bool) {
        reader.refuse(&["scale", "offset"], "numbers, and this is a bool");
        return (1.0, 0.0);
    }
    let scale = reader.finite_or("scale", 1.0);
    if scale == 0.0 {
        let message = "`scale` is 0, expected another number: every reading would be the same";
        reader.problem(problems::OUT_OF_RANGE, reader.value_place(&["scale"]), message, None);
    }
    (scale, reader.finite_or("offset", 0.0))
}

/// Complains about a value that goes beyond the table, or beyond what one request may read.
fn check_extent(reader: &mut Reader<'_, '_>, written: &Written, point: &Point, modbus: &RawModbus) {
    let registers = point.coding.registers();
    let word = word_of(DATA_TYPE, &point.coding);
    if point.address.checked_add(registers - 1).is_none() {
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
    if let Some(stale_after) = modbus.link.stale_after.filter(|&stale_after| stale_after <= point.period) {
        let (stale_after, period) = (stale_after.as_millis(), point.period.as_millis());
        let message = format!("the tag is stale after {stale_after} ms, but read every {period} ms");
        let hint = "give the connection a longer `stale_after_millis`, or the tag a shorter `scan_class`".to_owned();
        reader.problem(problems::STALE_BETWEEN, reader.value_place(&["scan_class", "address"]), message, Some(hint));
    }
}

/// Complains about a value that can never become one of the tag's type.
fn check_type(reader: &mut Reader<'_, '_>, point: &Point, kind: Option<Type>) {
    let Some(kind) = kind else { return };
    let read = type_of(point.coding);
    if !convertible(read, kind) {
        let word = word_of(DATA_TYPE, &point.coding);
        let message = format!("a {word} is {}, but the tag's type is {}", type_name(read), type_name(kind));
        reader.problem(problems::UNFIT_DATA_TYPE, reader.value_place(&["type"]), message, None);
    }
}

/// Returns the type of a value before it becomes the tag's.
const fn type_of(coding: Coding) -> Type {
    match coding {
        Coding::Bool => Type::Boolean,
        Coding::Float32 | Coding::Float64 => Type::Float,
        Coding::Int16 | Coding::Uint16 | Coding::Int32 | Coding::Uint32 | Coding::Int64 | Coding::Uint64 => {
            Type::Integer
        }
    }
}

/// Returns where a point lies on the wire, for people.
fn told(point: &Point) -> String {
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
    format!("unit {unit}, {at}, every {} ms", period.as_millis())
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
