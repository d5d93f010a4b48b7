//! Operations drive jobs: records that open and close.

use latchwork_expr::{Text, Value};
use serde_json::json;
use ulid::Ulid;

use super::world::{World, legs, told};
use super::*;
use crate::record::{EndReason, Status};

fn run(world: &mut World, operation: u128, order: Option<Ulid>) -> Run {
    Run { operation: Ulid::from(operation), name: "A:Filling".into(), record: world.id(), order }
}

fn stop(good: u64, scrap: u64) -> Closing {
    let parts = Some(MadeParts { good, scrap });
    Closing { status: Status::Completed, reason: EndReason::Trigger, parts, completion: LegCompletion::WhenCounted }
}

/// A world with a job of ten parts at A, which the machine runs.
fn running(text: &str) -> (World, Ulid, Run) {
    let mut world = World::of(text);
    let job = world.job("A", 10);
    let run = run(&mut world, 1, None);
    world.opens("A", &run).unwrap();
    (world, job, run)
}

/// Has the operation's next run take up what waits at A.
fn next(world: &mut World) -> (Run, Changes) {
    world.tick();
    let run = run(world, 1, None);
    let taken = world.opens("A", &run).unwrap();
    (run, taken)
}

#[test]
fn a_record_starts_what_waits() {
    let (world, job, run) = running("A>B");
    let events: Vec<&str> = world.log[1..].iter().map(|event| event.kind.name()).collect();
    assert_eq!(events, ["JOB_STARTED", "BATCH_CREATED"]);
    let kept = &world.jobs[&job];
    assert_eq!((kept.job.state, kept.legs[0].operation_record_id), (JobState::Running, Some(run.record)));
    assert_eq!((kept.legs[0].started_by.as_deref(), kept.job.assigned_to.as_deref()), (Some("A:Filling"), None));
    assert!(kept.sessions.is_empty(), "nobody is known to work there");
}

#[test]
fn a_short_stop_is_not_the_end_of_a_leg() {
    let (mut world, _, first) = running("A>B");
    let stands = world.closes(&first, &stop(4, 1)).unwrap();
    assert_eq!((told(&stands), stands.job.state), (vec!["JOB_PAUSED"], JobState::Paused));
    assert_eq!(stands.events[0].info["counted"], json!({"good": 4, "scrap": 1}));
    assert_eq!(Counts::of(&stands.legs), Counts { scrap: 1, in_process: 9, ..Counts::default() });

    let (second, resumed) = next(&mut world);
    assert_eq!(told(&resumed), ["JOB_RESUMED"]);
    let done = world.closes(&second, &stop(5, 0)).unwrap();
    assert_eq!(
        (told(&done), legs(&done)),
        (vec!["JOB_COMPLETED"], vec!["A1 completed 10".into(), "B1 pending 9".into()])
    );
    assert_eq!(done.legs[1].posted_by.as_deref(), Some("A:Filling"));
}

#[test]
fn a_machine_that_counts_more_than_there_is_is_believed_its_scrap() {
    let (mut world, _, run) = running("A");
    let done = world.closes(&run, &stop(9, 3)).unwrap();
    assert_eq!(told(&done), ["JOB_COMPLETED", "parts.excess"]);
    assert_eq!(done.events[1].info["excess"], json!(2));
    assert_eq!((done.legs[0].good, done.legs[0].scrap, done.legs[0].lost), (7, 3, 0));

    let (mut world, _, run) = running("A");
    let done = world.closes(&run, &stop(0, u64::MAX)).unwrap();
    assert_eq!((done.legs[0].good, done.legs[0].scrap, done.job.state), (0, 10, JobState::Completed));
}

