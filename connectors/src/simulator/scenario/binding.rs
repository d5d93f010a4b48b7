//! Where a signal can be seen: `modbus = …` and `mqtt = …` of `[[machines.signals]]`.

use std::ops::Range;

use latchwork_config::connections::{ByteOrder, Coding, RegisterTable};
use toml::Spanned;

use super::mistake::Desk;
use super::section::{Item, Section};
use super::signal_values::SignalValues;
use super::template::Template;
use super::wires::{BYTE_ORDERS, ModbusServer, MqttBroker, UNIT};
use crate::limits::{STATE_MILLIS_MAX, TOPIC_BYTES_MAX};
use crate::simulator::address::{Address, is_bits};
use crate::simulator::value::SignalKind;

/// A register, a run of them, or a bit, that shows a signal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::simulator) struct RegisterBinding {
    /// The unit.
    pub(in crate::simulator) unit: u8,
    /// The table.
    pub(in crate::simulator) table: RegisterTable,
    /// The wire address of the first.
    pub(in crate::simulator) address: u16,
    /// The bit of the register, when only one is meant.
    pub(in crate::simulator) bit: Option<u8>,
    /// How the value is coded.
    pub(in crate::simulator) coding: Coding,
    /// How its bytes are ordered.
    pub(in crate::simulator) order: ByteOrder,
    /// Where the address stands in the text.
    pub(super) span: Range<usize>,
}

/// A topic that tells a signal.
#[derive(Clone, Debug)]
pub(in crate::simulator) struct TopicBinding {
    /// The topic.
    pub(in crate::simulator) topic: String,
    /// How the message is written.
    pub(in crate::simulator) template: Template,
    /// Whether the broker keeps the last message.
    pub(in crate::simulator) retained: bool,
    /// The quality of service, 0 to 2.
    pub(in crate::simulator) qos: u8,
    /// How often it is told anew although nothing changed, in milliseconds.
    pub(in crate::simulator) every_millis: Option<u64>,
}

const CODINGS: &[(&str, Coding)] = &[
    ("bool", Coding::Bool),
    ("int16", Coding::Int16),
    ("uint16", Coding::Uint16),
    ("int32", Coding::Int32),
    ("uint32", Coding::Uint32),
    ("int64", Coding::Int64),
    ("uint64", Coding::Uint64),
    ("float32", Coding::Float32),
    ("float64", Coding::Float64),
];

/// How a message is written, before its template is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PayloadForm {
    Raw,
    Json,
}

const PAYLOADS: &[(&str, PayloadForm)] = &[("raw", PayloadForm::Raw), ("json", PayloadForm::Json)];

/// Reads an address, or a table with one.
pub(super) fn register<'a>(
    desk: &mut Desk,
    item: &'a Item<'a>,
    server: Option<&ModbusServer>,
    values: &SignalValues,
) -> Option<RegisterBinding> {
    let Some(server) = server else {
        desk.add(item.span(), "there is no `[modbus]` that could serve it");
        return None;
    };
    let register = if let Some(text) = item.get_ref().as_str() {
        place(desk, &Spanned::new(item.span(), text), server, UNIT)
    } else {
        let section = Section::of(desk, item)?;
        register_table(desk, section, server)
    };
    let register = register?;
    check_values(desk, &register, values);
    Some(register)
}

fn register_table(desk: &mut Desk, mut section: Section<'_>, server: &ModbusServer) -> Option<RegisterBinding> {
    let text = section.required_text(desk, "address");
    let unit = section.integer(desk, "unit", 0..=255).and_then(|unit| u8::try_from(unit).ok()).unwrap_or(UNIT);
    let coding = section.word(desk, "data_type", CODINGS);
    let order = section.word(desk, "byte_order", BYTE_ORDERS);
    section.finish(desk, "`modbus`");
    let text = text?;
    let mut register = place(desk, &text, server, unit)?;
    register.order = order.unwrap_or(register.order);
    if let Some(coding) = coding {
        if coding != Coding::Bool && register.coding == Coding::Bool {
            desk.add(text.span(), "a bit shows true or false: its `data_type` is `bool`");
        }
        register.coding = coding;
    }
    if register.address.checked_add(register.coding.registers() - 1).is_none() {
        desk.add(text.span(), "the value does not end before the last register");
        return None;
    }
    Some(register)
}

