//! What is known of a running gateway at a glance, for who watches over it.

use std::collections::BTreeMap;

use latchwork_engine::{Counters, OperationIndex};
use latchwork_expr::{Level, Timestamp};

use super::gateway::Gateway;
use super::link_state::LinkRow;
use super::pulse::Pulse;

/// What is known of a running gateway at a glance.
#[derive(Clone, Debug)]
pub(crate) struct Vitals {
    /// When that was.
    pub(crate) now: Timestamp,
    /// How many scans were taken, ever.
    pub(crate) scans: u64,
    /// How many turns wait for the store.
    pub(crate) turns_waiting: usize,
    /// Whether the last commit was done.
    pub(crate) is_store_written: bool,
    /// How many records are open.
    pub(crate) open_records: usize,
    /// What did not become a record, and how often an expression failed, of all operations.
    pub(crate) counters: Counters,
    /// The tags by class.
    pub(crate) tags: BTreeMap<TagClass, TagAges>,
    /// Whether events are published.
    pub(crate) is_publishing: bool,
    /// The connections.
    pub(crate) links: Vec<LinkRow>,
    /// How the loop does.
    pub(crate) pulse: Pulse,
}

/// Tags that are fed alike: by one connection, and for a polled one as often.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TagClass {
    /// The connection's name.
    pub(crate) connection: String,
    /// How often they are read, in milliseconds; `None` for what comes by itself.
    pub(crate) period_millis: Option<u128>,
}

/// How old the values of some tags are.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct TagAges {
    /// How many tags there are.
    pub(crate) tags: usize,
    /// How many of them are Bad or stale.
    pub(crate) bad: usize,
    /// How long ago the oldest value of the others was read, by its source's time, in microseconds.
    pub(crate) oldest_micros: i64,
}

impl Gateway {
    /// Looks how everything stands now.
    pub(super) fn vitals(&self) -> Vitals {
        let engine = self.drive.engine();
        let now = self.now().wall;
        let mut counters = Counters::default();
        for (index, _) in (0_u32..).zip(&engine.plant().operations) {
            counters = sum(counters, engine.counters(OperationIndex(index)));
        }
        Vitals {
            now,
            scans: self.drive.scans(),
            turns_waiting: self.ledger.waiting(),
            is_store_written: self.ledger.retry_at().is_none(),
            open_records: engine.open_records().count(),
            counters,
            tags: self.tag_ages(now),
            is_publishing: self.publisher.is_some(),
            links: self.links.rows(),
            pulse: self.pulse.clone(),
        }
    }

    fn tag_ages(&self, now: Timestamp) -> BTreeMap<TagClass, TagAges> {
        let image = self.drive.engine().image();
        let mut classes: BTreeMap<TagClass, TagAges> = BTreeMap::new();
        for (connection, period, slot) in self.links.fed() {
            let period_millis = period.map(|period| period.as_millis());
            let class = TagClass { connection: connection.to_owned(), period_millis };
            let (ages, cell) = (classes.entry(class).or_default(), &image[slot.index()]);
            ages.tags += 1;
            if cell.quality.level() >= Level::Bad {
                ages.bad += 1;
            } else {
                ages.oldest_micros = ages.oldest_micros.max(now.0.saturating_sub(cell.time.0));
            }
        }
        classes
    }
}

/// Counts together what two operations counted.
const fn sum(one: Counters, other: Counters) -> Counters {
    Counters {
        held_off: one.held_off + other.held_off,
        ignored: one.ignored + other.ignored,
        refused: one.refused + other.refused,
        continued: one.continued + other.continued,
        sequence_gaps: one.sequence_gaps + other.sequence_gaps,
        faults: one.faults + other.faults,
    }
}
