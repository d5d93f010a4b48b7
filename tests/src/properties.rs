//! What holds for every plant and every trace, looked at with the random ones of the model.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::ops::Range;

use latchwork_connectors::trace::{JsonLinesWriter, News, Options, OwnHeader, OwnWriter, Packing, Traces};
use latchwork_gateway::replay::{catalog, own_files};

use crate::asking::NOBODY;
use crate::model::trace::{ModelTrace, Row};
use crate::model::value::ModelQuality;
use crate::model::{
    Case, Observed, check_seed_in_full, events_from_json_lines, plant_toml, plant_toml_with_derived_tags, random_case,
    records_from_json_lines, time_from_text,
};
use crate::rerun::{self, Outcome};

/// How many random plants the ordinary test run looks at, unless `LATCHWORK_SEEDS` says otherwise.
const SEEDS: u64 = 3_000;
/// How many of them where a look needs several replays.
const SEEDS_FEW: u64 = 300;
/// How many scans of a seed the engine is compared over, at least, on average: those of the ordinary test run are more
/// than a hundred thousand.
const SCANS_OF_A_SEED: u64 = 40;
/// How many differing seeds are told.
const REPORTS_MAX: usize = 3;

/// Returns the seeds to look at: so many, unless `LATCHWORK_SEEDS` says otherwise, with how many or with `FROM..TO`.
pub(crate) fn seeds(ordinary: u64) -> Range<u64> {
    let Ok(said) = std::env::var("LATCHWORK_SEEDS") else { return 0..ordinary };
    let (from, to) = said.split_once("..").unwrap_or(("0", &said));
    let number = |text: &str| text.parse().unwrap_or_else(|_| panic!("LATCHWORK_SEEDS: `{said}` is no range of seeds"));
    number(from)..number(to)
}

#[test]
fn the_engine_agrees_with_the_model() {
    let (seeds, scans) = (seeds(SEEDS), Cell::new(0));
    let observe = |plant: &str, trace: &str, commands: &str| observe(plant, trace, commands, &scans);
    let reports = seeds.clone().filter_map(|seed| check_seed_in_full(seed, &observe).err());
    let reports: Vec<String> = reports.take(REPORTS_MAX).collect();
    assert!(reports.is_empty(), "{}", reports.join("\n\n"));
    let (scans, count) = (scans.get(), seeds.end - seeds.start);
    println!("{scans} scans of {count} seeds");
    // Of a few seeds nothing can be said.
    assert!(count < SEEDS_FEW || scans >= count * SCANS_OF_A_SEED, "only {scans} scans of {count} seeds");
}

/// Returns what a replay gives, and adds its scans.
fn observe(plant: &str, trace: &str, commands: &str, scans: &Cell<u64>) -> Observed {
    let commands = with_ids(plant, trace, commands);
    let outcome = rerun::replay(plant, &files(trace, &commands));
    scans.set(scans.get() + outcome.scans);
    let records = records_from_json_lines(&outcome.records).expect("record lines are as documented");
    let events = events_from_json_lines(&outcome.events).expect("event lines are as documented");
    let kind = |text: &String| text.split(':').next().unwrap_or_default().to_owned();
    let rejections = Some(outcome.rejections.iter().map(kind).collect());
    Observed { records, events: Some(events), rejections, counts: Some(outcome.counts) }
}

/// Puts the ids of records in the place of `@` and an operation: that of its record which has opened last by then.
pub(crate) fn with_ids(plant: &str, trace: &str, commands: &str) -> String {
    let mut lines = String::new();
    for line in commands.lines() {
        let line = match line.split_once("\"@") {
            None => line.to_owned(),
            Some((_, rest)) => {
                let operation = rest.split('"').next().unwrap_or_default();
                let at = &rerun::rows(line)[0]["ts"];
                let id = last_opened(plant, trace, &lines, operation, at.as_str().unwrap_or_default());
                line.replace(&format!("@{operation}"), &id)
            }
        };
        lines = lines + &line + "\n";
    }
    lines
}

fn last_opened(plant: &str, trace: &str, before: &str, operation: &str, at: &str) -> String {
    // Deadlines up to the command's time have passed, also behind the last row.
    let before = format!("{before}{{\"ts\":\"{at}\",\"tag\":\"nobody/reads/this\",\"value\":0}}\n");
    let traces = [("trace.csv", trace.as_bytes()), ("commands.jsonl", before.as_bytes())];
    let events = rerun::replay(plant, &traces).event_rows();
    let opened = events.iter().rev().find(|row| {
        let is_start = row["event_type"] == "operation.started" && row["info"]["record"]["operation"] == operation;
        is_start && row["recorded_at"].as_str().is_some_and(|recorded| recorded <= at)
    });
    opened.and_then(|row| row["info"]["record"]["id"].as_str()).unwrap_or(NOBODY).to_owned()
}

