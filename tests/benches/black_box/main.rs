//! How large a black box is: trigger tags at 1,000 samples a second, through the writer of the gateway.
//!
//! `cargo bench -p latchwork-tests --bench black_box`, perhaps with `-- line`, `recorded` or `noise`; `LATCHWORK_HOURS` says how many hours are written (24), of which seven
//! days are worked out; 168 are the seven days. A hundred tags are polled every 100 ms, each device with up to some
//! milliseconds of jitter; what they read is in `tags.rs`. What was written is handed over whenever a bit or a state has
//! changed, as the gateway's commits do, and each second. The files are those of the gateway, with its own sizes and ages.

mod tags;

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use latchwork_config::{Configuration, Memory};
use latchwork_connectors::trace::is_repacked;
use latchwork_engine::{Input, Moment, Monotonic, Reading, Sample, Scan};
use latchwork_expr::{Quality, TagSlot, Timestamp};
use latchwork_gateway::black_box::{BlackBox, BlackBoxOptions, Running, Standing};

use tags::{Dice, Shape, TAGS, Tags};

const SECOND: i64 = 1_000_000;
const POLLS_PER_SECOND: i64 = 10;
const BEGIN: i64 = 1_772_427_600 * SECOND;
/// When the monotonic axis began; both clocks are read one after the other, so they are a microsecond more or less apart.
const MONOTONIC_BEGIN: i64 = 340_217_841;
const HOURS: i64 = 24;
const HOURS_OF_A_WEEK: i64 = 7 * 24;

fn main() -> io::Result<()> {
    let hours = std::env::var("LATCHWORK_HOURS").ok().and_then(|text| text.parse().ok()).unwrap_or(HOURS);
    let cases = [
        (Shape::Line, 1),
        (Shape::Line, 2),
        (Shape::Line, 4),
        (Shape::Line, 10),
        (Shape::Recorded, 1),
        (Shape::Recorded, 10),
        (Shape::Noise, 1),
    ];
    println!("{hours} hours of {TAGS} tags, {POLLS_PER_SECOND} times a second; MB of seven days");
    let asked: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    for (shape, devices) in cases {
        if !asked.is_empty() && !asked.iter().any(|name| name == shape.name()) {
            continue;
        }
        let folder = std::env::temp_dir().join(format!("latchwork-box-bench-{}-{devices}", std::process::id()));
        Course::new(&folder, shape, devices)?.run(hours)?;
        fs::remove_dir_all(&folder)?;
    }
    Ok(())
}

/// A black box being written.
struct Course<'a> {
    folder: &'a Path,
    devices: u32,
    black_box: BlackBox,
    shape: Shape,
    tags: Tags,
    dice: Dice,
    sequence: u64,
    /// Bytes of files that were packed, before they were.
    as_written: u64,
    /// The most bytes that ever lay in the folder.
    most: u64,
    /// How much larger this process was while files were packed, in kB.
    memory: u64,
    packing: Duration,
}

impl<'a> Course<'a> {
    fn new(folder: &'a Path, shape: Shape, devices: u32) -> io::Result<Self> {
        let configuration = configuration(shape);
        let running = Running { plant: &configuration.plant, hash: &configuration.hash, files: &configuration.files };
        let black_box = BlackBox::open(folder, BlackBoxOptions::default(), running, Standing::default(), moment(0))?;
        let (tags, dice) = (Tags::new(shape), Dice::new(2));
        let (sequence, as_written, most, memory, packing) = (0, 0, 0, 0, Duration::ZERO);
        Ok(Self { folder, devices, black_box, shape, tags, dice, sequence, as_written, most, memory, packing })
    }

    fn run(mut self, hours: i64) -> io::Result<()> {
        let (mut at, mut flushed, begun) = (0, 0, Instant::now());
        let devices = i64::from(self.devices);
        for poll in 0..hours * 3_600 * POLLS_PER_SECOND * devices {
            let due = poll * SECOND / POLLS_PER_SECOND / devices;
            at = (due + 500 + self.dice.between(0, 300) * self.dice.between(0, 10)).max(at + 1);
            let has_moved = self.poll(u32::try_from(poll % devices).expect("few devices"), at)?;
            if has_moved || at - flushed >= SECOND {
                flushed = at;
                self.black_box.flush()?;
                self.rotate(at)?;
            }
        }
        self.black_box.flush()?;
        let written = begun.elapsed().saturating_sub(self.packing);
        self.most = self.most.max(bytes(self.folder)?);
        self.tell(hours, written)
    }

