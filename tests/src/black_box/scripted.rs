//! Small stories, each for one promise.

use std::path::PathBuf;
use std::sync::Arc;

use latchwork_connectors::trace::{Catalog, News, Options, Traces};
use latchwork_expr::{Quality, Timestamp, Value};
use latchwork_gateway::output::records::Form;
use latchwork_gateway::output::replayed::{Replayed, Selection, nowhere};
use latchwork_gateway::replay::{Basis, Recording, Replay, Report, Speed, catalog};
use serde_json::Value as Json;

use super::files;
use super::live::{Clock, Committed, Configured, Live, Named};
use super::rerun::{Lines, replayed, replayed_on};
use super::story::folder;

const TAGS: &str = "
[gateway]
id = '${GATEWAY}'
[[connections]]
name = 'plc'
type = 'mqtt'
url = '${BROKER}'
[[tags]]
path = 'run'
type = 'bool'
connection = 'plc'
topic = 'run'
[[tags]]
path = 'door'
type = 'bool'
";

/// Returns a plant with an operation that runs while an expression is true.
fn plant(expression: &str) -> String {
    format!(
        "{TAGS}[[operations]]\nname = 'A'\nlocation = 'Line'\nstart_trigger_expression = '{expression}'\n\
         stop_trigger_expression = '{expression}'\n"
    )
}

/// A gateway, and the folder of its black box, which is gone with it.
struct Stage {
    folder: PathBuf,
    live: Option<Live>,
}

impl Drop for Stage {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Stage {
    fn new(plant: &str) -> Self {
        let folder = folder("stage");
        let live = Live::start(&folder, Configured::of(plant), 0, Clock::default(), Committed::default());
        Self { folder, live: Some(live) }
    }

    fn live(&mut self) -> &mut Live {
        self.live.as_mut().unwrap()
    }

    /// Gives a reading in a second, such as `run`, true.
    fn read(&mut self, second: i64, tag: &str, value: bool) -> &mut Self {
        let named: Named = (tag.to_owned(), Some(Value::Boolean(value)), Quality::Good);
        self.live().samples(second * 1_000_000, &[named]);
        self
    }

    fn commit(&mut self) -> &mut Self {
        self.live().commit();
        self
    }

    fn rotate(&mut self, second: i64) -> &mut Self {
        self.live().rotate(second * 1_000_000);
        self
    }

    fn reload(&mut self, second: i64, plant: &str) -> &mut Self {
        self.live().reload(second * 1_000_000, Configured::of(plant));
        self
    }

    fn crash(&mut self, second: i64) -> &mut Self {
        self.live().flush();
        self.live = self.live.take().map(|live| live.crash(second * 1_000_000, None));
        self
    }

    fn files(&self) -> Vec<PathBuf> {
        files(&self.folder)
    }