fn replay(plant: &str, trace: &ModelTrace) -> Outcome {
    rerun::replay(plant, &[("trace.csv", trace.csv().as_bytes())])
}

#[test]
fn a_trace_and_its_recordings_replay_to_the_same() {
    for seed in seeds(SEEDS_FEW) {
        let Case { plant, trace } = random_case(seed);
        let (plant, csv) = (plant_toml(&plant), trace.csv());
        let commands = with_ids(&plant, &csv, &trace.command_lines());
        let wanted = rerun::replay(&plant, &files(&csv, &commands));
        let (own, lines) = recordings(&plant, &csv, &commands);
        for (name, bytes) in [("own.lwt.zst", own), ("lines.jsonl", lines)] {
            let found = rerun::replay(&plant, &[(name, &bytes)]);
            assert_eq!(wanted.records, found.records, "seed {seed}, {name}\n{plant}\n{csv}");
            assert_eq!(wanted.events, found.events, "seed {seed}, {name}");
        }
    }
}

/// Returns a trace with commands as files.
fn files<'a>(csv: &'a str, commands: &'a str) -> Vec<(&'a str, &'a [u8])> {
    let mut files = vec![("trace.csv", csv.as_bytes())];
    files.extend((!commands.is_empty()).then_some(("commands.jsonl", commands.as_bytes())));
    files
}

/// Records what a trace brings: as an own trace, and as JSON lines.
fn recordings(plant: &str, csv: &str, commands: &str) -> (Vec<u8>, Vec<u8>) {
    let configuration = rerun::configuration(plant).unwrap();
    let catalog = catalog(&configuration.plant);
    let stream = |(name, bytes): (_, &[u8])| (name, Box::new(std::io::Cursor::new(bytes.to_vec())) as _);
    let streams: Vec<_> = files(csv, commands).into_iter().map(stream).collect();
    let mut traces = Traces::of_streams(streams, catalog.clone(), &Options::default()).unwrap();
    let files = own_files(&configuration.files);
    let header = OwnHeader { configuration_hash: configuration.hash, files, ..OwnHeader::default() };
    let mut own = OwnWriter::new(Vec::new(), Packing::Zstd, &header).unwrap();
    let mut lines = JsonLinesWriter::new(Vec::new());
    let mut sequence = 0;
    while traces.advance().unwrap() {
        let at = traces.at();
        sequence += 1;
        if let Some(News::Command(command)) = traces.news() {
            own.command(sequence, at, command).unwrap();
            lines.command(at.wall, command).unwrap();
            continue;
        }
        own.scan(&catalog, sequence, at, traces.samples()).unwrap();
        lines.scan(&catalog, at.wall, traces.samples()).unwrap();
    }
    // Time ends at the last row, also where nothing reads it.
    let end = traces.end().map_or_else(String::new, |end| {
        format!("{{\"ts\":\"{}\",\"tag\":\"nobody/reads/this\",\"value\":0}}\n", crate::model::time_text(end.wall.0))
    });
    if let Some(end) = traces.end() {
        own.scan(&catalog, sequence + 1, end, &[]).unwrap();
    }
    let mut lines = lines.finish().unwrap();
    lines.extend_from_slice(end.as_bytes());
    (own.finish().unwrap(), lines)
}

#[test]
fn the_order_of_samples_within_a_scan_changes_nothing() {
    for seed in seeds(SEEDS_FEW) {
        let Case { plant, trace } = random_case(seed);
        let plant = plant_toml(&plant);
        let wanted = replay(&plant, &trace);
        let mut rows = trace.rows.clone();
        rows.chunk_by_mut(|one, other| one.at == other.at).filter(|rows| is_one_scan(rows)).for_each(<[Row]>::reverse);
        let found = replay(&plant, &ModelTrace { rows, ..ModelTrace::default() });
        assert_eq!(wanted.records, found.records, "seed {seed}\n{plant}\n{}", trace.csv());
    }
}

fn is_one_scan(rows: &[Row]) -> bool {
    rows.iter().enumerate().all(|(place, row)| rows[..place].iter().all(|other| other.tag != row.tag))
}

#[test]
fn files_merged_by_time_are_the_file_that_they_were() {
    for seed in seeds(SEEDS_FEW) {
        let Case { plant, trace } = random_case(seed);
        let plant = plant_toml(&plant);
        let wanted = replay(&plant, &trace);
        let part = |odd: bool| {
            let of_part = |row: &&Row| row.tag.len() % 2 == usize::from(odd);
            ModelTrace { rows: trace.rows.iter().filter(of_part).cloned().collect(), ..ModelTrace::default() }.csv()
        };
        let parts = [part(false), part(true)];
        let found = rerun::replay(&plant, &[("even.csv", parts[0].as_bytes()), ("odd.csv", parts[1].as_bytes())]);
        if trace.rows.chunk_by(|one, other| one.at == other.at).all(is_one_scan) {
            assert_eq!(wanted.records, found.records, "seed {seed}\n{plant}\n{}", trace.csv());
        }
    }
}

