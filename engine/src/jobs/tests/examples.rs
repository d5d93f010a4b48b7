//! The worked examples of `spec/jobs.md` section 3.

use latchwork_expr::Text;
use serde_json::{Value as Json, json};
use ulid::Ulid;

use super::world::{World, legs, told};
use super::*;
use JobVerb::{Complete, SelectDestination, Start};

fn complete(world: &mut World, job: Ulid, info: Json) -> Changes {
    world.tick();
    world.ask(job, Complete, info).unwrap()
}

/// Starts the leg at a station, and completes it.
fn pass(world: &mut World, job: Ulid, station: &str, info: Json) -> Changes {
    let waits = |leg: &&Leg| *leg.station == *station && leg.state == JobState::Pending;
    let key = world.jobs[&job].legs.iter().find(waits).unwrap().key.to_string();
    world.tick();
    world.ask(job, Start, json!({"leg_key": key})).unwrap();
    let mut info = info;
    info["leg_key"] = json!(key);
    complete(world, job, info)
}

fn counts(changes: &Changes) -> (u64, u64, u64, u64, u64) {
    let Counts { good, scrap, lost, in_process, finished } = Counts::of(&changes.legs);
    (good, scrap, lost, in_process, finished)
}

#[test]
fn twelve_parts_come_out_as_seven_good_and_five_scrap() {
    let mut world = World::of("A>B B>C B~A");
    let job = world.job("A", 12);
    assert_eq!(Counts::of(&world.jobs[&job].legs).good, 0);

    let at_a = pass(&mut world, job, "A", json!({"good": 10, "scrap": 2}));
    assert_eq!(counts(&at_a), (10, 2, 0, 10, 0));
    assert_eq!(legs(&at_a), ["A1 completed 12", "B1 pending 10"]);
    assert_eq!(at_a.job.state, JobState::Pending);
    let arrived = &at_a.legs[1];
    assert_eq!((arrived.posted_at, arrived.posted_by.as_deref()), (world.at, Some("anna")));
    assert_eq!((arrived.started_at, arrived.completed_at, &arrived.started_by), (None, None, &None));

    let at_b = pass(&mut world, job, "B", json!({"good": 8, "scrap": 2}));
    assert_eq!(counts(&at_b), (8, 4, 0, 8, 0));

    let at_c = pass(&mut world, job, "C", json!({"good": 7, "scrap": 1}));
    assert_eq!(counts(&at_c), (7, 5, 0, 0, 7));
    assert_eq!((at_c.job.state, at_c.job.completed_at), (JobState::Completed, Some(world.at)));
}

#[test]
fn parts_that_are_done_again_pass_through_every_station_again() {
    let mut world = World::of("A>B B>C B~A");
    let job = world.job("A", 12);
    pass(&mut world, job, "A", json!({"good": 10, "scrap": 2}));
    let split = pass(&mut world, job, "B", json!({"good": 6, "scrap": 2, "rework": [{"quantity": 2}]}));
    assert_eq!(legs(&split), ["A1 completed 12", "B1 completed 10", "C1 pending 6", "A2 pending 2"]);
    // The two that went back are not good until they are good again.
    assert_eq!(counts(&split), (6, 4, 0, 8, 0));

    let again = pass(&mut world, job, "A", json!({"good": 2, "scrap": 0}));
    assert_eq!(legs(&again)[3..], ["A2 completed 2", "B2 pending 2"]);
    assert_eq!(counts(&again).0, 8);
    pass(&mut world, job, "B", json!({"good": 2, "scrap": 0}));
    let first = pass(&mut world, job, "C", json!({"good": 6, "scrap": 0}));
    assert_eq!(first.job.state, JobState::Pending);
    let done = pass(&mut world, job, "C", json!({"good": 1, "scrap": 1}));
    assert_eq!(
        legs(&done),
        ["A1 completed 12", "B1 completed 10", "C1 completed 6", "A2 completed 2", "B2 completed 2", "C2 completed 2",]
    );
    assert_eq!((done.job.state, counts(&done)), (JobState::Completed, (7, 5, 0, 0, 7)));
}

