//! The tables of a store in memory, and who asks.

use std::collections::BTreeMap;

use latchwork_expr::{Text, Timestamp};
use serde_json::{Value as Json, json};
use ulid::Ulid;

use super::*;
use crate::ids;
use crate::order::OrderStatus;
use crate::stations::{Flow, StationIndex, Stations};

/// All rows of a job.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub(super) job: Job,
    pub(super) legs: Vec<Leg>,
    pub(super) batches: Vec<Batch>,
    pub(super) sessions: Vec<WorkSession>,
    pub(super) queue: Vec<QueueEntry>,
}

/// The tables of a store, with one production order.
#[derive(Clone, Debug)]
pub(super) struct World {
    pub(super) stations: Stations,
    pub(super) settings: JobSettings,
    pub(super) jobs: BTreeMap<Ulid, Kept>,
    pub(super) order: OrderRow,
    pub(super) log: Vec<JobEvent>,
    pub(super) at: Timestamp,
    minted: u128,
}

/// Returns stations and their connections: `A>B B~A` is one that feeds and one for rework.
pub(super) fn stations(text: &str) -> Stations {
    let mut stations = Stations::default();
    let mut indices: BTreeMap<&str, StationIndex> = BTreeMap::new();
    for word in text.split_whitespace() {
        let (flow, ends) = match word.split_once('>') {
            Some(ends) => (Flow::FeedsInto, Some(ends)),
            None => (Flow::Rework, word.split_once('~')),
        };
        let names = ends.map_or(vec![word], |(from, to)| vec![from, to]);
        let mut index =
            |name| *indices.entry(name).or_insert_with(|| stations.add(name.into(), ids::location_id(name)));
        let found: Vec<StationIndex> = names.into_iter().map(&mut index).collect();
        if let [from, to] = found[..] {
            stations.connect(from, to, flow);
        }
    }
    stations
}

impl World {
    pub(super) fn of(text: &str) -> Self {
        let order = OrderRow {
            id: ids::order_id("PO-1"),
            name: "PO-1".into(),
            status: OrderStatus::Scheduled,
            quantity: Some(12.0),
            others: OtherJobs::default(),
        };
        Self {
            stations: stations(text),
            settings: JobSettings::default(),
            jobs: BTreeMap::new(),
            order,
            log: Vec::new(),
            at: Timestamp(1_772_431_200_000_000),
            minted: 0,
        }
    }

    /// Lets a second pass.
    pub(super) fn tick(&mut self) {
        self.at = Timestamp(self.at.0 + 1_000_000);
    }

    /// Makes a job.
    pub(super) fn create(&mut self, body: &Json) -> Result<Changes, JobError> {
        let new = NewJob::from_json(body)?;
        let named = Named {
            order: new.production_order.as_ref().filter(|name| **name == *self.order.name).map(|_| self.order(None)),
            retried: new.retry_of.and_then(|job| Some(self.jobs.get(&job)?.job.state)),
        };
        let changes =
            self.with_scene(&Actor::Person(Some("planner".into())), |scene| create(&new, named.clone(), scene))?;
        self.write(&changes);
        Ok(changes)
    }

    /// Makes a job of so many parts at a station, and returns its id.
    pub(super) fn job(&mut self, station: &str, quantity: u64) -> Ulid {
        self.create(&json!({"quantity": quantity, "station": station})).unwrap().job.id
    }

    /// Has Anna ask something of a job.
    pub(super) fn ask(&mut self, job: Ulid, verb: JobVerb, info: Json) -> Result<Changes, JobError> {
        self.ask_by(Some("anna"), job, verb, info)
    }

    /// Has somebody ask something of a job.
    pub(super) fn ask_by(
        &mut self,
        actor: Option<&str>,
        job: Ulid,
        verb: JobVerb,
        mut info: Json,
    ) -> Result<Changes, JobError> {
        info["job_key"] = json!(job.to_string());
        let command = JobCommand::from_json(verb, &info)?;
        let rows = self.rows(job);
        let actor = Actor::Person(actor.map(Text::from));
        let changes = self.with_scene(&actor, |scene| decide(&command, rows.clone(), scene))?;
        self.write(&changes);
        Ok(changes)
    }

    /// Has a record open at a station.
    pub(super) fn opens(&mut self, station: &str, run: &Run) -> Option<Changes> {
        let candidates = self.candidates(station, run);
        let picked = pick(&candidates, run)?;
        let rows = self.rows(picked.job);
        let taken = self.with_scene(&Actor::Operation(run.clone()), |scene| take_up(picked.leg, rows.clone(), scene));
        let changes = taken.expect("what was picked is there");
        self.write(&changes);
        Some(changes)
    }

