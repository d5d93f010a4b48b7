//! Jobs over HTTP: made, shown, driven (`spec/jobs.md` section 5). What is asked of them goes through the loop, where many
//! requests are one transaction.

use hyper::StatusCode;
use latchwork_engine::jobs::{JobCommand, JobError, JobState, JobVerb, NewJob};
use latchwork_expr::{instant_of, instant_text};
use latchwork_store::jobs::{JobFilter, JobWish, JobWork, StoredJob, WorkFilter};
use latchwork_store::listing::{Listing, Object};
use serde_json::{Value as Json, json};
use ulid::Ulid;

use super::answer;
use super::asked::Asked;
use super::body::Answer;
use super::lists::{self, CURSOR, LIMIT, page, told};
use super::problem::{Outcome, Problem};
use super::route::{Kind, Parameter};
use super::site::exchange;
use crate::live::JobRequest;

pub(super) const JOBS: &[Parameter] = &[
    Parameter {
        name: "state",
        kind: Kind::Word(&["pending", "running", "paused", "queued", "completed", "failed", "cancelled"]),
        about: "how the job stands",
    },
    Parameter { name: "station", kind: Kind::Name, about: "where parts of it are: a path or id" },
    Parameter { name: "production_order", kind: Kind::Name, about: "its name or id" },
    Parameter { name: "order", kind: Kind::Name, about: "the same" },
    Parameter { name: "assigned_to", kind: Kind::Name, about: "whose it is" },
    Parameter { name: "assignee", kind: Kind::Name, about: "the same" },
    LIMIT,
    CURSOR,
];

pub(super) const BATCHES: &[Parameter] = &[
    Parameter { name: "job", kind: Kind::Name, about: "the id of its job" },
    Parameter { name: "station", kind: Kind::Name, about: "where it is: a path or id" },
    LIMIT,
    CURSOR,
];

pub(super) const SESSIONS: &[Parameter] = &[
    Parameter { name: "job", kind: Kind::Name, about: "the id of its job" },
    Parameter { name: "operator", kind: Kind::Name, about: "who worked" },
    LIMIT,
    CURSOR,
];

pub(super) const QUEUE: &[Parameter] = &[LIMIT];

/// The members of a job, a batch and a work session, for tables.
const JOB_NAMES: [&str; 20] = [
    "id",
    "state",
    "production_order",
    "quantity",
    "good_parts",
    "scrap_parts",
    "lost_parts",
    "in_process_parts",
    "finished_parts",
    "assigned_to",
    "active",
    "active_batch_key",
    "active_batch_qt",
    "created_at",
    "started_at",
    "completed_at",
    "last_online",
    "last_work_session_started",
    "retry_of",
    "legs",
];
const BATCH_NAMES: [&str; 10] = [
    "id",
    "job_id",
    "leg_id",
    "station",
    "quantity",
    "created_at",
    "created_by",
    "completed_at",
    "completed_by",
    "batch_serials",
];
const SESSION_NAMES: [&str; 7] = ["id", "job_id", "leg_id", "station", "operator", "started_at", "ended_at"];

/// Lists jobs.
pub(super) async fn list(asked: Asked) -> Outcome<Answer> {
    let text = |name: &str| asked.query.text(name).map(str::to_owned);
    let state = asked.query.text("state");
    let filter = JobFilter {
        state: state.and_then(|word| JobState::ALL.iter().copied().find(|state| state.name() == word)),
        station: text("station"),
        production_order: lists::order(&asked).map(str::to_owned),
        assigned_to: text("assigned_to").or_else(|| text("assignee")),
    };
    let jobs = asked.site.store().jobs(&filter, &page(&asked)).await?;
    Ok(told(&asked, &JOB_NAMES, jobs.map(|job| members(view(&job)))))
}

/// Shows one job.
pub(super) async fn show(asked: Asked) -> Outcome<Answer> {
    Ok(answer::json(&view(&find(&asked).await?)))
}

/// Makes a job.
pub(super) async fn create(asked: Asked) -> Outcome<Answer> {
    let new = NewJob::from_json(&asked.json()?)?;
    transact(&asked, JobWish::Create(new), None).await
}

