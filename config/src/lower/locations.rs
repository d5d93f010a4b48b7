//! Locations: those that the file declares, then those that operations and rates use without declaring them.

use std::collections::BTreeMap;

use latchwork_engine::{Location, LocationIndex, ids};

use super::unique::Unique;
use crate::desk::Desk;
use crate::raw::{RawLocation, RawMaterial, RawOperation};

/// The locations of the plant.
#[derive(Debug, Default)]
pub(super) struct Locations {
    /// The locations, by index.
    pub(super) rows: Vec<Location>,
    by_path: BTreeMap<String, LocationIndex>,
}

impl Locations {
    /// Returns the index of a location.
    pub(super) fn find(&self, path: &str) -> Option<LocationIndex> {
        self.by_path.get(path).copied()
    }

    fn add(&mut self, location: Location) {
        let index = LocationIndex(u32::try_from(self.rows.len()).expect("fewer locations than bytes of a file"));
        self.by_path.insert(location.path.clone(), index);
        self.rows.push(location);
    }
}

/// Lowers `[[locations]]`.
pub(super) fn lower(
    raw: &[RawLocation],
    operations: &[RawOperation<'_>],
    materials: &[RawMaterial],
    desk: &mut Desk<'_>,
) -> Locations {
    let mut locations = Locations::default();
    let (mut paths, mut unique_ids) = (Unique::names("locations"), Unique::ids("locations"));
    for RawLocation { path, id: (id, id_place) } in raw {
        if paths.take(path.value.clone(), path.shown(), path.place, desk) {
            let text = id.to_string();
            unique_ids.take(text.clone(), &text, *id_place, desk);
            locations.add(Location { path: path.value.clone(), id: *id });
        }
    }
    let of_operations = operations.iter().filter_map(|operation| operation.identity.location.as_ref());
    let of_rates = materials.iter().flat_map(|material| &material.rates).map(|rate| &rate.location);
    for path in of_operations.chain(of_rates) {
        if locations.find(&path.value).is_none() {
            locations.add(Location { path: path.value.clone(), id: ids::location_id(&path.value) });
        }
    }
    locations
}
