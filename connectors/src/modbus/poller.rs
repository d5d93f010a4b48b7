//! The polling of one link as a machine: time and bytes in, requests and batches out.
//!
//! Pure: whoever owns the socket and the clocks calls it. Never waits, never knows what carries the bytes.

use std::sync::Arc;
use std::time::Instant;

use latchwork_config::connections::{Connection, Modbus};
use latchwork_engine::Notice;
use latchwork_expr::{Text, Timestamp};

use super::answer::{Answer, Registers};
use super::due::Due;
use super::failure::{Failure, LinkFault};
use super::link::{Asked, Heard, Link, Overdue, Stage};
use super::plan::{Block, Plan};
use super::readings::{self, Readings};
use super::standing::Standing;
use super::unit::{Life, Unit};
use crate::limits::{MODBUS_IN_TIME_MAX, MODBUS_UNANSWERED_MAX};
use crate::{Batch, Health, LinkId, LinkState};

/// An instant on the clock that deadlines live on, and on the wall.
#[derive(Clone, Copy, Debug)]
pub(super) struct Now {
    /// For deadlines.
    pub(super) at: Instant,
    /// For source times.
    pub(super) wall: Timestamp,
}

/// The polling of one link.
#[derive(Debug)]
pub(super) struct Poller {
    connection: Arc<Connection>,
    modbus: Modbus,
    link_id: LinkId,
    health: Arc<Health>,
    blocks: Vec<Block>,
    due: Vec<Due>,
    standings: Vec<Standing>,
    units: Vec<Unit>,
    /// The unit of each block.
    unit_of: Vec<usize>,
    /// The unit that is asked first, so that each has its turn.
    first: usize,
    session: Option<Session>,
    state: LinkState,
    /// Whether a connection is believed before anything came over it: the last one brought answers.
    is_trusted: bool,
    was_connected: bool,
    batches: Vec<Batch>,
    requests: Vec<u8>,
}

/// What is known while a connection stands.
#[derive(Debug)]
struct Session {
    link: Link,
    /// Before this nothing is sent.
    quiet_until: Instant,
    /// When a frame came last, or the connection was made.
    heard_at: Instant,
    /// How many requests have timed out since.
    unanswered: u32,
    /// Whether anything was answered.
    has_answered: bool,
}

impl Poller {
    pub(super) fn new(
        connection: Arc<Connection>,
        modbus: &Modbus,
        link_id: LinkId,
        health: Arc<Health>,
        now: Now,
    ) -> Self {
        let blocks = Plan::of(modbus).into_blocks();
        let units = units(&blocks);
        let unit_of = blocks.iter().map(|block| units.partition_point(|unit| unit.number < block.unit)).collect();
        Self {
            connection,
            modbus: modbus.clone(),
            link_id,
            health,
            due: Due::of(&blocks, now.at),
            standings: vec![Standing::default(); blocks.len()],
            blocks,
            units,
            unit_of,
            first: 0,
            session: None,
            state: LinkState::Unknown,
            is_trusted: true,
            was_connected: false,
            batches: Vec::new(),
            requests: Vec::new(),
        }
    }

    /// Takes the news that a connection was made.
    pub(super) fn connected(&mut self, now: Now) {
        if std::mem::replace(&mut self.was_connected, true) {
            self.health.reconnects.add_one();
        }
        self.session = Some(Session {
            link: Link::new(self.modbus.timeout, self.modbus.late_guard),
            quiet_until: now.at + self.modbus.pause_after_connect,
            heard_at: now.at,
            unanswered: 0,
            has_answered: false,
        });
        self.due.iter_mut().for_each(|due| due.restart(now.at));
        self.standings.iter_mut().for_each(Standing::restart);
        self.units.iter_mut().for_each(Unit::restart);
        self.count_dead_units();
        self.requests.clear();
        if self.is_trusted {
            self.tell_up(now);
        }
    }

    /// Takes the news that there is no connection; returns whether the one that was lost had brought answers.
    pub(super) fn disconnected(&mut self, reason: &str, now: Now) -> bool {
        let session = self.session.take();
        let had_answered = session.as_ref().is_some_and(|session| session.has_answered);
        self.is_trusted = if session.is_some() { had_answered } else { self.is_trusted };
        self.requests.clear();
        if self.state != LinkState::Down {
            tracing::warn!(connection = %self.connection.name, reason, "connection down");
            self.set_state(LinkState::Down, now);
            let quality = Failure::UnitDead.quality();
            self.standings.iter_mut().for_each(|standing| _ = standing.failed(quality));
            let connection = Text::from(self.connection.name.as_str());
            let notice = Notice::ConnectionDown { connection, reason: reason.into() };
            let samples = readings::kept(0..self.connection.tags.len(), quality, now.wall);
            self.batches.push(Batch { notice: Some(notice), ..self.batch(samples, now) });
        }
        had_answered
    }

