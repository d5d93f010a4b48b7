//! The inputs of a test as a trace: its recordings, and its steps as JSON lines.

use std::io::Cursor;

use latchwork_config::Configuration;
use latchwork_config::scenario::{ScenarioTest, Step, StepQuality, StepSample};
use latchwork_connectors::trace::{Bytes, Options, Traces};
use latchwork_engine::Plant;
use latchwork_expr::{Timestamp, instant_text};
use serde_json::{Map, Value as Json, json};

use crate::exit::{Exit, Failure};
use crate::replay::{catalog, options, trace_failure};

/// Where a test begins that does not say so and has no recording: on a Monday morning, when shifts do.
pub(super) const START: Timestamp = Timestamp(1_772_431_200_000_000);

/// What the steps are called in messages about traces.
const STEPS: &str = "the steps";

/// Returns the instant at which a test begins: as it says, else with its recording.
pub(super) fn start(test: &ScenarioTest, configuration: &Configuration) -> Result<Timestamp, Failure> {
    if let Some(start) = test.start {
        return Ok(start);
    }
    if test.traces.is_empty() {
        return Ok(START);
    }
    let mut traces = open(test, configuration, Vec::new(), &options(configuration))?;
    let has_scan = traces.advance().map_err(|error| trace_failure(&error))?;
    Ok(if has_scan { traces.at().wall } else { START })
}

/// Opens the inputs of a test that begins at `start`.
pub(super) fn traces(test: &ScenarioTest, configuration: &Configuration, start: Timestamp) -> Result<Traces, Failure> {
    let until = test.until.map(|until| until.instant(start));
    if let Some(late) = test.steps.iter().find(|step| until.is_some_and(|until| step.at.instant(start) > until)) {
        let message = format_args!("time ends before the step in line {}", late.line);
        return Err(Failure::new(Exit::Problems, message));
    }
    let steps = steps_text(test, &configuration.plant, start);
    open(test, configuration, steps, &Options { until, ..options(configuration) })
}

fn open(
    test: &ScenarioTest,
    configuration: &Configuration,
    steps: Vec<u8>,
    options: &Options,
) -> Result<Traces, Failure> {
    let catalog = catalog(&configuration.plant);
    let stream = (!steps.is_empty()).then(|| (STEPS, Box::new(Cursor::new(steps)) as Bytes));
    Traces::open_with(&test.traces, stream, catalog, options).map_err(|error| trace_failure(&error))
}

/// Returns the steps as JSON lines, in the order in which they happen: of one time those of `[defaults]` first.
fn steps_text(test: &ScenarioTest, plant: &Plant, start: Timestamp) -> Vec<u8> {
    let mut steps: Vec<(Timestamp, &Step)> = test.steps.iter().map(|step| (step.at.instant(start), step)).collect();
    steps.sort_by_key(|(at, _)| *at);
    let mut lines = Vec::new();
    for (at, step) in steps {
        let command = step.command.iter().map(|command| json!({"command": command.to_json(start, plant)}));
        for mut line in sample_lines(&step.samples).into_iter().chain(command) {
            line["ts"] = instant_text(at).into();
            lines.extend_from_slice(line.to_string().as_bytes());
            lines.push(b'\n');
        }
    }
    lines
}

/// Returns the samples of a step as the lines of one scan: a line of values has one quality, and is a scan by itself;
/// lines of one sample each join those of their time.
fn sample_lines(samples: &[StepSample]) -> Vec<Json> {
    let Some(first) = samples.first() else { return Vec::new() };
    if samples.iter().all(|sample| sample.quality == first.quality) {
        let values: Map<String, Json> =
            samples.iter().map(|sample| (sample.tag.clone(), sample.value.clone())).collect();
        return vec![json!({"values": values, "quality": first.quality.name()})];
    }
    let line = |sample: &StepSample| match sample.quality {
        StepQuality::Bad => json!({"tag": sample.tag, "quality": sample.quality.name()}),
        StepQuality::Good | StepQuality::Uncertain => {
            json!({"tag": sample.tag, "value": sample.value, "quality": sample.quality.name()})
        }
    };
    samples.iter().map(line).collect()
}
