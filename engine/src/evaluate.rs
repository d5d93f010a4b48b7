//! Phase 2: the expressions of the touched operations are evaluated, and edges found.

use latchwork_expr::{Cell, Context, Evaluated, Host, Note, Program, Quality, Site, Status, TagSlot, Truth, Value};

use crate::captures::{Cut, captures_before};
use crate::effect::{EventKind, Info};
use crate::limits::FAULT_EVENT_INTERVAL_MICROS;
use crate::operation::OperationState;
use crate::plant::{Operation, OperationIndex, OrderResolution, Plant, Trigger, TriggerType, UncertainPolicy};
use crate::probe::unknown;
use crate::scan::Moment;
use crate::step::{Engine, Turn, shown};
use crate::timer::TimerKind;
use crate::touched::Tasks;
use crate::trigger::{Change, Level, Role, ScanTime, TriggerState};
use crate::wiring::Target;

impl Engine {
    /// Evaluates what each touched operation asks for; then the holds that are due, for a level that a block moves in
    /// this very scan is what the hold is held against.
    pub(crate) fn evaluate(&mut self, turn: &mut Turn<'_>) {
        let plant = self.plant.clone();
        for place in 0..self.touched.len() {
            let (operation, tasks) = self.touched.get(place);
            let start = self.evaluate_triggers(&plant, operation, tasks, turn);
            self.complete_holds(operation, tasks, turn.scan_time());
            self.note_interruption(operation, start);
            if tasks.has(Tasks::ORDER) {
                self.evaluate_order(&plant, operation, turn);
            }
            self.set_hold_timers(operation);
        }
    }

    fn complete_holds(&mut self, operation: OperationIndex, tasks: Tasks, now: ScanTime) {
        let state = self.state_mut(operation);
        if tasks.has(Tasks::STOP_DUE) {
            state.stop.come_due(now);
        }
        if tasks.has(Tasks::START_DUE) {
            state.start.come_due(now);
        }
    }

    /// Evaluates the triggers; returns what became of the start level.
    fn evaluate_triggers(&mut self, plant: &Plant, index: OperationIndex, tasks: Tasks, turn: &mut Turn<'_>) -> Change {
        let row = &plant.operations[index.index()];
        let mut start = Change::Nothing;
        for (task, trigger, role) in [
            (Tasks::FAULT, &row.fault, Role::Stop),
            (Tasks::STOP, &row.stop, Role::Stop),
            (Tasks::START, &row.start, Role::Start),
        ] {
            let Some(trigger) = trigger.as_ref().filter(|_| tasks.has(task)) else { continue };
            let level = self.level(plant, index, task, trigger, turn);
            let memory = memory(self.state_mut(index), task);
            let was_known = memory.is_known();
            let change = memory.observe(trigger, role, row.first_scan, level, turn.scan_time());
            if task == Tasks::STOP && was_known && !memory.is_known() {
                self.note_unseen(index, turn);
            }
            if role == Role::Start && trigger.kind != TriggerType::Change {
                start = change;
            }
        }
        start
    }

    /// A short interruption is not a new start: a start level that is lost while a stop hold is
    /// pending on the open run, and asks again when none is any more, goes on with that run.
    fn note_interruption(&mut self, operation: OperationIndex, start: Change) {
        let state = self.state_mut(operation);
        let pending = state.stop_is_pending();
        let Some(run) = &mut state.run else { return };
        match start {
            Change::Nothing => {}
            Change::Lost => run.interrupted |= pending,
            Change::Began => {
                if std::mem::take(&mut run.interrupted) && !pending {
                    state.start.mark_continuing(run.lineage);
                }
            }
        }
    }

    pub(crate) fn set_hold_timers(&mut self, operation: OperationIndex) {
        let state = &self.operations[operation.index()];
        let (start, stop) = (state.start.deadline(), state.stop.deadline());
        self.timers.set(operation, TimerKind::StartHold, start);
        self.timers.set(operation, TimerKind::StopHold, stop);
    }

    fn level(
        &mut self,
        plant: &Plant,
        index: OperationIndex,
        task: Tasks,
        trigger: &Trigger,
        turn: &mut Turn<'_>,
    ) -> Level {
        let host = host(plant, index, &self.operations[index.index()], &trigger.program, self.before);
        let sites = &mut memory(&mut self.operations[index.index()], task).sites;
        let mut context = context(&self.image, plant, index, turn.now, &host, sites);
        let (level, failed) = match trigger.kind {
            TriggerType::RisingEdge => asks(trigger.program.truth(&mut context), plant.uncertain, true),
            TriggerType::FallingEdge => asks(trigger.program.truth(&mut context), plant.uncertain, false),
            TriggerType::Change => value(trigger.program.evaluate(&mut context), plant.uncertain),
        };
        if trigger.program.keeps_state() {
            self.set_block_timer(index, task, turn.now);
        }
        self.follow_paths(Target::Operation(index, task));
        self.judge((index, task), &trigger.program, &host, failed, turn);
        level
    }

