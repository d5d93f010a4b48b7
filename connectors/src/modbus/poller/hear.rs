//! What came, or did not come: answers, exceptions, timeouts.
//!
//! Never decides when to ask.

use std::time::Duration;

use super::{Now, Poller};
use crate::LinkState;
use crate::limits::{MODBUS_BUSY_MAX, MODBUS_BUSY_MILLIS, MODBUS_ILLEGAL_MAX};
use crate::modbus::answer::{Answer, Registers};
use crate::modbus::failure::{Failure, Remedy};
use crate::modbus::link::{Asked, Heard, Stage};
use crate::modbus::readings::{self, Readings};
use crate::modbus::unit::Life;

impl Poller {
    /// Takes a frame.
    pub(super) fn hear(&mut self, heard: Heard, now: Now) {
        if let Some(session) = &mut self.session {
            session.heard_at = now.at;
            session.unanswered = 0;
        }
        match heard {
            Heard::Unknown => {
                self.health.unknown_dropped.add_one();
                tracing::debug!(connection = %self.connection.name, "frame answers nothing that was asked");
            }
            Heard::Written(asked, answer) => self.hear_write(&asked, answer, now),
            Heard::Answer(asked, Ok(answer)) => self.take(&asked, answer, now),
            Heard::Answer(asked, Err(malformed)) => {
                self.health.malformed.add_one();
                let (name, block) = (&self.connection.name, &self.blocks[asked.block]);
                tracing::debug!(connection = %name, %block, %malformed, "answer dropped");
                self.fail(&asked, malformed.into(), now);
            }
        }
    }

    /// Takes an answer, which shows that the link works.
    fn take(&mut self, asked: &Asked, answer: Answer, now: Now) {
        self.note_works(now);
        match answer {
            Answer::Registers(registers) => self.deliver(asked, &registers, now),
            Answer::Exception(code) => {
                self.health.exceptions.add_one();
                self.fail(asked, Failure::Exception(code), now);
            }
        }
    }

    /// Notes that the link works.
    pub(super) fn note_works(&mut self, now: Now) {
        if let Some(session) = &mut self.session {
            session.has_answered = true;
        }
        if self.state != LinkState::Up {
            self.tell_up(now);
        }
    }

    /// Takes what stands in a block.
    fn deliver(&mut self, asked: &Asked, registers: &Registers, now: Now) {
        self.note_answer(asked, now);
        let is_news = self.standings[asked.block].take(asked);
        match (asked.stage, is_news) {
            (Stage::InTime, _) => self.health.answers.add_one(),
            (Stage::Late, true) => self.health.late_delivered.add_one(),
            (Stage::Late, false) => self.health.late_outdated.add_one(),
        }
        if !is_news {
            return;
        }
        self.standings[asked.block].read(now.at);
        self.reschedule(asked.block, |due| due.read(now.at));
        let (points, tags, shaper) = (&self.modbus.points[..], &self.connection.tags[..], &mut self.shaper);
        let Readings { samples, unfit } =
            readings::of(&self.blocks[asked.block], registers, points, tags, shaper, now.wall);
        self.health.unfit_values.add(unfit);
        self.note_readings(&samples);
        self.batches.push(self.batch(samples, now));
    }

    /// Takes an answer that brings no values.
    fn fail(&mut self, asked: &Asked, failure: Failure, now: Now) {
        if failure.is_an_answer() {
            self.note_answer(asked, now);
        } else {
            let life = self.units[self.unit_of[asked.block]].failed(asked.stage, asked.sent, now.at);
            self.note_life(life, self.unit_of[asked.block], now);
        }
        if self.standings[asked.block].take(asked) {
            self.take_failure(asked.block, failure, now);
        }
    }

    /// Does about a failure what can be done, and tells what cannot be helped.
    fn take_failure(&mut self, block: usize, failure: Failure, now: Now) {
        let unit = self.unit_of[block];
        match failure.remedy() {
            Remedy::None => self.tell_failure(block, failure, now),
            Remedy::Wait => {
                let until = now.at + Duration::from_millis(MODBUS_BUSY_MILLIS);
                self.units[unit].is_busy_until(until);
                self.reschedule(block, |due| due.again(until));
                if self.standings[block].was_busy() >= MODBUS_BUSY_MAX {
                    self.tell_failure(block, failure, now);
                }
            }
            Remedy::TakeApart => self.take_illegal(block, failure, now),
            Remedy::GiveUpUnit => {
                let blocks = self.units[unit].blocks.clone();
                self.tell_failures(blocks, failure, now);
            }
        }
    }

    /// Takes the news that the device has no such address.
    fn take_illegal(&mut self, block: usize, failure: Failure, now: Now) {
        let is_sure = self.standings[block].was_illegal() >= MODBUS_ILLEGAL_MAX;
        let is_merged = self.blocks[block].halves(&self.modbus.points).is_some();
        match (is_merged, is_sure) {
            // Only some of its tags may be wrong: which, will be known in a moment.
            (true, false) => self.reschedule(block, |due| due.again(now.at)),
            (true, true) => self.split(block, now),
            (false, is_sure) => {
                if is_sure {
                    self.reschedule(block, |due| due.became_hole(now.at));
                } else {
                    self.reschedule(block, |due| due.again(now.at));
                }
                self.tell_failure(block, failure, now);
            }
        }
    }

    /// Takes the news that no answer came in time.
    pub(super) fn time_out(&mut self, asked: &Asked, now: Now) {
        self.health.timeouts.add_one();
        if let Some(session) = &mut self.session {
            session.unanswered = session.unanswered.saturating_add(1);
        }
        let unit = self.unit_of[asked.block];
        let life = self.units[unit].timed_out(asked.sent, now.at);
        self.note_life(life, unit, now);
        if !self.standings[asked.block].is_read_since(asked.sent) {
            self.tell_failure(asked.block, Failure::TimedOut, now);
        }
    }

    /// Notes that a unit answered: it is alive.
    fn note_answer(&mut self, asked: &Asked, now: Now) {
        let unit = self.unit_of[asked.block];
        let life = self.units[unit].answered(asked.stage);
        self.note_life(life, unit, now);
    }

    pub(super) fn note_life(&mut self, life: Life, unit: usize, now: Now) {
        let name = &self.connection.name;
        match life {
            Life::Unchanged => return,
            Life::Revived => tracing::info!(connection = %name, unit = self.units[unit].number, "unit answers again"),
            Life::Died => {
                tracing::warn!(connection = %name, unit = self.units[unit].number, "unit does not answer");
                self.tell_unit_dead(unit, now);
            }
        }
        self.count_dead_units();
    }
}
