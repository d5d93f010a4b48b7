//! Jobs over HTTP: the worked examples of `spec/jobs.md` against the program, on a file and on a server with the same code.

use std::sync::Barrier;
use std::thread;

use latchwork_cluster::Cluster;
use serde_json::{Value as Json, json};

use super::super::folder::Folder;
use super::super::gateway::Gateway;
use super::super::plant::Plant;
use super::super::port::free_port;
use super::client::{Answer, Client};

/// How many ask for the same at once.
const CROWD: usize = 64;

/// A gateway with stations, and who asks it.
struct Yard {
    gateway: Gateway,
    client: Client,
    _folder: Folder,
    _cluster: Option<Cluster>,
}

impl Yard {
    fn new(name: &str, connections: &[(&str, &str, &str)], cluster: Option<Cluster>) -> Self {
        let (folder, port) = (Folder::new(name), free_port());
        let mut plant = Plant::new().and("[[production_orders]]\nname = \"PO-1\"\nquantity = 12");
        for station in ["A", "B", "C", "D"] {
            plant = plant.and(&format!("[[locations]]\npath = \"Line/{station}\""));
        }
        for (from, to, kind) in connections {
            plant = plant.and(&format!(
                "[[station_connections]]\nfrom = \"Line/{from}\"\nto = \"Line/{to}\"\ntype = \"{kind}\""
            ));
        }
        let plant = plant.and(&format!("[http]\nbind = \"127.0.0.1:{port}\""));
        folder.configure(&match &cluster {
            Some(cluster) => plant.store(&cluster.database()),
            None => plant,
        });
        let gateway = Gateway::start(&folder);
        Self { gateway, client: Client::new(port).with("Latchwork-Actor", "anna"), _folder: folder, _cluster: cluster }
    }

    /// Makes a job at the first station; returns its id.
    fn make(&self, quantity: u64) -> String {
        self.make_of(&json!({"quantity": quantity, "station": "Line/A"}))
    }

    /// Makes a job; returns its id.
    fn make_of(&self, new: &Json) -> String {
        let answer = self.client.post("/api/jobs", new);
        assert_eq!(answer.status, 202, "{answer:?}");
        answer.json()["id"].as_str().unwrap().to_owned()
    }

    fn tell(&self, event_type: &str, info: &Json) -> Answer {
        self.client.post("/event", &json!({"event_type": event_type, "info": info}))
    }

    fn start(&self, job: &str) {
        self.tell("JOB_STARTED", &json!({"job_key": job})).done();
    }

    /// Runs the one leg that could be meant, and says what became of its parts.
    fn work(&self, job: &str, good: u64, scrap: u64) -> Json {
        self.start(job);
        self.tell("JOB_COMPLETED", &json!({"job_key": job, "good": good, "scrap": scrap})).done()
    }

    fn show(&self, job: &str) -> Json {
        self.client.get(&format!("/api/jobs/{job}")).done()
    }

    /// Returns state, good, scrap, lost, in process and finished.
    fn counts(&self, job: &str) -> Json {
        let job = self.show(job);
        let counted = ["good_parts", "scrap_parts", "lost_parts", "in_process_parts", "finished_parts"];
        let counts: Vec<&Json> = counted.iter().map(|name| &job[*name]).collect();
        json!([job["state"], counts])
    }

    /// Returns station, entry, state and input of the legs, in the order in which they were posted.
    fn legs(&self, job: &str) -> Json {
        let job = self.show(job);
        let legs = job["legs"].as_array().unwrap().iter();
        legs.map(|leg| json!([leg["station"], leg["entry_number"], leg["state"], leg["input"]])).collect()
    }
}

const LINE: &[(&str, &str, &str)] = &[("A", "B", "feeds_into"), ("B", "C", "feeds_into"), ("B", "A", "rework")];
const FORK: &[(&str, &str, &str)] = &[("A", "B", "feeds_into"), ("A", "C", "feeds_into")];

/// The examples on one database.
fn examples(name: &str, cluster: impl Fn() -> Option<Cluster>) {
    twelve_become_seven(&Yard::new(&format!("http-jobs-line-{name}"), LINE, cluster()));
    somebody_chooses(&Yard::new(&format!("http-jobs-fork-{name}"), FORK, cluster()));
}

