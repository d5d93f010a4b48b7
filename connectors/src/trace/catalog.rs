//! The tags that a trace may name: bytes → slot, type, and whether anything reads it.
//!
//! Never knows a format. A tag's slot is its place in the order of [`Catalog::add`].

use std::hash::Hasher;

use latchwork_expr::{TagSlot, Type};
use rustc_hash::FxHasher;

use super::value::Expected;
use crate::limits::{TAG_NAMES_BYTES_MAX, TAGS_MAX};

/// The provider that a path without one has.
const DEFAULT_PROVIDER: &str = "[default]";

/// An empty place of the hash table.
const EMPTY: u32 = u32::MAX;

/// Whether anything reads a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Usage {
    /// Its samples are scans.
    Read,
    /// Its rows are skipped and counted.
    Unread,
}

/// Every tag that a trace may name.
#[derive(Clone, Debug)]
pub struct Catalog {
    tags: Vec<Tag>,
    /// All paths one after the other.
    paths: String,
    /// Open addressing with linear steps: at most half of the places are taken.
    places: Vec<u32>,
    unknown: Usage,
    /// How many tags were added, not met.
    declared: usize,
}

/// One tag of a [`Catalog`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tag {
    /// Where its canonical path begins.
    start: u32,
    /// Where its path without the default provider begins.
    key: u32,
    end: u32,
    pub(crate) kind: Type,
    pub(crate) usage: Usage,
}

/// A tag's place in a catalog: its slot, if it is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct TagIndex(u32);

impl TagIndex {
    pub(crate) const fn slot(self) -> TagSlot {
        TagSlot(self.0)
    }
}

/// The path that is no text.
const NOT_UTF8: &str = "a tag in UTF-8";

/// The tag after the last that can be remembered, where all are wanted.
const ONE_TOO_MANY: &str = "no more different tags than this program tells apart";

impl Catalog {
    /// Returns a catalog without tags: what it does not know is skipped and counted.
    pub fn new() -> Self {
        Self { tags: Vec::new(), paths: String::new(), places: vec![EMPTY; 16], unknown: Usage::Unread, declared: 0 }
    }

    /// Returns a catalog that reads every tag it meets, of any type: for conversion, where nothing is declared.
    pub fn of_everything() -> Self {
        Self { unknown: Usage::Read, ..Self::new() }
    }

    /// Adds a tag by its path, with or without `[default]`, and returns its slot: slots count up from 0. A path that
    /// is already there keeps its slot and type.
    ///
    /// # Panics
    /// Panics beyond 2³² tags or bytes of paths.
    pub fn add(&mut self, path: &str, kind: Type, usage: Usage) -> TagSlot {
        let key = path.strip_prefix(DEFAULT_PROVIDER).unwrap_or(path);
        let index = self.find(key.as_bytes()).unwrap_or_else(|| self.insert(key, kind, usage));
        self.declared = self.tags.len();
        index.slot()
    }

    /// Returns a tag's canonical path, with its provider.
    pub fn path(&self, slot: TagSlot) -> &str {
        let tag = self.tags[slot.index()];
        &self.paths[tag.start as usize..tag.end as usize]
    }

    /// Returns a tag's declared type.
    pub fn kind(&self, slot: TagSlot) -> Type {
        self.tags[slot.index()].kind
    }

    /// Returns whether anything reads a tag.
    pub fn usage(&self, slot: TagSlot) -> Usage {
        self.tags[slot.index()].usage
    }

    /// Returns how many tags there are; slots are below it.
    pub fn len(&self) -> usize {
        self.tags.len()
    }

    /// Tells whether there are no tags.
    pub fn is_empty(&self) -> bool {
        self.tags.is_empty()
    }

    /// Returns the canonical paths that traces named and nobody had added.
    pub fn unknown_paths(&self) -> impl Iterator<Item = &str> {
        self.tags[self.declared..].iter().map(|tag| &self.paths[tag.start as usize..tag.end as usize])
    }

    /// Returns the tag at an index.
    pub(crate) fn tag(&self, index: TagIndex) -> &Tag {
        &self.tags[index.0 as usize]
    }

    /// Returns the tag that a path names; one that nobody knows is remembered.
    pub(crate) fn meet(&mut self, path: &[u8]) -> Result<TagIndex, Expected> {
        let key = without_provider(path);
        if let Some(index) = self.find(key) {
            return Ok(index);
        }
        let key = str::from_utf8(key).map_err(|_| NOT_UTF8)?;
        match (self.is_full(key.len()), self.unknown) {
            (false, usage) => Ok(self.insert(key, Type::Any, usage)),
            (true, Usage::Unread) => Ok(self.nameless()),
            (true, Usage::Read) => Err(ONE_TOO_MANY),
        }
    }

    /// Returns the unread tag that stands for all that cannot be remembered.
    fn nameless(&mut self) -> TagIndex {
        self.find(b"").unwrap_or_else(|| self.insert("", Type::Any, Usage::Unread))
    }

