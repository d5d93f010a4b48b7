//! A wall clock that is set, again and again: dates follow it, and nothing else does.

use std::collections::BTreeSet;
use std::sync::Arc;

use latchwork_engine::{Effect, Engine, EntryStatus, Info, Moment, Monotonic, Record, ScheduleEntry};
use latchwork_expr::Timestamp;
use latchwork_gateway::drive::{Drive, Sink};

use crate::asking::{Ledger, News, all_news};
use crate::model::names::CommandKind;
use crate::model::plant::OrderRule;
use crate::model::{Case, Dice, plant_toml, random_case, take_effect_now};
use crate::properties::seeds;
use crate::rerun;

/// How many random plants the ordinary test run looks at.
const SEEDS: u64 = 1_000;
/// By how much the clock is set, in microseconds: an hour, into the year 1970, a little. No two runs begin at the same
/// microsecond for it.
const STEPS: [i64; 6] = [3_600_000_017, -3_600_000_031, -1_700_000_000_000_003, 1_000_000, -1_000_007, 999_999];

/// What a gateway did.
#[derive(Default)]
struct Told {
    /// What of the events is no date.
    events: Vec<String>,
    /// The records that ended.
    ended: Vec<Record>,
    /// By how much the clock was told to be set.
    steps: Vec<i64>,
    /// What was told of the schedule.
    planned: Vec<ScheduleEntry>,
    ledger: Ledger,
}

impl Sink for Told {
    fn take(&mut self, engine: &Engine, effects: &mut Vec<Effect>) {
        for effect in effects.drain(..) {
            if let Effect::Answered(answer) = &effect {
                self.events.push(answer.answer.as_ref().map_or_else(|no| no.kind.name(), |_| "done").to_owned());
            }
            let Effect::Event(event) = effect else { continue };
            self.ledger.note(&event, engine);
            let text = match event.info {
                Info::ClockStep { step_micros, .. } => {
                    self.steps.push(step_micros);
                    continue;
                }
                Info::Schedule(entry) => {
                    self.planned.push(*entry);
                    continue;
                }
                Info::Record(record) => {
                    let text = undated(&record);
                    self.ended.extend(record.end.is_some().then_some(*record));
                    text
                }
                Info::Fault { operation, .. } | Info::Conflict { operation, .. } => format!("{operation:?}"),
                Info::SequenceGap { operation, before, found, .. } => format!("{operation:?} {before} {found}"),
                Info::OrderStatus { order, from, to, .. } => format!("{order:?} {from:?} {to:?}"),
                Info::Order(_)
                | Info::OrderOfRecord { .. }
                | Info::Gateway
                | Info::Connection { .. }
                | Info::SamplesLost(_)
                | Info::ScanSkipped(_)
                | Info::OutboxDropped { .. } => String::new(),
            };
            // How often a fault is told goes by the time between, which is the same; its text may name a date.
            self.events.push(format!("{} {text}", event.kind.name()));
        }
    }
}

/// Returns what of a record hangs on no clock on the wall.
fn undated(record: &Record) -> String {
    let Record { operation, status, start_reason, end_reason, overrun, detected_after_gap, .. } = record;
    let Record { captures, revision, paused_micros, expected_duration_seconds: expected, .. } = record;
    let order = record.order.as_ref().map(|link| link.name.as_str());
    let (began, took) = (record.start.monotonic, record.duration_micros());
    format!(
        "{operation:?} {status:?} {began:?} {took:?} {start_reason:?} {end_reason:?} {overrun} {detected_after_gap} \
         {revision} {order:?} {expected:?} {captures:?} {paused_micros}"
    )
}

/// Lives through a case with the wall clock so far ahead of the other one by each scan.
fn live(case: &Case, mut ahead: impl FnMut() -> i64) -> Told {
    let configuration = rerun::configuration(&plant_toml(&case.plant)).unwrap();
    let all_news = all_news(case, &configuration);
    let mut drive = Drive::new(Engine::new(Arc::new(configuration.plant)));
    let mut told = Told::default();
    let mut last = Moment::default();
    for (micros, news) in all_news {
        last = Moment { monotonic: Monotonic(micros), wall: Timestamp(micros + ahead()) };
        match news {
            News::Samples(mut samples) => drive.samples(last, None, &mut samples, &mut told),
            News::Command(asked) => {
                // What was due before has happened when the command is put together.
                drive.pass(last, &mut told);
                let command = told.ledger.command(asked, drive.engine());
                drive.command(last, None, &command, &mut told);
            }
        }
    }
    drive.pass(last.plus_micros(60_000_000), &mut told);
    check_schedule(drive.engine(), &told);
    told
}

