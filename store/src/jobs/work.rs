//! A request of jobs, decided on locked rows.

use latchwork_engine::Plant;
use latchwork_engine::jobs::{
    Actor, Changes, JobCommand, JobError, JobErrorKind, Named, NewJob, Scene, create, decide,
};
use latchwork_expr::Timestamp;
use serde_json::{Value as Json, json};
use ulid::Ulid;

use super::locked::Locked;
use super::mint::Mint;
use super::request::{Answer, Asker, Audit};

/// What is recorded of a request that makes a job.
const CREATION: &str = "JOB_CREATED";

/// Something that is asked of jobs.
#[derive(Clone, Debug, PartialEq)]
pub struct JobWork {
    /// Who asks.
    pub asker: Asker,
    /// When it happened, if it was not just now.
    pub occurred_at: Option<Timestamp>,
    /// What is asked.
    pub wish: JobWish,
}

/// What is asked of jobs.
#[derive(Clone, Debug, PartialEq)]
pub enum JobWish {
    /// A new job.
    Create(NewJob),
    /// Something of a job that is there.
    Command(JobCommand),
}

/// What works are decided with.
pub(crate) struct Workshop<'a> {
    pub(crate) plant: &'a Plant,
    pub(crate) mint: Mint,
    /// Now.
    pub(crate) at: Timestamp,
}

impl JobWork {
    /// Returns the jobs whose rows are read for it.
    pub(super) fn jobs(&self) -> Option<Ulid> {
        match &self.wish {
            JobWish::Create(new) => new.retry_of,
            JobWish::Command(command) => Some(command.job),
        }
    }

    /// Returns the order that it names.
    pub(super) fn order(&self) -> Option<&str> {
        match &self.wish {
            JobWish::Create(new) => new.production_order.as_deref(),
            JobWish::Command(_) => None,
        }
    }

    /// Does what is asked to the locked rows, or nothing at all.
    pub(crate) fn decide(&self, locked: &mut Locked, workshop: &mut Workshop<'_>) -> Audit {
        let (answer, target, event) = match self.changes(locked, workshop) {
            Ok(changes) => {
                locked.take(&changes);
                let event = changes.events.first().map(|event| event.id);
                (self.accepted(&changes, event), Some(changes.job.id), event)
            }
            Err(error) => (refused(&error), self.jobs(), None),
        };
        let action = self.action().to_owned();
        Audit { asker: self.asker.clone(), action, target: target.map(|id| id.to_string()), answer, event }
    }

    fn action(&self) -> &'static str {
        match &self.wish {
            JobWish::Create(_) => CREATION,
            JobWish::Command(command) => command.verb().name(),
        }
    }

    fn changes(&self, locked: &Locked, workshop: &mut Workshop<'_>) -> Result<Changes, JobError> {
        let now = workshop.at;
        if self.occurred_at.is_some_and(|at| at > now) {
            return Err(JobError::bad_info("occurred_at", "`occurred_at` is in the future"));
        }
        let Workshop { plant, mint, .. } = workshop;
        let scene = Scene {
            stations: &plant.stations,
            settings: plant.jobs,
            at: self.occurred_at.unwrap_or(now),
            actor: Actor::Person(self.asker.actor.clone()),
            mint: &mut || mint.next(),
        };
        match &self.wish {
            JobWish::Create(new) => create(new, named(new, locked), scene),
            JobWish::Command(command) => {
                let rows = locked.rows(command.job).ok_or(JobErrorKind::JobNotFound)?;
                decide(command, rows, scene)
            }
        }
    }

    fn accepted(&self, changes: &Changes, event: Option<Ulid>) -> Answer {
        let job = json!(changes.view());
        match &self.wish {
            JobWish::Create(_) => Answer { status: 202, body: job },
            JobWish::Command(_) => {
                let mut body = json!({"event_id": event.map(|id| id.to_string()), "job": job});
                if !changes.destinations.is_empty() {
                    body["destinations"] = json!(changes.destinations);
                }
                Answer { status: 200, body }
            }
        }
    }
}

/// Returns what the store has of what a new job names.
fn named(new: &NewJob, locked: &Locked) -> Named {
    Named {
        order: new.production_order.as_deref().and_then(|name| locked.order(name)),
        retried: new.retry_of.and_then(|job| locked.state(job)),
    }
}

fn refused(error: &JobError) -> Answer {
    let Answer { status, mut body } = Answer::refusal(error.kind.status(), error.kind.name(), &error.text);
    if let Some(field) = &error.field {
        body["field"] = field.as_str().into();
    }
    for (name, value) in &*error.more {
        body[name.as_str()] = Json::clone(value);
    }
    Answer { status, body }
}
