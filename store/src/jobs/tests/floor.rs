//! A plant's stations with their jobs in a store, and who asks.

use latchwork_engine::jobs::{JobCommand, JobVerb, NewJob};
use latchwork_engine::{Flow, Location, Plant, StationIndex, ids};
use latchwork_expr::Text;
use serde_json::{Value as Json, json};
use ulid::Ulid;

use crate::jobs::{Answer, Asker, Door, JobWish, JobWork, RequestKey};
use crate::store::Store;
use crate::testing::{BEGIN, Ground, at, plant};

/// A store with stations, and a clock.
#[derive(Debug)]
pub(super) struct Floor {
    pub(super) ground: Ground,
    pub(super) store: Store,
    pub(super) plant: Plant,
    pub(super) seconds: i64,
}

/// Returns a plant with stations and their connections: `A>B B~A` is one that feeds and one for rework.
pub(super) fn plant_with(text: &str) -> Plant {
    let mut plant = plant();
    for word in text.split_whitespace() {
        let (flow, ends) = match word.split_once('>') {
            Some(ends) => (Flow::FeedsInto, Some(ends)),
            None => (Flow::Rework, word.split_once('~')),
        };
        let names = ends.map_or(vec![word], |(from, to)| vec![from, to]);
        let found: Vec<StationIndex> = names.into_iter().map(|name| station(&mut plant, name)).collect();
        if let [from, to] = found[..] {
            plant.stations.connect(from, to, flow);
        }
    }
    plant
}

fn station(plant: &mut Plant, name: &str) -> StationIndex {
    let known = plant.stations.all().iter().position(|station| station.path.as_str() == name);
    if let Some(known) = known {
        return StationIndex(u32::try_from(known).unwrap());
    }
    plant.locations.push(Location { path: name.to_owned(), id: ids::location_id(name) });
    plant.stations.add(name.into(), ids::location_id(name))
}

/// Returns what Anna asks of a job.
pub(super) fn asked(job: &str, verb: &str, mut info: Json) -> JobWork {
    info["job_key"] = job.into();
    let command = JobCommand::from_json(JobVerb::of(verb).unwrap(), &info).unwrap();
    work(JobWish::Command(command))
}

/// Returns what the planner asks for.
pub(super) fn wanted(body: &Json) -> JobWork {
    work(JobWish::Create(NewJob::from_json(body).unwrap()))
}

fn work(wish: JobWish) -> JobWork {
    let asker = Asker { actor: Some(Text::from("anna")), door: Door::Http, key: None };
    JobWork { asker, occurred_at: None, wish }
}

/// Returns the request under a key.
pub(super) fn keyed(mut work: JobWork, key: &str, digest: &str) -> JobWork {
    work.asker.key = Some(RequestKey { key: key.to_owned(), digest: digest.to_owned() });
    work
}

impl Floor {
    pub(super) async fn of(ground: Ground, text: &str) -> Self {
        let plant = plant_with(text);
        let store = ground.opened(&plant).await;
        Self { ground, store, plant, seconds: 0 }
    }

    /// Lets a second pass, and has requests done at once.
    pub(super) async fn all(&mut self, works: &[JobWork]) -> Vec<Answer> {
        self.seconds += 1;
        self.store.transact(&self.plant, works, at(self.seconds).wall).await.unwrap().answers
    }

    pub(super) async fn one(&mut self, work: JobWork) -> Answer {
        self.all(&[work]).await.remove(0)
    }

    /// Makes a job of so many parts, and returns its id.
    pub(super) async fn job(&mut self, station: &str, quantity: u64) -> String {
        let answer = self.one(wanted(&json!({"quantity": quantity, "station": station}))).await;
        assert_eq!(answer.status, 202, "{answer:?}");
        answer.body["id"].as_str().unwrap().to_owned()
    }

    pub(super) async fn ask(&mut self, job: &str, verb: &str, info: Json) -> Answer {
        self.one(asked(job, verb, info)).await
    }

    /// Starts the only leg that waits and completes it; returns the answer to that.
    pub(super) async fn pass(&mut self, job: &str, parts: Json) -> Json {
        let started = self.ask(job, "JOB_STARTED", json!({})).await;
        assert_eq!(started.status, 200, "{started:?}");
        let done = self.ask(job, "JOB_COMPLETED", parts).await;
        assert_eq!(done.status, 200, "{done:?}");
        done.body
    }

    /// Returns the job as it is read.
    pub(super) async fn read(&self, job: &str) -> Json {
        let job = self.store.job(Ulid::from_string(job).unwrap()).await.unwrap().unwrap();
        json!(job.view())
    }

    /// Returns the job's legs as people read them: `A1 completed 12`.
    pub(super) async fn legs(&self, job: &str) -> Vec<String> {
        let job = self.read(job).await;
        let leg = |leg: &Json| {
            let text = |name: &str| leg[name].as_str().unwrap().to_owned();
            format!("{}{} {} {}", text("station"), leg["entry_number"], text("state"), leg["input"])
        };
        job["legs"].as_array().unwrap().iter().map(leg).collect()
    }

    /// Opens the same plant's store for another gateway.
    pub(super) async fn neighbour(&self) -> Neighbour {
        let store = Store::open(&self.ground.options("gw-2", BEGIN)).await.unwrap();
        let plant = Plant { gateway_id: "gw-2".to_owned(), ..plant_with_stations_of(&self.plant) };
        store.mirror(&plant, BEGIN).await.unwrap();
        Neighbour { store, plant }
    }
}

/// Another gateway on the same server.
#[derive(Debug)]
pub(super) struct Neighbour {
    pub(super) store: Store,
    pub(super) plant: Plant,
}

impl Neighbour {
    pub(super) async fn ask(&self, seconds: i64, work: JobWork) -> Answer {
        self.store.transact(&self.plant, &[work], at(seconds).wall).await.unwrap().answers.remove(0)
    }
}

fn plant_with_stations_of(other: &Plant) -> Plant {
    Plant { locations: other.locations.clone(), stations: other.stations.clone(), ..plant() }
}

/// Returns how a job's parts stand: good, scrap, lost, in process, finished.
pub(super) fn parts(job: &Json) -> [u64; 5] {
    ["good_parts", "scrap_parts", "lost_parts", "in_process_parts", "finished_parts"]
        .map(|name| job[name].as_u64().unwrap())
}
