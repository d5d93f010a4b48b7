//! A ledger on a server: its events go out over restarts of the server, which the publisher and the engine meet at once.

use latchwork_cluster::Cluster;

use super::super::broker::Broker;
use super::super::folder::Folder;
use super::super::gateway::Gateway;
use super::super::patience::until;
use super::super::port::free_port;
use super::super::subscriber::Subscriber;
use super::{call, plant, stats};

#[test]
fn a_server_that_restarts_costs_no_event() {
    let (mut cluster, folder, port) = (Cluster::start(""), Folder::new("publish-on-a-server"), free_port());
    let address = cluster.database();
    let database = address.rsplit('/').next().unwrap().to_owned();
    folder.configure(&plant(port, "").store(&address));
    let _broker = Broker::start(&folder, port);
    let subscriber = Subscriber::start(port);
    let gateway = Gateway::start(&folder);
    for round in 1..=2 {
        assert!(call(&folder, &["ops", "start", "Cleaning"]).status.success());
        cluster.stop();
        gateway.wait_for_message("store cannot be written: turns wait", round);
        cluster.go_on();
        gateway.wait_for_message("store written again", round);
        assert!(call(&folder, &["ops", "stop", "Cleaning"]).status.success());
    }
    until("everything published", || (stats(&folder)["waiting"] == 0).then_some(()));
    gateway.stop();
    // What an end tells goes out at the next start, and what was told stays told.
    let gateway = Gateway::start(&folder);
    until("everything published", || (stats(&folder)["waiting"] == 0).then_some(()));
    let rows = cluster.say(&database, "SELECT seq, id FROM events ORDER BY seq");
    let log: Vec<(i64, String)> = rows
        .lines()
        .filter_map(|row| row.split_once('|'))
        .map(|(seq, id)| (seq.parse().unwrap(), id.to_owned()))
        .collect();
    assert!(log.len() > 6, "{log:?}");
    subscriber.assert_has(&log);
    gateway.stop();
}
