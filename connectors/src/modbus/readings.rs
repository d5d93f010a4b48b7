//! An answer, or the lack of one → samples.
//!
//! Pure. A reading that failed carries no value, so that none can be taken for one.

use latchwork_config::connections::{ConnectionTag, Point};
use latchwork_engine::{Reading, Sample};
use latchwork_expr::{Quality, TagSlot, Timestamp};

use super::answer::Registers;
use super::decode::value;
use super::plan::Block;
use crate::shaping::Shaper;

/// The samples of one answer.
pub(super) struct Readings {
    /// One for each point of the block.
    pub(super) samples: Vec<Sample>,
    /// How many of them are no values of their tags' types.
    pub(super) unfit: u64,
}

/// Returns the readings of a block's answer. A number that its tag's type cannot hold is `Bad_OutOfRange`.
pub(super) fn of(
    block: &Block,
    registers: &Registers,
    points: &[Point],
    tags: &[ConnectionTag],
    shaper: &mut Shaper,
    source_time: Timestamp,
) -> Readings {
    let sample = |&index: &usize| {
        let (point, kind) = (&points[index], shaper.reads_as(index, tags[index].kind));
        let offset = usize::from(point.address.saturating_sub(block.address));
        let (reading, quality) = match value(point, kind, registers, offset) {
            Some(value) => shaper.shape(index, value, Quality::Good, source_time),
            None => (Reading::Kept, Quality::BadOutOfRange),
        };
        Sample { tag: slot(index), reading, quality, source_time }
    };
    let samples: Vec<Sample> = block.points.iter().map(sample).collect();
    let unfit = samples.iter().filter(|sample| matches!(sample.reading, Reading::Kept)).count() as u64;
    Readings { samples, unfit }
}

/// Returns the samples of tags that could not be read.
pub(super) fn kept(tags: impl IntoIterator<Item = usize>, quality: Quality, source_time: Timestamp) -> Vec<Sample> {
    let sample = |index| Sample { tag: slot(index), reading: Reading::Kept, quality, source_time };
    tags.into_iter().map(sample).collect()
}

/// Returns how a batch names a tag: by its index in the connection.
fn slot(index: usize) -> TagSlot {
    TagSlot(u32::try_from(index).expect("a connection has fewer tags than a plant has slots"))
}
