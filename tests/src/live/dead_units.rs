//! Dead units hold up none of the others: beside a line that has some, one that has none is asked no more often.

use std::fmt::Write;

use super::believed;
use super::folder::Folder;
use super::port::free_port;
use super::simulated::Simulated;

/// Units of each of two connections; of the first, those from 5 on are dead.
const UNITS: usize = 8;
const LIVE: usize = 4;
/// How many requests are made: some ten seconds of them.
const REQUESTS: usize = 2_400;
/// The part of the other line's rate that live units keep, in percent.
const RATE_PERCENT_MIN: usize = 90;

fn unit_of(connection: usize, unit: usize) -> usize {
    connection * 100 + unit
}

#[test]
fn live_units_keep_their_rate_beside_dead_ones() {
    let (folder, port) = (Folder::new("dead"), free_port());
    let dead: Vec<String> = (LIVE + 1..=UNITS).map(|unit| unit_of(0, unit).to_string()).collect();
    let mut scenario = format!(
        "[modbus]\nbind = \"127.0.0.1:0\"\nfaults = [{{ kind = \"never\", unit = [{}] }}]\n[[machines]]\nname = \"M\"\n\
         states = [{{ name = \"S\" }}]\nsignals = [\n",
        dead.join(", ")
    );
    let mut plant = "[gateway]\nid = \"gw-dead\"\ndata_directory = \"data\"\n".to_owned();
    for (connection, units) in [(0, UNITS), (1, LIVE)] {
        write!(
            plant,
            "[[connections]]\nname = \"line{connection}\"\ntype = \"modbus-tcp\"\naddress = \"127.0.0.1:{port}\"\n\
             period_millis = 40\ntimeout_millis = 200\n"
        )
        .unwrap();
        for unit in (1..=units).map(|unit| unit_of(connection, unit)) {
            writeln!(scenario, "  {{ name = \"S{unit}\", modbus = \"{unit}!HR1\", initial = {unit} }},").unwrap();
            write!(
                plant,
                "[[tags]]\npath = \"T{unit}\"\ntype = \"int\"\nconnection = \"line{connection}\"\naddress = \"HR1\"\n\
                 unit = {unit}\n"
            )
            .unwrap();
        }
    }
    folder.write("plant.toml", &plant);
    folder.write("scenario.toml", &(scenario + "]\n"));
    let device = Simulated::start(&folder, "scenario.toml", port, 1);
    let gateway = believed::start(&folder);
    device.wait_for_requests(REQUESTS);
    gateway.stop();
    let log = device.ended();

    // Counted while both lines are polled: the slower the machine, the slower are both.
    let count = |connection: usize| {
        let live = |unit: u64| (1..=LIVE).any(|number| unit_of(connection, number) as u64 == unit);
        log.lines().iter().filter(|line| live(line.unit)).count()
    };
    let (beside_dead, alone) = (count(0), count(1));
    let asked_dead = log.lines().iter().filter(|line| line.fault.is_some()).count();
    println!("live units beside dead ones: {beside_dead} requests, the others {alone}; dead ones {asked_dead}");
    assert!(asked_dead > 0 && beside_dead * 100 >= alone * RATE_PERCENT_MIN, "{beside_dead} of {alone}");
}