fn twelve_become_seven(yard: &Yard) {
    let new = json!({"quantity": 12, "station": "Line/A", "production_order": "PO-1"});
    let job = yard.make_of(&new);
    assert_eq!(yard.counts(&job), json!(["pending", [0, 0, 0, 12, 0]]));
    yard.work(&job, 10, 2);
    assert_eq!(yard.counts(&job), json!(["pending", [10, 2, 0, 10, 0]]));
    yard.work(&job, 8, 2);
    assert_eq!(yard.counts(&job), json!(["pending", [8, 4, 0, 8, 0]]));
    yard.work(&job, 7, 1);
    assert_eq!(yard.counts(&job), json!(["completed", [7, 5, 0, 0, 7]]));
    yard.tell("JOB_STARTED", &json!({"job_key": job})).refused(409, "JobIsStartedError");
    yard.tell("JOB_CANCELLED", &json!({"job_key": job})).refused(409, "JobIsCompletedError");
    // All of the order is made: it is closed, and takes no more jobs.
    assert_eq!(yard.client.get("/api/production-orders/PO-1").done()["status"], "CLOSED");
    assert_eq!(yard.client.post("/api/jobs", &new).status, 409);
    rework_has_its_own_entries(yard);
    yard.gateway.wait_for_message("http is served", 1);
}

fn rework_has_its_own_entries(yard: &Yard) {
    let job = yard.make(12);
    yard.work(&job, 10, 2);
    yard.start(&job);
    let short = yard.tell("JOB_COMPLETED", &json!({"job_key": job, "good": 6, "scrap": 2}));
    assert_eq!(short.status, 422, "{short:?}");
    let rework = json!({"job_key": job, "good": 6, "scrap": 2, "rework": [{"station": "Line/A", "quantity": 2}]});
    yard.tell("JOB_COMPLETED", &rework).done();
    let legs = yard.legs(&job);
    let waiting = legs.as_array().unwrap().iter().filter(|leg| leg[2] == "pending").cloned().collect::<Vec<_>>();
    assert!(waiting.contains(&json!(["Line/C", 1, "pending", 6])), "{legs}");
    assert!(waiting.contains(&json!(["Line/A", 2, "pending", 2])), "{legs}");
    let several = yard.tell("JOB_STARTED", &json!({"job_key": job}));
    assert_eq!(several.status, 409, "{several:?}");
    let leg = |station: &str, entry: u64| {
        let job = yard.show(&job);
        let mut legs = job["legs"].as_array().unwrap().iter();
        let found = legs.find(|leg| leg["station"] == station && leg["entry_number"] == entry);
        found.unwrap_or_else(|| panic!("{job}"))["leg_key"].clone()
    };
    for (station, entry, good) in [("Line/A", 2, 2), ("Line/B", 2, 2), ("Line/C", 1, 6), ("Line/C", 2, 2)] {
        let key = leg(station, entry);
        yard.tell("JOB_STARTED", &json!({"job_key": job, "leg_key": key})).done();
        yard.tell("JOB_COMPLETED", &json!({"job_key": job, "leg_key": key, "good": good, "scrap": 0})).done();
    }
    assert_eq!(yard.counts(&job), json!(["completed", [8, 4, 0, 0, 8]]));
}

fn somebody_chooses(yard: &Yard) {
    let job = yard.make(5);
    let done = yard.work(&job, 5, 0);
    assert_eq!(done["destinations"], json!(["Line/B", "Line/C"]), "{done}");
    assert_eq!(yard.legs(&job), json!([["Line/A", 1, "queued", 5]]));
    let wrong = yard.tell("DESTINATION_SELECTED", &json!({"job_key": job, "destination": "Line/D"}));
    assert!(wrong.status == 409 || wrong.status == 422, "{wrong:?}");
    yard.tell("DESTINATION_SELECTED", &json!({"job_key": job, "destination": "Line/C"})).done();
    assert_eq!(yard.legs(&job)[1], json!(["Line/C", 1, "pending", 5]));
    yard.work(&job, 5, 0);
    assert_eq!(yard.counts(&job), json!(["completed", [5, 0, 0, 0, 5]]));
}

