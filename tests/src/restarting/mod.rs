//! What a restart and a reload do, one rule after the other.

mod blocks;
mod boots;
mod captures;
mod changes;
mod handshakes;
mod policies;
mod reloads;
mod rows;
mod schedule;
mod validity;

use std::sync::Arc;

use latchwork_engine::{
    Effect, Engine, Event, Info, Input, Moment, Monotonic, Plant, Reading, Record, Retained, Sample, Scan,
    ScheduleEntry,
};
use latchwork_expr::{Quality, TagSlot, Timestamp, Value, exact, value_to_json};

use crate::rerun;

/// An operation that runs while `run` is true.
const RUNS: &str = r#"
[[tags]]
path = "run"
type = "bool"
[[operations]]
name = "A"
location = "Line"
start_trigger_expression = "{run}"
stop_trigger_expression = "{run}"
auto_add_to_schedule = false
"#;

/// Returns a plant whose tags come from a connection, but for derived ones and those with an initial value.
fn plant(text: &str) -> Plant {
    let configuration = rerun::configuration(text);
    let mut plant =
        configuration.unwrap_or_else(|problems| panic!("{}", problems.render(latchwork_config::Colour::Off))).plant;
    for tag in plant.tags.iter_mut().filter(|tag| tag.expression.is_none() && tag.initial.is_none()) {
        tag.wire = Some(format!("plc {}", tag.path));
    }
    plant
}

/// A gateway's engine with its place in time, in seconds.
struct Line {
    engine: Engine,
    sequence: u64,
    second: i64,
    told: Vec<String>,
    /// What was told of the schedule.
    planned: Vec<String>,
    /// What was to be written: `10 ack=1`.
    written: Vec<String>,
}

impl Line {
    /// Starts a gateway that never ran, in second 0.
    fn new(text: &str) -> Self {
        Self::of(plant(text))
    }

    /// Starts a gateway of a plant that never ran, in second 0.
    fn of(plant: Plant) -> Self {
        let engine = Engine::new(Arc::new(plant));
        let mut line =
            Self { engine, sequence: 0, second: 0, told: Vec::new(), planned: Vec::new(), written: Vec::new() };
        line.step(0, Input::Boot);
        line
    }

    /// Gives readings, such as `run=true`; `run=?` is a failed one.
    fn read(&mut self, second: i64, readings: &str) -> &mut Self {
        self.pass(second);
        let slot = |path: &str| {
            let path = format!("[default]{path}");
            let slot = self.engine.plant().tags.iter().position(|tag| tag.path == path);
            TagSlot(u32::try_from(slot.expect("the tag is there")).unwrap())
        };
        let sample = |reading: &str| {
            let (path, value) = reading.split_once('=').unwrap();
            let (reading, quality) = match value {
                "?" => (Reading::Kept, Quality::BadNotConnected),
                value => (Reading::Value(value_of(value)), Quality::Good),
            };
            Sample { tag: slot(path), reading, quality, source_time: at(second).wall }
        };
        let mut samples: Vec<Sample> = readings.split(' ').map(sample).collect();
        self.step(second, Input::Samples(&mut samples));
        self
    }

    /// The gateway dies, having committed up to a second, and starts in another, with a plant.
    fn restarts(&mut self, died: i64, starts: i64, plant: Plant) -> &mut Self {
        self.pass(died);
        let retained = Retained { last: Some(at(died)), ..self.engine.retained(at(died)) };
        let text = retained.to_json().to_string();
        let retained = Retained::from_json(serde_json::from_str(&text).unwrap()).unwrap();
        self.engine = Engine::resume(Arc::new(plant), &retained);
        self.step(starts, Input::Boot);
        self
    }

    /// The gateway takes another plant.
    fn reloads(&mut self, second: i64, plant: Plant) -> &mut Self {
        self.pass(second);
        self.engine = self.engine.reload(Arc::new(plant), at(second));
        self.step(second, Input::Reload);
        self
    }

