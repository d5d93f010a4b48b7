//! Many at once: of two who complete a leg one does, whichever gateway they ask.

use std::sync::Arc;

use serde_json::json;
use ulid::Ulid;

use super::floor::{Floor, asked, parts};
use crate::testing::{Ground, at, on_both};

const CLIENTS: usize = 64;

async fn one_of_many_completes_a_leg(ground: Ground) {
    let mut floor = Floor::of(ground, "A>B").await;
    let job = floor.job("A", 12).await;
    floor.ask(&job, "JOB_STARTED", json!({})).await;
    let (ground, store, plant) = (floor.ground, Arc::new(floor.store), Arc::new(floor.plant));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let (store, plant) = (Arc::clone(&store), Arc::clone(&plant));
            let work = asked(&job, "JOB_COMPLETED", json!({"good": 10, "scrap": 2}));
            tokio::spawn(
                async move { store.transact(&plant, &[work], at(9).wall).await.unwrap().answers.remove(0).status },
            )
        })
        .collect();
    let mut won = 0;
    for client in clients {
        let status = client.await.unwrap();
        assert!(status == 200 || status == 409, "{status}");
        won += usize::from(status == 200);
    }
    assert_eq!(won, 1);
    assert_eq!(ground.number("SELECT count(*) FROM job_station_history WHERE station = 'B'").await, 1);
    assert_eq!(ground.number("SELECT count(*) FROM events WHERE event_type = 'JOB_COMPLETED'").await, 1);
}

#[tokio::test]
async fn two_gateways_hand_a_job_on() {
    let mut floor = Floor::of(Ground::server(), "A>B B>C").await;
    let other = floor.neighbour().await;
    let job = floor.job("A", 12).await;
    floor.pass(&job, json!({"good": 10, "scrap": 2})).await;
    assert_eq!(other.ask(20, asked(&job, "JOB_STARTED", json!({}))).await.status, 200);
    let done = other.ask(21, asked(&job, "JOB_COMPLETED", json!({"good": 8, "scrap": 2}))).await;
    assert_eq!(done.status, 200, "{done:?}");
    floor.seconds = 30;
    let last = floor.pass(&job, json!({"good": 7, "scrap": 1})).await;
    assert_eq!((parts(&last["job"]), last["job"]["state"].as_str()), ([7, 5, 0, 0, 7], Some("completed")));
    let events = floor.store.job_events(Ulid::from_string(&job).unwrap(), 0, 100).await.unwrap();
    let numbers: Vec<u64> = events.iter().map(|event| event.number).collect();
    assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>(), "one row of numbers over both gateways");
    for gateway in ["gw", "gw-2"] {
        let gaps = format!("SELECT max(seq) - count(*) FROM events WHERE gateway_id = '{gateway}'");
        assert_eq!(floor.ground.number(&gaps).await, 0, "{gateway}");
    }
    other.store.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_gateways_that_lock_the_same_jobs_never_wait_in_a_circle() {
    const ROUNDS: i64 = 20;
    let mut floor = Floor::of(Ground::server(), "A").await;
    let other = floor.neighbour().await;
    let mut jobs = Vec::new();
    for _ in 0..8 {
        jobs.push(floor.job("A", 1).await);
    }
    let logged = |jobs: Vec<String>| {
        let line = |job: &String| asked(job, "LOG_APPENDED", json!({"line": "x"}));
        jobs.iter().map(line).collect::<Vec<_>>()
    };
    let (there, back) = (logged(jobs.clone()), logged(jobs.into_iter().rev().collect()));
    let ours = async {
        for round in 0..ROUNDS {
            floor.store.transact(&floor.plant, &there, at(100 + round).wall).await.unwrap();
        }
    };
    let theirs = async {
        for round in 0..ROUNDS {
            other.store.transact(&other.plant, &back, at(100 + round).wall).await.unwrap();
        }
    };
    tokio::join!(ours, theirs);
    let lines = "SELECT count(*) FROM events WHERE event_type = 'LOG_APPENDED'";
    assert_eq!(floor.ground.number(lines).await, 2 * 8 * ROUNDS);
    other.store.close().await.unwrap();
}

on_both! {
    one_of_many_completes_a_leg,
}
