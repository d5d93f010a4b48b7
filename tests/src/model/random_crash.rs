//! A random case with a gateway that dies: what is committed, how long it is down, and the rules for it.

use super::check::Case;
use super::crash::Crash;
use super::dice::Dice;
use super::plant::{MILLISECOND, Micros, ModelConnection, ModelPlant, RestartRule};
use super::random::{TAGS, random_case};
use super::random_command::random_commands;

/// The seed's other dice, so that cases with and without crashes are otherwise the same.
const OTHER_DICE: u64 = 0xdead_beef;

/// Half of the trace's grid: deaths come with samples and between them.
const STEP: Micros = 250 * MILLISECOND;

/// Returns the case of a seed with deaths of the gateway, always the same.
pub fn random_crashing_case(seed: u64) -> Case {
    let Case { mut plant, mut trace } = random_case(seed);
    let dice = &mut Dice::new(seed ^ OTHER_DICE);
    if plant.connections.is_empty() && dice.chance(80) {
        plant.connections.push(plain_connection(dice));
    }
    add_rules(dice, &mut plant);
    if dice.chance(50) {
        // Without captures people may ask for more.
        plant.operations.iter_mut().for_each(|operation| operation.captures.clear());
    }
    trace.commands = random_commands(dice, &plant, &trace.rows);
    let mut from = trace.rows[0].at;
    for _ in 0..dice.between(1, 3) {
        let committed = from + dice.between(0, 60) * STEP;
        let down = committed + dice.between(0, 12) * STEP;
        let up = down + dice.between(1, 40) * STEP;
        trace.crashes.push(Crash { committed, down, up });
        from = up;
    }
    Case { plant, trace }
}

fn plain_connection(dice: &mut Dice) -> ModelConnection {
    let tags = TAGS.iter().map(|(path, _)| (*path).to_owned()).filter(|_| dice.chance(70)).collect();
    ModelConnection { name: "plc".to_owned(), tags, valid_when: None, heartbeat: None }
}

fn add_rules(dice: &mut Dice, plant: &mut ModelPlant) {
    for operation in &mut plant.operations {
        operation.restart = match dice.below(4) {
            0 | 1 => RestartRule::CloseAtLastSeen,
            2 => RestartRule::Resume(dice.between(1, 12)),
            _ => RestartRule::Resume(0),
        };
    }
    for operation in 0..plant.operations.len() {
        // A run that ends when it was seen last is measured up to the next moment of which anything is still known.
        if plant.operations[plant.topmost(operation)].restart != RestartRule::Resume(0) {
            plant.operations[operation].captures.clear();
        }
    }
}
