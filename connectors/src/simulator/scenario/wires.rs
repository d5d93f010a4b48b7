//! `[modbus]` and `[mqtt]`: where the signals are served and published.

use std::net::SocketAddr;
use std::ops::Range;

use latchwork_config::connections::{ByteOrder, RegisterTable, Secret};
use toml::Spanned;

use super::fault;
use super::mistake::Desk;
use super::section::{Section, as_text};
use crate::simulator::address::AddressRange;
use crate::simulator::fault::Fault;

/// The orders of bytes by their names.
pub(super) const BYTE_ORDERS: &[(&str, ByteOrder)] =
    &[("ABCD", ByteOrder::Abcd), ("DCBA", ByteOrder::Dcba), ("BADC", ByteOrder::Badc), ("CDAB", ByteOrder::Cdab)];

/// The port of MQTT without encryption.
const MQTT_PORT: u16 = 1883;

/// Where registers are served.
#[derive(Clone, Debug)]
pub(in crate::simulator) struct ModbusServer {
    /// The address to listen at.
    pub(in crate::simulator) bind: SocketAddr,
    /// What the forms with letters count from, 0 or 1.
    pub(in crate::simulator) address_base: u16,
    /// How bytes are ordered where a signal does not say.
    pub(in crate::simulator) byte_order: ByteOrder,
    /// What can be read besides the registers of signals; it shows 0.
    pub(in crate::simulator) served: Vec<ServedRange>,
    /// What goes wrong with its answers; the first that is drawn happens.
    pub(in crate::simulator) faults: Vec<Fault>,
}

/// A range of registers or bits that can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::simulator) struct ServedRange {
    /// The unit.
    pub(in crate::simulator) unit: u8,
    /// The table.
    pub(in crate::simulator) table: RegisterTable,
    /// The wire addresses, from the first to the last.
    pub(in crate::simulator) first: u16,
    /// The last.
    pub(in crate::simulator) last: u16,
}

/// Where messages are published.
#[derive(Clone, Debug)]
pub(in crate::simulator) struct MqttBroker {
    /// The broker's host.
    pub(in crate::simulator) host: String,
    /// Its port.
    pub(in crate::simulator) port: u16,
    /// The client id.
    pub(in crate::simulator) client_id: String,
    /// User and password.
    pub(in crate::simulator) login: Option<(String, Secret)>,
}

/// The unit of an address that names none.
pub(super) const UNIT: u8 = 1;

/// Reads `[modbus]`.
///
/// A mistake in it leaves something that is never used: a scenario with mistakes is not returned.
pub(super) fn modbus(desk: &mut Desk, mut section: Section<'_>) -> ModbusServer {
    let bind = section.required_text(desk, "bind");
    let bind = bind.and_then(|text| parsed(desk, &text, "an address such as `127.0.0.1:5020`"));
    let base = section.integer(desk, "address_base", 0..=1);
    let address_base = base.and_then(|base| u16::try_from(base).ok()).unwrap_or(1);
    let byte_order = section.word(desk, "byte_order", BYTE_ORDERS).unwrap_or_default();
    let items = section.list(desk, "serves");
    let texts: Vec<_> = items.into_iter().filter_map(|item| as_text(desk, item)).collect();
    let served = texts.iter().filter_map(|text| served(desk, text, address_base)).collect();
    let faults = section.list(desk, "faults");
    let faults = fault::read(desk, &faults, address_base);
    section.finish(desk, "`[modbus]`");
    let bind = bind.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 0)));
    ModbusServer { bind, address_base, byte_order, served, faults }
}

fn served(desk: &mut Desk, text: &Spanned<&str>, base: u16) -> Option<ServedRange> {
    let range = AddressRange::read(text.get_ref(), base).map_err(|message| desk.add(text.span(), message)).ok()?;
    let AddressRange { unit, table, first, last } = range;
    Some(ServedRange { unit: unit.unwrap_or(UNIT), table, first, last })
}

/// Reads `[mqtt]`, as [`modbus`] does.
pub(super) fn mqtt(desk: &mut Desk, mut section: Section<'_>) -> MqttBroker {
    let url = section.required_text(desk, "url");
    let place = url.and_then(|url| broker(desk, &url));
    let client_id = section.text(desk, "client_id").map_or("latchwork-simulator", Spanned::into_inner).to_owned();
    let user = section.text(desk, "username");
    let password = section.text(desk, "password");
    let login = login(desk, section.span(), user, password);
    section.finish(desk, "`[mqtt]`");
    let (host, port) = place.unwrap_or_default();
    MqttBroker { host, port, client_id, login }
}

fn login(
    desk: &mut Desk,
    span: Range<usize>,
    user: Option<Spanned<&str>>,
    password: Option<Spanned<&str>>,
) -> Option<(String, Secret)> {
    if user.is_some() != password.is_some() {
        desk.add(span, "`username` and `password` go together");
    }
    Some(((*user?.get_ref()).to_owned(), Secret((*password?.get_ref()).to_owned())))
}

/// Reads `mqtt://host:port`.
fn broker(desk: &mut Desk, url: &Spanned<&str>) -> Option<(String, u16)> {
    let place = url.get_ref().strip_prefix("mqtt://").map(|rest| rest.trim_end_matches('/'));
    let place = place.and_then(|place| match place.rsplit_once(':') {
        Some((host, port)) => Some((host, port.parse().ok()?)),
        None => Some((place, MQTT_PORT)),
    });
    let place = place.filter(|(host, _)| !host.is_empty() && !host.contains('/'));
    if place.is_none() {
        desk.add(url.span(), format!("`{}` is no broker such as `mqtt://127.0.0.1:1883`", url.get_ref()));
    }
    place.map(|(host, port)| (host.trim_matches(['[', ']']).to_owned(), port))
}

fn parsed<T: std::str::FromStr>(desk: &mut Desk, text: &Spanned<&str>, wanted: &str) -> Option<T> {
    let value = text.get_ref().parse().ok();
    if value.is_none() {
        desk.add(text.span(), format!("`{}` is not {wanted}", text.get_ref()));
    }
    value
}
