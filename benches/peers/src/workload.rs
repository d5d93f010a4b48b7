//! The three workloads, each with 1,024 distinct rows of what its tags are.

use latchwork_expr::{Quality, Type};

/// Rows of a workload: few enough for the cache, too many to be learnt by heart.
pub const ROWS: usize = 1024;

/// What a tag is in one row, as every contestant can take it.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// A multiple of ⅛, so that scaling by 8 gives an exact integer to those who have no floats.
    Float(f64),
    /// A whole number.
    Integer(i64),
    /// True or false.
    Boolean(bool),
    /// A text.
    Text(String),
}

/// What all tags of a workload are at one instant.
#[derive(Clone, Debug)]
pub struct Row {
    /// A value for each tag.
    pub inputs: Vec<Input>,
    /// A quality for each tag, for those who know one.
    pub qualities: Vec<Quality>,
}

/// An expression in the dialects of all contestants, with its rows.
#[derive(Clone, Debug)]
pub struct Workload {
    /// Its letter in the table.
    pub name: &'static str,
    /// As this project writes it.
    pub text: &'static str,
    /// As most languages write it.
    pub common_text: &'static str,
    /// As wirefilter has it, which knows neither floats nor arithmetic: numbers by eight, differences bound.
    pub scaled_text: &'static str,
    /// The tags and their declared types.
    pub tags: &'static [(&'static str, Type)],
    /// What they are, row by row.
    pub rows: Vec<Row>,
}

impl Workload {
    /// Returns the workloads with rows as machines give them: every value moves a little from row to row,
    /// and a truth stands for dozens of rows.
    pub fn all() -> [Self; 3] {
        [speed(), temperature(), order()]
    }

    /// Returns the same rows in an order that nobody can guess.
    #[must_use]
    pub fn shuffled(mut self) -> Self {
        let mut chance = Chance(11);
        for place in (1..self.rows.len()).rev() {
            self.rows.swap(place, chance.below(place + 1));
        }
        self
    }
}

fn speed() -> Workload {
    let rows = rows(|row, chance| {
        let speed = wave(row, 170, 10.0) + chance.eighths(4);
        vec![Input::Float(speed), Input::Boolean(row % 311 > 280)]
    });
    Workload {
        name: "a",
        text: "{speed} > 5 && !{fault}",
        common_text: "speed > 5.0 && !fault",
        scaled_text: "speed > 40 && !fault",
        tags: &[("speed", Type::Float), ("fault", Type::Boolean)],
        rows,
    }
}

fn temperature() -> Workload {
    let rows = rows(|row, chance| {
        let setpoint = 60.0 + (row / 128) as f64;
        let temperature = setpoint - 3.0 + wave(row, 230, 8.0) + chance.eighths(3);
        let pressure = 2.0 + wave(row, 310, 6.5) + chance.eighths(3);
        let mode = if row % 211 < 150 { 3 } else { (row % 3) as i64 };
        vec![Input::Float(temperature), Input::Float(setpoint), Input::Float(pressure), Input::Integer(mode)]
    });
    Workload {
        name: "b",
        text: "({temp} - {setpoint} > 2.5 || {pressure} >= 7) && {mode} = 3",
        common_text: "(temp - setpoint > 2.5 || pressure >= 7.0) && mode == 3",
        scaled_text: "(temp > 20 || pressure >= 56) && mode == 3",
        tags: &[("temp", Type::Float), ("setpoint", Type::Float), ("pressure", Type::Float), ("mode", Type::Integer)],
        rows,
    }
}

fn order() -> Workload {
    let rows = rows(|row, _| {
        let state = ["RUN", "RUN", "RUN", "STOP", "RUN", "IDLE", "RUN", "SETUP"][row / 37 % 8];
        let order = if row % 173 < 20 { String::new() } else { format!("ORD-{}", 4711 + row / 64) };
        vec![Input::Text(state.to_owned()), Input::Text(order)]
    });
    Workload {
        name: "c",
        text: "{state} = \"RUN\" && {order} != \"\"",
        common_text: "state == \"RUN\" && order != \"\"",
        scaled_text: "state == \"RUN\" && order != \"\"",
        tags: &[("state", Type::String), ("order", Type::String)],
        rows,
    }
}

/// Makes the rows; one tag is Uncertain or Bad for a while, about one row in sixteen.
fn rows(inputs: impl Fn(usize, &mut Chance) -> Vec<Input>) -> Vec<Row> {
    let mut chance = Chance(7);
    (0..ROWS)
        .map(|row| {
            let inputs = inputs(row, &mut chance);
            let mut qualities = vec![Quality::Good; inputs.len()];
            let doubtful = row / 160 % qualities.len();
            qualities[doubtful] = match row % 160 {
                0..6 => Quality::UncertainLastKnownValue,
                6..10 => Quality::BadStale,
                _ => Quality::Good,
            };
            Row { inputs, qualities }
        })
        .collect()
}

/// Returns a triangle between 0 and `height`, a multiple of ⅛.
fn wave(row: usize, period: usize, height: f64) -> f64 {
    let (place, half) = (row % period, period / 2);
    let up = if place < half { place } else { period - place };
    (up as f64 / half as f64 * height * 8.0).floor() / 8.0
}

/// Chance that is the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }

    /// Returns a multiple of ⅛ from 0 on, below `end` of them.
    fn eighths(&mut self, end: usize) -> f64 {
        self.below(end) as f64 / 8.0
    }
}
