//! What people do with jobs: starts, pauses, devices that are gone, batches, queues.

use latchwork_expr::Timestamp;
use serde_json::json;

use super::world::{World, told};
use super::*;
use JobVerb::{BackOnline, CompleteBatch, Pause, PauseOffline, Reassign, Resume, Start};

#[test]
fn a_start_sets_and_tells_everything() {
    let mut world = World::of("A>B");
    let job = world.job("A", 12);
    world.tick();
    let info = json!({"batch_serials": ["S1", "S2"], "work_order_key": "W-9", "phase_key": "P-3"});
    let started = world.ask(job, Start, info).unwrap();
    let row = &started.job;
    assert_eq!((row.state, row.is_active(), row.assigned_to.as_deref()), (JobState::Running, true, Some("anna")));
    assert_eq!(row.active_batch, Some((started.batches[0].key, 2)));
    let now = Some(world.at);
    assert_eq!((row.started_at, row.last_online, row.last_work_session_started), (now, now, now));
    assert_eq!((started.sessions[0].operator.as_deref(), started.sessions[0].ended_at), (Some("anna"), None));
    assert_eq!((&*started.queued[0].operator, started.queued.len()), ("anna", 1));

    assert_eq!(told(&started), ["JOB_STARTED", "BATCH_CREATED", "WORK_SESSION_CREATED"]);
    let [head, batch, session] = &started.events[..] else { panic!("three events") };
    assert_eq!((head.parent, batch.parent, session.parent), (None, Some(head.id), Some(head.id)));
    assert_eq!((DOMAIN, SUBJECT), ("production", "progress.notification.production"));
    assert_eq!(batch.info["batch_serials"], json!(["S1", "S2"]));
    for child in [batch, session] {
        assert_eq!((&child.info["work_order_key"], &child.info["phase_key"]), (&json!("W-9"), &json!("P-3")));
        assert_eq!(child.info["leg_key"], json!(started.legs[0].key.to_string()));
    }
    assert_eq!((&head.info["state"], &head.info["in_process_parts"]), (&json!("running"), &json!(12)));
    assert_eq!(head.info["legs"], json!([started.legs[0]]));
}

#[test]
fn operators_who_see_no_unassigned_jobs_start_none() {
    let mut world = World::of("A");
    world.settings.show_unassigned_jobs_to_operators = false;
    let job = world.job("A", 1);
    let refused = world.ask(job, Start, json!({})).unwrap_err();
    assert_eq!(refused.kind.name(), "JobHasNoAssigneeError");
    world.ask(job, Reassign, json!({"assigned_to": "ben"})).unwrap();
    let started = world.ask(job, Start, json!({})).unwrap();
    assert_eq!(started.job.assigned_to.as_deref(), Some("ben"));
    assert_eq!(started.sessions[0].operator.as_deref(), Some("anna"), "who works, not whose it is");
}

#[test]
fn who_may_not_assign_himself_gets_the_job_but_no_place_in_his_queue() {
    let mut world = World::of("A");
    world.settings.can_self_assign = false;
    let job = world.job("A", 1);
    let started = world.ask(job, Start, json!({})).unwrap();
    assert_eq!((started.job.assigned_to.as_deref(), started.queued.len()), (Some("anna"), 0));
}

#[test]
fn nobody_in_particular_works_too() {
    let mut world = World::of("A");
    let job = world.job("A", 1);
    let started = world.ask_by(None, job, Start, json!({})).unwrap();
    assert_eq!((&started.job.assigned_to, &started.sessions[0].operator), (&None, &None));
}

#[test]
fn a_pause_ends_the_work_session_and_going_on_begins_another() {
    let mut world = World::of("A");
    let job = world.job("A", 1);
    world.ask(job, Start, json!({})).unwrap();
    world.tick();
    let paused = world.ask(job, Pause, json!({})).unwrap();
    assert_eq!((paused.sessions[0].ended_at, paused.job.is_active()), (Some(world.at), false));
    world.tick();
    let resumed = world.ask_by(Some("ben"), job, Resume, json!({})).unwrap();
    assert_eq!(told(&resumed), ["JOB_RESUMED", "WORK_SESSION_CREATED"]);
    assert_eq!(resumed.sessions[0].operator.as_deref(), Some("ben"));
    assert_eq!(resumed.job.last_work_session_started, Some(world.at));
}

