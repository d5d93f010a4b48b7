//! Operations drive jobs: the records of a turn and the legs that they drive are one transaction.

use latchwork_engine::{EndReason, LegCompletion, OperationIndex, Plant, Record, Status};
use latchwork_expr::Value;
use serde_json::json;

use super::floor::{Floor, asked, parts, plant_with, wanted};
use crate::testing::{BEGIN, Ground, OwnTurn, at, ended, on_both, running, with_order};
use crate::turn::{Commit, Committed};

/// Returns a plant with the stations of the operations: filling feeds packing; both follow jobs, and so does cleaning.
fn line() -> Plant {
    let mut plant = plant_with("Line1/Filler>Line1/Packer");
    for operation in &mut plant.operations {
        operation.job = Some(LegCompletion::WhenCounted);
    }
    plant
}

async fn floor(ground: Ground) -> Floor {
    let mut floor = Floor::of(ground, "Line1/Filler>Line1/Packer").await;
    floor.plant = line();
    floor.store.mirror(&floor.plant, BEGIN).await.unwrap();
    floor
}

/// Returns a record as it closes with so many parts.
fn made(record: &Record, end: i64, good: i64, scrap: i64) -> Record {
    let captures = vec![("good".into(), Value::Integer(good)), ("scrap".into(), Value::Integer(scrap))];
    Record { captures, ..ended(record, end) }
}

/// Returns the turn of a scan that tells of records behind the last event.
async fn turn(floor: &Floor, sequence: u64, records: impl IntoIterator<Item = Record>) -> OwnTurn {
    let last: u64 = floor.ground.number("SELECT last_event_seq FROM gateways WHERE id = 'gw'").await.cast_unsigned();
    OwnTurn { plant: line(), ..OwnTurn::of(sequence, last + 1, records) }
}

async fn commit(floor: &Floor, sequence: u64, records: impl IntoIterator<Item = Record>) -> Committed {
    let turn = turn(floor, sequence, records).await;
    let committed = floor.store.commit_turn(&turn.turn()).await.unwrap();
    assert_eq!(committed.commit, Commit::Written);
    let again = floor.store.commit_turn(&turn.turn()).await.unwrap();
    assert_eq!((again.commit, again.last_seq), (Commit::AlreadyThere, committed.last_seq));
    committed
}

async fn told(floor: &Floor, kind: &str) -> i64 {
    floor.ground.number(&format!("SELECT count(*) FROM events WHERE event_type = '{kind}'")).await
}

async fn short_stops_do_not_end_a_leg(ground: Ground) {
    let mut floor = floor(ground).await;
    let job = floor.job("Line1/Filler", 12).await;
    let first = running(&floor.plant, 0, 10);
    commit(&floor, 10, [first.clone()]).await;
    assert_eq!(floor.legs(&job).await, ["Line1/Filler1 running 12"]);
    commit(&floor, 20, [made(&first, 20, 4, 1)]).await;
    assert_eq!(floor.legs(&job).await, ["Line1/Filler1 paused 12"]);
    // It begins and ends within a turn.
    let second = running(&floor.plant, 0, 30);
    let committed = commit(&floor, 40, [second.clone(), made(&second, 40, 6, 1)]).await;
    assert_eq!(floor.legs(&job).await, ["Line1/Filler1 completed 12", "Line1/Packer1 pending 10"]);
    let packing = running(&floor.plant, 2, 50);
    commit(&floor, 50, [packing.clone()]).await;
    commit(&floor, 60, [made(&packing, 60, 7, 3)]).await;
    let read = floor.read(&job).await;
    assert_eq!((parts(&read), read["state"].as_str()), ([7, 5, 0, 0, 7], Some("completed")));
    assert_eq!(read["legs"][0]["operation_record_id"], second.id.to_string());
    assert!(committed.last_seq > 4);
    let gaps = "SELECT max(seq) - count(*) FROM events";
    assert_eq!(floor.ground.number(gaps).await, 0, "events of jobs are numbered behind the turn's");
}

async fn a_record_without_a_leg_says_so_and_opens_all_the_same(ground: Ground) {
    let floor = floor(ground).await;
    let first = running(&floor.plant, 0, 10);
    commit(&floor, 10, [first.clone()]).await;
    assert_eq!((told(&floor, "job.none_waiting").await, floor.store.count_records().await.unwrap()), (1, 1));
    commit(&floor, 20, [made(&first, 20, 4, 1)]).await;
    assert_eq!(told(&floor, "parts.excess").await, 0, "what drives no leg counts nothing");
}

