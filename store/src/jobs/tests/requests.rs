//! Requests: together and alone, once more, refused; lists.

use serde_json::{Value as Json, json};

use super::floor::{Floor, asked, keyed, wanted};
use crate::jobs::{Answer, Asker, Audit, Door, JobFilter, RequestKey};
use crate::listing::Page;
use crate::testing::{Ground, OwnTurn, at, on_both, plant, running};

async fn each_is_decided_on_what_those_before_it_left(ground: Ground) {
    let mut floor = Floor::of(ground, "A>B").await;
    let job = floor.job("A", 3).await;
    let works = [
        asked(&job, "JOB_STARTED", json!({})),
        asked(&job, "JOB_STARTED", json!({})),
        asked(&job, "JOB_COMPLETED", json!({"good": 2, "scrap": 1})),
        asked("01KJZ9Q3ZX0000000000000000", "JOB_PAUSED", json!({})),
        asked(&job, "JOB_STARTED", json!({})),
    ];
    let answers = floor.all(&works).await;
    let told: Vec<_> = answers.iter().map(|answer| (answer.status, answer.body["error"].as_str())).collect();
    let refused = |status, error| (status, Some(error));
    let done = (200, None);
    assert_eq!(told, [done, refused(409, "JobIsStartedError"), done, refused(404, "JobNotFoundError"), done]);
    assert_eq!(floor.legs(&job).await, ["A1 completed 3", "B1 running 2"]);
    let gaps = "SELECT max(seq) - count(*) FROM events";
    assert_eq!(floor.ground.number(gaps).await, 0, "numbers are given without a gap");
    let of_the_job = "SELECT max(job_event) - count(*) FROM events WHERE job_id IS NOT NULL";
    assert_eq!(floor.ground.number(of_the_job).await, 0);
    assert_eq!(floor.ground.number("SELECT count(*) FROM audit WHERE status = 409 AND error IS NOT NULL").await, 1);
}

async fn a_request_that_is_made_again_does_nothing_again(ground: Ground) {
    let mut floor = Floor::of(ground, "A").await;
    let make = keyed(wanted(&json!({"quantity": 3, "station": "A"})), "k1", "d1");
    let first = floor.one(make.clone()).await;
    let again = floor.all(&[make.clone(), make.clone()]).await;
    assert_eq!((&again[0], &again[1]), (&first, &first));
    assert_eq!(floor.ground.number("SELECT count(*) FROM jobs").await, 1);
    let other = floor.one(keyed(wanted(&json!({"quantity": 4, "station": "A"})), "k1", "d2")).await;
    assert_eq!((other.status, other.body["error"].as_str()), (409, Some("IdempotencyKeyReused")));
    let refused = keyed(wanted(&json!({"quantity": 3, "station": "nowhere"})), "k2", "d3");
    let answer = floor.one(refused.clone()).await;
    assert_eq!((answer.status, answer.body["field"].as_str()), (422, Some("station")));
    assert_eq!(floor.one(refused).await, answer, "a refusal is one the next time too");
    // Within one transaction as well.
    let twice = keyed(wanted(&json!({"quantity": 5, "station": "A"})), "k3", "d4");
    let answers = floor.all(&[twice.clone(), twice]).await;
    assert_eq!(answers[0], answers[1]);
    assert_eq!(floor.ground.number("SELECT count(*) FROM jobs").await, 2);
    assert_eq!(floor.ground.number("SELECT count(*) FROM audit").await, 3, "what did nothing is not recorded");
    // A day later nobody knows of it.
    floor.seconds += 24 * 3600;
    assert_eq!(floor.one(make).await.status, 202);
    assert_eq!(floor.ground.number("SELECT count(*) FROM idempotency_keys").await, 1);
}

async fn what_was_done_is_known_and_what_was_not_too(ground: Ground) {
    let mut floor = Floor::of(ground, "A").await;
    let works = [wanted(&json!({"quantity": 3, "station": "A"}))];
    let done = floor.store.transact(&floor.plant, &works, at(1).wall).await.unwrap();
    assert!(floor.store.has_transacted(&done).await.unwrap());
    floor.job("A", 1).await;
    assert!(!floor.store.has_transacted(&done).await.unwrap(), "the last event is another one");
}

