//! Who takes part: something that binds a row, evaluates and answers, again and again.

use std::hint::black_box;
use std::time::{Duration, Instant};

use latchwork_expr::{Status, Truth};

use crate::workload::ROWS;

/// How much of an answer can be held against the reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Knows {
    /// The truth and its quality.
    Quality,
    /// The truth.
    Truth,
    /// Nothing: it only binds.
    Nothing,
}

/// One way to answer a workload.
pub struct Contestant {
    /// Its name in the table.
    pub name: &'static str,
    /// What its answers say.
    pub knows: Knows,
    /// What answers.
    pub runner: Box<dyn Runner>,
}

/// What answers rows.
pub trait Runner {
    /// Answers every row once, in order. Asked once, before anything is measured.
    fn answers(&mut self) -> Vec<Truth>;

    /// Answers all rows so many times and returns how long it took.
    fn run(&mut self, passes: u32) -> Duration;
}

impl Contestant {
    /// Returns a contestant that knows quality.
    pub fn with_quality(name: &'static str, answer: impl FnMut(usize) -> Truth + 'static) -> Self {
        Self { name, knows: Knows::Quality, runner: Box::new(answer) }
    }

    /// Returns a contestant that knows only values.
    pub fn of_values(name: &'static str, mut answer: impl FnMut(usize) -> bool + 'static) -> Self {
        let answer = move |row: usize| Truth { value: answer(row), status: Status::GOOD };
        Self { name, knows: Knows::Truth, runner: Box::new(answer) }
    }
}

impl<F: FnMut(usize) -> Truth> Runner for F {
    fn answers(&mut self) -> Vec<Truth> {
        (0..ROWS).map(self).collect()
    }

    fn run(&mut self, passes: u32) -> Duration {
        let begun = Instant::now();
        for _ in 0..passes {
            let mut seen = (0_u32, Status::GOOD);
            for row in 0..ROWS {
                let Truth { value, status } = self(row);
                seen = (seen.0 + u32::from(value), seen.1.with(status));
            }
            black_box(seen);
        }
        begun.elapsed()
    }
}
