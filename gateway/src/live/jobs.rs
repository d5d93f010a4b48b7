//! Requests of jobs: what is there between two turns is one transaction, and each is answered once that is durable.
//!
//! Jobs are in the store only, so these are no scans: the engine never hears of them.

use latchwork_engine::jobs::{JobAsk, JobCommand, JobError, JobState, JobVerb, NewJob};
use latchwork_engine::{AbandonInfo, Ask, Command, Notice, OrderStatus, Record};
use latchwork_expr::{Text, instant_of};
use latchwork_store::Lookup;
use latchwork_store::jobs::{Abandoned, Answer, Asker, Door, JobWish, JobWork, OrderStanding, StoredJob};
use latchwork_store::limits::WORKS_AT_ONCE_MAX;
use serde_json::Value as Json;
use tokio::sync::{mpsc, oneshot};
use ulid::Ulid;

use super::elsewhere::Heard;
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

/// Returns requests as the store takes them, and who waits for their answers.
pub(super) fn parted(requests: Vec<JobRequest>) -> (Vec<JobWork>, Vec<oneshot::Sender<Answer>>) {
    requests.into_iter().map(|JobRequest { work, answer }| (work, answer)).unzip()
}

impl Gateway {
    /// Takes a request and those that come with it.
    pub(super) async fn take_jobs(&mut self, first: JobRequest) -> Result<(), Failure> {
        let mut requests = vec![first];
        while requests.len() < WORKS_AT_ONCE_MAX {
            let Some(next) = self.jobs.next().await else { break };
            requests.push(next);
        }
        self.jobs.end();
        let mut at_once = Vec::with_capacity(requests.len());
        for request in requests {
            if self.may_cancel_records(&request.work) {
                self.transact(std::mem::take(&mut at_once)).await?;
                self.cancel(request).await?;
            } else {
                at_once.push(request);
            }
        }
        self.transact(at_once).await
    }

    /// Does requests in one transaction.
    async fn transact(&mut self, requests: Vec<JobRequest>) -> Result<(), Failure> {
        if requests.is_empty() {
            return Ok(());
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

    /// Tells whether open records of this gateway may follow what is to be cancelled.
    fn may_cancel_records(&self, work: &JobWork) -> bool {
        let is_cancel = matches!(&work.wish, JobWish::Command(JobCommand { ask: JobAsk::Cancel, .. }));
        is_cancel && self.driving_records().next().is_some()
    }

    /// Returns the open records that may drive legs, with their operations' ids.
    fn driving_records(&self) -> impl Iterator<Item = (Ulid, Ulid)> {
        let engine = self.drive.engine();
        let operation = |record: &Record| &engine.plant().operations[record.operation.index()];
        let open = engine.open_records().map(move |record| (record.id, operation(record)));
        open.filter(|(_, row)| row.job.is_some()).map(|(record, row)| (record, row.id))
    }

    /// Cancels a job, and the open records that its legs follow, in one transaction.
    async fn cancel(&mut self, request: JobRequest) -> Result<(), Failure> {
        self.turn().await?;
        let JobWish::Command(command) = &request.work.wish else { return self.transact(vec![request]).await };
        let is_known = match &request.work.asker.key {
            // That the key was used is found where it is answered.
            Some(key) => !matches!(self.ledger.answered(key).await, Ok(None)),
            None => false,
        };
        if is_known {
            return self.transact(vec![request]).await;
        }
        let job = if self.ledger.is_settled() { self.ledger.job(command.job).await.ok().flatten() } else { None };
        let followed = job.map(|job| self.followed(&job)).unwrap_or_default();
        if followed.is_empty() {
            return self.transact(vec![request]).await;
        }
        let actor = request.work.asker.actor.clone();
        for record in followed {
            self.cancel_record(record, actor.clone())?;
        }
        self.gathering.jobs.push(request);
        self.turn().await
    }

    /// Returns the open records that the legs of a job follow, if it can be cancelled.
    fn followed(&self, StoredJob { job, legs }: &StoredJob) -> Vec<Ulid> {
        if !may_be_cancelled(job.state) {
            return Vec::new();
        }
        let is_followed =
            |record: Ulid| legs.iter().any(|leg| leg.operation_record_id == Some(record) && !leg.state.is_final());
        self.driving_records().map(|(record, _)| record).filter(|record| is_followed(*record)).collect()
    }

    /// Has the engine cancel an open record, if it is still open.
    fn cancel_record(&mut self, record: Ulid, actor: Option<Text>) -> Result<(), Failure> {
        let ask = Ask::Abandon(AbandonInfo { record });
        let command = Command { correlation: 0, actor, ask, fetched: None };
        let at = self.now();
        self.step(|drive, gathering| drive.command(at, None, &command, gathering))
    }

    /// Has the engine hear of the orders whose status jobs changed; tells whether there were any that it knows otherwise.
    pub(super) async fn hear_of_orders(&mut self) -> Result<bool, Failure> {
        let mut has_heard = false;
        for (id, status) in self.ledger.take_orders().await {
            has_heard |= self.hear_of_order(id, status)?;
        }
        Ok(has_heard)
    }

    fn hear_of_order(&mut self, id: Ulid, status: OrderStatus) -> Result<bool, Failure> {
        let id = Text::from(id.to_string());
        let engine = self.drive.engine();
        let known = engine.find_order(&id).map(|order| engine.orders()[order.0 as usize].status);
        if known.is_none_or(|known| known == status || known.is_final()) {
            return Ok(false);
        }
        self.announce(&Notice::ProductionOrderChanged { order: id, status })?;
        Ok(true)
    }

    /// Does what other gateways did to jobs: records of this one may be to be cancelled, and orders have another status.
    pub(super) async fn hear(&mut self, heard: Heard) -> Result<(), Failure> {
        for Abandoned { record, operation, by } in heard.abandoned {
            let is_open = self.driving_records().any(|driving| driving == (record, operation));
            if is_open {
                self.cancel_record(record, by)?;
            }
        }
        self.turn().await?;
        for OrderStanding { id, status, .. } in heard.orders {
            let engine = self.drive.engine();
            let known = engine.find_order(&id.to_string().into()).map(|order| engine.orders()[order.0 as usize].status);
            if known.is_none_or(|known| known == status) || !self.ledger.is_settled() {
                continue;
            }
            // It may have become another one by this gateway since that was looked at.
            let fetched = self.ledger.fetch(Lookup { order: Some(&id.to_string()), ..Lookup::default() }).await;
            for order in fetched.map(|fetched| fetched.orders).unwrap_or_default() {
                self.hear_of_order(order.id, order.status)?;
            }
        }
        Ok(())
    }
}

const fn may_be_cancelled(state: JobState) -> bool {
    match state {
        JobState::Pending | JobState::Running | JobState::Queued => true,
        JobState::Paused | JobState::Completed | JobState::Failed | JobState::Cancelled => false,
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
