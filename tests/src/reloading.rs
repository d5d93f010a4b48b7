//! Plants that change while they run, under a clock that is set, held against the model: what did not change goes on, and
//! nothing but dates goes by the clock on the wall.

use std::sync::Arc;

use latchwork_engine::{Engine, Moment, Monotonic};
use latchwork_expr::Timestamp;
use latchwork_gateway::drive::Drive;

use crate::asking::{News, all_news};
use crate::lines::Lines;
use crate::model::names::CommandKind;
use crate::model::plant::{ModelPlant, OrderRule};
use crate::model::{Case, Dice, Observed, check_case, plant_toml, random_reloading_case, take_effect_now};
use crate::properties::seeds;
use crate::rerun;

/// How many random lives the ordinary test run looks at.
const SEEDS: u64 = 3_000;
/// How many differing seeds are told.
const REPORTS_MAX: usize = 3;
/// By how much the clock is set, in microseconds.
const STEPS: [i64; 5] = [3_600_000_017, -3_600_000_031, -1_700_000_000_000_003, 1_000_000, -1_000_007];

/// A gateway without wires and store, and how far its clock on the wall is ahead.
struct Gateway {
    drive: Drive,
    lines: Lines,
    dice: Dice,
    ahead: i64,
    steps: Steps,
}

/// Whether the clock is set.
#[derive(Clone, Copy, PartialEq)]
enum Steps {
    Never,
    Often,
}

impl Gateway {
    /// Returns the moment of the next scan. The clock may have been set since the last.
    fn at(&mut self, micros: i64) -> Moment {
        let is_set = self.steps == Steps::Often && self.dice.chance(15);
        self.ahead += if is_set { self.dice.pick(&STEPS) } else { 0 };
        let at = Moment { monotonic: Monotonic(micros), wall: Timestamp(micros + self.ahead) };
        self.lines.expect(at);
        at
    }

    fn take(&mut self, micros: i64, news: News<'_>) {
        let at = self.at(micros);
        match news {
            News::Samples(mut samples) => self.drive.samples(at, None, &mut samples, &mut self.lines),
            News::Command(asked) => {
                // What was due before has happened when the command is put together.
                self.drive.pass(at, &mut self.lines);
                let command = self.lines.ledger.command(asked, self.drive.engine());
                self.drive.command(at, None, &command, &mut self.lines);
            }
        }
    }

    fn reload(&mut self, micros: i64, plant: &ModelPlant) {
        let (at, plant) = (self.at(micros), rerun::configuration(&plant_toml(plant)).unwrap().plant);
        self.drive.reload(at, None, Arc::new(plant), &mut self.lines);
    }
}

/// Lives through a case.
fn live(case: &Case, seed: u64, steps: Steps) -> Observed {
    let configuration = rerun::configuration(&plant_toml(&case.plant)).unwrap();
    let all_news = all_news(case, &configuration);
    let drive = Drive::new(Engine::new(Arc::new(configuration.plant)));
    let mut gateway = Gateway { drive, lines: Lines::default(), dice: Dice::new(seed), ahead: 0, steps };
    let mut reloads = case.trace.reloads.iter().peekable();
    for (micros, news) in all_news {
        while let Some(reload) = reloads.next_if(|reload| reload.at < micros) {
            gateway.reload(reload.at, &reload.plant);
        }
        gateway.take(micros, news);
    }
    reloads.for_each(|reload| gateway.reload(reload.at, &reload.plant));
    let end = gateway.at(case.trace.end().unwrap_or_default());
    gateway.drive.pass(end, &mut gateway.lines);
    gateway.lines.observed(gateway.drive.engine(), end)
}

#[track_caller]
fn check(steps: Steps, case: fn(u64) -> Option<Case>) {
    let cases = seeds(SEEDS).filter_map(|seed| Some((seed, case(seed)?)));
    let reports = cases.filter_map(|(seed, case)| check_case(seed, case, &|case| live(case, seed, steps)).err());
    let reports: Vec<String> = reports.take(REPORTS_MAX).collect();
    assert!(reports.is_empty(), "{}", reports.join("\n\n"));
}

#[test]
fn a_plant_that_changes_agrees_with_the_model() {
    check(Steps::Never, |seed| Some(random_reloading_case(seed)));
}

#[test]
fn a_plant_that_changes_under_a_clock_that_is_set_agrees_with_the_model() {
    check(Steps::Often, undated_case);
}

/// Returns the case of a seed without what goes by dates: the schedule, commands that name a time, blocks that give one.
fn undated_case(seed: u64) -> Option<Case> {
    let mut case = random_reloading_case(seed);
    for plant in case.trace.reloads.iter_mut().map(|reload| &mut reload.plant).chain([&mut case.plant]) {
        plant.schedule.clear();
        for operation in &mut plant.operations {
            operation.auto_add = false;
            if operation.order == OrderRule::Schedule {
                operation.order = OrderRule::None;
            }
        }
    }
    case.trace.commands.retain(|command| !matches!(command.kind, CommandKind::Split | CommandKind::Edit));
    case.trace.commands.iter_mut().for_each(take_effect_now);
    let plants = case.trace.reloads.iter().map(|reload| &reload.plant).chain([&case.plant]);
    let has_dates = plants.map(plant_toml).any(|plant| plant.contains("lastChange("));
    (!has_dates).then_some(case)
}
