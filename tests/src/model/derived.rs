//! A plant whose blocks stand in derived tags instead of triggers; knows nothing of running.

use std::fmt::Write;

use super::expression::Expression;
use super::plant::ModelPlant;
use super::plant_toml::plant_toml;

/// Returns a plant as `plant.toml`, each expression that remembers anything as a derived tag that its trigger reads.
///
/// It does what it did before, as long as no operation has a `first_scan` of its own: a tag belongs to none.
pub fn plant_toml_with_derived_tags(plant: &ModelPlant) -> String {
    let mut plant = plant.clone();
    let mut tags = String::new();
    for operation in &mut plant.operations {
        let start = operation.start.as_mut().map(|trigger| ("start", &mut trigger.expression));
        let stop = operation.stop.as_mut().map(|trigger| ("stop", &mut trigger.expression));
        let fault = operation.fault.as_mut().map(|expression| ("fault", expression));
        for (side, expression) in [start, stop, fault].into_iter().flatten() {
            if expression.has_memory() {
                let path = format!("derived/{}/{side}", operation.name);
                write!(tags, "\n[[tags]]\npath = '{path}'\nexpression = '{}'\n", expression.text())
                    .expect("a string takes what is written to it");
                *expression = Expression::Tag(path);
            }
        }
    }
    plant_toml(&plant) + &tags
}