#[test]
fn at_stop_completes_and_what_is_missing_is_lost() {
    let ends = [EndReason::Trigger, EndReason::Command, EndReason::Parent, EndReason::ProductionOrderChanged];
    for &reason in EndReason::ALL {
        let (mut world, _, run) = running("A>B");
        let closing = Closing { reason, completion: LegCompletion::AtStop, ..stop(6, 1) };
        let closed = world.closes(&run, &closing).unwrap();
        if ends.contains(&reason) {
            assert_eq!(told(&closed), ["JOB_COMPLETED", "parts.unaccounted"], "{reason:?}");
            assert_eq!((closed.events[1].info["lost"].clone(), closed.legs[0].lost), (json!(3), 3));
            assert_eq!(legs(&closed), ["A1 completed 10", "B1 pending 6"]);
        } else {
            assert_eq!((told(&closed), legs(&closed)), (vec!["JOB_PAUSED"], vec!["A1 paused 10".into()]), "{reason:?}");
            assert_eq!((closed.legs[0].good, closed.legs[0].scrap), (6, 1));
        }
    }
}

#[test]
fn a_record_that_does_not_count_adds_nothing() {
    for status in [Status::Cancelled, Status::Faulted, Status::Unknown] {
        let (mut world, _, run) = running("A>B");
        let closing = Closing { status, completion: LegCompletion::AtStop, ..stop(10, 0) };
        let closed = world.closes(&run, &closing).unwrap();
        assert_eq!((closed.job.state, closed.legs[0].good), (JobState::Paused, 0), "{status:?}");
        assert_eq!(told(&next(&mut world).1), ["JOB_RESUMED"]);
    }
}

#[test]
fn without_a_count_of_the_good_parts_the_leg_stays_as_it_is() {
    let (mut world, _, run) = running("A>B");
    let closed = world.closes(&run, &Closing { parts: None, ..stop(0, 0) }).unwrap();
    assert_eq!((told(&closed), closed.job.state), (vec!["parts.uncounted"], JobState::Running));
    assert!(closed.written_legs.is_empty());
}

#[test]
fn what_somebody_paused_or_completed_meanwhile_stays_so() {
    let (mut world, job, run) = running("A");
    world.ask(job, JobVerb::Pause, json!({})).unwrap();
    let counted = world.closes(&run, &stop(4, 0)).unwrap();
    assert_eq!((told(&counted), counted.legs[0].good), (vec!["parts.counted"], 4));
    let other = machines::run(&mut world, 1, None);
    assert!(world.opens("A", &other).is_none(), "who paused it has it go on");
    // What people say is all of it, whatever machines counted.
    let done = world.ask(job, JobVerb::Complete, json!({"good": 9, "scrap": 1})).unwrap();
    assert_eq!((done.legs[0].good, done.legs[0].scrap), (9, 1));
    let late = world.closes(&run, &stop(3, 0)).unwrap();
    assert_eq!((told(&late), late.written_legs.len()), (vec!["parts.excess"], 0));
    assert!(world.closes(&run, &stop(0, 0)).is_none());
}

#[test]
fn where_two_stations_are_fed_the_machine_does_not_guess_either() {
    let (mut world, _, run) = running("A>B A>C");
    let done = world.closes(&run, &stop(10, 0)).unwrap();
    assert_eq!((done.job.state, done.destinations.len()), (JobState::Queued, 2));
}

#[test]
fn a_station_that_left_the_configuration_ends_no_job() {
    let (mut world, job, run) = running("A");
    world.stations = world::stations("B");
    let done = world.closes(&run, &stop(10, 0)).unwrap();
    assert_eq!((done.job.state, done.destinations.len()), (JobState::Queued, 0));
    let refused = world.ask(job, JobVerb::SelectDestination, json!({"destination": "B"})).unwrap_err();
    assert_eq!(refused.kind, JobErrorKind::StationIsNotConfigured);
}

