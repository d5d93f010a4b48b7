//! `latchwork explain`: what it says of stories and of the examples, and that it is true of random plants.

mod golden;
mod prophet;

use std::io::Cursor;
use std::sync::Arc;

use latchwork_connectors::trace::Traces;
use latchwork_expr::Timestamp;
use latchwork_gateway::explain::{Findings, Observer, Question};
use latchwork_gateway::replay::{Audience, Replay, Report, Speed, catalog, options};

use crate::rerun;

/// Minutes around the moment of which things are told, as the command does.
const WINDOW_MINUTES: i64 = 10;

/// Replays files for an audience.
fn run(plant: &str, files: &[(String, String)], until: Option<Timestamp>, audience: &mut impl Audience) -> Report {
    let configuration = rerun::configuration(plant)
        .unwrap_or_else(|problems| panic!("{}\n{plant}", problems.render(latchwork_config::Colour::Off)));
    let options = options(&configuration);
    let plant = Arc::new(configuration.plant);
    let stream = |text: &String| Box::new(Cursor::new(text.clone().into_bytes())) as _;
    let streams: Vec<_> = files.iter().map(|(name, text)| (name.as_str(), stream(text))).collect();
    let traces = Traces::of_streams(streams, catalog(&plant), &options).unwrap_or_else(|error| panic!("{error}"));
    let replay = Replay { until, speed: Speed::Unbounded, show_progress: false };
    replay.run(&plant, traces, audience).unwrap_or_else(|failure| panic!("{}", failure.message))
}

/// Explains an operation at a time.
fn explain(plant: &str, files: &[(String, String)], operation: &str, at: &str) -> Result<Findings, String> {
    let at = Timestamp(crate::model::time_from_text(at).expect("a time"));
    let question =
        Question { operation: operation.to_owned(), at, window_micros: WINDOW_MINUTES * 60_000_000, zone: None };
    let mut observer = Observer::new(question).unwrap();
    let report = run(plant, files, Some(at), &mut observer);
    observer.findings(Some(report.engine()))
}
