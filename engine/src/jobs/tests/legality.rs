//! Every pair of a state and a verb.

use serde_json::{Value as Json, json};
use ulid::Ulid;

use super::world::World;
use super::*;

/// What every verb does to a job of one leg in every state: `+`, or the error.
const TABLE: &[(JobVerb, [&str; 7])] = &[
    // pending, running, paused, queued, completed, failed, cancelled
    (JobVerb::Start, ["+", "IsStarted", "IsStarted", "IsStarted", "IsStarted", "IsStarted", "IsStarted"]),
    (JobVerb::Pause, ["IsNotStarted", "+", "IsPaused", "IsQueued", "IsCompleted", "IsFailed", "IsCancelled"]),
    (JobVerb::Resume, ["IsNotStarted", "IsNotPaused", "+", "IsQueued", "IsCompleted", "IsFailed", "IsCancelled"]),
    (JobVerb::PauseOffline, ["IsNotStarted", "+", "IsPaused", "IsQueued", "IsCompleted", "IsFailed", "IsCancelled"]),
    (JobVerb::BackOnline, ["+", "+", "+", "+", "IsCompleted", "IsFailed", "IsCancelled"]),
    (JobVerb::Complete, ["IsNotStarted", "+", "+", "IsQueued", "IsCompleted", "IsFailed", "IsCancelled"]),
    (
        JobVerb::SelectDestination,
        ["IsNotQueued", "IsNotQueued", "IsNotQueued", "+", "IsCompleted", "IsFailed", "IsCancelled"],
    ),
    (JobVerb::Reassign, ["+", "+", "+", "+", "IsCompleted", "IsFailed", "IsCancelled"]),
    (JobVerb::Fail, ["IsNotStarted", "+", "IsPaused", "IsQueued", "IsCompleted", "IsFailed", "IsCancelled"]),
    (JobVerb::Cancel, ["+", "+", "IsPaused", "+", "IsCompleted", "IsFailed", "IsCancelled"]),
    (JobVerb::CompleteBatch, ["IsNotStarted", "+", "+", "IsQueued", "IsCompleted", "IsFailed", "IsCancelled"]),
    (JobVerb::AppendLog, ["+", "+", "+", "+", "IsCompleted", "IsFailed", "IsCancelled"]),
];

/// What each state becomes by a verb that is legal in it, where that is another one.
const BECOMES: &[(JobVerb, JobState, JobState)] = &[
    (JobVerb::Start, JobState::Pending, JobState::Running),
    (JobVerb::Pause, JobState::Running, JobState::Paused),
    (JobVerb::PauseOffline, JobState::Running, JobState::Paused),
    (JobVerb::Resume, JobState::Paused, JobState::Running),
    (JobVerb::Complete, JobState::Running, JobState::Queued),
    (JobVerb::Complete, JobState::Paused, JobState::Queued),
    (JobVerb::SelectDestination, JobState::Queued, JobState::Pending),
    (JobVerb::Fail, JobState::Running, JobState::Failed),
    (JobVerb::Cancel, JobState::Pending, JobState::Cancelled),
    (JobVerb::Cancel, JobState::Running, JobState::Cancelled),
    (JobVerb::Cancel, JobState::Queued, JobState::Cancelled),
];

/// Returns what a verb needs besides the job.
pub(super) fn info(verb: JobVerb) -> Json {
    match verb {
        JobVerb::Start
        | JobVerb::Pause
        | JobVerb::Resume
        | JobVerb::BackOnline
        | JobVerb::Cancel
        | JobVerb::CompleteBatch => json!({}),
        JobVerb::PauseOffline => json!({"last_seen": "2026-03-02T06:00:00Z"}),
        JobVerb::Complete => json!({"good": 4, "scrap": 0}),
        JobVerb::SelectDestination => json!({"destination": "B"}),
        JobVerb::Reassign => json!({"assigned_to": "ben"}),
        JobVerb::Fail => json!({"code": "E7", "message": "broken tool"}),
        JobVerb::AppendLog => json!({"line": "tool changed"}),
    }
}