    fn is_full(&self, bytes: usize) -> bool {
        self.tags.len() >= TAGS_MAX || self.paths.len() + bytes >= TAG_NAMES_BYTES_MAX
    }

    /// Returns the path without the default provider.
    pub(crate) fn key(&self, tag: &Tag) -> &[u8] {
        &self.paths.as_bytes()[tag.key as usize..tag.end as usize]
    }

    /// Returns the tag that a path names, if it is known.
    pub(crate) fn known(&self, path: &[u8]) -> Option<TagIndex> {
        self.find(without_provider(path))
    }

    fn find(&self, key: &[u8]) -> Option<TagIndex> {
        let mut place = self.first_place(key);
        while self.places[place] != EMPTY {
            let index = TagIndex(self.places[place]);
            if self.key(self.tag(index)) == key {
                return Some(index);
            }
            place = self.place_after(place);
        }
        None
    }

    fn insert(&mut self, key: &str, kind: Type, usage: Usage) -> TagIndex {
        let provider = if key.starts_with('[') { "" } else { DEFAULT_PROVIDER };
        let start = offset(self.paths.len());
        self.paths.push_str(provider);
        self.paths.push_str(key);
        let index = TagIndex(offset(self.tags.len()));
        let tag = Tag { start, key: start + offset(provider.len()), end: offset(self.paths.len()), kind, usage };
        self.tags.push(tag);
        if self.tags.len() * 2 > self.places.len() {
            self.places = vec![EMPTY; self.places.len() * 2];
            (0..=index.0).for_each(|index| self.enter(TagIndex(index)));
        } else {
            self.enter(index);
        }
        index
    }

    fn enter(&mut self, index: TagIndex) {
        let mut place = self.first_place(self.key(self.tag(index)));
        while self.places[place] != EMPTY {
            place = self.place_after(place);
        }
        self.places[place] = index.0;
    }

    #[expect(clippy::cast_possible_truncation, reason = "the low bits of the hash choose the place")]
    fn first_place(&self, key: &[u8]) -> usize {
        let mut hasher = FxHasher::default();
        hasher.write(key);
        hasher.finish() as usize & (self.places.len() - 1)
    }

    fn place_after(&self, place: usize) -> usize {
        (place + 1) & (self.places.len() - 1)
    }
}

impl Default for Catalog {
    fn default() -> Self {
        Self::new()
    }
}

fn without_provider(path: &[u8]) -> &[u8] {
    path.strip_prefix(DEFAULT_PROVIDER.as_bytes()).unwrap_or(path)
}

fn offset(length: usize) -> u32 {
    u32::try_from(length).expect("more tags or paths than 32 bits count")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_found_with_and_without_its_provider() {
        let mut catalog = Catalog::new();
        let slot = catalog.add("[default]Line/Speed", Type::Float, Usage::Read);
        assert_eq!(catalog.add("Line/Speed", Type::Any, Usage::Unread), slot);
        assert_eq!(catalog.meet(b"Line/Speed"), Ok(TagIndex(0)));
        assert_eq!(catalog.meet(b"[default]Line/Speed"), Ok(TagIndex(0)));
        assert_eq!(catalog.path(slot), "[default]Line/Speed");
        assert_eq!(catalog.kind(slot), Type::Float);
    }

    #[test]
    fn another_provider_is_another_tag() {
        let mut catalog = Catalog::new();
        catalog.add("[edge]A", Type::Float, Usage::Read);
        assert_eq!(catalog.meet(b"A"), Ok(TagIndex(1)));
        assert_eq!(catalog.path(TagSlot(0)), "[edge]A");
        assert_eq!(catalog.path(TagSlot(1)), "[default]A");
        assert_eq!(catalog.unknown_paths().collect::<Vec<_>>(), ["[default]A"]);
    }

    #[test]
    fn thousands_of_tags_stay_apart() {
        let mut catalog = Catalog::new();
        let slots: Vec<TagSlot> = (0..5000).map(|n| catalog.add(&format!("tag {n}"), Type::Any, Usage::Read)).collect();
        for (n, slot) in slots.into_iter().enumerate() {
            assert_eq!(catalog.path(slot), format!("[default]tag {n}"));
            assert_eq!(catalog.meet(format!("tag {n}").as_bytes()), Ok(TagIndex(slot.0)));
        }
    }

    #[test]
    fn tags_beyond_the_bound_are_one_nameless_tag() {
        let mut catalog = Catalog::new();
        for number in 0..TAGS_MAX {
            catalog.add(&number.to_string(), Type::Any, Usage::Read);
        }
        let nameless = catalog.meet(b"x").unwrap();
        assert_eq!(catalog.meet(b"y"), Ok(nameless));
        assert_eq!(catalog.tag(nameless).usage, Usage::Unread);
        catalog.unknown = Usage::Read;
        assert_eq!(catalog.meet(b"z"), Err(ONE_TOO_MANY));
    }

    #[test]
    fn bytes_that_are_no_text_name_no_tag() {
        assert_eq!(Catalog::new().meet(b"\xff"), Err(NOT_UTF8));
    }
}
