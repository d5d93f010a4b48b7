//! Probes: the cheap question whether a trigger's level moved at all.
//!
//! Most samples move no level. A probe evaluates a trigger's truth and compares it with the last known
//! one; only a level that moved, or is not known, touches its operation. Pure speed: without probes
//! every result is the same, for a trigger that sees its level again does nothing.

use latchwork_expr::{Cell, Context, Host, Program, Question, Rung, Status, TagSlot, Timestamp};

use crate::calm::Calm;
use crate::moves::Lever;
use crate::plant::{OperationIndex, Plant, UncertainPolicy};
use crate::scale::Scale;
use crate::touched::{Tasks, Touched};
use crate::wiring::Target;

/// What one probe asks, and for whom.
#[derive(Debug)]
pub(crate) struct Probe {
    row: Row,
    /// What it asks, of a program that keeps no state and reads nothing but tags.
    question: Question,
}

/// What of a probe most scans look at that look at it: one line of the cache.
#[derive(Debug)]
#[repr(align(64))]
struct Row {
    /// What tells the truth as a rule, without the question.
    rung: Rung,
    operation: OperationIndex,
    /// The triggers that have this program.
    tasks: Tasks,
    /// The last truth, if it was known.
    last: Option<bool>,
    /// Whether that is the truth of the image as it is: known, and asked here.
    is_in_step: bool,
    /// Whether it is among the pending ones.
    pending: bool,
}

/// Every probe, and those that a scan's samples touch.
#[derive(Debug)]
pub(crate) struct Probes {
    rows: Vec<Row>,
    questions: Vec<Question>,
    pending: Vec<u32>,
    scales: Vec<Scale>,
    pending_scales: Vec<u32>,
    /// How far tags can move without a probe being asked.
    pub(crate) calm: Calm,
    host: Host,
    unknown: Status,
}

impl Probe {
    /// Tells whether a program can be probed: asking it changes nothing and needs no operation.
    pub(crate) fn is_possible(program: &Program) -> bool {
        program.sites() == 0 && !program.reads_host()
    }

    /// Returns the tag that it compares with a number, and the numbers at which its level can move.
    pub(crate) fn bounds(&self) -> Option<(TagSlot, [f64; 2])> {
        self.question.bounds()
    }

    /// Returns a probe that has not asked yet.
    pub(crate) fn new(program: &Program, operation: OperationIndex, tasks: Tasks) -> Self {
        let rung = program.ladder().map(|ladder| ladder.rung).unwrap_or_default();
        let row = Row { rung, operation, tasks, last: None, is_in_step: false, pending: false };
        Self { row, question: program.question() }
    }
}

impl Probes {
    /// Returns the probes of a plant.
    pub(crate) fn new(probes: Vec<Probe>, scales: Vec<Scale>, plant: &Plant) -> Self {
        let (rows, questions): (Vec<_>, _) = probes.into_iter().map(|probe| (probe.row, probe.question)).unzip();
        let (pending, pending_scales) = (Vec::with_capacity(rows.len()), Vec::with_capacity(scales.len()));
        let (calm, host, unknown) = (Calm::new(plant.tags.len()), Host::default(), unknown(plant.uncertain));
        Self { rows, questions, pending, scales, pending_scales, calm, host, unknown }
    }

    /// Gives each probe the truth that its triggers saw last.
    pub(crate) fn recall(&mut self, seen: impl Fn(OperationIndex, Tasks) -> Option<bool>) {
        for row in &mut self.rows {
            row.last = seen(row.operation, row.tasks);
            row.is_in_step = false;
            row.rung.forget();
        }
        self.scales.iter_mut().for_each(Scale::forget);
        self.calm.forget_all();
    }

    /// Tells whether what a tag touches knows its level, and has seen it in the image as it is.
    pub(crate) fn are_in_step(&self, target: Target) -> bool {
        match target {
            Target::Probe(probe) => self.rows[probe as usize].is_in_step,
            Target::Scale(scale) => self.scales[scale as usize].is_in_step(),
            Target::Operation(..) | Target::Derived(_) | Target::Guard(..) | Target::Capture(_) => false,
        }
    }

