//! Phase 1: the samples become the image, and what reads them is touched.

use std::sync::Arc;

use latchwork_expr::{Cell, Context, Dataset, Evaluated, Host, Level, Quality, Site, TagSlot, Type, Value};

use crate::probe::Probes;
use crate::scan::{Moment, Reading, Sample};
use crate::step::Engine;
use crate::touched::Touched;
use crate::wiring::Target;

impl Engine {
    /// Latches a batch. A value equal to the last one in value and quality only moves the source
    /// time, and touches only what has call-site state.
    #[inline]
    pub(crate) fn latch(&mut self, samples: &mut [Sample], now: Moment) {
        for sample in &mut *samples {
            if self.take_calm(sample) {
                continue;
            }
            let changed = if self.validity.concerns(sample.tag) {
                self.take_guarded(sample)
            } else {
                take(&mut self.image[sample.tag.index()], sample)
            };
            self.touch(sample.tag, changed);
        }
        self.follow_up(now);
        for sample in samples {
            self.find_calm(sample.tag);
        }
    }

    /// Latches a lone reading, as most batches are: its probes need not wait for others of the batch.
    #[inline]
    pub(crate) fn latch_lone(&mut self, sample: &mut Sample, now: Moment) {
        let changed = take(&mut self.image[sample.tag.index()], sample);
        self.turn_levers(sample.tag);
        for reader in self.wiring.readers(sample.tag) {
            if !changed && !reader.always {
                continue;
            }
            match reader.target {
                Target::Probe(probe) => {
                    self.probes.ask_one(probe, &self.image, now.wall, &self.plant, &mut self.touched);
                }
                Target::Scale(scale) => {
                    self.probes.ask_scale(scale, &self.image, now.wall, &self.plant, &mut self.touched);
                }
                target @ (Target::Operation(..) | Target::Derived(_) | Target::Guard(..) | Target::Capture(_)) => {
                    add(target, &mut self.touched, &mut self.probes);
                }
            }
        }
        if !self.wiring.paths().is_empty() {
            self.touch_by_path(sample.tag, changed);
        }
        if self.touched.has_derived() {
            self.follow_up(now);
        }
        self.find_calm(sample.tag);
    }

    /// Judges the guards and evaluates the derived tags and probes that were touched, in this order.
    #[inline]
    pub(crate) fn follow_up(&mut self, now: Moment) {
        if !self.plant.derived.is_empty() || !self.plant.guards.is_empty() {
            self.evaluate_derived_tags(now);
        }
        self.probes.ask(&self.image, now.wall, &self.plant, &mut self.touched);
    }

    /// Marks what reads a tag.
    #[inline]
    pub(crate) fn touch(&mut self, tag: TagSlot, changed: bool) {
        self.turn_levers(tag);
        for reader in self.wiring.readers(tag) {
            if !changed && !reader.always {
                continue;
            }
            add(reader.target, &mut self.touched, &mut self.probes);
        }
        if !self.wiring.paths().is_empty() {
            self.touch_by_path(tag, changed);
        }
    }

    /// Marks what read a tag last by a computed path.
    #[cold]
    fn touch_by_path(&mut self, tag: TagSlot, changed: bool) {
        for reader in self.wiring.paths().readers(tag).iter().filter(|reader| changed || reader.always) {
            add(reader.target, &mut self.touched, &mut self.probes);
        }
    }

    /// Evaluates the touched derived tags, each after those that it reads and the guards of their connections, once.
    fn evaluate_derived_tags(&mut self, now: Moment) {
        loop {
            if let Some((guard, tasks)) = self.touched.next_guard(&self.plant) {
                self.judge_guard(guard, tasks, now);
                continue;
            }
            let Some(rank) = self.touched.next_derived() else { return };
            let slot = self.plant.derived[rank as usize];
            let Evaluated { value, quality } = self.derived_value(rank, slot, now);
            let cell = &mut self.image[slot.index()];
            let changed = cell.quality != quality || !same(&cell.value, &value);
            *cell = Cell { value, quality, time: now.wall };
            self.touch(slot, changed);
        }
    }

    /// Tells whether a derived tag has another value now than it had when it was evaluated last.
    pub(crate) fn is_outdated(&mut self, rank: u32, now: Moment) -> bool {
        let slot = self.plant.derived[rank as usize];
        let Evaluated { value, quality } = self.derived_value(rank, slot, now);
        let cell = &self.image[slot.index()];
        cell.quality != quality || !same(&cell.value, &value)
    }

    fn derived_value(&mut self, rank: u32, slot: TagSlot, now: Moment) -> Evaluated {
        let tag = &self.plant.tags[slot.index()];
        let program = tag.expression.as_deref().expect("a derived tag has an expression");
        let (sites, host) = (&mut self.derived_sites[rank as usize], Host::default());
        let context = Context::of(&self.image, now.wall, self.plant.zone, &host, sites);
        let (monotonic, first_scan) = (now.monotonic, self.plant.first_scan);
        let evaluated = program.evaluate(&mut Context { monotonic, first_scan, ..context });
        if program.keeps_state() {
            self.timers.set_derived(rank, Site::next_due(sites, monotonic));
            self.changed.add_derived(rank);
        }
        let value = conform(evaluated, tag.kind);
        self.follow_paths(Target::Derived(rank));
        value
    }
}

