//! The worked examples of `spec/jobs.md`, over the store.

use serde_json::json;

use super::floor::{Floor, parts};
use crate::jobs::WorkFilter;
use crate::listing::Page;
use crate::testing::{Ground, on_both};

async fn twelve_parts_become_seven(ground: Ground) {
    let mut floor = Floor::of(ground, "A>B B>C B~A").await;
    let job = floor.job("A", 12).await;
    let after_a = floor.pass(&job, json!({"good": 10, "scrap": 2})).await;
    assert_eq!(parts(&after_a["job"]), [10, 2, 0, 10, 0]);
    let after_b = floor.pass(&job, json!({"good": 8, "scrap": 2})).await;
    assert_eq!(parts(&after_b["job"]), [8, 4, 0, 8, 0]);
    let after_c = floor.pass(&job, json!({"good": 7, "scrap": 1})).await;
    assert_eq!(parts(&after_c["job"]), [7, 5, 0, 0, 7]);
    let read = floor.read(&job).await;
    assert_eq!(read, after_c["job"], "what is read is what was answered");
    assert_eq!(read["state"], "completed");
    assert_eq!(floor.legs(&job).await, ["A1 completed 12", "B1 completed 10", "C1 completed 8"]);
    let view = "SELECT sum(scrap) FROM parts_by_station WHERE station = 'B' AND good = 8";
    assert_eq!(floor.ground.number(&format!("SELECT CAST(({view}) AS BIGINT)")).await, 2);
    assert_eq!(floor.ground.number("SELECT count(*) FROM jobs_with_legs WHERE leg_state = 'completed'").await, 3);
}

async fn parts_that_are_done_again_flow_on_from_there(ground: Ground) {
    let mut floor = Floor::of(ground, "A>B B>C B~A").await;
    let job = floor.job("A", 12).await;
    floor.pass(&job, json!({"good": 10, "scrap": 2})).await;
    let rework = json!({"good": 6, "scrap": 2, "rework": [{"station": "A", "quantity": 2}]});
    let answer = floor.pass(&job, rework).await;
    assert_eq!(parts(&answer["job"]), [6, 4, 0, 8, 0]);
    assert_eq!(floor.legs(&job).await[2..], ["C1 pending 6", "A2 pending 2"]);
    let leg = |legs: &serde_json::Value, place: usize| legs["legs"][place]["leg_key"].clone();
    let read = floor.read(&job).await;
    let ambiguous = floor.ask(&job, "JOB_STARTED", json!({})).await;
    assert_eq!((ambiguous.status, ambiguous.body["error"].as_str()), (409, Some("LegIsAmbiguousError")));
    for (place, next) in [(3, json!({"good": 2, "scrap": 0})), (2, json!({"good": 6, "scrap": 0}))] {
        let key = leg(&read, place);
        assert_eq!(floor.ask(&job, "JOB_STARTED", json!({"leg_key": key})).await.status, 200);
        assert_eq!(floor.ask(&job, "JOB_COMPLETED", next).await.status, 200);
    }
    floor.pass(&job, json!({"good": 2, "scrap": 0})).await;
    let last = floor.pass(&job, json!({"good": 2, "scrap": 0})).await;
    assert_eq!((parts(&last["job"]), last["job"]["state"].as_str()), ([8, 4, 0, 0, 8], Some("completed")));
    let legs = floor.legs(&job).await;
    assert_eq!(legs[3..], ["A2 completed 2", "B2 completed 2", "C2 completed 2"]);
}

async fn somebody_says_which_way_parts_go(ground: Ground) {
    let mut floor = Floor::of(ground, "A>B A>C").await;
    let job = floor.job("A", 5).await;
    let answer = floor.pass(&job, json!({"good": 5, "scrap": 0})).await;
    assert_eq!(answer["destinations"], json!(["B", "C"]));
    assert_eq!((answer["job"]["state"].as_str(), parts(&answer["job"])), (Some("queued"), [5, 0, 0, 5, 0]));
    let wrong = floor.ask(&job, "DESTINATION_SELECTED", json!({"destination": "D"})).await;
    assert_eq!((wrong.status, wrong.body["field"].as_str()), (422, Some("destination")));
    let selected = floor.ask(&job, "DESTINATION_SELECTED", json!({"destination": "C"})).await;
    assert_eq!(selected.status, 200);
    assert_eq!(floor.legs(&job).await, ["A1 completed 5", "C1 pending 5"]);
    let other = floor.job("A", 4).await;
    let at_once = floor.pass(&other, json!({"good": 4, "scrap": 0, "destination": "B"})).await;
    assert_eq!(at_once.get("destinations"), None);
    assert_eq!(floor.legs(&other).await, ["A1 completed 4", "B1 pending 4"]);
}

async fn an_order_runs_and_is_closed_by_its_jobs(ground: Ground) {
    let mut floor = Floor::of(ground, "A").await;
    floor.ground.run("UPDATE production_orders SET quantity = 12").await;
    let work = super::floor::wanted(&json!({"quantity": 12, "station": "A", "production_order": "PO-1"}));
    let job = floor.one(work).await.body["id"].as_str().unwrap().to_owned();
    let status = |status: &str| format!("SELECT count(*) FROM production_orders WHERE status = '{status}'");
    floor.ask(&job, "JOB_STARTED", json!({"batch_serials": ["s1", "s2"]})).await;
    assert_eq!(floor.ground.number(&status("RUNNING")).await, 1);
    let told = |kind: &str| format!("SELECT count(*) FROM events WHERE event_type = '{kind}' AND job_id IS NOT NULL");
    for kind in ["JOB_STARTED", "BATCH_CREATED", "WORK_SESSION_CREATED", "WORK_ORDER_STARTED"] {
        assert_eq!(floor.ground.number(&told(kind)).await, 1, "{kind}");
    }
    let batches = floor.store.batches(&WorkFilter::default(), &page(10)).await.unwrap();
    assert_eq!((batches.items.len(), &batches.items[0]["batch_serials"]), (1, &json!(["s1", "s2"])));
    assert_eq!(floor.store.queue("anna", 10).await.unwrap().len(), 1, "who starts it has it in the queue");
    floor.ask(&job, "JOB_COMPLETED", json!({"good": 12, "scrap": 0})).await;
    assert_eq!(floor.ground.number(&status("CLOSED")).await, 1);
    assert!(floor.store.queue("anna", 10).await.unwrap().is_empty());
    let sessions = floor.store.work_sessions(&WorkFilter::default(), &page(10)).await.unwrap();
    assert_eq!(sessions.items[0]["ended_at"], "2026-03-01T06:00:03.000000Z");
}

fn page(rows_max: u32) -> Page {
    Page { after: None, rows_max }
}

on_both! {
    twelve_parts_become_seven,
    parts_that_are_done_again_flow_on_from_there,
    somebody_says_which_way_parts_go,
    an_order_runs_and_is_closed_by_its_jobs,
}