    /// Takes bytes that came.
    pub(super) fn received(&mut self, bytes: &[u8], now: Now) -> Result<(), LinkFault> {
        let Some(session) = &mut self.session else { return Ok(()) };
        let taken = session.link.take(bytes, &self.blocks, now.at);
        let heard = taken.inspect_err(|_| self.health.malformed.add_one())?;
        session.quiet_until = session.quiet_until.max(now.at + self.modbus.pause_between_requests);
        for heard in heard {
            self.hear(heard, now);
        }
        Ok(())
    }

    /// Does what is due: late requests, stale tags, new requests.
    pub(super) fn turn(&mut self, now: Now) -> Result<(), LinkFault> {
        let Some(session) = &mut self.session else { return Ok(()) };
        let overdue = session.link.overdue(now.at);
        for event in overdue.inspect_err(|_| self.health.malformed.add_one())? {
            match event {
                Overdue::TimedOut(asked) => self.time_out(&asked, now),
                Overdue::GivenUp(asked) => self.units[self.unit_of[asked.block]].given_up(),
            }
        }
        self.look_for_silence(now)?;
        self.look_for_stale(now);
        while let Some(unit) = self.next_unit(now.at) {
            self.ask(unit, now.at);
        }
        Ok(())
    }

    /// Returns when there is something to do, if nothing comes before.
    pub(super) fn deadline(&self) -> Option<Instant> {
        let session = self.session.as_ref()?;
        let ask = self.askable().filter_map(|unit| self.due_at(unit)).min().map(|at| at.max(session.quiet_until));
        let stale = self.standings.iter().filter_map(|standing| standing.stale_at(self.modbus.stale_after)).min();
        [session.link.deadline(), ask, stale].into_iter().flatten().min()
    }

