//! An engine that is written down, read back and goes on is the engine that it was.

use std::fmt::Write;
use std::io::Cursor;
use std::sync::Arc;

use latchwork_connectors::trace::{News, Options, Traces};
use latchwork_engine::{
    Ask, Command, Effect, Engine, Fetched, FetchedRecord, Info, Input, Moment, Plant, Reading, Retained, RetainedTag,
    Sample, Scan,
};
use latchwork_expr::{Quality, TagSlot};
use latchwork_gateway::replay::{catalog, options};

use crate::cases::{case_folders, traces_of};
use crate::model::{Case, plant_toml, plant_toml_with_derived_tags, random_case};
use crate::properties::seeds;
use crate::rerun;

/// How many random plants the ordinary test run looks at.
const SEEDS: u64 = 2_000;
/// How many tags share a row, as they do in a store: few, so that rows end between tags that belong together.
const TAGS_PER_ROW: usize = 2;
/// Numbers of scans grow by this much, so that there is one for a scan in between.
const STRIDE: u64 = 2;

/// A plant and what happens in it.
pub(crate) struct Story {
    plant: Arc<Plant>,
    scans: Vec<(Moment, Brought)>,
    end: Option<Moment>,
}

/// What a scan of a story brings.
#[derive(Clone)]
enum Brought {
    Samples(Vec<Sample>),
    Command(Box<Command>),
}

/// Returns the tags as they are read back from a store's rows.
fn tags_of_rows(engine: &Engine) -> Vec<RetainedTag> {
    let slots: Vec<TagSlot> = (0_u32..).map(TagSlot).take(engine.plant().tags.len()).collect();
    let rows = slots.chunks(TAGS_PER_ROW).map(|row| {
        let slots = || row.iter().copied();
        RetainedTag::of_texts(&engine.retained_names(slots()), &engine.retained_values(slots())).unwrap()
    });
    rows.flatten().collect()
}

impl Story {
    fn of_seed(seed: u64) -> Self {
        let Case { plant, trace } = random_case(seed);
        // What remembers anything stands in a trigger, or in a tag that the trigger reads.
        let plant = if seed.is_multiple_of(3) { plant_toml_with_derived_tags(&plant) } else { plant_toml(&plant) };
        let commands = crate::properties::with_ids(&plant, &trace.csv(), &trace.command_lines());
        let mut files = vec![("trace.csv".to_owned(), trace.csv())];
        files.extend((!commands.is_empty()).then(|| ("commands.jsonl".to_owned(), commands)));
        Self::of(&plant, &files).expect("a random plant is right")
    }

    /// Returns the story of files; `None` if the plant needs what is not there yet.
    pub(crate) fn of(plant: &str, files: &[(String, String)]) -> Option<Self> {
        let configuration = rerun::configuration(plant).ok()?;
        let options: Options = options(&configuration);
        let plant = Arc::new(configuration.plant);
        let stream = |(name, text): &(String, String)| (name.clone(), Cursor::new(text.clone().into_bytes()));
        let streams: Vec<_> = files.iter().map(stream).collect();
        let streams = streams.iter().map(|(name, bytes)| (name.as_str(), Box::new(bytes.clone()) as _));
        let mut traces = Traces::of_streams(streams, catalog(&plant), &options).unwrap();
        let mut scans = Vec::new();
        while traces.advance().unwrap() {
            let brought = match traces.news() {
                Some(News::Command(command)) => Brought::Command(command.clone()),
                Some(_) | None => Brought::Samples(traces.samples().to_vec()),
            };
            scans.push((traces.at(), brought));
        }
        Some(Self { plant, scans, end: traces.end() })
    }

    /// Returns the same story of another plant, whose tags have the same slots.
    pub(crate) fn with_plant(&self, plant: Plant) -> Self {
        Self { plant: Arc::new(plant), scans: self.scans.clone(), end: self.end }
    }

    /// Tells everything that happens, with `between` in place of the engine after each scan.
    pub(crate) fn told(&self, between: Between) -> String {
        let mut player = Player {
            closed: Vec::new(),
            engine: Engine::new(self.plant.clone()),
            last: None,
            scans: 0,
            told: String::new(),
            between,
        };
        if player.engine.wants_boot() && !self.scans.is_empty() {
            player.step(self.scans[0].0, Input::Boot);
        }
        for (at, brought) in &self.scans {
            player.pass(*at);
            match brought {
                Brought::Samples(samples) => player.step(*at, Input::Samples(&mut samples.clone())),
                Brought::Command(command) => player.obey(*at, command),
            }
            player.pass(*at);
        }
        if let Some(end) = self.end {
            player.pass(end);
        }
        let engine = &player.engine;
        let open: Vec<_> = engine.open_records_at(player.last.unwrap_or_default()).collect();
        let schedule: Vec<_> = engine.schedule().collect();
        write!(player.told, "{open:?}\n{:?}\n{:?}\n{schedule:?}", engine.image(), engine.orders()).unwrap();
        player.told
    }
}

