//! Blocks such as `ton`: each output is read off everything that the block ever saw; knows nothing of triggers.
//!
//! Nothing is carried from one evaluation to the next but what was seen: slow, and hard to get wrong.

use std::collections::BTreeMap;

use super::expression::Expression;
use super::names::{BlockKind, FirstScan};
use super::plant::{MILLISECOND, Micros, SECOND};
use super::value::{ModelQuality, ModelValue, Reading};

/// A call with memory.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// Its inputs.
    pub inputs: Vec<Expression>,
}

/// What the blocks of one expression saw, each by its text: an expression has no block twice.
#[derive(Clone, Debug, Default)]
pub struct Sites(BTreeMap<String, Seen>);

/// What a block saw while all its inputs were known.
#[derive(Clone, Debug, Default)]
struct Seen {
    inputs: Vec<(Micros, Vec<ModelValue>)>,
    output: Option<ModelValue>,
    wake: Option<Micros>,
}

impl Sites {
    /// Returns when the blocks want to be evaluated again.
    pub(super) fn wakes(&self) -> impl Iterator<Item = Micros> {
        self.0.values().filter_map(|seen| seen.wake)
    }

    /// Says whether a block wants to be evaluated at a deadline.
    pub(super) fn is_due(&self, deadline: Micros) -> bool {
        self.wakes().any(|wake| wake == deadline)
    }

    /// Drops what was wanted up to now: blocks that were skipped are not asked again.
    pub(super) fn forget_until(&mut self, now: Micros) {
        for seen in self.0.values_mut() {
            seen.wake = seen.wake.filter(|wake| *wake > now);
        }
    }

    /// Returns what a block gives for inputs.
    pub(super) fn take(&mut self, block: &Block, inputs: &[Reading], now: Micros, first_scan: FirstScan) -> Reading {
        let seen = self.0.entry(block.text()).or_default();
        let quality = inputs.iter().map(|input| input.quality).max().unwrap_or(ModelQuality::Good);
        let values: Vec<ModelValue> = inputs.iter().map(|input| input.value.clone()).collect();
        if quality != ModelQuality::Good || values.contains(&ModelValue::Null) {
            seen.wake = None;
            return Reading { value: seen.output.clone().unwrap_or(ModelValue::Null), quality };
        }
        seen.inputs.push((now, values));
        let history = History { inputs: &seen.inputs, now, first_scan };
        let (output, wake) = history.output(block.kind);
        seen.wake = wake;
        seen.output = Some(output.clone());
        Reading::good(output)
    }
}

impl Block {
    /// Returns the call as the plant file writes it.
    pub(super) fn text(&self) -> String {
        let inputs: Vec<String> = self.inputs.iter().map(Expression::text).collect();
        format!("{}({})", self.kind.name(), inputs.join(", "))
    }
}

/// All evaluations of a block up to now, the present one last.
struct History<'a> {
    inputs: &'a [(Micros, Vec<ModelValue>)],
    now: Micros,
    first_scan: FirstScan,
}

