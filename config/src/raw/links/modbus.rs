//! The keys of a connection that speaks Modbus.

use std::time::Duration;

use crate::connections::{ByteOrder, Modbus};
use crate::limits::{BITS_MAX, PERIOD_MILLIS_MIN, REGISTERS_MAX, WIRE_MILLIS_MAX};
use crate::notation::{AddressBase, Authority};
use crate::problems;
use crate::reader::Reader;
use crate::words::BYTE_ORDER;

/// Every key that only such a connection has.
pub(super) const KEYS: &[&str] = &[
    "address",
    "unit",
    "timeout_millis",
    "late_guard_millis",
    "period_millis",
    "max_registers",
    "max_bits",
    "max_gap",
    "byte_order",
    "address_base",
    "pause_after_connect_millis",
    "pause_between_requests_millis",
    "stale_after_millis",
];

/// A link, and what its tags are when they do not say it themselves.
#[derive(Debug)]
pub(crate) struct RawModbus {
    /// The link, without anything that is read.
    pub(crate) link: Modbus,
    /// The address as people may see it.
    pub(crate) shown_address: String,
    /// The unit.
    pub(crate) unit: u8,
    /// The time from one reading to the next.
    pub(crate) period: Duration,
    /// The order of bytes.
    pub(crate) order: ByteOrder,
    /// What addresses such as `HR12` count from.
    pub(crate) base: AddressBase,
}

/// The port of Modbus TCP.
const PORT: u16 = 502;

/// The unit of a device that is no gateway to others.
const UNIT: u8 = 1;

/// How long an answer may take.
const TIMEOUT_MILLIS: u64 = 1_000;

/// How many timeouts a late answer may take.
const LATE_GUARD_TIMEOUTS: u64 = 10;

/// The time from one reading to the next.
const PERIOD_MILLIS: u64 = 250;

/// How many registers or bits between two tags are read with them.
const GAP: u16 = 8;

/// Reads the keys of a connection that speaks Modbus.
pub(super) fn read(reader: &mut Reader<'_, '_>) -> RawModbus {
    // Without its address the link is still one: its tags are checked.
    let (address, shown_address) = network_address(reader).unwrap_or_default();
    let unit = reader.whole_or("unit", 0..=u8::MAX, UNIT);
    let timeout = reader.whole_or("timeout_millis", 1..=WIRE_MILLIS_MAX, TIMEOUT_MILLIS);
    let late_guard = late_guard(reader, timeout);
    let period = reader.whole_or("period_millis", PERIOD_MILLIS_MIN..=WIRE_MILLIS_MAX, PERIOD_MILLIS);
    let registers_max = reader.whole_or("max_registers", 1..=REGISTERS_MAX, REGISTERS_MAX);
    let bits_max = reader.whole_or("max_bits", 1..=BITS_MAX, BITS_MAX);
    let gap_max = reader.whole_or("max_gap", 0..=BITS_MAX, GAP);
    let order = reader.word("byte_order", BYTE_ORDER, ByteOrder::Abcd);
    let base = reader.whole_or("address_base", 0..=1, 1_u8);
    let pause_after_connect = reader.whole_or("pause_after_connect_millis", 0..=WIRE_MILLIS_MAX, 0);
    let pause_between_requests = reader.whole_or("pause_between_requests_millis", 0..=WIRE_MILLIS_MAX, 0);
    let stale_after = reader.whole_or("stale_after_millis", 0..=WIRE_MILLIS_MAX, 0);
    let link = Modbus {
        address,
        timeout: Duration::from_millis(timeout),
        late_guard: Duration::from_millis(late_guard),
        registers_max,
        bits_max,
        gap_max,
        pause_after_connect: Duration::from_millis(pause_after_connect),
        pause_between_requests: Duration::from_millis(pause_between_requests),
        stale_after: (stale_after > 0).then(|| Duration::from_millis(stale_after)),
        points: Vec::new(),
    };
    let base = if base == 0 { AddressBase::Zero } else { AddressBase::One };
    RawModbus { link, shown_address, unit, period: Duration::from_millis(period), order, base }
}

/// Reads host and port; returns them, and as people may see them.
fn network_address(reader: &mut Reader<'_, '_>) -> Option<(String, String)> {
    let written = reader.required_name("address")?;
    let shown = written.shown().to_owned();
    match Authority::parse(&written.value, PORT) {
        Ok(authority) if written.is_elsewhere() => Some((authority.to_string(), shown)),
        Ok(authority) => Some((authority.to_string(), authority.to_string())),
        Err(fault) => {
            let hint = "write host and port, such as `192.168.10.21:502`";
            reader.malformed(problems::BAD_URL, "address", &written, &fault, Some(hint));
            Some((written.value, shown))
        }
    }
}

/// Reads how long a late answer is taken: as long as a timely one at least.
fn late_guard(reader: &mut Reader<'_, '_>, timeout: u64) -> u64 {
    let key = "late_guard_millis";
    if reader.has(key) {
        return reader.whole(key, timeout..=WIRE_MILLIS_MAX).unwrap_or(timeout);
    }
    reader.pass_over(&[key]);
    let guard = timeout.saturating_mul(LATE_GUARD_TIMEOUTS).min(WIRE_MILLIS_MAX);
    reader.explain_from(key, None, "10 times `timeout_millis`", || guard.to_string());
    guard
}
