//! A trigger's memory over restarts and reloads.

use super::{Lineage, Memory, TriggerState};
use crate::plant::{Trigger, TriggerType};
use crate::retained::{RetainedTrigger, resume_sites, retain_sites};

impl TriggerState {
    /// Returns what survives. An edge that fired does not: the scan that made it also used it.
    pub(crate) fn retain(&self, trigger: &Trigger) -> RetainedTrigger {
        RetainedTrigger {
            expression: trigger.program.text().to_owned(),
            kind: trigger.kind,
            level: self.memory.clone(),
            known: self.known,
            gap: self.gap,
            hold: self.hold.clone(),
            rearming: self.rearming,
            sites: retain_sites(&self.sites),
            trail: Some(Box::new(self.trail.clone())),
        }
    }

    /// Returns the memory as it was. It belongs to the expression's text and the edge: that of any other is a new
    /// one, which has to be armed.
    pub(crate) fn remember(trigger: &Trigger, retained: Option<&RetainedTrigger>) -> Self {
        let Some(retained) = retained.filter(|retained| retained.is_of(trigger)) else {
            return Self { rearming: true, ..Self::new(&trigger.program) };
        };
        Self {
            memory: retained.level.clone(),
            known: retained.known,
            gap: retained.gap,
            hold: retained.hold.clone(),
            fired: None,
            rearming: retained.rearming,
            sites: resume_sites(&trigger.program, &retained.sites),
            trail: retained.trail.as_deref().cloned().unwrap_or_default(),
        }
    }

    /// Returns the truth that the expression gave last, if it was known.
    pub(crate) const fn truth(&self, kind: TriggerType) -> Option<bool> {
        match (&self.memory, kind, self.known) {
            (Memory::Asks(asks), TriggerType::RisingEdge, true) => Some(*asks),
            (Memory::Asks(asks), TriggerType::FallingEdge, true) => Some(!*asks),
            (Memory::Unarmed | Memory::Asks(_) | Memory::Value(_), _, _) => None,
        }
    }

    /// Forgets that the level asked, as if it had been seen not to before what nobody saw: a machine that still runs
    /// starts again, across a gap. What changes is compared with its last value all the same.
    pub(crate) fn start_over(&mut self, trigger: &Trigger) {
        self.hold = None;
        if trigger.kind != TriggerType::Change {
            self.memory = Memory::Asks(false);
        }
        self.gap = !self.memory.is_unarmed();
    }

    /// Tells, once, that a trigger of a changed configuration was armed by the very level that it asks for: the
    /// edge that would have fired lies before it.
    pub(crate) fn take_armed_too_late(&mut self) -> bool {
        let armed = self.known && std::mem::take(&mut self.rearming);
        armed && matches!(self.memory, Memory::Asks(true)) && self.hold.is_none()
    }

    /// Returns the run that a held edge goes on with.
    pub(crate) fn continues(&self) -> Option<Lineage> {
        self.hold.as_ref()?.edge.continues
    }
}
