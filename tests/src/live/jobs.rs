//! Jobs over a running gateway: machines drive them by their counters alone, people over the socket; on both databases.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;

use latchwork_cluster::Cluster;
use serde_json::{Value as Json, json};

use super::broker::Broker;
use super::device::Device;
use super::folder::Folder;
use super::gateway::Gateway;
use super::patience::{PATIENCE, until};
use super::plant::Plant;
use super::port::free_port;
use super::publishing::faults_of_event;
use super::subscriber::Subscriber;

/// The registers of a station: whether it runs, its counters of good parts and scrap.
const STATIONS: [(&str, u16); 3] = [("A", 1), ("B", 4), ("C", 7)];

/// Where a gateway's ledger is.
enum Base {
    File,
    Server { cluster: Cluster, database: String, url: String },
}

/// A gateway's plant, its folder and its ledger.
struct Ground {
    folder: Folder,
    base: Base,
}

impl Ground {
    fn file(name: &str) -> Self {
        Self { folder: Folder::new(&format!("jobs-{name}-file")), base: Base::File }
    }

    fn server(name: &str) -> Self {
        let cluster = Cluster::start("");
        let url = cluster.database();
        let database = url.rsplit('/').next().unwrap().to_owned();
        Self { folder: Folder::new(&format!("jobs-{name}-server")), base: Base::Server { cluster, database, url } }
    }

    fn configure(&self, plant: Plant) {
        self.folder.configure(&match &self.base {
            Base::File => plant,
            Base::Server { url, .. } => plant.store(url),
        });
    }

    /// Returns what a query gives that has one text a row.
    fn ask(&self, query: &'static str) -> Vec<String> {
        match &self.base {
            Base::File => self.folder.ledger().rows::<(String,)>(query).into_iter().map(|row| row.0).collect(),
            Base::Server { cluster, database, .. } => cluster.say(database, query).lines().map(str::to_owned).collect(),
        }
    }

    fn wait_for(&self, query: &'static str, wanted: &[&str]) {
        until(&format!("{wanted:?} of {query}"), || (self.ask(query) == wanted).then_some(()));
    }
}

/// Says something to the gateway of a folder; returns its answer.
pub(super) fn say(folder: &Folder, event_type: &str, info: &Json) -> Json {
    let mut stream = UnixStream::connect(folder.join("data/latchwork.sock")).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let line = json!({"event_type": event_type, "info": info, "actor": "anna"}).to_string() + "\n";
    stream.write_all(line.as_bytes()).unwrap();
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer).unwrap();
    serde_json::from_str(&answer).unwrap()
}

pub(super) fn make(folder: &Folder, info: &Json) -> String {
    let job = say(folder, "JOB_CREATED", info);
    assert_eq!(job["status"], 202, "{job}");
    job["id"].as_str().unwrap().to_owned()
}

/// Returns a line of three stations whose operations follow jobs.
fn line(port: u16) -> Plant {
    let mut plant = Plant::new().device("plc", port, 500);
    for (station, register) in STATIONS {
        for (name, address) in [("Run", register), ("Good", register + 1), ("Scrap", register + 2)] {
            plant = plant.register(&format!("{station}/{name}"), "plc", address);
        }
    }
    plant = plant.and("[[production_orders]]\nname = \"PO-1\"\nquantity = 12");
    for (station, _) in STATIONS {
        plant = plant.and(&format!("[[locations]]\npath = \"{station}\""));
    }
    for (from, to) in [("A", "B"), ("B", "C")] {
        plant = plant.and(&format!("[[station_connections]]\nfrom = \"{from}\"\nto = \"{to}\""));
    }
    for (station, _) in STATIONS {
        plant = plant.and(&working(station));
    }
    plant
}

/// Returns an operation that runs while its station does, and counts.
fn working(station: &str) -> String {
    let capture = |name: &str, tag: &str| {
        format!("[[operations.captures]]\nname = \"{name}\"\nexpression = \"{{{station}/{tag}}}\"\nmode = \"DELTA\"\n")
    };
    format!(
        "[[operations]]\nname = \"Work\"\nlocation = \"{station}\"\nstart_trigger_expression = \"{{{station}/Run}} = 1\"\n\
         stop_trigger_expression = \"{{{station}/Run}} = 1\"\n[operations.job]\nfollow = true\n{}{}",
        capture("good", "Good"),
        capture("scrap", "Scrap"),
    )
}

/// A machine at a station, with what its counters show.
struct Machine<'a> {
    device: &'a mut Device,
    register: u16,
    good: u16,
    scrap: u16,
}

