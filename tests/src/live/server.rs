//! A ledger on a server: restarts of the server lose nothing, and nothing is there twice.

use latchwork_cluster::Cluster;

use super::device::Device;
use super::folder::Folder;
use super::gateway::Gateway;
use super::patience::{Done, until};
use super::plant::Plant;
use super::port::free_port;

const FILLER: u16 = 1;
const WAITING: &str = "store cannot be written: turns wait";
const WRITTEN: &str = "store written again";

/// A gateway's plant, its device, and the server that its ledger is on.
struct Ground {
    cluster: Cluster,
    database: String,
    folder: Folder,
    device: Device,
}

impl Ground {
    fn new(name: &str) -> Self {
        let cluster = Cluster::start("");
        let address = cluster.database();
        let database = address.rsplit('/').next().unwrap().to_owned();
        let (port, folder) = (free_port(), Folder::new(name));
        let plant = Plant::new().device("plc", port, 500).register("Filler", "plc", FILLER);
        folder.configure(&plant.operation("Filling", "{Filler} = 1").store(&address));
        let device = Device::start(port, &[]);
        Self { cluster, database, folder, device }
    }

    fn ask(&self, query: &str) -> String {
        self.cluster.say(&self.database, query)
    }

    /// Starts the gateway, and waits until it has read the register: the first level only arms the triggers.
    fn start(&self) -> Gateway {
        let gateway = Gateway::start(&self.folder);
        let query = "SELECT count(*) FROM events WHERE event_type = 'connection.up'";
        let before: u32 = self.ask(query).parse().unwrap();
        if before == 0 {
            until("a connection", || (self.ask(query) != "0").then_some(()));
        }
        until("a reading", || {
            (self.ask("SELECT count(*) FROM retained WHERE key LIKE 'image:%' AND value LIKE '[[0%'") == "1")
                .then_some(())
        });
        gateway
    }

    /// Has the machine run so often; returns when each run began and ended.
    fn run(&mut self, runs: usize) -> Vec<(Done, Done)> {
        (0..runs).map(|_| (self.device.set_and_read(FILLER, 1), self.device.set_and_read(FILLER, 0))).collect()
    }

    /// Waits for this many closed records, and sees to it that they are these runs and no others.
    fn assert_records(&self, runs: &[(Done, Done)]) {
        let count = runs.len().to_string();
        until("all runs", || {
            (self.ask("SELECT count(*) FROM operation_records WHERE end_date IS NOT NULL") == count).then_some(())
        });
        let date = |column| format!("to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')");
        let query =
            format!("SELECT {}, {} FROM operation_records ORDER BY start_date", date("start_date"), date("end_date"));
        let rows = self.ask(&query);
        assert_eq!(rows.lines().count(), runs.len());
        for (row, (start, end)) in rows.lines().zip(runs) {
            let (from, to) = row.split_once('|').unwrap();
            start.assert_dates(from);
            end.assert_dates(to);
        }
        let gaps = "SELECT count(*) FROM (SELECT seq - row_number() OVER (ORDER BY seq) AS gap FROM events) AS s WHERE gap <> 0";
        assert_eq!(self.ask(gaps), "0", "the events' numbers have no gap");
        let kinds = "SELECT count(*) FROM events WHERE event_type IN ('operation.started', 'operation.stopped')";
        assert_eq!(self.ask(kinds), (2 * runs.len()).to_string());
    }
}

#[test]
fn a_server_that_restarts_loses_no_run() {
    let mut ground = Ground::new("server-restarts");
    let gateway = ground.start();
    let mut runs = ground.run(2);
    ground.assert_records(&runs);
    for round in 1..=2 {
        ground.cluster.stop();
        runs.extend(ground.run(5));
        let told = gateway.wait_for_message(WAITING, round);
        assert!(told.contains("ERROR"), "{told}");
        ground.cluster.go_on();
        gateway.wait_for_message(WRITTEN, round);
        runs.extend(ground.run(1));
        ground.assert_records(&runs);
    }
    gateway.stop();
}

#[test]
fn a_gateway_that_is_killed_goes_on_with_its_run() {
    let mut ground = Ground::new("server-kill");
    let gateway = ground.start();
    let start = ground.device.set_and_read(FILLER, 1);
    until("an open run", || {
        (ground.ask("SELECT count(*) FROM open_runs WHERE operation = 'Filling'") == "1").then_some(())
    });
    gateway.kill();
    // The server sees at once that nobody is there: the lock is free.
    let gateway = Gateway::start(&ground.folder);
    let end = ground.device.set_and_read(FILLER, 0);
    ground.assert_records(&[(start, end)]);
    gateway.stop();
}

#[test]
fn a_second_gateway_of_one_id_is_refused() {
    let ground = Ground::new("server-second");
    let first = ground.start();
    let (code, messages) = Gateway::spawn(&ground.folder).ended();
    assert_eq!(code, Some(3), "{messages}");
    assert!(messages.contains("in use by another instance: process "), "{messages}");
    assert_eq!(ground.ask("SELECT count(*) FROM events WHERE event_type = 'gateway.started'"), "1");
    first.stop();
}