/// Returns a job of one leg that stands so.
fn standing(state: JobState) -> (World, Ulid) {
    let mut world = World::of(if state == JobState::Completed { "A" } else { "A>B A>C" });
    let job = world.job("A", 4);
    let way: &[JobVerb] = match state {
        JobState::Pending => &[],
        JobState::Running => &[JobVerb::Start],
        JobState::Paused => &[JobVerb::Start, JobVerb::Pause],
        JobState::Queued | JobState::Completed => &[JobVerb::Start, JobVerb::Complete],
        JobState::Failed => &[JobVerb::Start, JobVerb::Fail],
        JobState::Cancelled => &[JobVerb::Cancel],
    };
    for &verb in way {
        world.ask(job, verb, info(verb)).unwrap();
    }
    assert_eq!(world.jobs[&job].job.state, state);
    (world, job)
}

#[test]
fn every_pair_is_as_the_table_says() {
    assert_eq!(TABLE.iter().map(|(verb, _)| *verb).collect::<Vec<_>>(), JobVerb::ALL);
    for &(verb, outcomes) in TABLE {
        for (&state, expected) in JobState::ALL.iter().zip(outcomes) {
            let (mut world, job) = standing(state);
            let found = match world.ask(job, verb, info(verb)) {
                Ok(_) => "+".to_owned(),
                Err(error) => {
                    assert_eq!(error.kind.status(), 409);
                    format!("{:?}", error.kind)
                }
            };
            assert_eq!(found, expected, "{verb:?} of a job that is {state:?}");
            let becomes = BECOMES.iter().find(|row| (row.0, row.1) == (verb, state));
            let becomes = becomes.map_or(state, |&(_, _, becomes)| becomes);
            assert_eq!(world.jobs[&job].job.state, becomes, "{verb:?} of a job that is {state:?}");
        }
    }
}

#[test]
fn a_leg_that_is_named_is_judged_by_how_it_stands_itself() {
    for &(verb, outcomes) in TABLE.iter().filter(|(verb, _)| decide::is_of_a_leg(*verb)) {
        for (&state, expected) in JobState::ALL.iter().zip(outcomes) {
            let (mut world, job) = standing(state);
            let mut info = info(verb);
            info["leg_key"] = json!(world.jobs[&job].legs[0].key.to_string());
            let found = world.ask(job, verb, info).map_or_else(|error| format!("{:?}", error.kind), |_| "+".to_owned());
            assert_eq!(found, expected, "{verb:?} of a leg that is {state:?}");
        }
    }
}

#[test]
fn a_leg_is_named_only_where_several_could_be_meant() {
    let mut world = World::of("A>B A~A2");
    let job = world.job("A", 6);
    world.ask(job, JobVerb::Start, json!({})).unwrap();
    let rework = json!([{"quantity": 2}]);
    let split = world.ask(job, JobVerb::Complete, json!({"good": 4, "scrap": 0, "rework": rework})).unwrap();
    let refused = world.ask(job, JobVerb::Start, json!({})).unwrap_err();
    assert_eq!((refused.kind.name(), refused.kind.status()), ("LegIsAmbiguousError", 409));
    let keys: Vec<String> = split.legs[1..].iter().map(|leg| leg.key.to_string()).collect();
    let told = json!([
        {"leg_key": keys[0], "station": "B", "entry_number": 1, "state": "pending"},
        {"leg_key": keys[1], "station": "A2", "entry_number": 1, "state": "pending"},
    ]);
    assert_eq!(refused.more["legs"], told);

    world.ask(job, JobVerb::Start, json!({"leg_key": keys[1]})).unwrap();
    // Now only the other one waits, and only this one runs.
    world.ask(job, JobVerb::Pause, json!({})).unwrap();
    world.ask(job, JobVerb::Start, json!({})).unwrap();
    let unknown = world.ask(job, JobVerb::Pause, json!({"leg_key": job.to_string()})).unwrap_err();
    assert_eq!((unknown.kind, unknown.kind.status()), (JobErrorKind::LegNotFound, 404));
}
