//! `[[machines.signals]]`: what a machine shows in each of its states, and where that can be seen.

use super::binding::{self, RegisterBinding, TopicBinding};
use super::mistake::Desk;
use super::names::Names;
use super::section::{Item, Section};
use super::signal_values::{self, Behaviour};
use super::wires::{ModbusServer, MqttBroker};
use crate::limits::{DECIMALS_MAX, STATE_MILLIS_MAX};
use crate::simulator::value::{SignalKind, SignalValue};

/// How often a value that moves is looked at, in milliseconds, unless a signal says otherwise.
const SAMPLE_MILLIS: u64 = 50;

/// How many decimals a number shows unless a signal says otherwise.
const DECIMALS: u64 = 2;

/// A value of a machine that can be seen from outside.
#[derive(Clone, Debug)]
pub(in crate::simulator) struct Signal {
    /// The name.
    pub(in crate::simulator) name: String,
    /// The machine.
    pub(in crate::simulator) machine: usize,
    /// What it shows before any state has set it.
    pub(in crate::simulator) initial: SignalValue,
    /// What it does in each of the machine's states.
    pub(in crate::simulator) behaviours: Vec<Behaviour>,
    /// The texts that it goes through, if it has some.
    pub(in crate::simulator) list: Vec<SignalValue>,
    /// How many decimals its numbers have; none if they are whole.
    pub(in crate::simulator) decimals: Option<u8>,
    /// How often it is looked at while it moves, in milliseconds.
    pub(in crate::simulator) sample_millis: u64,
    /// The register that shows it.
    pub(in crate::simulator) register: Option<RegisterBinding>,
    /// The topic that tells it.
    pub(in crate::simulator) topic: Option<TopicBinding>,
}

/// The wires that a scenario has.
pub(super) struct Wires<'s> {
    pub(super) modbus: Option<&'s ModbusServer>,
    pub(super) mqtt: Option<&'s MqttBroker>,
}

/// Reads one of `[[machines.signals]]`.
pub(super) fn read<'a>(
    desk: &mut Desk,
    item: &'a Item<'a>,
    names: &Names<'_>,
    machine: usize,
    wires: &Wires<'_>,
) -> Option<Signal> {
    let mut section = Section::of(desk, item)?;
    let name = section.required_text(desk, "name");
    let values = signal_values::read(desk, &mut section, names, machine);
    let decimals = section.integer(desk, "decimals", 0..=DECIMALS_MAX).unwrap_or(DECIMALS);
    let sample_millis = section.integer(desk, "sample_millis", 1..=STATE_MILLIS_MAX).unwrap_or(SAMPLE_MILLIS);
    let register = section.item("modbus").and_then(|item| binding::register(desk, item, wires.modbus, &values));
    let topic = section.item("mqtt").and_then(|item| binding::topic(desk, item, wires.mqtt));
    if section.item("modbus").or(section.item("mqtt")).is_none() {
        desk.add(section.span(), "the signal can be seen nowhere: give it `modbus` or `mqtt`");
    }
    section.finish(desk, "a signal");
    let name = (*name?.get_ref()).to_owned();
    let decimals = (values.kind == SignalKind::Float).then(|| u8::try_from(decimals).unwrap_or(u8::MAX));
    let signal_values::SignalValues { initial, behaviours, list, .. } = values;
    Some(Signal { name, machine, initial, behaviours, list, decimals, sample_millis, register, topic })
}
