//! How fast a scan is and how fast a trace replays, each beside a loop that does only the comparison.
//!
//! `cargo bench -p latchwork-tests` prints the table; `docs/performance.md` says what it means. Ratios of
//! one run can be compared, absolute times of two machines cannot.

use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use latchwork_connectors::trace::Traces;
use latchwork_expr::{TagSlot, Value};
use latchwork_gateway::output::records::Form;
use latchwork_gateway::output::replayed::{Replayed, Selection, nowhere};
use latchwork_gateway::replay::{Replay, Speed, catalog, options};
use latchwork_tests::allocations::{Feed, plant};
use latchwork_tests::rerun;

/// Rows of the replayed trace.
const ROWS: u32 = 5_000_000;
/// Tags and operations of the replayed trace.
const TAGS: u32 = 200;
/// Tags of each operation whose scans are measured.
const TAGS_EACH: usize = 10;
/// Scans of one measurement.
const SCANS: u32 = 2_000_000;
/// Measurements of each; the median counts.
const RUNS: usize = 5;

fn main() {
    let few = scans(100);
    let many = scans(10_000);
    println!("  the large plant beside the small: {:.1} x, {:.1} x", many[0] / few[0], many[1] / few[1]);
    replay();
}

/// Measures scans that touch one tag of a plant of many operations with ten tags each; returns the nanoseconds of those
/// whose readings pass none of the numbers that their tags are compared with, and of those that do but move no level.
fn scans(operations: usize) -> [f64; 2] {
    let plant = plant(operations, TAGS_EACH);
    let turns = |is_meant: fn(&str) -> bool| -> Vec<TagSlot> {
        let tags = (0..).map(TagSlot).zip(&plant.tags).filter(|(_, tag)| is_meant(&tag.path));
        let tags: Vec<TagSlot> = tags.map(|(slot, _)| slot).collect();
        // Every tag in turn, far from the one before: nothing stays in the cache by luck.
        (0..tags.len()).map(|turn| tags[turn * 7919 % tags.len()]).collect()
    };
    let (numbers, speeds) = (turns(|path| !path.ends_with("Running")), turns(|path| path.ends_with("Speed")));
    let running = turns(|path| path.ends_with("Running"));
    let count = plant.tags.len();
    let mut feed = Feed::new(plant);
    let set_running = |feed: &mut Feed, truth: bool| running.iter().for_each(|&tag| feed.sample(tag, truth.into()));
    set_running(&mut feed, false);
    let crossing =
        nanos(&mut feed, &speeds, |round| if (round as usize / speeds.len()).is_multiple_of(2) { 9.0 } else { 1.0 });
    for &tag in &speeds {
        feed.sample(tag, Value::Float(0.0));
    }
    set_running(&mut feed, true);
    let calm = nanos(&mut feed, &numbers, |round| f64::from(round) * 1e-6);
    assert_eq!(feed.effects(), 0, "nothing fires");
    println!("scan that touches one of {count} tags, {operations} operations: {calm:.0} ns");
    println!("  if its value passes a number that it is compared with: {crossing:.0} ns");
    [calm, crossing]
}

/// Gives a new value of each tag in turn, again and again; returns the nanoseconds of a scan.
fn nanos(feed: &mut Feed, turns: &[TagSlot], value: impl Fn(u32) -> f64) -> f64 {
    let run = || (0..SCANS).zip(turns.iter().cycle()).for_each(|(round, &tag)| feed.sample(tag, value(round).into()));
    1e9 / f64::from(SCANS) * median(run)
}

fn replay() {
    let path = write_trace();
    let plant = plant_text();
    let bytes = fs::metadata(&path).map(|metadata| metadata.len()).unwrap_or_default();
    let baseline = median(|| _ = black_box(compare_only(&path)));
    let ours = median(|| replay_once(&plant, &path));
    let rate = |seconds: f64| f64::from(ROWS) / seconds / 1e6;
    println!("trace of {ROWS} rows, {} MB, {TAGS} operations", bytes / 1_000_000);
    println!("hand-written loop, a hard-coded comparison: {:.1} M rows/s", rate(baseline));
    println!("replay, JSON lines written: {:.1} M rows/s, {:.2} x the loop's time", rate(ours), ours / baseline);
    let _ = fs::remove_file(path);
}

