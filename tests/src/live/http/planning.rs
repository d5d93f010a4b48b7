//! Orders and the schedule over HTTP: put, planned, removed; over restarts, reloads and replays; on both databases.

use latchwork_cluster::Cluster;
use serde_json::{Value as Json, json};

use super::super::black_box;
use super::super::folder::Folder;
use super::super::gateway::Gateway;
use super::super::plant::Plant;
use super::super::port::free_port;
use super::client::Client;

/// A gateway with an operation that takes its orders from the schedule.
struct Office {
    folder: Folder,
    port: u16,
    client: Client,
    database: Option<String>,
}

impl Office {
    fn new(name: &str, gateway: &str, database: Option<&str>) -> Self {
        let (folder, port) = (Folder::new(name), free_port());
        let office = Self { folder, port, client: Client::new(port), database: database.map(str::to_owned) };
        office.configure(gateway, "");
        office
    }

    fn configure(&self, gateway: &str, more: &str) {
        let plant = Plant::of_gateway(gateway)
            .and("[[tags]]\npath = \"Run\"\ntype = \"bool\"\ninitial = false")
            .and("[[locations]]\npath = \"Line\"")
            .operation("Filling", "{Run}")
            .and("production_order_resolution_strategy = \"SCHEDULE\"\nauto_add_to_schedule = false")
            .and("[[production_orders]]\nname = \"PO-1\"\nquantity = 12")
            .and(
                "[[schedule]]\noperation = \"Filling\"\nproduction_order = \"PO-1\"\nstart_date = 2020-01-01T00:00:00Z",
            )
            .and(&format!("[http]\nbind = \"127.0.0.1:{}\"\n{more}", self.port));
        self.folder.configure(&match &self.database {
            Some(url) => plant.store(url),
            None => plant,
        });
    }

    fn start(&self) -> Gateway {
        Gateway::start(&self.folder)
    }

    fn list(&self, path: &str) -> Vec<Json> {
        self.client.get(path).done()["items"].as_array().unwrap().clone()
    }

    /// Runs once; returns the order of the run.
    fn run(&self) -> Json {
        self.client.put("/api/tags/Run", &json!({"value": true})).done();
        let order = self.list("/api/records?limit=1")[0]["production_order"].clone();
        self.client.put("/api/tags/Run", &json!({"value": false})).done();
        order
    }
}

fn orders_and_schedule(name: &str, database: Option<&str>) {
    let office = Office::new(name, "gw-office", database);
    let gateway = office.start();
    an_order_is_put(&office);
    the_schedule_is_planned(&office);
    refusals_change_nothing(&office);
    let before = (office.list("/api/production-orders"), office.list("/api/schedule"));
    gateway.stop();
    // What is there wins over the configuration, which still has the removed entry and another quantity.
    let gateway = office.start();
    assert_eq!((office.list("/api/production-orders"), office.list("/api/schedule")), before);
    assert_eq!(office.run(), "PO-2");
    office.configure("gw-office", "[[materials]]\nname = \"Cap\"");
    office.client.post("/api/reload", &Json::Null).done();
    assert_eq!(office.run(), "PO-2");
    gateway.stop();
}

fn an_order_is_put(office: &Office) {
    let anna = office.client.with("Latchwork-Actor", "Anna");
    let path = "/api/production-orders/PO-2";
    let made = anna.put(path, &json!({"quantity": 30, "due_date": "2036-01-01T00:00:00Z", "location": "Line"})).done();
    assert_eq!((&made["name"], &made["status"], &made["quantity"]), (&json!("PO-2"), &json!("IDLE"), &json!(30.0)));
    let ben = office.client.with("Latchwork-Actor", "Ben");
    ben.put(path, &json!({"quantity": 31, "schedule_priority": "HIGH", "status": "SCHEDULED"})).done();
    let row = office.client.get(path).done();
    assert_eq!(row["id"], made["id"]);
    let shown = ["quantity", "status", "due_date", "schedule_priority", "location_id", "created_by", "modified_by"];
    let shown: Json = shown.iter().map(|key| row[key].clone()).collect();
    let wanted = json!([31.0, "SCHEDULED", "2036-01-01T00:00:00.000000Z", "HIGH", made["location_id"], "Anna", "Ben",]);
    assert_eq!(shown, wanted);
    // What the configuration has stays changed, and the same key does nothing again.
    let keyed = office.client.with("Idempotency-Key", "one");
    let put = || keyed.put("/api/production-orders/PO-1", &json!({"quantity": 99})).done();
    assert_eq!(put(), put());
    assert_eq!(office.list("/api/events?event_type=production_order.updated").len(), 2);
}

