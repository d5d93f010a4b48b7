//! A gateway without wires, store and clock: the loop, the black box, and what would have been committed.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use latchwork_config::{Configuration, Memory, SourceFile};
use latchwork_engine::{
    Effect, Engine, EventKind, Info, Input, Moment, Monotonic, Notice, Plant, Reading, Retained, Sample, Scan,
};
use latchwork_expr::{Quality, TagSlot, Timestamp, Value};
use latchwork_gateway::black_box::{BlackBox, BlackBoxOptions, Running, Standing};
use latchwork_gateway::drive::{Drive, Sink};
use latchwork_gateway::output::events::write_event;
use latchwork_gateway::output::records::Form;

use super::rerun::Lines;

/// A configuration as a gateway runs it, with its secrets.
#[derive(Clone, Debug)]
pub(super) struct Configured {
    plant: Arc<Plant>,
    hash: String,
    files: Vec<SourceFile>,
}

impl Configured {
    pub(super) fn of(text: &str) -> Self {
        let mut memory = Memory::of("line/plant.toml", text);
        memory.variables.insert("GATEWAY".to_owned(), "gw-1".to_owned());
        memory.variables.insert("BROKER".to_owned(), "mqtt://broker.plant".to_owned());
        let configuration = latchwork_config::read(Path::new("line/plant.toml"), &memory);
        let Configuration { plant, hash, files, .. } = configuration
            .unwrap_or_else(|problems| panic!("{}\n{text}", problems.render(latchwork_config::Colour::Off)));
        Self { plant: Arc::new(plant), hash, files }
    }

    fn running(&self) -> Running<'_> {
        Running { plant: &self.plant, hash: &self.hash, files: &self.files }
    }
}

/// One reading of a tag by its path; `None` is a failed one.
pub(super) type Named = (String, Option<Value>, Quality);

/// What is committed.
#[derive(Clone, Debug, Default)]
pub(super) struct Committed {
    retained: Option<String>,
    last: Option<(u64, Moment)>,
    pub(super) lines: Lines,
}

/// What happened in a story.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Told {
    pub(super) crashes: usize,
    pub(super) revoked: usize,
    pub(super) reloads: usize,
    pub(super) timers: usize,
}

/// Time of the story to the moments of the gateway.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Clock {
    pub(super) monotonic_shift: i64,
    pub(super) wall_shift: i64,
}

impl Clock {
    fn moment(&self, micros: i64) -> Moment {
        Moment { monotonic: Monotonic(micros + self.monotonic_shift), wall: Timestamp(micros + self.wall_shift) }
    }

    /// Has the monotonic axis go on where the last committed scan was.
    fn restart(&mut self, micros: i64, last: Option<Moment>) {
        let wall = Timestamp(micros + self.wall_shift);
        let monotonic = last.map_or(wall.0, |last| last.monotonic.0 + (wall.0 - last.wall.0).max(0));
        self.monotonic_shift = monotonic - micros;
    }
}

/// A gateway that runs.
pub(super) struct Live {
    directory: PathBuf,
    configured: Configured,
    pub(super) clock: Clock,
    drive: Drive,
    tape: Tape,
    pub(super) committed: Committed,
    pub(super) told: Told,
}

/// Sees scans and takes effects: the black box, and the lines of what is not committed yet.
struct Tape {
    black_box: BlackBox,
    next_event_seq: u64,
    lines: Lines,
    timers: usize,
}

impl Sink for Tape {
    fn see(&mut self, _engine: &Engine, scan: &Scan<'_>) {
        self.timers += usize::from(matches!(scan.input, Input::Timer));
        self.black_box.see(scan).unwrap();
    }

    fn take(&mut self, engine: &Engine, effects: &mut Vec<Effect>) {
        for effect in effects.iter() {
            let Effect::Event(event) = effect else { continue };
            let mut line = Vec::new();
            write_event(&mut line, event, self.next_event_seq, engine);
            self.next_event_seq += 1;
            self.lines.events.push(text(line));
            if let Info::Record(record) = &event.info
                && matches!(event.kind, EventKind::OperationStopped | EventKind::OperationFaulted)
            {
                let mut line = Vec::new();
                Form::JsonLines.write(&mut line, record, engine.plant());
                self.lines.records.push(text(line));
            }
        }
    }
}

fn text(line: Vec<u8>) -> String {
    String::from_utf8(line).unwrap().trim_end().to_owned()
}

impl Live {
    /// Starts a gateway on what was committed.
    pub(super) fn start(
        directory: &Path,
        configured: Configured,
        micros: i64,
        mut clock: Clock,
        from: Committed,
    ) -> Self {
        clock.restart(micros, from.last.map(|(_, at)| at));
        let now = clock.moment(micros);
        let retained = from.retained.as_ref().map(|text| serde_json::from_str(text).unwrap());
        let engine = match &retained {
            Some(json) => Engine::resume(configured.plant.clone(), &Retained::from_json(Clone::clone(json)).unwrap()),
            None => Engine::new(configured.plant.clone()),
        };
        let next_event_seq = from.lines.events.len() as u64 + 1;
        let standing = Standing { retained: retained.unwrap_or_default(), last: from.last, next_event_seq };
        // Every call rotates.
        let options = BlackBoxOptions { rotate_bytes: 0, ..BlackBoxOptions::default() };
        let black_box = BlackBox::open(directory, options, configured.running(), standing, now).unwrap();
        let drive = match from.last {
            Some((sequence, at)) => Drive::resumed(engine, sequence, at),
            None => Drive::new(engine),
        };
        let tape = Tape { black_box, next_event_seq, lines: Lines::default(), timers: 0 };
        let (directory, told) = (directory.to_owned(), Told::default());
        let mut live = Self { directory, configured, clock, drive, tape, committed: from, told };
        live.drive.boot(now, None, &mut live.tape);
        live.notice(micros, &Notice::GatewayStarted, &[]);
        live
    }

