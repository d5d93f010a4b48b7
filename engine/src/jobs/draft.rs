//! A transition while it is decided: the rows as they become, and what will be told.

use latchwork_expr::{Text, Timestamp};
use serde_json::{Map, Value as Json, json};
use ulid::Ulid;

use super::changes::Changes;
use super::event::{JobEvent, JobEventKind};
use super::leg::Leg;
use super::rows::Rows;
use super::settings::JobSettings;
use super::state::{JobState, Origin};
use crate::stations::{Station, Stations};

/// What a transition knows besides the rows.
pub struct Scene<'a> {
    /// The stations of the configuration.
    pub stations: &'a Stations,
    /// What it says of jobs.
    pub settings: JobSettings,
    /// When it happens. Rows never go back in time: what is said to be earlier than the latest of them is taken to be then.
    pub at: Timestamp,
    /// Who does it.
    pub actor: Actor,
    /// Makes ids, each greater than those before.
    pub mint: &'a mut dyn FnMut() -> Ulid,
}

/// Who moves a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Somebody, by name if it is known.
    Person(Option<Text>),
    /// A run of an operation.
    Operation(Run),
}

/// A run of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The operation's id.
    pub operation: Ulid,
    /// Its place and name: `Location/Path:Name`.
    pub name: Text,
    /// The record.
    pub record: Ulid,
    /// The record's production order.
    pub order: Option<Ulid>,
}

impl Actor {
    /// Returns the name that rows and events have.
    pub fn name(&self) -> Option<Text> {
        match self {
            Self::Person(name) => name.clone(),
            Self::Operation(run) => Some(run.name.clone()),
        }
    }
}

/// A transition while it is decided.
pub(super) struct Draft<'a> {
    /// What it knows besides the rows.
    pub(super) scene: Scene<'a>,
    /// When it happens, for rows.
    pub(super) at: Timestamp,
    /// When anything was last heard of the job: then, but for a device that is gone.
    pub(super) seen_at: Timestamp,
    /// The rows as they become.
    pub(super) rows: Rows,
    /// The rows as they were.
    pub(super) before: Rows,
    /// What every child of the first event is told with.
    pub(super) carried: Map<String, Json>,
    /// The records that are to be cancelled.
    pub(super) cancelled_records: Vec<Ulid>,
    /// Where the good parts may go, if somebody is to say.
    pub(super) destinations: Vec<Text>,
    events: Vec<JobEvent>,
}

impl<'a> Draft<'a> {
    /// Begins with rows as they were read.
    pub(super) fn new(rows: Rows, scene: Scene<'a>) -> Self {
        let at = scene.at.max(rows.latest());
        Self {
            at,
            seen_at: at,
            scene,
            before: rows.clone(),
            rows,
            carried: Map::new(),
            cancelled_records: Vec::new(),
            destinations: Vec::new(),
            events: Vec::new(),
        }
    }

    /// Returns who does it, for rows.
    pub(super) fn by(&self) -> Option<Text> {
        self.scene.actor.name()
    }

    /// Returns the run that does it, if one does.
    pub(super) fn run(&self) -> Option<&Run> {
        match &self.scene.actor {
            Actor::Person(_) => None,
            Actor::Operation(run) => Some(run),
        }
    }

    /// Returns a new id.
    pub(super) fn mint(&mut self) -> Ulid {
        (self.scene.mint)()
    }

    /// Returns the station of a leg, if the configuration has it.
    pub(super) fn station(&self, leg: usize) -> Option<&'a Station> {
        let stations: &'a Stations = self.scene.stations;
        stations.find(&self.rows.legs[leg].station)
    }

    /// Tells something of the job: the first is the head, what follows are its children.
    pub(super) fn tell(&mut self, kind: JobEventKind, info: Map<String, Json>) {
        let id = self.mint();
        let parent = self.events.first().map(|head| head.id);
        let mut told = info;
        told.entry("job_key").or_insert_with(|| json!(self.rows.job.id.to_string()));
        if parent.is_some() {
            told.extend(self.carried.clone());
        }
        self.events.push(JobEvent {
            id,
            kind,
            parent,
            job: Some(self.rows.job.id),
            occurred_at: self.scene.at,
            actor: self.by(),
            info: told,
        });
    }

    /// Tells something of a leg.
    pub(super) fn tell_of(&mut self, leg: usize, kind: JobEventKind, info: Map<String, Json>) {
        let mut told = Map::new();
        told.insert("job_key".to_owned(), json!(self.rows.job.id.to_string()));
        told.insert("leg_key".to_owned(), json!(self.rows.legs[leg].key.to_string()));
        told.extend(info);
        self.tell(kind, told);
    }

    /// Posts parts at a station: a new leg.
    pub(super) fn post(&mut self, station: &Station, input: u64, origin: Origin) {
        let entries = self.rows.legs.iter().filter(|leg| leg.location == station.id).map(|leg| leg.entry_number);
        let leg = Leg {
            entry_number: entries.max().unwrap_or(0) + 1,
            key: self.mint(),
            station: station.path.clone(),
            location: station.id,
            state: JobState::Pending,
            input,
            good: 0,
            scrap: 0,
            rework: 0,
            lost: 0,
            origin,
            pause: None,
            posted_at: self.at,
            posted_by: self.by(),
            started_at: None,
            started_by: None,
            completed_at: None,
            completed_by: None,
            operation_record_id: None,
        };
        self.rows.legs.push(leg);
    }

    /// Ends the transition: its head tells how the job stands now.
    pub(super) fn finish(self) -> Changes {
        let mut changes = Changes::between(&self.before, self.rows, self.events);
        changes.cancelled_records = self.cancelled_records;
        changes.destinations = self.destinations;
        let outcome = changes.outcome();
        if let Some(head) = changes.events.first_mut() {
            head.info.extend(outcome);
        }
        changes
    }
}
