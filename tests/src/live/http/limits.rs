//! The bounds of requests, and what browsers may not do.

use std::io::Write;

use serde_json::json;

use super::client::rest;
use super::scene::Scene;

#[test]
fn what_is_not_there_and_what_is_not_taken_is_told() {
    let scene = Scene::new("http-bounds");
    scene.client.get("/api/nothing").refused(404, "NotFound");
    let answer = scene.client.send("DELETE", "/api/tags", "");
    answer.refused(405, "MethodNotAllowed");
    assert_eq!(answer.header("allow"), Some("GET, HEAD"));
    let allowed = scene.client.send("PATCH", "/api/tags/A", "");
    assert_eq!(allowed.header("allow"), Some("GET, PUT, HEAD"));
    let unknown = scene.client.get("/api/records?operations=A").refused(422, "UnknownParameter");
    assert_eq!(unknown["field"], "operations");
    scene.client.get("/api/records?limit=0").refused(422, "BadParameter");
    scene.client.get("/api/records?operation=%ff").refused(400, "MalformedAddress");
    scene.client.get("/api/events?cursor=x").refused(422, "BadParameter");
    scene.gateway.stop();
}

#[test]
fn bodies_and_heads_have_bounds() {
    let scene = Scene::new("http-bodies");
    let large = format!("{{\"value\": \"{}\"}}", "x".repeat(1 << 20));
    scene.client.send("PUT", "/api/tags/Line/Speed", &large).refused(413, "BodyTooLarge");
    // One that does not say how long it is.
    let mut stream = scene.client.connect();
    let head = format!("POST /event HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nTransfer-Encoding: chunked\r\n\r\n", scene.port);
    stream.write_all(head.as_bytes()).unwrap();
    let piece = format!("{:x}\r\n{}\r\n", 1 << 16, "x".repeat(1 << 16));
    let sent = (0..20).try_for_each(|_| stream.write_all(piece.as_bytes()));
    let answer = rest(&mut stream);
    assert!(answer.starts_with("HTTP/1.1 413 ") || sent.is_err(), "{answer}");
    let long = scene.client.with("X-Long", &"x".repeat(64 << 10)).get("/healthz");
    assert!(matches!(long.status, 400 | 431), "{long:?}");
    scene.client.get("/healthz").done();
    scene.gateway.stop();
}

#[test]
fn pages_of_others_change_nothing_and_do_not_reach_a_server_without_tokens() {
    let scene = Scene::new("http-origins");
    let event = json!({"event_type": "OPERATION_START", "info": {"operation": "Cleaning"}});
    scene.client.with("Origin", "http://evil.example").post("/event", &event).refused(403, "ForeignOrigin");
    scene.client.with("Sec-Fetch-Site", "cross-site").post("/event", &event).refused(403, "ForeignOrigin");
    scene.client.with("Host", "evil.example").get("/api/tags").refused(421, "ForeignHost");
    let own = format!("http://127.0.0.1:{}", scene.port);
    scene.client.with("Origin", &own).post("/event", &event).done();
    scene.gateway.stop();
}

#[test]
fn a_client_that_says_nothing_is_let_go() {
    let scene = Scene::new("http-slow-head");
    let mut stream = scene.client.connect();
    stream.write_all(b"GET /healthz HTTP/1.1\r\n").unwrap();
    // The connection is closed by the server: there is an end to what comes.
    let _timeout_or_nothing = rest(&mut stream);
    scene.client.get("/healthz").done();
    scene.gateway.stop();
}
