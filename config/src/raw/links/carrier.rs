//! What carries the frames of a Modbus connection, and the keys that only that has.

use std::time::Duration;

use super::tls;
use crate::connections::{Parity, Rs485, Serial, Transport};
use crate::limits::{BAUD_RATES, RS485_DELAY_MILLIS_MAX};
use crate::notation::Authority;
use crate::problems;
use crate::reader::Reader;
use crate::words::PARITY;

/// What carries the frames of a Modbus connection (`type`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Carrier {
    Tcp,
    Tls,
    RtuOverTcp,
    Rtu,
}

/// What carries the frames, and where to.
#[derive(Debug)]
pub(super) struct Carried {
    pub(super) address: String,
    pub(super) shown_address: String,
    pub(super) transport: Transport,
    /// The least pause between two requests.
    pub(super) pause_least: Duration,
}

/// The keys that lead to a host.
pub(super) const HOST_KEYS: &[&str] = &["address"];

/// The keys of a serial line.
pub(super) const SERIAL_KEYS: &[&str] = &[
    "port",
    "baud_rate",
    "parity",
    "stop_bits",
    "rs485",
    "rs485_delay_before_send_millis",
    "rs485_delay_after_send_millis",
    "rs485_invert_rts",
    "rs485_bus_termination",
    "rs485_full_duplex",
];

/// The port of Modbus TCP.
const TCP_PORT: u16 = 502;

/// The port of Modbus over TLS.
const TLS_PORT: u16 = 802;

/// Bits a second of a line of which nothing is said (Modbus over Serial Line 1.02, 3.2).
const BAUD_RATE: u32 = 19_200;

impl Carrier {
    /// Returns the word of the type.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Tcp => "modbus-tcp",
            Self::Tls => "modbus-tls",
            Self::RtuOverTcp => "modbus-rtu-over-tcp",
            Self::Rtu => "modbus-rtu",
        }
    }
}

/// Reads the keys that only this carrier has, and refuses those of the others.
pub(super) fn read(reader: &mut Reader<'_, '_>, carrier: Carrier) -> Carried {
    if carrier != Carrier::Tls {
        reader.refuse(tls::KEYS, "connections of type modbus-tls");
    }
    if carrier == Carrier::Rtu {
        reader.refuse(HOST_KEYS, "connections over TCP; a serial line has a `port`");
        return serial_line(reader);
    }
    reader.refuse(SERIAL_KEYS, "connections of type modbus-rtu");
    let port = if carrier == Carrier::Tls { TLS_PORT } else { TCP_PORT };
    let Host { address, name, shown_address, shown_name } = host(reader, port).unwrap_or_default();
    let transport = match carrier {
        Carrier::Tls => Transport::Tls(tls::read(reader, &name, &shown_name)),
        Carrier::RtuOverTcp => Transport::RtuOverTcp,
        Carrier::Tcp | Carrier::Rtu => Transport::Tcp,
    };
    Carried { address, shown_address, transport, pause_least: Duration::ZERO }
}

/// Where a link leads to, and as people may see it.
#[derive(Default)]
struct Host {
    address: String,
    name: String,
    shown_address: String,
    shown_name: String,
}

fn host(reader: &mut Reader<'_, '_>, port: u16) -> Option<Host> {
    let written = reader.required_name("address")?;
    let shown = written.shown().to_owned();
    match Authority::parse(&written.value, port) {
        Ok(authority) => {
            let address = authority.to_string();
            let (shown_address, shown_name) =
                if written.is_elsewhere() { (shown.clone(), shown) } else { (address.clone(), authority.host.clone()) };
            Some(Host { address, name: authority.host, shown_address, shown_name })
        }
        Err(fault) => {
            let hint = "write host and port, such as `192.168.10.21:502`";
            reader.malformed(problems::BAD_URL, "address", &written, &fault, Some(hint));
            Some(Host { address: written.value, name: String::new(), shown_address: shown.clone(), shown_name: shown })
        }
    }
}

fn serial_line(reader: &mut Reader<'_, '_>) -> Carried {
    let port = reader.required_name("port");
    let baud_rate = reader.whole_or("baud_rate", BAUD_RATES, BAUD_RATE);
    let parity = reader.word("parity", PARITY, Parity::Even);
    // A byte takes eleven bits: without a parity a second stop bit stands in its place.
    let stop_bits = reader.whole_or("stop_bits", 1..=2, if parity == Parity::None { 2 } else { 1 });
    let serial = Serial { baud_rate, parity, stop_bits, rs485: rs485(reader) };
    let shown_address = port.as_ref().map(|port| port.shown().to_owned()).unwrap_or_default();
    let address = port.map(|port| port.value).unwrap_or_default();
    Carried { address, shown_address, transport: Transport::Rtu(serial), pause_least: serial.silence() }
}

/// Reads how the driver switches the direction of the line.
fn rs485(reader: &mut Reader<'_, '_>) -> Option<Rs485> {
    let (keys, is_on) = (&SERIAL_KEYS[5..], reader.boolean("rs485", false));
    if !is_on {
        for key in keys {
            if let Some(place) = reader.key_place(key) {
                reader.problem(problems::NO_EFFECT, place, format!("`{key}` has no effect: `rs485` is not on"), None);
            }
        }
        reader.pass_over(keys);
        return None;
    }
    let delay =
        |reader: &mut Reader<'_, '_>, key| Duration::from_millis(reader.whole_or(key, 0..=RS485_DELAY_MILLIS_MAX, 0));
    Some(Rs485 {
        delay_before_send: delay(reader, "rs485_delay_before_send_millis"),
        delay_after_send: delay(reader, "rs485_delay_after_send_millis"),
        invert_rts: reader.boolean("rs485_invert_rts", false),
        bus_termination: reader.boolean("rs485_bus_termination", false),
        full_duplex: reader.boolean("rs485_full_duplex", false),
    })
}
