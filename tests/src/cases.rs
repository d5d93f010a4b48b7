//! `tests/cases/<what_when_then>/`: a story, a plant, a trace, the records; and the examples.
//!
//! Only the keys that a case names are compared, numbers by value. Of the events those are compared
//! whose type the case names. A case that asks for what this version does not have stands in
//! `tests/cases/WAITING`: it is refused for that reason alone, or differs. Once it agrees it must leave
//! that list.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use crate::rerun::{self, Outcome};

/// What a problem is about when the plant asks for more than this version has.
const NOT_IN_THIS_VERSION: &str = "E210";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("cases")
}

#[test]
fn every_case_gives_its_records() {
    let listed = fs::read_to_string(folder().join("WAITING")).unwrap();
    let listed: BTreeSet<String> = listed.lines().map(str::to_owned).collect();
    let mut waiting = BTreeSet::new();
    let mut differences = Vec::new();
    for path in case_folders() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        match run(&path) {
            Verdict::Agrees => {}
            Verdict::Waits => _ = waiting.insert(name),
            Verdict::Differs(_) if listed.contains(&name) => _ = waiting.insert(name),
            Verdict::Differs(what) => differences.push(format!("{name}: {what}")),
        }
    }
    assert!(differences.is_empty(), "{} cases differ\n{}", differences.len(), differences.join("\n"));
    assert_eq!(waiting, listed, "the cases that wait are not those that `WAITING` lists");
}

#[test]
fn every_case_tells_its_story_in_three_lines() {
    for path in case_folders() {
        let text = read(&path, "README.md").unwrap_or_default();
        let paragraphs: Vec<&str> = text.trim().split("\n\n").collect();
        assert!(paragraphs.len() == 3 && paragraphs[0].starts_with("# "), "{}", path.display());
        assert_eq!(paragraphs[1].lines().count(), 3, "{}", path.display());
        assert!(paragraphs[2].starts_with("Rule: "), "{}", path.display());
    }
}

pub(crate) fn case_folders() -> Vec<PathBuf> {
    let entries = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    assert!(folders.len() > 100, "the cases are not here");
    folders
}

enum Verdict {
    Agrees,
    Waits,
    Differs(String),
}

fn run(path: &Path) -> Verdict {
    let plant = read(path, "plant.toml").expect("a case has a plant");
    if let Err(problems) = rerun::configuration(&plant) {
        let later = problems.as_slice().iter().all(|problem| problem.code.0 == NOT_IN_THIS_VERSION);
        let text = problems.render(latchwork_config::Colour::Off);
        return if later { Verdict::Waits } else { Verdict::Differs(text) };
    }
    let traces = traces_of(path);
    let traces: Vec<(&str, &[u8])> = traces.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    match difference(path, &rerun::replay(&plant, &traces)) {
        None => Verdict::Agrees,
        Some(what) => Verdict::Differs(what),
    }
}

/// Returns every event of every case that this version can run.
pub(crate) fn events_of_all() -> Vec<Json> {
    let events = |path: PathBuf| {
        let plant = read(&path, "plant.toml").expect("a case has a plant");
        rerun::configuration(&plant).ok()?;
        let traces = traces_of(&path);
        let traces: Vec<(&str, &[u8])> = traces.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
        Some(rerun::replay(&plant, &traces).event_rows())
    };
    case_folders().into_iter().filter_map(events).flatten().collect()
}

/// Returns the names and texts of a case's traces.
pub(crate) fn traces_of(path: &Path) -> Vec<(String, String)> {
    let names = ["trace.csv", "trace.jsonl", "trace.lwt"].into_iter();
    names.filter_map(|name| Some((name.to_owned(), read(path, name)?))).collect()
}

fn difference(path: &Path, outcome: &Outcome) -> Option<String> {
    let records = read(path, "records.jsonl").expect("a case has records");
    let found = compare(&rerun::rows(&records), &outcome.record_rows(), field);
    if found.is_some() {
        return found;
    }
    let wanted = rerun::rows(&read(path, "events.jsonl")?);
    let types: BTreeSet<&str> = wanted.iter().filter_map(|row| row["event_type"].as_str()).collect();
    let told = |row: &Json| row["event_type"].as_str().is_some_and(|kind| types.contains(kind));
    compare(&wanted, &outcome.event_rows().into_iter().filter(told).collect::<Vec<_>>(), event_field)
}

fn compare(wanted: &[Json], found: &[Json], field: fn(&Json, &str) -> Json) -> Option<String> {
    let agrees = |want: &Json, have: &Json| {
        let keys = want.as_object().expect("a line is an object");
        keys.iter().all(|(key, want)| is_equal(want, &field(have, key)))
    };
    let same = wanted.len() == found.len() && wanted.iter().zip(found).all(|(want, have)| agrees(want, have));
    let lines = |rows: &[Json]| rows.iter().map(|row| format!("   {row}")).collect::<Vec<_>>().join("\n");
    (!same).then(|| format!("\n  wanted\n{}\n  found\n{}", lines(wanted), lines(found)))
}

fn is_equal(want: &Json, have: &Json) -> bool {
    if let (Some(want), Some(have)) = (want.as_f64(), have.as_f64()) {
        return (want - have).abs() < 1e-9;
    }
    match (want.as_object(), have.as_object()) {
        (Some(want), Some(have)) => {
            let is_same = |(key, want): (&String, &Json)| have.get(key).is_some_and(|have| is_equal(want, have));
            want.len() == have.len() && want.iter().all(is_same)
        }
        (Some(_) | None, _) => want == have,
    }
}

fn field(row: &Json, key: &str) -> Json {
    row[key].clone()
}

/// Finds a key of an event: its own, its record's, or that of the order that it is about.
fn event_field(row: &Json, key: &str) -> Json {
    let info = &row["info"];
    let candidates = [&row[key], &info["record"][key], &info[key]];
    match key {
        "status" if info.get("to").is_some() => info["to"].clone(),
        _ => candidates.into_iter().find(|found| !found.is_null()).cloned().unwrap_or_default(),
    }
}

fn read(path: &Path, name: &str) -> Option<String> {
    fs::read_to_string(path.join(name)).ok()
}
