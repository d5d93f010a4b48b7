//! Every type in every order of bytes, from pymodbus, over every transport that it serves.

use std::process::Command;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};

use super::device::Device;
use super::folder::Folder;
use super::gateway::Gateway;
use super::plant::Plant;
use super::port::free_port;
use super::program::program;

/// A type of ours, and a value of it that the device holds.
struct Row {
    /// The tag's type, and its `data_type` with what belongs to it.
    kind: &'static str,
    data_type: &'static str,
    /// How the device codes the value, and in how many registers.
    coded: &'static str,
    registers: u16,
    held: &'static str,
    /// What is true of the tag then.
    condition: &'static str,
}

const fn row(
    (kind, data_type): (&'static str, &'static str),
    (coded, registers, held): (&'static str, u16, &'static str),
    condition: &'static str,
) -> Row {
    Row { kind, data_type, coded, registers, held, condition }
}

const ROWS: &[Row] = &[
    row(("int", "data_type = 'int16'"), ("INT16", 1, "-12345"), "= -12345"),
    row(("int", "data_type = 'uint16'"), ("UINT16", 1, "54321"), "= 54321"),
    row(("int", "data_type = 'int8'\nbyte = 'high'"), ("INT16", 1, "-12345"), "= -49"),
    row(("int", "data_type = 'uint8'"), ("INT16", 1, "-12345"), "= 199"),
    row(("int", "data_type = 'int32'"), ("INT32", 2, "-1234567890"), "= -1234567890"),
    row(("int", "data_type = 'uint32'"), ("UINT32", 2, "3456789012"), "= 3456789012"),
    row(("int", "data_type = 'int64'"), ("INT64", 4, "-1234567890123456789"), "= -1234567890123456789"),
    row(("int", "data_type = 'uint64'"), ("UINT64", 4, "1234567890123456789"), "= 1234567890123456789"),
    row(("float", "data_type = 'float16'"), ("FLOAT16", 1, "-0.333251953125"), "= -0.333251953125"),
    row(("float", "data_type = 'float32'"), ("FLOAT32", 2, "-1234.56787109375"), "= -1234.56787109375"),
    row(("float", "data_type = 'float64'"), ("FLOAT64", 4, "3.141592653589793"), "= 3.141592653589793"),
    row(("int", "data_type = 'bcd16'"), ("BCD16", 1, "1234"), "= 1234"),
    row(("int", "data_type = 'bcd32'"), ("BCD32", 2, "12345678"), "= 12345678"),
    row(("float", "data_type = 'fixed16'"), ("INT16", 1, "-12345"), "= -48.22265625"),
    row(("float", "data_type = 'fixed32'"), ("INT32", 2, "-1234567890"), "= -18838.011016845703125"),
    row(("string", "data_type = 'string'\nlength = 12"), ("STRING", 6, "Weizen-0815"), "= \"Weizen-0815\""),
];

/// The orders of bytes, each as it is called for 32 and for 64 bits.
const ORDERS: [(&str, &str); 4] =
    [("ABCD", "ABCDEFGH"), ("DCBA", "HGFEDCBA"), ("BADC", "BADCFEHG"), ("CDAB", "GHEFCDAB")];

/// What the device holds, the tags that read it, and what is true of them.
#[derive(Default)]
struct Plan {
    held: Vec<String>,
    tags: Vec<String>,
    conditions: Vec<String>,
    address: u16,
}

impl Plan {
    /// Returns every type in every order, and arrays of three in every order.
    fn new() -> Self {
        let mut plan = Self::default();
        for (order, long) in ORDERS {
            for (index, row) in ROWS.iter().enumerate() {
                plan.add(&format!("{order} {index}"), row, (order, if row.registers == 4 { long } else { order }));
            }
            plan.add_array(order);
        }
        plan
    }

