//! Programs that read tags by computed paths: what touches them changes with what they read.
//!
//! The lists of [`crate::wiring`] are made once, of the tags that programs name. Where a computed path led
//! last is in its call site; each evaluation brings this second, small set of lists up to date.

use std::collections::BTreeMap;

use latchwork_expr::{Site, TagSlot};

use crate::step::Engine;
use crate::wiring::{Reader, Target};

/// Who read what last by a computed path.
#[derive(Debug)]
pub(crate) struct Paths {
    programs: BTreeMap<Target, Reads>,
    /// By tag; empty where no program computes paths.
    readers: Vec<Vec<Reader>>,
}

/// What a program read last by computed paths.
#[derive(Debug)]
struct Reads {
    reader: Reader,
    tags: Vec<TagSlot>,
}

impl Paths {
    /// Returns the lists of programs that read nothing yet.
    pub(crate) fn new(tags: usize, programs: impl Iterator<Item = Reader>) -> Self {
        let programs: BTreeMap<_, _> =
            programs.map(|reader| (reader.target, Reads { reader, tags: Vec::new() })).collect();
        let readers = if programs.is_empty() { Vec::new() } else { vec![Vec::new(); tags] };
        Self { programs, readers }
    }

    /// Tells whether no program computes paths.
    #[inline]
    pub(crate) const fn is_empty(&self) -> bool {
        self.readers.is_empty()
    }

    /// Returns the programs that read a tag last.
    pub(crate) fn readers(&self, tag: TagSlot) -> &[Reader] {
        self.readers.get(tag.index()).map_or(&[], Vec::as_slice)
    }

    /// Has the tags that a program read now touch it, and no others.
    fn follow(&mut self, target: Target, sites: &[Site]) {
        let Some(Reads { reader, tags }) = self.programs.get_mut(&target) else { return };
        let now = || sites.iter().filter_map(Site::tag);
        if now().eq(tags.iter().copied()) {
            return;
        }
        for tag in tags.drain(..) {
            self.readers[tag.index()].retain(|other| other.target != target);
        }
        for tag in now() {
            tags.push(tag);
            let readers = &mut self.readers[tag.index()];
            if readers.iter().all(|other| other.target != target) {
                readers.push(*reader);
            }
        }
    }
}

impl Engine {
    /// Has the tags that a program's computed paths led to touch it from now on.
    #[inline]
    pub(crate) fn follow_paths(&mut self, target: Target) {
        if self.wiring.paths().is_empty() {
            return;
        }
        let sites = match target {
            Target::Derived(rank) => &self.derived_sites[rank as usize],
            Target::Operation(operation, task) => self.operations[operation.index()].sites(task),
            Target::Capture(number) => {
                let key = self.wiring.capture(number);
                &self.operations[key.operation.index()].captures[key.place].sites
            }
            // Conditions of connections compute no paths.
            Target::Probe(_) | Target::Scale(_) | Target::Guard(..) => return,
        };
        self.wiring.paths_mut().follow(target, sites);
    }

    /// Has what every program read before a restart touch it again.
    pub(crate) fn follow_all_paths(&mut self) {
        let computing: Vec<Target> = self.wiring.paths().programs.keys().copied().collect();
        for target in computing {
            self.follow_paths(target);
        }
    }
}