    /// Returns the bytes to send, and forgets them.
    pub(super) fn take_requests(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.requests)
    }

    /// Returns the batches to deliver, and forgets them.
    pub(super) fn take_batches(&mut self) -> Vec<Batch> {
        std::mem::take(&mut self.batches)
    }

    fn hear(&mut self, heard: Heard, now: Now) {
        if let Some(session) = &mut self.session {
            session.heard_at = now.at;
            session.unanswered = 0;
        }
        match heard {
            Heard::Unknown => {
                self.health.unknown_dropped.add_one();
                tracing::debug!(connection = %self.connection.name, "frame answers nothing that was asked");
            }
            Heard::Answer(asked, Ok(Answer::Registers(registers))) => self.deliver(&asked, &registers, now),
            Heard::Answer(asked, Ok(Answer::Exception(code))) => {
                self.health.exceptions.add_one();
                self.fail(&asked, Failure::Exception(code), now);
            }
            Heard::Answer(asked, Err(malformed)) => {
                self.health.malformed.add_one();
                tracing::debug!(connection = %self.connection.name, block = %self.blocks[asked.block], %malformed, "answer dropped");
                self.fail(&asked, Failure::Malformed, now);
            }
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
        let (points, tags) = (&self.modbus.points[..], &self.connection.tags[..]);
        let Readings { samples, unfit } = readings::of(&self.blocks[asked.block], registers, points, tags, now.wall);
        self.health.unfit_values.add(unfit);
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
            self.tell_failure(asked.block, failure, now);
        }
    }

    fn time_out(&mut self, asked: &Asked, now: Now) {
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

    /// Notes that a unit answered: it is alive, and so is the link.
    fn note_answer(&mut self, asked: &Asked, now: Now) {
        if let Some(session) = &mut self.session {
            session.has_answered = true;
        }
        if self.state != LinkState::Up {
            self.tell_up(now);
        }
        let unit = self.unit_of[asked.block];
        let life = self.units[unit].answered(asked.stage);
        self.note_life(life, unit, now);
    }

    fn note_life(&mut self, life: Life, unit: usize, now: Now) {
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

    fn count_dead_units(&self) {
        self.health.units_dead.set(self.units.iter().filter(|unit| unit.is_dead()).count() as u64);
    }

    fn tell_up(&mut self, now: Now) {
        tracing::info!(connection = %self.connection.name, "connection up");
        self.set_state(LinkState::Up, now);
        let notice = Notice::ConnectionUp { connection: self.connection.name.as_str().into() };
        self.batches.push(Batch { notice: Some(notice), ..self.batch(Vec::new(), now) });
    }

    fn set_state(&mut self, state: LinkState, now: Now) {
        self.state = state;
        self.health.set_state(state, now.wall);
    }

    fn tell_unit_dead(&mut self, unit: usize, now: Now) {
        let blocks = self.units[unit].blocks.clone();
        self.tell_failures(blocks, Failure::UnitDead, now);
    }

    /// Tells that a block failed. What belongs to a dead unit is not connected, however the probe ended.
    fn tell_failure(&mut self, block: usize, failure: Failure, now: Now) {
        let is_dead = self.units[self.unit_of[block]].is_dead();
        self.tell_failures(vec![block], if is_dead { Failure::UnitDead } else { failure }, now);
    }

    /// Tells that blocks failed, in one batch, as far as that is news. While the connection is down all of them are.
    fn tell_failures(&mut self, mut blocks: Vec<usize>, failure: Failure, now: Now) {
        if self.state != LinkState::Up {
            return;
        }
        let quality = failure.quality();
        blocks.retain(|&block| self.standings[block].failed(quality));
        if blocks.is_empty() {
            return;
        }
        let mut points: Vec<usize> = blocks.iter().flat_map(|&block| self.blocks[block].points.clone()).collect();
        points.sort_unstable();
        let samples = readings::kept(points, quality, now.wall);
        self.batches.push(self.batch(samples, now));
    }

    const fn batch(&self, samples: Vec<latchwork_engine::Sample>, now: Now) -> Batch {
        Batch { link: self.link_id, received: now.at, samples, notice: None, receipt: None }
    }

    /// Ends a link over which requests go out and nothing comes back: the device behind it may have been restarted
    /// or replaced without a word.
    fn look_for_silence(&self, now: Now) -> Result<(), LinkFault> {
        let Some(session) = &self.session else { return Ok(()) };
        let silence = now.at.saturating_duration_since(session.heard_at);
        let is_silent = session.unanswered >= MODBUS_UNANSWERED_MAX && silence >= self.modbus.late_guard;
        if is_silent { Err(LinkFault::Silent(silence.as_millis())) } else { Ok(()) }
    }

    fn look_for_stale(&mut self, now: Now) {
        let is_stale =
            |standing: &Standing| standing.stale_at(self.modbus.stale_after).is_some_and(|stale_at| stale_at <= now.at);
        let stale = self.standings.iter().enumerate().filter(|(_, standing)| is_stale(standing));
        let stale: Vec<usize> = stale.map(|(block, _)| block).collect();
        self.tell_failures(stale, Failure::Stale, now);
    }

    /// Returns the units that may be asked now or later without anything else happening before.
    fn askable(&self) -> impl Iterator<Item = &Unit> {
        let counts = |unit: &&Unit| unit.is_asked_in_time() && !unit.is_silent();
        let is_full = self.units.iter().filter(counts).count() >= MODBUS_IN_TIME_MAX;
        self.units.iter().filter(move |unit| unit.is_free() && (!is_full || unit.is_silent()))
    }

    fn due_at(&self, unit: &Unit) -> Option<Instant> {
        unit.probe_at().or_else(|| self.next_block(unit).map(|block| self.due[block].next()))
    }

    /// Returns the block of a unit that has been due for the longest.
    fn next_block(&self, unit: &Unit) -> Option<usize> {
        unit.blocks.iter().copied().min_by_key(|&block| self.due[block].next())
    }

    /// Returns the unit whose turn it is.
    fn next_unit(&self, now: Instant) -> Option<usize> {
        if self.session.as_ref()?.quiet_until > now {
            return None;
        }
        let due = self.askable().filter(|unit| self.due_at(unit).is_some_and(|at| at <= now));
        let numbers: Vec<u8> = due.map(|unit| unit.number).collect();
        let position = |number: u8| self.units.partition_point(|unit| unit.number < number);
        let count = self.units.len();
        numbers.into_iter().map(position).min_by_key(|position| (position + count - self.first) % count)
    }

    fn ask(&mut self, unit: usize, now: Instant) {
        let (Some(block), Some(session)) = (self.next_block(&self.units[unit]), &mut self.session) else { return };
        self.health.overruns.add(self.due[block].asked(now));
        self.health.requests.add_one();
        self.requests.extend_from_slice(&session.link.ask(block, &self.blocks[block], now));
        session.quiet_until = now + self.modbus.pause_between_requests;
        self.units[unit].asked();
        self.first = (unit + 1) % self.units.len();
    }
}

/// Returns the units of a plan, by number.
fn units(blocks: &[Block]) -> Vec<Unit> {
    let mut units: Vec<Unit> = Vec::new();
    for (index, block) in blocks.iter().enumerate() {
        match units.last_mut() {
            Some(unit) if unit.number == block.unit => unit.blocks.push(index),
            Some(_) | None => units.push(Unit::new(block.unit, vec![index])),
        }
    }
    units
}