/// Windows are dates, so that the schedule goes by the clock on the wall. But whatever that says, an entry that runs has the
/// one open record that has it, and what is done is done.
fn check_schedule(engine: &Engine, told: &Told) {
    let mut running: Vec<_> = engine.schedule().filter(|entry| entry.status == EntryStatus::Running).collect();
    running.sort_by_key(|entry| entry.id);
    let mut open: Vec<_> = engine.open_records().filter_map(|record| Some((record.schedule?, record.id))).collect();
    open.sort_unstable();
    assert_eq!(running.iter().filter_map(|entry| Some((entry.id, entry.record?))).collect::<Vec<_>>(), open);
    let mut done = BTreeSet::new();
    for entry in &told.planned {
        assert!(!done.contains(&entry.id), "an entry that was done: {entry:?}");
        done.extend((entry.status == EntryStatus::Completed).then_some(entry.id));
    }
}

/// Returns the case of a seed without what goes by dates: orders of the schedule, and commands that name a time.
fn case(seed: u64) -> Case {
    let mut case = random_case(seed);
    for operation in case.plant.operations.iter_mut().filter(|operation| operation.order == OrderRule::Schedule) {
        operation.order = OrderRule::None;
    }
    case.trace.commands.retain(|command| command.kind != CommandKind::Split);
    case.trace.commands.iter_mut().for_each(take_effect_now);
    case
}

/// A clock that is set now and then, and by how much a gateway is to tell that it was.
struct Hand {
    dice: Dice,
    ahead: Option<i64>,
    noted: i64,
    steps: Vec<i64>,
}

impl Hand {
    fn new(seed: u64) -> Self {
        Self { dice: Dice::new(seed), ahead: None, noted: 0, steps: Vec::new() }
    }

    /// Returns by how much the clock is ahead by the next scan. Before the first nobody knows that it was set.
    fn ahead(&mut self) -> i64 {
        let step = if self.ahead.is_some() && self.dice.chance(15) { self.dice.pick(&STEPS) } else { 0 };
        let ahead = self.ahead.unwrap_or(0) + step;
        if (ahead - self.noted).abs() >= 1_000_000 {
            self.steps.push(ahead - self.noted);
            self.noted = ahead;
        }
        *self.ahead.insert(ahead)
    }
}

#[test]
fn a_clock_that_is_set_changes_nothing_but_dates() {
    let (seeds, mut counts) = (seeds(SEEDS), [0; 5]);
    for seed in seeds.clone() {
        let case = case(seed);
        if plant_toml(&case.plant).contains("lastChange(") {
            // Its value is a date.
            continue;
        }
        let wanted = live(&case, || 0);
        let mut hand = Hand::new(seed);
        let found = live(&case, || hand.ahead());
        assert_eq!(found.events, wanted.events, "seed {seed}");
        assert_eq!((found.steps, wanted.steps), (hand.steps.clone(), Vec::new()), "seed {seed}");
        for record in &found.ended {
            assert!(record.end.is_some_and(|end| end.wall >= record.start.wall), "seed {seed}: {record:?}");
        }
        let ids = |told: &[Record]| told.iter().map(|record| record.id).collect::<BTreeSet<_>>().len();
        assert_eq!(ids(&found.ended), ids(&wanted.ended), "seed {seed}: a record took another's place");
        counts[0] += hand.steps.len();
        counts[1] += found.ended.len();
        counts[2] += found.planned.len();
        counts[3] += found.ended.iter().filter(|record| !record.captures.is_empty()).count();
        counts[4] += case.trace.commands.len();
    }
    let enough = usize::try_from(seeds.end - seeds.start).unwrap_or(usize::MAX);
    assert!(counts.iter().all(|count| *count >= enough), "only {counts:?} steps, records, entries, captures, commands");
}
