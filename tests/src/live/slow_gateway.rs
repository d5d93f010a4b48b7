//! A real gateway between Modbus TCP and a serial line, as it was recorded (`tests/live/slow_gateway`): it answers after up
//! to 5 s, half of it after its client gave up, out of order, or never, and lines end. Played faster than it was.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::runtime;

use super::believed::{self, Believed, Register};
use super::folder::Folder;
use super::naive::{self, AfterTimeout};
use super::port::free_port;
use super::program::script;
use super::simulated::Simulated;

/// How many times as fast it is played. What it does with the 2,382 requests takes half a minute then.
const SPEED: u32 = 25;
/// How long its client waited for an answer, and asks anew.
const TIMEOUT_MILLIS: u32 = 1_000;
/// The power meters behind it.
const UNITS: [u8; 3] = [1, 2, 3];
/// How many requests are made: nearly all that were recorded.
const REQUESTS: usize = 2_000;
/// How many the library's client makes.
const NAIVE_REQUESTS: usize = 400;
/// How many answers of a hundred that were sent are taken: but for those that a later request's answer overtook.
const TAKEN_PERCENT_MIN: usize = 85;
/// How many requests of a hundred bring values: the device answers some half of them over lines that still stand.
const GATEWAY_PERCENT_MIN: usize = 40;
const NAIVE_PERCENT_MAX: usize = 32;

/// Writes the scenario: three registers of each meter, which move, and the recorded faults.
fn scenario(folder: &Folder) {
    let mut text = "seed = 17\n[modbus]\nbind = \"127.0.0.1:0\"\nserves = [".to_owned();
    text.extend(UNITS.map(|unit| format!("\"{unit}!IR1-IR14\", ")));
    text += "]\n[[machines]]\nname = \"Meters\"\nstates = [{ name = \"On\" }]\nsignals = [\n";
    for (unit, index) in UNITS.into_iter().flat_map(|unit| (0..3).map(move |index| (unit, index))) {
        let (initial, register) = (u32::from(unit) << 20 | index << 16, 6 * index + 1);
        writeln!(
            text,
            "  {{ name = \"{unit}-{index}\", initial = {initial}, otherwise = {{ count_per_second = 2 }},\n\
               modbus = {{ address = \"{unit}!IR{register}\", data_type = \"uint32\" }} }},"
        )
        .unwrap();
    }
    text += "]\n";
    text += &fs::read_to_string(script("slow_gateway/faults.toml")).unwrap();
    folder.write("scenario.toml", &text);
}

/// Writes the plant; returns its tags.
fn plant(folder: &Folder, port: u16) -> BTreeMap<String, Register> {
    let millis = TIMEOUT_MILLIS / SPEED;
    let mut text = format!(
        "[gateway]\nid = \"gw-meters\"\ndata_directory = \"data\"\n[[connections]]\nname = \"meters\"\n\
         type = \"modbus-tcp\"\naddress = \"127.0.0.1:{port}\"\nperiod_millis = {millis}\ntimeout_millis = {millis}\n"
    );
    let mut tags = BTreeMap::new();
    for (unit, index) in UNITS.into_iter().flat_map(|unit| (0..3_u64).map(move |index| (unit, index))) {
        let (tag, address) = (format!("Meter{unit}/{index}"), 6 * index);
        write!(
            text,
            "[[tags]]\npath = \"{tag}\"\ntype = \"int\"\ndata_type = \"uint32\"\nconnection = \"meters\"\n\
             address = \"input:{address}\"\nunit = {unit}\n"
        )
        .unwrap();
        text += &believed::operation_of_changes(&tag);
        tags.insert(tag, Register { unit: unit.into(), function: 4, address, words: 2 });
    }
    folder.write("plant.toml", &text);
    tags
}

#[test]
fn a_recorded_slow_gateway_gives_data_and_none_of_it_wrong() {
    let (folder, port) = (Folder::new("slow-gateway"), free_port());
    scenario(&folder);
    let tags = plant(&folder, port);
    let device = Simulated::start(&folder, "scenario.toml", port, SPEED);
    let gateway = believed::start(&folder);
    device.wait_for_requests(REQUESTS);
    gateway.stop();
    let log = device.ended();

    let believed = Believed::read(&folder);
    believed.assert_sent(&log, &tags);
    let changes: Vec<_> = tags.into_iter().collect();
    let edges = believed::assert_changes(&folder, &log, &changes);
    let patience = Duration::from_millis((TIMEOUT_MILLIS / SPEED).into());
    let sent: Vec<_> = log.lines().iter().filter(|line| line.values.is_some()).collect();
    let late = sent.iter().filter(|line| line.after > patience).count();
    let (asked, taken) = (log.lines().len(), UNITS.map(|unit| believed.count(&format!("Meter{unit}/0"))));
    let read: usize = taken.iter().sum();
    let ups = folder.ledger().events_of("connection.up").len();
    println!(
        "{asked} requests: {} answered, {late} of them late; {read} taken as true, {} dropped; {ups} connections, {edges} edges",
        sent.len(),
        sent.len() - read
    );
    assert!(read * 100 >= asked * GATEWAY_PERCENT_MIN, "{read} of {asked}");
    assert!(read * 100 >= sent.len() * TAKEN_PERCENT_MIN, "{read} of {}", sent.len());
    assert!(late * 4 > sent.len() && ups > 10, "{late} of {} are late, {ups} connections", sent.len());
    assert!(taken.iter().all(|taken| taken * 6 > read), "a meter is starved: {taken:?}");
}

#[test]
fn the_plain_client_of_the_library_loses_most_of_the_same_answers() {
    for after in [AfterTimeout::GoesOn, AfterTimeout::Reconnects] {
        let (folder, port) = (Folder::new(&format!("slow-gateway-{after:?}")), free_port());
        scenario(&folder);
        let device = Simulated::start(&folder, "scenario.toml", port, SPEED);
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let patience = Duration::from_millis((TIMEOUT_MILLIS / SPEED).into());
        let runtime = runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let read = runtime.block_on(naive::poll(address, &UNITS, (NAIVE_REQUESTS, patience, after)));
        let log = device.ended();
        println!("the plain client {after:?} after a timeout: {} requests, {read} values", log.lines().len());
        assert!(read * 100 < NAIVE_REQUESTS * NAIVE_PERCENT_MAX, "{read} of {NAIVE_REQUESTS}");
    }
}
