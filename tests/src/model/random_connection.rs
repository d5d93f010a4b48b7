//! A random connection over some of the tags, believed on a condition only; knows nothing of operations.

use super::dice::Dice;
use super::expression::{Comparison, Expression};
use super::plant::ModelConnection;
use super::random::TAGS;
use super::value::ModelValue;

/// The seed's other dice, so that plants with and without connections are otherwise the same.
const OTHER_DICE: u64 = 0x5eed_c0de;

/// Returns the connection of a seed's plant, if it has one.
pub(super) fn random_connection(seed: u64) -> Option<ModelConnection> {
    let dice = &mut Dice::new(seed ^ OTHER_DICE);
    if !dice.chance(30) {
        return None;
    }
    let tags = TAGS.iter().map(|(path, _)| (*path).to_owned()).filter(|_| dice.chance(70)).collect();
    let heartbeat = dice.chance(50).then(|| (dice.pick(&["count", "level"]).to_owned(), dice.between(3, 24) * 500));
    let valid_when = (heartbeat.is_none() || dice.chance(40)).then(|| match dice.below(4) {
        0 => Expression::tag("ready"),
        1 => Expression::Not(Box::new(Expression::tag("fault"))),
        2 => Expression::Or(Box::new(Expression::tag("ready")), Box::new(Expression::tag("fault"))),
        _ => Expression::Compare("count".to_owned(), Comparison::NotEqual, ModelValue::Int(0)),
    });
    Some(ModelConnection { name: "plc".to_owned(), tags, valid_when, heartbeat })
}
