//! The names of the plant that a test may use.

use latchwork_engine::{OperationIndex, Plant, UnknownOrders};
use latchwork_expr::{Scheme, Type, Tz};

use crate::configuration::Configuration;
use crate::place::Place;
use crate::problems;
use crate::reader::Reader;

/// The plant of a test file; nothing is known of one that has problems.
#[derive(Clone, Copy)]
pub(super) struct Names<'c> {
    configuration: Option<&'c Configuration>,
}

impl<'c> Names<'c> {
    pub(super) const fn new(configuration: Option<&'c Configuration>) -> Self {
        Self { configuration }
    }

    /// Returns the zone of dates without an offset.
    pub(super) fn zone(self) -> Tz {
        self.plant().map_or(Tz::UTC, |plant| plant.zone)
    }

    pub(super) fn plant(self) -> Option<&'c Plant> {
        self.configuration.map(|configuration| &configuration.plant)
    }

    /// Finds a tag that can be set, first in a folder; complains if there is none. Returns its path, and its type as
    /// far as it is known.
    pub(super) fn tag(
        self,
        reader: &mut Reader<'_, '_>,
        path: &str,
        folder: &str,
        place: Place,
    ) -> Option<(String, Option<Type>)> {
        let Some(configuration) = self.configuration else { return Some((path.to_owned(), None)) };
        let Some((full, kind)) = self.find_tag(path, folder) else {
            let hint = suggest_tag(reader, path, folder, &configuration.scheme);
            reader.problem(problems::UNKNOWN_TAG, place, format!("unknown tag `{path}`"), hint);
            return None;
        };
        let is_worked_out = kind.is_none_or(|(_, is_derived)| is_derived);
        if is_worked_out {
            let message = format!("`{path}` is worked out by the configuration and cannot be set");
            let hint = "set the tags that it is made of".to_owned();
            reader.problem(problems::TAG_NOT_SET, place, message, Some(hint));
            return None;
        }
        Some((full, kind.map(|(kind, _)| kind)))
    }

    /// Tells whether a tag of this path exists and takes tables as values.
    pub(super) fn takes_tables(self, path: &str, folder: &str) -> bool {
        let kind = self.find_tag(path, folder).and_then(|(_, kind)| kind);
        kind.is_some_and(|(kind, _)| matches!(kind, Type::Document | Type::Dataset | Type::Any))
    }

    /// Returns the full path of a tag; and, unless it is a dataset of the configuration, its type and whether it is
    /// derived.
    fn find_tag(self, path: &str, folder: &str) -> Option<(String, Option<(Type, bool)>)> {
        let Configuration { plant, scheme, .. } = self.configuration?;
        let candidates = [format!("{folder}/{path}"), path.to_owned()];
        let in_folder = usize::from(folder.is_empty());
        candidates.into_iter().skip(in_folder).find_map(|candidate| {
            let (slot, kind) = scheme.find(&candidate)?;
            let derived = plant.tags.get(slot.index()).map(|tag| (kind, tag.expression.is_some()));
            Some((candidate, derived))
        })
    }

    /// Finds an operation by its name or `Location/Path:Name`; complains if it is not exactly one.
    pub(super) fn operation(self, reader: &mut Reader<'_, '_>, name: &str, place: Place) -> Option<OperationIndex> {
        let plant = self.plant()?;
        let found = operations(plant, name);
        match found.as_slice() {
            [index] => return Some(*index),
            [] => self.unknown_operation(reader, name, place),
            [first, ..] => {
                let row = &plant.operations[first.index()];
                let path = &plant.locations[row.location.index()].path;
                let hint = format!("say which one, such as `{path}:{}`", row.name);
                let message = format!("several operations are called `{name}`");
                reader.problem(problems::AMBIGUOUS_OPERATION, place, message, Some(hint));
            }
        }
        None
    }

    /// Returns the operations of a name, or the one of `Location/Path:Name`; complains if there are none.
    pub(super) fn operations(self, reader: &mut Reader<'_, '_>, name: &str, place: Place) -> Vec<OperationIndex> {
        let Some(plant) = self.plant() else { return Vec::new() };
        let found = operations(plant, name);
        if found.is_empty() {
            self.unknown_operation(reader, name, place);
        }
        found
    }

    fn unknown_operation(self, reader: &mut Reader<'_, '_>, name: &str, place: Place) {
        let names = self.plant().into_iter().flat_map(|plant| &plant.operations).map(|row| row.name.as_str());
        let hint = reader.desk.suggest(name, names);
        reader.problem(problems::UNKNOWN_OPERATION, place, format!("there is no operation `{name}`"), hint);
    }

    /// Complains about a location that the plant does not have.
    pub(super) fn check_location(self, reader: &mut Reader<'_, '_>, path: &str, place: Place) {
        let Some(plant) = self.plant() else { return };
        let paths = || plant.locations.iter().map(|row| row.path.as_str());
        if !paths().any(|candidate| candidate == path) {
            let hint = reader.desk.suggest(path, paths());
            reader.problem(problems::UNKNOWN_PLACE, place, format!("there is no location `{path}`"), hint);
        }
    }

    /// Complains about an order that the plant can never have.
    pub(super) fn check_order(self, reader: &mut Reader<'_, '_>, name: &str, place: Place) {
        let Some(plant) = self.plant() else { return };
        let names = || plant.orders.iter().map(|row| row.name.as_str());
        if plant.unknown_orders == UnknownOrders::Report && !names().any(|candidate| candidate == name) {
            let hint = reader.desk.suggest(name, names());
            reader.problem(problems::UNKNOWN_ORDER, place, format!("there is no production order `{name}`"), hint);
        }
    }
}

/// Returns the operations that a name means.
fn operations(plant: &Plant, name: &str) -> Vec<OperationIndex> {
    let is_named = |index: &OperationIndex| {
        let row = &plant.operations[index.index()];
        let path = &plant.locations[row.location.index()].path;
        let with_path = || name.strip_prefix(path.as_str()).and_then(|rest| rest.strip_prefix(':'));
        row.name == name || with_path() == Some(row.name.as_str())
    };
    (0_u32..).map(OperationIndex).take(plant.operations.len()).filter(is_named).collect()
}

/// Returns the tag that is most like a path, as it would be written there.
fn suggest_tag(reader: &mut Reader<'_, '_>, path: &str, folder: &str, scheme: &Scheme) -> Option<String> {
    let bare = |full: &'_ str| -> String {
        let short = full.strip_prefix("[default]").unwrap_or(full);
        let below = short.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/'));
        below.filter(|_| !folder.is_empty()).unwrap_or(short).to_owned()
    };
    let candidates: Vec<String> = scheme.tags().iter().map(|(full, _)| bare(full)).collect();
    reader.desk.suggest(path, candidates.iter().map(String::as_str))
}
