//! Looks on while a trace replays, at one operation: what each scan did to it, and how it stood at the moment.

use std::collections::VecDeque;
use std::sync::Arc;

use latchwork_engine::{Effect, Engine, Input, Moment, OperationIndex, Record, RecordChange, Scan, ScanTime};
use latchwork_expr::{Timestamp, Tz};

use super::clock::Clock;
use super::findings::{Doing, Findings, Scanned, Source, tags};
use super::limits::{AFTER_SCANS_MAX, BEFORE_SCANS_MAX};
use super::phrases::phrases;
use super::subject::Subject;
use crate::drive::Sink;
use crate::exit::Failure;
use crate::output::records::Form;
use crate::output::replayed::{Replayed, Selection, nowhere};
use crate::replay::Audience;

/// What is asked of a trace.
#[derive(Clone, Debug)]
pub struct Question {
    /// The operation: its name, `Location/Path:Name`, or its id.
    pub operation: String,
    /// The moment.
    pub at: Timestamp,
    /// How far around it what happened is told, in microseconds.
    pub window_micros: i64,
    /// The zone in which times are told; that of the plant if none is given.
    pub zone: Option<Tz>,
}

/// Looks on.
#[derive(Debug)]
pub struct Observer {
    question: Question,
    clock: Clock,
    replayed: Replayed,
    subject: Option<Subject>,
    /// Why there is no operation of the name in the plant that ran last.
    unnamed: Option<String>,
    last: Option<ScanTime>,
    /// Whether the last scan was looked at already.
    is_settled: bool,
    first: Option<Timestamp>,
    scans: u64,
    /// What was told of the last scan: records and refusals.
    told: Doing,
    doing: Doing,
    before: VecDeque<Scanned>,
    left_out: u64,
    found: Option<Findings>,
    is_over: bool,
}

impl Observer {
    /// Returns who looks on for a question.
    pub fn new(question: Question) -> Result<Self, Failure> {
        let clock = Clock::at(question.at, question.zone.unwrap_or_default());
        Ok(Self {
            replayed: Replayed::new(Form::JsonLines, nowhere(), None, Selection::default())?,
            question,
            clock,
            subject: None,
            unnamed: None,
            last: None,
            is_settled: true,
            first: None,
            scans: 0,
            told: Doing::default(),
            doing: Doing::default(),
            before: VecDeque::new(),
            left_out: 0,
            found: None,
            is_over: false,
        })
    }

    /// Returns what was found, as of the engine at the end of the trace if that ends before the moment; else why
    /// there is nothing. Without an engine the trace was not read to its end.
    pub fn findings(mut self, engine: Option<&Engine>) -> Result<Findings, String> {
        if let Some(engine) = engine {
            self.settle(engine);
            if self.found.is_none() && self.last.is_some() {
                self.find(engine);
            }
        }
        let scans = self.scans;
        match (self.found, self.first, self.unnamed) {
            (Some(mut found), _, _) => {
                let last = self.last.map(|last| last.at.wall).filter(|&last| last < self.question.at);
                let is_end = last.is_some() && !self.is_over && found.after.is_empty();
                found.source = Source::Trace { scans, ended: last.filter(|_| is_end) };
                Ok(found)
            }
            (None, _, Some(unnamed)) => Err(unnamed),
            (None, Some(first), None) => {
                Err(format!("the trace begins at {}, after that moment", self.clock.date_and_time(first)))
            }
            (None, None, None) => Err("the trace has no scan".to_owned()),
        }
    }

    /// Tells whether the moment was found.
    pub const fn has_found(&self) -> bool {
        self.found.is_some()
    }

    /// Looks at what the last scan did.
    fn settle(&mut self, engine: &Engine) {
        if std::mem::replace(&mut self.is_settled, true) {
            return;
        }
        let (Some(last), Some(subject)) = (self.last, &mut self.subject) else { return };
        subject.look(engine, last);
        let happenings = engine.happenings(subject.operation).filter(|found| found.when.scan == last.scan);
        self.doing = Doing { happenings: happenings.collect(), ..std::mem::take(&mut self.told) };
        let is_early = last.at.wall.0 < self.question.at.0.saturating_sub(self.question.window_micros);
        if self.doing.is_empty() || is_early {
            return;
        }
        let phrases = phrases(engine, subject.operation, &self.doing, self.clock);
        let scanned = Scanned { when: last, phrases };
        match &mut self.found {
            Some(found) => found.after.push(scanned),
            None => self.keep(scanned),
        }
    }

    fn keep(&mut self, scanned: Scanned) {
        if self.before.len() == BEFORE_SCANS_MAX {
            self.before.pop_front();
            self.left_out += 1;
        }
        self.before.push_back(scanned);
    }