fn replay_once(plant: &str, path: &Path) {
    let configuration = rerun::configuration(plant).expect("the plant has no problems");
    let options = options(&configuration);
    let plant = std::sync::Arc::new(configuration.plant);
    let traces = Traces::open(&[path], catalog(&plant), &options).expect("the trace can be read");
    let mut replayed =
        Replayed::new(Form::JsonLines, nowhere(), None, Selection::default()).expect("nowhere takes everything");
    let replay = Replay { until: None, speed: Speed::Unbounded, show_progress: false };
    let report = replay.run(&plant, traces, &mut replayed).expect("the trace is in order");
    black_box(report);
}

/// Finds the edges of a square wave, and nothing else: what a script for this one plant would do.
fn compare_only(path: &Path) -> u32 {
    let mut lines = BufReader::with_capacity(1 << 18, fs::File::open(path).expect("the trace is there"));
    let (mut line, mut before, mut edges) = (Vec::new(), [None; TAGS as usize], 0);
    let _ = lines.read_until(b'\n', &mut line);
    loop {
        line.clear();
        if lines.read_until(b'\n', &mut line).expect("the trace can be read") == 0 {
            return edges;
        }
        let text = std::str::from_utf8(line.trim_ascii_end()).expect("the trace is text");
        let mut cells = text.split(',').skip(1);
        let (tag, value) = (cells.next().expect("a tag"), cells.next().expect("a value"));
        let tag: usize = tag[6..].parse().expect("a tag's number");
        let above = value.parse::<f64>().expect("a number") > 5.0;
        edges += u32::from(before[tag].replace(above) == Some(!above));
    }
}

/// Writes the trace: every tag once a second, 5 ms apart, a noisy square wave.
fn write_trace() -> PathBuf {
    let path = std::env::temp_dir().join(format!("latchwork-bench-{}.csv", std::process::id()));
    let mut file = BufWriter::new(fs::File::create(&path).expect("the temporary folder can be written"));
    let mut noise = 0x9E37_79B9_7F4A_7C15_u64;
    writeln!(file, "timestamp,tag,value").expect("the disk has room");
    for row in 0..ROWS {
        noise = noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let (tag, turn) = (row % TAGS, row / TAGS);
        let level = if (turn + tag * 13) / (20 + tag % 60) % 2 == 0 { 2000 } else { 7000 };
        let value = level + (noise >> 54) as u32;
        let time = 1_700_000_000_000_u64 + u64::from(row) * 5;
        writeln!(file, "{time},speed_{tag:03},{}.{:03}", value / 1000, value % 1000).expect("the disk has room");
    }
    path
}

fn plant_text() -> String {
    let mut text = String::from("[gateway]\nid = \"bench\"\n");
    for tag in 0..TAGS {
        write!(text, "[[tags]]\npath = \"speed_{tag:03}\"\ntype = \"float\"\n").expect("a string takes it");
        let edge = format!("trigger_expression = \"{{speed_{tag:03}}} > 5\"");
        write!(text, "[[operations]]\nname = \"Run {tag:03}\"\nlocation = \"Bench\"\nstart_{edge}\nstop_{edge}\n")
            .expect("a string takes it");
    }
    text
}

/// Returns the median of the seconds that some runs take, after one that does not count.
fn median(mut run: impl FnMut()) -> f64 {
    run();
    let mut seconds: Vec<f64> = (0..RUNS)
        .map(|_| {
            let begun = Instant::now();
            run();
            begun.elapsed().as_secs_f64()
        })
        .collect();
    seconds.sort_by(f64::total_cmp);
    seconds[RUNS / 2]
}