impl History<'_> {
    /// Returns the output, and when it will be another if nothing new is seen.
    fn output(&self, kind: BlockKind) -> (ModelValue, Option<Micros>) {
        match kind {
            BlockKind::RTrig => (ModelValue::Bool(self.rises(self.last())), None),
            BlockKind::FTrig => (ModelValue::Bool(self.falls(self.last())), None),
            BlockKind::Sr => (ModelValue::Bool(self.latched(|at, q| self.bit(at, 0) || (!self.bit(at, 1) && q))), None),
            BlockKind::Rs => (ModelValue::Bool(self.latched(|at, q| !self.bit(at, 1) && (self.bit(at, 0) || q))), None),
            BlockKind::Hysteresis => (ModelValue::Bool(self.latched(|at, q| self.beyond(at, q))), None),
            BlockKind::Ton => self.on_delay(),
            BlockKind::Tof => self.off_delay(),
            BlockKind::Tp => self.pulse(),
            BlockKind::Ctu => (ModelValue::Bool(self.counted_up() >= self.whole(self.last(), 2)), None),
            BlockKind::Ctd => (ModelValue::Bool(self.counted_down() <= 0), None),
            BlockKind::Previous => {
                let before = self.last().checked_sub(1);
                (before.map_or(ModelValue::Null, |before| self.inputs[before].1[0].clone()), None)
            }
            BlockKind::LastChange => (ModelValue::Int(self.last_change()), None),
            BlockKind::StableFor => self.stable(),
            BlockKind::Rate => self.rate(),
        }
    }

    fn last(&self) -> usize {
        self.inputs.len() - 1
    }

    fn time(&self) -> Micros {
        self.whole(self.last(), 1) * MILLISECOND
    }

    fn bit(&self, at: usize, input: usize) -> bool {
        self.inputs[at].1[input].truth().expect("a block's input is a truth")
    }

    fn whole(&self, at: usize, input: usize) -> i64 {
        if let ModelValue::Int(number) = self.inputs[at].1[input] { number } else { panic!("not a whole number") }
    }

    fn number(&self, at: usize, input: usize) -> f64 {
        self.inputs[at].1[input].number().expect("a block's input is a number")
    }

    /// Before the first evaluation an input was what it is then, unless first inputs fire.
    fn bit_before(&self, at: usize) -> bool {
        match at.checked_sub(1) {
            Some(before) => self.bit(before, 0),
            None => self.bit(at, 0) == (self.first_scan == FirstScan::Arm),
        }
    }

    fn rises(&self, at: usize) -> bool {
        self.bit(at, 0) && !self.bit_before(at)
    }

    fn falls(&self, at: usize) -> bool {
        !self.bit(at, 0) && self.bit_before(at)
    }

    fn latched(&self, next: impl Fn(usize, bool) -> bool) -> bool {
        (0..self.inputs.len()).fold(false, |bit, at| next(at, bit))
    }

    fn beyond(&self, at: usize, bit: bool) -> bool {
        let [value, on, off] = [0, 1, 2].map(|input| self.number(at, input));
        if value >= on { true } else { bit && value > off }
    }

    fn on_delay(&self) -> (ModelValue, Option<Micros>) {
        let falls = (0..self.inputs.len()).rfind(|at| !self.bit(*at, 0));
        let begin = falls.map_or(0, |fall| fall + 1);
        let Some((since, _)) = self.inputs.get(begin) else { return (ModelValue::Bool(false), None) };
        let due = since + self.time();
        (ModelValue::Bool(due <= self.now), (due > self.now).then_some(due))
    }

    fn off_delay(&self) -> (ModelValue, Option<Micros>) {
        if self.bit(self.last(), 0) {
            return (ModelValue::Bool(true), None);
        }
        let fall = (1..self.inputs.len()).rfind(|at| !self.bit(*at, 0) && self.bit(at - 1, 0));
        let due = fall.filter(|fall| self.still_runs(*fall)).map(|fall| self.inputs[fall].0 + self.time());
        (ModelValue::Bool(due.is_some()), due)
    }

    /// A rise begins a pulse unless one is on.
    fn pulse(&self) -> (ModelValue, Option<Micros>) {
        let mut begin = None;
        for at in 0..self.inputs.len() {
            let is_on = begin.is_some_and(|begin| self.runs_until(begin, at));
            if self.rises(at) && !is_on {
                begin = Some(at);
            }
        }
        let due = begin.filter(|begin| self.still_runs(*begin)).map(|begin| self.inputs[begin].0 + self.time());
        (ModelValue::Bool(due.is_some()), due)
    }

    fn still_runs(&self, begin: usize) -> bool {
        self.runs_until(begin, self.last())
    }

    /// Says whether a time that began then was not over at any evaluation up to one, each with its own idea of how long it
    /// is: one that is over stays over.
    fn runs_until(&self, begin: usize, until: usize) -> bool {
        let runs = |at: usize| self.inputs[begin].0 + self.whole(at, 1) * MILLISECOND > self.inputs[at].0;
        (begin..=until).all(runs)
    }

    fn counted_up(&self) -> i64 {
        let count = |count, at| if self.bit(at, 1) { 0 } else { count + i64::from(self.rises(at)) };
        (0..self.inputs.len()).fold(0, count)
    }

    fn counted_down(&self) -> i64 {
        let count = |count, at| if self.bit(at, 1) { self.whole(at, 2) } else { count - i64::from(self.rises(at)) };
        (0..self.inputs.len()).fold(0, count)
    }

    fn last_change(&self) -> Micros {
        let changed = |at: &usize| *at == 0 || !self.inputs[*at].1[0].same(&self.inputs[at - 1].1[0]);
        let change = (0..self.inputs.len()).rfind(changed).expect("the first is a change");
        self.inputs[change].0
    }

    fn stable(&self) -> (ModelValue, Option<Micros>) {
        let due = self.last_change() + self.time();
        (ModelValue::Bool(due <= self.now), (due > self.now).then_some(due))
    }

    fn rate(&self) -> (ModelValue, Option<Micros>) {
        let steps = self.steps();
        let begin = self.now - self.time();
        let then = steps.iter().rfind(|(at, _)| *at <= begin).copied();
        let (since, value) = then.map_or(steps[0], |(_, value)| (begin, value));
        let falls_out = steps.iter().map(|(at, _)| at + self.time()).find(|due| *due > self.now);
        #[expect(clippy::cast_precision_loss, reason = "the model's times are short")]
        let seconds = (self.now - since) as f64 / SECOND as f64;
        let change = self.number(self.last(), 0) - value;
        (ModelValue::Float(if seconds > 0.0 { change / seconds } else { 0.0 }), falls_out)
    }

    /// The number over time: at each instant the last that was seen, where it is another than before.
    #[expect(clippy::float_cmp, reason = "the same number is no step")]
    fn steps(&self) -> Vec<(Micros, f64)> {
        let is_last_of_instant =
            |at: &usize| self.inputs.get(at + 1).is_none_or(|(next, _)| *next != self.inputs[*at].0);
        let instants = (0..self.inputs.len()).filter(is_last_of_instant);
        let mut steps: Vec<(Micros, f64)> = instants.map(|at| (self.inputs[at].0, self.number(at, 0))).collect();
        steps.dedup_by(|later, earlier| later.1 == earlier.1);
        steps
    }
}