#[test]
fn where_two_stations_are_fed_somebody_chooses() {
    let mut world = World::of("A>B A>C B C");
    let job = world.job("A", 5);
    let at_once = pass(&mut world, job, "A", json!({"good": 5, "scrap": 0, "destination": "C"}));
    assert_eq!(legs(&at_once), ["A1 completed 5", "C1 pending 5"]);
    assert!(at_once.destinations.is_empty());

    let job = world.job("A", 5);
    let declined = pass(&mut world, job, "A", json!({"good": 4, "scrap": 1, "destination": null}));
    assert_eq!(declined.destinations.iter().map(Text::as_str).collect::<Vec<_>>(), ["B", "C"]);
    assert_eq!(declined.events[0].info["destinations"], json!(["B", "C"]));
    assert_eq!((declined.job.state, counts(&declined)), (JobState::Queued, (4, 1, 0, 4, 0)));
    assert_eq!(legs(&declined), ["A1 queued 5"]);

    world.tick();
    let refused = world.ask(job, SelectDestination, json!({"destination": "A"})).unwrap_err();
    assert_eq!((refused.kind.status(), refused.field.as_deref()), (422, Some("destination")));
    assert_eq!(refused.more["destinations"], json!(["B", "C"]));
    let selected = world.ask_by(Some("ben"), job, SelectDestination, json!({"destination": "B"})).unwrap();
    assert_eq!(told(&selected), ["DESTINATION_SELECTED"]);
    assert_eq!(
        (selected.job.state, legs(&selected)),
        (JobState::Pending, vec!["A1 completed 5".into(), "B1 pending 4".into()])
    );
    assert_eq!((selected.legs[1].posted_at, selected.legs[1].posted_by.as_deref()), (world.at, Some("ben")));
    assert!(selected.legs[0].completed_at < Some(world.at), "the work on it ended before");
}

#[test]
fn a_job_of_which_all_is_scrap_is_completed_with_nothing_good() {
    let mut world = World::of("A>B A>C");
    let job = world.job("A", 3);
    let done = pass(&mut world, job, "A", json!({"good": 0, "scrap": 3}));
    assert_eq!((done.job.state, counts(&done)), (JobState::Completed, (0, 3, 0, 0, 0)));
    assert_eq!(done.legs.len(), 1);
}

#[test]
fn of_two_completions_one_wins() {
    let mut world = World::of("A>B A>C");
    let job = world.job("A", 3);
    let key = world.jobs[&job].legs[0].key.to_string();
    let info = json!({"good": 3, "scrap": 0, "leg_key": key});
    world.ask(job, Start, json!({})).unwrap();
    world.ask(job, Complete, info.clone()).unwrap();
    let second = world.ask(job, Complete, info).unwrap_err();
    assert_eq!((second.kind, second.kind.status()), (JobErrorKind::IsQueued, 409));
}

#[test]
fn what_does_not_add_up_is_refused_with_both_numbers() {
    let mut world = World::of("A");
    let job = world.job("A", 12);
    world.ask(job, Start, json!({})).unwrap();
    let refused = world.ask(job, Complete, json!({"good": 10, "scrap": 1})).unwrap_err();
    assert_eq!((refused.kind.name(), refused.kind.status()), ("PartsDoNotAddUpError", 422));
    assert_eq!((&refused.more["sum"], &refused.more["expected"]), (&json!(11), &json!(12)));
}

#[test]
fn a_job_that_is_given_up_loses_what_is_on_its_way() {
    let mut world = World::of("A>B A~A2");
    let job = world.job("A", 12);
    pass(&mut world, job, "A", json!({"good": 8, "scrap": 1, "rework": [{"station": "A2", "quantity": 3}]}));
    let cancelled = world.ask(job, JobVerb::Cancel, json!({})).unwrap();
    assert_eq!(told(&cancelled), ["JOB_CANCELLED", "parts.lost"]);
    assert_eq!(cancelled.events[1].info["lost"], json!(11));
    assert_eq!(cancelled.events[1].parent, Some(cancelled.events[0].id));
    assert_eq!((cancelled.job.state, counts(&cancelled)), (JobState::Cancelled, (0, 1, 11, 0, 0)));
    assert_eq!(legs(&cancelled), ["A1 completed 12", "B1 cancelled 8", "A21 cancelled 3"]);
}
