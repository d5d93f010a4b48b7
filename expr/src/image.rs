//! The image: what every tag is after a scan's samples are latched.

use serde::{Deserialize, Serialize};

use crate::quality::Quality;
use crate::value::{Timestamp, Value};

/// A tag's index in the image. Names become slots once, in the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TagSlot(pub u32);

impl TagSlot {
    /// Returns the slot as an index into the image.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// One tag's value, quality and source time: 32 bytes, none of which lies in another line of the cache.
#[derive(Clone, Debug)]
#[repr(align(32))]
pub struct Cell {
    /// The last value; it stays when the quality goes Bad.
    pub value: Value,
    /// The source's own time: data, never the engine's time.
    pub time: Timestamp,
    /// How far the value can be trusted.
    pub quality: Quality,
}

impl Default for Cell {
    /// Returns the cell of a tag that has had no sample: null with `Bad_Stale`.
    fn default() -> Self {
        Self { value: Value::Null, time: Timestamp(0), quality: Quality::BadStale }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_thirty_two_bytes() {
        assert_eq!(size_of::<Cell>(), 32);
    }
}
