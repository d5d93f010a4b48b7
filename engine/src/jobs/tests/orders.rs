//! What jobs make of their production order.

use serde_json::{Value as Json, json};
use ulid::Ulid;

use super::world::{World, told};
use super::*;
use crate::order::OrderStatus;
use JobVerb::{Cancel, Complete, Pause, Resume, Start};

fn job(world: &mut World, quantity: u64) -> Ulid {
    world.create(&json!({"quantity": quantity, "station": "A", "production_order": "PO-1"})).unwrap().job.id
}

fn complete(world: &mut World, job: Ulid, info: Json) -> Changes {
    world.ask(job, Start, json!({})).unwrap();
    world.ask(job, Complete, info).unwrap()
}

#[test]
fn the_first_start_of_a_job_starts_its_order() {
    let mut world = World::of("A");
    let (first, second) = (job(&mut world, 6), job(&mut world, 6));
    let started = world.ask(first, Start, json!({})).unwrap();
    assert_eq!(told(&started), ["JOB_STARTED", "BATCH_CREATED", "WORK_SESSION_CREATED", "WORK_ORDER_STARTED"]);
    assert_eq!((started.order_status, world.order.status), (Some(OrderStatus::Running), OrderStatus::Running));
    let second = world.ask(second, Start, json!({})).unwrap();
    assert_eq!((second.order_status, second.events.len()), (None, 3));
}

#[test]
fn an_order_that_a_machine_set_running_is_told_all_the_same() {
    let mut world = World::of("A");
    world.order.status = OrderStatus::Running;
    let job = job(&mut world, 6);
    let started = world.ask(job, Start, json!({})).unwrap();
    assert_eq!((told(&started)[3], started.order_status), ("WORK_ORDER_STARTED", None));
}

#[test]
fn an_order_closes_when_all_its_jobs_reach_its_quantity() {
    let mut world = World::of("A");
    let (first, second) = (job(&mut world, 8), job(&mut world, 4));
    let one = complete(&mut world, first, json!({"good": 8, "scrap": 0}));
    assert_eq!((told(&one), world.order.status), (vec!["JOB_COMPLETED"], OrderStatus::Running));
    let all = complete(&mut world, second, json!({"good": 1, "scrap": 3}));
    assert_eq!((told(&all), world.order.status), (vec!["JOB_COMPLETED", "WORK_ORDER_CLOSED"], OrderStatus::Closed));
}

#[test]
fn an_order_stops_when_all_its_jobs_are_final_and_less_is_done() {
    let mut world = World::of("A");
    let (first, second) = (job(&mut world, 8), job(&mut world, 4));
    complete(&mut world, first, json!({"good": 8, "scrap": 0}));
    let cancelled = world.ask(second, Cancel, json!({})).unwrap();
    assert_eq!(told(&cancelled), ["JOB_CANCELLED", "parts.lost", "WORK_ORDER_STOPPED"]);
    // What was given up is done again.
    let body = json!({"quantity": 4, "station": "A", "production_order": "PO-1", "retry_of": second.to_string()});
    let again = world.create(&body).unwrap().job.id;
    assert_eq!(world.order.status, OrderStatus::Stopped);
    let closed = complete(&mut world, again, json!({"good": 4, "scrap": 0}));
    assert_eq!((told(&closed)[1], world.order.status), ("WORK_ORDER_CLOSED", OrderStatus::Closed));
    let types: Vec<&str> = world.log.iter().map(|event| event.kind.name()).collect();
    assert_eq!(types.iter().filter(|name| **name == "WORK_ORDER_STARTED").count(), 2);
}

#[test]
fn an_order_without_quantity_closes_with_its_last_job() {
    let mut world = World::of("A");
    world.order.quantity = None;
    let job = job(&mut world, 3);
    world.ask(job, Cancel, json!({})).unwrap();
    assert_eq!(world.order.status, OrderStatus::Closed);
}

#[test]
fn a_pause_does_not_change_an_order() {
    let mut world = World::of("A");
    let job = job(&mut world, 3);
    world.ask(job, Start, json!({})).unwrap();
    world.order.status = OrderStatus::Paused;
    world.ask(job, Pause, json!({})).unwrap();
    assert_eq!(world.order.status, OrderStatus::Paused);
    let resumed = world.ask(job, Resume, json!({})).unwrap();
    assert_eq!((told(&resumed)[2], world.order.status), ("WORK_ORDER_STARTED", OrderStatus::Running));
}

#[test]
fn a_final_order_refuses_people_and_is_told_of_machines() {
    let mut world = World::of("A");
    let job = job(&mut world, 3);
    world.order.status = OrderStatus::Cancelled;
    let refused = world.ask(job, Start, json!({})).unwrap_err();
    assert_eq!((refused.kind.name(), refused.kind.status()), ("OrderFinal", 409));
    let refused = world.create(&json!({"quantity": 1, "station": "A", "production_order": "PO-1"})).unwrap_err();
    assert_eq!(refused.kind, JobErrorKind::OrderFinal);
    let run = Run { operation: world.id(), name: "A:Filling".into(), record: world.id(), order: None };
    let started = world.opens("A", &run).unwrap();
    assert_eq!(told(&started), ["JOB_STARTED", "BATCH_CREATED", "production_order.final"]);
    assert_eq!((started.order_status, started.job.state), (None, JobState::Running));
}
