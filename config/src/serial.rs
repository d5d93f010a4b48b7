//! How a serial line is set up. Pure data.

use std::time::Duration;

/// How a serial line is set up; a byte has eight bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Serial {
    /// Bits a second (`baud_rate`, 19,200).
    pub baud_rate: u32,
    /// What checks a byte (`parity`, EVEN).
    pub parity: Parity,
    /// The bits that end a byte, 1 or 2 (`stop_bits`: with a parity 1, without 2, so that a byte takes 11 bits).
    pub stop_bits: u8,
    /// What the driver does about the direction of the line (`rs485`); `None` leaves it to the hardware.
    pub rs485: Option<Rs485>,
}

/// Who is not asked after an error on a line whose frames have no ids, until it has been silent for the late guard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SilentAfterErrors {
    /// All that share the line.
    Line,
    /// The unit that failed: the unit's number is in every frame, and under its checksum.
    Unit,
}

/// What checks a byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Parity {
    /// Nothing.
    None,
    /// An odd number of ones.
    Odd,
    /// An even number of ones.
    #[default]
    Even,
}

/// How the driver switches the direction of an RS-485 line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Rs485 {
    /// From the switching on to the first byte (`rs485_delay_before_send_millis`, 0).
    pub delay_before_send: Duration,
    /// From the last byte to the switching off (`rs485_delay_after_send_millis`, 0).
    pub delay_after_send: Duration,
    /// Whether RTS is low while sending (`rs485_invert_rts`, false).
    pub invert_rts: bool,
    /// Whether the driver closes the line with its resistor (`rs485_bus_termination`, false).
    pub bus_termination: bool,
    /// Whether there are wires of their own for each direction (`rs485_full_duplex`, false).
    pub full_duplex: bool,
}

impl Serial {
    /// Returns how long the line is silent between two frames: three and a half bytes, above 19,200 baud 1.75 ms (Modbus
    /// over Serial Line 1.02, 2.5.1.1).
    pub fn silence(&self) -> Duration {
        if self.baud_rate > 19_200 {
            return Duration::from_micros(1_750);
        }
        // Eleven bits a byte, whatever they are.
        Duration::from_micros(38_500_000 / u64::from(self.baud_rate.max(1)))
    }
}
