//! Explaining changes nothing, and what it says agrees with what happens next: over random plants and traces.

use latchwork_engine::{
    Effect, Engine, EventKind, Explanation, Fate, Info, Input, Known, OperationIndex, Scan, ScanTime,
    TriggerExplanation, TriggerRole, What,
};
use latchwork_gateway::drive::Sink;
use latchwork_gateway::explain::Findings;
use latchwork_gateway::output::records::Form;
use latchwork_gateway::output::replayed::{Output, Replayed, Selection};
use latchwork_gateway::replay::Audience;

use super::run;
use crate::model::{Case, plant_toml, plant_toml_with_derived_tags, random_case};
use crate::properties::{seeds, with_ids};
use crate::rerun::{self, Shared};

/// How many random plants the ordinary test run looks at.
const SEEDS: u64 = 400;
/// Every how many scans the whole page is written.
const PAGES_EVERY: u64 = 16;

/// Explains every operation before every scan, and looks whether it comes as it was said.
struct Prophet {
    replayed: Replayed,
    said: Vec<Explanation>,
    scan: Option<Seen>,
    /// Whose records opened in the scan, and whose closed.
    opened: Vec<OperationIndex>,
    closed: Vec<OperationIndex>,
    seen: Counts,
}

/// The scan that was taken last.
struct Seen {
    when: ScanTime,
    is_timer: bool,
}

/// How often each thing was looked at: a look at nothing proves nothing.
#[derive(Debug, Default)]
struct Counts {
    fired_when_said: u64,
    opened_as_said: u64,
    ignored_as_said: u64,
    levels: u64,
}

impl Sink for Prophet {
    fn see(&mut self, engine: &Engine, scan: &Scan<'_>) {
        if self.scan.is_some() {
            self.compare(engine);
        }
        let now = self.scan.as_ref().map_or(scan.at, |seen| seen.when.at);
        let operations = (0..).map(OperationIndex).take(engine.plant().operations.len());
        self.said = operations.map(|operation| engine.explain(operation, now, &[])).collect();
        if scan.sequence.is_multiple_of(PAGES_EVERY) {
            self.write_pages(engine, now);
        }
        self.opened.clear();
        self.closed.clear();
        let when = ScanTime { at: scan.at, scan: scan.sequence };
        self.scan = Some(Seen { when, is_timer: matches!(scan.input, Input::Timer) });
    }

    fn take(&mut self, engine: &Engine, effects: &mut Vec<Effect>) {
        for effect in effects.iter() {
            let Effect::Event(event) = effect else { continue };
            let Info::Record(record) = &event.info else { continue };
            if event.kind == EventKind::OperationStarted {
                self.opened.push(record.operation);
            } else if record.end.is_some() && event.kind != EventKind::OperationEdited {
                self.closed.push(record.operation);
            }
        }
        self.replayed.take(engine, effects);
    }
}

impl Audience for Prophet {
    fn replayed(&mut self) -> &mut Replayed {
        &mut self.replayed
    }
}

impl Prophet {
    fn write_pages(&self, engine: &Engine, now: latchwork_engine::Moment) {
        for explanation in &self.said {
            let findings = Findings::now(engine, explanation.operation, now, None, 600_000_000);
            assert!(findings.to_string().lines().count() > 5);
            assert!(findings.to_json()["verdict"].as_array().is_some_and(|verdict| !verdict.is_empty()));
        }
    }

    fn compare(&mut self, engine: &Engine) {
        let Some(Seen { when, is_timer }) = self.scan.take() else { return };
        for said in std::mem::take(&mut self.said) {
            for before in &said.triggers {
                let after = engine.explain(said.operation, when.at, &[]);
                let after = after.triggers.into_iter().find(|after| after.role == before.role).unwrap();
                self.compare_trigger(before, &after, when, is_timer);
                self.compare_level(engine, said.operation, &after);
            }
            self.compare_fate(engine, &said, when);
        }
    }

    /// A hold fires at the deadline that it names, if its level stands; and nothing fires later than its edge that was
    /// not said to be pending.
    fn compare_trigger(
        &mut self,
        before: &TriggerExplanation,
        after: &TriggerExplanation,
        when: ScanTime,
        is_timer: bool,
    ) {
        let fired = after.fired.as_ref().filter(|fired| fired.when == when);
        if let Some(fired) = fired
            && fired.edge.when != when
        {
            let pending = before.pending.as_ref().map(|pending| pending.edge.when);
            assert_eq!(pending, Some(fired.edge.when), "fired without having been pending: {fired:?}");
        }
        let Some(pending) = before.pending.as_ref().filter(|pending| !pending.is_overdue) else { return };
        let is_due = is_timer && pending.deadline.monotonic <= when.at.monotonic;
        let stood = after.is_known && after.came.is_none_or(|came| came.when != when || fired.is_some());
        let is_other = after.missed.as_ref().is_some_and(|missed| missed.when == when);
        if is_due && pending.deadline.monotonic == when.at.monotonic && stood && !is_other {
            assert!(fired.is_some(), "was to fire at {:?}: {before:?}", pending.deadline);
            self.seen.fired_when_said += 1;
        }
    }

