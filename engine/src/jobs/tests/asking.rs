//! What is sent: what is taken, and which field is named when it is wrong.

use serde_json::{Value as Json, json};
use ulid::Ulid;

use super::legality::info;
use super::world::World;
use super::*;

const KEY: &str = "017BT4K86YJQAHS8X7VWEFPAHH";

#[track_caller]
fn check(verb: JobVerb, given: &Json, field: &str) {
    let refused = JobCommand::from_json(verb, given).unwrap_err();
    assert_eq!((refused.kind.status(), refused.field.as_deref()), (422, Some(field)), "{refused}");
    assert!(refused.text.contains(field), "{refused}");
}

#[test]
fn every_verb_takes_what_it_needs() {
    for &verb in JobVerb::ALL {
        let mut given = info(verb);
        given["job_key"] = json!(KEY);
        let command = JobCommand::from_json(verb, &given).unwrap();
        assert_eq!((command.verb(), command.job), (verb, Ulid::from_string(KEY).unwrap()));
        assert_eq!(JobVerb::of(verb.name()), Some(verb));
        // The schema says the same as the check.
        let schema = verb.schema();
        for required in schema["required"].as_array().unwrap() {
            let name = required.as_str().unwrap();
            let mut without = given.clone();
            without.as_object_mut().unwrap().remove(name);
            check(verb, &without, name);
        }
        assert!(given.as_object().unwrap().keys().all(|name| schema["properties"].get(name).is_some()));
    }
    assert_eq!(JobVerb::of("OPERATION_START"), None);
}

#[test]
fn what_is_wrong_is_named() {
    check(JobVerb::Pause, &json!({"job_key": "x"}), "job_key");
    check(JobVerb::Pause, &json!({"job_key": KEY, "leg": KEY}), "leg");
    check(JobVerb::Pause, &json!({"job_key": KEY, "leg_key": 3}), "leg_key");
    check(JobVerb::Pause, &json!([]), "info");
    check(JobVerb::PauseOffline, &json!({"job_key": KEY, "last_seen": "yesterday"}), "last_seen");
    check(JobVerb::Fail, &json!({"job_key": KEY, "code": "", "message": ""}), "code");
    check(JobVerb::AppendLog, &json!({"job_key": KEY, "line": "x".repeat(limits::LINE_CHARS_MAX + 1)}), "line");
    check(JobVerb::Start, &json!({"job_key": KEY, "batch_serials": ["S1", "S1"]}), "batch_serials");
    check(JobVerb::Start, &json!({"job_key": KEY, "batch_serials": "S1"}), "batch_serials");
    let complete = |rework: Json| json!({"job_key": KEY, "good": 1, "scrap": 0, "rework": rework});
    check(JobVerb::Complete, &complete(json!({})), "rework");
    check(JobVerb::Complete, &complete(json!([{"station": "A"}])), "rework[0].quantity");
    check(JobVerb::Complete, &complete(json!([{"quantity": 1}, {"quantity": 0}])), "rework[1].quantity");
    check(JobVerb::Complete, &complete(json!([{"quantity": 1, "to": "A"}])), "rework[0].to");
    check(JobVerb::Complete, &complete(json!([1])), "rework[0]");
    check(JobVerb::Complete, &json!({"job_key": KEY, "good": -1, "scrap": 0}), "good");
    check(JobVerb::Complete, &json!({"job_key": KEY, "good": 1, "scrap": 0.5}), "scrap");
}

#[test]
fn null_is_what_is_not_given() {
    let given = json!({"job_key": KEY, "leg_key": null, "batch_serials": null, "phase_key": null});
    let command = JobCommand::from_json(JobVerb::Start, &given).unwrap();
    assert_eq!((command.leg, command.ask), (None, JobAsk::Start(Start::default())));
}

#[test]
fn a_job_that_cannot_be_is_not_made() {
    let mut world = World::of("A>B");
    let final_job = world.job("A", 1);
    let open_job = world.job("A", 1);
    world.ask(final_job, JobVerb::Cancel, json!({})).unwrap();
    let field = |world: &mut World, body: Json| world.create(&body).unwrap_err().field.unwrap();
    assert_eq!(field(&mut world, json!({"quantity": 0, "station": "A"})), "quantity");
    assert_eq!(field(&mut world, json!({"quantity": 1})), "station");
    assert_eq!(field(&mut world, json!({"quantity": 1, "station": "C"})), "station");
    assert_eq!(
        field(&mut world, json!({"quantity": 1, "station": "A", "production_order": "PO-2"})),
        "production_order"
    );
    assert_eq!(field(&mut world, json!({"quantity": 1, "station": "A", "retry_of": KEY})), "retry_of");
    assert_eq!(field(&mut world, json!({"quantity": 1, "station": "A", "batch_serials": ["1", "2"]})), "batch_serials");
    assert_eq!(field(&mut world, json!({"quantity": 1, "station": "A", "colour": "red"})), "colour");
    let refused = world.create(&json!({"quantity": 1, "station": "A", "retry_of": open_job.to_string()})).unwrap_err();
    assert_eq!((refused.kind, refused.kind.status()), (JobErrorKind::IsNotFinal, 409));
    let again = world.create(&json!({"quantity": 1, "station": "A", "retry_of": final_job.to_string()})).unwrap();
    assert_eq!(again.job.retry_of, Some(final_job));
}

#[test]
fn parts_go_back_only_where_a_connection_leads() {
    let mut world = World::of("A>B A~X A~Y B~A C");
    let job = world.job("A", 4);
    world.ask(job, JobVerb::Start, json!({})).unwrap();
    let mut refused = |rework: Json| world.ask(job, JobVerb::Complete, rework).unwrap_err();
    let several = refused(json!({"good": 0, "scrap": 0, "rework": [{"quantity": 4}]}));
    assert_eq!(
        (several.field.as_deref(), &several.more["destinations"]),
        (Some("rework[0].station"), &json!(["X", "Y"]))
    );
    let forward = refused(json!({"good": 0, "scrap": 0, "rework": [{"quantity": 4, "station": "B"}]}));
    assert_eq!(forward.field.as_deref(), Some("rework[0].station"));
    let back = refused(json!({"good": 4, "scrap": 0, "destination": "X"}));
    assert_eq!((back.field.as_deref(), &back.more["destinations"]), (Some("destination"), &json!(["B"])));
}

#[test]
fn a_job_is_told_with_these_keys_in_this_order() {
    let mut world = World::of("A>B");
    let job = world.create(&json!({"quantity": 2, "station": "A"})).unwrap();
    let told = json!(job.view());
    let keys = |value: &Json| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ");
    assert_eq!(
        keys(&told),
        "id state production_order quantity good_parts scrap_parts lost_parts in_process_parts finished_parts \
         assigned_to active active_batch_key active_batch_qt created_at started_at completed_at last_online \
         last_work_session_started retry_of legs"
    );
    assert_eq!(
        keys(&told["legs"][0]),
        "leg_key station entry_number state input good scrap rework lost posted_at posted_by started_at started_by \
         completed_at completed_by operation_record_id"
    );
    world.ask(job.job.id, JobVerb::Start, json!({})).unwrap();
    let failed = world.ask(job.job.id, JobVerb::Fail, json!({"code": "E7", "message": "broken"})).unwrap();
    assert_eq!(json!(failed.view())["error"], json!({"code": "E7", "message": "broken"}));
}
