//! Materials, and which orders make them.

use std::collections::{BTreeMap, BTreeSet};

use latchwork_engine::Material;
use ulid::Ulid;

use super::locations::Locations;
use super::unique::Unique;
use crate::desk::Desk;
use crate::problems;
use crate::raw::{RawMaterial, RawOperation, RawRate};
use crate::reader::Written;

/// The materials of the plant.
#[derive(Debug, Default)]
pub(super) struct Materials {
    /// The materials, by the order of the file.
    pub(super) rows: Vec<Material>,
    by_name: BTreeMap<String, Ulid>,
}

impl Materials {
    /// Returns the id of a material; complains if there is none of this name.
    pub(super) fn find(&self, name: &Written, desk: &mut Desk<'_>) -> Option<Ulid> {
        let id = self.by_name.get(&name.value).copied();
        if id.is_none() {
            let hint = desk.suggest(&name.value, self.by_name.keys().map(String::as_str));
            let message = format!("there is no material `{}`", name.shown());
            desk.findings.add(problems::UNKNOWN_MATERIAL, name.place, message).hint_if(hint);
        }
        id
    }
}

/// Lowers `[[materials]]`.
pub(super) fn lower(
    raw: &[RawMaterial],
    operations: &[RawOperation<'_>],
    locations: &Locations,
    desk: &mut Desk<'_>,
) -> Materials {
    let used = operations.iter().filter_map(|operation| operation.identity.location.as_ref());
    let used: BTreeSet<&str> = used.map(|path| path.value.as_str()).collect();
    let mut materials = Materials::default();
    let (mut names, mut unique_ids) = (Unique::names("materials"), Unique::ids("materials"));
    for RawMaterial { name, id: (id, id_place), rate_per_hour, rates } in raw {
        if !names.take(name.value.clone(), name.shown(), name.place, desk) {
            continue;
        }
        let text = id.to_string();
        unique_ids.take(text.clone(), &text, *id_place, desk);
        let mut places = Unique::names("rates of one material");
        for RawRate { location, .. } in rates {
            places.take(location.value.clone(), location.shown(), location.place, desk);
            tell_unused(location, &used, desk);
        }
        let rates = rates.iter().filter_map(|rate| Some((locations.find(&rate.location.value)?, rate.rate_per_hour)));
        materials.by_name.insert(name.value.clone(), *id);
        materials.rows.push(Material {
            name: name.value.clone(),
            id: *id,
            rate_per_hour: *rate_per_hour,
            rates: rates.collect(),
        });
    }
    materials
}

fn tell_unused(location: &Written, used: &BTreeSet<&str>, desk: &mut Desk<'_>) {
    if !used.contains(location.value.as_str()) {
        let hint = desk.suggest(&location.value, used.iter().copied());
        let message = format!("the rate at `{}` has no effect: no operation is there", location.shown());
        desk.findings.add(problems::NO_EFFECT, location.place, message).hint_if(hint);
    }
}