impl Machine<'_> {
    /// Has it run once and make so many parts.
    fn run(&mut self, good: u16, scrap: u16) {
        self.device.set_and_read(self.register, 1);
        (self.good, self.scrap) = (self.good + good, self.scrap + scrap);
        self.device.set_and_read(self.register + 1, self.good);
        self.device.set_and_read(self.register + 2, self.scrap);
        self.device.set_and_read(self.register, 0);
    }
}

fn counters_alone_drive_the_worked_example(ground: &Ground) {
    let (port, folder) = (free_port(), &ground.folder);
    ground.configure(line(port));
    let mut device = Device::start(port, &[]);
    let gateway = Gateway::start(folder);
    // The first level only arms the triggers.
    ground.wait_for("SELECT event_type FROM events WHERE event_type = 'connection.up'", &["connection.up"]);
    let job = make(folder, &json!({"quantity": 12, "station": "A", "production_order": "PO-1"}));
    let legs = "SELECT station || ' ' || state || ' ' || input || ' ' || good || ' ' || scrap FROM job_station_history \
                ORDER BY ordinal";
    // A run that makes nothing is a short stop as well.
    let courses = [
        (&[(4, 1), (0, 0), (6, 1)][..], &["A completed 12 10 2", "B pending 10 0 0"][..]),
        (&[(3, 0), (5, 2)], &["A completed 12 10 2", "B completed 10 8 2", "C pending 8 0 0"]),
        (&[(7, 1)], &["A completed 12 10 2", "B completed 10 8 2", "C completed 8 7 1"]),
    ];
    for ((_, register), (runs, after)) in STATIONS.into_iter().zip(courses) {
        let mut machine = Machine { device: &mut device, register, good: 0, scrap: 0 };
        for &(good, scrap) in runs {
            machine.run(good, scrap);
        }
        ground.wait_for(legs, after);
    }
    let parts = "SELECT state || ' ' || good_parts || ' ' || scrap_parts || ' ' || lost_parts FROM jobs";
    assert_eq!(ground.ask(parts), ["completed 7 5 0"]);
    ground.wait_for("SELECT status FROM production_orders WHERE name = 'PO-1'", &["CLOSED"]);
    // The engine has heard of it.
    let told = "SELECT body FROM events WHERE event_type = 'production_order.status_changed' ORDER BY seq";
    until("the engine's word", || (ground.ask(told).len() == 2).then_some(()));
    let late = say(folder, "JOB_STARTED", &json!({"job_key": job}));
    assert_eq!((&late["status"], &late["error"]), (&json!(409), &json!("JobIsStartedError")));
    gateway.stop();
    check_log(ground);
}

