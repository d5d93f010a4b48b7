//! How the levels of a plant hang on its tags: at which numbers a tag that moves can move one.
//!
//! Only of tags that nothing but probes reads, and these only as numbers compared with others.

use std::collections::BTreeSet;

use latchwork_expr::{Contact, Program, TagSlot};

use crate::lists::Lists;
use crate::plant::Plant;
use crate::scale::Scale;
use crate::wiring::Target;

/// A contact, and the probe in whose rung it is: 32 bytes, none of which lies in another line of the cache.
#[derive(Clone, Copy, Debug)]
#[repr(align(32))]
pub(crate) struct Lever {
    pub(crate) contact: Contact,
    pub(crate) probe: u32,
}

/// What hangs on each tag.
#[derive(Debug)]
pub(crate) struct Moves {
    /// All that a tag can move, if that is a few contacts.
    levers: Lists<Lever>,
    /// The numbers at which it can move something, if there are so many that they have a scale.
    marks: Lists<f64>,
}

impl Moves {
    /// Returns what hangs on the tags of a plant whose programs have these targets.
    pub(crate) fn new(plant: &Plant, targets: &[(&Program, Target)], scales: &[Scale]) -> Self {
        let (mut levers, mut is_other) = levers(plant.tags.len(), targets);
        for tag in guarded(plant).chain(plant.derived.iter().copied()) {
            is_other[tag.index()] = true;
        }
        levers.retain(|&(tag, _)| !is_other[tag]);
        let with_scale: BTreeSet<usize> = scales.iter().map(|scale| scale.tag().index()).collect();
        let (many, few): (Vec<_>, Vec<_>) = levers.into_iter().partition(|(tag, _)| with_scale.contains(tag));
        Self { levers: Lists::new(plant.tags.len(), few.into_iter()), marks: marks(plant.tags.len(), many) }
    }

    /// Returns all that a tag can move; nothing where it has [`Self::marks`], or something else of it counts.
    #[inline]
    pub(crate) fn levers(&self, tag: TagSlot) -> &[Lever] {
        self.levers.get(tag.index())
    }

    /// Returns the finite numbers at which a tag can move something, in ascending order; none where it has
    /// [`Self::levers`], or something else of it counts.
    pub(crate) fn marks(&self, tag: TagSlot) -> &[f64] {
        self.marks.get(tag.index())
    }
}

/// Returns the levers of all probes, and by slot whether something else of a tag counts.
fn levers(tags: usize, targets: &[(&Program, Target)]) -> (Vec<(usize, Lever)>, Vec<bool>) {
    let mut levers: Vec<(usize, Lever)> = Vec::new();
    let mut is_other = vec![targets.iter().any(|(program, _)| program.computes_paths()); tags];
    for (program, target) in targets {
        let ladder = if let Target::Probe(probe) = target { program.ladder().zip(Some(*probe)) } else { None };
        for tag in ladder.as_ref().map_or(program.reads(), |(ladder, _)| &ladder.others) {
            is_other[tag.index()] = true;
        }
        if let Some((ladder, probe)) = ladder {
            levers.extend(ladder.contacts.iter().map(|&(tag, contact)| (tag.index(), Lever { contact, probe })));
        }
    }
    (levers, is_other)
}

/// Returns the tags on which it hangs whether a connection is believed, and those that hang on it.
fn guarded(plant: &Plant) -> impl Iterator<Item = TagSlot> {
    plant.guards.iter().flat_map(|guard| guard.tags.iter().copied().chain(guard.heartbeat.map(|beat| beat.tag)))
}

fn marks(tags: usize, levers: Vec<(usize, Lever)>) -> Lists<f64> {
    let ends = levers.into_iter().flat_map(|(tag, lever)| lever.contact.ends().map(|end| (tag, end)));
    let mut marks: Vec<(usize, f64)> = ends.filter(|(_, end)| end.is_finite()).collect();
    marks.sort_by(|(one_tag, one), (other_tag, other)| one_tag.cmp(other_tag).then(one.total_cmp(other)));
    marks.dedup();
    Lists::new(tags, marks.into_iter())
}
