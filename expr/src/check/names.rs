//! The names that a computed path is looked up in while an expression is evaluated.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::reference::{canonical_path, last_part, split_property};
use crate::ast::Property;
use crate::diagnostic::closest;
use crate::image::TagSlot;
use crate::scheme::{Scheme, Scope};

/// The tags that a computed path may lead to, from where its expression stands.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    slots: Arc<BTreeMap<String, TagSlot>>,
    folder: String,
    own: Option<TagSlot>,
}

/// What a computed path leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// A tag and what of it is read.
    Tag(TagSlot, Property),
    /// The last part of a known tag's path.
    Name(String),
    /// A derived tag that has no value of this scan yet, or the very tag that asks.
    Later,
    /// Nothing.
    NotFound(Property),
}

impl Names {
    /// Returns the names of a scope.
    pub(super) fn of(scope: &Scope<'_>) -> Self {
        Self { slots: scope.scheme.slots(), folder: scope.folder.to_owned(), own: scope.own }
    }

    /// Returns what a path leads to.
    pub(crate) fn find(&self, text: &str) -> Target {
        let Some(path) = canonical_path(text, &self.folder) else { return Target::NotFound(Property::Value) };
        let (path, property) = match split_property(&path) {
            Some(split) if !self.slots.contains_key(&path) => split,
            Some(_) | None => (path.as_str(), Property::Value),
        };
        match self.slots.get(path) {
            Some(_) if property == Property::Name => Target::Name(last_part(path).to_owned()),
            Some(&slot) if self.own.is_some_and(|own| slot >= own) => Target::Later,
            Some(&slot) => Target::Tag(slot, property),
            None => Target::NotFound(property),
        }
    }

    /// Returns the path that is most like one that leads nowhere, as people write it.
    pub(crate) fn suggestion(&self, text: &str) -> Option<&str> {
        let path = canonical_path(text, &self.folder).unwrap_or_else(|| Scheme::canonical(text));
        let meant = closest(&path, self.slots.keys().map(String::as_str))?;
        Some(meant.strip_prefix("[default]").unwrap_or(meant))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Type;

    fn find(text: &str, own: Option<TagSlot>) -> Target {
        let mut scheme = Scheme::new();
        for path in ["Line1/Speed", "Line1/a.quality", "[plc]x", "Line1/Late"] {
            scheme.add(path, Type::Any);
        }
        Names::of(&Scope { folder: "Line1", own, ..Scope::of(&scheme) }).find(text)
    }

    #[test]
    fn paths_are_those_of_references() {
        let tag = |slot, property| Target::Tag(TagSlot(slot), property);
        assert_eq!(find("Line1/Speed", None), tag(0, Property::Value));
        assert_eq!(find("[default]Line1/Speed.QUALITY", None), tag(0, Property::Quality));
        assert_eq!(find("[.]a.quality", None), tag(1, Property::Value));
        assert_eq!(find("[.]../Line1/Speed.timestamp", None), tag(0, Property::Timestamp));
        assert_eq!(find("[~]Line1/Speed", None), tag(0, Property::Value));
        assert_eq!(find("[plc]x.name", None), Target::Name("x".to_owned()));
    }

    #[test]
    fn what_leads_nowhere_is_not_found() {
        for text in ["", "Speed", "line1/speed", "[.]../../x", "{Line1/Speed}", "view.x"] {
            assert_eq!(find(text, None), Target::NotFound(Property::Value), "{text}");
        }
        assert_eq!(find("Sped.quality", None), Target::NotFound(Property::Quality));
    }

    #[test]
    fn a_derived_tag_reads_none_that_comes_after_it() {
        let own = Some(TagSlot(3));
        assert_eq!(find("Line1/Speed", own), Target::Tag(TagSlot(0), Property::Value));
        assert_eq!(find("Line1/Late", own), Target::Later);
        assert_eq!(find("[plc]x", Some(TagSlot(2))), Target::Later);
    }
}