/// Takes a reading into its tag's cell; returns whether value or quality changed. The reading has the value of before
/// afterwards.
#[expect(clippy::inline_always, reason = "it is most of what a reading costs that moves no level")]
#[inline(always)]
pub(crate) fn take(cell: &mut Cell, sample: &mut Sample) -> bool {
    cell.time = sample.source_time;
    let mut changed = cell.quality != sample.quality;
    cell.quality = sample.quality;
    // A failed read never becomes 0, false or "", whatever comes with it.
    let failed = sample.quality.level() >= Level::Bad;
    if let (Reading::Value(value), false) = (&mut sample.reading, failed) {
        changed |= !same(&cell.value, value);
        std::mem::swap(&mut cell.value, value);
    }
    changed
}

/// Marks a reader.
#[inline]
pub(crate) fn add(target: Target, touched: &mut Touched, probes: &mut Probes) {
    match target {
        Target::Operation(operation, tasks) => touched.add(operation, tasks),
        Target::Probe(probe) => probes.mark(probe),
        Target::Scale(scale) => probes.mark_scale(scale),
        Target::Derived(rank) => touched.add_derived(rank),
        Target::Guard(guard, tasks) => touched.add_guard(guard, tasks),
        Target::Capture(number) => touched.add_capture(number),
    }
}

/// Tells whether two values are the same reading: of one type and equal, NaN equal to NaN.
#[inline]
pub(crate) fn same(one: &Value, other: &Value) -> bool {
    // Measured values above all: they come most often, and change nearly always.
    if let (Value::Float(one), Value::Float(other)) = (one, other) {
        return same_float(*one, *other);
    }
    same_of_any(one, other)
}

#[expect(clippy::float_cmp, reason = "the same reading is the same to the last bit")]
#[inline]
fn same_float(one: f64, other: f64) -> bool {
    one == other || (one.is_nan() && other.is_nan())
}

fn same_of_any(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Null, Value::Null) => true,
        (Value::Boolean(one), Value::Boolean(other)) => one == other,
        (Value::Integer(one), Value::Integer(other)) => one == other,
        (Value::Float(one), Value::Float(other)) => same_float(*one, *other),
        (Value::String(one), Value::String(other)) => one == other,
        (Value::Date(one), Value::Date(other)) => one == other,
        (Value::Dataset(one), Value::Dataset(other)) => same_table(one, other),
        (Value::Document(one), Value::Document(other)) => one == other,
        (Value::Quality(one), Value::Quality(other)) => one == other,
        (
            Value::Null
            | Value::Boolean(_)
            | Value::Integer(_)
            | Value::Float(_)
            | Value::String(_)
            | Value::Date(_)
            | Value::Dataset(_)
            | Value::Document(_)
            | Value::Quality(_),
            _,
        ) => false,
    }
}

fn same_table(one: &Arc<Dataset>, other: &Arc<Dataset>) -> bool {
    let (rows, columns) = (one.rows(), one.columns().len());
    let same_cell = |row, column| match (one.get(row, column), other.get(row, column)) {
        (Some(one), Some(other)) => same(one, other),
        (None, _) | (_, None) => false,
    };
    let same_rows = || (0..rows).all(|row| (0..columns).all(|column| same_cell(row, column)));
    Arc::ptr_eq(one, other) || (one.columns() == other.columns() && rows == other.rows() && same_rows())
}

/// Makes a derived value one of its tag's declared type. What has no such value is an error.
#[expect(clippy::cast_precision_loss, reason = "an integer read as a float is the nearest one")]
#[expect(clippy::cast_possible_truncation, reason = "the float is whole and in range")]
fn conform(evaluated: Evaluated, kind: Type) -> Evaluated {
    let value = match (evaluated.value, kind) {
        (Value::Null, _) => Value::Null,
        (value, Type::Any) => value,
        (Value::Integer(value), Type::Float) => Value::Float(value as f64),
        (Value::Float(value), Type::Integer) if value.fract() == 0.0 && value.abs() < 9.2e18 => {
            Value::Integer(value as i64)
        }
        (Value::Boolean(value), Type::Integer) => Value::Integer(i64::from(value)),
        (Value::Boolean(value), Type::Float) => Value::Float(f64::from(u8::from(value))),
        (Value::Integer(value), Type::Boolean) => Value::Boolean(value != 0),
        (Value::Float(value), Type::Boolean) if !value.is_nan() => Value::Boolean(value != 0.0),
        (Value::Quality(value), Type::String) => Value::from(value.name()),
        (value, kind) if value.kind() == kind => value,
        (_, _) => return Evaluated { value: Value::Null, quality: Quality::ErrorTypeConversion },
    };
    Evaluated { value, quality: evaluated.quality }
}