/// What comes between two scans.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Between {
    Nothing,
    /// The engine is written down and read back: after every so many scans.
    Restart(u64),
    /// The plant that is there is loaded again: after every so many scans.
    Reload(u64),
    /// As a restart, and the gateway boots.
    Boot(u64),
    /// Every tag of a connection that is not stale goes stale.
    Loss(u64),
}

/// Runs an engine through time, each deadline at its time.
struct Player {
    engine: Engine,
    closed: Vec<FetchedRecord>,
    last: Option<Moment>,
    scans: u64,
    told: String,
    between: Between,
}

impl Player {
    fn pass(&mut self, until: Moment) {
        while let Some(deadline) = self.engine.next_deadline().filter(|&deadline| deadline <= until.monotonic) {
            let now = self.last.unwrap_or(until);
            self.step(now.plus_micros(deadline.micros_since(now.monotonic).max(0)), Input::Timer);
        }
    }

    /// Gives a command, with the record that it is about.
    fn obey(&mut self, at: Moment, command: &Command) {
        let id = match &command.ask {
            Ask::Operate(..) | Ask::PutOrder(_) | Ask::Plan(_) | Ask::Unplan(_) | Ask::Abandon(_) => None,
            Ask::Edit(info) => Some(info.record),
            Ask::Split(info) => Some(info.record),
        };
        let records = self.closed.iter().rev().filter(|row| Some(row.id) == id).take(1).cloned().collect();
        let fetched = Some(Box::new(Fetched { records, ..Fetched::default() }));
        self.step(at, Input::Command(&Command { fetched, ..command.clone() }));
    }

    fn step(&mut self, at: Moment, input: Input<'_>) {
        self.scans += 1;
        self.last = Some(at);
        let mut effects = Vec::new();
        self.engine.step(Scan { sequence: self.scans * STRIDE, at, input }, &mut effects);
        for effect in effects {
            if let Effect::Event(event) = &effect
                && let Info::Record(record) = &event.info
                && record.end.is_some()
            {
                self.closed.push(FetchedRecord::of(record, &self.engine));
            }
            writeln!(self.told, "{effect:?}").unwrap();
        }
        match self.between {
            Between::Restart(every) if self.scans.is_multiple_of(every) => self.restart(at),
            Between::Reload(every) if self.scans.is_multiple_of(every) => self.reload(at),
            Between::Boot(every) if self.scans.is_multiple_of(every) => self.boot(at),
            Between::Loss(every) if self.scans.is_multiple_of(every) => self.lose(at),
            Between::Nothing | Between::Restart(_) | Between::Reload(_) | Between::Boot(_) | Between::Loss(_) => {}
        }
    }

    fn restart(&mut self, at: Moment) {
        let text = self.engine.retained(at).to_json().to_string();
        let mut retained = Retained::from_json(serde_json::from_str(&text).unwrap()).unwrap();
        retained.tags = tags_of_rows(&self.engine);
        self.engine = Engine::resume(Arc::new(self.engine.plant().clone()), &retained);
        assert_eq!(self.engine.retained(at).to_json().to_string(), text, "what was read back is written the same");
    }

    fn reload(&mut self, at: Moment) {
        self.engine = self.engine.reload(Arc::new(self.engine.plant().clone()), at);
        let mut effects = Vec::new();
        let sequence = self.scans * STRIDE + 1;
        self.engine.step(Scan { sequence, at, input: Input::Reload }, &mut effects);
        assert!(effects.is_empty(), "a reload of the same plant did something: {effects:?}");
    }

    fn boot(&mut self, at: Moment) {
        self.restart(at);
        self.between(at, Input::Boot);
    }

