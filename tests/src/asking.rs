//! What comes to a gateway in a test: samples, and the model's commands with the ids that the gateway gave and what it would
//! fetch.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::slice;

use latchwork_config::Configuration;
use latchwork_connectors::trace::Traces;
use latchwork_engine::{Command, Engine, Event, RecordChange, Sample};
use latchwork_gateway::output::history::History;
use latchwork_gateway::replay::{catalog, options};

use crate::model::Case;
use crate::model::command::{ModelCommand, command_lines};
use crate::rerun;

/// No record has it.
pub(crate) const NOBODY: &str = "00000000000000000000000000";

/// What was told of records: of each operation the one that opened last, and those that are closed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger {
    opened: BTreeMap<String, String>,
    closed: History,
}

impl Ledger {
    /// Takes in what an event tells.
    pub(crate) fn note(&mut self, event: &Event, engine: &Engine) {
        self.closed.note(event, engine);
        if let Some((RecordChange::Opened, record)) = event.change() {
            let operation = engine.plant().operations[record.operation.index()].name.clone();
            self.opened.insert(operation, record.id.to_string());
        }
    }

    /// Returns a command of the model as the engine takes it.
    pub(crate) fn command(&self, asked: &ModelCommand, engine: &Engine) -> Command {
        let id = self.opened.get(&asked.operation).map_or(NOBODY, String::as_str);
        let line =
            command_lines(slice::from_ref(asked)).replace(&format!("\"@{}\"", asked.operation), &format!("\"{id}\""));
        let command = Command::from_json(rerun::rows(&line)[0]["command"].clone()).unwrap();
        Command { fetched: self.closed.fetch(&command, engine).map(Box::new), ..command }
    }
}

/// What comes to a gateway.
pub(crate) enum News<'c> {
    /// Readings.
    Samples(Vec<Sample>),
    /// What somebody asks.
    Command(&'c ModelCommand),
}

/// Returns all that comes in a case, in its order: commands of one time come behind its samples.
pub(crate) fn all_news<'c>(case: &'c Case, configuration: &Configuration) -> Vec<(i64, News<'c>)> {
    let csv = Box::new(Cursor::new(case.trace.csv().into_bytes()));
    let streams = [("trace.csv", csv as _)];
    let mut traces = Traces::of_streams(streams, catalog(&configuration.plant), &options(configuration)).unwrap();
    let mut news = Vec::new();
    while traces.advance().unwrap() {
        news.push((traces.at().wall.0, News::Samples(traces.samples().to_vec())));
    }
    news.extend(case.trace.commands.iter().map(|command| (command.at, News::Command(command))));
    news.sort_by_key(|(at, _)| *at);
    news
}
