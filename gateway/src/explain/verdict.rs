//! The answer in plain words: did it start, stop or neither, and why.

use latchwork_engine::{
    EndReason, Explanation, Fired, Ignored, OpenRun, Record, RecordChange, StartReason, Status, TriggerExplanation,
    TriggerRole, TriggerSource, What,
};

use super::clock::between;
use super::findings::{Findings, Source};
use super::phrases::{missed_words, why_words};

impl Findings {
    /// Returns the answer, sentence by sentence, the most important first.
    pub fn verdict(&self) -> Vec<String> {
        let mut sentences = self.done();
        if sentences.is_empty() {
            let nothing = || match self.source {
                Source::Trace { .. } => Some("It neither started nor stopped then.".to_owned()),
                Source::Gateway => None,
            };
            sentences.extend(self.not_done().or_else(nothing));
        }
        sentences.extend(self.stands());
        sentences.extend(self.end_of_trace());
        sentences
    }

    /// Returns what the last scan did to records.
    fn done(&self) -> Vec<String> {
        let changes = self.doing.records.iter();
        let told = changes.filter_map(|(change, record)| match change {
            RecordChange::Opened => Some(self.opened(record)),
            RecordChange::Closed => Some(self.closed(record)),
            RecordChange::Changed | RecordChange::Edited => None,
        });
        told.collect()
    }

    fn opened(&self, record: &Record) -> String {
        let at = self.time(record.start);
        let why = match record.start_reason {
            StartReason::Trigger => match self.fired(TriggerRole::Start) {
                Some(fired) => format!("its start trigger fired{}", self.edge(fired)),
                None => "its start trigger fired".to_owned(),
            },
            StartReason::Command => {
                let actor = record.created_by.as_ref().map(|by| format!(" of {by}")).unwrap_or_default();
                format!("by a command{actor}")
            }
            StartReason::Parent => "its parent's record opened".to_owned(),
            StartReason::ProductionOrderChanged => "its production order changed".to_owned(),
            StartReason::Split => "a command cut the run in two".to_owned(),
        };
        format!("It started at {at}: {why}.")
    }

    fn closed(&self, record: &Record) -> String {
        let at = record.end.map(|end| self.time(end)).unwrap_or_default();
        let why = match record.end_reason {
            Some(EndReason::Trigger) => match self.fired(TriggerRole::Stop) {
                Some(fired) => format!("its stop trigger fired{}", self.edge(fired)),
                None => "its stop trigger fired".to_owned(),
            },
            Some(EndReason::Restart) => {
                "the gateway was started anew, and its restart policy closes what was open".to_owned()
            }
            Some(EndReason::Fault) => "its fault trigger fired".to_owned(),
            Some(EndReason::Command) => "by a command".to_owned(),
            Some(EndReason::Parent) => "its parent's record closed".to_owned(),
            Some(EndReason::Conflict) => format!("{} started in its place", self.successor(record)),
            Some(EndReason::ProductionOrderChanged) => "its production order changed".to_owned(),
            Some(EndReason::MaxDuration) => "it had lasted as long as it may".to_owned(),
            Some(EndReason::Disabled) => "its operation is disabled or was removed".to_owned(),
            Some(EndReason::Split) => "a command cut the run in two".to_owned(),
            None => "it is closed".to_owned(),
        };
        let lasted = record.end.map(|end| between(record.start, end)).unwrap_or_default();
        format!("It stopped at {at}, after {lasted}: {why}.")
    }

    /// Returns whose run took the place of one that ended by a conflict, if it is still open.
    fn successor(&self, record: &Record) -> String {
        let later = |run: &&OpenRun| record.end.is_some_and(|end| run.start.monotonic >= end.monotonic);
        let run = self.explanation.in_scope.iter().find(later);
        let name = run.map(|run| &self.plant.operations[run.operation.index()].name);
        name.map_or_else(|| "another run".to_owned(), |name| format!("a run of `{name}`"))
    }

    /// Returns what a trigger did in the last scan, if it fired then.
    fn fired(&self, role: TriggerRole) -> Option<&Fired> {
        self.doing.happenings.iter().find_map(|found| match &found.what {
            What::Fired(other, fired) if *other == role => Some(fired),
            What::Level { .. }
            | What::Lost(_)
            | What::Found(_)
            | What::Held { .. }
            | What::Overdue(_)
            | What::Missed(..)
            | What::Fired(..)
            | What::Ignored(_) => None,
        })
    }

    /// Returns what is to be known of the edge of a firing.
    fn edge(&self, fired: &Fired) -> String {
        let mut text = String::new();
        if fired.edge.when.scan != fired.when.scan {
            let stood = between(fired.edge.when.at, fired.when.at);
            text = format!(" at {}, when its level had stood for {stood}", self.time(fired.when.at));
        }
        if fired.edge.after_gap {
            text += ", across a gap: nobody saw when it really changed";
        }
        text
    }

    /// Returns why the last scan did nothing that was to be expected of it.
    fn not_done(&self) -> Option<String> {
        let mut sentences = self.doing.happenings.iter().filter_map(|found| match &found.what {
            What::Ignored(ignored) => Some(self.did_not_open(ignored)),
            What::Missed(role, missed) => {
                let kind = self.trigger(*role)?.kind;
                let words = missed_words(missed, kind, self.clock.zone());
                let (did, at) = (did_not(*role), self.time(found.when.at));
                Some(format!("It did not {did} at {at}: the {} level {words}.", role.name()))
            }
            What::Fired(role @ (TriggerRole::Stop | TriggerRole::Fault), fired) => {
                let why = if self.explanation.open.is_some() {
                    "the open run began after that edge"
                } else {
                    "no run was open"
                };
                Some(format!("The {} trigger fired at {}, but {why}.", role.name(), self.time(fired.when.at)))
            }
            What::Level { .. }
            | What::Lost(_)
            | What::Found(_)
            | What::Held { .. }
            | What::Overdue(_)
            | What::Fired(..) => None,
        });
        let refused = self.doing.refusals.first().map(|reason| format!("A command was refused: {reason}."));
        sentences.next_back().or(refused)
    }