#[test]
fn the_examples_hold_on_a_file() {
    examples("file", || None);
}

#[test]
fn the_examples_hold_on_a_server() {
    examples("server", || Some(Cluster::start("")));
}

/// Has many complete one leg at once: one does, the others are told that it is done.
fn one_of_a_crowd_wins(yard: &Yard) {
    let job = yard.make(5);
    yard.start(&job);
    let leg = yard.show(&job)["legs"][0]["leg_key"].clone();
    let (gate, info) = (Barrier::new(CROWD), json!({"job_key": job, "leg_key": leg, "good": 5, "scrap": 0}));
    let answers: Vec<u16> = thread::scope(|scope| {
        let asking: Vec<_> = (0..CROWD)
            .map(|_| {
                scope.spawn(|| {
                    gate.wait();
                    yard.tell("JOB_COMPLETED", &info).status
                })
            })
            .collect();
        asking.into_iter().map(|asking| asking.join().unwrap()).collect()
    });
    let count = |status| answers.iter().filter(|answer| **answer == status).count();
    assert_eq!((count(200), count(409)), (1, CROWD - 1), "{answers:?}");
    assert_eq!(yard.legs(&job), json!([["Line/A", 1, "completed", 5], ["Line/B", 1, "pending", 5]]));
}

#[test]
fn one_of_a_crowd_completes_a_leg_of_a_file() {
    one_of_a_crowd_wins(&Yard::new("http-jobs-crowd-file", LINE, None));
}

#[test]
fn one_of_a_crowd_completes_a_leg_of_a_server() {
    one_of_a_crowd_wins(&Yard::new("http-jobs-crowd-server", LINE, Some(Cluster::start(""))));
}

#[test]
fn a_key_does_a_thing_once() {
    let yard = Yard::new("http-jobs-key", LINE, None);
    let keyed = yard.client.with("Idempotency-Key", "order-4711");
    let new = json!({"quantity": 3, "station": "Line/A"});
    let (first, again) = (keyed.post("/api/jobs", &new), keyed.post("/api/jobs", &new));
    assert_eq!((first.status, &first.body), (202, &again.body), "{again:?}");
    let other = keyed.post("/api/jobs", &json!({"quantity": 4, "station": "Line/A"}));
    assert_eq!(other.status, 409, "{other:?}");
    assert_eq!(yard.client.get("/api/jobs").done()["items"].as_array().unwrap().len(), 1);
    yard.client.post("/api/jobs", &json!({"quantity": 0, "station": "Line/A"})).refused(422, "BadInfoError");
    yard.client.post("/api/jobs", &json!({"quantity": 1, "station": "Line/X"})).refused(422, "BadInfoError");
}

#[test]
fn a_stream_tells_a_job_to_its_end_also_who_comes_late() {
    let yard = Yard::new("http-jobs-stream", &[], None);
    let job = yard.make(4);
    let path = format!("/api/jobs/{job}/events");
    let mut early = yard.client.stream(&path).unwrap();
    assert_eq!(early.next("status").json()["state"], "pending");
    yard.start(&job);
    yard.tell("LOG_APPENDED", &json!({"job_key": job, "line": "warm"})).done();
    assert_eq!(early.next("log").json()["line"], "warm");
    yard.tell("JOB_COMPLETED", &json!({"job_key": job, "good": 3, "scrap": 1})).done();
    let told = |stream: &mut super::client::Messages| {
        let messages: Vec<_> = std::iter::from_fn(|| stream.any()).collect();
        let last = messages.last().unwrap().clone();
        assert_eq!(last.kind, "status", "{messages:?}");
        assert_eq!(last.json()["state"], "completed");
        assert_eq!(last.json()["output"], json!({"good": 3, "scrap": 1, "lost": 0}));
    };
    told(&mut early);
    told(&mut yard.client.stream(&path).unwrap());
    told(&mut yard.client.with("Last-Event-ID", "2").stream(&path).unwrap());
}
