//! What a connector is given, and where a tag's value comes from, for the good files.

use std::path::Path;
use std::time::Duration;

use latchwork_expr::Type;

use crate::connections::{
    ByteOrder, Coding, JsonPaths, JsonStep, LastWill, Modbus, Mqtt, MqttVersion, Payload, Point, PointPaths,
    RegisterTable, Secret, TimeUnit, TopicTarget, Wire,
};
use crate::golden::folder;
use crate::{Colour, Configuration, Memory, read};

fn plant(name: &str) -> Configuration {
    let folder = folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/good"));
    read(Path::new(name), &folder).unwrap_or_else(|problems| panic!("{}", problems.render(Colour::Off)))
}

fn modbus(configuration: &Configuration, index: usize) -> &Modbus {
    let Wire::Modbus(modbus) = &configuration.connections[index].wire else { panic!("modbus") };
    modbus
}

fn mqtt(configuration: &Configuration, index: usize) -> &Mqtt {
    let Wire::Mqtt(mqtt) = &configuration.connections[index].wire else { panic!("mqtt") };
    mqtt
}

#[test]
fn every_key_of_a_link_arrives() {
    let configuration = plant("modbus.toml");
    let all = modbus(&configuration, 0);
    assert_eq!(all.address, "[fd00::21]:1502");
    assert_eq!((all.timeout, all.late_guard), (Duration::from_secs(2), Duration::from_secs(5)));
    assert_eq!((all.registers_max, all.bits_max, all.gap_max), (16, 64, 0));
    assert_eq!(all.pause_after_connect, Duration::from_millis(100));
    assert_eq!(all.pause_between_requests, Duration::from_millis(5));
    assert_eq!(all.stale_after, Some(Duration::from_secs(90)));
    let least = modbus(&configuration, 1);
    assert_eq!(least.address, "plc.Brewery.example:502");
    assert_eq!((least.late_guard, least.stale_after), (Duration::from_secs(10), None));
}

#[test]
fn points_take_from_their_connection_what_they_do_not_say() {
    let configuration = plant("modbus.toml");
    let points = &modbus(&configuration, 0).points;
    let first = Point {
        unit: 3,
        table: RegisterTable::HoldingRegisters,
        address: 12,
        bit: None,
        coding: Coding::Uint16,
        order: ByteOrder::Cdab,
        scale: 1.0,
        offset: 0.0,
        period: Some(Duration::from_millis(100)),
    };
    assert_eq!(points[0], first);
    let own = Point {
        table: RegisterTable::InputRegisters,
        coding: Coding::Float32,
        order: ByteOrder::Abcd,
        scale: 0.1,
        offset: -40.0,
        ..first.clone()
    };
    assert_eq!(points[1], own);
    let bit = Point { bit: Some(3), coding: Coding::Bool, period: Some(Duration::from_mins(1)), ..first.clone() };
    assert_eq!(points[2], bit);
    assert_eq!(points[3], Point { unit: 2, coding: Coding::Bool, ..first });
    assert_eq!(points.iter().map(|point| point.unit).collect::<Vec<_>>(), [3, 3, 3, 2, 2, 3, 3]);
}

#[test]
fn the_tags_of_a_connection_are_in_the_order_of_the_file() {
    let configuration = plant("connections.toml");
    let [plc, broker] = configuration.connections.as_slice() else { panic!("two connections") };
    let names = |index: usize| plc.tags[index].path.rsplit('/').next();
    assert_eq!([0, 1, 2, 3].map(names), ["Running", "Speed", "GoodCount", "Mode"].map(Some));
    assert_eq!((broker.tags[0].slot.index(), broker.tags[0].kind), (4, Type::String));
    for tag in plc.tags.iter().chain(&broker.tags) {
        assert_eq!(configuration.plant.tags[tag.slot.index()].path, tag.path);
    }
    assert_eq!(configuration.store.url.as_deref(), Some("sqlite:latchwork.db"));
}

#[test]
fn every_key_of_a_broker_arrives() {
    let configuration = plant("mqtt.toml");
    let all = mqtt(&configuration, 0);
    assert_eq!((all.host.as_str(), all.port, all.version), ("fd00::5", 11883, MqttVersion::V5));
    assert_eq!((all.client_id.as_str(), all.clean_start), ("gateway", true));
    assert_eq!((all.session_expiry, all.keep_alive), (Duration::from_hours(1), Duration::from_secs(10)));
    assert_eq!(all.username.as_deref(), Some("gateway"));
    assert_eq!(all.password, Some(Secret("do not show".to_owned())));
    assert_eq!(all.packet_bytes_max, 65536);
    let least = mqtt(&configuration, 1);
    assert_eq!((least.host.as_str(), least.port, least.version), ("broker", 1883, MqttVersion::V4));
    assert_eq!((least.client_id.as_str(), least.clean_start), ("gw-Brewery-least", false));
}

#[test]
fn topics_are_for_tags_or_patterns() {
    let configuration = plant("mqtt.toml");
    let topics = &mqtt(&configuration, 0).topics;
    let told: Vec<(&str, u8, &TopicTarget)> =
        topics.iter().map(|topic| (topic.filter.as_str(), topic.qos, &topic.target)).collect();
    let pattern = TopicTarget::Pattern("{1}".to_owned());
    let expected =
        [("line1/speed", 0, &TopicTarget::Tag(1)), ("plant/#", 1, &pattern), ("plant/state", 2, &TopicTarget::Tag(0))];
    assert_eq!(told, expected);
    let Payload::Json(paths) = &topics[0].payload else { panic!("json") };
    assert_eq!((paths.value.as_slice(), paths.time_unit), (&[][..], TimeUnit::Micros));
    assert_eq!(paths.time, Some(vec![JsonStep::Key("at".to_owned())]));
    assert_eq!(paths.quality, Some(vec![JsonStep::Key("quality".to_owned())]));
    assert_eq!(topics[1].payload, Payload::Raw);
}