/// Candidates as `job order state`: which of them an operation 1 takes up whose record is of an order.
#[track_caller]
fn check_pick(order: Option<u128>, candidates: &[(&str, Option<u128>, u128)], expected: Option<u128>) {
    let candidate = |&(word, order, leg): &(&str, Option<u128>, u128)| Candidate {
        job: Ulid::from(leg),
        order: order.map(Ulid::from),
        leg: Ulid::from(leg),
        state: *JobState::ALL.iter().find(|state| word.starts_with(state.name())).unwrap(),
        pause: match word {
            "paused by 1" => Some(Pause::Operation(Ulid::from(1_u128))),
            "paused by 2" => Some(Pause::Operation(Ulid::from(2_u128))),
            "paused" => Some(Pause::Person),
            _ => None,
        },
        posted_at: latchwork_expr::Timestamp(i64::try_from(100 - leg).unwrap()),
        is_followed: word == "running for 2",
    };
    let candidates: Vec<Candidate> = candidates.iter().map(candidate).collect();
    let mut world = World::of("A");
    let run = run(&mut world, 1, order.map(Ulid::from));
    assert_eq!(pick(&candidates, &run).map(|picked| picked.leg), expected.map(Ulid::from));
}

#[test]
fn the_running_leg_comes_first_then_the_own_pause_then_the_oldest() {
    check_pick(None, &[], None);
    check_pick(None, &[("pending", None, 1), ("pending", None, 2)], Some(2));
    check_pick(None, &[("pending", None, 1), ("paused by 1", None, 3), ("running", None, 2)], Some(2));
    check_pick(None, &[("pending", None, 9), ("paused by 1", None, 3), ("paused", None, 2)], Some(3));
    check_pick(None, &[("paused by 2", None, 2), ("paused", None, 1)], None);
    check_pick(None, &[("running for 2", None, 2), ("pending", None, 1)], Some(1));
}

#[test]
fn legs_of_the_records_order_come_before_all_others() {
    check_pick(Some(7), &[("running", Some(8), 1), ("pending", Some(7), 2)], Some(2));
    check_pick(Some(7), &[("running", Some(8), 1), ("pending", None, 2)], Some(1));
    // There is one of the order, although somebody paused it: the run is not for another.
    check_pick(Some(7), &[("running", Some(8), 1), ("paused", Some(7), 2)], None);
}

#[test]
fn a_run_that_finds_nothing_says_so() {
    let mut world = World::of("A");
    let run = run(&mut world, 1, None);
    assert!(world.opens("A", &run).is_none());
    let event = none_waiting(&run, &"A".into(), world.at, &mut || Ulid::from(9_u128));
    assert_eq!((event.kind.name(), &event.info["station"]), ("job.none_waiting", &json!("A")));
}

#[test]
fn a_running_leg_is_attached() {
    let mut world = World::of("A");
    let job = world.job("A", 4);
    world.ask(job, JobVerb::Start, json!({})).unwrap();
    let run = run(&mut world, 1, None);
    let attached = world.opens("A", &run).unwrap();
    assert_eq!((told(&attached), attached.legs[0].operation_record_id), (vec!["job.attached"], Some(run.record)));
    let cancelled = world.ask(job, JobVerb::Cancel, json!({})).unwrap();
    assert_eq!(cancelled.cancelled_records, [run.record]);
}

#[test]
fn captures_are_whole_parts() {
    let captures = |good: Value, scrap: Value| vec![(Text::from("good"), good), (Text::from("scrap"), scrap)];
    let parts = |good, scrap| MadeParts::of(&captures(good, scrap)).map(|made| (made.good, made.scrap));
    assert_eq!(parts(Value::Integer(4), Value::Float(1.9)), Some((4, 1)));
    assert_eq!(parts(Value::Integer(4), Value::Null), Some((4, 0)));
    assert_eq!(parts(Value::Null, Value::Integer(1)), None);
    assert_eq!(parts(Value::Integer(-1), Value::Integer(1)), None);
    assert_eq!(parts(Value::Float(f64::NAN), Value::Integer(1)), None);
    assert_eq!(MadeParts::of(&[]), None);
}
