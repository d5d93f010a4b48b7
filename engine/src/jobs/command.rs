//! What is asked of jobs: what `POST /event` takes, typed.

use latchwork_expr::{Text, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use ulid::Ulid;

use super::error::JobError;
use super::fields;
use super::job::JobFault;
use super::table::JobVerb;
use crate::retained::{instant_text, optional_ulid_text, ulid_text};

/// What somebody asks of a job.
#[derive(Clone, Debug, PartialEq)]
pub struct JobCommand {
    /// The job.
    pub job: Ulid,
    /// The leg; needed only where several could be meant, and of no meaning where the whole job is.
    pub leg: Option<Ulid>,
    /// What is asked.
    pub ask: JobAsk,
}

/// What is asked of a job or a leg.
#[derive(Clone, Debug, PartialEq)]
pub enum JobAsk {
    /// Begin the work on a leg.
    Start(Start),
    /// Have a leg stand.
    Pause,
    /// Have it go on.
    Resume,
    /// Have a leg stand since the operator's device was last seen.
    PauseOffline(LastSeen),
    /// Greet the device again.
    BackOnline,
    /// Say what became of a leg's parts.
    Complete(Complete),
    /// Say where the good parts of a leg go.
    SelectDestination(Destination),
    /// Give the job to somebody else.
    Reassign(Assignee),
    /// Give the job up: something went wrong.
    Fail(JobFault),
    /// Give the job up: somebody wants that.
    Cancel,
    /// Say that a batch is done.
    CompleteBatch(DoneBatch),
    /// Add a line to the job's log.
    AppendLog(Line),
}

/// How a leg is started.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Start {
    /// The serial numbers of the first batch.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub batch_serials: Vec<Text>,
    /// Another system's key of the order: carried through to what comes of the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub work_order_key: Option<Text>,
    /// Another system's key of the step: carried through as well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase_key: Option<Text>,
}

/// When a device was last seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LastSeen {
    /// When the work session ends.
    #[serde(with = "instant_text")]
    pub last_seen: Timestamp,
}

/// What became of a leg's parts, all of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Complete {
    /// How many are good.
    pub good: u64,
    /// How many are thrown away.
    pub scrap: u64,
    /// How many are done again, and where.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rework: Vec<Rework>,
    /// Where the good ones go; nowhere yet if it is not given and there are several places.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destination: Option<String>,
}

/// Parts that are done again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rework {
    /// Where; needed only where several stations take parts back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub station: Option<String>,
    /// How many.
    pub quantity: u64,
}

/// Where good parts go.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Destination {
    /// The station's path or id.
    pub destination: String,
}

/// Whose a job is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Assignee {
    /// The operator; `None`: nobody's.
    #[serde(default)]
    pub assigned_to: Option<Text>,
}

/// A batch that is done.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DoneBatch {
    /// The batch; the active one if it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "optional_ulid_text")]
    pub batch_key: Option<Ulid>,
    /// The serial numbers of the next batch.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub batch_serials: Vec<Text>,
}

/// A line of a job's log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// The line.
    pub line: Text,
}

/// Which job, and which leg of it.
#[derive(Serialize, Deserialize)]
struct Keys {
    #[serde(with = "ulid_text")]
    job_key: Ulid,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "optional_ulid_text")]
    leg_key: Option<Ulid>,
}

impl JobVerb {
    /// Returns the verb of a type of event; `None` if events of this type ask nothing of jobs.
    pub fn of(event_type: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|verb| verb.name() == event_type)
    }

    /// Returns the JSON Schema of the `info` that events of its type have.
    pub fn schema(self) -> Json {
        crate::fields::schema(fields::of(self))
    }
}

impl JobCommand {
    /// Returns the command of an event.
    pub fn from_json(verb: JobVerb, info: &Json) -> Result<Self, JobError> {
        fields::check(info, fields::of(verb))?;
        let Keys { job_key: job, leg_key: leg } = read(info)?;
        let ask = match verb {
            JobVerb::Start => JobAsk::Start(read(info)?),
            JobVerb::Pause => JobAsk::Pause,
            JobVerb::Resume => JobAsk::Resume,
            JobVerb::PauseOffline => JobAsk::PauseOffline(read(info)?),
            JobVerb::BackOnline => JobAsk::BackOnline,
            JobVerb::Complete => JobAsk::Complete(read(info)?),
            JobVerb::SelectDestination => JobAsk::SelectDestination(read(info)?),
            JobVerb::Reassign => JobAsk::Reassign(read(info)?),
            JobVerb::Fail => JobAsk::Fail(read(info)?),
            JobVerb::Cancel => JobAsk::Cancel,
            JobVerb::CompleteBatch => JobAsk::CompleteBatch(read(info)?),
            JobVerb::AppendLog => JobAsk::AppendLog(read(info)?),
        };
        Ok(Self { job, leg, ask })
    }

    /// Returns the verb.
    pub fn verb(&self) -> JobVerb {
        match &self.ask {
            JobAsk::Start(_) => JobVerb::Start,
            JobAsk::Pause => JobVerb::Pause,
            JobAsk::Resume => JobVerb::Resume,
            JobAsk::PauseOffline(_) => JobVerb::PauseOffline,
            JobAsk::BackOnline => JobVerb::BackOnline,
            JobAsk::Complete(_) => JobVerb::Complete,
            JobAsk::SelectDestination(_) => JobVerb::SelectDestination,
            JobAsk::Reassign(_) => JobVerb::Reassign,
            JobAsk::Fail(_) => JobVerb::Fail,
            JobAsk::Cancel => JobVerb::Cancel,
            JobAsk::CompleteBatch(_) => JobVerb::CompleteBatch,
            JobAsk::AppendLog(_) => JobVerb::AppendLog,
        }
    }

    /// Returns what the event tells of what was asked.
    pub(super) fn told(&self) -> Map<String, Json> {
        let mut told = members(json!(Keys { job_key: self.job, leg_key: self.leg }));
        told.extend(match &self.ask {
            JobAsk::Start(start) => members(json!(start)),
            JobAsk::PauseOffline(seen) => members(json!(seen)),
            JobAsk::Complete(complete) => members(json!(complete)),
            JobAsk::SelectDestination(destination) => members(json!(destination)),
            JobAsk::Reassign(assignee) => members(json!(assignee)),
            JobAsk::Fail(fault) => members(json!(fault)),
            JobAsk::CompleteBatch(batch) => members(json!(batch)),
            JobAsk::AppendLog(line) => members(json!(line)),
            JobAsk::Pause | JobAsk::Resume | JobAsk::BackOnline | JobAsk::Cancel => Map::new(),
        });
        told
    }
}

/// Returns the members of an object.
pub(super) fn members(json: Json) -> Map<String, Json> {
    match json {
        Json::Object(members) => members,
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Array(_) => Map::new(),
    }
}

/// Reads what was checked. What is not given may be null as well.
pub(super) fn read<T: DeserializeOwned>(info: &Json) -> Result<T, JobError> {
    let mut given = members(info.clone());
    given.retain(|_, value| !value.is_null());
    serde_json::from_value(Json::Object(given)).map_err(|error| JobError::bad_info("info", error.to_string()))
}
