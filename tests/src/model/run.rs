//! The loop: samples and timers become scans, and a scan is its phases in order.

use super::command::ModelCommand;
use super::crash::Crash;
use super::names::{EdgeKind, FirstScan};
use super::plant::{Micros, ModelPlant, ModelTrigger};
use super::record::Outcome;
use super::reload::Reload;
use super::trace::{ModelTrace, Row, SampleScan};
use super::trigger::{Edge, Moment, Role};
use super::value::ModelValue;
use super::world::{Found, World};

/// What comes from outside.
enum News<'t> {
    Samples(SampleScan),
    Command(&'t ModelCommand),
    Reload(&'t Reload),
}

/// Runs the plant over the trace.
pub fn run(plant: &ModelPlant, trace: &ModelTrace) -> Outcome {
    let mut world = World::new(plant);
    let mut crashes = trace.crashes.iter().peekable();
    for (at, news) in all_news(plant, trace) {
        while let Some(crash) = crashes.next_if(|crash| crash.up <= at) {
            world.crash(crash);
        }
        if crashes.peek().is_some_and(|crash| crash.committed < at) {
            continue;
        }
        match news {
            News::Samples(scan) => world.take_samples(&scan),
            News::Command(command) => world.take_command(command),
            News::Reload(reload) => world.reload(reload),
        }
    }
    crashes.for_each(|crash| world.crash(crash));
    if let Some(end) = trace.end() {
        world.run_timers(end);
        world.measure_open_runs(end);
    }
    world.outcome()
}

/// Returns all that comes, in its order: commands of one time come behind its samples, and reloads behind these.
fn all_news<'t>(plant: &ModelPlant, trace: &'t ModelTrace) -> Vec<(Micros, News<'t>)> {
    let scans = trace.scans(&plant.tags_read()).into_iter().map(|scan| (scan.at, News::Samples(scan)));
    let commands = trace.commands.iter().map(|command| (command.at, News::Command(command)));
    let reloads = trace.reloads.iter().map(|reload| (reload.at, News::Reload(reload)));
    let mut news: Vec<(Micros, News<'t>)> = scans.chain(commands).chain(reloads).collect();
    news.sort_by_key(|(at, _)| *at);
    news
}

impl World<'_> {
    fn take_samples(&mut self, scan: &SampleScan) {
        self.run_timers(scan.at);
        self.now = scan.at;
        self.due = None;
        self.brought = scan.rows.iter().map(|row| row.tag.clone()).collect();
        self.latch(&scan.rows);
        self.scan();
    }

    /// Takes a command: a scan by itself, behind the samples of its time.
    fn take_command(&mut self, command: &ModelCommand) {
        self.run_timers(command.at);
        self.now = command.at;
        self.due = None;
        self.brought.clear();
        self.scan += 1;
        (0..self.plant.operations.len()).for_each(|operation| self.note_levels(operation));
        self.obey(command);
        (0..self.plant.operations.len()).for_each(|operation| self.note_seen(operation));
        self.run_timers(command.at);
    }

    /// Dies: what was not committed never was. Starts anew, and nobody knows what the machines did meanwhile.
    fn crash(&mut self, crash: &Crash) {
        self.run_timers(crash.committed);
        let died = self.now;
        self.now = crash.up;
        self.due = None;
        self.lose_connections();
        self.judge();
        self.end_unseen_runs();
        self.died = Some(died);
        self.scan();
        self.died = None;
        self.run_timers(crash.up);
    }

    /// Runs every timer that is due up to a time, that time included.
    ///
    /// A deadline that was past when it arose is a scan of its own at the current time.
    pub(super) fn run_timers(&mut self, until: Micros) {
        while let Some(deadline) = self.deadlines().into_iter().min() {
            if deadline > until {
                break;
            }
            self.now = self.now.max(deadline);
            self.due = Some(deadline);
            self.brought.clear();
            self.judge();
            self.scan();
        }
    }

    /// Returns every deadline there is.
    fn deadlines(&self) -> Vec<Micros> {
        let beliefs = self.beliefs.iter().zip(&self.plant.connections);
        let mut deadlines: Vec<Micros> =
            beliefs.filter_map(|(belief, connection)| belief.deadline(connection)).collect();
        for operation in 0..self.plant.operations.len() {
            let memories = &self.memories[operation];
            let holds = [&memories.start.hold, &memories.stop.hold].into_iter().flatten();
            deadlines.extend(holds.filter(|hold| !hold.overdue).map(|hold| hold.deadline));
            let levels = [&memories.start_level, &memories.stop_level, &memories.fault_level];
            for level in levels.into_iter().chain(&memories.capture_levels) {
                deadlines.extend(level.sites.wakes());
            }
            if let Some(run) = self.open_run(operation) {
                deadlines.extend(self.maximum_deadline(run));
                deadlines.extend(self.overrun_deadline(run));
            }
        }
        deadlines.extend(self.window_ends());
        deadlines
    }

    /// Phase 1.
    fn latch(&mut self, rows: &[Row]) {
        for row in rows {
            let reading = row.reading(self.read.get(&row.tag));
            self.read.insert(row.tag.clone(), reading);
        }
        self.judge();
    }

    /// Phases 2 to 6.
    pub(super) fn scan(&mut self) {
        let operations = 0..self.plant.operations.len();
        self.scan += 1;
        self.runs_before = self.runs.len();
        operations.clone().for_each(|operation| self.note_levels(operation));
        self.found = operations.clone().map(|operation| self.find_edges(operation)).collect();
        operations.clone().for_each(|operation| self.stop_phase(operation));
        operations.clone().for_each(|operation| self.order_phase(operation));
        operations.clone().for_each(|operation| self.start_phase(operation));
        operations.clone().for_each(|operation| self.timer_phase(operation));
        self.end_windows();
        operations.for_each(|operation| self.note_seen(operation));
    }

    /// Returns up to when deadlines are due in this scan.
    fn reached(&self) -> Micros {
        if self.died.is_some() { Micros::MIN } else { self.due.unwrap_or(self.now) }
    }

    /// Phase 2 for one operation.
    fn find_edges(&mut self, operation: usize) -> Found {
        let configured = &self.plant.operations[operation];
        let first_scan = self.first_scan(operation);
        let stop = configured.stop.as_ref().and_then(|trigger| {
            let moment = Moment {
                trigger,
                role: Role::Stop,
                first_scan,
                now: self.now,
                scan: self.scan,
                reached: self.reached(),
            };
            let level = self.known_level(operation, &trigger.expression, |memories| &mut memories.stop_level);
            self.memories[operation].stop_is_known = level.is_some();
            self.memories[operation].stop.take(&moment, level).fired
        });
        let start = configured.start.as_ref().and_then(|trigger| self.find_start(operation, trigger, first_scan));
        let fault = configured.fault.as_ref().and_then(|expression| {
            let trigger = ModelTrigger::rising(expression.clone());
            let moment = Moment {
                trigger: &trigger,
                role: Role::Stop,
                first_scan,
                now: self.now,
                scan: self.scan,
                reached: self.reached(),
            };
            let level = self.known_level(operation, expression, |memories| &mut memories.fault_level);
            self.memories[operation].fault.take(&moment, level).fired
        });
        Found { start, stop, fault, split: false }
    }

    /// Finds a start, and whether it only continues a run after a short interruption.
    fn find_start(&mut self, operation: usize, trigger: &ModelTrigger, first_scan: FirstScan) -> Option<Edge> {
        let moment =
            Moment { trigger, role: Role::Start, first_scan, now: self.now, scan: self.scan, reached: self.reached() };
        let level: Option<ModelValue> =
            self.known_level(operation, &trigger.expression, |memories| &mut memories.start_level);
        let turn = self.memories[operation].start.take(&moment, level);
        let mut fired = turn.fired;
        let open = self.open_run(operation);
        let stop_pending = self.stop_pending(operation);
        let memories = &mut self.memories[operation];
        if turn.asked && std::mem::take(&mut memories.lost_in_stop_hold) && !stop_pending {
            let continues = open.map(|run| self.runs[run].began_as);
            let held = memories.start.hold.as_mut().map(|hold| &mut hold.edge);
            for edge in fired.as_mut().into_iter().chain(held) {
                edge.continues = continues;
            }
        }
        if turn.lost && stop_pending && trigger.kind != EdgeKind::Change {
            memories.lost_in_stop_hold = true;
        }
        fired
    }
}
