//! A block that the device does not have as a whole is taken apart, so that only the tags that are not there are Bad.
//!
//! The parts stay apart while the connection runs, over new links too: what the device was found not to have is not asked
//! for together with anything again.

use super::{Now, Poller};
use crate::modbus::due::Due;

impl Poller {
    /// Puts two halves in the place of a block, both due now.
    pub(super) fn split(&mut self, block: usize, now: Now) {
        let Some(halves) = self.blocks[block].halves(&self.modbus.points) else { return };
        tracing::info!(connection = %self.connection.name, block = %self.blocks[block], "the device has not all of it: taken apart");
        let unit = self.unit_of[block];
        let standing = self.standings[block].split();
        self.units[unit].blocks.retain(|&other| other != block);
        for half in halves {
            let index = self.blocks.len();
            self.blocks.push(half);
            self.timetable.add_like(unit, block);
            self.standings.push(standing);
            self.unit_of.push(unit);
            self.units[unit].blocks.push(index);
            self.reschedule(index, |due| due.again(now.at));
        }
        self.reschedule(block, Due::retire);
    }
}
