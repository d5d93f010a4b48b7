//! Random flows over a store whose commits fail at random points: what is there always adds up, and is told.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use serde_json::{Value as Json, json};
use sqlx::Connection;
use tokio::runtime::Runtime;
use ulid::Ulid;

use super::floor::{Floor, asked, parts, wanted};
use crate::care::Care;
use crate::jobs::{Answer, JobWork};
use crate::session::Session;
use crate::testing::{BEGIN, Ground, at};

const STATIONS: &str = "A>B B>C B~A C~B D>A D>B";

/// What a person does next; numbers choose among what there is.
#[derive(Clone, Copy, Debug)]
struct Step {
    verb: Verb,
    job: u8,
    scrap: u8,
    rework: u8,
    /// Where the commit fails, if it does: a number of a table.
    fails: Option<u8>,
}

#[derive(Clone, Copy, Debug)]
enum Verb {
    Create,
    Start,
    Complete,
    Pause,
    Resume,
    Select,
    Cancel,
    Log,
}

/// The tables whose rows a transition writes, in the order in which it does.
const WRITTEN: [&str; 5] = ["jobs", "job_station_history", "events", "audit", "gateways"];

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let verb = prop_oneof![
        2 => Just(Verb::Create),
        6 => Just(Verb::Start),
        6 => Just(Verb::Complete),
        1 => Just(Verb::Pause),
        2 => Just(Verb::Resume),
        2 => Just(Verb::Select),
        1 => Just(Verb::Cancel),
        1 => Just(Verb::Log),
    ];
    let fails = prop_oneof![4 => Just(None), 1 => any::<u8>().prop_map(Some)];
    let step = (verb, any::<u8>(), 0_u8..4, 0_u8..3, fails);
    let step = step.prop_map(|(verb, job, scrap, rework, fails)| Step { verb, job, scrap, rework, fails });
    prop::collection::vec(step, 1..40)
}

/// Returns the first leg in one of these states.
fn leg<'a>(job: &'a Json, states: &[&str]) -> Option<&'a Json> {
    job["legs"].as_array()?.iter().find(|leg| states.contains(&leg["state"].as_str().unwrap_or_default()))
}

fn work(step: Step, job: Option<&Json>) -> Option<JobWork> {
    if let Verb::Create = step.verb {
        let station = ["A", "D"][usize::from(step.job) % 2];
        let quantity = u64::from(step.job % 9) + 1;
        return Some(wanted(&json!({"quantity": quantity, "station": station, "production_order": "PO-1"})));
    }
    let job = job?;
    let id = job["id"].as_str()?;
    let of = |states: &[&str]| Some(leg(job, states)?["leg_key"].clone());
    let with = |key: Option<Json>| key.map_or(json!({}), |key| json!({"leg_key": key}));
    Some(match step.verb {
        Verb::Create => return None,
        Verb::Start => asked(id, "JOB_STARTED", with(of(&["pending"]))),
        Verb::Pause => asked(id, "JOB_PAUSED", with(of(&["running"]))),
        Verb::Resume => asked(id, "JOB_RESUMED", with(of(&["paused"]))),
        Verb::Cancel => asked(id, "JOB_CANCELLED", json!({})),
        Verb::Log => asked(id, "LOG_APPENDED", json!({"line": "x"})),
        Verb::Select => {
            let mut info = with(of(&["queued"]));
            info["destination"] = ["A", "B"][usize::from(step.scrap) % 2].into();
            asked(id, "DESTINATION_SELECTED", info)
        }
        Verb::Complete => asked(id, "JOB_COMPLETED", completion(step, leg(job, &["running", "paused"]))),
    })
}

fn completion(step: Step, leg: Option<&Json>) -> Json {
    let Some(leg) = leg else { return json!({"good": 1, "scrap": 0}) };
    let input = leg["input"].as_u64().unwrap();
    let scrap = u64::from(step.scrap).min(input);
    let may_return = leg["station"] == "B" || leg["station"] == "C";
    let rework = if may_return { u64::from(step.rework).min(input - scrap) } else { 0 };
    let mut info = json!({"leg_key": leg["leg_key"], "good": input - scrap - rework, "scrap": scrap});
    if rework > 0 {
        info["rework"] = json!([{"quantity": rework}]);
    }
    info
}

/// Has the next commit fail when it writes to a table.
async fn break_at(floor: &Floor, table: &str) {
    let mut slot = floor.store.writer.lock().await;
    match slot.as_mut() {
        Some(Session::Sqlite(connection)) => {
            let verb = if table == "gateways" { "UPDATE" } else { "INSERT" };
            let trigger = format!(
                "CREATE TEMP TRIGGER broken BEFORE {verb} ON main.{table} BEGIN SELECT RAISE(ABORT, 'broken'); END"
            );
            sqlx::query(sqlx::AssertSqlSafe(trigger)).execute(connection).await.unwrap();
        }
        Some(Session::Postgres(_)) => {
            let Ground::Server { url } = &floor.ground else { return };
            let mut beside = sqlx::PgConnection::connect(url).await.unwrap();
            let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                       WHERE application_name = 'latchwork gw' AND datname = current_database()";
            sqlx::query(end).execute(&mut beside).await.unwrap();
        }
        None => {}
    }
}

