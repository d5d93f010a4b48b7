//! What is known of an operation at a moment: how it stands, and what happened around then.

use std::sync::Arc;

use latchwork_engine::{Engine, Explanation, Happening, Moment, OperationIndex, Plant, Record, RecordChange, ScanTime};
use latchwork_expr::{Cell, TagSlot, Timestamp, Tz};

use super::clock::Clock;
use super::limits::TAGS_MAX;
use super::phrases::{Phrase, phrases};

/// What an explanation is made of. [`std::fmt::Display`] writes it for people, [`Findings::to_json`] for programs.
#[derive(Clone, Debug)]
pub struct Findings {
    pub(super) plant: Arc<Plant>,
    pub(super) explanation: Explanation,
    /// The last scan at or before the moment; none before the first.
    pub(super) last: Option<ScanTime>,
    /// What the last scan did, if that was looked on.
    pub(super) doing: Doing,
    /// The tags that the expressions read.
    pub(super) tags: Vec<TagFinding>,
    /// The scans up to the moment in which something happened, the oldest first.
    pub(super) before: Vec<Scanned>,
    /// How many still earlier ones of the window are left out.
    pub(super) left_out: u64,
    /// Those after it.
    pub(super) after: Vec<Scanned>,
    /// How far around the moment was looked, in microseconds.
    pub(super) window_micros: i64,
    pub(super) source: Source,
    pub(super) clock: Clock,
}

/// Where findings are from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// From traces.
    Trace {
        /// How many scans were taken.
        scans: u64,
        /// The last moment of the traces, if that lies before the moment that is asked for.
        ended: Option<Timestamp>,
    },
    /// From a running gateway.
    Gateway,
}

/// A tag at the moment.
#[derive(Clone, Debug)]
pub(super) struct TagFinding {
    pub(super) slot: TagSlot,
    pub(super) cell: Cell,
    /// Since when its quality is what it is, if that was seen.
    pub(super) since: Option<Moment>,
}

/// A scan in which something happened.
#[derive(Clone, Debug)]
pub(super) struct Scanned {
    pub(super) when: ScanTime,
    pub(super) phrases: Vec<Phrase>,
}

/// What a scan did to an operation.
#[derive(Clone, Debug, Default)]
pub(super) struct Doing {
    pub(super) happenings: Vec<Happening>,
    /// The records that it opened, closed or changed, as they were then.
    pub(super) records: Vec<(RecordChange, Record)>,
    /// Why commands were refused.
    pub(super) refusals: Vec<String>,
}

impl Findings {
    /// Returns what a running gateway's engine knows now. Of what happened it remembers the last of each kind.
    pub fn now(
        engine: &Engine,
        operation: OperationIndex,
        now: Moment,
        last: Option<ScanTime>,
        window_micros: i64,
    ) -> Self {
        let plant = engine.shared_plant();
        let clock = Clock::at(now.wall, plant.zone);
        let explanation = engine.explain(operation, now, &[]);
        let tags = tags(engine, &explanation, |_| None);
        let before = remembered(engine, operation, now, window_micros, clock);
        Self {
            plant,
            explanation,
            last,
            doing: Doing::default(),
            tags,
            before,
            left_out: 0,
            after: Vec::new(),
            window_micros,
            source: Source::Gateway,
            clock,
        }
    }

    /// Returns the zone in which times are told.
    pub const fn zone(&self) -> Tz {
        self.clock.zone()
    }

    pub(super) fn operation(&self) -> &latchwork_engine::Operation {
        &self.plant.operations[self.explanation.operation.index()]
    }

    /// Returns the path of a tag as people write it.
    pub(super) fn path(&self, slot: TagSlot) -> &str {
        path(&self.plant, slot)
    }
}

/// Returns the path of a tag as people write it.
pub(super) fn path(plant: &Plant, slot: TagSlot) -> &str {
    let path = plant.tags[slot.index()].path.as_str();
    path.strip_prefix("[default]").unwrap_or(path)
}

/// Returns the tags of an explanation as they are.
pub(super) fn tags(
    engine: &Engine,
    explanation: &Explanation,
    since: impl Fn(TagSlot) -> Option<Moment>,
) -> Vec<TagFinding> {
    let find = |&slot: &TagSlot| TagFinding { slot, cell: engine.image()[slot.index()].clone(), since: since(slot) };
    explanation.tags.iter().take(TAGS_MAX).map(find).collect()
}

/// Returns what the engine remembers of the window, scan by scan.
fn remembered(
    engine: &Engine,
    operation: OperationIndex,
    now: Moment,
    window_micros: i64,
    clock: Clock,
) -> Vec<Scanned> {
    let is_inside = |when: ScanTime| now.monotonic.micros_since(when.at.monotonic) <= window_micros;
    let mut all: Vec<Happening> = engine.happenings(operation).filter(|found| is_inside(found.when)).collect();
    all.sort_by_key(|found| found.when.scan);
    let scans = all.chunk_by(|one, other| one.when == other.when);
    let told = scans.map(|found| {
        let doing = Doing { happenings: found.to_vec(), ..Doing::default() };
        Scanned { when: found[0].when, phrases: phrases(engine, operation, &doing, clock) }
    });
    told.collect()
}