async fn what_has_not_happened_yet_is_refused(ground: Ground) {
    let mut floor = Floor::of(ground, "A").await;
    let job = floor.job("A", 3).await;
    let mut work = asked(&job, "JOB_STARTED", json!({}));
    work.occurred_at = Some(at(3_600).wall);
    let answer = floor.one(work.clone()).await;
    assert_eq!((answer.status, answer.body["field"].as_str()), (422, Some("occurred_at")));
    work.occurred_at = Some(at(2).wall);
    assert_eq!(floor.one(work).await.status, 200);
    assert_eq!(floor.read(&job).await["started_at"], "2026-03-01T06:00:02.000000Z");
}

async fn lists_go_on_where_a_page_ended(ground: Ground) {
    let mut floor = Floor::of(ground, "A>B C").await;
    for (station, quantity) in [("A", 1), ("C", 2), ("A", 3), ("A", 4)] {
        floor.job(station, quantity).await;
    }
    let filter = JobFilter { station: Some("A".to_owned()), ..JobFilter::default() };
    let first = floor.store.jobs(&filter, &Page { after: None, rows_max: 2 }).await.unwrap();
    let quantities = |items: &[crate::jobs::StoredJob]| items.iter().map(|row| row.job.quantity).collect::<Vec<_>>();
    assert_eq!(quantities(&first.items), [1, 3]);
    let second = floor.store.jobs(&filter, &Page { after: first.next, rows_max: 2 }).await.unwrap();
    assert_eq!((quantities(&second.items), second.next), (vec![4], None));
    floor
        .store
        .jobs(&JobFilter { assigned_to: Some("anna".to_owned()), ..filter.clone() }, &Page::default())
        .await
        .unwrap();
    let job = second.items[0].job.id;
    floor.ask(&job.to_string(), "LOG_APPENDED", json!({"line": "begun"})).await;
    let events = floor.store.job_events(job, 1, 10).await.unwrap();
    assert_eq!(
        events.iter().map(|event| (event.number, event.event_type.as_str())).collect::<Vec<_>>(),
        [(2, "LOG_APPENDED")]
    );
    let body: Json = serde_json::from_str(&events[0].body).unwrap();
    assert_eq!(
        (&body["info"]["line"], &body["subject"]),
        (&json!("begun"), &json!("progress.notification.production"))
    );
    let audit = floor.store.audit(&Page { after: Some("4".to_owned()), rows_max: 10 }).await.unwrap();
    assert_eq!((audit.items.len(), &audit.items[0]["action"]), (1, &json!("LOG_APPENDED")));
}

async fn commands_of_a_turn_are_recorded_with_it(ground: Ground) {
    let store = ground.opened(&plant()).await;
    let key = RequestKey { key: "k".to_owned(), digest: "d".to_owned() };
    let answer = Answer { status: 200, body: json!({"status": 200, "event_id": "e"}) };
    let mut turn = OwnTurn::of(1, 1, [running(&plant(), 0, 1)]);
    turn.audits = vec![Audit {
        asker: Asker { actor: Some("anna".into()), door: Door::Socket, key: Some(key.clone()) },
        action: "OPERATION_START".to_owned(),
        target: Some("Filling".to_owned()),
        answer: answer.clone(),
        event: None,
    }];
    for _ in 0..2 {
        store.commit(&turn.turn()).await.unwrap();
    }
    assert_eq!(ground.number("SELECT count(*) FROM audit WHERE door = 'SOCKET' AND actor = 'anna'").await, 1);
    assert_eq!(store.answered(&key, at(5).wall).await.unwrap(), Some(answer));
    assert_eq!(store.answered(&key, at(24 * 3600 + 5).wall).await.unwrap(), None);
}

on_both! {
    each_is_decided_on_what_those_before_it_left,
    a_request_that_is_made_again_does_nothing_again,
    what_was_done_is_known_and_what_was_not_too,
    what_has_not_happened_yet_is_refused,
    lists_go_on_where_a_page_ended,
    commands_of_a_turn_are_recorded_with_it,
}
