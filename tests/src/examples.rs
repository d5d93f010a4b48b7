//! The examples give what their documents say, from the real recordings beside them.

use std::fs;
use std::path::{Path, PathBuf};

use latchwork_connectors::trace::{Options, Traces};
use latchwork_gateway::replay::{catalog, options};
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