#[test]
fn a_device_that_is_gone_ends_the_session_when_it_was_last_seen() {
    let mut world = World::of("A");
    let job = world.job("A", 1);
    world.ask(job, Start, json!({})).unwrap();
    let began = world.at;
    world.at = Timestamp(began.0 + 60_000_000);
    let offline = world.ask(job, PauseOffline, json!({"last_seen": "2026-03-02T06:00:20Z"})).unwrap();
    let seen = Timestamp(began.0 + 20_000_000);
    assert_eq!((offline.sessions[0].ended_at, offline.job.last_online), (Some(seen), Some(seen)));
    let back = world.ask(job, BackOnline, json!({})).unwrap();
    assert_eq!((told(&back), back.job.state), (vec!["JOB_BACK_ONLINE", "WORK_SESSION_CREATED"], JobState::Running));

    // It was seen last before the session began, or will be some day.
    for (last_seen, ended) in [("2020-01-01T00:00:00Z", world.at), ("2030-01-01T00:00:00Z", world.at)] {
        let mut world = world.clone();
        let offline = world.ask(job, PauseOffline, json!({"last_seen": last_seen})).unwrap();
        assert_eq!(offline.sessions[0].ended_at, Some(ended));
    }
}

#[test]
fn a_device_that_is_back_does_not_undo_what_somebody_paused() {
    let mut world = World::of("A");
    let job = world.job("A", 1);
    world.ask(job, Start, json!({})).unwrap();
    world.ask(job, Pause, json!({})).unwrap();
    world.tick();
    let back = world.ask(job, BackOnline, json!({})).unwrap();
    assert_eq!((back.job.state, back.job.last_online), (JobState::Paused, Some(world.at)));
}

#[test]
fn a_batch_that_is_done_is_followed_by_the_rest_of_the_leg() {
    let mut world = World::of("A");
    let body = json!({"quantity": 5, "station": "A", "batch_serials": ["S1", "S2"]});
    let job = world.create(&body).unwrap().job.id;
    let started = world.ask(job, Start, json!({})).unwrap();
    assert_eq!(started.events[1].info["batch_serials"], json!(["S1", "S2"]));
    let first = started.batches[0].key;
    let refused = world.ask(job, CompleteBatch, json!({"batch_serials": ["S3", "S4", "S5", "S6"]})).unwrap_err();
    assert_eq!((refused.kind.status(), refused.field.as_deref()), (422, Some("batch_serials")));
    let second = world.ask(job, CompleteBatch, json!({"batch_serials": ["S3"]})).unwrap();
    assert_eq!(told(&second), ["BATCH_COMPLETED", "BATCH_CREATED"]);
    assert_eq!((second.batches[0].key, second.batches[0].completed_at), (first, Some(world.at)));
    let third = world.ask(job, CompleteBatch, json!({})).unwrap();
    assert_eq!(third.job.active_batch.map(|(_, quantity)| quantity), Some(2));
    let none = world.ask(job, CompleteBatch, json!({})).unwrap();
    assert_eq!((told(&none), none.job.active_batch), (vec!["BATCH_COMPLETED"], None));
    let refused = world.ask(job, CompleteBatch, json!({"batch_key": first.to_string()})).unwrap_err();
    assert_eq!(refused.kind, JobErrorKind::HasNoBatch);
}

#[test]
fn a_job_is_in_its_assignees_queue_until_it_is_final() {
    let mut world = World::of("A");
    let body = json!({"quantity": 1, "station": "A", "assigned_to": "anna"});
    let job = world.create(&body).unwrap().job.id;
    let queue = |world: &World| -> Vec<String> {
        world.jobs[&job].queue.iter().map(|entry| entry.operator.to_string()).collect()
    };
    assert_eq!(queue(&world), ["anna"]);
    world.ask(job, Reassign, json!({"assigned_to": "ben"})).unwrap();
    assert_eq!(queue(&world), ["ben"]);
    world.ask(job, Reassign, json!({"assigned_to": null})).unwrap();
    assert!(queue(&world).is_empty());
    world.ask(job, Start, json!({})).unwrap();
    assert_eq!(queue(&world), ["anna"]);
    world.ask(job, JobVerb::Complete, json!({"good": 1, "scrap": 0})).unwrap();
    assert!(queue(&world).is_empty());
}

#[test]
fn a_time_that_is_long_past_does_not_turn_rows_around() {
    let mut world = World::of("A");
    let job = world.job("A", 1);
    let created = world.at;
    world.at = Timestamp(0);
    let started = world.ask(job, Start, json!({})).unwrap();
    assert_eq!((started.job.started_at, started.events[0].occurred_at), (Some(created), Timestamp(0)));
}
