//! The two manners in which answers find their requests: by transaction ids, or by turns.
//!
//! Pure; says which of them a link has, and hands on.

use std::time::Instant;

use latchwork_config::connections::{Modbus, Transport};

use super::frame::OutOfStep;
use super::link::{Heard, Link, Overdue};
use super::plan::Block;
use super::rtu::Rtu;
use super::written::{AskedWrite, OverdueWrite};

/// A link's guard over its answers.
#[derive(Debug)]
pub(super) enum Line {
    /// Frames with ids: many requests at a time, late answers are still answers.
    Tcp(Link),
    /// Frames of a serial line: one request at a time, and silence after errors.
    Rtu(Rtu),
}

impl Line {
    /// Returns the guard of a link over which nothing was asked yet.
    pub(super) fn of(modbus: &Modbus) -> Self {
        match modbus.transport {
            Transport::Tcp | Transport::Tls(_) => Self::Tcp(Link::new(modbus.timeout, modbus.late_guard)),
            Transport::RtuOverTcp | Transport::Rtu(_) => Self::Rtu(Rtu::new(modbus.timeout, modbus.late_guard)),
        }
    }

    /// Returns the bytes that ask for a block, and expects the answer.
    pub(super) fn ask(&mut self, index: usize, block: &Block, now: Instant) -> Vec<u8> {
        match self {
            Self::Tcp(link) => link.ask(index, block, now).to_vec(),
            Self::Rtu(rtu) => rtu.ask(index, block, now),
        }
    }

    /// Returns the bytes of a write, and expects the answer.
    pub(super) fn ask_write(&mut self, asked: AskedWrite) -> Vec<u8> {
        match self {
            Self::Tcp(link) => link.ask_write(asked),
            Self::Rtu(rtu) => rtu.ask_write(asked),
        }
    }

    /// Takes bytes and returns what their frames turned out to be.
    pub(super) fn take(&mut self, bytes: &[u8], blocks: &[Block], now: Instant) -> Result<Vec<Heard>, OutOfStep> {
        match self {
            Self::Tcp(link) => link.take(bytes, blocks, now),
            Self::Rtu(rtu) => Ok(rtu.take(bytes, blocks, now)),
        }
    }

    /// Returns the answer that was doubtful, if nothing has come behind it that would tell it for a wrong one.
    pub(super) fn cleared(&mut self, now: Instant) -> Option<Heard> {
        match self {
            Self::Tcp(link) => link.cleared(now),
            // Frames of a serial line have checksums.
            Self::Rtu(_) => None,
        }
    }

    /// Returns which requests are late or given up since the last time, the oldest first.
    pub(super) fn overdue(&mut self, now: Instant) -> Result<Vec<Overdue>, OutOfStep> {
        match self {
            Self::Tcp(link) => link.overdue(now),
            Self::Rtu(rtu) => Ok(rtu.overdue(now)),
        }
    }

    /// Returns which writes are late or given up since the last time.
    pub(super) fn overdue_writes(&mut self, now: Instant) -> Vec<OverdueWrite> {
        match self {
            Self::Tcp(link) => link.overdue_writes(now),
            Self::Rtu(rtu) => rtu.overdue_writes(now),
        }
    }

    /// Returns when to look for overdue requests next.
    pub(super) fn deadline(&self) -> Option<Instant> {
        match self {
            Self::Tcp(link) => link.deadline(),
            Self::Rtu(rtu) => rtu.deadline(),
        }
    }

    /// Tells whether nothing may be asked before an answer, or the lack of one.
    pub(super) const fn is_taken(&self) -> bool {
        match self {
            Self::Tcp(_) => false,
            Self::Rtu(rtu) => rtu.is_taken(),
        }
    }

    /// Returns before when nobody must be asked who has to wait for the silence about some units.
    pub(super) fn not_before(&self, waits_for: impl Fn(u8) -> bool) -> Option<Instant> {
        match self {
            Self::Tcp(_) => None,
            Self::Rtu(rtu) => rtu.not_before(waits_for),
        }
    }
}