    /// Returns a time as the next scan's.
    fn at(&self, micros: i64) -> Moment {
        let at = self.clock.moment(micros);
        match self.drive.last() {
            Some(last) if at.monotonic <= last.monotonic => Moment { monotonic: last.monotonic.plus_micros(1), ..at },
            Some(_) | None => at,
        }
    }

    pub(super) fn samples(&mut self, micros: i64, named: &[Named]) {
        let at = self.at(micros);
        let mut samples = self.slotted(at, named);
        self.drive.samples(at, None, &mut samples, &mut self.tape);
    }

    pub(super) fn notice(&mut self, micros: i64, notice: &Notice, named: &[Named]) {
        let at = self.at(micros);
        let mut samples = self.slotted(at, named);
        self.drive.notice(at, None, notice, &mut samples, &mut self.tape);
    }

    fn slotted(&self, at: Moment, named: &[Named]) -> Vec<Sample> {
        let tags = &self.configured.plant.tags;
        let sample = |(path, value, quality): &Named| {
            let slot = tags.iter().position(|tag| tag.path.trim_start_matches("[default]") == path)?;
            let reading = value.clone().map_or(Reading::Kept, Reading::Value);
            // Some sources have a clock of their own.
            let source_time = if slot % 2 == 0 { at.wall } else { Timestamp(at.wall.0 - 1_500) };
            let tag = TagSlot(u32::try_from(slot).unwrap());
            Some(Sample { tag, reading, quality: *quality, source_time })
        };
        named.iter().filter_map(sample).collect()
    }

    /// Lets time pass.
    pub(super) fn pass(&mut self, micros: i64) {
        let now = self.clock.moment(micros);
        self.drive.pass(now, &mut self.tape);
    }

    pub(super) fn reload(&mut self, micros: i64, configured: Configured) {
        self.told.reloads += 1;
        let at = self.at(micros);
        self.drive.pass(at, &mut self.tape);
        let retained = self.drive.engine().retained(at).to_json();
        self.tape.black_box.will_reload(configured.running(), retained);
        self.drive.reload(at, None, configured.plant.clone(), &mut self.tape);
        self.configured = configured;
    }

    /// Hands the turn to the system, but does not commit it.
    pub(super) fn flush(&mut self) {
        self.tape.black_box.flush().unwrap();
    }

    /// Commits what happened so far.
    pub(super) fn commit(&mut self) {
        self.flush();
        let Some(at) = self.drive.last() else { return };
        let standing = standing(&self.drive, self.tape.next_event_seq);
        self.committed.retained = Some(standing.retained.to_string());
        self.committed.last = Some((self.drive.scans(), at));
        let Lines { mut events, mut records, .. } = std::mem::take(&mut self.tape.lines);
        self.committed.lines.events.append(&mut events);
        self.committed.lines.records.append(&mut records);
    }

    /// Begins a new file.
    pub(super) fn rotate(&mut self, micros: i64) {
        let now = self.clock.moment(micros);
        let (drive, next_event_seq) = (&self.drive, self.tape.next_event_seq);
        self.tape.black_box.rotate_if_due(now, || standing(drive, next_event_seq)).unwrap();
    }

    /// Dies, and starts anew: what was not committed is gone, what was not flushed is not even in the trace.
    pub(super) fn crash(self, micros: i64, configured: Option<Configured>) -> Self {
        let Self { directory, configured: before, clock, tape, committed, mut told, .. } = self;
        told.crashes += 1;
        told.revoked += tape.lines.events.len();
        told.timers += tape.timers;
        drop(tape);
        let live = Self::start(&directory, configured.unwrap_or(before), micros, clock, committed);
        Self { told, ..live }
    }

    /// Ends with everything committed; returns the lines, with the records that are still open.
    pub(super) fn end(mut self) -> (Lines, Told) {
        // As every gateway that ends as it should: what is open is measured up to here.
        let end = self.drive.last().unwrap_or_default().plus_micros(1);
        self.drive.notice(end, None, &Notice::GatewayStopped, &mut [], &mut self.tape);
        self.commit();
        self.told.timers += self.tape.timers;
        let mut lines = self.committed.lines;
        for record in self.drive.engine().open_records_at(end) {
            let mut line = Vec::new();
            Form::JsonLines.write(&mut line, &record, self.drive.engine().plant());
            lines.records.push(text(line));
        }
        (lines, self.told)
    }
}

fn standing(drive: &Drive, next_event_seq: u64) -> Standing {
    let last = drive.last();
    let retained = last.map(|at| drive.engine().retained(at).to_json()).unwrap_or_default();
    Standing { retained, last: last.map(|at| (drive.scans(), at)), next_event_seq }
}
