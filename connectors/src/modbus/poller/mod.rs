//! The polling of one link as a machine: time and bytes in, requests and batches out.
//!
//! Pure: whoever owns the socket and the clocks calls it. Never waits, never knows what carries the bytes.

mod ask;
mod hear;
mod split;
mod tell;
mod write;

use std::sync::Arc;
use std::time::Instant;

use latchwork_config::connections::{Connection, Modbus};
use latchwork_expr::Timestamp;

use super::due::Due;
use super::failure::{Failure, LinkFault};
use super::line::Line;
use super::link::Overdue;
use super::plan::Block;
use super::standing::Standing;
use super::timetable::Timetable;
use super::together::Together;
use super::unit::Unit;
use super::write::RegisterWriter;
use crate::limits::MODBUS_UNANSWERED_MAX;
use crate::shaping::Shaper;
use crate::{Batch, Health, LinkId, LinkState};
use write::Writes;

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
    modbus: Arc<Modbus>,
    link_id: LinkId,
    health: Arc<Health>,
    blocks: Vec<Block>,
    timetable: Timetable,
    standings: Vec<Standing>,
    units: Vec<Unit>,
    /// The unit of each block.
    unit_of: Vec<usize>,
    /// The unit that is asked first, so that each has its turn.
    first: usize,
    shaper: Shaper,
    /// The links to the same device.
    together: Arc<Together>,
    session: Option<Session>,
    state: LinkState,
    /// Whether a connection is believed before anything came over it: the last one brought answers.
    is_trusted: bool,
    was_connected: bool,
    batches: Vec<Batch>,
    requests: Vec<u8>,
    /// What is written; `None` if nothing may be.
    writes: Option<Writes>,
}

/// What is known while a connection stands.
#[derive(Debug)]
struct Session {
    line: Line,
    /// Before this nothing is sent.
    quiet_until: Instant,
    /// When a frame came last, or the connection was made.
    heard_at: Instant,
    /// How many requests have timed out since.
    unanswered: u32,
    /// Whether anything was answered.
    has_answered: bool,
}

/// What one of a device's links polls.
pub(super) struct Share {
    /// Its blocks of the plan.
    pub(super) blocks: Vec<Block>,
    /// What the links of the device know of one another.
    pub(super) together: Arc<Together>,
    /// Which of them it is.
    pub(super) link: LinkId,
}

impl Poller {
    /// Returns the polling of some blocks of a connection's plan over one of its links; the first link also writes.
    pub(super) fn new(
        connection: Arc<Connection>,
        modbus: Arc<Modbus>,
        share: Share,
        health: Arc<Health>,
        now: Now,
    ) -> Self {
        let Share { blocks, together, link: link_id } = share;
        let units = units(&blocks);
        let unit_of: Vec<usize> =
            blocks.iter().map(|block| units.partition_point(|unit| unit.number < block.unit)).collect();
        Self {
            writes: RegisterWriter::of(&connection).map(Writes::new),
            shaper: Shaper::new(&connection.tags),
            together,
            connection,
            modbus,
            link_id,
            health,
            timetable: Timetable::new(Due::of(&blocks, now.at), &unit_of, units.len()),
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
            line: Line::of(&self.modbus),
            quiet_until: now.at + self.modbus.pause_after_connect,
            heard_at: now.at,
            unanswered: 0,
            has_answered: false,
        });
        (0..self.blocks.len()).for_each(|block| self.reschedule(block, |due| due.restart(now.at)));
        self.standings.iter_mut().for_each(Standing::restart);
        self.units.iter_mut().for_each(Unit::restart);
        self.count_dead_units();
        self.requests.clear();
        self.restart_writes(now);
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
            self.tell_down(reason, now);
        }
        had_answered
    }

    /// Takes bytes that came.
    pub(super) fn received(&mut self, bytes: &[u8], now: Now) -> Result<(), LinkFault> {
        let Some(session) = &mut self.session else { return Ok(()) };
        let taken = session.line.take(bytes, &self.blocks, now.at);
        let heard = taken.inspect_err(|_| self.health.malformed.add_one())?;
        session.quiet_until = session.quiet_until.max(now.at + self.modbus.pause_between_requests);
        for heard in heard {
            self.hear(heard, now);
        }
        Ok(())
    }

    /// Does what is due: late requests, stale tags, new requests.
    pub(super) fn turn(&mut self, now: Now) -> Result<(), LinkFault> {
        if let Some(cleared) = self.session.as_mut().and_then(|session| session.line.cleared(now.at)) {
            self.hear(cleared, now);
        }
        let Some(session) = &mut self.session else { return Ok(()) };
        let (overdue, overdue_writes) = (session.line.overdue(now.at), session.line.overdue_writes(now.at));
        for event in overdue.inspect_err(|_| self.health.malformed.add_one())? {
            match event {
                Overdue::TimedOut(asked) => self.time_out(&asked, now),
                Overdue::GivenUp(asked) => self.units[self.unit_of[asked.block]].given_up(),
            }
        }
        for overdue in &overdue_writes {
            self.take_overdue_write(overdue, now);
        }
        self.look_for_silence(now)?;
        self.look_for_stale(now);
        self.send_writes(now);
        while let Some(unit) = self.next_unit(now.at) {
            self.ask(unit, now.at);
        }
        Ok(())
    }

    /// Returns when there is something to do, if nothing comes before.
    pub(super) fn deadline(&self) -> Option<Instant> {
        let session = self.session.as_ref()?;
        let ask = self.askable().filter_map(|unit| self.due_at(unit)).min().map(|at| at.max(session.quiet_until));
        let stale = self.modbus.stale_after.and_then(|_| self.first_stale_at());
        [session.line.deadline(), ask, self.write_due_at(), stale].into_iter().flatten().min()
    }

    /// Returns the bytes to send, and forgets them.
    pub(super) fn take_requests(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.requests)
    }

    /// Returns the batches to deliver, and forgets them.
    pub(super) fn take_batches(&mut self) -> Vec<Batch> {
        std::mem::take(&mut self.batches)
    }

    /// Ends a link over which requests go out and nothing comes back: the device behind it may have been restarted
    /// or replaced without a word.
    fn look_for_silence(&self, now: Now) -> Result<(), LinkFault> {
        let Some(session) = &self.session else { return Ok(()) };
        let silence = now.at.saturating_duration_since(session.heard_at);
        let is_silent = session.unanswered >= MODBUS_UNANSWERED_MAX && silence >= self.modbus.late_guard;
        if is_silent { Err(LinkFault::Silent(silence.as_millis())) } else { Ok(()) }
    }

    /// Changes when a block is due.
    fn reschedule<T>(&mut self, block: usize, change: impl FnOnce(&mut Due) -> T) -> T {
        self.timetable.change(self.unit_of[block], block, change)
    }

    fn look_for_stale(&mut self, now: Now) {
        if self.modbus.stale_after.is_none() {
            return;
        }
        let is_stale =
            |standing: &Standing| standing.stale_at(self.modbus.stale_after).is_some_and(|stale_at| stale_at <= now.at);
        let stale = self.standings.iter().enumerate().filter(|(_, standing)| is_stale(standing));
        let stale: Vec<usize> = stale.map(|(block, _)| block).collect();
        self.tell_failures(stale, Failure::Stale, now);
    }

    fn first_stale_at(&self) -> Option<Instant> {
        self.standings.iter().filter_map(|standing| standing.stale_at(self.modbus.stale_after)).min()
    }

    fn count_dead_units(&self) {
        self.health.units_dead.set(self.units.iter().filter(|unit| unit.is_dead()).count() as u64);
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