    /// Takes down how things stand at the moment.
    fn find(&mut self, engine: &Engine) {
        let (Some(subject), Some(last)) = (&self.subject, self.last) else { return };
        let micros = self.question.at.0.saturating_sub(last.at.wall.0).max(0);
        let explanation = engine.explain(subject.operation, last.at.plus_micros(micros), &subject.asked);
        let tags = tags(engine, &explanation, |slot| subject.since(slot));
        self.found = Some(Findings {
            plant: Arc::clone(&subject.plant),
            explanation,
            last: Some(last),
            doing: std::mem::take(&mut self.doing),
            tags,
            before: std::mem::take(&mut self.before).into(),
            left_out: self.left_out,
            after: Vec::new(),
            window_micros: self.question.window_micros,
            source: Source::Trace { scans: self.scans, ended: None },
            clock: self.clock,
        });
    }

    /// A scan comes at a time: if that is after the moment, this is the last chance to see how things stood then.
    fn expect(&mut self, engine: &Engine, next: Moment) {
        self.settle(engine);
        if next.wall <= self.question.at {
            return;
        }
        match (&self.found, self.last) {
            (None, Some(_)) => self.find(engine),
            (None, None) => self.is_over = true,
            (Some(found), _) => {
                let is_far = next.wall.0 > self.question.at.0.saturating_add(self.question.window_micros);
                self.is_over |= is_far || found.after.len() >= AFTER_SCANS_MAX;
            }
        }
        self.is_over |= self.found.is_none();
    }

    /// Finds the operation in a plant that is another one now.
    fn meet(&mut self, engine: &Engine) {
        if self.subject.as_ref().is_some_and(|subject| std::ptr::eq(Arc::as_ptr(&subject.plant), engine.plant())) {
            return;
        }
        let plant = engine.shared_plant();
        self.clock = Clock::at(self.question.at, self.question.zone.unwrap_or(plant.zone));
        match engine.operation_named(&self.question.operation) {
            Ok(operation) => self.subject = Some(Subject::new(plant, operation, engine)),
            Err(reason) => {
                self.unnamed = Some(reason);
                self.subject = None;
            }
        }
    }

    /// The gateway started anew: scans that were never committed are no part of what goes on.
    fn revoke_from(&mut self, sequence: u64) {
        self.before.retain(|scanned| scanned.when.scan < sequence);
    }
}

impl Doing {
    fn is_empty(&self) -> bool {
        self.happenings.is_empty() && self.records.is_empty() && self.refusals.is_empty()
    }
}

impl Sink for Observer {
    fn see(&mut self, engine: &Engine, scan: &Scan<'_>) {
        self.first.get_or_insert(scan.at.wall);
        self.expect(engine, scan.at);
        if self.is_over {
            return;
        }
        if matches!(scan.input, Input::Boot) {
            self.revoke_from(scan.sequence);
        }
        self.meet(engine);
        if let Some(subject) = &mut self.subject {
            subject.remembered = engine.remembered(subject.operation);
        }
        self.told = Doing::default();
        self.scans += 1;
        self.last = Some(ScanTime { at: scan.at, scan: scan.sequence });
        self.is_settled = false;
    }

    fn take(&mut self, engine: &Engine, effects: &mut Vec<Effect>) {
        if let Some(subject) = &self.subject {
            let changes = effects.iter().filter_map(|effect| change(effect, subject.operation));
            self.told.records.extend(changes.map(|(change, record)| (change, record.clone())));
            self.told.refusals.extend(effects.iter().filter_map(|effect| refusal(effect, subject.operation)));
        }
        self.replayed.take(engine, effects);
    }
}

impl Audience for Observer {
    fn replayed(&mut self) -> &mut Replayed {
        &mut self.replayed
    }

    fn leave(&mut self, engine: &Engine, next: Moment) {
        self.expect(engine, next);
    }

    fn has_heard_enough(&self) -> bool {
        self.is_over
    }
}

/// Returns why a command to an operation was refused, if that is the effect.
fn refusal(effect: &Effect, operation: OperationIndex) -> Option<String> {
    let Effect::Answered(answer) = effect else { return None };
    let rejection = answer.answer.as_ref().err().filter(|rejection| rejection.operation == Some(operation))?;
    Some(format!("{}: {}", rejection.kind.name(), rejection.text))
}

/// Returns which record of an operation an effect opened, closed or changed.
fn change(effect: &Effect, operation: OperationIndex) -> Option<(RecordChange, &Record)> {
    let Effect::Event(event) = effect else { return None };
    event.change().filter(|(_, record)| record.operation == operation)
}
