//! A random call with memory, of every kind; knows nothing of what it should give.

use super::blocks::Block;
use super::dice::Dice;
use super::expression::Expression;
use super::names::BlockKind;
use super::value::ModelValue;

/// What is no truth, or not always one.
const VALUES: [BlockKind; 2] = [BlockKind::Previous, BlockKind::LastChange];

/// Returns a truth in which blocks take part.
pub(super) fn random_block_truth(dice: &mut Dice) -> Expression {
    let kinds: Vec<BlockKind> = BlockKind::ALL.iter().copied().filter(|kind| !VALUES.contains(kind)).collect();
    let block = random_block(dice, &kinds);
    match dice.below(8) {
        0 => Expression::Not(Box::new(block)),
        // What stands on the right may be skipped.
        1 => Expression::And(Box::new(Expression::tag("ready")), Box::new(block)),
        2 => Expression::Or(Box::new(block), Box::new(Expression::tag("fault"))),
        3 => around(dice, block),
        _ => block,
    }
}

/// Returns a value that changes in which a block takes part.
pub(super) fn random_block_value(dice: &mut Dice) -> Expression {
    random_block(dice, &[BlockKind::Previous, BlockKind::LastChange, BlockKind::Rate, BlockKind::Ton])
}

/// Returns a block whose input is another: the time and the place of the inner one are the outer's.
fn around(dice: &mut Dice, inner: Expression) -> Expression {
    match dice.below(4) {
        0 => block(BlockKind::Ton, [inner, millis(dice)]),
        1 => block(BlockKind::RTrig, [inner]),
        2 => block(BlockKind::Ctu, [inner, Expression::tag("fault"), whole(dice.between(1, 3))]),
        _ => block(BlockKind::Tof, [inner, millis(dice)]),
    }
}

fn random_block(dice: &mut Dice, kinds: &[BlockKind]) -> Expression {
    let kind = dice.pick(kinds);
    match kind {
        BlockKind::RTrig | BlockKind::FTrig => block(kind, [truth(dice)]),
        BlockKind::Sr | BlockKind::Rs => block(kind, [Expression::tag("run"), Expression::tag("ready")]),
        BlockKind::Ton | BlockKind::Tof | BlockKind::Tp => block(kind, [truth(dice), millis(dice)]),
        BlockKind::Ctu | BlockKind::Ctd => block(kind, [truth(dice), Expression::tag("fault"), count(dice)]),
        BlockKind::Hysteresis => block(kind, [Expression::tag("level"), float(1.5), float(0.5)]),
        BlockKind::Previous | BlockKind::LastChange => block(kind, [Expression::tag(dice.pick(&["count", "level"]))]),
        BlockKind::StableFor => block(kind, [Expression::tag(dice.pick(&["count", "run", "batch"])), millis(dice)]),
        BlockKind::Rate => {
            let inputs = [Expression::tag(dice.pick(&["count", "level"])), whole(dice.between(1, 6) * 500)];
            Expression::Above(Box::new(block(kind, inputs)), dice.pick(&[0.0, 0.5, 1.0]))
        }
    }
}

fn block<const N: usize>(kind: BlockKind, inputs: [Expression; N]) -> Expression {
    Expression::Block(Block { kind, inputs: inputs.into() })
}

fn truth(dice: &mut Dice) -> Expression {
    Expression::tag(dice.pick(&["run", "run", "ready", "count"]))
}

fn count(dice: &mut Dice) -> Expression {
    if dice.chance(20) { Expression::tag("count") } else { whole(dice.between(1, 3)) }
}

/// Times on the grid of the traces, so that deadlines meet samples and one another.
fn millis(dice: &mut Dice) -> Expression {
    if dice.chance(10) { Expression::tag("count") } else { whole(dice.between(0, 8) * 500) }
}

fn whole(number: i64) -> Expression {
    Expression::Constant(ModelValue::Int(number))
}

fn float(number: f64) -> Expression {
    Expression::Constant(ModelValue::Float(number))
}
