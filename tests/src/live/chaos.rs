//! Everything that goes wrong with real devices, at once, over real lines, for the program as people start it: no value
//! that the device did not send, no edge that it did not have.
//!
//! `LATCHWORK_REQUESTS` asks for more than the ordinary run; docs/evidence.md has the longest.

use std::collections::BTreeMap;
use std::env;
use std::fmt::Write;
use std::time::Instant;

use super::believed::{self, Believed, Register};
use super::folder::Folder;
use super::port::free_port;
use super::simulated::{DeviceLog, Simulated};

/// How many requests are made ordinarily.
const REQUESTS: usize = 20_000;
/// How many of them are made over one connection, and how many connections there are at most: a device takes 64.
const REQUESTS_A_CONNECTION: usize = 5_000;
const CONNECTIONS_MAX: usize = 40;
/// Units behind each connection.
const UNITS: usize = 4;
/// The faults that each run must have seen.
const KINDS: [&str; 15] = [
    "closed",
    "doubled",
    "exception",
    "garbage",
    "late",
    "never",
    "overtaken",
    "reset",
    "silent",
    "too_long",
    "too_short",
    "trickle",
    "wrong_length",
    "wrong_transaction",
    "wrong_unit",
];

/// What goes wrong, with every unit and at every time, and some with some and at some. What trickles comes by as many bytes
/// as cut frames lack, so that some of those are made up for to the byte.
const FAULTS: &str = r#"
    faults = [
      { kind = "off", from_millis = 4000, lasts_millis = 300, every_millis = 9000 },
      { kind = "never", unit = [4, 8, 12, 16, 20], from_millis = 2000, lasts_millis = 3000, every_millis = 8000 },
      { kind = "exception", code = 2, unit = [2, 7], addresses = "HR11-HR12", from_millis = 3000, lasts_millis = 4000 },
      { kind = "late", probability = 0.05, millis = [1, 40] },
      { kind = "late", probability = 0.02, millis = { p0 = 55, p50 = 120, p90 = 400, p100 = 900 } },
      { kind = "never", probability = 0.01 },
      { kind = "overtaken", probability = 0.02, millis = 40 },
      { kind = "doubled", probability = 0.01, millis = [0, 30] },
      { kind = "trickle", probability = 0.02, bytes = 4, millis = 1 },
      { kind = "trickle", probability = 0.01, bytes = 2, millis = 1 },
      { kind = "trickle", probability = 0.01, bytes = 6, millis = 1 },
      { kind = "exception", probability = 0.01, code = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11] },
      { kind = "wrong_unit", probability = 0.004, millis = [0, 80] },
      { kind = "wrong_transaction", probability = 0.004, millis = [0, 80] },
      { kind = "too_short", probability = 0.004 },
      { kind = "too_long", probability = 0.004 },
      { kind = "wrong_length", probability = 0.001, millis = [0, 60] },
      { kind = "garbage", probability = 0.001, millis = [0, 60] },
      { kind = "closed", probability = 0.0005 },
      { kind = "reset", probability = 0.0005, millis = [0, 60] },
      { kind = "silent", probability = 0.0005 },
    ]
"#;

/// A plant and the device that it polls.
struct Texts {
    plant: String,
    scenario: String,
    tags: BTreeMap<String, Register>,
}

impl Texts {
    fn of(port: u16, connections: usize) -> Self {
        let plant = "[gateway]\nid = \"gw-chaos\"\ndata_directory = \"data\"\n".to_owned();
        let scenario = format!("seed = 2026\n[modbus]\nbind = \"127.0.0.1:0\"\n{FAULTS}");
        let mut texts = Self { plant, scenario, tags: BTreeMap::new() };
        for connection in 0..connections {
            write!(
                texts.plant,
                "[[connections]]\nname = \"line{connection}\"\ntype = \"modbus-tcp\"\naddress = \"127.0.0.1:{port}\"\n\
                 period_millis = 10\ntimeout_millis = 50\nlate_guard_millis = 500\nmax_gap = 0\n"
            )
            .unwrap();
            for unit in connection * UNITS + 1..=connection * UNITS + UNITS {
                texts.add(connection, unit);
            }
        }
        texts
    }

