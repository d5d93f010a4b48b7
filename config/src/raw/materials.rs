//! `[[materials]]` and their `[[materials.rates]]`.

use latchwork_engine::ids;
use ulid::Ulid;

use crate::desk::Desk;
use crate::document::Table;
use crate::path;
use crate::place::Place;
use crate::reader::{Reader, Written};

/// One of `[[materials]]`.
#[derive(Debug)]
pub(crate) struct RawMaterial {
    /// The name.
    pub(crate) name: Written,
    /// The id, and where it stands.
    pub(crate) id: (Ulid, Place),
    /// How many are made in an hour, wherever nothing else is said.
    pub(crate) rate_per_hour: Option<f64>,
    /// How many are made in an hour at some locations.
    pub(crate) rates: Vec<RawRate>,
}

/// One of `[[materials.rates]]`.
#[derive(Debug)]
pub(crate) struct RawRate {
    /// The location's path.
    pub(crate) location: Written,
    /// How many are made in an hour there.
    pub(crate) rate_per_hour: f64,
}

/// Reads one of `[[materials]]`.
pub(crate) fn read(desk: &mut Desk<'_>, table: &Table) -> Option<RawMaterial> {
    let mut reader = Reader::new(desk, "materials", table);
    let name = reader.required_name("name");
    let derived = name.as_ref().map(|name| ids::material_id(&name.value));
    let id = reader.id("id", derived, "derived from the name");
    let rate_per_hour = reader.positive("rate_per_hour");
    let rates = reader.tables("rates");
    let desk = reader.finish("[[materials]]");
    let rates = rates.into_iter().filter_map(|table| rate(desk, table)).collect();
    Some(RawMaterial { name: name?, id: id?, rate_per_hour, rates })
}

fn rate(desk: &mut Desk<'_>, table: &Table) -> Option<RawRate> {
    let mut reader = Reader::new(desk, "materials.rates", table);
    let location = reader.required_name("location").filter(|path| path::check_location(&mut reader, path));
    let rate_per_hour = reader.positive("rate_per_hour");
    if !reader.has("rate_per_hour") {
        reader.missing("rate_per_hour");
    }
    reader.finish("[[materials.rates]]");
    Some(RawRate { location: location?, rate_per_hour: rate_per_hour? })
}
