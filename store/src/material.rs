//! Rows of `materials` and `material_rates`: they follow the configuration.

use std::sync::Arc;

use latchwork_engine::{LocationIndex, Material, Plant};
use serde_json::{Value as Json, json};
use sqlx::SqliteConnection;

use crate::bulk::{Bulk, Query};
use crate::error::Failure;

static MATERIALS: Bulk = Bulk::new(include_str!("sql/mirror_materials.sql"), 5);
static RATES: Bulk = Bulk::new(include_str!("sql/mirror_material_rates.sql"), 5);

/// Brings the tables to what the configuration says. Its locations are there.
pub(crate) async fn mirror(
    connection: &mut SqliteConnection,
    gateway_id: &Arc<str>,
    date: &Arc<str>,
    plant: &Plant,
) -> Result<(), Failure> {
    retire(connection, gateway_id, date, plant).await?;
    let bind = |query: Query<'static>, row: &Material| {
        let query = query.bind(gateway_id.clone()).bind(row.id.to_string()).bind(date.clone());
        query.bind(row.name.clone()).bind(row.rate_per_hour)
    };
    MATERIALS.run(connection, &plant.materials, bind).await?;
    let rates: Vec<(&Material, LocationIndex, f64)> = rates(plant).collect();
    let bind = |query: Query<'static>, &(material, location, rate): &(&Material, LocationIndex, f64)| {
        let location = &plant.locations[location.index()];
        let query = query.bind(gateway_id.clone()).bind(material.id.to_string()).bind(location.id.to_string());
        query.bind(date.clone()).bind(rate)
    };
    RATES.run(connection, &rates, bind).await?;
    Ok(())
}

/// Disables materials that the configuration has no more under their id and name, so that names are free again; removes
/// such rates.
async fn retire(
    connection: &mut SqliteConnection,
    gateway_id: &Arc<str>,
    date: &Arc<str>,
    plant: &Plant,
) -> Result<(), Failure> {
    let configured: Json = plant.materials.iter().map(|row| json!([row.id.to_string(), row.name])).collect();
    sqlx::query(include_str!("sql/retire_materials.sql"))
        .bind(gateway_id.clone())
        .bind(date.clone())
        .bind(configured.to_string())
        .execute(&mut *connection)
        .await?;
    let place = |location: LocationIndex| plant.locations[location.index()].id.to_string();
    let configured: Json =
        rates(plant).map(|(material, location, _)| json!([material.id.to_string(), place(location)])).collect();
    sqlx::query(include_str!("sql/retire_material_rates.sql"))
        .bind(gateway_id.clone())
        .bind(configured.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

fn rates(plant: &Plant) -> impl Iterator<Item = (&Material, LocationIndex, f64)> {
    let of_one = |material: &Material| material.rates.clone().into_iter();
    plant
        .materials
        .iter()
        .flat_map(move |material| of_one(material).map(move |(location, rate)| (material, location, rate)))
}
