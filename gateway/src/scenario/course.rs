//! One test: its inputs through a replay, and what is to be said of it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use latchwork_config::Configuration;
use latchwork_config::scenario::ScenarioTest;

use super::difference::Difference;
use super::happened::Happened;
use super::{inputs, judge};
use crate::exit::Failure;
use crate::output::memory::Memory;
use crate::output::records::Form;
use crate::output::replayed::{Output, Replayed, Selection};
use crate::replay::{Replay, Speed};

/// What is to be said of a test.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// What is not as it was expected, in the order of the file; nothing if the test is passed.
    pub differences: Vec<Difference>,
    /// How long it took.
    pub elapsed: Duration,
}

impl Verdict {
    /// Tells whether all is as it was expected.
    pub const fn is_passed(&self) -> bool {
        self.differences.is_empty()
    }
}

/// Runs a test from an empty state.
pub fn run(test: &ScenarioTest, configuration: &Configuration) -> Verdict {
    let begun = Instant::now();
    let differences = match replay(test, configuration) {
        Ok(happened) => judge::differences(test, &configuration.plant, &happened),
        Err(failure) => vec![Difference::broken(test.line, failure.message)],
    };
    Verdict { differences, elapsed: begun.elapsed() }
}

/// Replays the inputs of a test and keeps what came of it.
fn replay(test: &ScenarioTest, configuration: &Configuration) -> Result<Happened, Failure> {
    let start = inputs::start(test, configuration)?;
    let traces = inputs::traces(test, configuration, start)?;
    let (records, events) = (Memory::default(), Memory::default());
    let output = |memory: &Memory| Output::new("memory", memory.clone());
    let selection = Selection { sorted: true, ..Selection::default() };
    let mut replayed = Replayed::new(Form::JsonLines, output(&records), Some(output(&events)), selection)?;
    replayed.keep_commands();
    let until = test.until.map(|until| until.instant(start));
    let replay = Replay { until, speed: Speed::Unbounded, show_progress: false };
    let report = replay.run(&Arc::new(configuration.plant.clone()), traces, &mut replayed)?;
    let mut happened = Happened::of(&records.take(), &events.take(), start);
    happened.commands = replayed.take_commands();
    happened.orders = report.engine().orders().iter().map(|order| order.name.to_string()).collect();
    happened.end = report.end.unwrap_or(start);
    Ok(happened)
}
