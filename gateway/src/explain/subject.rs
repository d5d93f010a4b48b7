//! The operation that is looked at, in its plant: what its expressions read and remember.

use std::sync::Arc;

use latchwork_engine::{Asked, Engine, Moment, OperationIndex, Plant, Remembered, ScanTime};
use latchwork_expr::{Quality, TagSlot};

/// The operation in its plant.
#[derive(Debug)]
pub(super) struct Subject {
    pub(super) plant: Arc<Plant>,
    pub(super) operation: OperationIndex,
    /// What its expressions remember before the scan that comes.
    pub(super) remembered: Vec<Remembered>,
    /// What they remembered before the scan that evaluated them last.
    pub(super) asked: Vec<Asked>,
    qualities: Vec<Watched>,
}

/// A tag that its expressions read.
#[derive(Debug)]
struct Watched {
    slot: TagSlot,
    quality: Quality,
    since: Option<Moment>,
}

impl Subject {
    /// Returns the operation of a plant that runs from here on.
    pub(super) fn new(plant: Arc<Plant>, operation: OperationIndex, engine: &Engine) -> Self {
        let watched = |&slot: &TagSlot| Watched { slot, quality: engine.image()[slot.index()].quality, since: None };
        let tags = engine.tags_of(operation);
        Self {
            plant,
            operation,
            remembered: Vec::new(),
            asked: Vec::new(),
            qualities: tags.iter().map(watched).collect(),
        }
    }

    /// Looks at what a scan did to the tags and calls that the operation's expressions read.
    pub(super) fn look(&mut self, engine: &Engine, last: ScanTime) {
        for watched in &mut self.qualities {
            let quality = engine.image()[watched.slot.index()].quality;
            if std::mem::replace(&mut watched.quality, quality) != quality {
                watched.since = Some(last.at);
            }
        }
        let remembered = std::mem::take(&mut self.remembered);
        for asked in engine.asked(self.operation, remembered, last.scan) {
            self.asked.retain(|before| before.role() != asked.role());
            self.asked.push(asked);
        }
    }

    /// Returns since when a tag has its quality, if that was seen.
    pub(super) fn since(&self, slot: TagSlot) -> Option<Moment> {
        self.qualities.iter().find(|watched| watched.slot == slot)?.since
    }
}