async fn a_leg_that_another_record_follows_is_passed_over(ground: Ground) {
    let mut floor = floor(ground).await;
    let (first, second) = (floor.job("Line1/Filler", 3).await, floor.job("Line1/Filler", 4).await);
    let (filling, cleaning) = (running(&floor.plant, 0, 10), running(&floor.plant, 1, 11));
    commit(&floor, 11, [filling.clone(), cleaning.clone()]).await;
    assert_eq!(floor.read(&first).await["legs"][0]["operation_record_id"], filling.id.to_string());
    assert_eq!(floor.read(&second).await["legs"][0]["operation_record_id"], cleaning.id.to_string());
    // The one ends and the other takes its leg up where it is left: a leg that a person had go on runs, followed by nobody.
    commit(&floor, 20, [ended(&filling, 20)]).await;
    assert_eq!(told(&floor, "parts.uncounted").await, 1);
    assert_eq!(floor.legs(&first).await, ["Line1/Filler1 running 3"]);
    let again = running(&floor.plant, 0, 30);
    commit(&floor, 30, [again.clone()]).await;
    assert_eq!(told(&floor, "job.attached").await, 1);
    assert_eq!(floor.read(&first).await["legs"][0]["operation_record_id"], again.id.to_string());
}

async fn a_record_takes_up_a_leg_of_its_order(ground: Ground) {
    let mut floor = floor(ground).await;
    floor.job("Line1/Filler", 5).await;
    let body = json!({"quantity": 6, "station": "Line1/Filler", "production_order": "PO-1"});
    let of_order = floor.one(wanted(&body)).await.body["id"].as_str().unwrap().to_owned();
    let committed = commit(&floor, 10, [with_order(running(&floor.plant, 0, 10))]).await;
    assert_eq!(floor.legs(&of_order).await, ["Line1/Filler1 running 6"]);
    let orders: Vec<_> = committed.orders.iter().map(|(_, status)| status.name()).collect();
    assert_eq!(orders, ["RUNNING"], "the engine is to hear of it");
    let standings = floor.store.order_standings(BEGIN).await.unwrap();
    assert_eq!((standings.len(), standings[0].status.name()), (1, "RUNNING"));
}

async fn a_job_and_the_record_that_it_follows_are_cancelled_at_once(ground: Ground) {
    let mut floor = floor(ground).await;
    let job = floor.job("Line1/Filler", 5).await;
    let record = running(&floor.plant, 0, 10);
    commit(&floor, 10, [record.clone()]).await;
    let cancelled = Record { status: Status::Cancelled, end_reason: Some(EndReason::Command), ..ended(&record, 20) };
    let mut turn = turn(&floor, 20, [cancelled]).await;
    turn.works = vec![asked(&job, "JOB_CANCELLED", json!({}))];
    let committed = floor.store.commit_turn(&turn.turn()).await.unwrap();
    assert_eq!(committed.answers.iter().map(|answer| answer.status).collect::<Vec<_>>(), [200]);
    let read = floor.read(&job).await;
    assert_eq!((parts(&read), read["state"].as_str()), ([0, 0, 5, 0, 0], Some("cancelled")));
    assert_eq!(told(&floor, "JOB_PAUSED").await, 0, "the end of its record is nothing to what is given up");
    assert!(floor.store.abandoned_records().await.unwrap().is_empty());
}

async fn a_record_whose_job_another_gave_up_is_found(ground: Ground) {
    let mut floor = floor(ground).await;
    let job = floor.job("Line1/Filler", 5).await;
    let record = running(&floor.plant, 0, 10);
    commit(&floor, 10, [record.clone()]).await;
    assert!(floor.store.abandoned_records().await.unwrap().is_empty());
    floor.ask(&job, "JOB_CANCELLED", json!({})).await;
    let found = floor.store.abandoned_records().await.unwrap();
    let operation = floor.plant.operations[OperationIndex(0).index()].id;
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].record, found[0].operation, found[0].by.as_deref()), (record.id, operation, Some("anna")));
}

#[tokio::test]
async fn two_gateways_drive_a_job_with_their_machines() {
    let mut floor = floor(Ground::server()).await;
    let mut other = floor.neighbour().await;
    other.plant = Plant { gateway_id: "gw-2".to_owned(), ..line() };
    let job = floor.job("Line1/Filler", 12).await;
    let filling = running(&floor.plant, 0, 10);
    commit(&floor, 10, [filling.clone()]).await;
    commit(&floor, 20, [made(&filling, 20, 10, 2)]).await;
    let packing = running(&other.plant, 2, 30);
    for (sequence, record) in [(30, packing.clone()), (40, made(&packing, 40, 7, 3))] {
        let last: u64 =
            floor.ground.number("SELECT last_event_seq FROM gateways WHERE id = 'gw-2'").await.cast_unsigned();
        let turn = OwnTurn { plant: other.plant.clone(), ..OwnTurn::of(sequence, last + 1, [record]) };
        assert_eq!(other.store.commit(&turn.turn()).await.unwrap(), Commit::Written);
    }
    let read = floor.read(&job).await;
    assert_eq!((parts(&read), read["state"].as_str()), ([7, 5, 0, 0, 7], Some("completed")));
    assert_eq!(read["completed_at"], latchwork_expr::instant_text(at(40).wall));
    other.store.close().await.unwrap();
}

on_both! {
    short_stops_do_not_end_a_leg,
    a_record_without_a_leg_says_so_and_opens_all_the_same,
    a_leg_that_another_record_follows_is_passed_over,
    a_record_takes_up_a_leg_of_its_order,
    a_job_and_the_record_that_it_follows_are_cancelled_at_once,
    a_record_whose_job_another_gave_up_is_found,
}
