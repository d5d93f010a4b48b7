//! What routes give is what the OpenAPI document says, and what the gateway knows.

use serde_json::{Value as Json, json};

use super::super::json_schema::Schema;
use super::super::patience::until;
use super::scene::Scene;

/// Sees to it that an answer is as the document says for its route.
fn check(document: &Schema, (method, path): (&str, &str), status: u16, answer: &Json) {
    let operation = &document.0["paths"][path][method];
    let content = &operation["responses"][status.to_string()]["content"]["application/json"];
    assert!(content["schema"].is_object() || content["schema"] == json!({}), "{method} {path}: no schema");
    assert_eq!(document.faults_of(&content["schema"], answer), Vec::<String>::new(), "{method} {path}: {answer}");
}

#[test]
fn every_answer_is_as_its_schema_says() {
    let scene = Scene::new("http-schemas");
    let document = Schema(scene.client.get("/api/openapi.json").done());
    scene.run(true);
    scene.wait_for("/api/records", 1);
    scene.run(false);
    let event =
        json!({"event_type": "OPERATION_EXECUTE", "info": {"operation": "Cleaning", "production_order": "PO-1"}});
    check(&document, ("post", "/event"), 200, &scene.client.post("/event", &event).done());
    let put = scene.client.put("/api/tags/Line/Speed", &json!({"value": 7})).done();
    check(&document, ("put", "/api/tags/{path}"), 200, &put);
    let order = scene.client.put("/api/production-orders/PO-2", &json!({"quantity": 5, "notes": "blue"})).done();
    check(&document, ("put", "/api/production-orders/{name}"), 200, &order);
    let entry = json!({"operation": "Filling", "production_order": "PO-2", "start_date": "2036-01-01T00:00:00Z"});
    let entry = scene.client.post("/api/schedule", &entry).done();
    check(&document, ("post", "/api/schedule"), 201, &entry);
    let removed = scene.client.send("DELETE", &format!("/api/schedule/{}", entry["id"].as_str().unwrap()), "").done();
    check(&document, ("delete", "/api/schedule/{id}"), 200, &removed);
    for path in [
        "/api/tags",
        "/api/operations",
        "/api/records",
        "/api/production-orders",
        "/api/schedule",
        "/api/events",
        "/api/connections",
    ] {
        let list = scene.client.get(path).done();
        assert_eq!(list["items"].as_array().unwrap().is_empty(), path == "/api/connections", "{path}: {list}");
        check(&document, ("get", path), 200, &list);
    }
    for (route, path) in [
        ("/api/tags/{path}", "/api/tags/Line/Speed".to_owned()),
        ("/api/operations/{id}", format!("/api/operations/{}", first(&scene, "/api/operations", "id"))),
        ("/api/records/{id}", format!("/api/records/{}", first(&scene, "/api/records", "id"))),
        ("/api/production-orders/{name}", "/api/production-orders/PO-1".to_owned()),
        ("/api/explain", "/api/explain?operation=Filling".to_owned()),
        ("/healthz", "/healthz".to_owned()),
        ("/readyz", "/readyz".to_owned()),
    ] {
        check(&document, ("get", route), 200, &scene.client.get(&path).done());
    }
    scene.gateway.stop();
}

fn first(scene: &Scene, path: &str, key: &str) -> String {
    scene.client.get(path).done()["items"][0][key].as_str().unwrap().to_owned()
}

#[test]
fn records_are_found_by_what_they_are_and_told_in_three_forms() {
    let scene = Scene::new("http-records");
    for _ in 0..3 {
        scene.run(true);
        scene.run(false);
    }
    scene.run(true);
    scene.wait_for("/api/records?operation=Filling", 4);
    scene.wait_for("/api/records?operation=Line:Filling&status=COMPLETED", 3);
    assert_eq!(scene.client.get("/api/records?operation=Cleaning").done(), json!({"items": []}));
    assert_eq!(scene.client.get("/api/records?location=Line&until=2020-01-01T00:00:00Z").done(), json!({"items": []}));
    let id = first(&scene, "/api/operations?name=Filling", "id");
    scene.wait_for(&format!("/api/records?operation={id}"), 4);

    let mut seen = Vec::new();
    let mut path = "/api/records?limit=3&sort=oldest".to_owned();
    loop {
        let answer = scene.client.get(&path);
        let page = answer.done();
        seen.extend(page["items"].as_array().unwrap().iter().map(|record| record["start_date"].to_string()));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/api/records?limit=3&sort=oldest&cursor={next}");
        assert_eq!(answer.header("link"), Some(format!("<{path}>; rel=\"next\"").as_str()));
    }
    assert!(seen.len() == 4 && seen.is_sorted(), "{seen:?}");

    let lines = scene.client.with("Accept", "application/x-ndjson").get("/api/records?sort=oldest").body;
    let line: Json = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert_eq!((lines.lines().count(), line["status"].as_str()), (4, Some("COMPLETED")));
    let table = scene.client.with("Accept", "text/csv").get("/api/records?sort=oldest").body;
    assert!(table.starts_with("id,operation,location,status,start_date,end_date,duration_seconds,"), "{table}");
    assert_eq!(table.lines().count(), 5);
    scene.gateway.stop();
}

