//! `GET /api/stream`: what changes is told, and who comes back misses nothing.

use serde_json::json;

use super::scene::Scene;

#[test]
fn what_happens_is_told_as_it_does() {
    let scene = Scene::new("http-stream");
    let mut stream = scene.client.stream("/api/stream?tags=Line/*").unwrap();
    let all = stream.next("tags").json();
    assert_eq!(all.as_array().unwrap().len(), 3);
    scene.run(true);
    let record = stream.next("record");
    assert_eq!((record.json()["status"].as_str(), record.id), (Some("RUNNING"), None));
    let operation = stream.next("operation").json();
    assert_eq!(
        (&operation["operation"], &operation["current_operation_record_id"]),
        (&json!("Filling"), &record.json()["id"])
    );
    let event = stream.next("event");
    assert_eq!(event.json()["event_type"], "operation.started");
    assert_eq!(event.id, event.json()["seq"].as_u64());
    let tags = stream.next("tags").json();
    assert_eq!((&tags[0]["path"], &tags[0]["value"]), (&json!("Line/Running"), &json!(true)));
    scene.gateway.stop();
}

#[test]
fn who_comes_back_misses_nothing() {
    let scene = Scene::new("http-resume");
    for _ in 0..5 {
        scene.run(true);
        scene.run(false);
    }
    let last = scene.client.get("/api/events?limit=1").done()["items"][0]["seq"].as_u64().unwrap();
    let seen = |path: &str, count: u64| {
        let mut stream = scene.client.stream(path).unwrap();
        (0..count).map(|_| stream.next("event").id.unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(seen("/api/stream?kinds=events&cursor=0", last), (1..=last).collect::<Vec<_>>());
    let client = scene.client.with("Last-Event-ID", "3");
    let mut stream = client.stream("/api/stream?kinds=events").unwrap();
    assert_eq!(stream.next("event").id, Some(4));
    // Behind what was there comes what happens now, each once.
    (5..=last).for_each(|seq| assert_eq!(stream.next("event").id, Some(seq)));
    scene.run(true);
    assert_eq!(stream.next("event").id, Some(last + 1));
    scene.gateway.stop();
}

#[test]
fn a_gateway_that_ends_ends_its_streams() {
    let scene = Scene::new("http-stream-end");
    let mut stream = scene.client.stream("/api/stream").unwrap();
    stream.next("tags");
    let begun = std::time::Instant::now();
    scene.gateway.stop();
    assert!(begun.elapsed().as_secs() < 2, "{:?}", begun.elapsed());
    while stream.any().is_some() {}
}

#[test]
fn a_token_has_so_many_streams() {
    let scene = Scene::with_tokens("http-streams", "streams = 2");
    let viewer = scene.who("viewer");
    let mut open: Vec<_> = (0..2).map(|_| viewer.stream("/api/stream").unwrap()).collect();
    let refused = viewer.stream("/api/stream").unwrap_err();
    assert_eq!(refused.status, 429);
    let _another = scene.who("admin").stream("/api/stream").unwrap();
    open.pop();
    super::super::patience::until("a place for a stream", || viewer.stream("/api/stream").ok());
    scene.gateway.stop();
}
