//! The examples give what their documents say, from the real recordings beside them.

use std::fs;
use std::path::{Path, PathBuf};

use latchwork_config::scenario::{TestFile, event_keys, load, read, record_keys};
use latchwork_config::{Colour, Memory};
use latchwork_connectors::trace::{Options, Traces};
use latchwork_gateway::replay::{catalog, options};
use latchwork_gateway::scenario::{run, text};
use serde_json::Value as Json;

use crate::rerun;

fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples").join(name)
}

fn runs(records: &[Json]) -> Vec<[String; 4]> {
    let keys = ["operation", "start_date", "end_date", "production_order"];
    records.iter().map(|row| keys.map(|key| row[key].as_str().unwrap_or("-").to_owned())).collect()
}

#[test]
fn the_recorded_plc_cycle_gives_its_six_records_from_either_file() {
    let folder = example("plc-start-stop");
    let plant = fs::read_to_string(folder.join("plant.toml")).unwrap();
    let replay = |name: &str| rerun::replay(&plant, &[(name, &fs::read(folder.join(name)).unwrap())]);
    let (long, wide) = (replay("machine_44_long.csv"), replay("machine_44_wide.csv"));
    assert_eq!(long.records, wide.records);
    let at = |seconds: &str| format!("2012-11-12T11:03:{seconds}000Z");
    let row = |operation: &str, start: &str, end: &str, order: &str| {
        let end = if end == "-" { "-".to_owned() } else { at(end) };
        [operation.to_owned(), at(start), end, order.to_owned()]
    };
    let wanted = [
        row("Cycle", "10.956", "42.348", "-"),
        row("Phase", "12.347", "16.351", "-"),
        row("Phase", "16.351", "38.351", "-"),
        row("Run", "16.958", "38.956", "10000"),
        row("Phase", "38.351", "42.348", "-"),
        row("Phase", "42.348", "-", "-"),
    ];
    assert_eq!(runs(&long.record_rows()), wanted);
    assert_eq!(long.record_rows()[3]["id"], "017BT4K86YJQAHS8X7VWEFPAHH");
}

#[test]
fn the_temperature_recording_names_where_its_clock_goes_back() {
    let folder = example("machine-temperature");
    let plant = fs::read_to_string(folder.join("plant.toml")).unwrap();
    let name = "machine_temperature.csv.gz";
    let bytes = fs::read(folder.join(name)).unwrap();
    let read = |window: i64| {
        let configuration = rerun::configuration(&plant).unwrap();
        let options = Options { reorder_window_micros: window, ..options(&configuration) };
        (configuration, options)
    };
    let (configuration, options) = read(0);
    let stream = (name, Box::new(std::io::Cursor::new(bytes.clone())) as _);
    let mut traces = Traces::of_streams([stream], catalog(&configuration.plant), &options).unwrap();
    let error = loop {
        match traces.advance() {
            Ok(found) => assert!(found, "the step of the clock was not seen"),
            Err(error) => break error.to_string(),
        }
    };
    assert!(error.contains(":10151:") && error.contains(":10150"), "{error}");

    let (configuration, options) = read(3_600_000_000);
    let records = rerun::replay_with(configuration, &[(name, &bytes)], &options).record_rows();
    assert_eq!(records.len(), 26);
    let gaps = records.windows(2).map(|pair| (pair[0]["end_date"].clone(), pair[1]["start_date"].clone()));
    for (end, start) in gaps {
        let minutes =
            [&end, &start].map(|date| crate::model::time_from_text(date.as_str().unwrap()).unwrap() / 60_000_000);
        assert!(minutes[1] - minutes[0] >= 15, "a recovery from {end} to {start} is shorter than the hold");
    }
}

#[test]
fn the_scenario_tests_of_the_examples_pass() {
    for (name, at_least) in [("bottling-line", 12), ("compressor", 8), ("plc-start-stop", 4)] {
        let path = example(name).join("tests.toml");
        let TestFile { configuration, tests } =
            load(&path).unwrap_or_else(|problems| panic!("{}", problems.render(Colour::Off)));
        assert!(tests.len() >= at_least, "{name}");
        for test in &tests {
            let verdict = run(test, &configuration);
            assert!(verdict.is_passed(), "{}", text(name, test, &verdict, Colour::Off));
        }
    }
}

fn page(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(name)).unwrap()
}

/// Returns the first example in a language.
fn block<'p>(page: &'p str, fence: &str) -> &'p str {
    page.split(fence).nth(1).and_then(|rest| rest.split("```").next()).unwrap()
}

#[test]
fn the_page_about_scenario_tests_shows_what_really_happens() {
    const PLANT: &str = r#"
tags = [{ path = "Line1/Filler/Running", type = "bool" }, { path = "Line1/Filler/Speed", type = "float" }]
[[operations]]
name = "Filling"
location = "Line1"
start_trigger_expression = "{Line1/Filler/Running}"
stop_trigger_expression = "{Line1/Filler/Running}"
stop_hold_millis = HOLD
"#;
    let page = page("scenarios.md");
    let told = |hold: &str| {
        let memory =
            Memory::of("tests.toml", block(&page, "```toml\n")).with("plant.toml", PLANT.replace("HOLD", hold));
        let TestFile { configuration, tests } = read(Path::new("tests.toml"), &memory)
            .unwrap_or_else(|problems| panic!("{}", problems.render(Colour::Off)));
        text("tests.toml", &tests[0], &run(&tests[0], &configuration), Colour::Off)
    };
    assert_eq!(told("400"), "ok      A hiccup of 0.3 s is no stop\n");
    let shown = page.split("If the stop hold were 0.2 s:").nth(1).unwrap();
    assert_eq!(told("200"), block(shown, "```\n"));
}

#[test]
fn the_page_about_scenario_tests_has_every_key() {
    let page = page("scenarios.md");
    let (records, events) = page.split_once("The keys of events are").unwrap();
    for key in record_keys() {
        assert!(records.contains(&format!("`{key}`")), "{key}");
    }
    for key in event_keys() {
        assert!(events.contains(&format!("`{key}`")), "{key}");
    }
}
