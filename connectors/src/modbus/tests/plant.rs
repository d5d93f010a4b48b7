//! Connections, blocks and frames for tests.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use latchwork_config::connections::{
    ByteOrder, Coding, Connection, ConnectionTag, Modbus, Point, RegisterTable, SilentAfterErrors, Transport, Wire,
};
use latchwork_config::{Colour, Memory};
use latchwork_expr::{TagSlot, Type};

use crate::modbus::plan::Block;

/// The period of every point that says nothing else.
pub(crate) const PERIOD: Option<Duration> = Some(Duration::from_millis(250));

/// A holding register of unit 1 with an unsigned number.
pub(crate) fn point(address: u16) -> Point {
    Point {
        unit: 1,
        table: RegisterTable::HoldingRegisters,
        address,
        bit: None,
        coding: Coding::Uint16,
        order: ByteOrder::Abcd,
        scale: 1.0,
        offset: 0.0,
        period: PERIOD,
    }
}

/// A link with the configuration's defaults.
pub(crate) fn modbus(points: Vec<Point>) -> Modbus {
    Modbus {
        address: "127.0.0.1:502".to_owned(),
        transport: Transport::Tcp,
        links: 1,
        timeout: Duration::from_secs(1),
        late_guard: Duration::from_secs(10),
        silent_after_errors: SilentAfterErrors::Line,
        registers_max: 125,
        bits_max: 2000,
        gap_max: 8,
        forbidden: Vec::new(),
        pause_after_connect: Duration::ZERO,
        pause_between_requests: Duration::ZERO,
        stale_after: None,
        points,
    }
}

/// A connection whose tags are integers.
pub(crate) fn connection(modbus: Modbus) -> Arc<Connection> {
    let tag = |index| ConnectionTag {
        path: format!("[default]T{index}"),
        slot: TagSlot(u32::try_from(index).unwrap()),
        kind: Type::Integer,
        shaping: None,
    };
    let tags = (0..modbus.points.len()).map(tag).collect();
    Arc::new(Connection {
        name: "Press".to_owned(),
        tags,
        wire: Wire::Modbus(Arc::new(modbus)),
        writing: None,
        frame_log: None,
    })
}

/// One register of unit 1.
pub(crate) fn block() -> Block {
    Block { unit: 1, table: RegisterTable::HoldingRegisters, period: PERIOD, address: 0, count: 1, points: vec![0] }
}

/// The bytes of a frame.
pub(crate) fn answer_frame(id: u16, unit: u8, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len() + 1).unwrap();
    [&id.to_be_bytes()[..], &[0, 0], &length.to_be_bytes(), &[unit], body].concat()
}

/// A connection as the configuration makes it: each tag with its address, type and more keys is answered in by a
/// handshake, so that it may be written. Nothing else makes one.
pub(crate) fn writing_connection(address: &str, tags: &[(&str, Type, &str)]) -> Connection {
    let mut text = format!(
        "[[connections]]\nname = \"Press\"\ntype = \"modbus-tcp\"\naddress = \"{address}\"\nallow_writes = true\n"
    );
    for (index, (address, kind, more)) in tags.iter().enumerate() {
        let (kind, yes, no) = match kind {
            Type::Boolean => ("bool", "true", "false"),
            Type::Float => ("float", "1.5", "2.5"),
            Type::Integer => ("int", "1", "2"),
            Type::Any | Type::Null | Type::String | Type::Date | Type::Dataset | Type::Document => {
                panic!("no test writes {kind:?}")
            }
        };
        writeln!(
            text,
            "[[tags]]\npath = \"T{index}\"\ntype = \"{kind}\"\nconnection = \"Press\"\naddress = \"{address}\"\n{more}"
        )
        .unwrap();
        writeln!(
            text,
            "[[operations]]\nname = \"{index}\"\nlocation = \"L\"\nstart_trigger_expression = \"{{T{index}}} = 5\""
        )
        .unwrap();
        writeln!(
            text,
            "[operations.handshake]\nacknowledge_tag = \"T{index}\"\nsuccess_value = {yes}\nfailure_value = {no}"
        )
        .unwrap();
    }
    let read = latchwork_config::read(Path::new("plant.toml"), &Memory::of("plant.toml", text));
    let mut configuration = read.unwrap_or_else(|problems| panic!("{}", problems.render(Colour::Off)));
    configuration.connections.remove(0)
}
