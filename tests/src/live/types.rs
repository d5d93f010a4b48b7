//! Every type and order of words as pymodbus codes them, over every transport that it serves.

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};

use super::device::Device;
use super::folder::Folder;
use super::gateway::Gateway;
use super::plant::Plant;
use super::port::free_port;

/// What the device holds: address, type, order of words, value.
const HELD: &[&str] = &[
    "0 INT16 big -12345",
    "1 UINT16 big 54321",
    "2 INT32 big -1234567890",
    "4 UINT32 little 3456789012",
    "6 INT64 big -1234567890123456789",
    "10 UINT64 little 1234567890123456789",
    "14 FLOAT32 big 1.5",
    "16 FLOAT32 little -0.375",
    "18 FLOAT64 big 3.141592653589793",
    "22 FLOAT64 little -2.718281828459045",
    "26 STRING big Weizen-0815",
];

/// The tags that read it: name, type, address, data type and more, and what is true of each.
const TAGS: &[(&str, &str, u16, &str, &str)] = &[
    ("Int16", "int", 0, "data_type = \"int16\"", "= -12345"),
    ("Uint16", "int", 1, "data_type = \"uint16\"", "= 54321"),
    ("Int32", "int", 2, "data_type = \"int32\"", "= -1234567890"),
    ("Uint32", "int", 4, "data_type = \"uint32\"\nbyte_order = \"CDAB\"", "= 3456789012"),
    ("Int64", "int", 6, "data_type = \"int64\"", "= -1234567890123456789"),
    ("Uint64", "int", 10, "data_type = \"uint64\"\nbyte_order = \"GHEFCDAB\"", "= 1234567890123456789"),
    ("Float32", "float", 14, "", "= 1.5"),
    ("Float32 turned", "float", 16, "byte_order = \"CDAB\"", "= -0.375"),
    ("Float64", "float", 18, "data_type = \"float64\"", "= 3.141592653589793"),
    ("Float64 turned", "float", 22, "data_type = \"float64\"\nbyte_order = \"CDAB\"", "= -2.718281828459045"),
    ("Text", "string", 26, "data_type = \"string\"\nlength = 12", "= \"Weizen-0815\""),
    ("High byte", "int", 0, "data_type = \"int8\"\nbyte = \"high\"", "= -49"),
    ("Low byte", "int", 0, "data_type = \"uint8\"", "= 199"),
];

/// Reads all of it over a connection of these keys: the run opens when every value is right.
fn check(name: &str, keys: &str, serve: impl Fn(&Folder) -> String) {
    let (folder, port) = (Folder::new(name), free_port());
    let mut plant = Plant::new()
        .and(&format!("[[connections]]\nname = \"plc\"\naddress = \"127.0.0.1:{port}\"\nperiod_millis = 50\n{keys}"));
    let mut conditions = Vec::new();
    for (tag, kind, address, more, condition) in TAGS {
        plant = plant.and(&format!(
            "[[tags]]\npath = \"{tag}\"\ntype = \"{kind}\"\nconnection = \"plc\"\naddress = \"holding:{address}\"\n{more}"
        ));
        conditions.push(format!("{{{tag}}} {condition}"));
    }
    let all = conditions.join(" && ");
    folder.configure(&plant.and(&format!(
        "[[operations]]\nname = \"Right\"\nlocation = \"Line\"\nfirst_scan = \"FIRE\"\n\
         start_trigger_expression = '''{all}'''\n"
    )));
    let _device = Device::holding(port, HELD, &serve(&folder));
    let (gateway, ledger) = (Gateway::start(&folder), folder.ledger());
    ledger.wait_for_open("Right");
    gateway.stop();
}

#[test]
fn every_type_is_read_over_tcp() {
    check("types-tcp", "type = \"modbus-tcp\"", |_| "serve".to_owned());
}

#[test]
fn every_type_is_read_over_several_links() {
    check("types-parallel", "type = \"modbus-tcp\"\nparallel = 3\nmax_registers = 4", |_| "serve".to_owned());
}

#[test]
fn every_type_is_read_over_rtu_over_tcp() {
    check("types-rtu", "type = \"modbus-rtu-over-tcp\"", |_| "serve-rtu".to_owned());
}

#[test]
fn every_type_is_read_over_tls() {
    let keys = "type = \"modbus-tls\"\nca_file = \"ca.pem\"";
    check("types-tls", keys, |folder| {
        let mut authority = CertificateParams::default();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        folder.write("ca.pem", &authority.self_signed(&key).unwrap().pem());
        let own_key = KeyPair::generate().unwrap();
        let own = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
        let certificate = own.signed_by(&own_key, &Issuer::new(authority, key)).unwrap();
        folder.write("plc.pem", &certificate.pem());
        folder.write("plc.key", &own_key.serialize_pem());
        format!("serve-tls {} {}", folder.join("plc.pem").display(), folder.join("plc.key").display())
    });
}
