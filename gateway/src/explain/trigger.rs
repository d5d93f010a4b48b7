//! A trigger in sentences: how its level stands, and why it does not fire.

use latchwork_engine::{
    Arrival, Fate, Known, Moment, Pending, ScanTime, Trigger, TriggerExplanation, TriggerRole, TriggerType,
};
use latchwork_expr::Value;

use super::clock::{between, span};
use super::findings::{Findings, Source};
use super::limits::REASONS_MAX;
use super::phrases::{is_unknown, missed_words, note_words, shown, tag_words, why_words};

impl Findings {
    /// Returns the trigger that an explanation is of.
    pub(super) fn trigger(&self, role: TriggerRole) -> Option<&Trigger> {
        let row = self.operation();
        match role {
            TriggerRole::Start => row.start.as_ref(),
            TriggerRole::Stop => row.stop.as_ref(),
            TriggerRole::Fault => row.fault.as_ref(),
        }
    }

    pub(super) fn explained(&self, role: TriggerRole) -> Option<&TriggerExplanation> {
        self.explanation.triggers.iter().find(|found| found.role == role)
    }

    /// Returns since when something is as it is.
    pub(super) fn since(&self, when: Option<ScanTime>) -> String {
        match (when, self.source) {
            (Some(when), _) => {
                let (at, now) = (when.at, self.explanation.now);
                format!("since {} ({})", self.clock.time(at.wall), between(at, now))
            }
            (None, Source::Trace { .. }) => "since before the trace began".to_owned(),
            (None, Source::Gateway) => "since before the gateway started".to_owned(),
        }
    }

    pub(super) fn time(&self, at: Moment) -> String {
        self.clock.time(at.wall)
    }

    /// Returns the level of a trigger: what it is and since when.
    pub(super) fn level_words(&self, found: &TriggerExplanation) -> String {
        let last = match &found.level {
            Known::Nothing => return format!("was never known{}", self.because(found)),
            Known::Truth(truth) => truth.to_string(),
            Known::Value(value) => shown(value, self.clock.zone()),
        };
        let since = self.since(found.came.map(|came| came.when));
        if !found.is_known {
            let unknown = self.since(found.known_since);
            return format!("unknown {unknown}{}; last known as {last}", self.because(found));
        }
        match (&found.level, found.came.map(|came| came.how)) {
            (Known::Value(_), Some(Arrival::Armed)) => format!("armed with {last} {since}"),
            (Known::Value(_), _) => format!("fired last with {last} {since}"),
            (_, Some(Arrival::Armed)) => format!("{last} {since}, when it was first known"),
            (_, Some(Arrival::AcrossGap)) => format!("{last} {since}, when it was known again"),
            (_, Some(Arrival::Seen) | None) => format!("{last} {since}"),
        }
    }

    /// Returns why a level is not known, with a colon before it.
    pub(super) fn because(&self, found: &TriggerExplanation) -> String {
        let reasons: Vec<String> = self.reasons(found);
        if reasons.is_empty() { String::new() } else { format!(": {}", reasons.join(", ")) }
    }

    /// Returns the tags that make a level unknown, else what the evaluation says.
    pub(super) fn reasons(&self, found: &TriggerExplanation) -> Vec<String> {
        let unknown = self.tags.iter().filter(|tag| found.tags.contains(&tag.slot) && is_unknown(&tag.cell));
        let words: Vec<String> = unknown
            .take(REASONS_MAX)
            .map(|tag| {
                let since = tag.since.map(|since| format!(" since {}", self.time(since))).unwrap_or_default();
                tag_words(self.path(tag.slot), &tag.cell) + &since
            })
            .collect();
        if words.is_empty() { note_words(&found.tree).into_iter().collect() } else { words }
    }

