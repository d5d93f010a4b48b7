//! Connections that are believed on a condition only; knows nothing of operations.

use std::collections::BTreeSet;

use super::blocks::Sites;
use super::expression::Evaluation;
use super::plant::{MILLISECOND, Micros, ModelConnection};
use super::value::{ModelQuality, ModelValue};
use super::world::World;

/// What is known of a connection.
#[derive(Clone, Debug, Default)]
pub(super) struct Belief {
    /// When its heartbeat moved last, or something of it was read first.
    since: Option<Micros>,
    /// The heartbeat's last value.
    beat: Option<ModelValue>,
    /// Whether the heartbeat stood still for too long.
    stands_still: bool,
    /// Whether its tags are not believed.
    hides: bool,
}

impl Belief {
    /// Returns when its heartbeat will have stood still for too long.
    pub(super) fn deadline(&self, connection: &ModelConnection) -> Option<Micros> {
        let (_, timeout_millis) = connection.heartbeat.as_ref()?;
        self.since.filter(|_| !self.stands_still).map(|since| since + timeout_millis * MILLISECOND)
    }
}

impl World<'_> {
    /// Judges every connection, and makes the image of what was read.
    pub(super) fn judge(&mut self) {
        self.image = self.read.clone();
        for number in 0..self.plant.connections.len() {
            let connection = &self.plant.connections[number];
            let mut belief = self.beliefs[number].clone();
            let of_it: BTreeSet<String> = connection.tags.iter().cloned().chain(connection.witnesses()).collect();
            if belief.since.is_none() && of_it.is_disjoint(&self.brought) {
                continue;
            }
            belief.since.get_or_insert(self.now);
            self.look_at_heartbeat(connection, &mut belief);
            let hides = belief.stands_still || !self.condition_holds(connection);
            let guarded = connection.guarded();
            if hides != belief.hides {
                self.brought.extend(guarded.iter().filter(|tag| self.read.contains_key(*tag)).cloned());
            }
            belief.hides = hides;
            self.beliefs[number] = belief;
            for tag in guarded.iter().filter(|_| hides) {
                if let Some(reading) = self.image.get_mut(tag) {
                    reading.quality = ModelQuality::Bad;
                }
            }
        }
    }

    fn look_at_heartbeat(&self, connection: &ModelConnection, belief: &mut Belief) {
        let Some((tag, _)) = &connection.heartbeat else { return };
        if belief.deadline(connection).is_some_and(|deadline| self.due == Some(deadline)) {
            belief.stands_still = true;
        }
        let reading = self.read.get(tag).filter(|reading| reading.quality != ModelQuality::Bad);
        let Some(reading) = reading.filter(|reading| reading.value != ModelValue::Null) else { return };
        if belief.beat.as_ref() != Some(&reading.value) {
            belief.beat = Some(reading.value.clone());
            belief.since = Some(self.now);
            belief.stands_still = false;
        }
    }

    fn condition_holds(&self, connection: &ModelConnection) -> bool {
        let Some(condition) = &connection.valid_when else { return true };
        let (image, now, first_scan) = (&self.read, self.now, self.plant.first_scan);
        let reading = condition.evaluate(&mut Evaluation { image, now, first_scan, sites: &mut Sites::default() });
        self.trusted(reading).and_then(|value| value.truth()) == Some(true)
    }
}
