//! A job that two gateways on one server hand from station to station, each over its own HTTP interface.

use latchwork_cluster::Cluster;
use serde_json::{Value as Json, json};

use super::super::folder::Folder;
use super::super::gateway::Gateway;
use super::super::plant::Plant;
use super::super::port::free_port;
use super::client::{Client, Message, Messages};

/// A gateway at one of the stations.
struct Post {
    gateway: Gateway,
    client: Client,
    _folder: Folder,
}

impl Post {
    /// Starts a gateway; both have the whole line in their configurations.
    fn start(id: &str, url: &str) -> Self {
        let (folder, port) = (Folder::new(&format!("http-handover-{id}")), free_port());
        let mut plant = Plant::of_gateway(id).and("[[production_orders]]\nname = \"PO-1\"\nquantity = 12");
        for station in ["Mill", "Paint"] {
            plant = plant.and(&format!("[[locations]]\npath = \"{station}\""));
        }
        let plant = plant.and("[[station_connections]]\nfrom = \"Mill\"\nto = \"Paint\"");
        folder.configure(&plant.and(&format!("[http]\nbind = \"127.0.0.1:{port}\"")).store(url));
        let gateway = Gateway::start(&folder);
        Self { gateway, client: Client::new(port).with("Latchwork-Actor", id), _folder: folder }
    }

    /// Starts the leg that waits and completes it.
    fn work(&self, job: &str, good: u64, scrap: u64) {
        for (event_type, info) in [
            ("JOB_STARTED", json!({"job_key": job})),
            ("JOB_COMPLETED", json!({"job_key": job, "good": good, "scrap": scrap})),
        ] {
            self.client.post("/event", &json!({"event_type": event_type, "info": info})).done();
        }
    }

    fn stream(&self, job: &str) -> Messages {
        self.client.stream(&format!("/api/jobs/{job}/events")).unwrap()
    }

    fn show(&self, job: &str) -> Json {
        self.client.get(&format!("/api/jobs/{job}")).done()
    }

    /// Returns the numbers that this gateway's own log gives to its events of the job.
    fn told(&self, event_type: &str) -> usize {
        let path = format!("/api/events?event_type={event_type}");
        self.client.get(&path).done()["items"].as_array().unwrap().len()
    }
}

/// Reads a stream to its end.
fn all(mut stream: Messages) -> Vec<Message> {
    std::iter::from_fn(|| stream.any()).collect()
}

#[test]
fn a_job_goes_from_one_gateway_to_the_other_and_has_one_history() {
    let cluster = Cluster::start("");
    let url = cluster.database();
    let (mill, paint) = (Post::start("gw-mill", &url), Post::start("gw-paint", &url));
    let new = json!({"quantity": 12, "station": "Mill", "production_order": "PO-1"});
    let job = mill.client.post("/api/jobs", &new).done()["id"].as_str().unwrap().to_owned();
    // Both are looked at from the beginning, while it happens.
    let streams = [mill.stream(&job), paint.stream(&job)];
    mill.work(&job, 11, 1);
    assert_eq!(mill.show(&job), paint.show(&job));
    paint.work(&job, 10, 1);
    let [at_mill, at_paint] = streams.map(all);
    assert_eq!(at_mill, at_paint);
    let numbers: Vec<u64> = at_mill.iter().filter_map(|message| message.id).collect();
    assert!(numbers.is_sorted(), "{numbers:?}");
    let last = at_mill.last().unwrap();
    let output = json!({"state": "completed", "output": {"good": 10, "scrap": 2, "lost": 0}});
    assert_eq!((last.kind.as_str(), last.json()), ("status", output));
    // Who comes late is told the same.
    assert_eq!(all(paint.stream(&job)), at_mill);

    let shown = mill.show(&job);
    assert_eq!(shown, paint.show(&job));
    let legs = shown["legs"].as_array().unwrap().iter();
    let legs: Json = legs.map(|leg| json!([leg["station"], leg["state"], leg["completed_by"]])).collect();
    assert_eq!(legs, json!([["Mill", "completed", "gw-mill"], ["Paint", "completed", "gw-paint"]]));
    // Each told what it decided, and no event is there twice.
    for post in [&mill, &paint] {
        assert_eq!((post.told("JOB_STARTED"), post.told("JOB_COMPLETED")), (1, 1));
    }
    let history =
        "SELECT count(*) = max(job_event) AND count(DISTINCT gateway_id) = 2 FROM events WHERE job_id IS NOT NULL";
    assert_eq!(cluster.say(url.rsplit('/').next().unwrap(), history), "t");
    mill.gateway.stop();
    paint.gateway.stop();
}
