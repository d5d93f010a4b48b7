//! `POST /event` and `POST /api/reload`: what they do, and what they refuse; the commands of the command line over HTTP.

use std::process::Command;
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use serde_json::{Value as Json, json};

use super::super::patience::until;
use super::super::program::program;
use super::client::Answer;
use super::scene::{Scene, plant};

/// How many ask at once.
const CROWD: usize = 64;

fn event(kind: &str, info: &Json) -> Json {
    json!({"event_type": kind, "info": info})
}

#[test]
fn commands_are_done_and_durable_when_they_are_answered() {
    let scene = Scene::new("http-commands");
    let start = event("OPERATION_START", &json!({"operation": "Cleaning", "notes": "smells"}));
    let done = scene.client.with("Latchwork-Actor", "Anna").post("/event", &start).done();
    let record = done["record"]["id"].as_str().unwrap();
    let rows: Vec<(String, String)> =
        scene.folder.ledger().rows("SELECT id, created_by FROM operation_records WHERE end_date IS NULL");
    assert_eq!(rows, [(record.to_owned(), "Anna".to_owned())]);
    let again = scene.client.post("/event", &start).refused(409, "StateConflict");
    assert_eq!(again["record_id"], record);
    scene.client.post("/event", &event("OPERATION_STOP", &json!({"operation": "Cleaning"}))).done();
    assert_eq!(scene.client.get(&format!("/api/records/{record}")).done()["status"], "COMPLETED");
    scene.gateway.stop();
}

#[test]
fn many_commands_at_once_have_each_their_own_answer() {
    let scene = Scene::new("http-crowd-of-commands");
    let plant = (0..CROWD).fold(plant(scene.port, ""), |plant, number| plant.manual(&format!("Run {number}")));
    scene.folder.configure(&plant);
    scene.client.post("/api/reload", &Json::Null).done();
    let begun = Barrier::new(CROWD);
    let ask = |number: usize| {
        // Half of them ask with keys; each asks twice for the same.
        let client = match number % 2 {
            0 => scene.client.clone(),
            _ => scene.client.with("Idempotency-Key", &format!("key {number}")),
        };
        let start = event("OPERATION_START", &json!({"operation": format!("Run {number}")}));
        begun.wait();
        [client.post("/event", &start), client.post("/event", &start)]
    };
    let ask = &ask;
    let answers: Vec<[Answer; 2]> = thread::scope(|scope| {
        let asking: Vec<_> = (0..CROWD).map(|number| scope.spawn(move || ask(number))).collect();
        asking.into_iter().map(|asking| asking.join().unwrap()).collect()
    });
    for (number, [first, again]) in answers.iter().enumerate() {
        let first = first.done();
        assert_eq!(first["record"]["operation"], format!("Run {number}"));
        match number % 2 {
            // The second one ended the first and began anew.
            0 => assert_ne!(again.done()["record"]["id"], first["record"]["id"]),
            _ => assert_eq!(again.done(), first),
        }
    }
    let ledger = scene.folder.ledger();
    let open = ledger.number("SELECT count(*) FROM operation_records WHERE end_date IS NULL");
    assert_eq!(open, i64::try_from(CROWD).unwrap());
    scene.gateway.stop();
}

#[test]
fn a_crowd_keeps_nobody_else_waiting() {
    const TURNS: usize = 60;
    let scene = Scene::new("http-crowd-and-one");
    let plant = (0..CROWD).fold(plant(scene.port, ""), |plant, number| plant.manual(&format!("Run {number}")));
    scene.folder.configure(&plant);
    scene.client.post("/api/reload", &Json::Null).done();
    let (asked, answered) = (&scene, &AtomicUsize::new(0));
    let drive = move |number: usize| {
        let execute = event("OPERATION_EXECUTE", &json!({"operation": format!("Run {number}")}));
        for _ in 0..TURNS {
            asked.client.post("/event", &execute).done();
            answered.fetch_add(1, Ordering::Relaxed);
        }
    };
    thread::scope(|scope| {
        for number in 0..CROWD {
            scope.spawn(move || drive(number));
        }
        until("the crowd asks", || (answered.load(Ordering::Relaxed) > CROWD).then_some(()));
        // Only the loop knows.
        assert!(scene.client.get("/metrics").body.contains("latchwork_scans"));
        assert!(answered.load(Ordering::Relaxed) < CROWD * TURNS, "it was answered when nobody else asked any more");
    });
    scene.gateway.stop();
}

