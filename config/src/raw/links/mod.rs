//! What tags can be fed by: `[[scan_classes]]` and `[[connections]]`. They are read before the tags,
//! which take from them what they do not say themselves.

mod carrier;
mod frame_log;
mod guard;
mod modbus;
mod mqtt;
mod payload;
mod ranges;
mod scan_classes;
mod tls;
mod topics;

use carrier::Carrier;
pub(crate) use guard::RawGuard;
pub(crate) use modbus::RawModbus;
pub(crate) use mqtt::{ClientId, RawMqtt, read_collector, read_publisher};
pub(crate) use scan_classes::{ONCE, RawScanClass};
pub(crate) use tls::identity as read_identity;
pub(crate) use topics::{MESSAGE_KEYS, RawMessages, RawTopic, of_tag};

use std::collections::BTreeMap;

use super::sections::Sections;
use super::settings::RawGateway;
use crate::connections::FrameLogSettings;
use crate::desk::Desk;
use crate::document::Table;
use crate::reader::{Reader, Written};
use crate::words::{CONNECTION_KIND, ConnectionKind};

/// Everything that tags can be fed by.
#[derive(Debug)]
pub(crate) struct RawLinks {
    /// `[[scan_classes]]`.
    pub(crate) scan_classes: Vec<RawScanClass>,
    /// `[[connections]]`.
    pub(crate) connections: Vec<RawConnection>,
    by_name: BTreeMap<String, usize>,
}

/// One of `[[connections]]`.
#[derive(Debug)]
pub(crate) struct RawConnection {
    /// The name.
    pub(crate) name: Written,
    /// What speaks over it; `None` if its type is wrong, which is a problem.
    pub(crate) wire: Option<RawWire>,
    /// On what condition it is believed.
    pub(crate) guard: RawGuard,
    /// Whether handshakes may write over it.
    pub(crate) allows_writes: bool,
    /// Where its frames are logged.
    pub(crate) frame_log: Option<FrameLogSettings>,
}

/// What speaks over a connection.
#[derive(Debug)]
pub(crate) enum RawWire {
    /// Modbus.
    Modbus(RawModbus),
    /// MQTT.
    Mqtt(RawMqtt),
}

impl RawLinks {
    /// Reads the sections.
    pub(in crate::raw) fn read<'a>(desk: &mut Desk<'a>, sections: &Sections<'a>, gateway: &RawGateway) -> Self {
        let scan_classes = sections.list("scan_classes").iter();
        let scan_classes = scan_classes.filter_map(|table| scan_classes::read(desk, table)).collect();
        let connections = sections.list("connections").iter();
        let connections: Vec<RawConnection> =
            connections.filter_map(|table| connection(desk, table, gateway)).collect();
        let mut by_name = BTreeMap::new();
        for (index, connection) in connections.iter().enumerate() {
            by_name.entry(connection.name.value.clone()).or_insert(index);
        }
        Self { scan_classes, connections, by_name }
    }

    /// Returns the index of a connection.
    pub(crate) fn find(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }
}

fn connection(desk: &mut Desk<'_>, table: &Table, gateway: &RawGateway) -> Option<RawConnection> {
    let mut reader = Reader::new(desk, "connections", table);
    let name = reader.required_name("name");
    let kind = reader.required_word("type", CONNECTION_KIND);
    let guard = guard::read(&mut reader);
    let allows_writes = reader.boolean("allow_writes", false);
    let frame_log = frame_log::read(&mut reader);
    let wire = match kind {
        Some(ConnectionKind::ModbusTcp) => Some(RawWire::Modbus(modbus_wire(reader, Carrier::Tcp))),
        Some(ConnectionKind::ModbusTls) => Some(RawWire::Modbus(modbus_wire(reader, Carrier::Tls))),
        Some(ConnectionKind::ModbusRtuOverTcp) => Some(RawWire::Modbus(modbus_wire(reader, Carrier::RtuOverTcp))),
        Some(ConnectionKind::ModbusRtu) => Some(RawWire::Modbus(modbus_wire(reader, Carrier::Rtu))),
        Some(ConnectionKind::Mqtt) => {
            let client_id = ClientId::of(gateway, name.as_ref());
            Some(RawWire::Mqtt(mqtt_wire(reader, &client_id)))
        }
        // Which keys there are is not known without the type.
        None => None,
    };
    Some(RawConnection { name: name?, wire, guard, allows_writes, frame_log })
}

fn modbus_wire(mut reader: Reader<'_, '_>, carrier: Carrier) -> RawModbus {
    let wire = modbus::read(&mut reader, carrier);
    reader.refuse(mqtt::KEYS, "connections of type mqtt");
    let tables = reader.tables("units");
    let desk = reader.finish("[[connections]]");
    let orders = tables.into_iter().filter_map(|table| modbus::unit(desk, table)).collect();
    RawModbus { orders, ..wire }
}

fn mqtt_wire(mut reader: Reader<'_, '_>, client_id: &ClientId) -> RawMqtt {
    let mut wire = mqtt::read(&mut reader, client_id);
    let (tables, last_will) = (reader.tables("topics"), reader.table("last_will"));
    reader.refuse(modbus::KEYS, "connections that speak Modbus");
    reader.refuse(carrier::HOST_KEYS, "connections that speak Modbus");
    reader.refuse(carrier::SERIAL_KEYS, "connections of type modbus-rtu");
    let desk = reader.finish("[[connections]]");
    wire.broker.last_will = last_will.and_then(|table| mqtt::last_will(desk, table));
    let topics: Vec<Option<RawTopic>> = tables.into_iter().map(|table| topics::read(desk, table)).collect();
    let topics_are_whole = topics.iter().all(Option::is_some);
    RawMqtt { topics: topics.into_iter().flatten().collect(), topics_are_whole, ..wire }
}