#[test]
fn a_block_in_a_derived_tag_is_the_block_in_the_trigger() {
    let mut looked_at = 0;
    for seed in seeds(SEEDS_FEW * 3) {
        let Case { mut plant, trace } = random_case(seed);
        plant.operations.iter_mut().for_each(|operation| operation.first_scan = None);
        let (in_trigger, in_tag) = (plant_toml(&plant), plant_toml_with_derived_tags(&plant));
        if in_trigger == in_tag {
            continue;
        }
        looked_at += 1;
        let (wanted, found) =
            [&in_trigger, &in_tag].map(|plant| rerun::replay(plant, &[("trace.csv", trace.csv().as_bytes())])).into();
        assert_eq!(wanted.records, found.records, "seed {seed}\n{in_tag}\n{}", trace.csv());
    }
    assert!(looked_at > 100, "only {looked_at} plants have blocks");
}

#[test]
fn an_unknown_level_never_fires() {
    for seed in seeds(SEEDS_FEW) {
        let Case { plant, mut trace } = random_case(seed);
        trace.rows.truncate(trace.rows.len() / 2);
        let Some(last) = trace.rows.last().map(|row| row.at) else { continue };
        let gap = last + 1;
        for at in [gap, gap + 700_000, gap + 60_000_000] {
            let bad = |tag: String| Row { at, tag, value: None, quality: ModelQuality::Bad };
            trace.rows.extend(plant.tags.iter().map(|tag| bad(tag.path.clone())));
        }
        let plant = plant_toml(&plant);
        for event in replay(&plant, &trace).event_rows() {
            let record = &event["info"]["record"];
            let at = time_from_text(event["recorded_at"].as_str().unwrap()).unwrap();
            let (kind, reason) = (event["event_type"].as_str().unwrap(), record["end_reason"].as_str());
            let by_edge = kind == "operation.started" || matches!(reason, Some("TRIGGER" | "FAULT" | "CONFLICT"));
            assert!(at < gap || !by_edge, "seed {seed}: {event}\n{plant}\n{}", trace.csv());
        }
    }
}

#[test]
fn at_most_one_record_is_open_and_none_ends_before_it_starts() {
    for seed in seeds(SEEDS_FEW) {
        let Case { plant, trace } = random_case(seed);
        let plant = plant_toml(&plant);
        let outcome = replay(&plant, &trace);
        let mut open: BTreeMap<String, String> = BTreeMap::new();
        for event in outcome.event_rows() {
            let record = &event["info"]["record"];
            let key = format!("{}:{}", record["location"], record["operation"]);
            let id = record["id"].to_string();
            match event["event_type"].as_str() {
                Some("operation.started") => assert_eq!(open.insert(key, id), None, "seed {seed}: {event}"),
                Some("operation.stopped" | "operation.faulted") => {
                    assert_eq!(open.remove(&key), Some(id), "seed {seed}: {event}");
                }
                Some(_) | None => {}
            }
        }
        let rows = outcome.record_rows();
        let left = rows.iter().filter(|row| row["end_date"].is_null()).count();
        assert_eq!(left, open.len(), "seed {seed}: records without an end");
        for row in rows.iter().filter(|row| !row["end_date"].is_null()) {
            assert!(row["end_date"].as_str() >= row["start_date"].as_str(), "seed {seed}: {row}");
            assert!(!matches!(row["status"].as_str(), Some("RUNNING" | "PAUSED")), "seed {seed}: {row}");
        }
    }
}

#[test]
fn each_event_of_a_record_has_the_next_revision() {
    let mut looked_at = 0;
    for seed in seeds(SEEDS_FEW) {
        let Case { plant, trace } = random_case(seed);
        let (plant, csv) = (plant_toml(&plant), trace.csv());
        let commands = with_ids(&plant, &csv, &trace.command_lines());
        let mut revisions: BTreeMap<String, u64> = BTreeMap::new();
        for event in rerun::replay(&plant, &files(&csv, &commands)).event_rows() {
            let (id, found) = (&event["info"]["record"]["id"], &event["info"]["revision"]);
            let (Some(id), Some(found)) = (id.as_str(), found.as_u64()) else { continue };
            let before = revisions.insert(id.to_owned(), found).unwrap_or_default();
            assert_eq!(found, before + 1, "seed {seed}: {event}");
            looked_at += 1;
        }
    }
    assert!(looked_at > 300, "only {looked_at} events of records");
}
