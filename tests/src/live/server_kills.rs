//! Several people give commands at once to a gateway whose ledger is on a server: it decides the next turn while the one
//! before is committed. It is killed, and its line to the server is cut, at any moment: nothing is lost, doubled or invented.
//!
//! `LATCHWORK_SERVER_KILLS=300` is the long run; `LATCHWORK_KILLS_SEED` is for other moments.

use std::collections::BTreeSet;

use latchwork_cluster::Cluster;

use super::folder::Folder;
use super::gateway::Gateway;
use super::kills::{CYCLE, Line, look_over_edges, setting};
use super::operator::{Given, Operator, compare};
use super::patience::until;
use super::plant::Plant;
use super::port::free_port;

/// How often the ordinary test run kills, unless `LATCHWORK_SERVER_KILLS` says otherwise.
const KILLS: u32 = 12;
/// The seed of the moments, unless `LATCHWORK_KILLS_SEED` says otherwise.
const SEED: u64 = 1;
/// What people have run, each an operation of their own.
const OPERATIONS: [&str; 6] = ["Cleaning 1", "Cleaning 2", "Cleaning 3", "Cleaning 4", "Cleaning 5", "Cleaning 6"];

/// Events that are missing or too many: each record is told to start once, and to stop once if it is closed.
const MISTOLD: &str = "
    WITH told AS (
        SELECT body->'info'->'record'->>'id' AS id,
               count(*) FILTER (WHERE event_type = 'operation.started') AS started,
               count(*) FILTER (WHERE event_type = 'operation.stopped') AS stopped
          FROM events
         WHERE event_type LIKE 'operation.%'
         GROUP BY 1
    )
    SELECT count(*)
      FROM operation_records AS r
      FULL JOIN told ON told.id = r.id
     WHERE r.id IS NULL OR told.id IS NULL OR started <> 1 OR stopped <> (r.end_date IS NOT NULL)::int";

/// A ledger on a server.
struct Ground {
    cluster: Cluster,
    database: String,
    folder: Folder,
}

impl Ground {
    fn new(port: u16) -> Self {
        let (cluster, folder) = (Cluster::start(""), Folder::new("server-kills"));
        let address = cluster.database();
        let plant = Plant::new().device("plc", port, 500).register("Cycle", "plc", CYCLE);
        let plant = OPERATIONS.into_iter().fold(plant.operation("Cycle", "{Cycle} = 1"), Plant::manual);
        folder.configure(&plant.store(&address));
        let database = address.rsplit('/').next().unwrap().to_owned();
        Self { cluster, database, folder }
    }

    fn ask(&self, query: &str) -> String {
        self.cluster.say(&self.database, query)
    }

    /// Ends the sessions of the gateway that runs.
    fn cut(&self) {
        self.ask(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name LIKE 'latchwork %'",
        );
    }

    fn lines(&self, query: &str) -> Vec<String> {
        self.ask(query).lines().map(str::to_owned).collect()
    }

    /// Sees to it that the ledger is whole.
    fn look(&self) {
        assert_eq!(
            self.ask("SELECT coalesce(max(seq), 0) - count(*) FROM events"),
            "0",
            "the events' numbers have a gap"
        );
        let ahead =
            "SELECT count(*) FROM gateways AS g WHERE last_event_seq <> (SELECT coalesce(max(seq), 0) FROM events)";
        assert_eq!(self.ask(ahead), "0", "the gateway stands elsewhere than its last event");
        assert_eq!(self.ask(MISTOLD), "0", "records that are not told, or twice");
    }

    /// Returns the dates of the machine's runs, where they have one.
    fn cycles(&self, column: &str) -> Vec<String> {
        self.lines(&format!(
            "SELECT to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') FROM operation_records \
             WHERE operation = 'Cycle' AND {column} IS NOT NULL ORDER BY start_date"
        ))
    }

    /// Sees to it that what was answered is there, that nothing is there twice, and nothing that nobody asked for; returns
    /// how many commands were answered.
    fn look_for_commands(&self, operation: &str, events: &BTreeSet<String>, given: &[Given]) -> usize {
        let query =
            format!("SELECT notes || '|' || id FROM operation_records WHERE operation = '{operation}' ORDER BY id");
        let row = |line: String| {
            let (notes, id) = line.split_once('|').unwrap();
            (notes.to_owned(), id.to_owned())
        };
        compare(&self.lines(&query).into_iter().map(row).collect::<Vec<_>>(), events, given)
    }
}

#[test]
fn a_crowd_at_a_gateway_that_is_killed_or_cut_off_loses_doubles_and_invents_nothing() {
    let (kills, seed) = (setting("LATCHWORK_SERVER_KILLS", KILLS), setting("LATCHWORK_KILLS_SEED", SEED));
    println!("{kills} kills, seed {seed}");
    let port = free_port();
    let (ground, mut line) = (Ground::new(port), Line::new(port, seed));
    Gateway::start(&ground.folder).stop();
    let operators = OPERATIONS.map(|operation| Operator::start(&ground.folder, operation));
    for kill in 0..kills {
        let gateway = Gateway::spawn(&ground.folder);
        line.work();
        if kill % 2 == 1 {
            ground.cut();
            line.work();
        }
        gateway.kill();
        ground.look();
    }
    // A gateway that lives answers everybody.
    let gateway = Gateway::start(&ground.folder);
    ground.cut();
    let count = || {
        OPERATIONS.map(|operation| ground.ask(&format!("SELECT count(*) FROM runs WHERE operation = '{operation}'")))
    };
    let before = count();
    until("an answer for everybody", || count().iter().zip(&before).all(|(now, before)| now != before).then_some(()));
    let given = operators.map(Operator::stop);
    gateway.stop();

    ground.look();
    let events: BTreeSet<String> = ground.lines("SELECT id FROM events").into_iter().collect();
    assert_eq!(events.len().to_string(), ground.ask("SELECT count(*) FROM events"), "an id is there twice");
    let answered: Vec<usize> = OPERATIONS
        .into_iter()
        .zip(&given)
        .map(|(operation, given)| ground.look_for_commands(operation, &events, given))
        .collect();
    look_over_edges(ground.cycles("start_date").into_iter(), &line.starts);
    look_over_edges(ground.cycles("end_date").into_iter(), &line.stops);
    assert!(!ground.cycles("start_date").is_empty() && answered.iter().all(|&answered| answered > 0), "{answered:?}");
    println!(
        "{} events; {} of {} commands answered",
        events.len(),
        answered.iter().sum::<usize>(),
        given.iter().map(Vec::len).sum::<usize>()
    );
}
