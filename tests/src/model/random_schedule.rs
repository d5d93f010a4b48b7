//! Random materials and a random schedule: windows on the trace's grid that overlap; knows nothing of running.

use super::dice::Dice;
use super::names::Priority;
use super::plant::{MILLISECOND, ModelEntry, ModelMaterial, ModelPlant, SECOND};
use super::random::CONFIGURED_ORDERS;
use super::random_trace::MIDNIGHT;

/// The materials that orders may be made of.
const MATERIALS: [&str; 2] = ["Lager", "Weizen"];

/// Gives a plant materials, its orders quantities and rates, and its operations a schedule.
pub(super) fn add_schedule(dice: &mut Dice, plant: &mut ModelPlant) {
    plant.materials = MATERIALS.iter().map(|name| random_material(dice, name)).collect();
    for order in &mut plant.orders {
        order.quantity = dice.chance(80).then(|| dice.between(0, 5));
        order.rate_per_hour = dice.chance(40).then(|| random_rate(dice));
        order.material = dice.chance(70).then(|| dice.pick(&MATERIALS).to_owned());
    }
    for operation in &mut plant.operations {
        operation.auto_add = dice.chance(50);
    }
    let names: Vec<String> = plant.operations.iter().map(|operation| operation.name.clone()).collect();
    let count = if dice.chance(30) { 0 } else { dice.below(8) };
    plant.schedule = (0..count).map(|_| random_entry(dice, &names)).collect();
}

fn random_material(dice: &mut Dice, name: &str) -> ModelMaterial {
    let rates = ["Line", "Line/Side"].map(|location| (location.to_owned(), random_rate(dice)));
    let rates = rates.into_iter().filter(|_| dice.chance(40)).collect();
    ModelMaterial { name: name.to_owned(), rate_per_hour: dice.chance(70).then(|| random_rate(dice)), rates }
}

fn random_rate(dice: &mut Dice) -> i64 {
    dice.pick(&[900, 1_800, 3_600, 5_000])
}

fn random_entry(dice: &mut Dice, operations: &[String]) -> ModelEntry {
    let start = MIDNIGHT + dice.between(-4, 120) * 500 * MILLISECOND;
    let end = dice.chance(90).then(|| start + dice.between(1, 60) * 500 * MILLISECOND);
    let mut entry = ModelEntry::new(&dice.pick(operations), start, end);
    entry.order = dice.chance(85).then(|| dice.pick(CONFIGURED_ORDERS).to_owned());
    entry.priority = dice.pick(Priority::ALL);
    if dice.chance(10) {
        // A shift: long, so that several runs are of one entry.
        entry.end = Some(start + 60 * SECOND);
    }
    entry
}
