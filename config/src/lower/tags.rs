//! Tags: paths become slots. First those that are fed, in the order of the file, then the derived
//! ones, each after those that it reads.

use latchwork_engine::Tag;
use latchwork_expr::{Scheme, TagSlot, Type, Tz};

use super::connections::Fed;
use super::datasets;
use super::derived::{self, Derived};
use super::unique::Unique;
use crate::desk::Desk;
use crate::raw::{RawDataset, RawTag};

/// The tags of the plant.
#[derive(Debug)]
pub(super) struct Tags {
    /// Their names.
    pub(super) scheme: Scheme,
    /// The tags, by slot.
    pub(super) rows: Vec<Tag>,
    /// The slots of the derived tags, each after those that it reads.
    pub(super) derived: Vec<TagSlot>,
    /// The tags that connections feed, in the order of the file.
    pub(super) fed: Vec<Fed>,
}

impl Tags {
    /// Adds a tag; its slot is its index.
    pub(super) fn add(&mut self, tag: Tag) -> TagSlot {
        let slot = self.scheme.add(&tag.path, tag.kind);
        assert_eq!(slot.index(), self.rows.len(), "the slot of `{}` is not its index", tag.path);
        self.rows.push(tag);
        slot
    }
}

/// Lowers `[[tags]]` and `[[datasets]]`, which derived tags read too.
pub(super) fn lower(raw: Vec<RawTag>, datasets: Vec<RawDataset>, zone: Tz, desk: &mut Desk<'_>) -> Tags {
    let mut tags =
        Tags { scheme: Scheme::new(), rows: Vec::with_capacity(raw.len()), derived: Vec::new(), fed: Vec::new() };
    let mut unique = Unique::names("tags");
    let mut waiting = Vec::new();
    for tag in raw {
        let path = Scheme::canonical(&tag.path.value);
        if !unique.take(path.clone(), tag.path.shown(), tag.path.place, desk) {
            continue;
        }
        if let Some(expression) = tag.expression {
            waiting.push(Derived { path, expression: *expression, kind: tag.kind, kind_place: tag.kind_place });
        } else {
            let kind = tag.kind.unwrap_or(Type::Any);
            let slot = tags.add(Tag { path, kind, initial: tag.initial, expression: None, wire: None });
            tags.fed.extend(tag.feed.map(|feed| Fed { slot, feed }));
        }
    }
    datasets::lower(datasets, &unique, &mut tags.scheme, desk);
    derived::lower(&waiting, &mut tags, zone, desk);
    tags
}
