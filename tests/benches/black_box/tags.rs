//! What a hundred tags of a plant read.
//!
//! *Line* is made up: of ten tags seven are bits that change every 20 s on average, two are counters that go on every 0.8 to
//! 2.5 s, and one is a speed with one decimal that moves every 0.5 to 3 s. *Recorded* is `examples/plc-start-stop`: ten
//! machines play the ten tags of that one round and round, each at a speed of its own that is another in every round, with
//! counters that go on. *Noise* is no trigger tags but temperatures of which none reads twice the same.

use chrono::DateTime;
use latchwork_expr::Value;

pub(crate) const TAGS: u32 = 100;
/// Tags of a machine.
const COLUMNS: u32 = 10;
const SECOND: i64 = 1_000_000;
const RECORDING: &str = include_str!("../../../examples/plc-start-stop/machine_44_long.csv");

/// What the tags are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Line,
    Recorded,
    Noise,
}

/// What a column of ten holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Bit,
    State,
    Counter,
    Measure,
}

impl Shape {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Recorded => "recorded",
            Self::Noise => "noise",
        }
    }

    /// Returns the type of a tag, and the condition that reads it.
    pub(crate) fn condition(self, tag: u32) -> (&'static str, String) {
        match self.kind(tag) {
            Kind::Bit => ("bool", format!("{{T{tag}}}")),
            Kind::State => ("int", format!("{{T{tag}}} = 10")),
            Kind::Counter => ("int", format!("{{T{tag}}} > 500")),
            Kind::Measure => ("float", format!("{{T{tag}}} > 100")),
        }
    }

    const fn kind(self, tag: u32) -> Kind {
        match (self, tag % COLUMNS) {
            (Self::Line, 0..7) | (Self::Recorded, 3..) => Kind::Bit,
            (Self::Recorded, 0) => Kind::State,
            (Self::Line, 7..9) | (Self::Recorded, _) => Kind::Counter,
            (Self::Line | Self::Noise, _) => Kind::Measure,
        }
    }
}

/// Numbers that look random and are the same each time (splitmix64).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Returns a number from one to another, both included.
    pub(crate) fn between(&mut self, least: i64, most: i64) -> i64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        least + ((mixed ^ (mixed >> 31)) % (most - least + 1).unsigned_abs()).cast_signed()
    }
}

/// The tags.
pub(crate) struct Tags {
    shape: Shape,
    dice: Dice,
    /// What each reads.
    values: Vec<i64>,
    /// When each changes next, in microseconds.
    next: Vec<i64>,
    machines: Vec<Machine>,
    recording: Recording,
}

impl Tags {
    pub(crate) fn new(shape: Shape) -> Self {
        let mut dice = Dice::new(1);
        let values = (0..TAGS).map(|tag| if shape.kind(tag) == Kind::Measure { 1_000 } else { 0 }).collect();
        let next = (0..TAGS).map(|_| dice.between(0, 20 * SECOND)).collect();
        let recording = Recording::read();
        let machines = (0..TAGS / COLUMNS).map(|_| Machine::new(&recording, &mut dice)).collect();
        Self { shape, dice, values, next, machines, recording }
    }

    /// Reads a tag; also tells whether a condition on it may have another level.
    pub(crate) fn read(&mut self, tag: u32, at: i64) -> (Value, bool) {
        let (index, kind) = (tag as usize, self.shape.kind(tag));
        let before = self.values[index];
        self.values[index] = match self.shape {
            Shape::Line => self.on_the_line(index, kind, at),
            Shape::Recorded => self.recorded(tag, at),
            Shape::Noise => before + self.dice.between(-40, 40),
        };
        let number = self.values[index];
        let value = match (kind, self.shape) {
            (Kind::Bit, _) => Value::Boolean(number != 0),
            (Kind::State | Kind::Counter, _) => Value::Integer(number),
            (Kind::Measure, Shape::Noise) => Value::Float(small(number) / 1_000.0),
            (Kind::Measure, Shape::Line | Shape::Recorded) => Value::Float(small(number) / 10.0),
        };
        (value, number != before && matches!(kind, Kind::Bit | Kind::State))
    }

    fn on_the_line(&mut self, index: usize, kind: Kind, at: i64) -> i64 {
        let value = self.values[index];
        if at < self.next[index] {
            return value;
        }
        let (value, pause) = match kind {
            Kind::Bit | Kind::State => (1 - value, self.dice.between(0, 40 * SECOND)),
            Kind::Counter => (value + 1, self.dice.between(SECOND * 8 / 10, SECOND * 25 / 10)),
            Kind::Measure => (value + self.dice.between(-2, 2), self.dice.between(SECOND / 2, 3 * SECOND)),
        };
        self.next[index] = at + pause;
        value
    }

    fn recorded(&mut self, tag: u32, at: i64) -> i64 {
        let machine = &mut self.machines[(tag / COLUMNS) as usize];
        machine.play(at, &self.recording, &mut self.dice);
        let column = &self.recording.columns[(tag % COLUMNS) as usize];
        let value = column[column.partition_point(|(time, _)| *time <= machine.position).saturating_sub(1)].1;
        if self.shape.kind(tag) == Kind::Counter { value + machine.rounds } else { value }
    }
}

fn small(number: i64) -> f64 {
    f64::from(i32::try_from(number).expect("a small number"))
}

/// A machine that does again and again what the recorded one did.
struct Machine {
    begun: i64,
    /// How long this round takes.
    round: i64,
    rounds: i64,
    /// Where it is in the recording.
    position: i64,
}

impl Machine {
    fn new(recording: &Recording, dice: &mut Dice) -> Self {
        Self { begun: -dice.between(0, recording.length), round: recording.length, rounds: 0, position: 0 }
    }

    fn play(&mut self, at: i64, recording: &Recording, dice: &mut Dice) {
        while at - self.begun >= self.round {
            self.begun += self.round;
            self.round = recording.length * dice.between(80, 125) / 100;
            self.rounds += 1;
        }
        self.position = (at - self.begun) * recording.length / self.round;
    }
}

/// What was recorded.
struct Recording {
    /// Of each tag its times in microseconds, from 0 on, and its values: the state, two counters, seven bits.
    columns: Vec<Vec<(i64, i64)>>,
    length: i64,
}

impl Recording {
    fn read() -> Self {
        const TAGS: [&str; COLUMNS as usize] = [
            "state_code",
            "counter_a",
            "counter_b",
            "heartbeat_in",
            "heartbeat_out",
            "running",
            "start_cmd",
            "starting",
            "stop_cmd",
            "stopping",
        ];
        let mut columns = vec![Vec::new(); TAGS.len()];
        let (mut begun, mut length) = (None, 0);
        for line in RECORDING.lines().skip(1) {
            let [time, tag, value, _] = line.split(',').collect::<Vec<_>>()[..] else { panic!("{line}") };
            let time = DateTime::parse_from_rfc3339(time).expect("a time").timestamp_micros();
            length = time - *begun.get_or_insert(time);
            let tag = TAGS.iter().position(|name| tag.ends_with(&format!("/{name}"))).expect("a known tag");
            columns[tag].push((length, value.parse().expect("a number")));
        }
        Self { columns, length }
    }
}