    fn add(&mut self, path: &str, row: &Row, (order, written): (&str, &str)) {
        let Row { kind, data_type, coded, registers, held, condition } = row;
        let address = self.address;
        self.held.push(format!("{address} {coded} {order} {held}"));
        self.tags.push(format!(
            "[[tags]]\npath = \"{path}\"\ntype = \"{kind}\"\nconnection = \"plc\"\naddress = \"holding:{address}\"\n\
             byte_order = \"{written}\"\n{data_type}"
        ));
        self.conditions.push(format!("{{{path}}} {condition}"));
        self.address += registers;
    }

    fn add_array(&mut self, order: &str) {
        let address = self.address;
        self.tags.push(format!(
            "[[tags]]\npath = \"{order} array\"\ntype = \"int\"\nconnection = \"plc\"\naddress = \"holding:{address}\"\n\
             byte_order = \"{order}\"\ndata_type = \"int32\"\narray_length = 3"
        ));
        for (index, value) in [70_001, -70_002, 70_003].into_iter().enumerate() {
            self.held.push(format!("{} INT32 {order} {value}", self.address));
            self.conditions.push(format!("{{{order} array[{index}]}} = {value}"));
            self.address += 2;
        }
    }
}

/// Reads all of it over a connection of these keys: the run opens when every value is right.
fn check(name: &str, keys: &str, serve: impl Fn(&Folder) -> String) {
    let (folder, port) = (Folder::new(name), free_port());
    let Plan { held, tags, conditions, .. } = Plan::new();
    let connection =
        format!("[[connections]]\nname = \"plc\"\naddress = \"127.0.0.1:{port}\"\nperiod_millis = 50\n{keys}");
    let plant = tags.iter().fold(Plant::new().and(&connection), |plant, tag| plant.and(tag));
    let all = conditions.join(" && ");
    folder.configure(&plant.and(&format!(
        "[[operations]]\nname = \"Right\"\nlocation = \"Line\"\nfirst_scan = \"FIRE\"\n\
         start_trigger_expression = '''{all}'''\n"
    )));
    let held: Vec<&str> = held.iter().map(String::as_str).collect();
    let _device = Device::holding(port, &held, &serve(&folder));
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
    check("types-parallel", "type = \"modbus-tcp\"\nparallel = 3\nmax_registers = 8", |_| "serve".to_owned());
}

#[test]
fn every_type_is_read_over_rtu_over_tcp() {
    check("types-rtu", "type = \"modbus-rtu-over-tcp\"", |_| "serve-rtu".to_owned());
}

#[test]
fn every_type_is_read_over_tls() {
    let keys = "type = \"modbus-tls\"\nca_file = \"ca.pem\"";
    check("types-tls", keys, serve_tls);
}

/// Makes an authority and a device's certificate by it; returns how the device serves with that.
fn serve_tls(folder: &Folder) -> String {
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
}

#[test]
fn without_a_file_the_authorities_of_the_system_are_believed() {
    let (folder, port) = (Folder::new("system-authorities"), free_port());
    folder.configure(&Plant::new().and(&format!(
        "[[connections]]\nname = \"plc\"\ntype = \"modbus-tls\"\naddress = \"127.0.0.1:{port}\"\n\
         [[tags]]\npath = \"Level\"\ntype = \"int\"\nconnection = \"plc\"\naddress = \"holding:0\""
    )));
    let _device = Device::holding(port, &["0 UINT16 ABCD 4711"], &serve_tls(&folder));
    let told_by = |system: &str| {
        let mut command = Command::new(program());
        command.args(["check", "-c", "plant.toml", "--connect"]).current_dir(folder.path());
        // Where the system keeps them, as OpenSSL and all that follow it are told.
        let output = command.env("SSL_CERT_FILE", folder.join(system)).env_remove("SSL_CERT_DIR").output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let (code, told) = told_by("ca.pem");
    assert!(code == Some(0) && told.contains("4711"), "{told}");
    // A system that trusts somebody else.
    let other = CertificateParams::new(["other".to_owned()]).unwrap();
    folder.write("other.pem", &other.self_signed(&KeyPair::generate().unwrap()).unwrap().pem());
    let (code, told) = told_by("other.pem");
    assert!(code == Some(1) && told.contains("`ca_file`"), "{told}");
}
