//! A gateway that dies and starts anew; knows nothing of what is configured but the rules for that.

use super::plant::{Micros, RestartRule, SECOND};
use super::value::{ModelQuality, Reading};
use super::world::World;

/// A death of the gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Crash {
    /// Up to when everything is committed; what comes later is lost.
    pub committed: Micros,
    /// Until when it ran all the same.
    pub down: Micros,
    /// When it runs again.
    pub up: Micros,
}

impl World<'_> {
    /// What connections bring is unknown until it is read.
    pub(super) fn lose_connections(&mut self) {
        self.brought.clear();
        for tag in self.plant.connections.iter().flat_map(|connection| &connection.tags) {
            if let Some(reading) = self.read.get_mut(tag).filter(|reading| reading.quality != ModelQuality::Bad) {
                reading.quality = ModelQuality::Bad;
                self.brought.insert(tag.clone());
            }
        }
    }

    /// Marks the runs that are not to go on; their operations start with the next known level that asks.
    pub(super) fn end_unseen_runs(&mut self) {
        for (operation, configured) in self.plant.operations.iter().enumerate() {
            let Some(run) = self.open_run(operation).filter(|_| configured.parent.is_none()) else { continue };
            let seen = self.seen[operation].unwrap_or(self.runs[run].record.start);
            let ends = match configured.restart {
                RestartRule::CloseAtLastSeen => true,
                RestartRule::Resume(0) => false,
                RestartRule::Resume(seconds) => self.now - seen > seconds * SECOND,
            };
            if !ends {
                continue;
            }
            self.unseen.insert(operation, seen);
            let memories = &mut self.memories[operation];
            if let Some(trigger) = &configured.start {
                memories.start.start_over(trigger.kind);
                // What remembers something is evaluated again when what it reads comes again.
                memories.start_level.last = Reading::NONE;
            }
        }
    }

    /// Notes that this scan saw whether the operation's run should end.
    pub(super) fn note_seen(&mut self, operation: usize) {
        let topmost = self.plant.topmost(operation);
        if self.plant.operations[topmost].stop.is_none() || self.memories[topmost].stop_is_known {
            self.seen[operation] = Some(self.now);
        }
    }
}
