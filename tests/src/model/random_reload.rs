//! A random case with plants that change while they run.

use std::collections::BTreeSet;

use super::check::Case;
use super::dice::Dice;
use super::names::ConflictStrategy;
use super::plant::{MILLISECOND, Micros, ModelOperation, ModelPlant, ModelTrigger};
use super::random::random_case;
use super::random_operation::{random_hold, random_trigger};
use super::reload::Reload;

/// The seed's other dice, so that cases with and without reloads are otherwise the same.
const OTHER_DICE: u64 = 0x5eed_cafe;

/// Half of the trace's grid: reloads come with samples and between them.
const STEP: Micros = 250 * MILLISECOND;

/// Returns the case of a seed with reloads of changed plants, always the same.
pub fn random_reloading_case(seed: u64) -> Case {
    let Case { plant, mut trace } = random_case(seed);
    let dice = &mut Dice::new(seed ^ OTHER_DICE);
    let (mut now, mut at) = (plant.clone(), trace.rows[0].at);
    for _ in 0..dice.between(1, 4) {
        at += dice.between(1, 60) * STEP;
        change(dice, &mut now, &plant);
        trace.reloads.push(Reload { at, plant: now.clone() });
    }
    Case { plant, trace }
}

/// Changes some operations; they read no tag that the first plant does not read.
fn change(dice: &mut Dice, plant: &mut ModelPlant, first: &ModelPlant) {
    let read = first.tags_read();
    let is_measured = plant.operations.iter().any(|operation| !operation.captures.is_empty());
    for operation in &mut plant.operations {
        let before = operation.clone();
        if dice.chance(60) {
            change_operation(dice, operation);
        }
        if is_measured {
            // A run that lasted too long for the new plant ends back in time, where no engine can measure.
            operation.max_duration_seconds = before.max_duration_seconds;
        }
        let mut tags = BTreeSet::new();
        operation.add_tags(&mut tags);
        if !tags.is_subset(&read) {
            *operation = before;
        }
    }
}

fn change_operation(dice: &mut Dice, operation: &mut ModelOperation) {
    match dice.below(8) {
        0 => operation.enabled = !operation.enabled,
        1 => operation.max_duration_seconds = dice.between(0, 8),
        2 => operation.restart_holdoff_millis = dice.between(0, 12) * 500,
        3 => operation.conflict_strategy = dice.pick(ConflictStrategy::ALL),
        4 => operation.start.iter_mut().chain(&mut operation.stop).for_each(|trigger| {
            trigger.hold_millis = random_hold(dice);
        }),
        5 => change_trigger(dice, &mut operation.start),
        6 => change_trigger(dice, &mut operation.stop),
        _ => {
            change_trigger(dice, &mut operation.start);
            change_trigger(dice, &mut operation.stop);
        }
    }
}

fn change_trigger(dice: &mut Dice, trigger: &mut Option<ModelTrigger>) {
    let Some(trigger) = trigger else { return };
    let before = std::mem::replace(trigger, random_trigger(dice));
    if (before.expression, before.kind) == (trigger.expression.clone(), trigger.kind) {
        // Whether a value that was read before the reload differs now, the rules leave open.
        trigger.deadband = before.deadband;
    }
}
