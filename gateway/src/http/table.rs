//! The table of routes: the one place that says what there is. Requests find their way by it, roles are held against it, and
//! the OpenAPI document is made of it.

use std::future::ready;

use latchwork_config::Role;
use latchwork_engine::Command;
use latchwork_engine::jobs::NewJob;

use super::answer::TEXT;
use super::docs_page::{self, CSS, HTML};
use super::metrics::{self, KIND};
use super::route::{Access, Gives, Kind, Parameter, Route, Verb};
use super::{event, health, job_stream, jobs, openapi, planning, reads, records, schema, streams, writes};

const PUBLIC: Access = Access::Public;
const VIEWER: Access = Access::From(Role::Viewer);
const OPERATOR: Access = Access::From(Role::Operator);
const ADMIN: Access = Access::From(Role::Admin);

const STREAM: &[Parameter] = &[
    Parameter {
        name: "kinds",
        kind: Kind::Text,
        about: "of events, records, operations, tags, with commas; all if not given",
    },
    Parameter { name: "tags", kind: Kind::Text, about: "only paths that have this in them; `*` stands for anything" },
    Parameter {
        name: "cursor",
        kind: Kind::Name,
        about: "the last event that was seen, as the header `Last-Event-ID`",
    },
];

/// Returns a route that shows something.
const fn get(path: &'static str, name: &'static str, about: &'static str) -> Route {
    Route {
        verb: Verb::Get,
        path,
        access: VIEWER,
        name,
        about,
        parameters: &[],
        takes: None,
        status: 200,
        gives: Gives::Json(schema::any_object),
        also_503: None,
        handler: |_| Box::pin(ready(Ok(health::healthz()))),
    }
}

