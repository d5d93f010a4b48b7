//! A plant that becomes another while it runs; knows nothing of how.

use super::plant::{Micros, ModelOperation, ModelPlant, ModelTrigger};
use super::trigger::TriggerMemory;
use super::world::{Level, Memories, World};

/// A configuration that takes the place of the one before, with the same tags, and the same operations by name.
#[derive(Clone, Debug, PartialEq)]
pub struct Reload {
    /// When.
    pub at: Micros,
    /// What is configured from then on.
    pub plant: ModelPlant,
}

impl<'p> World<'p> {
    /// Takes another plant: what did not change goes on, a trigger with another expression or edge is a new one.
    pub(super) fn reload(&mut self, reload: &'p Reload) {
        self.run_timers(reload.at);
        let before = std::mem::replace(&mut self.plant, &reload.plant);
        for (operation, (old, new)) in before.operations.iter().zip(&self.plant.operations).enumerate() {
            forget_changed(&mut self.memories[operation], old, new);
            self.is_put_out[operation] = !new.enabled;
        }
        self.now = reload.at;
        self.due = None;
        self.brought.clear();
        self.judge();
        self.scan();
        self.is_put_out.fill(false);
        self.run_timers(reload.at);
    }
}

fn forget_changed(memories: &mut Memories, old: &ModelOperation, new: &ModelOperation) {
    if !is_same(old.start.as_ref(), new.start.as_ref()) {
        (memories.start, memories.start_level) = (TriggerMemory::default(), Level::new());
    }
    if !is_same(old.stop.as_ref(), new.stop.as_ref()) {
        (memories.stop, memories.stop_level) = (TriggerMemory::default(), Level::new());
    }
    if old.fault != new.fault {
        (memories.fault, memories.fault_level) = (TriggerMemory::default(), Level::new());
    }
}

/// A trigger's memory is that of its expression and its edge.
fn is_same(old: Option<&ModelTrigger>, new: Option<&ModelTrigger>) -> bool {
    let identity =
        |trigger: Option<&'_ ModelTrigger>| trigger.map(|trigger| (trigger.expression.clone(), trigger.kind));
    identity(old) == identity(new)
}
