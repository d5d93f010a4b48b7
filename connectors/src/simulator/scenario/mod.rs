//! The scenario: its text becomes machines and signals, or all its mistakes at once. Pure but for reading the file.

mod binding;
mod fault;
mod machine;
mod mistake;
mod names;
mod overlap;
mod section;
mod signal;
mod signal_values;
mod template;
mod wires;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use toml::de::DeTable;

pub(super) use binding::{RegisterBinding, TopicBinding};
pub(super) use machine::{Machine, State, When};
pub use mistake::{Mistake, Mistakes};
pub(super) use signal::Signal;
pub(super) use signal_values::{Behaviour, Motion};
pub(super) use wires::{ModbusServer, MqttBroker, ServedRange};

use self::mistake::Desk;
use self::names::Names;
use self::section::{Item, Section};
use super::error::SimulatorError;
use crate::limits::{SCENARIO_BYTES_MAX, SIMULATED_MACHINES_MAX, SIMULATED_SIGNALS_MAX};

/// A plant to play: machines that go from state to state, and the signals that show it.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// What every chance is drawn from.
    pub(super) seed: u64,
    /// Where registers are served, if any are.
    pub(super) modbus: Option<ModbusServer>,
    /// Where messages are published, if any are.
    pub(super) mqtt: Option<MqttBroker>,
    /// Where it is told what was done with each request, if that is wanted.
    pub(super) log: Option<PathBuf>,
    /// The machines, in the order of the text.
    pub(super) machines: Vec<Machine>,
    /// The signals of all machines, in the order of the text.
    pub(super) signals: Vec<Signal>,
}

impl Scenario {
    /// Reads a scenario from a file.
    ///
    /// # Errors
    ///
    /// The file cannot be read or is too large; or every mistake in it.
    pub fn load(path: &Path) -> Result<Self, SimulatorError> {
        let unreadable = |source| SimulatorError::Unreadable { path: path.to_owned(), source };
        let bytes = std::fs::metadata(path).map_err(unreadable)?.len();
        if bytes > SCENARIO_BYTES_MAX {
            return Err(SimulatorError::TooLarge { path: path.to_owned(), bytes });
        }
        let text = std::fs::read_to_string(path).map_err(unreadable)?;
        Ok(Self::parse(&path.display().to_string(), &text)?)
    }

    /// Reads a scenario from a text; `file` is what the mistakes call it.
    ///
    /// # Errors
    ///
    /// Every mistake in it.
    pub fn parse(file: &str, text: &str) -> Result<Self, Mistakes> {
        let mut desk = Desk::default();
        let (root, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            desk.add(error.span().unwrap_or(0..0), error.message());
        }
        let scenario = read(&mut desk, Section::new(root.get_ref(), 0..0));
        desk.into_mistakes(file, text).map_or(Ok(scenario), Err)
    }

    /// Serves the registers at this address in place of the scenario's own; port 0 takes a free one.
    pub fn serve_modbus_at(&mut self, address: SocketAddr) {
        if let Some(modbus) = &mut self.modbus {
            modbus.bind = address;
        }
    }

    /// Tells in this file, in place of what it held, what is done with each Modbus request: a JSON line each.
    pub fn log_requests_to(&mut self, file: PathBuf) {
        self.log = Some(file);
    }

    /// Publishes to this broker in place of the scenario's own.
    pub fn publish_to(&mut self, address: SocketAddr) {
        if let Some(mqtt) = &mut self.mqtt {
            mqtt.host = address.ip().to_string();
            mqtt.port = address.port();
        }
    }

    /// Returns the name of a signal behind that of its machine, such as `Filler/Speed`.
    ///
    /// # Panics
    ///
    /// The scenario has no such signal.
    pub fn signal_name(&self, signal: usize) -> String {
        let signal = &self.signals[signal];
        format!("{}/{}", self.machines[signal.machine].name, signal.name)
    }

    /// Tells whether a broker is needed to play it.
    pub const fn publishes(&self) -> bool {
        self.mqtt.is_some()
    }
}

fn read(desk: &mut Desk, mut root: Section<'_>) -> Scenario {
    let seed = root.integer(desk, "seed", 0..=u64::MAX >> 1).unwrap_or(0);
    let modbus = root.section(desk, "modbus").map(|section| wires::modbus(desk, section));
    let mqtt = root.section(desk, "mqtt").map(|section| wires::mqtt(desk, section));
    let tables = root.list(desk, "machines");
    root.finish(desk, "a scenario");
    let mut scenario = Scenario { seed, modbus, mqtt, log: None, machines: Vec::new(), signals: Vec::new() };
    read_machines(desk, &tables, &mut scenario);
    overlap::check(desk, &scenario.signals);
    scenario
}

fn read_machines<'a>(desk: &mut Desk, tables: &[&'a Item<'a>], scenario: &mut Scenario) {
    if let Some(beyond) = tables.get(SIMULATED_MACHINES_MAX) {
        desk.add(beyond.span(), format!("a scenario has at most {SIMULATED_MACHINES_MAX} machines"));
    }
    let names = Names::of(desk, tables);
    for (index, &item) in tables.iter().take(SIMULATED_MACHINES_MAX).enumerate() {
        let Some(mut section) = Section::of(desk, item) else { continue };
        let machine = machine::read(desk, &mut section, &names, index);
        let wires = signal::Wires { modbus: scenario.modbus.as_ref(), mqtt: scenario.mqtt.as_ref() };
        for signal in section.list(desk, "signals") {
            let room = scenario.signals.len() < SIMULATED_SIGNALS_MAX;
            if !room {
                desk.add(signal.span(), format!("a scenario has at most {SIMULATED_SIGNALS_MAX} signals"));
                break;
            }
            scenario.signals.extend(signal::read(desk, signal, &names, index, &wires));
        }
        section.finish(desk, "a machine");
        scenario.machines.push(machine);
    }
}

#[cfg(test)]
mod tests;