#[test]
fn every_form_of_a_payload_arrives() {
    let configuration = plant("payloads.toml");
    let broker = mqtt(&configuration, 0);
    let key = |name: &str| vec![JsonStep::Key(name.to_owned())];
    let [object, array, plain, document] = broker.topics.as_slice() else { panic!("four topics") };
    let each = |value, time, time_unit, quality| JsonPaths { value, time, time_unit, quality };
    let expected = Payload::Object(PointPaths {
        points: key("values"),
        name: None,
        each: each(key("v"), None, TimeUnit::Iso, Some(key("q"))),
        shared_time: Some(key("ts")),
        shared_quality: None,
    });
    assert_eq!(object.payload, expected);
    // Where the array is the document, `$` is the point.
    let expected = Payload::Array(PointPaths {
        points: Vec::new(),
        name: Some(key("name")),
        each: each(key("v"), Some(key("t")), TimeUnit::Micros, None),
        shared_time: None,
        shared_quality: None,
    });
    assert_eq!(array.payload, expected);
    let Payload::Object(paths) = &plain.payload else { panic!("an object") };
    assert_eq!((paths.points.as_slice(), paths.each.value.as_slice()), (&[][..], &[][..]));
    let expected = Payload::Document(each(Vec::new(), Some(key("t")), TimeUnit::Seconds, None));
    assert_eq!(document.payload, expected);
    let Payload::Array(own) = &mqtt(&configuration, 1).topics[0].payload else { panic!("an array") };
    assert_eq!((&own.each.value, &own.each.time), (&vec![JsonStep::Index(1)], &Some(vec![JsonStep::Index(0)])));
}

#[test]
fn encryption_and_last_wills_arrive() {
    let configuration = plant("payloads.toml");
    let (broker, other) = (mqtt(&configuration, 0), mqtt(&configuration, 1));
    let tls = broker.tls.as_ref().unwrap();
    assert_eq!((broker.port, tls.server_name.as_str()), (8883, "broker"));
    assert_eq!(tls.ca_file.as_deref(), Some(Path::new("ca.pem")));
    assert_eq!(tls.identity.as_ref().unwrap().key_file, Path::new("gateway.key"));
    assert_eq!((other.port, other.tls.as_ref().unwrap().server_name.as_str()), (18883, "127.0.0.1"));
    let will = |message: &str, qos, is_retained| {
        let (topic, message) = ("gateways/brewery".to_owned(), message.to_owned());
        Some(LastWill { topic, message, qos, is_retained })
    };
    assert_eq!(broker.last_will, will("gone", 1, true));
    assert_eq!(other.last_will, will("", 0, false));
    assert_eq!(mqtt(&plant("mqtt.toml"), 0).tls, None);
}

#[test]
fn the_wire_of_a_tag_is_one_text() {
    let wires = |name: &str| -> Vec<String> {
        plant(name).plant.tags.into_iter().map(|tag| tag.wire.unwrap_or_default()).collect()
    };
    let plc = "filler-plc modbus-tcp 192.168.10.21:502 unit 1";
    let state = "plant-broker mqtt 192.168.10.5:1883 brewery/+/+/state {1}/{2}/State \
                 json $['v'] time $['ts'] ms quality $['q']";
    let expected = [
        format!("{plc} discrete:3 bool ABCD * 1 + 0"),
        format!("{plc} holding:99 float32 ABCD * 1 + 0"),
        format!("{plc} holding:109 uint16 ABCD * 1 + 0"),
        format!("{plc} holding:120 uint16 ABCD * 1 + 0"),
        state.to_owned(),
        String::new(),
        String::new(),
    ];
    assert_eq!(wires("connections.toml"), expected);
    let several = "all mqtt [fd00::5]:11883 line1/speed json $ time $['at'] us quality $['quality']; plant/# {1} raw";
    assert_eq!(wires("mqtt.toml")[1], several);
}

/// Returns the wire of a plant's only tag.
fn wire(tag: &str) -> Option<String> {
    let text = format!(
        "[[connections]]\nname = 'c'\ntype = 'modbus-tcp'\naddress = 'plc'\n\
         [[scan_classes]]\nname = 'slow'\nperiod_millis = 5000\n[[tags]]\npath = 'T'\nconnection = 'c'\n{tag}"
    );
    let configuration = read(Path::new("plant.toml"), &Memory::of("plant.toml", text));
    let mut tags = configuration.unwrap_or_else(|problems| panic!("{}", problems.render(Colour::Off))).plant.tags;
    tags.remove(0).wire
}

#[test]
fn the_wire_does_not_know_how_an_address_is_spelled_nor_how_often_it_is_read() {
    let first = wire("address = 'HR12'");
    assert!(first.is_some());
    for same in [
        "address = '40012'",
        "address = '1!holding:0x0B'",
        "address = 'HR12'\nunit = 1",
        "address = 'HR12'\nunit = 'bar'\nscan_class = 'slow'",
        "address = 'HR12'\ndata_type = 'uint16'\nscale = 1.0",
    ] {
        assert_eq!(wire(same), first, "{same}");
    }
    for other in [
        "address = 'HR13'",
        "address = 'HR12.1'",
        "address = 'IR12'",
        "address = '2!HR12'",
        "address = 'HR12'\ndata_type = 'int16'",
        "address = 'HR12'\nbyte_order = 'BADC'",
        "address = 'HR12'\nscale = 0.1",
        "address = 'HR12'\noffset = 1",
    ] {
        assert_ne!(wire(other), first, "{other}");
    }
}
