//! What is over leaves the store with all that hangs on it, and nothing else does.

use serde_json::json;

use super::floor::{Floor, wanted};
use crate::Pruned;
use crate::testing::{Ground, at, on_both};

/// The tables in which something hangs on a job.
const TABLES: [&str; 5] = ["job_station_history", "batches", "batch_serials", "work_sessions", "queues"];

/// Makes a job of two parts with serial numbers, for an order if one is named; Anna begins with it.
async fn begun(floor: &mut Floor, order: Option<&str>) -> String {
    let serials = ["S1", "S2"];
    let body = json!({"quantity": 2, "station": "A", "production_order": order, "batch_serials": serials});
    let job = floor.one(wanted(&body)).await.body["id"].as_str().unwrap().to_owned();
    assert_eq!(floor.ask(&job, "JOB_STARTED", json!({})).await.status, 200);
    assert_eq!(floor.ask(&job, "LOG_APPENDED", json!({"line": "begun"})).await.status, 200);
    job
}

async fn complete(floor: &mut Floor, job: &str) {
    assert_eq!(floor.ask(job, "JOB_COMPLETED", json!({"good": 2, "scrap": 0})).await.status, 200);
}

async fn jobs_that_are_over_leave_with_all_that_hangs_on_them(ground: Ground) {
    let mut floor = Floor::of(ground, "A").await;
    let over = begun(&mut floor, None).await;
    complete(&mut floor, &over).await;
    let end = floor.seconds;
    let begun_only = begun(&mut floor, None).await;
    let of_order = begun(&mut floor, Some("PO-1")).await;
    complete(&mut floor, &of_order).await;
    let care = floor.store.care();
    assert_eq!(care.prune(at(end).wall).await.unwrap().jobs, 0, "it ended at that time, not before");
    let late = at(floor.seconds + 1).wall;
    assert_eq!(care.prune(late).await.unwrap().jobs, 1);
    assert_eq!(floor.store.job(over.parse().unwrap()).await.unwrap(), None);
    assert_eq!(floor.read(&begun_only).await["state"], "running");
    // It is counted by its order, which goes on.
    assert_eq!(floor.read(&of_order).await["state"], "completed");
    for table in TABLES {
        let orphans = match table {
            "batch_serials" => "batch_id NOT IN (SELECT id FROM batches)",
            _ => "job_id NOT IN (SELECT id FROM jobs)",
        };
        let orphans = format!("SELECT count(*) FROM {table} WHERE {orphans}");
        assert_eq!(floor.ground.number(&orphans).await, 0, "{table}");
    }
    assert_eq!(floor.ground.number("SELECT count(*) FROM batch_serials").await, 4);
    let logged = format!("SELECT count(*) FROM events WHERE job_id = '{over}' AND event_type = 'LOG_APPENDED'");
    assert_eq!(floor.ground.number(&logged).await, 1, "events are the log's affair");
    floor.ground.run("UPDATE production_orders SET status = 'CLOSED' WHERE name = 'PO-1'").await;
    assert_eq!(care.prune(late).await.unwrap(), Pruned { jobs: 1, ..Pruned::default() });
    assert_eq!(floor.ground.number("SELECT count(*) FROM jobs").await, 1);
    assert_eq!(care.check().await.unwrap(), [] as [String; 0]);
}

async fn many_jobs_leave_some_at_a_time(ground: Ground) {
    let mut floor = Floor::of(ground, "A").await;
    for _ in 0..120 {
        let job = floor.job("A", 1).await;
        assert_eq!(floor.ask(&job, "JOB_CANCELLED", json!({})).await.status, 200);
    }
    let running = begun(&mut floor, None).await;
    let pruned = floor.store.care().prune(at(floor.seconds + 1).wall).await.unwrap();
    assert_eq!(pruned.jobs, 120);
    assert_eq!(floor.ground.number("SELECT count(*) FROM jobs").await, 1);
    assert_eq!(floor.read(&running).await["state"], "running");
}

async fn what_was_asked_is_forgotten_by_its_time(ground: Ground) {
    let mut floor = Floor::of(ground, "A").await;
    for _ in 0..3 {
        floor.job("A", 1).await;
    }
    let third = at(floor.seconds).wall;
    // On a server another gateway asks for something too, earlier: that is its own.
    let mut neighbours = 0;
    if let Ground::Server { .. } = floor.ground {
        let body = json!({"quantity": 1, "station": "A"});
        assert_eq!(floor.neighbour().await.ask(0, wanted(&body)).await.status, 202);
        neighbours = 1;
    }
    assert_eq!(floor.store.care().prune(third).await.unwrap(), Pruned { audit: 2, ..Pruned::default() });
    assert_eq!(floor.ground.number("SELECT count(*) FROM audit").await, 1 + neighbours);
    assert_eq!(floor.ground.number("SELECT count(*) FROM jobs").await, 3 + neighbours);
}

on_both! {
    jobs_that_are_over_leave_with_all_that_hangs_on_them,
    many_jobs_leave_some_at_a_time,
    what_was_asked_is_forgotten_by_its_time,
}
