//! Thousands of clients at once: the gateway goes on, and ends in time.

use std::time::Instant;

use serde_json::json;

use super::scene::Scene;

/// How many streams are open at once (the issue's own number).
const STREAMS: usize = 1_000;
/// Most connections that the server takes at a time.
const CONNECTIONS_MAX: usize = 1_536;

#[test]
fn a_thousand_streams_hear_an_event_and_end_with_the_gateway() {
    let scene = Scene::new("http-flood");
    let mut streams: Vec<_> = (0..STREAMS).map(|_| scene.client.stream("/api/stream?kinds=events").unwrap()).collect();
    // They are open when the server counts them, not when their heads were read.
    scene.client.get("/healthz").done();
    scene.run(true);
    for stream in &mut streams {
        assert_eq!(stream.next("event").json()["event_type"], "operation.started");
    }
    let metrics = scene.client.get("/metrics").body;
    assert!(metrics.contains(&format!("latchwork_http_streams {STREAMS}\n")), "{metrics}");
    let begun = Instant::now();
    scene.gateway.stop();
    let took = begun.elapsed();
    assert!(took.as_secs() < 2, "{took:?}");
    for stream in &mut streams {
        // What was told before the end is told; then there is an end.
        while stream.any().is_some() {}
    }
}

#[test]
fn more_clients_than_there_is_room_for_are_sent_away() {
    let scene = Scene::new("http-crowd");
    let mut clients: Vec<_> = (0..CONNECTIONS_MAX + 200).map(|_| scene.client.connect()).collect();
    let begun = Instant::now();
    scene.folder.ledger();
    // The engine and the socket do not notice.
    let done = std::process::Command::new(super::super::program::program())
        .args(["ops", "start", "Cleaning", "-c", "plant.toml"])
        .current_dir(scene.folder.path())
        .output()
        .unwrap();
    assert!(done.status.success(), "{done:?}");
    assert!(begun.elapsed().as_secs() < 5);
    clients.clear();
    super::super::patience::until("room for a client", || {
        let event = json!({"event_type": "OPERATION_STOP", "info": {"operation": "Cleaning"}});
        std::panic::catch_unwind(|| scene.client.post("/event", &event).status).ok().filter(|&status| status == 200)
    });
    let metrics = scene.client.get("/metrics").body;
    assert!(!metrics.contains("latchwork_http_turned_away_total 0\n"), "{metrics}");
    scene.gateway.stop();
}