async fn run(ground: Ground, steps: Vec<Step>) {
    let mut floor = Floor::of(ground, STATIONS).await;
    let mut jobs: Vec<String> = Vec::new();
    for step in steps {
        let chosen = (!jobs.is_empty()).then(|| jobs[usize::from(step.job) % jobs.len()].clone());
        let before = match &chosen {
            Some(job) => Some(floor.read(job).await),
            None => None,
        };
        let Some(work) = work(step, before.as_ref()) else { continue };
        let answer = match step.fails {
            None => floor.one(work).await,
            Some(place) => {
                let table = WRITTEN[usize::from(place) % WRITTEN.len()];
                one_that_may_fail(&mut floor, work, table, before.as_ref()).await
            }
        };
        if answer.status == 202 {
            jobs.push(answer.body["id"].as_str().unwrap().to_owned());
        } else {
            check_answer(&answer.body, before.as_ref());
        }
        if let Some(job) = &chosen {
            check_job(&floor, job).await;
        }
    }
    check_store(&floor, &jobs).await;
}

/// Has something done after a commit of it failed, unless it has nothing to write to the table at which that would have.
async fn one_that_may_fail(floor: &mut Floor, work: JobWork, table: &str, before: Option<&Json>) -> Answer {
    break_at(floor, table).await;
    let works = std::slice::from_ref(&work);
    if let Ok(done) = floor.store.transact(&floor.plant, works, at(floor.seconds).wall).await {
        repair(floor).await;
        return done.answers.into_iter().next().unwrap();
    }
    if let Some(before) = before {
        let job = before["id"].as_str().unwrap();
        assert_eq!(floor.read(job).await, *before, "a commit that fails leaves everything as it was");
    }
    floor.one(work).await
}

/// Has no more commit fail on the connection that is there.
async fn repair(floor: &Floor) {
    if let Some(Session::Sqlite(connection)) = floor.store.writer.lock().await.as_mut() {
        sqlx::query("DROP TRIGGER broken").execute(connection).await.unwrap();
    }
}

/// What is final stays as it is.
fn check_answer(answer: &Json, before: Option<&Json>) {
    let was_final =
        before.is_some_and(|job| ["completed", "failed", "cancelled"].contains(&job["state"].as_str().unwrap()));
    assert!(!was_final || answer["status"] == 409, "{before:?} took {answer}");
}

async fn check_job(floor: &Floor, job: &str) {
    let read = floor.read(job).await;
    let [_, scrap, lost, in_process, finished] = parts(&read);
    assert_eq!(read["quantity"].as_u64().unwrap(), scrap + lost + in_process + finished, "{read}");
    let mut entries: BTreeMap<&str, u64> = BTreeMap::new();
    for leg in read["legs"].as_array().unwrap() {
        let entry = entries.entry(leg["station"].as_str().unwrap()).or_default();
        *entry += 1;
        assert_eq!(leg["entry_number"].as_u64().unwrap(), *entry, "{read}");
    }
}

/// Every event is there under its number, and what the last one of each job tells is how the job stands.
async fn check_store(floor: &Floor, jobs: &[String]) {
    assert_eq!(Care::of(&floor.ground.options("gw", BEGIN)).check().await.unwrap(), [] as [String; 0]);
    for job in jobs {
        let events = floor.store.job_events(Ulid::from_string(job).unwrap(), 0, 1_000).await.unwrap();
        let bodies: Vec<Json> = events.iter().map(|event| serde_json::from_str(&event.body).unwrap()).collect();
        assert!(events.iter().zip(1..).all(|(event, number)| event.number == number));
        let told = bodies.iter().rev().find_map(|body| body["info"].get("state")).unwrap();
        let read = floor.read(job).await;
        assert_eq!(read["state"], *told);
        let mut legs: BTreeMap<String, Json> = BTreeMap::new();
        for leg in bodies.iter().filter_map(|body| body["info"].get("legs")?.as_array()).flatten() {
            legs.insert(leg["leg_key"].as_str().unwrap().to_owned(), leg.clone());
        }
        for leg in read["legs"].as_array().unwrap() {
            assert_eq!(legs[leg["leg_key"].as_str().unwrap()], *leg, "the log alone gives the history");
        }
    }
}

fn flow(cases: u32, ground: fn() -> Ground) {
    let runtime = Runtime::new().unwrap();
    // The same flows each time; other seeds are asked for by `PROPTEST_RNG_SEED`.
    let given = Config::default();
    let rng_seed = if let RngSeed::Fixed(seed) = given.rng_seed { RngSeed::Fixed(seed) } else { RngSeed::Fixed(0) };
    let config = Config { cases, rng_seed, failure_persistence: None, ..given };
    let outcome = TestRunner::new(config).run(&steps(), |steps| {
        runtime.block_on(run(ground(), steps));
        Ok(())
    });
    outcome.unwrap();
}

#[test]
fn flows_add_up_in_a_file() {
    flow(40, Ground::file);
}

#[test]
fn flows_add_up_on_a_server() {
    flow(8, Ground::server);
}
