//! A random trace: times on a coarse grid, so that samples meet deadlines and one another.

use super::dice::Dice;
use super::names::TagKind;
use super::plant::{MILLISECOND, Micros, ModelPlant};
use super::random::{ORDERS, TAGS};
use super::trace::{ModelTrace, Row};
use super::value::{ModelQuality, ModelValue};

/// 2026-01-01T00:00:00Z.
pub(super) const MIDNIGHT: Micros = 1_767_225_600_000_000;

/// The grid: every hold of a random plant is a multiple of it.
const GRID: Micros = 500 * MILLISECOND;

/// Returns a trace of the plant's tags, and rarely of one that nothing reads.
pub(super) fn random_trace(dice: &mut Dice, plant: &ModelPlant) -> ModelTrace {
    let read = plant.tags_read();
    let tags: Vec<(&str, TagKind)> =
        TAGS.iter().copied().filter(|(path, _)| read.contains(*path) || *path == "unread").collect();
    let mut trace = ModelTrace::default();
    if dice.chance(60) {
        for (path, kind) in &tags {
            let row = random_good(dice, MIDNIGHT, path, *kind);
            trace.rows.push(row);
        }
    }
    let mut at = MIDNIGHT;
    for _ in 0..dice.between(30, 80) {
        at += if dice.chance(25) { 0 } else { dice.between(1, 6) * GRID };
        let row = random_row(dice, at, &tags, &trace);
        trace.rows.push(row);
    }
    trace
}

fn random_row(dice: &mut Dice, at: Micros, tags: &[(&str, TagKind)], so_far: &ModelTrace) -> Row {
    let (path, kind) = match dice.pick(tags) {
        ("unread", _) if dice.chance(70) => tags[0],
        tag => tag,
    };
    let repeated = so_far.rows.iter().rfind(|row| row.tag == path).filter(|_| dice.chance(15));
    if let Some(repeated) = repeated {
        return Row { at, ..repeated.clone() };
    }
    let good = random_good(dice, at, path, kind);
    match dice.below(20) {
        0..=1 => Row { value: None, quality: ModelQuality::Bad, ..good },
        2 => Row { quality: ModelQuality::Bad, ..good },
        3 => Row { quality: ModelQuality::Uncertain, ..good },
        4 if dice.chance(30) => Row { value: None, ..good },
        _ => good,
    }
}

fn random_good(dice: &mut Dice, at: Micros, path: &str, kind: TagKind) -> Row {
    let text = |text: &str| ModelValue::Text(text.to_owned());
    let value = match kind {
        TagKind::Bool => ModelValue::Bool(dice.chance(50)),
        TagKind::Int => ModelValue::Int(dice.between(0, 3)),
        TagKind::Float => ModelValue::Float(dice.pick(&[0.0, 0.5, 1.0, 1.5, 2.5])),
        TagKind::Text if path == "order" => text(dice.pick(&["", ORDERS[0], ORDERS[1], ORDERS[2]])),
        TagKind::Text => text(dice.pick(&["", "B1", "B2"])),
    };
    Row { at, tag: path.to_owned(), value: Some(value), quality: ModelQuality::Good }
}