#[test]
fn what_is_no_event_is_refused_by_name() {
    let scene = Scene::new("http-refusals");
    let unknown = scene.client.post("/event", &event("OPERATION_FLY", &json!({}))).refused(404, "UnknownEventType");
    assert!(unknown["event_types"].as_array().unwrap().contains(&json!("OPERATION_START")));
    let bad = scene.client.post("/event", &event("OPERATION_START", &json!({"order": "PO-1"}))).refused(422, "BadInfo");
    assert_eq!(bad["field"], "order");
    scene.client.post("/event", &event("OPERATION_START", &json!({"operation": "Nothing"}))).refused(404, "NotFound");
    scene.client.post("/event", &json!({"event_type": "OPERATION_START", "actor": "x"})).refused(422, "UnknownField");
    scene.client.post("/event", &json!([])).refused(422, "BadField");
    scene.client.send("POST", "/event", "{").refused(400, "MalformedBody");
    scene.client.send_bytes("POST", "/event", b"{\"event_type\": \"\xff\"}").refused(400, "MalformedBody");
    scene.gateway.stop();
}

#[test]
fn a_reload_is_done_or_says_what_is_wrong() {
    let scene = Scene::new("http-reload");
    let first = scene.client.post("/api/reload", &Json::Null).done();
    scene.folder.configure(&plant(scene.port, "").operation("Broken", "{Nowhere}"));
    let refused = scene.client.post("/api/reload", &Json::Null).refused(422, "ConfigurationProblems");
    assert!(refused["detail"].as_str().unwrap().contains("there is no tag `Nowhere`"), "{refused}");
    scene.folder.configure(&plant(scene.port, "").manual("Greasing"));
    let second = scene.client.post("/api/reload", &Json::Null).done();
    assert_ne!(first, second);
    let start = event("OPERATION_START", &json!({"operation": "Greasing"}));
    scene.client.post("/event", &start).done();
    // Another setting of the server: it begins anew, and goes on.
    scene.folder.configure(&plant(scene.port, "streams = 3").manual("Greasing"));
    scene.client.post("/api/reload", &Json::Null).done();
    scene.gateway.wait_for_message("http is served", 2);
    assert_eq!(scene.client.get("/api/records?operation=Greasing").done()["items"][0]["status"], "RUNNING");
    scene.gateway.stop();
}

#[test]
fn the_command_line_reaches_a_gateway_over_http() {
    let scene = Scene::with_tokens("http-cli", "");
    let url = format!("http://127.0.0.1:{}", scene.port);
    let call = |token: &str, words: &[&str]| {
        let mut command = Command::new(program());
        let output = command.args(words).args(["--url", &url]).env("LATCHWORK_TOKEN", token).output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap())
    };
    let (code, told) = call("operator-token", &["ops", "start", "Cleaning", "--as", "Anna"]);
    assert!(code == Some(0) && told.contains("\"operation\":\"Cleaning\""), "{told}");
    let (code, told) = call("operator-token", &["ops", "start", "Cleaning"]);
    assert!(code == Some(1) && told.contains("StateConflict"), "{told}");
    let (code, told) = call("viewer-token", &["tags", "--json", "--filter", "Speed"]);
    assert!(code == Some(0) && told.contains("\"path\":\"Line/Speed\""), "{told}");
    let (code, told) = call("viewer-token", &["explain", "--operation", "Filling"]);
    assert!(code == Some(0) && told.contains("Filling"), "{told}");
    assert_eq!(call("viewer-token", &["connections"]).0, Some(0));
    let (code, told) = call("viewer-token", &["ops", "stop", "Cleaning"]);
    assert!(code == Some(1) && told.contains("RoleTooLow"), "{told}");
    scene.gateway.stop();
}