fn the_schedule_is_planned(office: &Office) {
    let planned = office.list("/api/schedule")[0]["id"].clone();
    let path = format!("/api/schedule/{}", planned.as_str().unwrap());
    let removed = office.client.send("DELETE", &path, "").done();
    assert_eq!((&removed["id"], &removed["status"]), (&planned, &json!("CANCELLED")));
    office.client.send("DELETE", &path, "").refused(404, "NotFound");
    assert_eq!(office.list("/api/schedule"), [] as [Json; 0]);
    assert_eq!(office.list("/api/schedule?status=CANCELLED").len(), 1);
    let entry = json!({"operation": "Filling", "production_order": "PO-2", "start_date": "2020-01-01T00:00:00Z",
        "end_date": "2036-01-01T00:00:00Z", "priority": "URGENT", "quantity": 5});
    let keyed = office.client.with("Idempotency-Key", "two").with("Latchwork-Actor", "Anna");
    let added = keyed.post("/api/schedule", &entry);
    assert_eq!((added.status, added.json()), (201, keyed.post("/api/schedule", &entry).json()));
    let rows = office.list("/api/schedule");
    assert_eq!((rows.len(), &rows[0]["id"], &rows[0]["created_by"]), (1, &added.json()["id"], &json!("Anna")));
    assert_eq!(rows[0]["production_order_id"], office.client.get("/api/production-orders/PO-2").done()["id"]);
    // A run takes it up: it is not removed under it.
    office.client.put("/api/tags/Run", &json!({"value": true})).done();
    let path = format!("/api/schedule/{}", added.json()["id"].as_str().unwrap());
    let refused = office.client.send("DELETE", &path, "").refused(409, "StateConflict");
    assert_eq!(refused["record_id"], office.list("/api/records?limit=1")[0]["id"]);
    office.client.put("/api/tags/Run", &json!({"value": false})).done();
}

fn refusals_change_nothing(office: &Office) {
    let put = |body: Json| office.client.put("/api/production-orders/PO-3", &body);
    assert_eq!(put(json!({"quantity": -1})).refused(422, "BadField")["field"], "quantity");
    assert_eq!(put(json!({"quantitty": 1})).refused(422, "UnknownField")["field"], "quantitty");
    assert_eq!(put(json!({"due_date": "soon"})).refused(422, "BadField")["field"], "due_date");
    put(json!([])).refused(422, "BadField");
    put(json!({"material": "Cork"})).refused(404, "NotFound");
    office.client.get("/api/production-orders/PO-3").refused(404, "NotFound");
    let post = |body: Json| office.client.post("/api/schedule", &body);
    assert_eq!(post(json!({"operation": "Filling"})).refused(422, "BadField")["field"], "start_date");
    let at = "2036-01-01T00:00:00Z";
    post(json!({"operation": "Flying", "start_date": at})).refused(404, "NotFound");
    post(json!({"operation": "Filling", "start_date": at, "end_date": at})).refused(422, "TimeBeforePrevious");
    office.client.send("DELETE", "/api/schedule/nothing", "").refused(404, "NotFound");
    // Routes of their own: they are no events.
    let event = json!({"event_type": "PRODUCTION_ORDER_PUT", "info": {"production_order": "PO-3"}});
    office.client.post("/event", &event).refused(404, "UnknownEventType");
    // What is final stays, whether the engine still knows it or not.
    office.client.put("/api/production-orders/PO-4", &json!({"status": "CLOSED"})).done();
    office.client.put("/api/production-orders/PO-4", &json!({"quantity": 5})).refused(409, "OrderFinal");
    let audit = "SELECT count(*) FROM audit WHERE action = 'PRODUCTION_ORDER_PUT' AND status = 409";
    if office.database.is_none() {
        assert_eq!(office.folder.ledger().number(audit), 1);
    }
}

