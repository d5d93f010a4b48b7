//! Commits of which nobody knows whether they came through, with legs of jobs in them: the line to the server is cut right
//! before a commit is heard there, or right before its answer is heard here.

use latchwork_cluster::Cluster;
use serde_json::{Value as Json, json};

use super::folder::Folder;
use super::gateway::Gateway;
use super::jobs::{by_hand, make, say};
use super::patience::until;
use super::server_relay::{Cut, ServerRelay};

/// A gateway whose line to its server can be cut.
struct Ground {
    cluster: Cluster,
    database: String,
    relay: ServerRelay,
    folder: Folder,
}

impl Ground {
    fn new(name: &str) -> Self {
        let cluster = Cluster::start("");
        let address = cluster.database();
        let database = address.rsplit('/').next().unwrap().to_owned();
        let (relay, address) = ServerRelay::start(&address);
        let folder = Folder::new(name);
        folder.configure(&by_hand("gw-live").store(&address));
        Self { cluster, database, relay, folder }
    }

    fn ask(&self, query: &str) -> String {
        self.cluster.say(&self.database, query)
    }

    /// Asks something whose transaction is cut off.
    fn cut_off(&self, cut: Cut, (event_type, marker): (&str, &'static str), info: &Json) -> Json {
        self.relay.cut(cut, marker);
        let answer = say(&self.folder, event_type, info);
        assert!(self.relay.has_cut(), "nothing was cut off: {answer}");
        answer
    }

    fn counts(&self, event_type: &str) -> String {
        self.ask(&format!("SELECT count(*) FROM events WHERE event_type = '{event_type}'"))
    }

    /// Every event has the next number, and the server's rules hold.
    fn is_sound(&self) {
        let gaps = "SELECT max(seq) - count(*) FROM events";
        assert_eq!(self.ask(gaps), "0", "the events' numbers have no gap");
        let twice = "SELECT count(*) FROM (SELECT job_id, job_event FROM events WHERE job_id IS NOT NULL \
                     GROUP BY job_id, job_event HAVING count(*) > 1) AS t";
        assert_eq!(self.ask(twice), "0");
    }
}

const LEG: &str = "SELECT state || ' ' || good || ' ' || scrap FROM job_station_history";

#[test]
fn a_request_that_came_through_unheard_is_answered_as_done_and_one_that_did_not_as_undone() {
    let ground = Ground::new("doubt-requests");
    let gateway = Gateway::start(&ground.folder);
    let job = make(&ground.folder, &json!({"quantity": 5, "station": "Line"}));
    let key = json!({"job_key": job});
    let lost = ground.cut_off(Cut::Before, ("JOB_STARTED", "JOB_STARTED"), &key);
    assert_eq!((&lost["status"], &lost["error"]), (&json!(503), &json!("StoreUnavailable")), "{lost}");
    assert_eq!(ground.ask(LEG), "pending 0 0");
    let done = ground.cut_off(Cut::After, ("JOB_STARTED", "JOB_STARTED"), &key);
    assert_eq!((&done["status"], &done["job"]["state"]), (&json!(200), &json!("running")), "{done}");
    let done = json!({"job_key": job, "good": 4, "scrap": 1});
    let done = ground.cut_off(Cut::After, ("JOB_COMPLETED", "JOB_COMPLETED"), &done);
    assert_eq!((&done["status"], &done["job"]["state"]), (&json!(200), &json!("completed")), "{done}");
    assert_eq!(ground.ask(LEG), "completed 4 1");
    assert_eq!((ground.counts("JOB_STARTED"), ground.counts("JOB_COMPLETED")), ("1".to_owned(), "1".to_owned()));
    ground.is_sound();
    gateway.stop();
}

#[test]
fn a_run_whose_commit_is_in_doubt_drives_its_leg_once() {
    let ground = Ground::new("doubt-turns");
    let gateway = Gateway::start(&ground.folder);
    let job = make(&ground.folder, &json!({"quantity": 5, "station": "Line"}));
    let operation = json!({"operation": "Packing"});
    // The turn is given again in either case, and its command answered once it is there.
    let started = ground.cut_off(Cut::After, ("OPERATION_START", "JOB_STARTED"), &operation);
    assert_eq!(started["status"], 200, "{started}");
    assert_eq!(ground.ask(LEG), "running 0 0");
    let stopped = ground.cut_off(Cut::Before, ("OPERATION_STOP", "operation.stopped"), &operation);
    assert_eq!(stopped["status"], 200, "{stopped}");
    assert_eq!(ground.counts("JOB_STARTED"), "1");
    assert_eq!(ground.ask("SELECT count(*) || ' ' || max(status) FROM operation_records"), "1 COMPLETED");
    ground.is_sound();
    // A job is cancelled with the record that it follows: what came of that was lost with the answer.
    say(&ground.folder, "OPERATION_START", &operation);
    let cancelled = ground.cut_off(Cut::After, ("JOB_CANCELLED", "JOB_CANCELLED"), &json!({"job_key": job}));
    assert_eq!((&cancelled["status"], &cancelled["error"]), (&json!(503), &json!("OutcomeUnknown")), "{cancelled}");
    until("the end of both", || {
        let both = "SELECT j.state || ' ' || r.status FROM jobs AS j, operation_records AS r ORDER BY r.start_date DESC LIMIT 1";
        (ground.ask(both) == "cancelled CANCELLED").then_some(())
    });
    assert_eq!(ground.counts("JOB_CANCELLED"), "1");
    let refused = say(&ground.folder, "JOB_CANCELLED", &json!({"job_key": job}));
    assert_eq!((&refused["status"], &refused["error"]), (&json!(409), &json!("JobIsCancelledError")));
    ground.is_sound();
    gateway.stop();
}
