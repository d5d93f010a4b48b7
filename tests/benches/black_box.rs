//! How large a black box is: trigger tags of a plausible line at 1,000 samples a second, through the writer of the gateway.
//!
//! `cargo bench -p latchwork-tests --bench black_box`; `LATCHWORK_HOURS` says how many hours are written (24), of which
//! seven days are worked out. Of ten tags seven are bits that change every 20 s on average, two are counters that go on
//! every 0.8 to 2.5 s, and one is a speed with one decimal that moves every 0.5 to 3 s. Devices are polled every 100 ms,
//! with up to some milliseconds of jitter; what was written is handed over every second, as the gateway's commits do.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use latchwork_config::{Configuration, Memory};
use latchwork_connectors::trace::{FRAME_HEADER_BYTES_MAX, is_repacked};
use latchwork_engine::{Input, Moment, Monotonic, Reading, Sample, Scan};
use latchwork_expr::{Quality, TagSlot, Timestamp, Value};
use latchwork_gateway::black_box::{BlackBox, BlackBoxOptions, Running, Standing};

const TAGS: u32 = 100;
const POLLS_PER_SECOND: i64 = 10;
const SECOND: i64 = 1_000_000;
const BEGIN: i64 = 1_772_427_600 * SECOND;
const HOURS: i64 = 24;
const HOURS_OF_A_WEEK: i64 = 7 * 24;

/// Numbers that look random and are the same each time (splitmix64).
struct Dice(u64);

impl Dice {
    const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Returns a number from one to another, both included.
    fn between(&mut self, least: i64, most: i64) -> i64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        least + ((mixed ^ (mixed >> 31)) % (most - least + 1).unsigned_abs()).cast_signed()
    }
}

/// A tag of a machine.
struct Source {
    value: Value,
    /// When it changes next, in microseconds.
    next: i64,
}

impl Source {
    fn new(tag: u32, dice: &mut Dice) -> Self {
        let value = match tag % 10 {
            0..7 => Value::Boolean(dice.between(0, 1) == 1),
            7..9 => Value::Integer(dice.between(0, 1_000)),
            _ => Value::Float(tenths(dice.between(500, 1_500))),
        };
        Self { value, next: dice.between(0, 20 * SECOND) }
    }

    /// Lets it be what it is at a time.
    fn read(&mut self, at: i64, dice: &mut Dice) -> Value {
        if at >= self.next {
            let (value, pause) = match &self.value {
                Value::Boolean(truth) => (Value::Boolean(!truth), dice.between(0, 40 * SECOND)),
                Value::Integer(count) => (Value::Integer(count + 1), dice.between(SECOND * 8 / 10, SECOND * 25 / 10)),
                Value::Null
                | Value::Float(_)
                | Value::String(_)
                | Value::Date(_)
                | Value::Quality(_)
                | Value::Dataset(_)
                | Value::Document(_) => {
                    let speed = self.value.as_float().unwrap_or_default() + tenths(dice.between(-2, 2));
                    (Value::Float((speed * 10.0).round() / 10.0), dice.between(SECOND / 2, 3 * SECOND))
                }
            };
            (self.value, self.next) = (value, at + pause);
        }
        self.value.clone()
    }
}

fn tenths(number: i64) -> f64 {
    f64::from(i32::try_from(number).expect("a small number")) / 10.0
}

fn main() -> io::Result<()> {
    let hours = std::env::var("LATCHWORK_HOURS").ok().and_then(|text| text.parse().ok()).unwrap_or(HOURS);
    for devices in [1, 2, 4] {
        let folder = std::env::temp_dir().join(format!("latchwork-box-bench-{}-{devices}", std::process::id()));
        measure(&folder, devices, hours)?;
        fs::remove_dir_all(&folder)?;
    }
    Ok(())
}

