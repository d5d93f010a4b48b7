//! How a job comes to be: what `POST /api/jobs` takes, and what becomes of it.

use latchwork_expr::Text;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use ulid::Ulid;

use super::batch::too_many;
use super::changes::Changes;
use super::command::{members, read};
use super::draft::{Draft, Scene};
use super::error::{JobError, JobErrorKind};
use super::event::JobEventKind;
use super::fields;
use super::job::Job;
use super::rows::{OrderRow, Rows};
use super::state::{JobState, Origin};
use crate::retained::optional_ulid_text;

/// A job that somebody wants.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NewJob {
    /// How many parts.
    pub quantity: u64,
    /// Where it begins: a station's path or id.
    pub station: String,
    /// The production order that it is a part of, by name or id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub production_order: Option<String>,
    /// Whose it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assigned_to: Option<Text>,
    /// The serial numbers of its first batch.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub batch_serials: Vec<Text>,
    /// The job that it does again.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "optional_ulid_text")]
    pub retry_of: Option<Ulid>,
}

impl NewJob {
    /// Returns the job that the body of a request asks for.
    pub fn from_json(body: &Json) -> Result<Self, JobError> {
        fields::check(body, fields::NEW_JOB)?;
        read(body)
    }

    /// Returns the JSON Schema of such a body.
    pub fn schema() -> Json {
        crate::fields::schema(fields::NEW_JOB)
    }
}

/// What the store has of what a new job names.
#[derive(Clone, Debug, Default)]
pub struct Named {
    /// The production order; `None`: there is none of this name.
    pub order: Option<OrderRow>,
    /// How the job stands that is done again; `None`: there is no such job.
    pub retried: Option<JobState>,
}

/// Makes a job: one leg at its first station, pending.
pub fn create(new: &NewJob, named: Named, scene: Scene<'_>) -> Result<Changes, JobError> {
    check(new, &named)?;
    let stations = scene.stations;
    let Some(station) = stations.find(&new.station) else {
        return Err(JobError::bad_info("station", format!("there is no station `{}`", new.station)));
    };
    let job = Job {
        id: (scene.mint)(),
        state: JobState::Pending,
        order: named.order.as_ref().map(|order| (order.id, order.name.clone())),
        quantity: new.quantity,
        assigned_to: new.assigned_to.clone(),
        active_batch: None,
        first_serials: new.batch_serials.clone(),
        created_at: scene.at,
        created_by: scene.actor.name(),
        started_at: None,
        completed_at: None,
        last_online: None,
        last_work_session_started: None,
        retry_of: new.retry_of,
        error: None,
    };
    let (legs, batches, sessions, queue) = Default::default();
    let mut draft = Draft::new(Rows { job, legs, batches, sessions, queue, order: named.order }, scene);
    draft.tell(JobEventKind::JobCreated, members(json!(new)));
    draft.post(station, new.quantity, Origin::Created);
    draft.enqueue();
    Ok(draft.finish())
}

fn check(new: &NewJob, named: &Named) -> Result<(), JobError> {
    if let (Some(name), None) = (&new.production_order, &named.order) {
        return Err(JobError::bad_info("production_order", format!("there is no production order `{name}`")));
    }
    if named.order.as_ref().is_some_and(|order| order.status.is_final()) {
        return Err(JobErrorKind::OrderFinal.into());
    }
    if too_many(&new.batch_serials, new.quantity) {
        return Err(JobError::bad_info("batch_serials", "there are more serial numbers than parts"));
    }
    match (new.retry_of, named.retried) {
        (Some(job), None) => Err(JobError::bad_info("retry_of", format!("there is no job `{job}`"))),
        (Some(_), Some(state)) if !state.is_final() => Err(JobErrorKind::IsNotFinal.into()),
        (Some(_), Some(_)) | (None, _) => Ok(()),
    }
}