    /// Has a record close.
    pub(super) fn closes(&mut self, run: &Run, closing: &Closing) -> Option<Changes> {
        let follows = |kept: &&Kept| kept.legs.iter().any(|leg| leg.operation_record_id == Some(run.record));
        let rows = self.rows(self.jobs.values().find(follows)?.job.id);
        let closed = |scene: Scene<'_>| record_closed(closing, rows.clone(), scene);
        let changes = self.with_scene(&Actor::Operation(run.clone()), closed)?;
        self.write(&changes);
        Some(changes)
    }

    fn candidates(&self, station: &str, run: &Run) -> Vec<Candidate> {
        let of_job = |kept: &Kept| -> Vec<Candidate> {
            let here = kept.legs.iter().filter(|leg| *leg.station == *station && !leg.state.is_final());
            let candidate = |leg: &Leg| Candidate {
                job: kept.job.id,
                order: kept.job.order.as_ref().map(|(id, _)| *id),
                leg: leg.key,
                state: leg.state,
                pause: leg.pause,
                posted_at: leg.posted_at,
                is_followed: leg.operation_record_id.is_some_and(|record| record != run.record),
            };
            here.filter(|leg| leg.state != JobState::Queued).map(candidate).collect()
        };
        self.jobs.values().flat_map(of_job).collect()
    }

    /// Decides something twice: the same rows give the same changes.
    fn with_scene<T: std::fmt::Debug>(&mut self, actor: &Actor, decide: impl Fn(Scene<'_>) -> T) -> T {
        let minted = self.minted;
        let once = |minted: &mut u128| {
            let mut mint = || {
                *minted += 1;
                Ulid::from(*minted)
            };
            decide(Scene {
                stations: &self.stations,
                settings: self.settings,
                at: self.at,
                actor: actor.clone(),
                mint: &mut mint,
            })
        };
        let (mut first, mut second) = (minted, minted);
        let result = once(&mut first);
        assert_eq!(format!("{result:?}"), format!("{:?}", once(&mut second)));
        self.minted = first;
        result
    }

    /// Returns a new id, such as that of a record.
    pub(super) fn id(&mut self) -> Ulid {
        self.minted += 1;
        Ulid::from(self.minted)
    }

    fn order(&self, but: Option<Ulid>) -> OrderRow {
        let is_of_order = |kept: &&Kept| kept.job.order.is_some() && Some(kept.job.id) != but;
        let mut others = OtherJobs::default();
        for Kept { job, .. } in self.jobs.values().filter(is_of_order) {
            others.started += u64::from(job.started_at.is_some());
            others.unfinished += u64::from(!job.state.is_final());
            others.completed_quantity += if job.state == JobState::Completed { job.quantity } else { 0 };
        }
        OrderRow { others, ..self.order.clone() }
    }

    /// Returns what a store would lock.
    pub(super) fn rows(&self, job: Ulid) -> Rows {
        let Kept { job, legs, batches, sessions, queue } = self.jobs[&job].clone();
        let order = job.order.is_some().then(|| self.order(Some(job.id)));
        let batches = batches.into_iter().filter(|batch| batch.completed_at.is_none()).collect();
        let sessions = sessions.into_iter().filter(|session| session.ended_at.is_none()).collect();
        Rows { job, legs, batches, sessions, queue, order }
    }

    fn write(&mut self, changes: &Changes) {
        let job = &changes.job;
        let (legs, batches, sessions, queue) = Default::default();
        let kept = self.jobs.entry(job.id).or_insert(Kept { job: job.clone(), legs, batches, sessions, queue });
        kept.job = job.clone();
        for &place in &changes.written_legs {
            put(&mut kept.legs, &changes.legs[place], |leg| leg.key);
        }
        changes.batches.iter().for_each(|batch| put(&mut kept.batches, batch, |row| row.key));
        changes.sessions.iter().for_each(|session| put(&mut kept.sessions, session, |row| row.key));
        kept.queue.retain(|entry| !changes.unqueued.contains(&entry.key));
        changes.queued.iter().for_each(|entry| put(&mut kept.queue, entry, |row| row.key));
        assert_eq!(kept.legs, changes.legs, "the rows that are written are all that changed");
        self.order.status = changes.order_status.unwrap_or(self.order.status);
        self.log.extend(changes.events.iter().cloned());
    }
}

fn put<T: Clone>(rows: &mut Vec<T>, row: &T, key: fn(&T) -> Ulid) {
    match rows.iter_mut().find(|known| key(known) == key(row)) {
        Some(known) => *known = row.clone(),
        None => rows.push(row.clone()),
    }
}

/// Returns the types of what was told.
pub(super) fn told(changes: &Changes) -> Vec<&'static str> {
    changes.events.iter().map(|event| event.kind.name()).collect()
}

/// Returns the legs as people read them: `A1 running 12`.
pub(super) fn legs(changes: &Changes) -> Vec<String> {
    let leg = |leg: &Leg| format!("{}{} {} {}", leg.station.as_str(), leg.entry_number, leg.state.name(), leg.input);
    changes.legs.iter().map(leg).collect()
}
