//! The keys of a connection that speaks Modbus.

use std::collections::BTreeMap;
use std::time::Duration;

use super::carrier::{self, Carried, Carrier};
use super::ranges;
use crate::connections::{ByteOrder, Modbus, SilentAfterErrors};
use crate::desk::Desk;
use crate::document::Table;
use crate::limits::{BITS_MAX, LINKS_MAX, PERIOD_MILLIS_MIN, REGISTERS_MAX, WIRE_MILLIS_MAX};
use crate::notation::AddressBase;
use crate::reader::Reader;
use crate::words::{BYTE_ORDER, SILENT_AFTER_ERRORS};

/// Every key that only such a connection has.
pub(super) const KEYS: &[&str] = &[
    "unit",
    "timeout_millis",
    "late_guard_millis",
    "silent_after_errors",
    "period_millis",
    "max_registers",
    "max_bits",
    "max_gap",
    "byte_order",
    "address_base",
    "pause_after_connect_millis",
    "pause_between_requests_millis",
    "stale_after_millis",
    "forbidden_ranges",
    "parallel",
    "units",
];

/// A link, and what its tags are when they do not say it themselves.
#[derive(Debug)]
pub(crate) struct RawModbus {
    /// The link, without anything that is read.
    pub(crate) link: Modbus,
    /// The address as people may see it.
    pub(crate) shown_address: String,
    /// The word of its type.
    pub(crate) kind: &'static str,
    /// The unit.
    pub(crate) unit: u8,
    /// The time from one reading to the next.
    pub(crate) period: Duration,
    /// The order of bytes.
    pub(crate) order: ByteOrder,
    /// The orders of units that have their own.
    pub(crate) orders: BTreeMap<u8, ByteOrder>,
    /// What addresses such as `HR12` count from.
    pub(crate) base: AddressBase,
}

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

/// Reads the keys of a connection that speaks Modbus over what its type says.
pub(super) fn read(reader: &mut Reader<'_, '_>, carrier: Carrier) -> RawModbus {
    // Without its address the link is still one: its tags are checked.
    let Carried { address, shown_address, transport, pause_least } = carrier::read(reader, carrier);
    let unit = reader.whole_or("unit", 0..=u8::MAX, UNIT);
    let timeout = reader.whole_or("timeout_millis", 1..=WIRE_MILLIS_MAX, TIMEOUT_MILLIS);
    let late_guard = late_guard(reader, timeout);
    let silent_after_errors = silent_after_errors(reader, carrier);
    let period = reader.whole_or("period_millis", PERIOD_MILLIS_MIN..=WIRE_MILLIS_MAX, PERIOD_MILLIS);
    let registers_max = reader.whole_or("max_registers", 1..=REGISTERS_MAX, REGISTERS_MAX);
    let bits_max = reader.whole_or("max_bits", 1..=BITS_MAX, BITS_MAX);
    let gap_max = reader.whole_or("max_gap", 0..=BITS_MAX, GAP);
    let order = reader.word("byte_order", BYTE_ORDER, ByteOrder::Abcd);
    let base = reader.whole_or("address_base", 0..=1, 1_u8);
    let base = if base == 0 { AddressBase::Zero } else { AddressBase::One };
    let forbidden = ranges::read(reader, base);
    let links = links(reader, carrier);
    let millis = |reader: &mut Reader<'_, '_>, key| Duration::from_millis(reader.whole_or(key, 0..=WIRE_MILLIS_MAX, 0));
    let pause_after_connect = millis(reader, "pause_after_connect_millis");
    let pause_between_requests = millis(reader, "pause_between_requests_millis").max(pause_least);
    let stale_after = Some(millis(reader, "stale_after_millis")).filter(|millis| !millis.is_zero());
    let link = Modbus {
        address,
        transport,
        links,
        timeout: Duration::from_millis(timeout),
        late_guard: Duration::from_millis(late_guard),
        silent_after_errors,
        registers_max,
        bits_max,
        gap_max,
        forbidden,
        pause_after_connect,
        pause_between_requests,
        stale_after,
        points: Vec::new(),
    };
    let period = Duration::from_millis(period);
    RawModbus { link, shown_address, kind: carrier.word(), unit, period, order, orders: BTreeMap::new(), base }
}

/// Reads who is not asked after an error, which matters where frames have no ids.
fn silent_after_errors(reader: &mut Reader<'_, '_>, carrier: Carrier) -> SilentAfterErrors {
    match carrier {
        Carrier::RtuOverTcp | Carrier::Rtu => {
            reader.word("silent_after_errors", SILENT_AFTER_ERRORS, SilentAfterErrors::Line)
        }
        Carrier::Tcp | Carrier::Tls => {
            reader.refuse(&["silent_after_errors"], "connections with the frames of a serial line");
            SilentAfterErrors::Line
        }
    }
}

/// Reads how many links there are to one device; a serial line is one.
fn links(reader: &mut Reader<'_, '_>, carrier: Carrier) -> u16 {
    match carrier {
        Carrier::Tcp | Carrier::Tls | Carrier::RtuOverTcp => reader.whole_or("parallel", 1..=LINKS_MAX, 1),
        Carrier::Rtu => {
            reader.refuse(&["parallel"], "connections over TCP");
            1
        }
    }
}

/// Reads one of `[[connections.units]]`: what the tags of a unit are when they do not say it themselves.
pub(super) fn unit(desk: &mut Desk<'_>, table: &Table) -> Option<(u8, ByteOrder)> {
    let mut reader = Reader::new(desk, "connections.units", table);
    if !reader.has("unit") {
        reader.missing("unit");
    }
    let unit = reader.whole("unit", 0..=u8::MAX);
    let order = reader.required_word("byte_order", BYTE_ORDER);
    reader.finish("[[connections.units]]");
    Some((unit?, order?))
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
