//! What survives of whether a connection is believed.

use latchwork_expr::{Monotonic, Program, Value, exact};
use serde::{Deserialize, Serialize};

use super::form::is_default;
use super::sites::{RetainedSite, resume_sites, retain_sites};
use crate::plant::{Guard, Plant};
use crate::step::Engine;
use crate::validity::GuardState;

/// What is remembered of the condition on which a connection is believed. It belongs to the condition's text and the
/// heartbeat's tag.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetainedConnection {
    /// The connection's name.
    #[serde(rename = "connection")]
    pub name: String,
    /// The condition's text.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) valid_when: Option<String>,
    /// The heartbeat's tag.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) heartbeat: Option<String>,
    /// When the heartbeat moved last, or the watch began.
    pub(crate) since: Monotonic,
    /// The heartbeat's last value.
    #[serde(default, skip_serializing_if = "Value::is_null", with = "exact")]
    pub(crate) beat: Value,
    /// Whether the heartbeat has not stood still for too long.
    pub(crate) beats: bool,
    /// Whether the condition is true.
    pub(crate) holds: bool,
    /// Whether the tags are stale because of it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) hides: bool,
    /// The state of the condition's call sites.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) sites: Vec<RetainedSite>,
}

impl Engine {
    /// Returns what survives of a guard, by its place in [`Plant::guards`]; nothing before its connection brought
    /// anything.
    pub fn retained_connection(&self, guard: usize) -> Option<RetainedConnection> {
        let (row, state) = (&self.plant.guards[guard], &self.validity.states[guard]);
        Some(RetainedConnection {
            name: row.connection.clone(),
            valid_when: condition(row),
            heartbeat: heartbeat(row, &self.plant),
            since: state.since?,
            beat: state.beat.clone(),
            beats: state.beats,
            holds: state.holds,
            hides: state.hides,
            sites: retain_sites(&state.sites),
        })
    }

    /// Returns what survives of every guard.
    pub(super) fn retained_connections(&self) -> Vec<RetainedConnection> {
        (0..self.plant.guards.len()).filter_map(|guard| self.retained_connection(guard)).collect()
    }

    /// Gives each guard what survived of it.
    pub(super) fn resume_connections(&mut self, plant: &Plant, retained: &[RetainedConnection]) {
        for (number, guard) in (0_u32..).zip(&plant.guards) {
            let Some(row) = retained.iter().find(|row| row.is_of(guard, plant)) else { continue };
            self.validity.states[number as usize] = row.resumed(guard);
            self.set_guard_timers(number, guard);
        }
    }
}

impl RetainedConnection {
    /// Tells whether this is the memory of a guard.
    fn is_of(&self, guard: &Guard, plant: &Plant) -> bool {
        self.name == guard.connection
            && self.valid_when == condition(guard)
            && self.heartbeat == heartbeat(guard, plant)
    }

    fn resumed(&self, guard: &Guard) -> GuardState {
        let sites = guard.valid_when.as_deref().map(|program| resume_sites(program, &self.sites));
        GuardState {
            since: Some(self.since),
            beat: self.beat.clone(),
            beats: self.beats,
            holds: self.holds,
            hides: self.hides,
            sites: sites.unwrap_or_default(),
        }
    }
}

fn condition(guard: &Guard) -> Option<String> {
    guard.valid_when.as_deref().map(Program::text).map(str::to_owned)
}

fn heartbeat(guard: &Guard, plant: &Plant) -> Option<String> {
    guard.heartbeat.map(|heartbeat| plant.tags[heartbeat.tag.index()].path.clone())
}
