//! A wall clock that is set, again and again: dates follow it, and nothing else does.

use std::collections::BTreeSet;
use std::io::Cursor;
use std::sync::Arc;

use latchwork_connectors::trace::Traces;
use latchwork_engine::{Effect, Engine, Info, Moment, Monotonic, Record, Sample};
use latchwork_expr::Timestamp;
use latchwork_gateway::drive::{Drive, Sink};
use latchwork_gateway::replay::{catalog, options};

use crate::model::{Case, Dice, plant_toml, random_case};
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
}

impl Sink for Told {
    fn take(&mut self, _engine: &Engine, effects: &mut Vec<Effect>) {
        for effect in effects.drain(..) {
            let Effect::Event(event) = effect else { continue };
            let text = match event.info {
                Info::ClockStep { step_micros, .. } => {
                    self.steps.push(step_micros);
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
                Info::OrderOfRecord { .. }
                | Info::Schedule(_)
                | Info::Gateway
                | Info::Connection { .. }
                | Info::SamplesLost(_) => String::new(),
            };
            // How often a fault is told goes by the time between, which is the same; its text may name a date.
            self.events.push(format!("{} {text}", event.kind.name()));
        }
    }
}

/// Returns what of a record hangs on no clock on the wall.
fn undated(record: &Record) -> String {
    let Record { operation, status, start_reason, end_reason, overrun, detected_after_gap, revision, .. } = record;
    let order = record.order.as_ref().map(|link| link.name.as_str());
    let (began, took) = (record.start.monotonic, record.duration_micros());
    format!(
        "{operation:?} {status:?} {began:?} {took:?} {start_reason:?} {end_reason:?} {overrun} {detected_after_gap} \
         {revision} {order:?} {:?}",
        record.expected_duration_seconds
    )
}

/// Lives through a case with the wall clock so far ahead of the other one by each scan.
fn live(case: &Case, mut ahead: impl FnMut() -> i64) -> Told {
    let configuration = rerun::configuration(&plant_toml(&case.plant)).unwrap();
    let options = options(&configuration);
    let csv = Box::new(Cursor::new(case.trace.csv().into_bytes()));
    let mut traces = Traces::of_streams([("trace.csv", csv as _)], catalog(&configuration.plant), &options).unwrap();
    let mut drive = Drive::new(Engine::new(Arc::new(configuration.plant)));
    let mut told = Told::default();
    let mut last = Moment::default();
    while traces.advance().unwrap() {
        let micros = traces.at().wall.0;
        last = Moment { monotonic: Monotonic(micros), wall: Timestamp(micros + ahead()) };
        let mut samples: Vec<Sample> = traces.samples().to_vec();
        drive.samples(last, None, &mut samples, &mut told);
    }
    drive.pass(last.plus_micros(60_000_000), &mut told);
    told
}

/// Returns the case of a seed without what goes by dates: the schedule, and commands.
fn case(seed: u64) -> Case {
    let Case { mut plant, mut trace } = random_case(seed);
    plant.schedule.clear();
    plant.operations.iter_mut().for_each(|operation| {
        operation.auto_add = false;
        operation.captures.clear();
    });
    trace.commands.clear();
    Case { plant, trace }
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
    let (mut steps, mut ended) = (0, 0);
    for seed in seeds(SEEDS) {
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
        steps += hand.steps.len();
        ended += found.ended.len();
    }
    assert!(steps > 1_000 && ended > 1_000, "only {steps} steps and {ended} records");
}