/// Gives a job up.
pub(super) async fn cancel(asked: Asked) -> Outcome<Answer> {
    let job = id(&asked)?;
    command(&asked, JobVerb::Cancel, &json!({"job_key": job.to_string()}), None).await
}

/// Does to a job what an event says.
pub(super) async fn command(asked: &Asked, verb: JobVerb, info: &Json, occurred: Option<&str>) -> Outcome<Answer> {
    let command = JobCommand::from_json(verb, info)?;
    transact(asked, JobWish::Command(command), occurred).await
}

/// Has the loop do something to jobs; answered once that is durable.
async fn transact(asked: &Asked, wish: JobWish, occurred: Option<&str>) -> Outcome<Answer> {
    let at = occurred.map(|text| {
        let at = instant_of(text);
        at.ok_or_else(|| {
            Problem::unfit("BadInfo", "occurred_at", "`occurred_at` must be a time such as 2026-03-02T06:00:00Z")
        })
    });
    let work = JobWork { asker: asked.asker()?, occurred_at: at.transpose()?, wish };
    let done = exchange(&asked.site.means.doors.jobs, |answer| JobRequest { work, answer }).await?;
    let status = StatusCode::from_u16(done.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if status.is_success() {
        return Ok(answer::with_status(status, &done.body));
    }
    let mut body = done.body;
    body["status"] = done.status.into();
    Err(Problem::of_answer(body))
}

/// Lists batches.
pub(super) async fn batches(asked: Asked) -> Outcome<Answer> {
    let filter =
        WorkFilter { job: job(&asked)?, station: asked.query.text("station").map(str::to_owned), operator: None };
    let batches = asked.site.store().batches(&filter, &page(&asked)).await?;
    Ok(told(&asked, &BATCH_NAMES, batches))
}

/// Lists work sessions.
pub(super) async fn work_sessions(asked: Asked) -> Outcome<Answer> {
    let operator = asked.query.text("operator").map(str::to_owned);
    let sessions = WorkFilter { job: job(&asked)?, station: None, operator };
    let sessions = asked.site.store().work_sessions(&sessions, &page(&asked)).await?;
    Ok(told(&asked, &SESSION_NAMES, sessions))
}

/// Shows what an operator is to do.
pub(super) async fn queue(asked: Asked) -> Outcome<Answer> {
    let queued = asked.site.store().queue(asked.value(), page(&asked).rows_max).await?;
    let items = queued
        .into_iter()
        .map(|(entry, job)| members(json!({"added_at": instant_text(entry.added_at), "job": view(&job)})));
    Ok(told(&asked, &["added_at", "job"], Listing { items: items.collect(), next: None }))
}

/// Returns the job that the path names.
pub(super) async fn find(asked: &Asked) -> Outcome<StoredJob> {
    let job = asked.site.store().job(id(asked)?).await?;
    job.ok_or_else(|| no_job(asked.value()))
}

/// Returns what is told of a job.
pub(super) fn view(job: &StoredJob) -> Json {
    json!(job.view())
}

fn id(asked: &Asked) -> Outcome<Ulid> {
    Ulid::from_string(asked.value()).map_err(|_| no_job(asked.value()))
}

fn no_job(id: &str) -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "JobNotFoundError", format!("there is no job `{id}`"))
}

/// Returns the job whose batches or work sessions are asked for.
fn job(asked: &Asked) -> Outcome<Option<Ulid>> {
    let wrong = |_| Problem::unfit("BadParameter", "job", "`job` must be the id of a job");
    asked.query.text("job").map(Ulid::from_string).transpose().map_err(wrong)
}

fn members(json: Json) -> Object {
    match json {
        Json::Object(members) => members,
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Array(_) => Object::new(),
    }
}

impl From<JobError> for Problem {
    fn from(error: JobError) -> Self {
        let JobError { kind, text, field, more } = error;
        let status = StatusCode::from_u16(kind.status()).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY);
        let mut problem = Self::new(status, kind.name(), text);
        problem.more = more;
        match field {
            Some(field) => problem.with("field", field),
            None => problem,
        }
    }
}