    fn evaluate_order(&mut self, plant: &Plant, index: OperationIndex, turn: &mut Turn<'_>) {
        let OrderResolution::Expression(program, _) = &plant.operations[index.index()].order else { return };
        let host = host(plant, index, &self.operations[index.index()], program, self.before);
        let sites = &mut self.operations[index.index()].order_sites;
        let evaluated = program.evaluate(&mut context(&self.image, plant, index, turn.now, &host, sites));
        if program.keeps_state() {
            self.set_block_timer(index, Tasks::ORDER, turn.now);
        }
        let failed = evaluated.is_error();
        self.state_mut(index).good_order = good_order(&evaluated, plant);
        self.follow_paths(Target::Operation(index, Tasks::ORDER));
        self.judge((index, Tasks::ORDER), program, &host, failed, turn);
    }

    /// Has an expression evaluated again when the soonest of its blocks asks for it.
    fn set_block_timer(&mut self, operation: OperationIndex, task: Tasks, now: Moment) {
        let due = Site::next_due(self.operations[operation.index()].sites_mut(task), now.monotonic);
        self.timers.set(operation, TimerKind::of_blocks(task), due);
    }

    /// Evaluates a program once, outside the triggers: for the duration that a record should take.
    pub(crate) fn evaluate_once(&self, index: OperationIndex, program: &Program, now: Moment) -> Evaluated {
        let host = host(&self.plant, index, self.state(index), program, self.before);
        let mut sites = program.fresh_sites();
        program.evaluate(&mut context(&self.image, &self.plant, index, now, &host, &mut sites))
    }

    /// Tells a failed evaluation, at most once a minute; a success ends the trouble. An expression
    /// that fails because a tag is not known yet, or not now, has no fault of its own.
    fn judge(
        &mut self,
        (index, task): (OperationIndex, Tasks),
        program: &Program,
        host: &Host,
        failed: bool,
        turn: &mut Turn<'_>,
    ) {
        if !failed {
            let trouble = &mut self.state_mut(index).trouble;
            if trouble.text.is_some() {
                trouble.text = None;
            }
            return;
        }
        let by_path: Vec<TagSlot> = self.state(index).sites(task).iter().filter_map(Site::tag).collect();
        self.tell_failure(index, program, &by_path, host, turn);
    }

    /// Tells a failed evaluation, unless a tag that the program names or reads by a computed path is not known, or a
    /// capture has no value, as none has while no record is open.
    pub(crate) fn tell_failure(
        &mut self,
        index: OperationIndex,
        program: &Program,
        by_path: &[TagSlot],
        host: &Host,
        turn: &mut Turn<'_>,
    ) {
        if program.reads().iter().chain(by_path).any(|slot| !is_known(&self.image[slot.index()])) {
            return;
        }
        let has_value = |name: &String| host.captures.iter().any(|(own, value)| own == name && !value.is_null());
        if !program.captures().iter().all(has_value) {
            return;
        }
        let state = self.state_mut(index);
        state.counters.faults += 1;
        let held = |told| turn.now.monotonic.micros_since(told) < FAULT_EVENT_INTERVAL_MICROS;
        if state.trouble.text.is_some() || state.trouble.told.is_some_and(held) {
            return;
        }
        let reason = self.reason(index, program, host, turn.now);
        self.tell_fault(index, format!("`{}`: {reason}", program.text()), turn);
    }

    /// Tells a run-time problem of an operation.
    pub(crate) fn tell_fault(&mut self, operation: OperationIndex, text: String, turn: &mut Turn<'_>) {
        let text = latchwork_expr::Text::from(text);
        let trouble = &mut self.state_mut(operation).trouble;
        trouble.text = Some(text.clone());
        trouble.told = Some(turn.now.monotonic);
        turn.tell(EventKind::TriggerFault, Info::Fault { operation, text });
    }