/// Every route.
pub(super) const ROUTES: &[Route] = &[
    Route {
        parameters: reads::TAGS,
        gives: Gives::List(|| schema::refer("tag")),
        handler: |asked| Box::pin(reads::tags(asked)),
        ..get("/api/tags", "list_tags", "Shows what tags are.")
    },
    Route {
        gives: Gives::Json(|| schema::refer("tag")),
        handler: |asked| Box::pin(reads::tag(asked)),
        ..get("/api/tags/{*path}", "show_tag", "Shows what one tag is.")
    },
    Route {
        verb: Verb::Put,
        access: OPERATOR,
        takes: Some(schema::new_value),
        gives: Gives::Json(|| schema::refer("tag")),
        handler: |asked| Box::pin(reads::put_tag(asked)),
        ..get("/api/tags/{*path}", "put_tag", "Gives a memory tag a value.")
    },
    Route {
        parameters: reads::OPERATIONS,
        gives: Gives::List(|| schema::refer("operation")),
        handler: |asked| Box::pin(reads::operations(asked)),
        ..get("/api/operations", "list_operations", "Shows the operations, with what each does now.")
    },
    Route {
        gives: Gives::Json(|| schema::refer("operation")),
        handler: |asked| Box::pin(reads::operation(asked)),
        ..get("/api/operations/{id}", "show_operation", "Shows one operation.")
    },
    Route {
        parameters: records::PARAMETERS,
        gives: Gives::List(|| schema::refer("record")),
        handler: |asked| Box::pin(records::list(asked)),
        ..get("/api/records", "list_records", "Shows the runs.")
    },
    Route {
        gives: Gives::Json(|| schema::refer("record")),
        handler: |asked| Box::pin(records::one(asked)),
        ..get("/api/records/{id}", "show_record", "Shows one run.")
    },
    Route {
        parameters: reads::ORDERS,
        gives: Gives::List(|| schema::refer("production_order")),
        handler: |asked| Box::pin(reads::orders(asked)),
        ..get("/api/production-orders", "list_production_orders", "Shows the production orders.")
    },
    Route {
        gives: Gives::Json(|| schema::refer("production_order")),
        handler: |asked| Box::pin(reads::order(asked)),
        ..get("/api/production-orders/{name}", "show_production_order", "Shows the production order of a name.")
    },
    Route {
        verb: Verb::Put,
        access: ADMIN,
        takes: Some(Command::order_schema),
        gives: Gives::Json(planning::order_done),
        handler: |asked| Box::pin(planning::put_order(asked)),
        ..get(
            "/api/production-orders/{name}",
            "put_production_order",
            "Creates the production order of a name, or changes it: what is not given stays, null empties.",
        )
    },
    Route {
        parameters: reads::SCHEDULE,
        gives: Gives::List(|| schema::refer("schedule_entry")),
        handler: |asked| Box::pin(reads::schedule(asked)),
        ..get("/api/schedule", "list_schedule", "Shows the entries of the schedule.")
    },
    Route {
        verb: Verb::Post,
        access: ADMIN,
        takes: Some(Command::entry_schema),
        status: 201,
        gives: Gives::Json(planning::entry_done),
        handler: |asked| Box::pin(planning::add_entry(asked)),
        ..get("/api/schedule", "add_schedule_entry", "Adds an entry to the schedule.")
    },
    Route {
        verb: Verb::Delete,
        access: ADMIN,
        gives: Gives::Json(planning::entry_done),
        handler: |asked| Box::pin(planning::remove_entry(asked)),
        ..get("/api/schedule/{id}", "remove_schedule_entry", "Removes an entry that does not run and is not done.")
    },
    Route {
        parameters: reads::EVENTS,
        gives: Gives::List(|| schema::refer("event")),
        handler: |asked| Box::pin(reads::events(asked)),
        ..get("/api/events", "list_events", "Shows what happened, as it is published.")
    },
    Route {
        gives: Gives::List(|| schema::refer("connection")),
        handler: |asked| Box::pin(reads::connections(asked)),
        ..get("/api/connections", "list_connections", "Shows how the connections stand, and what they counted.")
    },
    Route {
        parameters: reads::EXPLAIN,
        gives: Gives::JsonOrText(schema::any_object, TEXT),
        handler: |asked| Box::pin(reads::explain(asked)),
        ..get("/api/explain", "explain", "Tells why an operation does what it does.")
    },
    Route {
        parameters: STREAM,
        gives: Gives::Stream,
        handler: |asked| Box::pin(ready(streams::open(&asked))),
        ..get("/api/stream", "stream", "Tells events, records, operations and tags as they change.")
    },
    Route {
        parameters: jobs::JOBS,
        gives: Gives::List(|| schema::refer("job")),
        handler: |asked| Box::pin(jobs::list(asked)),
        ..get("/api/jobs", "list_jobs", "Shows the jobs of the plant.")
    },
    Route {
        verb: Verb::Post,
        access: OPERATOR,
        takes: Some(NewJob::schema),
        status: 202,
        gives: Gives::Json(|| schema::refer("job")),
        handler: |asked| Box::pin(jobs::create(asked)),
        ..get("/api/jobs", "create_job", "Makes a job: one leg at its first station, pending.")
    },
    Route {
        gives: Gives::Json(|| schema::refer("job")),
        handler: |asked| Box::pin(jobs::show(asked)),
        ..get("/api/jobs/{id}", "show_job", "Shows one job.")
    },
    Route {
        verb: Verb::Post,
        access: OPERATOR,
        gives: Gives::Json(schema::job_done),
        handler: |asked| Box::pin(jobs::cancel(asked)),
        ..get("/api/jobs/{id}/cancel", "cancel_job", "Gives a job up.")
    },
    Route {
        parameters: job_stream::PARAMETERS,
        gives: Gives::Stream,
        handler: |asked| Box::pin(job_stream::open(asked)),
        ..get("/api/jobs/{id}/events", "stream_job", "Tells what happens to a job, from its beginning to its end.")
    },
    Route {
        parameters: jobs::BATCHES,
        gives: Gives::List(|| schema::refer("batch")),
        handler: |asked| Box::pin(jobs::batches(asked)),
        ..get("/api/batches", "list_batches", "Shows the batches of jobs.")
    },
    Route {
        parameters: jobs::SESSIONS,
        gives: Gives::List(|| schema::refer("work_session")),
        handler: |asked| Box::pin(jobs::work_sessions(asked)),
        ..get("/api/work-sessions", "list_work_sessions", "Shows who worked when on which job.")
    },
    Route {
        parameters: jobs::QUEUE,
        gives: Gives::List(|| schema::refer("queued_job")),
        handler: |asked| Box::pin(jobs::queue(asked)),
        ..get("/api/queues/{operator}", "show_queue", "Shows what an operator is to do, the longest queued first.")
    },
    Route {
        verb: Verb::Post,
        access: OPERATOR,
        takes: Some(|| schema::refer("posted_event")),
        gives: Gives::Json(schema::done),
        handler: |asked| Box::pin(event::post(asked)),
        ..get(
            "/event",
            "post_event",
            "Takes an event: a command to an operation or a record, or what happened to a job.",
        )
    },
    Route {
        verb: Verb::Post,
        access: ADMIN,
        gives: Gives::Json(schema::reloaded),
        handler: |asked| Box::pin(writes::reload(asked)),
        ..get("/api/reload", "reload", "Has the configuration read again.")
    },
    Route {
        access: PUBLIC,
        gives: Gives::Json(schema::health),
        ..get("/healthz", "healthz", "Says that the process answers.")
    },
    Route {
        access: PUBLIC,
        gives: Gives::Json(schema::readiness),
        also_503: Some(schema::readiness),
        handler: |asked| Box::pin(health::readyz(asked)),
        ..get("/readyz", "readyz", "Says whether the store is written and the connections stand.")
    },
    Route {
        gives: Gives::Text(KIND),
        handler: |asked| Box::pin(metrics::metrics(asked)),
        ..get("/metrics", "metrics", "Shows numbers for Prometheus.")
    },
    Route {
        access: PUBLIC,
        handler: |_| Box::pin(ready(Ok(openapi::document()))),
        ..get("/api/openapi.json", "openapi", "Shows the OpenAPI document.")
    },
    Route {
        access: PUBLIC,
        gives: Gives::Text(HTML),
        handler: |_| Box::pin(ready(Ok(docs_page::page()))),
        ..get("/docs", "docs", "Shows the document as a page.")
    },
    Route {
        access: PUBLIC,
        gives: Gives::Text(CSS),
        handler: |_| Box::pin(ready(Ok(docs_page::style()))),
        ..get("/docs/style.css", "docs_style", "Shows how the page looks.")
    },
];