/// Every event has the next number and is as its schema says.
fn check_log(ground: &Ground) {
    let events = ground.ask("SELECT CAST(body AS text) FROM events ORDER BY seq");
    for (text, seq) in events.iter().zip(1..) {
        let event: Json = serde_json::from_str(text).unwrap();
        assert_eq!(event["seq"], seq, "{text}");
        assert_eq!(faults_of_event(&event), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn counters_alone_drive_the_worked_example_in_a_file() {
    counters_alone_drive_the_worked_example(&Ground::file("counters"));
}

#[test]
fn counters_alone_drive_the_worked_example_on_a_server() {
    counters_alone_drive_the_worked_example(&Ground::server("counters"));
}

/// Returns a plant with a station whose operation only commands start.
pub(super) fn by_hand(gateway: &str) -> Plant {
    Plant::of_gateway(gateway)
        .and("[[locations]]\npath = \"Line\"")
        .manual("Packing")
        .and("[operations.job]\nfollow = true")
}

#[test]
fn a_job_that_is_cancelled_takes_its_record_with_it() {
    let ground = Ground::file("cancel");
    let folder = &ground.folder;
    ground.configure(by_hand("gw-live"));
    let gateway = Gateway::start(folder);
    let job = make(folder, &json!({"quantity": 5, "station": "Line"}));
    assert_eq!(say(folder, "OPERATION_START", &json!({"operation": "Packing"}))["status"], 200);
    assert_eq!(ground.ask("SELECT state FROM jobs"), ["running"]);
    let answer = say(folder, "JOB_CANCELLED", &json!({"job_key": job}));
    assert_eq!((&answer["status"], &answer["job"]["state"]), (&json!(200), &json!("cancelled")), "{answer}");
    // Both were there when it was answered.
    assert_eq!(ground.ask("SELECT status FROM operation_records"), ["CANCELLED"]);
    let audit = "SELECT door || ' ' || action || ' ' || status || ' ' || actor FROM audit ORDER BY number";
    assert_eq!(
        ground.ask(audit),
        ["SOCKET JOB_CREATED 202 anna", "SOCKET OPERATION_START 200 anna", "SOCKET JOB_CANCELLED 200 anna"]
    );
    let refused = say(folder, "JOB_CANCELLED", &json!({"job_key": job}));
    assert_eq!((&refused["status"], &refused["error"]), (&json!(409), &json!("JobIsCancelledError")));
    gateway.stop();
    check_log(&ground);
}

#[test]
fn a_job_that_is_cancelled_takes_the_record_of_a_child_with_it() {
    let ground = Ground::file("cancel-child");
    let folder = &ground.folder;
    let child = |name: &str, parent: &str| {
        let keys = "location = \"Line\"\ntrigger_source = \"PARENT\"\nauto_add_to_schedule = false";
        format!("[[operations]]\nname = \"{name}\"\n{keys}\nparent = \"{parent}\"")
    };
    let plant = Plant::new().and("[[locations]]\npath = \"Line\"").manual("Shift");
    let plant = plant.and(&child("Packing", "Shift")).and("[operations.job]\nfollow = true");
    ground.configure(plant.and(&child("Taping", "Packing")));
    let gateway = Gateway::start(folder);
    let job = make(folder, &json!({"quantity": 5, "station": "Line"}));
    assert_eq!(say(folder, "OPERATION_START", &json!({"operation": "Shift"}))["status"], 200);
    assert_eq!(ground.ask("SELECT state FROM jobs"), ["running"]);
    // People do not cancel it for itself, nor ask for what the gateway does.
    assert_eq!(say(folder, "OPERATION_CANCEL", &json!({"operation": "Packing"}))["status"], 409);
    let id = ground.ask("SELECT operation_record_id FROM job_station_history");
    assert_eq!(say(folder, "OPERATION_ABANDON", &json!({"record": id[0]}))["status"], 404);
    let answer = say(folder, "JOB_CANCELLED", &json!({"job_key": job}));
    assert_eq!((&answer["status"], &answer["job"]["state"]), (&json!(200), &json!("cancelled")), "{answer}");
    // The run of its parent goes on.
    let records = "SELECT operation || ' ' || status || ' ' || coalesce(end_reason, '') FROM operation_records \
                   ORDER BY operation";
    assert_eq!(ground.ask(records), ["Packing CANCELLED COMMAND", "Shift RUNNING ", "Taping CANCELLED PARENT"]);
    assert_eq!(say(folder, "OPERATION_STOP", &json!({"operation": "Shift"}))["status"], 200);
    gateway.stop();
    check_log(&ground);
}

#[test]
fn a_gateway_cancels_the_record_of_a_job_that_another_gave_up() {
    let ground = Ground::server("elsewhere");
    ground.configure(by_hand("gw-live"));
    let gateway = Gateway::start(&ground.folder);
    let Base::Server { url, .. } = &ground.base else { panic!("a server") };
    let neighbour = Folder::new("jobs-elsewhere-neighbour");
    neighbour.configure(&by_hand("gw-other").store(url));
    let other = Gateway::start(&neighbour);
    let job = make(&ground.folder, &json!({"quantity": 5, "station": "Line"}));
    assert_eq!(say(&ground.folder, "OPERATION_START", &json!({"operation": "Packing"}))["status"], 200);
    assert_eq!(say(&neighbour, "JOB_CANCELLED", &json!({"job_key": job}))["status"], 200);
    ground.wait_for("SELECT status || ' ' || gateway_id FROM operation_records", &["CANCELLED gw-live"]);
    other.stop();
    gateway.stop();
}

#[test]
fn events_of_jobs_are_published_where_their_subject_says() {
    let (ground, port) = (Ground::file("published"), free_port());
    ground.configure(by_hand("gw-live").and(&format!("[publish]\nurl = \"mqtt://127.0.0.1:{port}\"")));
    let _broker = Broker::start(&ground.folder, port);
    let subscriber = Subscriber::start(port);
    let gateway = Gateway::start(&ground.folder);
    make(&ground.folder, &json!({"quantity": 5, "station": "Line"}));
    let topic = "latchwork/gw-live/progress/notification/production";
    until("the event of the job", || subscriber.has_heard_at(topic).then_some(()));
    gateway.stop();
}