    /// Turns contacts as the number of their tag wants; without one nothing is known of them.
    #[inline]
    pub(crate) fn turn(&mut self, levers: &[Lever], number: Option<f64>) {
        for &Lever { contact, probe } in levers {
            let is_closed = number.map(|number| contact.is_closed_by(number));
            self.rows[probe as usize].rung.note(contact, is_closed);
        }
    }

    /// Marks a probe: a tag that it reads changed.
    #[inline]
    pub(crate) fn mark(&mut self, probe: u32) {
        if !std::mem::replace(&mut self.rows[probe as usize].pending, true) {
            self.pending.push(probe);
        }
    }

    /// Marks the probes of a scale: its tag changed.
    #[inline]
    pub(crate) fn mark_scale(&mut self, scale: u32) {
        if !std::mem::replace(&mut self.scales[scale as usize].pending, true) {
            self.pending_scales.push(scale);
        }
    }

    /// Asks the marked probes, and touches the operations whose levels moved or are not known.
    #[inline]
    pub(crate) fn ask(&mut self, image: &[Cell], now: Timestamp, plant: &Plant, touched: &mut Touched) {
        while let Some(scale) = self.pending_scales.pop() {
            self.scales[scale as usize].pending = false;
            self.ask_scale(scale, image, now, plant, touched);
        }
        while let Some(probe) = self.pending.pop() {
            self.rows[probe as usize].pending = false;
            self.ask_one(probe, image, now, plant, touched);
        }
    }

    /// Asks those probes of a scale whose levels may have moved.
    #[inline(never)]
    pub(crate) fn ask_scale(
        &mut self,
        scale: u32,
        image: &[Cell],
        now: Timestamp,
        plant: &Plant,
        touched: &mut Touched,
    ) {
        for place in self.scales[scale as usize].move_on(image) {
            let probe = self.scales[scale as usize].probe(place);
            self.ask_one(probe, image, now, plant, touched);
        }
    }

    /// Asks a probe, and touches its operation if its level moved or is not known.
    #[expect(clippy::inline_always, reason = "it is most of what a reading costs that moves no level")]
    #[inline(always)]
    pub(crate) fn ask_one(&mut self, probe: u32, image: &[Cell], now: Timestamp, plant: &Plant, touched: &mut Touched) {
        let truth = self.rows[probe as usize].rung.truth();
        let known = truth.or_else(|| self.evaluate(probe, image, now, plant));
        let Self { rows, calm, .. } = self;
        let row = &mut rows[probe as usize];
        let was_in_step = std::mem::replace(&mut row.is_in_step, known.is_some());
        if known.is_none() || known != row.last {
            if was_in_step && known.is_none() {
                // An unknown level is looked at whenever anything of it changes.
                calm.forget_read(plant, row.operation, row.tasks);
            }
            row.last = known;
            touched.add(row.operation, row.tasks);
        }
    }

    /// Evaluates the truth of a probe, unless it is unknown.
    fn evaluate(&self, probe: u32, image: &[Cell], now: Timestamp, plant: &Plant) -> Option<bool> {
        let question = &self.questions[probe as usize];
        let truth = question
            .ask_image(image)
            .unwrap_or_else(|| question.ask(&mut Context::of(image, now, plant.zone, &self.host, &mut [])));
        (!truth.status.any(self.unknown)).then_some(truth.value)
    }
}

/// Returns the status bits that make a level unknown.
pub(crate) const fn unknown(uncertain: UncertainPolicy) -> Status {
    let unknown = Status::BAD.with(Status::ERROR).with(Status::NULL);
    match uncertain {
        UncertainPolicy::Good => unknown,
        UncertainPolicy::Bad => unknown.with(Status::UNCERTAIN),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_looked_at_is_one_line_of_the_cache() {
        assert_eq!(size_of::<Row>(), 64);
    }
}