    /// Reads the tags of a device; returns whether a level may have moved.
    fn poll(&mut self, device: u32, at: i64) -> io::Result<bool> {
        let (first, count) = (device * TAGS / self.devices, TAGS / self.devices);
        let mut has_moved = false;
        let mut samples = Vec::new();
        for tag in first..first + count {
            let (value, moved) = self.tags.read(tag, at);
            has_moved |= moved;
            let reading = Reading::Value(value);
            samples.push(Sample { tag: TagSlot(tag), reading, quality: Quality::Good, source_time: moment(at).wall });
        }
        self.sequence += 1;
        self.black_box.see(&Scan { sequence: self.sequence, at: moment(at), input: Input::Samples(&mut samples) })?;
        Ok(has_moved)
    }

    /// Begins a new file when it is time, and waits for what that has packed: it would take a thousandth of the time that
    /// passes here.
    fn rotate(&mut self, at: i64) -> io::Result<()> {
        let (path, sequence) = (self.black_box.path(), self.sequence);
        let standing = || Standing { last: Some((sequence, moment(at))), next_event_seq: 1, ..Standing::default() };
        self.black_box.rotate_if_due(moment(at), standing)?;
        if self.black_box.path() == path {
            return Ok(());
        }
        self.as_written += fs::metadata(&path)?.len();
        let (begun, before) = (Instant::now(), resident());
        while !is_repacked(File::open(&path)?)? {
            self.most = self.most.max(bytes(self.folder)?);
            self.memory = self.memory.max(resident().saturating_sub(before));
            thread::sleep(Duration::from_millis(5));
        }
        self.packing += begun.elapsed();
        Ok(())
    }

    fn tell(&self, hours: i64, written: Duration) -> io::Result<()> {
        let week = |bytes: u64| bytes * HOURS_OF_A_WEEK.unsigned_abs() / hours.unsigned_abs() / 1_000_000;
        let current = fs::metadata(self.black_box.path())?.len();
        let packed = bytes(self.folder)? - current;
        // What is not packed yet would become as small.
        let as_packed = (self.as_written + current) * packed / self.as_written.max(1);
        println!(
            "{:>8}, {:>2} devices: as written {:>4}, packed {:>4}; {} files, {} MB not packed, most {:>4} MB; {:.1} µs a scan; packing {:.0} s, {} kB",
            self.shape.name(),
            self.devices,
            week(self.as_written + current),
            week(as_packed),
            fs::read_dir(self.folder)?.count(),
            current / 1_000_000,
            self.most / 1_000_000,
            written.as_secs_f64() * 1e6 / f64::from(u32::try_from(self.sequence).expect("fewer scans")),
            self.packing.as_secs_f64(),
            self.memory,
        );
        Ok(())
    }
}

/// Returns a plant in which an operation reads each tag.
fn configuration(shape: Shape) -> Configuration {
    let mut text = "[gateway]\nid = \"bench\"\n".to_owned();
    for tag in 0..TAGS {
        let (kind, condition) = shape.condition(tag);
        let _ = write!(
            text,
            "[[tags]]\npath = \"T{tag}\"\ntype = \"{kind}\"\n[[operations]]\nname = \"O{tag}\"\nlocation = \"Line\"\n\
             start_trigger_expression = \"{condition}\"\nstop_trigger_expression = \"{condition}\"\n"
        );
    }
    latchwork_config::read(Path::new("bench.toml"), &Memory::of("bench.toml", text)).expect("a plant")
}

fn moment(at: i64) -> Moment {
    Moment { monotonic: Monotonic(MONOTONIC_BEGIN + at), wall: Timestamp(BEGIN + at + at % 7 % 2) }
}

/// Returns how many bytes lie in a folder, hidden ones too.
fn bytes(folder: &Path) -> io::Result<u64> {
    let files: Vec<PathBuf> = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    // One may get its name while they are looked at.
    Ok(files.iter().map(|file| fs::metadata(file).map_or(0, |file| file.len())).sum())
}

/// Returns how large this process is, in kB.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse().unwrap_or(0)
}