    /// Returns why a program fails, by evaluating it once more with notes. Call sites with state
    /// start fresh here, so that asking changes nothing.
    fn reason(&self, index: OperationIndex, program: &Program, host: &Host, now: Moment) -> String {
        let mut sites = program.fresh_sites();
        let mut notes: Vec<Note> = Vec::new();
        let mut context = context(&self.image, &self.plant, index, now, host, &mut sites);
        context.notes = Some(&mut notes);
        program.evaluate(&mut context);
        let name = &self.plant.operations[index.index()].name;
        notes.first().map_or_else(|| format!("not a level in `{name}`"), |note| note.message.clone())
    }
}

fn memory(state: &mut OperationState, task: Tasks) -> &mut TriggerState {
    match task {
        Tasks::START => &mut state.start,
        Tasks::STOP => &mut state.stop,
        _ => &mut state.fault,
    }
}

pub(crate) fn context<'a>(
    image: &'a [Cell],
    plant: &Plant,
    index: OperationIndex,
    now: Moment,
    host: &'a Host,
    sites: &'a mut [Site],
) -> Context<'a> {
    let (zone, first_scan) = (plant.zone, plant.operations[index.index()].first_scan);
    let monotonic = now.monotonic;
    Context { monotonic, first_scan, ..Context::of(image, now.wall, zone, host, sites) }
}

/// Returns what host references read: the operation as of the end of the scan before.
pub(crate) fn host(
    plant: &Plant,
    index: OperationIndex,
    state: &OperationState,
    program: &Program,
    before: Cut,
) -> Host {
    if !program.reads_host() {
        return Host::default();
    }
    let row: &Operation = &plant.operations[index.index()];
    let record = state.run.as_ref().map(|run| &run.record);
    Host {
        operation_name: shown(Some(&row.name)),
        operation_location: shown(Some(&plant.locations[row.location.index()].path)),
        operation_production_order: shown(record.and_then(|record| Some(record.order.as_ref()?.name.as_str()))),
        operation_status: shown(Some(state.status().name())),
        operation_start_date: record.map_or(Value::Null, |record| Value::Date(record.start.wall)),
        captures: captures_before(row, state, program, before),
        ..Host::default()
    }
}

/// Returns a truth as a level, and whether its evaluation failed.
fn asks(truth: Truth, uncertain: UncertainPolicy, asked: bool) -> (Level, bool) {
    if truth.status.any(unknown(uncertain)) {
        return (Level::Unknown, truth.status.any(Status::ERROR));
    }
    (Level::Asks(truth.value == asked), false)
}

/// Returns a value as the level of a CHANGE, and whether its evaluation failed.
fn value(evaluated: Evaluated, uncertain: UncertainPolicy) -> (Level, bool) {
    let failed = evaluated.is_error();
    if is_trusted(evaluated.quality, uncertain) && is_comparable(&evaluated.value) {
        return (Level::Value(evaluated.value), false);
    }
    (Level::Unknown, failed)
}

/// Null is unknown; so is NaN, which would differ from itself in every scan.
fn is_comparable(value: &Value) -> bool {
    !value.is_null() && !matches!(value, Value::Float(value) if value.is_nan())
}

/// Tells whether a value of this quality is known.
pub(crate) fn is_trusted(quality: Quality, uncertain: UncertainPolicy) -> bool {
    use latchwork_expr::Level::{Bad, Error, Good, Uncertain};
    match (quality.level(), uncertain) {
        (Good, _) | (Uncertain, UncertainPolicy::Good) => true,
        (Uncertain, UncertainPolicy::Bad) | (Bad | Error, _) => false,
    }
}

/// Tells whether a tag can be blamed for nothing: Good or Uncertain, and not null.
fn is_known(cell: &Cell) -> bool {
    is_trusted(cell.quality, UncertainPolicy::Good) && !cell.value.is_null()
}

/// Returns the order that a value names: known and not empty; a whole number without `.0`.
pub(crate) fn good_order(evaluated: &Evaluated, plant: &Plant) -> Option<latchwork_expr::Text> {
    if !is_trusted(evaluated.quality, plant.uncertain) || !is_comparable(&evaluated.value) {
        return None;
    }
    let text = latchwork_expr::text(&evaluated.value, plant.zone);
    let text = match &evaluated.value {
        Value::Float(_) => text.strip_suffix(".0").unwrap_or(&text).to_owned(),
        Value::Null
        | Value::Boolean(_)
        | Value::Integer(_)
        | Value::String(_)
        | Value::Date(_)
        | Value::Dataset(_)
        | Value::Document(_)
        | Value::Quality(_) => text,
    };
    (!text.is_empty()).then(|| text.into())
}