    fn did_not_open(&self, Ignored { edge, why, .. }: &Ignored) -> String {
        let at = self.time(edge.when.at);
        format!(
            "It did not start at {at}, although its start trigger fired: {}.",
            why_words(why, &self.plant, self.clock)
        )
    }

    /// Returns how things stand, and what it would take to change that.
    fn stands(&self) -> Vec<String> {
        let Explanation { open, .. } = &self.explanation;
        match open {
            Some(record) => self.stands_open(record),
            None => self.stands_idle(),
        }
    }

    fn stands_open(&self, record: &Record) -> Vec<String> {
        let since = format!("{} ({})", self.time(record.start), between(record.start, self.explanation.now));
        let stands = if record.status == Status::Paused { ", and stands now by a command" } else { "" };
        let mut sentences = vec![format!("It runs since {since}{stands}.")];
        match (self.explained(TriggerRole::Stop), self.operation().trigger_source) {
            (_, TriggerSource::Parent) => sentences.push("It ends with its parent's record.".to_owned()),
            (Some(found), _) => sentences.push(self.why_not(found)),
            (None, _) => {
                sentences.push("It has no stop trigger: another start, a command or its maximum ends it.".to_owned());
            }
        }
        if let Some(due) = self.explanation.maximum_due {
            sentences.push(format!("At {} it has lasted as long as it may.", self.time(due)));
        }
        if self.explanation.is_interrupted {
            sentences.push(
                "Its start level was lost while a stop hold was pending: when it comes back, the run goes on."
                    .to_owned(),
            );
        }
        let missed = self.missed_words(TriggerRole::Stop).filter(|_| !self.is_told(TriggerRole::Stop));
        sentences.extend(missed.map(|missed| format!("The last near miss: the stop level {missed}.")));
        sentences.extend(self.last_ignored());
        sentences
    }

    fn stands_idle(&self) -> Vec<String> {
        let row = self.operation();
        if !row.enabled {
            return vec!["Nothing starts: the operation is disabled.".to_owned()];
        }
        match row.trigger_source {
            TriggerSource::Manual => return vec!["It is not running: only commands start it.".to_owned()],
            TriggerSource::Parent => {
                let parent = row.parent.map_or("", |parent| &self.plant.operations[parent.index()].name);
                return vec![format!("It is not running: it follows `{parent}`, which explains why.")];
            }
            TriggerSource::Expression => {}
        }
        let Some(found) = self.explained(TriggerRole::Start) else {
            return vec!["It is not running, and has no start trigger: only commands start it.".to_owned()];
        };
        let mut sentences = vec![format!("It is not running. {}", self.why_not(found))];
        sentences.extend(self.hold_off());
        let missed = self.missed_words(TriggerRole::Start).filter(|_| !self.is_told(TriggerRole::Start));
        sentences.extend(missed.map(|missed| format!("The last near miss: the start level {missed}.")));
        sentences.extend(self.last_ignored());
        sentences
    }

    /// Returns why a trigger does not fire at the moment.
    fn why_not(&self, found: &TriggerExplanation) -> String {
        let sentence = match (&found.pending, self.trigger(found.role)) {
            (Some(pending), _) => {
                format!("the {} trigger is {}", found.role.name(), self.pending_words(found, pending))
            }
            (None, Some(trigger)) if found.is_known => self.standing_words(found, trigger),
            (None, _) => format!("the {} level {}", found.role.name(), self.unknown_words(found)),
        };
        format!("{}.", capitalized(&sentence))
    }

    fn unknown_words(&self, found: &TriggerExplanation) -> String {
        let level = self.level_words(found);
        let is = if level.starts_with("was") { "" } else { "is " };
        format!("{is}{level}; nothing fires by an unknown level")
    }

    fn hold_off(&self) -> Option<String> {
        let until = self.explanation.held_off_until?;
        Some(format!("Until {} the hold-off after the last start ignores every start.", self.time(until)))
    }

    /// Returns the last start that opened nothing, within the window.
    fn last_ignored(&self) -> Option<String> {
        let ignored = self.explanation.ignored.as_ref()?;
        let is_near = self.explanation.now.monotonic.micros_since(ignored.when.at.monotonic) <= self.window_micros;
        let is_told = self.last == Some(ignored.when);
        (is_near && !is_told).then(|| self.did_not_open(ignored))
    }

    /// Tells whether the last scan's near miss of a trigger is told already.
    fn is_told(&self, role: TriggerRole) -> bool {
        let is_it = |what: &What| matches!(what, What::Missed(other, _) if *other == role);
        self.doing.records.is_empty() && self.doing.happenings.iter().any(|found| is_it(&found.what))
    }

    fn end_of_trace(&self) -> Option<String> {
        match self.source {
            Source::Trace { ended: Some(ended), .. } => Some(format!(
                "The trace ends before that, at {}: this is how it stands if nothing came afterwards.",
                self.clock.time(ended)
            )),
            Source::Trace { ended: None, .. } | Source::Gateway => None,
        }
    }
}

const fn did_not(role: TriggerRole) -> &'static str {
    match role {
        TriggerRole::Start => "start",
        TriggerRole::Stop => "stop",
        TriggerRole::Fault => "end by a fault",
    }
}

fn capitalized(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
