//! Random captures, of every mode; knows nothing of what they should come to.

use super::dice::Dice;
use super::expression::Expression;
use super::names::CaptureMode;
use super::plant::ModelCapture;
use super::random_block::random_block_truth;

/// Returns what an operation measures: mostly something.
pub(super) fn random_captures(dice: &mut Dice) -> Vec<ModelCapture> {
    let count = if dice.chance(40) { 0 } else { dice.below(3) + 1 };
    (0..count).map(|place| random_capture(dice, place)).collect()
}

fn random_capture(dice: &mut Dice, place: usize) -> ModelCapture {
    let mode = dice.pick(CaptureMode::ALL);
    let expression = match mode {
        CaptureMode::AtStart | CaptureMode::AtStop | CaptureMode::CountOfChanges => {
            Expression::tag(dice.pick(&["count", "level", "batch", "run"]))
        }
        CaptureMode::TrueSeconds if dice.chance(40) => random_block_truth(dice),
        CaptureMode::Delta
        | CaptureMode::Min
        | CaptureMode::Max
        | CaptureMode::Mean
        | CaptureMode::SumOfIncreases
        | CaptureMode::TrueSeconds => Expression::tag(dice.pick(&["count", "level", "level", "run"])),
    };
    let wraps = mode == CaptureMode::Delta && dice.chance(40);
    ModelCapture { name: format!("m{place}"), expression, mode, rollover: wraps.then_some(4) }
}
