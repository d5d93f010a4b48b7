//! What the engine was told of a block last.
//!
//! Pure. A failure is told once; a reading every time.

use std::time::{Duration, Instant};

use latchwork_expr::Quality;

use super::link::Asked;

/// What the engine knows of a block.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Standing {
    told: Told,
    /// The order of the newest request that was answered in any manner.
    answered: Option<u64>,
    /// How often in a row the device said that it has no such address.
    illegal: u8,
    /// How often in a row it was busy.
    busy: u8,
    /// Whether others read what it read.
    is_split: bool,
    /// What was asked before this moment tells of a time before readings were lost.
    lost: Option<Instant>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Told {
    /// Nothing: its tags have had no sample.
    #[default]
    Nothing,
    /// Values, at this moment.
    Read(Instant),
    /// That they cannot be had.
    Failed(Quality),
}

impl Standing {
    /// Notes an answer. Tells whether it is news: one that a later request's answer has overtaken tells of a time
    /// before what is known, and taken for now it would be an edge that never was.
    pub(super) fn take(&mut self, asked: &Asked) -> bool {
        let is_news = self.answered.is_none_or(|newest| newest < asked.order);
        if is_news {
            self.answered = Some(asked.order);
        }
        is_news && !self.is_split && self.lost.is_none_or(|lost| asked.sent >= lost)
    }

    /// Forgets the order of answers: the link is new.
    pub(super) const fn restart(&mut self) {
        self.answered = None;
    }

    /// Notes that readings were lost up to a moment: only what is asked from then on is believed.
    pub(super) fn lost(&mut self, until: Instant) {
        self.lost = Some(until);
        self.told = Told::Failed(Quality::BadStale);
    }

    /// Notes that values are told.
    pub(super) const fn read(&mut self, now: Instant) {
        self.told = Told::Read(now);
        (self.illegal, self.busy) = (0, 0);
    }

    /// Notes that the device says that it has no such address; returns how often in a row it has.
    pub(super) const fn was_illegal(&mut self) -> u8 {
        self.illegal = self.illegal.saturating_add(1);
        self.busy = 0;
        self.illegal
    }

    /// Notes that the device is busy; returns how often in a row it was.
    pub(super) const fn was_busy(&mut self) -> u8 {
        self.busy = self.busy.saturating_add(1);
        self.busy
    }

    /// Returns how what reads a part of the same stands, and leaves it to that.
    pub(super) fn split(&mut self) -> Self {
        let part = Self { told: self.told, lost: self.lost, ..Self::default() };
        *self = Self { is_split: true, answered: self.answered, ..Self::default() };
        part
    }

    /// Notes a failure; tells whether it is to be told.
    pub(super) fn failed(&mut self, quality: Quality) -> bool {
        let is_news = self.told != Told::Failed(quality);
        self.told = Told::Failed(quality);
        is_news
    }

    /// Tells whether values came since then: a timeout of what was sent then makes nothing worse, as the values are
    /// younger than one in time could be old.
    pub(super) fn is_read_since(&self, sent: Instant) -> bool {
        matches!(self.told, Told::Read(at) if at >= sent)
    }

    /// Returns when the values will be stale.
    pub(super) fn stale_at(&self, stale_after: Option<Duration>) -> Option<Instant> {
        match self.told {
            Told::Read(at) => stale_after.map(|after| at + after),
            Told::Nothing | Told::Failed(_) => None,
        }
    }
}
