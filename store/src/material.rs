//! Rows of `materials` and `material_rates`: they follow the configuration.

use std::sync::Arc;

use latchwork_engine::{LocationIndex, Material, Plant};
use latchwork_expr::Timestamp;
use serde_json::{Value as Json, json};

use crate::cell::Cells;
use crate::error::Failure;
use crate::session::Session;
use crate::statement::{Bulk, Statement, bulk, statement};

static MATERIALS: Bulk = bulk!("mirror_materials", 5);
static RATES: Bulk = bulk!("mirror_material_rates", 5);
static RETIRE: Statement = statement!("retire_materials", "materials");
static RETIRE_RATES: Statement = statement!("retire_material_rates", "material_rates");

/// Brings the tables to what the configuration says. Its locations are there.
pub(crate) async fn mirror(
    session: &mut Session,
    gateway_id: &Arc<str>,
    at: Timestamp,
    plant: &Plant,
) -> Result<(), Failure> {
    retire(session, gateway_id, at, plant).await?;
    let cells = |row: &Material| {
        let cells = Cells::with_capacity(5).with(gateway_id).with(row.id).with(at);
        cells.with(row.name.as_str()).with(row.rate_per_hour)
    };
    session.put(&MATERIALS, &plant.materials, cells).await?;
    let rates: Vec<(&Material, LocationIndex, f64)> = rates(plant).collect();
    let cells = |&(material, location, rate): &(&Material, LocationIndex, f64)| {
        let location = &plant.locations[location.index()];
        Cells::with_capacity(5).with(gateway_id).with(material.id).with(location.id).with(at).with(rate)
    };
    session.put(&RATES, &rates, cells).await
}

/// Disables materials that the configuration has no more under their id and name, so that names are free again; removes
/// such rates.
async fn retire(session: &mut Session, gateway_id: &Arc<str>, at: Timestamp, plant: &Plant) -> Result<(), Failure> {
    let configured: Json = plant.materials.iter().map(|row| json!([row.id.to_string(), row.name])).collect();
    let cells = Cells::default().with(gateway_id).with(at).with_json(configured.to_string());
    session.execute(&RETIRE, cells).await?;
    let place = |location: LocationIndex| plant.locations[location.index()].id.to_string();
    let configured: Json =
        rates(plant).map(|(material, location, _)| json!([material.id.to_string(), place(location)])).collect();
    session.execute(&RETIRE_RATES, Cells::default().with(gateway_id).with_json(configured.to_string())).await?;
    Ok(())
}

fn rates(plant: &Plant) -> impl Iterator<Item = (&Material, LocationIndex, f64)> {
    let of_one = |material: &Material| material.rates.clone().into_iter();
    plant
        .materials
        .iter()
        .flat_map(move |material| of_one(material).map(move |(location, rate)| (material, location, rate)))
}
