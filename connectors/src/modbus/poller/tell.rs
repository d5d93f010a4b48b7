//! What the engine is told: batches, each failure once.

use latchwork_engine::{Loss, Notice, Reading, Sample};
use latchwork_expr::Quality;

use super::{Now, Poller};
use crate::limits::MODBUS_HELD_UP_MIN;
use crate::modbus::failure::Failure;
use crate::modbus::readings;
use crate::{Batch, LinkState};

impl Poller {
    /// Tells that the connection works; its tags become good by their next readings.
    pub(super) fn tell_up(&mut self, now: Now) {
        self.state = LinkState::Up;
        if !self.together.came_up() {
            return;
        }
        tracing::info!(connection = %self.connection.name, "connection up");
        self.health.set_state(LinkState::Up, now.wall);
        let notice = Notice::ConnectionUp { connection: self.connection.name.as_str().into() };
        self.batches.push(Batch { notice: Some(notice), ..self.batch(Vec::new(), now) });
    }

    /// Tells that there is no connection: every tag is not connected, at once. While another link stands it is only
    /// what this one reads.
    pub(super) fn tell_down(&mut self, reason: &str, now: Now) {
        let was_up = std::mem::replace(&mut self.state, LinkState::Down) == LinkState::Up;
        let quality = Failure::UnitDead.quality();
        for standing in &mut self.standings {
            standing.failed(quality);
        }
        tracing::warn!(connection = %self.connection.name, reason, "connection down");
        let points = self.points(self.units.iter().flat_map(|unit| &unit.blocks));
        self.health.diagnostics.put(points.iter().copied(), reason);
        if !self.together.went_down(was_up) {
            self.batches.push(self.batch(readings::kept(points, quality, now.wall), now));
            return;
        }
        self.health.set_state(LinkState::Down, now.wall);
        let connection = self.connection.name.as_str().into();
        let notice = Notice::ConnectionDown { connection, reason: reason.into() };
        let samples = readings::kept(0..self.connection.tags.len(), quality, now.wall);
        self.batches.push(Batch { notice: Some(notice), ..self.batch(samples, now) });
    }

    /// Tells that nothing of a unit can be read.
    pub(super) fn tell_unit_dead(&mut self, unit: usize, now: Now) {
        let blocks = self.units[unit].blocks.clone();
        self.tell_failures(blocks, Failure::UnitDead, now);
    }

    /// Tells that a block failed. What belongs to a dead unit is not connected, however the probe ended.
    pub(super) fn tell_failure(&mut self, block: usize, failure: Failure, now: Now) {
        let is_dead = self.units[self.unit_of[block]].is_dead();
        self.tell_failures(vec![block], if is_dead { Failure::UnitDead } else { failure }, now);
    }

    /// Tells that blocks failed, in one batch, as far as that is news. While the connection is down all of them are.
    pub(super) fn tell_failures(&mut self, mut blocks: Vec<usize>, failure: Failure, now: Now) {
        if self.state != LinkState::Up {
            return;
        }
        let quality = failure.quality();
        // It may be another while the quality is not.
        self.health.diagnostics.put(self.points(&blocks), &failure.to_string());
        blocks.retain(|&block| self.standings[block].failed(quality));
        if blocks.is_empty() {
            return;
        }
        if let Failure::Exception(code) = failure {
            let (connection, block) = (&self.connection.name, &self.blocks[blocks[0]]);
            tracing::warn!(%connection, %block, exception = u8::from(code), reason = %code, "the device refuses");
        }
        let samples = readings::kept(self.points(&blocks), quality, now.wall);
        self.batches.push(self.batch(samples, now));
    }

    /// Notes which tags were read, and which hold what they cannot be.
    pub(super) fn note_readings(&self, samples: &[Sample]) {
        let is_unfit = |sample: &&Sample| matches!(sample.reading, Reading::Kept);
        self.health.diagnostics.clear(samples.iter().map(|sample| sample.tag.index()));
        let unfit = samples.iter().filter(is_unfit).map(|sample| sample.tag.index());
        self.health.diagnostics.put(unfit, "what the device holds is no value of the tag");
    }

    /// Returns the points of some blocks, in the connection's order.
    fn points<'a>(&self, blocks: impl IntoIterator<Item = &'a usize>) -> Vec<usize> {
        let points = blocks.into_iter().flat_map(|&block| &self.blocks[block].points);
        let mut points: Vec<usize> = points.copied().collect();
        points.sort_unstable();
        points
    }

    /// Tells which readings were lost because nothing could be handed over for a long while: their tags are stale from its
    /// beginning on, until they are read again. A short while is no loss: nothing was asked, and the periods that passed are
    /// counted when the blocks are asked next.
    pub(in crate::modbus) fn held_up(&mut self, from: Now, until: Now) {
        let lasted = until.at.saturating_duration_since(from.at);
        if self.state != LinkState::Up || lasted < MODBUS_HELD_UP_MIN {
            return;
        }
        let missed = self.timetable.missed(from.at, until.at);
        if missed.is_empty() {
            return;
        }
        let points = self.points(missed.iter().map(|(block, _)| block));
        self.health.diagnostics.put(points.iter().copied(), "readings were lost: the engine was behind");
        for &(block, _) in &missed {
            self.standings[block].lost(until.at);
        }
        let tags = points.iter().map(|&point| self.connection.tags[point].path.as_str().into()).collect();
        let connection = self.connection.name.as_str().into();
        let count = missed.iter().map(|&(_, count)| count).sum();
        tracing::warn!(connection = %self.connection.name, count, "readings lost: the engine was behind");
        let loss = Loss { connection, count, from: from.wall, until: until.wall, tags };
        let samples = readings::kept(points, Quality::BadStale, from.wall);
        self.batches.push(Batch { notice: Some(Notice::SamplesLost(Box::new(loss))), ..self.batch(samples, from) });
    }

    pub(super) const fn batch(&self, samples: Vec<Sample>, now: Now) -> Batch {
        Batch {
            link: self.link_id,
            received: now.at,
            samples,
            notice: None,
            is_retained: false,
            receipt: None,
            room: None,
        }
    }
}
