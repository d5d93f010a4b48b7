//! Random commands: of operations that there are, at times of a trace, some of them for earlier and a few for later.

use super::command::ModelCommand;
use super::dice::Dice;
use super::names::CommandKind;
use super::plant::{MILLISECOND, Micros, ModelPlant};
use super::random::ORDERS;
use super::trace::Row;

/// Half of the trace's grid: commands come with samples and between them.
const STEP: Micros = 250 * MILLISECOND;
/// No more commands than a replay lists when it refuses them all.
const COMMANDS_MAX: usize = 10;

/// Returns commands for every other trace.
pub(super) fn random_commands(dice: &mut Dice, plant: &ModelPlant, rows: &[Row]) -> Vec<ModelCommand> {
    let count = if dice.chance(50) { 0 } else { dice.between(2, 10) };
    let mut commands: Vec<ModelCommand> = (0..count).map(|_| random_command(dice, plant, rows)).collect();
    resume_some(dice, &mut commands);
    if plant.operations.iter().any(|operation| !operation.captures.is_empty()) {
        commands.iter_mut().for_each(measure_now);
    }
    commands.sort_by_key(|command| command.at);
    commands
}

fn random_command(dice: &mut Dice, plant: &ModelPlant, rows: &[Row]) -> ModelCommand {
    let row = &rows[dice.below(rows.len())];
    let at = row.at + if dice.chance(50) { 0 } else { dice.between(1, 4) * STEP };
    let operation = plant.operations[dice.below(plant.operations.len())].name.clone();
    let kind = random_kind(dice);
    let order = match kind {
        CommandKind::Start | CommandKind::Execute | CommandKind::Edit => dice.chance(50),
        CommandKind::SetOrder => dice.chance(90),
        CommandKind::Stop
        | CommandKind::Pause
        | CommandKind::Resume
        | CommandKind::Cancel
        | CommandKind::Fault
        | CommandKind::Split => false,
    };
    let earlier = |dice: &mut Dice| at + dice.between(-24, 1) * STEP;
    let (since, until) = match kind {
        CommandKind::Start | CommandKind::Stop | CommandKind::Execute => (dice.chance(60).then(|| earlier(dice)), None),
        CommandKind::Split => (Some(earlier(dice)), None),
        CommandKind::Edit => {
            let long_ago = dice.chance(40).then(|| at - dice.between(20, 80) * STEP);
            (long_ago, dice.chance(70).then(|| earlier(dice)))
        }
        CommandKind::Pause | CommandKind::Resume | CommandKind::Cancel | CommandKind::Fault | CommandKind::SetOrder => {
            (None, None)
        }
    };
    ModelCommand { at, kind, operation, order: order.then(|| dice.pick(&ORDERS).to_owned()), since, until }
}

/// Has most runs go on that were told to stand.
fn resume_some(dice: &mut Dice, commands: &mut Vec<ModelCommand>) {
    for place in 0..commands.len() {
        if commands[place].kind == CommandKind::Pause && commands.len() < COMMANDS_MAX && dice.chance(60) {
            let at = commands[place].at + dice.between(0, 8) * STEP;
            commands.push(ModelCommand { at, kind: CommandKind::Resume, ..commands[place].clone() });
        }
    }
}

/// Makes of a command one that takes effect now: what was measured before is known to no engine.
fn measure_now(command: &mut ModelCommand) {
    if command.kind != CommandKind::Edit {
        take_effect_now(command);
    }
}

/// Makes of a command one that names no other time than now.
pub fn take_effect_now(command: &mut ModelCommand) {
    command.until = None;
    match command.kind {
        CommandKind::Split => command.since = Some(command.at),
        CommandKind::Edit
        | CommandKind::Pause
        | CommandKind::Resume
        | CommandKind::Start
        | CommandKind::Stop
        | CommandKind::Cancel
        | CommandKind::Fault
        | CommandKind::Execute
        | CommandKind::SetOrder => command.since = None,
    }
}

fn random_kind(dice: &mut Dice) -> CommandKind {
    match dice.below(20) {
        0..=3 => CommandKind::Start,
        4..=5 => CommandKind::Stop,
        6..=8 => CommandKind::Pause,
        9..=10 => CommandKind::Resume,
        11 => CommandKind::Cancel,
        12 => CommandKind::Fault,
        13 => CommandKind::Execute,
        14..=15 => CommandKind::SetOrder,
        16..=17 => CommandKind::Edit,
        _ => CommandKind::Split,
    }
}