    /// Returns how a pending hold stands, and what it comes to.
    pub(super) fn pending_words(&self, found: &TriggerExplanation, pending: &Pending) -> String {
        let Pending { edge, deadline, is_overdue, fate, .. } = pending;
        let hold = span(deadline.monotonic.micros_since(edge.when.at.monotonic));
        let began = self.time(edge.when.at);
        if *is_overdue {
            let then = match found.role {
                TriggerRole::Start => "begins the hold again",
                TriggerRole::Stop | TriggerRole::Fault => "fires with its edge",
            };
            return format!(
                "overdue: its {hold} hold began at {began} and was over at {}, while the level was unknown{}; if it still asks \
                 when it is known again, the trigger {then}",
                self.time(*deadline),
                self.because(found),
            );
        }
        let stood = between(edge.when.at, self.explanation.now);
        let fires = self.time(*deadline);
        let unknown = || format!(", but not while the level is unknown{}", self.because(found));
        let unknown = if found.is_known { String::new() } else { unknown() };
        let fate = match fate {
            Some(Fate::Ignored(why)) => {
                format!(", and would open nothing: {}", why_words(why, &self.plant, self.clock))
            }
            Some(Fate::Opens) | None => String::new(),
        };
        format!(
            "pending since {began}: stood for {stood} of the {hold} hold, fires at {fires} if it stands{unknown}{fate}"
        )
    }

    /// Returns the last near miss of a trigger within the window, with its time.
    pub(super) fn missed_words(&self, role: TriggerRole) -> Option<String> {
        let missed = self.explained(role)?.missed.as_ref()?;
        let kind = self.trigger(role)?.kind;
        let is_near = self.explanation.now.monotonic.micros_since(missed.when.at.monotonic) <= self.window_micros;
        let words = missed_words(missed, kind, self.clock.zone());
        is_near.then(|| format!("{words}, at {}", self.time(missed.when.at)))
    }

    /// Returns, in a sentence without its end, why a trigger with a known level that holds nothing does not fire.
    pub(super) fn standing_words(&self, found: &TriggerExplanation, trigger: &Trigger) -> String {
        let level = self.level_words(found);
        let role = found.role.name();
        match (&found.level, trigger.kind) {
            (Known::Truth(truth), TriggerType::RisingEdge | TriggerType::FallingEdge) => {
                let asked = trigger.kind == TriggerType::RisingEdge;
                if *truth != asked {
                    let verb = if asked { "rise" } else { "fall" };
                    return format!("the {role} level is {level}: it must {verb}");
                }
                let came = found.came.map(|came| came.when);
                let has_fired = found.fired.as_ref().is_some_and(|fired| Some(fired.edge.when) == came);
                let is_first = matches!(found.came, Some(came) if came.how == Arrival::Armed);
                let why = match (has_fired, is_first) {
                    (true, _) => "it fired then, and fires again only after it was the other way",
                    (false, true) => "a first known level arms and never fires",
                    (false, false) => "only its change fires",
                };
                format!("the {role} level is {level}: {why}")
            }
            (Known::Value(before), _) => self.unchanged_words(found, trigger, before),
            (Known::Truth(_) | Known::Nothing, _) => format!("the {role} level {level}"),
        }
    }

    fn unchanged_words(&self, found: &TriggerExplanation, trigger: &Trigger, before: &Value) -> String {
        let (role, zone) = (found.role.name(), self.clock.zone());
        let value = &found.tree.result.value;
        if found.role == TriggerRole::Start && matches!(value, Value::String(text) if text.is_empty()) {
            return format!("the {role} value is the empty text, which never fires");
        }
        if latchwork_expr::equal(value, before) {
            return format!("the {role} value is unchanged: it {}", self.level_words(found));
        }
        let (value, before) = (shown(value, zone), shown(before, zone));
        format!(
            "the {role} value {value} is no change: it is within the deadband of {} around {before}",
            trigger.deadband
        )
    }
}

/// Returns what a trigger asks for.
pub(super) fn asks_for(trigger: &Trigger) -> String {
    let edge = match trigger.kind {
        TriggerType::RisingEdge => "RISING_EDGE",
        TriggerType::FallingEdge => "FALLING_EDGE",
        TriggerType::Change => "CHANGE",
    };
    let millis = i64::try_from(trigger.hold_millis).unwrap_or(i64::MAX);
    let hold = if millis == 0 { String::new() } else { format!(", hold {}", span(millis.saturating_mul(1000))) };
    let deadband = if trigger.deadband > 0.0 { format!(", deadband {}", trigger.deadband) } else { String::new() };
    format!("{edge}{hold}{deadband}")
}
