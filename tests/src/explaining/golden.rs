//! Explanations of stories, held equal to `tests/explained.txt`. `BLESS=1` rewrites it; review the difference.

use std::fs;
use std::path::{Path, PathBuf};

use super::explain;
use crate::cases::traces_of;

/// Which case is explained, whose operation, when: the second of its minute, or a time of the hour.
const STORIES: &[(&str, &str, &[&str])] = &[
    ("first_true_arms", "Filling", &["00:10"]),
    ("tag_without_a_sample_is_unknown", "Draining", &["00:15", "00:20"]),
    ("derived_tag_is_unknown_with_its_source", "Filling", &["00:25"]),
    ("start_within_the_hold_off_is_ignored", "Pressing", &["00:16", "00:19.999", "00:22"]),
    ("short_stop_is_part_of_the_run", "Filling", &["00:31", "00:32", "00:45"]),
    ("hold_does_not_complete_in_a_gap", "Filling", &["00:24", "00:40", "02:00"]),
    ("overdue_start_begins_its_hold_again", "Filling", &["00:11.800", "00:42"]),
    ("overdue_start_that_is_gone_is_cancelled", "Filling", &["00:41"]),
    ("held_start_is_measured_from_its_edge", "Filling", &["00:05", "00:12"]),
    ("return_to_the_old_value_cancels_a_change", "Mixing", &["00:12", "00:13"]),
    ("exactly_the_deadband_is_no_change", "Heating", &["00:15", "00:30"]),
    ("ignore_lets_the_open_run_go_on", "Pressing", &["00:20", "00:30"]),
    ("throw_exception_reports_the_location", "Rinsing", &["00:15", "00:45"]),
    ("stop_previous_clears_the_location", "Filling", &["00:30"]),
    ("maximum_ends_the_run_exactly", "Filling", &["00:20", "00:50"]),
    ("stop_edge_older_than_the_run_does_not_concern_it", "Filling", &["00:18"]),
    ("timed_block_starts_at_its_deadline", "Filling", &["00:11", "00:25"]),
    ("continued_edge_starts_once_its_run_has_ended", "Pressing", &["00:36"]),
    ("disabled_operation_starts_nothing", "Labelling", &["00:10"]),
    ("children_open_and_close_with_their_parent", "Heating", &["00:12", "00:20"]),
    ("command_start_gives_way_when_told_to", "Filling", &["00:40"]),
    ("pause_does_not_count_as_running", "Cleaning", &["00:45"]),
    ("new_order_is_a_new_record", "Filling", &["00:35"]),
];

fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Explains the stories, and the examples with their recordings.
fn told() -> String {
    let mut told = String::new();
    for (case, operation, times) in STORIES {
        let path = folder().join("cases").join(case);
        let plant = fs::read_to_string(path.join("plant.toml")).unwrap();
        for time in *times {
            told += &section(case, &plant, &traces_of(&path), operation, &format!("2026-01-01T00:{time}Z"));
        }
    }
    let (plant, files) = machine();
    for (operation, time) in [("Run", "03:10"), ("Run", "03:16.958"), ("Cycle", "03:25"), ("Phase", "03:42.348")] {
        told += &section("plc-start-stop", &plant, &files, operation, &format!("2012-11-12T11:{time}Z"));
    }
    let held = with_hold(&plant);
    told += &section("plc-start-stop with a start hold", &held, &files, "Run", "2012-11-12T11:03:45Z");
    told
}

fn section(title: &str, plant: &str, files: &[(String, String)], operation: &str, at: &str) -> String {
    let text = explain(plant, files, operation, at).map_or_else(|reason| reason + "\n", |found| found.to_string());
    format!("== {title}: {operation} at {at}\n{text}\n")
}

/// Returns the recorded machine: its plant and its trace.
fn machine() -> (String, Vec<(String, String)>) {
    let folder: PathBuf = folder().join("../examples/plc-start-stop");
    let name = "machine_44_long.csv";
    let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    (read("plant.toml"), vec![(name.to_owned(), read(name))])
}

/// Returns the machine's plant with the hold of the story in `docs/explain.md`.
fn with_hold(plant: &str) -> String {
    let held = plant.replacen("start_trigger_type", "start_hold_millis = 30000\nstart_trigger_type", 1);
    assert!(held != plant);
    held
}

#[test]
fn explanations_are_as_people_read_them() {
    let (path, found) = (folder().join("explained.txt"), told());
    if std::env::var("BLESS").is_ok_and(|bless| bless == "1") {
        fs::write(&path, &found).unwrap();
    }
    let wanted = fs::read_to_string(&path).unwrap_or_default();
    let line = found.lines().zip(wanted.lines()).position(|(found, wanted)| found != wanted);
    assert!(
        found == wanted,
        "{} differs, first in line {line:?} from 0: run again with BLESS=1\n{found}",
        path.display()
    );
}

#[test]
fn the_documents_story_is_what_the_program_says() {
    let (plant, files) = machine();
    let text = explain(&with_hold(&plant), &files, "Run", "2012-11-12T11:03:45Z").unwrap().to_string();
    let document = fs::read_to_string(folder().join("../docs/explain.md")).unwrap();
    assert!(document.contains(&format!("```text\n{text}```")), "docs/explain.md does not show\n{text}");
}

#[test]
fn a_moment_that_is_not_in_the_trace_is_refused() {
    let (plant, files) = machine();
    let why = |operation: &str, at: &str| explain(&plant, &files, operation, at).unwrap_err();
    assert_eq!(why("Run", "2012-11-12T10:00:00Z"), "the trace begins at 2012-11-12 11:03:00.348, after that moment");
    assert!(why("Rum", "2012-11-12T11:03:45Z").contains("did you mean `Run`?"));
}

#[test]
fn programs_find_the_near_miss() {
    let (plant, files) = machine();
    let json = explain(&with_hold(&plant), &files, "Run", "2012-11-12T11:03:45Z").unwrap().to_json();
    let missed = &json["start"]["missed"];
    assert_eq!(missed["stood_seconds"], 21.998);
    assert_eq!((&missed["hold_seconds"], &missed["because"]), (&30.0.into(), &"LOST".into()));
    let last = json["before"].as_array().and_then(|scans| scans.last()).unwrap();
    assert_eq!(last["what"].as_array().unwrap().last().unwrap()["kind"], "missed", "{json}");
    assert_eq!((&json["status"], &json["record"]), (&"IDLE".into(), &serde_json::Value::Null));
}