    /// Adds a unit: two counters far apart, whose values tell which they are, and a bit; an operation for each.
    fn add(&mut self, connection: usize, unit: usize) {
        let (first, second) = (unit << 21, unit << 21 | 1 << 20);
        write!(
            self.scenario,
            "[[machines]]\nname = \"M{unit}\"\nstates = [\n\
               {{ name = \"Stopped\", lasts_millis = [200, 900], next = \"Run\" }},\n\
               {{ name = \"Run\", lasts_millis = [200, 900], next = \"Stopped\" }},\n]\nsignals = [\n\
               {{ name = \"On\", modbus = \"{unit}!DI1\", in.Run = true, otherwise = false }},\n\
               {{ name = \"A\", initial = {first}, otherwise = {{ count_per_second = 3 }},\n\
                 modbus = {{ address = \"{unit}!HR1\", data_type = \"uint32\" }} }},\n\
               {{ name = \"B\", initial = {second}, otherwise = {{ count_per_second = 2 }},\n\
                 modbus = {{ address = \"{unit}!HR11\", data_type = \"uint32\" }} }},\n]\n"
        )
        .unwrap();
        let int = "type = \"int\"\ndata_type = \"uint32\"";
        for (name, place, kind, function, address, words) in
            [("On", "DI1", "type = \"bool\"", 2, 0, 1), ("A", "HR1", int, 3, 0, 2), ("B", "HR11", int, 3, 10, 2)]
        {
            write!(
                self.plant,
                "[[tags]]\npath = \"U{unit}/{name}\"\n{kind}\nconnection = \"line{connection}\"\n\
                 address = \"{place}\"\nunit = {unit}\n"
            )
            .unwrap();
            let register = Register { unit: unit as u64, function, address, words };
            self.tags.insert(format!("U{unit}/{name}"), register);
        }
        let tag = format!("U{unit}/On");
        write!(
            self.plant,
            "[[operations]]\nname = \"{tag}\"\nlocation = \"{tag}\"\nstart_trigger_expression = \"{{{tag}}}\"\n\
             stop_trigger_expression = \"{{{tag}}}\"\n"
        )
        .unwrap();
        self.plant += &believed::operation_of_changes(&format!("U{unit}/A"));
        self.plant += &believed::operation_of_changes(&format!("U{unit}/B"));
    }
}

fn requests() -> usize {
    env::var("LATCHWORK_REQUESTS").map_or(REQUESTS, |requests| requests.parse().expect("a number of requests"))
}

#[test]
fn chaos_makes_no_wrong_value_and_no_edge() {
    let (folder, port, requests) = (Folder::new("chaos"), free_port(), requests());
    let connections = (requests / REQUESTS_A_CONNECTION).clamp(1, CONNECTIONS_MAX);
    let texts = Texts::of(port, connections);
    folder.write("plant.toml", &texts.plant);
    folder.write("scenario.toml", &texts.scenario);
    let begun = Instant::now();
    let device = Simulated::start(&folder, "scenario.toml", port, 1);
    let gateway = believed::start(&folder);
    device.wait_for_requests(requests);
    gateway.stop();
    let (log, lasted) = (device.ended(), begun.elapsed());

    let faults = log.faults();
    assert!(KINDS.iter().all(|kind| faults.contains_key(kind)), "{faults:?}");
    let believed = Believed::read(&folder);
    let held = believed.assert_sent(&log, &texts.tags);
    let edges = edges(&folder, &log, &texts.tags);
    let asked = log.lines().len();
    println!("{asked} requests over {connections} connections in {lasted:?}: {held} values, {edges} edges, {faults:?}");
    assert!(held >= asked / 2, "{held} of {asked}");
}

/// Sees to it that every record of every operation began with an edge that the device had; returns how many.
fn edges(folder: &Folder, log: &DeviceLog, tags: &BTreeMap<String, Register>) -> usize {
    let (courses, starts) = (log.courses(), believed::starts(folder));
    let of_bits = |(_, register): &(&String, &Register)| register.function == 2;
    for (tag, register) in tags.iter().filter(of_bits) {
        let bits = courses.get(&(register.unit, 2, 0)).map_or(&[][..], Vec::as_slice);
        let rises = bits.windows(2).filter(|pair| pair[0][0] < pair[1][0]).count();
        let runs = starts.iter().filter(|(name, _)| name == tag).count();
        assert!(runs <= rises, "{tag}: {runs} runs of {rises} rising edges");
    }
    let changes = tags.iter().filter(|tag| !of_bits(tag));
    let changes: Vec<_> = changes.map(|(tag, register)| (tag.clone(), *register)).collect();
    believed::assert_changes(folder, log, &changes);
    starts.len()
}
