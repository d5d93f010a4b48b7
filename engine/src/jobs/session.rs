//! How a leg stands and goes on, with the work sessions of those who work on it.

use latchwork_expr::Timestamp;
use serde_json::{Map, json};
use ulid::Ulid;

use super::draft::{Actor, Draft};
use super::error::JobError;
use super::event::JobEventKind;
use super::leg::Leg;
use super::rows::WorkSession;
use super::state::{JobState, Pause};

impl Draft<'_> {
    /// Has a leg go on.
    pub(super) fn resume(&mut self, leg: usize) {
        let row = &mut self.rows.legs[leg];
        (row.state, row.pause) = (JobState::Running, None);
        self.open_session(leg);
    }

    /// Has a leg stand since a moment, with which its work sessions end.
    pub(super) fn pause(&mut self, leg: usize, pause: Pause, since: Timestamp) {
        let row = &mut self.rows.legs[leg];
        (row.state, row.pause) = (JobState::Paused, Some(pause));
        self.close_sessions(leg, since);
    }

    /// Has the leg go on that stands since the operator's device was gone, if there is one. What somebody paused stays.
    pub(super) fn back_online(&mut self, key: Option<Ulid>) -> Result<(), JobError> {
        let waits = |leg: &&Leg| leg.pause == Some(Pause::Offline) && key.is_none_or(|key| key == leg.key);
        let waiting: Vec<usize> = (0..self.rows.legs.len()).filter(|&leg| waits(&&self.rows.legs[leg])).collect();
        match waiting[..] {
            [] => {}
            [leg] => self.resume(leg),
            [_, _, ..] => return Err(JobError::ambiguous(self.rows.legs.iter().filter(waits))),
        }
        Ok(())
    }

    /// Begins a work session: of who acts, else of whose job it is. A machine begins one only if somebody is known.
    pub(super) fn open_session(&mut self, leg: usize) {
        let operator = match &self.scene.actor {
            Actor::Person(Some(name)) => Some(name.clone()),
            Actor::Person(None) | Actor::Operation(_) => self.rows.job.assigned_to.clone(),
        };
        if operator.is_none() && self.run().is_some() {
            return;
        }
        self.rows.job.last_work_session_started = Some(self.at);
        let key = self.mint();
        let mut told = Map::new();
        told.insert("session_key".to_owned(), json!(key.to_string()));
        told.insert("operator".to_owned(), json!(operator));
        let leg_key = self.rows.legs[leg].key;
        self.rows.sessions.push(WorkSession { key, leg: leg_key, operator, started_at: self.at, ended_at: None });
        self.tell_of(leg, JobEventKind::WorkSessionCreated, told);
    }

    /// Ends the work sessions of a leg. None ends before it began.
    pub(super) fn close_sessions(&mut self, leg: usize, at: Timestamp) {
        let key = self.rows.legs[leg].key;
        for session in self.rows.sessions.iter_mut().filter(|row| row.leg == key && row.ended_at.is_none()) {
            session.ended_at = Some(at.max(session.started_at));
        }
    }
}
