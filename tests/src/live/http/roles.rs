//! Every route × every role × no token, a wrong one, an expired one. The routes and their roles are those that the OpenAPI
//! document tells, which is made of the very table that requests find their way by.

use serde_json::{Value as Json, json};

use super::client::{Answer, Client};
use super::scene::Scene;

const ROLES: [&str; 3] = ["viewer", "operator", "admin"];

/// A route as the document tells it.
struct Route {
    method: String,
    path: String,
    /// The least role; `None` is everybody.
    role: Option<String>,
    takes: bool,
}

fn routes(document: &Json) -> Vec<Route> {
    let paths = document["paths"].as_object().unwrap().iter();
    let routes = paths.flat_map(|(path, operations)| {
        operations.as_object().unwrap().iter().map(move |(method, operation)| Route {
            method: method.to_ascii_uppercase(),
            path: path.replace("{path}", "Line/Speed").replace(['{', '}'], ""),
            role: operation["x-role"].as_str().map(str::to_owned),
            takes: operation["requestBody"].is_object(),
        })
    });
    routes.collect()
}

/// Asks for a route with nothing that it could do.
fn ask(client: &Client, route: &Route) -> Answer {
    if route.path == "/api/stream" {
        // Only whether it begins is of interest: it does not end.
        return match client.stream("/api/stream?kinds=events") {
            Ok(_) => Answer { status: 200, headers: Vec::new(), body: String::new() },
            Err(refused) => refused,
        };
    }
    client.send(&route.method, &route.path, if route.takes { "{}" } else { "" })
}

#[test]
fn each_route_is_for_its_roles_and_for_nobody_else() {
    let scene = Scene::with_tokens("http-roles", "requests_per_second = 100000");
    let routes = routes(&scene.client.get("/api/openapi.json").done());
    assert!(routes.len() > 20);
    let mut asked = 0;
    for route in &routes {
        let told = format!("{} {}", route.method, route.path);
        let is_refused = |answer: &Answer| matches!(answer.status, 401 | 403);
        for stranger in ["", "expired"] {
            let client = if stranger.is_empty() { scene.client.clone() } else { scene.who(stranger) };
            let answer = ask(&client, route);
            assert_eq!(answer.status == 401, route.role.is_some(), "{told} as `{stranger}`: {answer:?}");
            asked += 1;
        }
        for (rank, role) in ROLES.iter().enumerate() {
            let least = route.role.as_ref().map_or(0, |least| ROLES.iter().position(|other| other == least).unwrap());
            let answer = ask(&scene.who(role), route);
            assert_eq!(is_refused(&answer), rank < least, "{told} as {role}: {answer:?}");
            assert!(answer.status < 500, "{told} as {role}: {answer:?}");
            asked += 1;
        }
        // A right token between them, so that nobody is locked out.
        let answer = ask(&scene.who("nobody's"), route);
        assert_eq!(answer.status == 401, route.role.is_some(), "{told} with a wrong token: {answer:?}");
        scene.who("viewer").get("/api/connections").done();
        asked += 1;
    }
    assert_eq!(asked, routes.len() * 6);
    scene.gateway.stop();
}

#[test]
fn an_event_asks_for_the_role_of_its_type() {
    let scene = Scene::with_tokens("http-event-roles", "");
    let start = json!({"event_type": "OPERATION_START", "info": {"operation": "Cleaning"}});
    scene.who("viewer").post("/event", &start).refused(403, "RoleTooLow");
    let record = scene.who("operator").post("/event", &start).done()["record"]["id"].clone();
    let split = json!({"event_type": "OPERATION_SPLIT", "info": {"record": record, "at": "2020-01-01T00:00:00Z"}});
    let refused = scene.who("operator").post("/event", &split).refused(403, "RoleTooLow");
    assert_eq!(refused["role"], "admin");
    scene.who("admin").post("/event", &split).refused(422, "TimeBeforePrevious");
    scene.gateway.stop();
}

#[test]
fn who_did_it_is_the_token_or_whom_an_operator_names() {
    let scene = Scene::with_tokens("http-actors", "");
    let event = |kind: &str| json!({"event_type": kind, "info": {"operation": "Cleaning"}});
    scene.who("operator").post("/event", &event("OPERATION_START")).done();
    let anna = scene.who("operator").with("Latchwork-Actor", "Anna");
    anna.post("/event", &event("OPERATION_STOP")).done();
    let admin = scene.who("admin").with("Latchwork-Actor", "Anna");
    admin.post("/event", &event("OPERATION_START")).refused(403, "ActorNotTaken");
    let events = scene.who("viewer").get("/api/events?sort=oldest").done();
    let actor = |kind: &str| {
        let mut found = events["items"].as_array().unwrap().iter().filter(|event| event["event_type"] == kind);
        found.next().unwrap()["actor"].clone()
    };
    assert_eq!((actor("operation.started"), actor("operation.stopped")), (json!("operator"), json!("Anna")));
    scene.gateway.stop();
}

#[test]
fn who_guesses_tokens_waits() {
    let scene = Scene::with_tokens("http-lockout", "");
    for _ in 0..6 {
        scene.who("guessed").get("/api/tags").refused(401, "TokenWrong");
    }
    let locked = scene.who("viewer").get("/api/tags");
    locked.refused(429, "LockedOut");
    assert!(locked.header("retry-after").is_some());
    scene.gateway.stop();
}

#[test]
fn a_token_asks_only_so_often() {
    let scene = Scene::with_tokens("http-rate", "requests_per_second = 1");
    let answers: Vec<u16> = (0..4).map(|_| scene.who("viewer").get("/api/connections").status).collect();
    assert_eq!(answers[..2], [200, 200]);
    assert!(answers.contains(&429), "{answers:?}");
    scene.who("admin").get("/api/connections").done();
    scene.gateway.stop();
}
