//! A Modbus device: pymodbus, which knows nothing of us.

use std::process::Command;

use super::child::Child;
use super::patience::Done;
use super::program::{python, script};

/// A device whose holding registers are set by the test.
#[derive(Debug)]
pub(super) struct Device {
    child: Child,
    told: usize,
}

impl Device {
    /// Starts a device at a port. Its registers have these values before anybody can read them.
    pub(super) fn start(port: u16, registers: &[(u16, u16)]) -> Self {
        let mut device = Self::silent(port);
        for &(address, value) in registers {
            device.set(address, value);
        }
        device.tell("serve");
        device
    }

    /// Starts a device that holds these values, each an address, a type and an order of words that pymodbus knows, and
    /// the value; it serves as the command says.
    pub(super) fn holding(port: u16, values: &[&str], serve: &str) -> Self {
        let mut device = Self::silent(port);
        for value in values {
            device.tell(&format!("put {value}"));
        }
        device.tell(serve);
        device
    }

    /// Starts a device that does not listen yet.
    fn silent(port: u16) -> Self {
        let mut command = Command::new(python());
        let child = Child::start("the device", command.arg(script("modbus_device.py")).arg(port.to_string()));
        Self { child, told: 0 }
    }

    /// Sets a register; returns when that was.
    pub(super) fn set(&mut self, address: u16, value: u16) -> Done {
        Done::by(|| self.tell(&format!("set {address} {value}")))
    }

    /// Sets a register and waits until the gateway has read it; returns when it was set.
    pub(super) fn set_and_read(&mut self, address: u16, value: u16) -> Done {
        let done = self.set(address, value);
        self.tell(&format!("await-read {address}"));
        done
    }

    /// Has writes wait from now on: they are neither answered nor change anything.
    pub(super) fn hold_writes(&mut self) {
        self.tell("hold");
    }

    /// Waits until somebody has asked for a write.
    pub(super) fn wait_for_asked_write(&mut self) {
        self.tell("await-asked");
    }

    /// Waits until a value was written to a register.
    pub(super) fn wait_for_write(&mut self, address: u16, value: u16) {
        self.tell(&format!("await-write {address} {value}"));
    }

    /// Returns how many writes were asked for.
    pub(super) fn count_writes(&mut self) -> usize {
        self.child.tell("count-writes");
        self.told += 1;
        self.child.wait_for_output(self.told).parse().expect("a number")
    }

    /// Has answers come so many seconds late from now on.
    pub(super) fn delay(&mut self, seconds: f64) {
        self.tell(&format!("delay {seconds}"));
    }

    /// Ends it as people do.
    pub(super) fn stop(&mut self) {
        self.child.signal("TERM");
        self.child.wait();
    }

    /// Ends it as a power cut would.
    pub(super) fn kill(&mut self) {
        self.child.kill();
    }

    fn tell(&mut self, command: &str) {
        self.child.tell(command);
        self.told += 1;
        assert_eq!(self.child.wait_for_output(self.told), "done", "{command}");
    }
}
