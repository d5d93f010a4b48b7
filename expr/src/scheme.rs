//! The names that an expression may use, and what is known of them before any value exists.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono_tz::Tz;

use crate::dataset::Dataset;
use crate::image::TagSlot;
use crate::value::Type;

/// Every tag with its slot and declared type, and every dataset.
#[derive(Clone, Debug, Default)]
pub struct Scheme {
    /// Shared with the programs that compute paths.
    slots: Arc<BTreeMap<String, TagSlot>>,
    tags: Vec<(String, Type)>,
    /// The datasets that never change, by their canonical path.
    datasets: Arc<BTreeMap<String, Arc<Dataset>>>,
}

impl Scheme {
    /// Returns a scheme without tags.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a tag by its path, with or without `[provider]`, and returns its slot; a path that is
    /// already there keeps its slot and type.
    ///
    /// # Panics
    /// Panics beyond 2³² tags.
    pub fn add(&mut self, path: &str, kind: Type) -> TagSlot {
        let path = Self::canonical(path);
        if let Some(&slot) = self.slots.get(&path) {
            return slot;
        }
        let slot = TagSlot(u32::try_from(self.tags.len()).expect("more tags than slots"));
        Arc::make_mut(&mut self.slots).insert(path.clone(), slot);
        self.tags.push((path, kind));
        slot
    }

    /// Adds a dataset that never changes; expressions read it by its path, as they read tags.
    pub fn add_dataset(&mut self, path: &str, dataset: Dataset) {
        Arc::make_mut(&mut self.datasets).insert(Self::canonical(path), Arc::new(dataset));
    }

    /// Returns every dataset by its canonical path, as they are now.
    pub(crate) const fn datasets(&self) -> &Arc<BTreeMap<String, Arc<Dataset>>> {
        &self.datasets
    }

    /// Returns the canonical paths of all that an expression may read.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.tags.iter().map(|(path, _)| path.as_str()).chain(self.datasets.keys().map(String::as_str))
    }

    /// Sets the type of a tag, once it is known: names may have to be there before.
    pub fn set_type(&mut self, slot: TagSlot, kind: Type) {
        self.tags[slot.index()].1 = kind;
    }

    /// Returns every tag's slot by its canonical path, as it is now.
    pub(crate) fn slots(&self) -> Arc<BTreeMap<String, TagSlot>> {
        self.slots.clone()
    }

    /// Returns the slot and type of a tag, by its path with or without `[provider]`.
    pub fn find(&self, path: &str) -> Option<(TagSlot, Type)> {
        let slot = *if path.starts_with('[') { self.slots.get(path) } else { self.slots.get(&Self::canonical(path)) }?;
        Some((slot, self.tags[slot.index()].1))
    }

    /// Returns every tag's canonical path and type, in slot order.
    pub fn tags(&self) -> &[(String, Type)] {
        &self.tags
    }

    /// Returns a path with its provider: `Line/Speed` becomes `[default]Line/Speed`.
    pub fn canonical(path: &str) -> String {
        if path.starts_with('[') { path.to_owned() } else { format!("[default]{path}") }
    }
}

/// What to make of a reference to a tag that the scheme does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnknownTag {
    /// A problem with a suggestion: the configuration's way.
    Problem,
    /// A problem without a suggestion: for the rest of a configuration that has shown so many problems
    /// that looking through all tags for each would take too long.
    ProblemWithoutSuggestion,
    /// Null with `Bad_NotFound` at evaluation: the way of `eval`.
    BadNotFound,
}

/// Where an expression stands: what relative and host references mean there.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// The tags.
    pub scheme: &'a Scheme,
    /// The folder that `{[.]…}` is relative to, without provider, such as `Line1/Filler`.
    pub folder: &'a str,
    /// What to make of unknown tags.
    pub unknown_tag: UnknownTag,
    /// Whether `{operation.…}` and `{record.captures.…}` have a meaning here.
    pub operation: bool,
    /// Whether `{value}` has a meaning here.
    pub value: bool,
    /// The time zone in which dates are read and shown: folding of constants needs it.
    pub zone: Tz,
    /// For a derived tag, its slot: a computed path may lead only to tags before it, for those behind it
    /// are evaluated later in a scan.
    pub own: Option<TagSlot>,
}

impl<'a> Scope<'a> {
    /// Returns a scope with nothing but tags, in UTC, where unknown tags are problems.
    pub const fn of(scheme: &'a Scheme) -> Self {
        let unknown_tag = UnknownTag::Problem;
        Self { scheme, folder: "", unknown_tag, operation: false, value: false, zone: Tz::UTC, own: None }
    }
}