    /// Lets time pass.
    fn pass(&mut self, until: i64) -> &mut Self {
        while let Some(deadline) = self.engine.next_deadline().filter(|&deadline| deadline <= at(until).monotonic) {
            self.step(self.second.max(deadline.0 / 1_000_000), Input::Timer);
        }
        self
    }

    fn step(&mut self, second: i64, input: Input<'_>) {
        self.sequence += 1;
        self.second = second;
        let mut effects = Vec::new();
        self.engine.step(Scan { sequence: self.sequence, at: at(second), input }, &mut effects);
        for effect in effects {
            if let Effect::Write(write) = &effect {
                let path = self.engine.plant().tags[write.tag.index()].path.trim_start_matches("[default]");
                self.written
                    .push(format!("{second} {path}={}", latchwork_expr::text(&write.value, latchwork_expr::Tz::UTC)));
            }
            let Effect::Event(event) = effect else { continue };
            match &event.info {
                Info::Schedule(entry) => self.planned.push(planned(&event, entry)),
                Info::Record(_)
                | Info::Conflict { .. }
                | Info::SequenceGap { .. }
                | Info::Order(_)
                | Info::OrderStatus { .. }
                | Info::OrderOfRecord { .. }
                | Info::Fault { .. }
                | Info::Gateway
                | Info::Connection { .. }
                | Info::ClockStep { .. }
                | Info::SamplesLost(_)
                | Info::ScanSkipped(_)
                | Info::OutboxDropped { .. } => self.told.push(shown(&event, self.engine.plant())),
            }
        }
    }

    /// Returns what was told since the last call.
    fn told(&mut self) -> Vec<String> {
        std::mem::take(&mut self.told)
    }
}

/// Returns an event for people: its second, what, the operation, from when to when, why, `!` if across a gap.
fn shown(event: &Event, plant: &Plant) -> String {
    let second = event.scan_wall.0 / 1_000_000;
    match &event.info {
        Info::Record(record) => format!("{second} {} {}", event.kind.name(), run(record, plant)),
        Info::Conflict { .. }
        | Info::SequenceGap { .. }
        | Info::Order(_)
        | Info::OrderStatus { .. }
        | Info::OrderOfRecord { .. }
        | Info::Schedule(_)
        | Info::Fault { .. }
        | Info::Gateway
        | Info::Connection { .. }
        | Info::ClockStep { .. }
        | Info::SamplesLost(_)
        | Info::ScanSkipped(_)
        | Info::OutboxDropped { .. } => format!("{second} {}", event.kind.name()),
    }
}

/// Returns an event of an entry for people: its second, what, the entry's window, order and status.
fn planned(event: &Event, entry: &ScheduleEntry) -> String {
    let end = entry.end.map(|end| (end.0 / 1_000_000).to_string()).unwrap_or_default();
    let order = entry.order.as_ref().map_or("none", |order| order.as_str());
    let (second, start) = (event.scan_wall.0 / 1_000_000, entry.start.0 / 1_000_000);
    format!("{second} {} {start}..{end} {order} {}", event.kind.name(), entry.status.name())
}

fn run(record: &Record, plant: &Plant) -> String {
    let end = record.end.map(|end| (end.wall.0 / 1_000_000).to_string()).unwrap_or_default();
    let reason = record.end_reason.map(|reason| format!(" {}/{}", record.status.name(), reason.name()));
    let flag = if record.detected_after_gap { "!" } else { "" };
    let name = &plant.operations[record.operation.index()].name;
    let location = &plant.locations[record.location.index()].path;
    let captures = record.captures.iter().map(|(name, value)| format!(" {name}={}", value_to_json(value)));
    let captures: String = captures.collect();
    let start = record.start.wall.0 / 1_000_000;
    format!("{name}@{location} {start}..{end}{}{flag}{captures}", reason.unwrap_or_default())
}

fn at(second: i64) -> Moment {
    Moment { monotonic: Monotonic(second * 1_000_000), wall: Timestamp(second * 1_000_000) }
}

fn value_of(text: &str) -> Value {
    serde_json::from_str(text).ok().and_then(exact::from_json).unwrap_or_else(|| text.into())
}
