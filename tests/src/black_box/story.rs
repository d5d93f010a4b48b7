//! A random life of a gateway: samples, lost connections, reloads, commits, new files, crashes, a clock that is set.

use std::path::PathBuf;

use latchwork_engine::Notice;
use latchwork_expr::{Quality, Value};

use super::files;
use super::live::{Clock, Committed, Configured, Live, Named, Told};
use super::rerun::Lines;
use crate::model::trace::Row;
use crate::model::value::{ModelQuality, ModelValue};
use crate::model::{Case, plant_toml, random_case};

/// How far the seeds of a story's other plants are apart from its own.
const OTHER_PLANT: u64 = 1_000_003;

/// What a gateway lived through, and its black box.
pub(super) struct Story {
    folder: Folder,
    lines: Lines,
    pub(super) told: Told,
}

/// A folder that is gone with the story.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Story {
    pub(super) fn of_seed(seed: u64) -> Self {
        let folder = Folder(folder(&format!("story-{seed}")));
        let (lines, told) = Teller::new(seed, folder.0.clone()).tell();
        Self { folder, lines, told }
    }

    /// Returns what happened live.
    pub(super) fn live(&self) -> &Lines {
        &self.lines
    }

    /// Returns the files of the black box.
    pub(super) fn files(&self) -> Vec<PathBuf> {
        files(&self.folder.0)
    }
}

/// Returns a folder that is not there yet.
pub(super) fn folder(name: &str) -> PathBuf {
    use std::sync::atomic::{AtomicU32, Ordering};
    static FOLDERS: AtomicU32 = AtomicU32::new(0);
    let number = FOLDERS.fetch_add(1, Ordering::Relaxed);
    let folder = std::env::temp_dir().join(format!("latchwork-{name}-{}-{number}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    folder
}

/// Tells a story.
struct Teller {
    seed: u64,
    chance: u64,
    folder: PathBuf,
    plants: Vec<Configured>,
    rows: Vec<Row>,
}

impl Teller {
    fn new(seed: u64, folder: PathBuf) -> Self {
        let Case { plant, trace } = random_case(seed);
        let others = (1..3).map(|number| random_case(seed + number * OTHER_PLANT).plant);
        let plants = std::iter::once(plant).chain(others);
        let wired = |plant| Configured::of(&wired(&plant_toml(&plant), seed));
        Self { seed, chance: seed, folder, plants: plants.map(wired).collect(), rows: trace.rows }
    }

    fn tell(mut self) -> (Lines, Told) {
        let rows = std::mem::take(&mut self.rows);
        let start = rows.first().map_or(0, |row| row.at) - 1_000_000;
        let plant = self.plants[0].clone();
        let clock = Clock { wall_shift: 7, ..Clock::default() };
        let mut live = Live::start(&self.folder, plant, start, clock, Committed::default());
        let mut before = start;
        for scan in rows.chunk_by(|one, other| one.at == other.at) {
            let at = scan[0].at;
            live = self.between(live, before, at);
            before = at;
            let named: Vec<Named> = scan.iter().map(named).collect();
            // A tag comes once in a scan.
            let is_first = |place: &usize| named[..*place].iter().all(|(path, ..)| *path != named[*place].0);
            let named: Vec<Named> = (0..named.len()).filter(is_first).map(|place| named[place].clone()).collect();
            live.samples(at, &named);
        }
        let end = rows.last().map_or(0, |row| row.at) + 20_000_000;
        live = self.between(live, before, end);
        live.pass(end);
        live.end()
    }

    /// Has a few things happen between two scans of samples, or nothing.
    fn between(&mut self, mut live: Live, last: i64, next: i64) -> Live {
        let things = i64::try_from(self.below(5)).unwrap() - 1;
        for thing in 1..=things {
            let at = last + (next - last) / (things + 1) * thing;
            live = self.something(live, at);
        }
        live
    }

    fn something(&mut self, mut live: Live, at: i64) -> Live {
        match self.below(20) {
            0..4 => live.commit(),
            4 | 5 => live.flush(),
            6..10 => live.pass(at),
            10..12 => {
                live.flush();
                live.rotate(at);
            }
            12 => {
                live.commit();
                live.rotate(at);
            }
            13 | 14 => {
                let plant = self.plant();
                live.reload(at, plant);
            }
            15 => {
                let lost = lost(self.seed);
                live.notice(at, &Notice::ConnectionDown { connection: "plc".into(), reason: "gone".into() }, &lost);
            }
            16 => live.notice(at, &Notice::ConnectionUp { connection: "plc".into() }, &[]),
            17 => live.clock.wall_shift += i64::try_from(self.below(2_000_000)).unwrap() - 1_000_000,
            _ => return self.crash(live, at),
        }
        live
    }

    fn crash(&mut self, mut live: Live, at: i64) -> Live {
        if self.below(2) == 0 {
            live.flush();
        }
        let other = (self.below(3) == 0).then(|| self.plant());
        live.crash(at, other)
    }

    fn plant(&mut self) -> Configured {
        let place = usize::try_from(self.below(self.plants.len() as u64)).unwrap();
        self.plants[place].clone()
    }

    /// Returns a number below a bound (splitmix64).
    fn below(&mut self, bound: u64) -> u64 {
        self.chance = self.chance.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.chance;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % bound
    }
}

/// Gives some of a plant's tags a connection, and makes secrets of what a trace must not tell.
fn wired(plant: &str, seed: u64) -> String {
    let mut text = plant.replace("id = 'model'", "id = '${GATEWAY}'");
    if text.contains("[[connections]]") {
        // It is believed on a condition only, and has tags of its own.
        return text.replace("mqtt://192.0.2.5:1883", "${BROKER}");
    }
    for path in wired_tags(seed) {
        let tag = format!("path = '{path}'\n");
        text = text.replace(&tag, &format!("{tag}connection = 'plc'\ntopic = 'line/{path}'\n"));
    }
    text + "\n[[connections]]\nname = 'plc'\ntype = 'mqtt'\nurl = '${BROKER}'\n"
}

fn wired_tags(seed: u64) -> &'static [&'static str] {
    const WIRED: [&str; 5] = ["run", "ready", "count", "level", "order"];
    &WIRED[..usize::try_from(seed % 6).unwrap()]
}

/// Returns what a lost connection brings.
fn lost(seed: u64) -> Vec<Named> {
    let lost = |path: &&str| ((*path).to_owned(), None, Quality::BadNotConnected);
    wired_tags(seed).iter().map(lost).collect()
}

fn named(row: &Row) -> Named {
    let value = row.value.as_ref().map(|value| match value {
        ModelValue::Null => Value::Null,
        ModelValue::Bool(value) => Value::Boolean(*value),
        ModelValue::Int(value) => Value::Integer(*value),
        ModelValue::Float(value) => Value::Float(*value),
        ModelValue::Text(value) => Value::from(value.as_str()),
    });
    match row.quality {
        ModelQuality::Good => (row.tag.clone(), Some(value.unwrap_or(Value::Null)), Quality::Good),
        ModelQuality::Uncertain => (row.tag.clone(), value, Quality::Uncertain),
        ModelQuality::Bad => (row.tag.clone(), value, Quality::Bad),
    }
}