#[test]
fn tags_are_found_and_set_and_move_what_reads_them() {
    let scene = Scene::new("http-tags");
    let put = scene.client.put("/api/tags/Line/Speed", &json!({"value": 7.5})).done();
    assert_eq!((&put["value"], put["quality"].as_str()), (&json!(7.5), Some("Good")));
    assert_eq!(scene.client.get("/api/tags/%5Bdefault%5DLine/Fast").done()["value"], true);
    assert_eq!(scene.client.get("/api/tags?filter=fast").done()["items"].as_array().unwrap().len(), 1);
    let paged = scene.client.get("/api/tags?limit=2").done();
    let rest = scene.client.get(&format!("/api/tags?limit=2&cursor={}", paged["next"].as_str().unwrap())).done();
    assert_eq!((rest["items"].as_array().unwrap().len(), &rest["next"]), (1, &Json::Null));
    scene.client.get("/api/tags/Line/Nowhere").refused(404, "NotFound");
    scene.client.put("/api/tags/Line/Nowhere", &json!({"value": 1})).refused(404, "NotFound");
    scene.client.put("/api/tags/Line/Fast", &json!({"value": true})).refused(409, "NotAMemoryTag");
    let unfit = scene.client.put("/api/tags/Line/Speed", &json!({"value": "fast"})).refused(422, "BadField");
    assert_eq!(unfit["field"], "value");
    scene.client.put("/api/tags/Line/Speed", &json!({"value": 1, "unit": "m"})).refused(422, "UnknownField");
    let bad = scene.client.put("/api/tags/Line/Speed", &json!({"value": null, "quality": "Bad_Stale"})).done();
    assert_eq!(bad["quality"], "Bad_Stale");
    scene.gateway.stop();
}

#[test]
fn the_gateway_says_how_it_does() {
    let scene = Scene::new("http-health");
    scene.run(true);
    assert_eq!(scene.client.get("/healthz").done(), json!({"status": "ok"}));
    let ready = json!({"status": "ready", "store": "written", "connections": {"up": 0, "down": 0}});
    assert_eq!(scene.client.get("/readyz").done(), ready);
    let metrics = until("an open record among the metrics", || {
        let text = scene.client.get("/metrics").body;
        text.contains("latchwork_open_records 1\n").then_some(text)
    });
    for line in [
        "# TYPE latchwork_scan_duration_seconds histogram",
        "latchwork_store_up 1",
        "latchwork_http_requests_total{path=\"/healthz\",method=\"GET\",status=\"2xx\"} 1",
    ] {
        assert!(metrics.lines().any(|other| other == line), "{line} in {metrics}");
    }
    let page = scene.client.get("/docs");
    assert!(
        page.body.contains("<h2>POST /event</h2>") && page.header("content-type") == Some("text/html; charset=utf-8")
    );
    assert!(page.header("content-security-policy").unwrap().starts_with("default-src 'none'"));
    let explained = scene.client.get("/api/explain?operation=Filling&format=text");
    assert!(explained.status == 200 && explained.body.contains("Filling"), "{explained:?}");
    let document = scene.client.get("/api/openapi.json").done();
    let told = &document["paths"]["/api/explain"]["get"]["responses"]["200"]["content"];
    let kind = explained.header("content-type").unwrap().split(';').next().unwrap();
    assert_eq!(told[kind]["schema"]["type"], "string", "{told}");
    assert!(scene.client.get("/api/explain?operation=Filling").done().is_object());
    scene.client.get("/api/explain?operation=Nothing").refused(404, "NotFound");
    scene.client.get("/api/explain").refused(422, "BadParameter");
    scene.gateway.stop();
}
