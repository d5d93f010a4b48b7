//! Requests of jobs: what is there between two turns is one transaction, and each is answered once that is durable.
//!
//! Jobs are in the store only, so these are no scans: the engine never hears of them.

use latchwork_engine::jobs::{JobCommand, JobError, JobVerb, NewJob};
use latchwork_expr::{Text, instant_of};
use latchwork_store::jobs::{Answer, Asker, Door, JobWish, JobWork};
use latchwork_store::limits::WORKS_AT_ONCE_MAX;
use serde_json::Value as Json;
use tokio::sync::{mpsc, oneshot};

use super::gateway::{Gateway, ended};
use crate::exit::Failure;

/// The type of event by which the socket is asked for a new job.
const CREATE: &str = "JOB_CREATED";

/// A request of jobs, and who waits for its answer.
#[derive(Debug)]
pub struct JobRequest {
    /// What is asked.
    pub work: JobWork,
    /// Where the answer goes. Nothing comes if the gateway ends before.
    pub answer: oneshot::Sender<Answer>,
}

impl JobRequest {
    /// Tells the answer, if anybody still waits for it.
    fn refuse(self, answer: Answer) {
        let _nobody_waits = self.answer.send(answer);
    }
}

/// Returns that the store cannot be written, and so nothing was done.
pub(super) fn unavailable() -> Answer {
    Answer::refusal(503, "StoreUnavailable", "the store cannot be written now: nothing was done")
}

impl Gateway {
    /// Takes a request, and all others that wait.
    pub(super) async fn take_jobs(&mut self, first: JobRequest) -> Result<(), Failure> {
        let mut requests = vec![first];
        while requests.len() < WORKS_AT_ONCE_MAX {
            let Ok(next) = self.jobs.1.try_recv() else { break };
            requests.push(next);
        }
        // What the engine told before has the numbers before.
        self.turn().await?;
        if !self.ledger.is_settled() {
            for request in requests {
                request.refuse(unavailable());
            }
            return Ok(());
        }
        let plant = self.drive.engine().shared_plant();
        self.ledger.transact(&plant, requests).await.map_err(|error| ended(&error))?;
        self.gathering.number_from(self.ledger.next_seq());
        Ok(())
    }
}

/// Asks something of jobs; returns the answer as a line of the socket, `None` if the gateway ends before.
pub(super) async fn ask_of_jobs(work: JobWork, jobs: &mpsc::Sender<JobRequest>) -> Option<Json> {
    let (answer, answered) = oneshot::channel();
    jobs.send(JobRequest { work, answer }).await.ok()?;
    let Answer { status, mut body } = answered.await.ok()?;
    body["status"] = status.into();
    Some(body)
}

/// Returns what a line of the socket asks of jobs; `None` if it is about something else.
pub(super) fn from_socket(json: &Json) -> Option<Result<JobWork, JobError>> {
    let event_type = json.get("event_type")?.as_str()?;
    if event_type != CREATE && JobVerb::of(event_type).is_none() {
        return None;
    }
    Some(work(event_type, json))
}

fn work(event_type: &str, json: &Json) -> Result<JobWork, JobError> {
    let info = json.get("info").unwrap_or(&Json::Null);
    let wish = match JobVerb::of(event_type) {
        Some(verb) => JobWish::Command(JobCommand::from_json(verb, info)?),
        None => JobWish::Create(NewJob::from_json(info)?),
    };
    let occurred_at = match json.get("occurred_at") {
        None | Some(Json::Null) => None,
        Some(text) => {
            let at = text.as_str().and_then(instant_of);
            Some(at.ok_or_else(|| JobError::bad_info("occurred_at", "`occurred_at` is no time"))?)
        }
    };
    let actor = json.get("actor").and_then(Json::as_str).map(Text::from);
    Ok(JobWork { asker: Asker { actor, door: Door::Socket, key: None }, occurred_at, wish })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_of_jobs_is_told_from_what_is_of_operations() {
        let job = "01KJZ9Q3ZX0000000000000000";
        let started = json!({"event_type": "JOB_STARTED", "info": {"job_key": job}, "actor": "anna"});
        let work = from_socket(&started).unwrap().unwrap();
        assert!(matches!(work.wish, JobWish::Command(_)) && work.asker.actor == Some("anna".into()));
        let made = json!({"event_type": "JOB_CREATED", "info": {"quantity": 12, "station": "A"}});
        assert!(matches!(from_socket(&made).unwrap().unwrap().wish, JobWish::Create(_)));
        assert!(from_socket(&json!({"event_type": "OPERATION_START", "info": {}})).is_none());
        let wrong = json!({"event_type": "JOB_STARTED", "info": {"job_key": job, "leg": 1}});
        assert_eq!(from_socket(&wrong).unwrap().unwrap_err().field, Some("leg".to_owned()));
        let when = json!({"event_type": "JOB_PAUSED", "info": {"job_key": job}, "occurred_at": "soon"});
        assert_eq!(from_socket(&when).unwrap().unwrap_err().field, Some("occurred_at".to_owned()));
    }
}
