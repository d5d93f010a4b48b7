//! Several collectors side by side on one server: they share what comes, and what one had in hand when it was killed another
//! asks for.

use std::fs;
use std::time::Duration;

use latchwork_cluster::Cluster;

use super::super::broker::Broker;
use super::super::folder::Folder;
use super::super::gateway::Gateway;
use super::super::patience::{until, until_within};
use super::super::port::free_port;
use super::collector::{Collector, configure, status};
use super::plant;

const GATEWAYS: [&str; 3] = ["gw-1", "gw-2", "gw-3"];
/// So many that they are under way for longer than a collector needs to tell of its share.
const EVENTS: u64 = 10_000;
/// What a gone collector was dealt is asked for again with longer and longer pauses: beside other tests that may take minutes.
const MENDING: Duration = Duration::from_mins(5);

#[test]
fn collectors_share_the_events_of_gateways() {
    let (folder, port) = (Folder::new("collect-several"), free_port());
    let cluster = Cluster::start("");
    let address = cluster.database();
    let database = address.rsplit('/').next().unwrap().to_owned();
    let _broker = Broker::start(&folder, port);
    for name in ["c-1", "c-2"] {
        configure(&folder, name, port, &address);
        let text = fs::read_to_string(folder.join(&format!("{name}.toml"))).unwrap();
        folder.write(&format!("{name}.toml"), &text.replace("[store]", "session_expiry_seconds = 5\n[store]"));
    }
    let collectors = ["c-1", "c-2"].map(|name| Collector::start(&folder, name));
    let plants = GATEWAYS.map(|id| {
        let folder = Folder::new(&format!("collect-several-{id}"));
        folder.configure(&plant(id, port));
        Gateway::start(&folder).stop();
        folder.ledger().lengthen(EVENTS);
        folder
    });
    let gateways = plants.each_ref().map(Gateway::start);
    let count = |query: &str| cluster.say(&database, query).parse::<u64>().unwrap();
    // A collector writes down twice a second what it has kept.
    let shares = "SELECT count(*) FROM collectors WHERE events > 0";
    until("a share of each", || (count(shares) == 2).then_some(()));
    // What this one had in hand stays with the broker, which goes on keeping a share for it until its session has expired.
    let [one, other] = collectors;
    one.kill();
    for (id, folder) in GATEWAYS.iter().zip(&plants) {
        let log = folder.ledger().number("SELECT count(*) FROM events");
        let whole = format!(
            "SELECT count(*) FROM gateways WHERE id = '{id}' AND contiguous_seq = {log} AND highest_seq = {log} AND lost = 0"
        );
        until_within(MENDING, &whole, || (count(&whole) == 1).then_some(()));
        let events = format!("SELECT count(*) FROM events WHERE gateway_id = '{id}'");
        assert_eq!(count(&events), log.unsigned_abs(), "each once");
    }
    for gateway in gateways {
        gateway.stop();
    }
    let told = status(&folder, "c-2");
    let share = |name: &str| told.iter().find(|line| line["collector"] == name).unwrap()["events"].as_u64().unwrap();
    assert!(share("c-1") > 0 && share("c-2") > 0, "{told:?}");
    other.stop();
}
