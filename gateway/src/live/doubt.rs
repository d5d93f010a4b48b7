//! What a polled device says while its connection is not valid: it is not believed afterwards either.
//!
//! The engine shows a tag again as it was read last once its connection is valid. Where readings come round after round
//! that may be the zeros of a device that was just starting, read a moment before the one that shows it to be valid; the
//! next round brings the truth. So such readings are taken back at once, by a scan of failed ones: the tag then waits for
//! its next reading. What a broker brings comes but once, and stays.

use latchwork_engine::{Engine, Plant, Reading, Sample};
use latchwork_expr::{Level, Quality, TagSlot};

/// The guard of a polled connection.
#[derive(Clone, Debug)]
pub(super) struct Doubt {
    /// Its place in [`Plant::guards`].
    guard: usize,
    /// The tags that it hides, in ascending order.
    tags: Vec<TagSlot>,
}

impl Doubt {
    /// Returns the doubt about a polled connection of a plant; `None` if it is always believed.
    pub(super) fn of(connection: &str, plant: &Plant) -> Option<Self> {
        let guard = plant.guards.iter().position(|guard| guard.connection == connection)?;
        let mut tags = plant.guards[guard].tags.clone();
        tags.sort_unstable();
        Some(Self { guard, tags })
    }

    /// Returns the samples that take back what a scan brought; none while the connection is valid.
    pub(super) fn of_scan(&self, samples: &[Sample], engine: &Engine) -> Vec<Sample> {
        if engine.is_valid(self.guard) {
            return Vec::new();
        }
        let doubted = samples.iter().filter(|sample| {
            sample.quality.level() < Level::Bad && self.tags.binary_search(&sample.tag).is_ok()
        });
        doubted.map(taken_back).collect()
    }
}

const fn taken_back(sample: &Sample) -> Sample {
    Sample { tag: sample.tag, reading: Reading::Kept, quality: Quality::BadStale, source_time: sample.source_time }
}