#[test]
fn orders_are_put_and_runs_planned_in_a_file() {
    orders_and_schedule("http-planning-file", None);
}

#[test]
fn orders_are_put_and_runs_planned_on_a_server() {
    let cluster = Cluster::start("");
    orders_and_schedule("http-planning-server", Some(&cluster.database()));
}

#[test]
fn what_is_over_is_known_where_a_configuration_names_it_anew() {
    let office = Office::new("http-planning-over", "gw-over", None);
    let gateway = office.start();
    office.client.put("/api/production-orders/PO-5", &json!({"status": "CLOSED"})).done();
    gateway.stop();
    // It is over, and nothing names it: the engine starts without it.
    let gateway = office.start();
    office.client.put("/api/production-orders/PO-5", &json!({"quantity": 5})).refused(409, "OrderFinal");
    gateway.stop();
    let gateway = office.start();
    office.configure("gw-over", "[[production_orders]]\nname = \"PO-5\"");
    office.client.post("/api/reload", &Json::Null).done();
    office.client.put("/api/production-orders/PO-5", &json!({"quantity": 5})).refused(409, "OrderFinal");
    assert_eq!(office.client.get("/api/production-orders/PO-5").done()["status"], "CLOSED");
    gateway.stop();
}

#[test]
fn what_was_planned_is_in_the_black_box() {
    let office = Office::new("http-planning-box", "gw-box", None);
    let gateway = black_box::start(&office.folder);
    office.client.put("/api/production-orders/PO-5", &json!({"status": "CLOSED", "notes": "done"})).done();
    let planned = office.list("/api/schedule")[0]["id"].clone();
    office.client.send("DELETE", &format!("/api/schedule/{}", planned.as_str().unwrap()), "").done();
    let entry =
        json!({"operation": "Filling", "start_date": "2020-01-01T00:00:00Z", "end_date": "2036-01-01T00:00:00Z"});
    office.client.post("/api/schedule", &entry).done();
    assert_eq!(office.run(), Json::Null);
    gateway.stop();
    // The order that is over comes back with the configuration that names it: a replay knows that too.
    let gateway = black_box::start(&office.folder);
    office.configure("gw-box", "[[production_orders]]\nname = \"PO-5\"");
    office.client.post("/api/reload", &Json::Null).done();
    office.client.put("/api/production-orders/PO-5", &json!({"quantity": 5})).refused(409, "OrderFinal");
    assert_eq!(office.run(), Json::Null);
    gateway.stop();
    let live = black_box::told(&office.folder.ledger());
    assert!(live.iter().any(|line| line.contains("\"production_order.final\"")), "{live:#?}");
    assert_eq!(black_box::replay(&office.folder), live.concat());
}

#[test]
fn each_gateway_on_a_server_plans_for_itself_and_jobs_take_any_order() {
    let cluster = Cluster::start("");
    let url = cluster.database();
    let first = Office::new("http-planning-first", "gw-1", Some(&url));
    let second = Office::new("http-planning-second", "gw-2", Some(&url));
    let (one, two) = (first.start(), second.start());
    first.client.put("/api/production-orders/PO-7", &json!({"quantity": 3})).done();
    first.client.put("/api/production-orders/PO-1", &json!({"quantity": 50})).done();
    second.client.get("/api/production-orders/PO-7").refused(404, "NotFound");
    assert_eq!(second.client.get("/api/production-orders/PO-1").done()["quantity"], 12.0);
    let entry = json!({"operation": "Filling", "start_date": "2036-01-01T00:00:00Z"});
    let added = first.client.post("/api/schedule", &entry).done();
    let path = format!("/api/schedule/{}", added["id"].as_str().unwrap());
    second.client.send("DELETE", &path, "").refused(404, "NotFound");
    assert_eq!((first.list("/api/schedule").len(), second.list("/api/schedule").len()), (2, 1));
    // Jobs belong to the plant: one at the second gateway names the order that only the first one knows.
    let job = json!({"quantity": 3, "station": "Line", "production_order": "PO-7"});
    assert_eq!(second.client.post("/api/jobs", &job).status, 202);
    one.stop();
    two.stop();
}