    /// Ends the gateway; returns what it gave.
    fn end(&mut self) -> Lines {
        self.live.take().unwrap().end().0
    }
}

/// Replays under a configuration that is given.
fn given(files: &[PathBuf], plant: &str, options: &Options) -> (Report, Vec<Json>) {
    let configuration = crate::rerun::configuration(&plant.replace("${BROKER}", "mqtt://b").replace("${GATEWAY}", "g"));
    let plant = Arc::new(configuration.unwrap().plant);
    let records = crate::rerun::Shared::default();
    let output = latchwork_gateway::output::replayed::Output::new("records", records.clone());
    let mut replayed = Replayed::new(Form::JsonLines, output, None, Selection::default()).unwrap();
    let traces = Traces::open(files, catalog(&plant), options).unwrap();
    let replay = Replay { until: None, speed: Speed::Unbounded, show_progress: false };
    let report = replay.run(&plant, traces, &mut replayed).unwrap();
    (report, crate::rerun::rows(&records.text()))
}

/// Returns from when to when records are, in seconds behind the first of 1970, and why they end.
fn spans(records: &[Json]) -> Vec<String> {
    let second = |date: &Json| date.as_str().map_or("", |date| &date[17..19]).to_owned();
    let reason = |record: &Json| record["end_reason"].as_str().map(|reason| format!(" {reason}")).unwrap_or_default();
    let span = |record: &Json| {
        let flag = if record["detected_after_gap"] == true { "!" } else { "" };
        format!("{}..{}{}{flag}", second(&record["start_date"]), second(&record["end_date"]), reason(record))
    };
    records.iter().map(span).collect()
}

#[test]
fn what_was_never_committed_never_happened() {
    let mut stage = Stage::new(&plant("{run}"));
    stage.read(1, "run", false).commit().read(2, "run", true).crash(5).read(6, "run", false).read(7, "run", true);
    let live = stage.end();
    assert_eq!(live.records.len(), 1, "{live:?}");
    let found = replayed(&stage.files());
    assert_eq!((&found.events, &found.records), (&live.events, &live.records));
}

#[test]
fn where_a_file_is_missing_the_next_one_says_how_things_stand() {
    let mut stage = Stage::new(&plant("{run}"));
    stage.read(1, "run", false).read(2, "run", true).commit().rotate(3);
    stage.read(4, "run", false).commit().rotate(5).read(6, "run", true).commit().rotate(7).read(8, "run", false);
    let live = stage.end();
    let mut files = stage.files();
    files.remove(1);
    let found = replayed(&files);
    // The run's end, and that of its entry in the schedule.
    let without = |place: usize| [&live.events[..place], &live.events[place + 2..]].concat();
    let missing = live.events.iter().position(|line| line.contains("operation.stopped")).unwrap();
    assert_eq!(found.events, without(missing));
    assert_eq!(found.records, live.records[1..], "the first record's end is in the file that is missing");
}

#[test]
fn a_tag_that_only_the_new_configuration_reads_has_its_value() {
    let mut stage = Stage::new(&plant("{run}"));
    stage.read(1, "run", false).read(2, "door", true).read(3, "run", true).commit();
    stage.reload(4, &plant("{run} && {door}")).commit().read(5, "door", false);
    let live = stage.end();
    let found = replayed(&stage.files());
    assert_eq!((&found.events, &found.records), (&live.events, &live.records));
    let mut traces = Traces::open(&stage.files(), Catalog::new(), &Options::default()).unwrap();
    while traces.advance().unwrap() && !matches!(traces.news(), Some(News::Reload(_))) {}
    assert_eq!(traces.catalog().unknown_paths().collect::<Vec<_>>(), ["[default]run"], "nothing read the door so far");
}

#[test]
fn the_configuration_that_ran_may_be_given_too() {
    let text = plant("{run}");
    let mut stage = Stage::new(&text);
    stage.read(1, "run", false).read(2, "run", true).commit().crash(3).read(4, "run", false);
    let live = stage.end();
    let files = stage.files();
    let mut ran =
        crate::rerun::configuration(&text.replace("${GATEWAY}", "gw-1").replace("${BROKER}", "mqtt://b")).unwrap();
    let traces = || Traces::open(&files, Catalog::new(), &Options::default()).unwrap();
    let hash = traces().recording().unwrap().configuration_hash.clone();
    assert!(Recording::with(&traces(), &ran.hash, &ran.plant).is_none(), "another text is another configuration");
    // It is in every event, and with that hash it would be the same.
    ran.plant.configuration_version.clone_from(&hash);
    let recording = Recording::with(&traces(), &hash, &ran.plant).unwrap();
    let found = replayed_on(Basis::Recorded(recording), traces(), 1);
    assert_eq!((&found.events, &found.records), (&live.events, &live.records));
}

#[test]
fn another_configuration_holds_throughout() {
    let mut stage = Stage::new(&plant("{run}"));
    stage
        .read(1, "run", false)
        .read(2, "run", true)
        .commit()
        .reload(3, &plant("{run} || {door}"))
        .read(4, "door", false);
    stage.read(5, "run", false).read(6, "run", true).commit().crash(7).read(8, "run", false);
    stage.end();
    let (report, records) = given(&stage.files(), &plant("!{run}"), &Options::default());
    // The start of the gateway in second 7 makes the tag stale: what follows is seen across a gap.
    assert_eq!(spans(&records), ["05..06 TRIGGER", "08..!"]);
    assert!(
        report.summary(&forgetful()).contains("1 reload of the trace left out"),
        "{}",
        report.summary(&forgetful())
    );
}

/// Returns outputs that forget what they are given.
fn forgetful() -> Replayed {
    Replayed::new(Form::JsonLines, nowhere(), None, Selection::default()).unwrap()
}

#[test]
fn another_configuration_begins_with_what_the_first_file_retains() {
    let mut stage = Stage::new(&plant("{run}"));
    stage.read(1, "run", false).read(2, "run", true).commit().rotate(3).read(4, "door", false).read(5, "run", false);
    stage.end();
    let files = stage.files();
    let other = plant("{run}") + "notes = 'another text'\n";
    assert_eq!(spans(&given(&files[1..], &other, &Options::default()).1), ["02..05 TRIGGER"]);
}

#[test]
fn what_lies_before_the_beginning_is_as_if_it_had_not_been() {
    let mut stage = Stage::new(&plant("{run}"));
    stage.read(1, "run", false).read(2, "run", true).commit().reload(3, &plant("!{run}"));
    stage.read(4, "run", true).read(5, "run", false).read(6, "run", true);
    stage.end();
    let options = Options { from: Some(Timestamp(3_500_000)), ..Options::default() };
    let traces = Traces::open(&stage.files(), Catalog::new(), &options).unwrap();
    let (recording, _) = Recording::of(&traces).unwrap();
    let found = replayed_on(Basis::Recorded(recording), traces, 1);
    let records: Vec<Json> = crate::rerun::rows(&found.records.join("\n"));
    assert_eq!(spans(&records), ["05..06 TRIGGER"], "the configuration is that of the reload all the same");
}

#[test]
fn recordings_of_two_gateways_are_merged_under_a_given_configuration() {
    let (mut one, mut other) =
        (Stage::new(&plant("{run}")), Stage::new(&plant("{door}").replace("${GATEWAY}", "gw-2")));
    one.read(1, "run", false).read(3, "run", true).read(5, "run", false).end();
    other.read(2, "door", false).read(4, "door", true).end();
    let files = [one.files(), other.files()].concat();
    let traces = Traces::open(&files, Catalog::new(), &Options::default()).unwrap();
    let failure = Recording::of(&traces).unwrap_err();
    assert_eq!(failure.message, "the traces are of several gateways: give the configuration with `-c`");
    assert_eq!(spans(&given(&files, &plant("{run} && !{door}"), &Options::default()).1), ["03..04 TRIGGER"]);
}
