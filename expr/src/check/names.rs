//! The names that a computed path is looked up in while an expression is evaluated.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::reference::{canonical_path, last_part, of_dataset, short, split_property};
use crate::ast::Property;
use crate::dataset::Dataset;
use crate::diagnostic::closest;
use crate::image::TagSlot;
use crate::scheme::{Scheme, Scope};
use crate::value::Value;

/// The tags that a computed path may lead to, from where its expression stands.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    slots: Arc<BTreeMap<String, TagSlot>>,
    datasets: Arc<BTreeMap<String, Arc<Dataset>>>,
    folder: String,
    own: Option<TagSlot>,
}

/// What a computed path leads to.
#[derive(Clone, Debug)]
pub(crate) enum Target {
    /// A tag and what of it is read.
    Tag(TagSlot, Property),
    /// What never changes: a name, a dataset.
    Constant(Value),
    /// A derived tag that has no value of this scan yet, or the very tag that asks.
    Later,
    /// Nothing.
    NotFound(Property),
}

impl Names {
    /// Returns the names of a scope.
    pub(super) fn of(scope: &Scope<'_>) -> Self {
        let (slots, datasets) = (scope.scheme.slots(), scope.scheme.datasets().clone());
        Self { slots, datasets, folder: scope.folder.to_owned(), own: scope.own }
    }

    /// Returns what a path leads to.
    pub(crate) fn find(&self, text: &str) -> Target {
        let Some(path) = canonical_path(text, &self.folder) else { return Target::NotFound(Property::Value) };
        let (path, property) = match split_property(&path) {
            Some(split) if !self.slots.contains_key(&path) && !self.datasets.contains_key(&path) => split,
            Some(_) | None => (path.as_str(), Property::Value),
        };
        match self.slots.get(path) {
            Some(_) if property == Property::Name => Target::Constant(Value::from(last_part(path))),
            Some(&slot) if self.own.is_some_and(|own| slot >= own) => Target::Later,
            Some(&slot) => Target::Tag(slot, property),
            None => self.dataset(path, property).map_or(Target::NotFound(property), Target::Constant),
        }
    }

    fn dataset(&self, path: &str, property: Property) -> Option<Value> {
        Some(of_dataset(self.datasets.get(path)?, path, property))
    }

    /// Returns the path that is most like one that leads nowhere, as people write it.
    pub(crate) fn suggestion(&self, text: &str) -> Option<&str> {
        let path = canonical_path(text, &self.folder).unwrap_or_else(|| Scheme::canonical(text));
        closest(short(&path), self.slots.keys().chain(self.datasets.keys()).map(|path| short(path)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coerce::text;
    use crate::value::Type;

    fn find(path: &str, own: Option<TagSlot>) -> String {
        let mut scheme = Scheme::new();
        for path in ["Line1/Speed", "Line1/a.quality", "[plc]x", "Line1/Late"] {
            scheme.add(path, Type::Any);
        }
        scheme.add_dataset("Recipes", Dataset::default());
        let scope = Scope { folder: "Line1", own, ..Scope::of(&scheme) };
        match Names::of(&scope).find(path) {
            Target::Tag(slot, property) => format!("{} {property:?}", slot.0),
            Target::Constant(value) => text(&value, scope.zone),
            other @ (Target::Later | Target::NotFound(_)) => format!("{other:?}"),
        }
    }

    #[test]
    fn paths_are_those_of_references() {
        for (path, wanted) in [
            ("Line1/Speed", "0 Value"),
            ("[default]Line1/Speed.QUALITY", "0 Quality"),
            ("[.]a.quality", "1 Value"),
            ("[.]../Line1/Speed.timestamp", "0 Timestamp"),
            ("[~]Line1/Speed", "0 Value"),
            ("[plc]x.name", "x"),
            ("Recipes", "Dataset [0R x 0C]"),
            ("[.]../Recipes.quality", "Good"),
        ] {
            assert_eq!(find(path, None), wanted, "{path}");
        }
    }

    #[test]
    fn what_leads_nowhere_is_not_found() {
        for path in ["", "Speed", "line1/speed", "[.]../../x", "{Line1/Speed}", "view.x"] {
            assert_eq!(find(path, None), "NotFound(Value)", "{path}");
        }
        assert_eq!(find("Sped.quality", None), "NotFound(Quality)");
    }

    #[test]
    fn a_derived_tag_reads_none_that_comes_after_it() {
        let own = Some(TagSlot(3));
        assert_eq!(find("Line1/Speed", own), "0 Value");
        assert_eq!(find("Line1/Late", own), "Later");
        assert_eq!(find("[plc]x", Some(TagSlot(2))), "Later");
    }
}
