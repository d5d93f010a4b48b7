//! What happens to the answer of a request: drawn from the seed by the connection's and the request's number, so that
//! the same requests in the same order have the same fates.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::request::Request;
use crate::simulator::fault::{Fault, FaultKind, MILLION, Recorded};
use crate::simulator::random::Random;

/// Where the streams of chance of faults begin: behind those of machines and signals.
const STREAMS: u64 = 1 << 63;

/// The faults of a device.
#[derive(Debug)]
pub(super) struct Fates {
    seed: u64,
    faults: Vec<Fault>,
    /// How many requests each fault that is recorded had.
    turns: Vec<AtomicUsize>,
}

/// Which request of which connection it is, both from 1.
#[derive(Clone, Copy, Debug)]
pub(super) struct Number {
    /// The connection.
    pub(super) connection: u64,
    /// The request of the connection.
    pub(super) request: u64,
}

/// What happens to an answer.
#[derive(Clone, Debug)]
pub(super) struct Fate {
    /// What goes wrong, if anything does.
    pub(super) fault: Option<FaultKind>,
    /// What is done.
    pub(super) act: Act,
    /// How long that waits, in the scenario's time.
    pub(super) wait: Duration,
    /// Where more of it is drawn from.
    pub(super) random: Random,
}

/// What is done in the place of an answer, or with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    /// It is sent.
    Answer,
    /// It is sent once another request was answered, or when the wait is over.
    Yield,
    /// It is sent twice.
    Twice,
    /// It is sent so many bytes at a time, with the wait between them.
    Trickle(usize),
    /// An exception of this code is sent.
    Exception(u8),
    /// Something is sent that is broken in this way.
    Break(FaultKind),
    /// Nothing is sent.
    Nothing,
    /// The line is closed.
    Close,
    /// The line is cut.
    Reset,
    /// Nothing is sent any more.
    Silence,
}

impl Fates {
    /// Returns the fates under a seed.
    pub(super) fn new(seed: u64, faults: Vec<Fault>) -> Self {
        let turns = faults.iter().map(|_| AtomicUsize::new(0)).collect();
        Self { seed, faults, turns }
    }

    /// Returns what happens to the answer of a request that comes now, in milliseconds of the scenario's time: the first
    /// fault that is meant and drawn.
    pub(super) fn of(&self, request: &Request, number: Number, now: u64) -> Fate {
        let wanted = request.wanted();
        for (index, fault) in self.faults.iter().enumerate() {
            if fault.kind == FaultKind::Off || !fault.span.holds(now) || !fault.scope.covers(wanted) {
                continue;
            }
            let mut random = self.random(index, number);
            if random.below(MILLION) < fault.chance {
                return self.fate(index, random);
            }
        }
        let random = self.random(self.faults.len(), number);
        Fate { fault: None, act: Act::Answer, wait: Duration::ZERO, random }
    }

    /// Tells whether the device is off.
    pub(super) fn is_off(&self, now: u64) -> bool {
        self.offs().any(|fault| fault.span.holds(now))
    }

    /// Returns when that may be otherwise, if it ever is.
    pub(super) fn off_changes(&self, now: u64) -> Option<u64> {
        self.offs().filter_map(|fault| fault.span.next_change(now)).min()
    }

    fn offs(&self) -> impl Iterator<Item = &Fault> {
        self.faults.iter().filter(|fault| fault.kind == FaultKind::Off)
    }

    fn random(&self, fault: usize, number: Number) -> Random {
        // At most 256 faults, and 2³² requests of a connection.
        let stream = STREAMS | number.connection << 40 | (number.request & 0xFFFF_FFFF) << 8 | fault as u64;
        Random::new(self.seed, stream)
    }

    fn fate(&self, index: usize, mut random: Random) -> Fate {
        let fault = &self.faults[index];
        let mut wait = fault.delay.draw(&mut random);
        let act = match fault.kind {
            FaultKind::Late => Act::Answer,
            FaultKind::Overtaken => Act::Yield,
            FaultKind::Doubled => Act::Twice,
            FaultKind::Trickle => Act::Trickle(fault.bytes),
            FaultKind::Exception => Act::Exception(drawn(&fault.codes, &mut random)),
            FaultKind::WrongUnit
            | FaultKind::WrongTransaction
            | FaultKind::TooShort
            | FaultKind::TooLong
            | FaultKind::WrongLength
            | FaultKind::Garbage => Act::Break(fault.kind),
            FaultKind::Never | FaultKind::Off => Act::Nothing,
            FaultKind::Closed => Act::Close,
            FaultKind::Reset => Act::Reset,
            FaultKind::Silent => Act::Silence,
            FaultKind::Recorded => match self.next_recorded(index) {
                Recorded::After(millis) => {
                    wait = millis;
                    Act::Answer
                }
                Recorded::Never => Act::Nothing,
                Recorded::Closed => Act::Close,
            },
        };
        Fate { fault: Some(fault.kind), act, wait: Duration::from_millis(wait), random }
    }

    fn next_recorded(&self, index: usize) -> Recorded {
        let turn = self.turns[index].fetch_add(1, Ordering::Relaxed);
        let recorded = &self.faults[index].recorded;
        recorded[turn % recorded.len()]
    }
}

fn drawn(codes: &[u8], random: &mut Random) -> u8 {
    codes[usize::try_from(random.below(codes.len() as u64)).unwrap_or(0)]
}