    /// What the tree says is what the trigger knows.
    fn compare_level(&mut self, engine: &Engine, operation: OperationIndex, after: &TriggerExplanation) {
        let trigger = engine.trigger(operation, after.role).unwrap();
        let program = &trigger.program;
        if program.keeps_state() || program.reads_host() || !program.captures().is_empty() || !after.is_known {
            return;
        }
        if let Known::Truth(truth) = after.level {
            let value = latchwork_expr::text(&after.tree.result.value, engine.plant().zone);
            let is_true = !matches!(value.as_str(), "false" | "0" | "0.0" | "-0.0");
            assert_eq!(is_true, truth, "{}: {value}", program.text());
            self.seen.levels += 1;
        }
    }

    /// A start that was pending comes to what was said, if nothing else happened in its scan.
    fn compare_fate(&mut self, engine: &Engine, said: &Explanation, when: ScanTime) {
        let start = said.triggers.iter().find(|trigger| trigger.role == TriggerRole::Start);
        let Some(fate) = start.and_then(|start| start.pending.as_ref()?.fate.as_ref()) else { return };
        let mut fired = None;
        for operation in (0..).map(OperationIndex).take(engine.plant().operations.len()) {
            for found in engine.happenings(operation).filter(|found| found.when == when) {
                // CHANGE moves its memory when it fires.
                let is_part = matches!(found.what, What::Ignored(_) | What::Level { role: TriggerRole::Start, .. });
                let start = if let What::Fired(TriggerRole::Start, start) = found.what { Some(start) } else { None };
                if operation != said.operation || !(is_part || start.is_some()) {
                    return;
                }
                fired = fired.or(start);
            }
        }
        if fired.is_none_or(|fired| fired.edge.when == when) {
            return;
        }
        let has_ended = self.closed.contains(&said.operation) && !self.opened.contains(&said.operation);
        let ignored = engine.explain(said.operation, when.at, &[]).ignored.filter(|ignored| ignored.when == when);
        match (fate, ignored) {
            (Fate::Opens, None) => {
                assert!(self.opened.contains(&said.operation) && !has_ended, "was to open: {said:?}");
                self.seen.opened_as_said += 1;
            }
            (Fate::Ignored(why), Some(ignored)) => {
                assert_eq!(*why, ignored.why);
                self.seen.ignored_as_said += 1;
            }
            (fate, ignored) => {
                // A maximum or an order that came due in the same scan changed what the start met.
                assert!(!self.closed.is_empty() || !self.opened.is_empty(), "{fate:?} became {ignored:?}");
            }
        }
    }
}

#[test]
fn explaining_changes_nothing_and_is_true() {
    let mut counts = Counts::default();
    for seed in seeds(SEEDS) {
        let Case { plant, trace } = random_case(seed);
        let plant = if seed.is_multiple_of(3) { plant_toml_with_derived_tags(&plant) } else { plant_toml(&plant) };
        let commands = with_ids(&plant, &trace.csv(), &trace.command_lines());
        let mut files = vec![("trace.csv".to_owned(), trace.csv())];
        files.extend((!commands.is_empty()).then(|| ("commands.jsonl".to_owned(), commands)));
        let named: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
        let wanted = rerun::replay(&plant, &named).events;

        let events = Shared::default();
        let selection = Selection { sorted: true, ..Selection::default() };
        let (records, lines) = (Output::new("records", Shared::default()), Output::new("events", events.clone()));
        let replayed = Replayed::new(Form::JsonLines, records, Some(lines), selection).unwrap();
        let (said, opened, closed) = (Vec::new(), Vec::new(), Vec::new());
        let mut prophet = Prophet { replayed, said, scan: None, opened, closed, seen: counts };
        let report = run(&plant, &files, None, &mut prophet);
        prophet.compare(report.engine());
        assert!(wanted == events.text(), "seed {seed}: explaining changed something");
        counts = prophet.seen;
    }
    let Counts { fired_when_said, opened_as_said, ignored_as_said, levels } = counts;
    let few = fired_when_said < 100 || opened_as_said < 50 || ignored_as_said < 10 || levels < 1000;
    assert!(!few, "the plants show too little: {counts:?}");
}