/// Writes so many hours of a plant whose tags are on so many devices, and prints what that takes.
fn measure(folder: &Path, devices: u32, hours: i64) -> io::Result<()> {
    let configuration = configuration();
    let running = Running { plant: &configuration.plant, hash: &configuration.hash, files: &configuration.files };
    let mut black_box = BlackBox::open(folder, BlackBoxOptions::default(), running, Standing::default(), moment(0))?;
    let (mut dice, mut sequence, begun) = (Dice::new(1), 0, Instant::now());
    let mut sources: Vec<Source> = (0..TAGS).map(|tag| Source::new(tag, &mut dice)).collect();
    let (mut at, mut flushed) = (0, 0);
    for poll in 0..hours * 3_600 * POLLS_PER_SECOND * i64::from(devices) {
        let device = u32::try_from(poll % i64::from(devices)).expect("few devices");
        let due = poll * SECOND / POLLS_PER_SECOND / i64::from(devices);
        at = (due + 500 + dice.between(0, 300) * dice.between(0, 10)).max(at + 1);
        let (first, tags) = (device * TAGS / devices, TAGS / devices);
        let mut samples: Vec<Sample> = (first..first + tags)
            .map(|tag| Sample {
                tag: TagSlot(tag),
                reading: Reading::Value(sources[tag as usize].read(at, &mut dice)),
                quality: Quality::Good,
                source_time: moment(at).wall,
            })
            .collect();
        sequence += 1;
        black_box.see(&Scan { sequence, at: moment(at), input: Input::Samples(&mut samples) })?;
        if at - flushed >= SECOND {
            flushed = at;
            black_box.flush()?;
            black_box.rotate_if_due(moment(at), || standing(sequence, at))?;
        }
    }
    black_box.flush()?;
    let (written, scans) = (begun.elapsed(), sequence);
    let before = bytes(folder)?;
    let later = at + 48 * 3_600 * SECOND;
    black_box.rotate_if_due(moment(later), || standing(sequence, later))?;
    let packed = wait_for_packing(folder, &black_box.path())?;
    let week = |bytes: u64| bytes * HOURS_OF_A_WEEK.unsigned_abs() / hours.unsigned_abs() / 1_000_000;
    let after = bytes(folder)?;
    println!(
        "{devices} devices, {scans} scans in {hours} h: {:>4} MB a week as written, {:>4} MB packed; {:.1} µs a scan, packed in {:.0} s",
        week(before),
        week(after),
        written.as_secs_f64() * 1e6 / f64::from(u32::try_from(scans).expect("fewer scans")),
        packed.as_secs_f64(),
    );
    Ok(())
}

/// Returns a plant in which an operation reads each tag.
fn configuration() -> Configuration {
    let mut text = "[gateway]\nid = \"bench\"\n".to_owned();
    for tag in 0..TAGS {
        let (kind, condition) = match tag % 10 {
            0..7 => ("bool", format!("{{T{tag}}}")),
            7..9 => ("int", format!("{{T{tag}}} > 500")),
            _ => ("float", format!("{{T{tag}}} > 100")),
        };
        let _ = write!(
            text,
            "[[tags]]\npath = \"T{tag}\"\ntype = \"{kind}\"\n[[operations]]\nname = \"O{tag}\"\nlocation = \"Line\"\n\
             start_trigger_expression = \"{condition}\"\nstop_trigger_expression = \"{condition}\"\n"
        );
    }
    latchwork_config::read(Path::new("bench.toml"), &Memory::of("bench.toml", text)).expect("a plant")
}

fn moment(at: i64) -> Moment {
    Moment { monotonic: Monotonic(at), wall: Timestamp(BEGIN + at) }
}

fn standing(sequence: u64, at: i64) -> Standing {
    Standing { last: Some((sequence, moment(at))), next_event_seq: 1, ..Standing::default() }
}

fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect()
}

fn bytes(folder: &Path) -> io::Result<u64> {
    files(folder)?.iter().map(|file| Ok(fs::metadata(file)?.len())).sum()
}

/// Waits until all files but the current one are packed; returns how long that took.
fn wait_for_packing(folder: &Path, current: &Path) -> io::Result<Duration> {
    let begun = Instant::now();
    loop {
        let mut is_packed = true;
        for file in files(folder)?.iter().filter(|file| *file != current) {
            let mut beginning = Vec::new();
            File::open(file)?.take(FRAME_HEADER_BYTES_MAX as u64).read_to_end(&mut beginning)?;
            is_packed &= is_repacked(&beginning) && file.extension().is_some_and(|ending| ending == "zst");
        }
        if is_packed {
            return Ok(begun.elapsed());
        }
        thread::sleep(Duration::from_millis(20));
    }
}