    fn lose(&mut self, at: Moment) {
        let slots = (0..).map(TagSlot).zip(self.engine.image());
        let is_wired = |slot: TagSlot| self.engine.plant().tags[slot.index()].wire.is_some();
        let is_read = |slot| self.engine.retained_tag(slot).is_some_and(|tag| tag.quality != Quality::BadStale);
        let read = slots.filter(|(slot, _)| is_wired(*slot) && is_read(*slot));
        let lost = |(tag, cell): (TagSlot, &latchwork_expr::Cell)| Sample {
            tag,
            reading: Reading::Kept,
            quality: Quality::BadStale,
            source_time: cell.time,
        };
        let mut samples: Vec<Sample> = read.map(lost).collect();
        self.between(at, Input::Samples(&mut samples));
    }

    /// Takes a scan that has no number in the story.
    fn between(&mut self, at: Moment, input: Input<'_>) {
        let mut effects = Vec::new();
        self.engine.step(Scan { sequence: self.scans * STRIDE + 1, at, input }, &mut effects);
        for effect in effects {
            writeln!(self.told, "{effect:?}").unwrap();
        }
    }
}

/// Holds a story against itself with a restart or a reload between its scans.
#[track_caller]
fn check(what: &str, story: &Story, between: &[Between]) {
    let wanted = story.told(Between::Nothing);
    for &between in between {
        let found = story.told(between);
        let differs = wanted.lines().zip(found.lines()).find(|(wanted, found)| wanted != found);
        assert!(wanted == found, "{what}, {between:?}: {differs:#?}");
    }
}

#[test]
fn a_restart_at_any_scan_changes_nothing() {
    for seed in seeds(SEEDS) {
        let story = Story::of_seed(seed);
        let once = story.scans.len() as u64 / 3 + seed % 7 + 1;
        check(&format!("seed {seed}"), &story, &[Between::Restart(1), Between::Restart(once)]);
    }
}

#[test]
fn a_reload_of_the_same_plant_changes_nothing() {
    for seed in seeds(SEEDS) {
        let story = Story::of_seed(seed);
        check(&format!("seed {seed}"), &story, &[Between::Reload(1), Between::Reload(seed % 7 + 2)]);
    }
}

#[test]
fn a_boot_is_the_loss_of_every_connection() {
    for seed in seeds(SEEDS) {
        let mut story = Story::of_seed(seed);
        let tags = &mut Arc::get_mut(&mut story.plant).unwrap().tags;
        for tag in tags.iter_mut().filter(|tag| tag.expression.is_none()) {
            tag.wire = Some(tag.path.clone());
        }
        for every in [3 + seed % 5, 17] {
            let (wanted, found) = (story.told(Between::Loss(every)), story.told(Between::Boot(every)));
            let differs = wanted.lines().zip(found.lines()).find(|(wanted, found)| wanted != found);
            assert!(wanted == found, "seed {seed}: {differs:#?}");
        }
    }
}

const FAULTY: &str = r#"
[[tags]]
path = "speed"
type = "int"
[[tags]]
path = "word"
type = "string"
[[operations]]
name = "A"
location = "Line"
start_trigger_expression = "{speed} > 5"
stop_trigger_expression = "{speed} > 5"
fault_trigger_expression = "{word} * 2 > 1"
"#;

#[test]
fn a_sample_that_moves_no_level_touches_nothing_after_a_restart_either() {
    let rows = ["00,speed,7", "05,word,x", "10,speed,8", "20,word,y"]
        .map(|row| format!("2026-01-01T00:{}\n", row.replacen(',', ":00Z,", 1)));
    let trace = format!("timestamp,tag,value\n{}", rows.concat());
    let story = Story::of(FAULTY, &[("trace.csv".to_owned(), trace)]).unwrap();
    let wanted = story.told(Between::Nothing);
    assert_eq!(wanted.matches("TriggerFault").count(), 1, "the trouble is not over: {wanted}");
    let reason = wanted.split_once("`{word} * 2 > 1`: ").expect("it names the expression").1;
    assert!(reason.starts_with("`x` is not a number"), "it says why: {reason}");
    check("a trouble that goes on", &story, &[Between::Restart(1), Between::Reload(1)]);
}

#[test]
fn every_case_goes_on_over_restarts_and_reloads() {
    let mut looked_at = 0;
    for path in case_folders() {
        let plant = std::fs::read_to_string(path.join("plant.toml")).unwrap();
        let Some(story) = Story::of(&plant, &traces_of(&path)) else { continue };
        looked_at += 1;
        let between = [Between::Restart(1), Between::Restart(2), Between::Reload(1), Between::Reload(3)];
        check(&path.display().to_string(), &story, &between);
    }
    assert!(looked_at > 100, "only {looked_at} cases");
}