fn place(desk: &mut Desk, text: &Spanned<&str>, server: &ModbusServer, unit: u8) -> Option<RegisterBinding> {
    let address = Address::read(text.get_ref(), server.address_base);
    let address = address.map_err(|message| desk.add(text.span(), message)).ok()?;
    let one_bit = is_bits(address.table) || address.bit.is_some();
    let coding = if one_bit { Coding::Bool } else { Coding::Uint16 };
    let Address { unit: own, table, offset, bit } = address;
    let span = text.span();
    let unit = own.unwrap_or(unit);
    Some(RegisterBinding { unit, table, address: offset, bit, coding, order: server.byte_order, span })
}

/// Tells of values that the register cannot show.
fn check_values(desk: &mut Desk, register: &RegisterBinding, values: &SignalValues) {
    let span = register.span.clone();
    match (values.kind, range(register.coding)) {
        (SignalKind::Text, _) => desk.add(span, "text goes over `mqtt`: a register has no text"),
        (SignalKind::Integer | SignalKind::Float, None) => {
            desk.add(span, "a bit shows true or false, not a number");
        }
        (SignalKind::Boolean, _) => {}
        (SignalKind::Integer | SignalKind::Float, Some((low, high))) => {
            for (number, span) in values.numbers.iter().filter(|(number, _)| !(low..=high).contains(number)) {
                desk.add(span.clone(), format!("`{number}` is not from {low} to {high}, which the register holds"));
            }
        }
    }
}

/// Returns the numbers that a coding holds, from and to.
fn range(coding: Coding) -> Option<(f64, f64)> {
    match coding {
        Coding::Bool
        | Coding::Int8(_)
        | Coding::Uint8(_)
        | Coding::Float16
        | Coding::Bcd16
        | Coding::Bcd32
        | Coding::Fixed16(_)
        | Coding::Fixed32(_)
        | Coding::Text(_) => None,
        Coding::Int16 => Some((f64::from(i16::MIN), f64::from(i16::MAX))),
        Coding::Uint16 => Some((0.0, f64::from(u16::MAX))),
        Coding::Int32 => Some((f64::from(i32::MIN), f64::from(i32::MAX))),
        Coding::Uint32 => Some((0.0, f64::from(u32::MAX))),
        Coding::Uint64 => Some((0.0, f64::MAX)),
        Coding::Int64 | Coding::Float64 => Some((f64::MIN, f64::MAX)),
        Coding::Float32 => Some((f64::from(f32::MIN), f64::from(f32::MAX))),
    }
}

/// Reads a topic, or a table with one.
pub(super) fn topic<'a>(desk: &mut Desk, item: &'a Item<'a>, broker: Option<&MqttBroker>) -> Option<TopicBinding> {
    if broker.is_none() {
        desk.add(item.span(), "there is no `[mqtt]` that could take it");
        return None;
    }
    let Some(text) = item.get_ref().as_str() else {
        let section = Section::of(desk, item)?;
        return topic_table(desk, section);
    };
    let topic = topic_name(desk, &Spanned::new(item.span(), text))?;
    Some(TopicBinding { topic, template: Template::raw(), retained: false, qos: QOS, every_millis: None })
}

/// The quality of service of a topic that does not say.
const QOS: u8 = 1;

fn topic_table(desk: &mut Desk, mut section: Section<'_>) -> Option<TopicBinding> {
    let topic = section.required_text(desk, "topic").and_then(|text| topic_name(desk, &text));
    let template = template(desk, &mut section);
    let retained = section.flag(desk, "retained");
    let qos = section.integer(desk, "qos", 0..=2).and_then(|qos| u8::try_from(qos).ok()).unwrap_or(QOS);
    let every_millis = section.integer(desk, "every_millis", 1..=STATE_MILLIS_MAX);
    section.finish(desk, "`mqtt`");
    Some(TopicBinding { topic: topic?, template: template?, retained, qos, every_millis })
}

fn template(desk: &mut Desk, section: &mut Section<'_>) -> Option<Template> {
    let form = section.word(desk, "payload", PAYLOADS);
    let Some(text) = section.text(desk, "template") else {
        return Some(if form == Some(PayloadForm::Json) { Template::json() } else { Template::raw() });
    };
    if form == Some(PayloadForm::Raw) {
        desk.add(text.span(), "a template makes JSON: `payload` is `json`");
    }
    Template::read(text.get_ref()).map_err(|message| desk.add(text.span(), message)).ok()
}

fn topic_name(desk: &mut Desk, text: &Spanned<&str>) -> Option<String> {
    let name = *text.get_ref();
    if name.is_empty() || name.len() > TOPIC_BYTES_MAX || name.contains(['+', '#', '\0']) {
        desk.add(text.span(), format!("`{name}` is no topic: 1 to {TOPIC_BYTES_MAX} bytes without `+` and `#`"));
        return None;
    }
    Some(name.to_owned())
}
