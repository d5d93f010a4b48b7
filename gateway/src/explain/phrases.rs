//! What a scan did, as phrases of one line.

use latchwork_engine::{
    Arrival, ConflictStrategy, Engine, Fired, Happening, HoldEnd, Ignored, Known, Missed, OperationIndex, Plant,
    Record, RecordChange, Trigger, TriggerRole, TriggerType, What, Why,
};
use latchwork_expr::{Cell, Explained, Level, TagSlot, Tz, Value, text};

use super::clock::{Clock, between, span};
use super::findings::{Doing, path};
use super::limits::{REASONS_MAX, VALUE_CHARS_MAX};

/// Something that happened, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Phrase {
    /// What kind of thing it is, for programs.
    pub(super) kind: &'static str,
    pub(super) text: String,
}

/// Returns what a scan did to an operation, in the order of a scan.
pub(super) fn phrases(engine: &Engine, operation: OperationIndex, doing: &Doing, clock: Clock) -> Vec<Phrase> {
    let teller = Teller { engine, operation, doing, clock };
    let happenings = doing.happenings.iter().filter_map(|found| teller.happening(found));
    let records = doing.records.iter().map(|(change, record)| record_phrase(*change, record, clock));
    let refused = |reason: &String| Phrase { kind: "refused", text: format!("command refused: {reason}") };
    happenings.chain(records).chain(doing.refusals.iter().map(refused)).collect()
}

struct Teller<'a> {
    engine: &'a Engine,
    operation: OperationIndex,
    doing: &'a Doing,
    clock: Clock,
}

impl Teller<'_> {
    fn happening(&self, Happening { when, what }: &Happening) -> Option<Phrase> {
        let zone = self.clock.zone();
        let (kind, text) = match what {
            What::Level { role, level, how } => ("level", self.level(*role, level, *how)?),
            What::Lost(role) => ("unknown", format!("{} level unknown{}", role.name(), self.because(*role))),
            What::Found(role) => ("known", format!("{} level known again, and no other", role.name())),
            What::Held { role, edge, deadline, candidate } => {
                let hold = span(deadline.micros_since(edge.when.at.monotonic));
                let value =
                    if candidate.is_null() { String::new() } else { format!(" for {}", shown(candidate, zone)) };
                ("held", format!("{} hold of {hold} began{value}", role.name()))
            }
            What::Overdue(role) => ("overdue", format!("{} hold was over, but the level is unknown", role.name())),
            What::Missed(role, missed) => {
                let kind = self.engine.trigger(self.operation, *role)?.kind;
                let words = missed_words(missed, kind, zone);
                ("missed", format!("{} did not fire: it {words}", role.name()))
            }
            What::Fired(role, fired) => ("fired", self.fired(*role, fired)),
            What::Ignored(Ignored { why, edge, .. }) => {
                let dated = if edge.when == *when {
                    String::new()
                } else {
                    format!(", dated {}", self.clock.time(edge.when.at.wall))
                };
                ("ignored", format!("start{dated} opened nothing: {}", why_words(why, self.engine.plant(), self.clock)))
            }
        };
        Some(Phrase { kind, text })
    }

    fn level(&self, role: TriggerRole, level: &Known, how: Arrival) -> Option<String> {
        let (name, zone) = (role.name(), self.clock.zone());
        Some(match (level, how) {
            (Known::Nothing, _) => return None,
            (Known::Truth(truth), Arrival::Armed) => format!("{name} armed: its level is {truth}"),
            (Known::Truth(true), Arrival::Seen) => format!("{name} level rose"),
            (Known::Truth(false), Arrival::Seen) => format!("{name} level fell"),
            (Known::Truth(truth), Arrival::AcrossGap) => format!("{name} level is {truth} now that it is known again"),
            (Known::Value(value), Arrival::Armed) => format!("{name} armed: its value is {}", shown(value, zone)),
            (Known::Value(value), Arrival::Seen) => format!("{name} value is {}", shown(value, zone)),
            (Known::Value(value), Arrival::AcrossGap) => {
                format!("{name} value is {} now that it is known again", shown(value, zone))
            }
        })
    }

    fn because(&self, role: TriggerRole) -> String {
        let reasons = self.engine.trigger(self.operation, role).map(|trigger| unknown_tags(self.engine, trigger));
        let reasons: Vec<String> = reasons.unwrap_or_default().into_iter().take(REASONS_MAX).collect();
        if reasons.is_empty() { String::new() } else { format!(": {}", reasons.join(", ")) }
    }

    fn fired(&self, role: TriggerRole, fired: &Fired) -> String {
        let mut text = format!("{} fired", role.name());
        let (edge, when) = (fired.edge.when, fired.when);
        if edge.scan != when.scan {
            let stood = between(edge.at, when.at);
            text.extend([", dated ", &self.clock.time(edge.at.wall), ": its level stood for ", &stood]);
        }
        if fired.edge.after_gap {
            text += ", found across a gap";
        }
        match role {
            TriggerRole::Start => text,
            TriggerRole::Stop | TriggerRole::Fault => text + self.void(fired),
        }
    }

    /// Returns why a stop that fired closed nothing, if it did.
    fn void(&self, fired: &Fired) -> &'static str {
        if self.doing.records.iter().any(|(change, _)| *change == RecordChange::Closed) {
            return "";
        }
        let open = self.engine.open_records().find(|record| record.operation == self.operation);
        match open {
            Some(record) if record.start.monotonic > fired.edge.when.at.monotonic => {
                ": the open run began after that edge"
            }
            Some(_) => "",
            None => ": no run was open",
        }
    }
}

/// Returns what became of a record, in words.
fn record_phrase(change: RecordChange, record: &Record, clock: Clock) -> Phrase {
    let order = record.order.as_ref().map(|link| format!(", order {}", link.name)).unwrap_or_default();
    let (kind, text) = match change {
        RecordChange::Opened => {
            let (start, reason) = (clock.time(record.start.wall), record.start_reason.name());
            ("opened", format!("opened {} from {start}, {reason}{order}", record.id))
        }
        RecordChange::Closed => {
            let end = record.end.map(|end| clock.time(end.wall)).unwrap_or_default();
            let reason = record.end_reason.map_or("", latchwork_engine::EndReason::name);
            ("closed", format!("closed {} at {end}, {} by {reason}", record.id, record.status.name()))
        }
        RecordChange::Changed | RecordChange::Edited => {
            let overrun = if record.overrun { ", longer than expected" } else { "" };
            ("changed", format!("changed {}: {}{order}{overrun}", record.id, record.status.name()))
        }
    };
    Phrase { kind, text }
}

/// Returns how near a trigger came to firing, such as `rose for 1.8 s of the 2 s hold, then fell`.
pub(super) fn missed_words(missed: &Missed, kind: TriggerType, zone: Tz) -> String {
    let Missed { edge, deadline, overdue, candidate, when, why } = missed;
    let began = match kind {
        TriggerType::RisingEdge => "rose".to_owned(),
        TriggerType::FallingEdge => "fell".to_owned(),
        TriggerType::Change => format!("changed to {}", shown(candidate, zone)),
    };
    let hold = span(deadline.micros_since(edge.when.at.monotonic));
    let then = match (why, kind) {
        (HoldEnd::Lost, TriggerType::RisingEdge | TriggerType::Change) => "fell".to_owned(),
        (HoldEnd::Lost, TriggerType::FallingEdge) => "rose".to_owned(),
        (HoldEnd::Returned, _) => "went back".to_owned(),
        (HoldEnd::OtherValue(value), _) => format!("changed to {}", shown(value, zone)),
        (HoldEnd::Emptied, _) => "became the empty text".to_owned(),
        (HoldEnd::BeganAgain, _) => "begins its hold again".to_owned(),
    };
    if *overdue {
        let was = if matches!(why, HoldEnd::BeganAgain) { "it " } else { "meanwhile it " };
        return format!("{began}, and the {hold} hold ran out while its level was unknown: {was}{then}");
    }
    format!("{began} for {} of the {hold} hold, then {then}", between(edge.when.at, when.at))
}

/// Returns why a start opens nothing.
pub(super) fn why_words(why: &Why, plant: &Plant, clock: Clock) -> String {
    match why {
        Why::Disabled => "the operation is disabled".to_owned(),
        Why::OrderOpened => "a change of its order opened a record in the same scan, which is that start".to_owned(),
        Why::Continues => "it ends a short interruption, so the open run goes on".to_owned(),
        Why::HeldOff(until) => {
            format!("its edge lies within the hold-off after the last start, until {}", clock.time(until.wall))
        }
        Why::Conflict { strategy, operation, open } => {
            let name = plant.operations.get(operation.index()).map_or("", |row| row.name.as_str());
            let strategy = strategy_name(*strategy);
            format!("`{name}` is open ({open}), and the conflict strategy is {strategy}")
        }
    }
}

/// Returns a conflict strategy as configurations name it.
pub(super) const fn strategy_name(strategy: ConflictStrategy) -> &'static str {
    match strategy {
        ConflictStrategy::StopPrevious => "STOP_PREVIOUS",
        ConflictStrategy::Ignore => "IGNORE",
        ConflictStrategy::ThrowException => "THROW_EXCEPTION",
    }
}

/// Returns the tags that make a trigger's level unknown, in words.
fn unknown_tags(engine: &Engine, trigger: &Trigger) -> Vec<String> {
    let unknown = |&&slot: &&TagSlot| is_unknown(&engine.image()[slot.index()]);
    let words = |&slot: &TagSlot| tag_words(path(engine.plant(), slot), &engine.image()[slot.index()]);
    trigger.program.reads().iter().filter(unknown).map(words).collect()
}

/// Tells whether a tag is nothing that an expression can rely on.
pub(super) fn is_unknown(cell: &Cell) -> bool {
    cell.value.is_null() || matches!(cell.quality.level(), Level::Bad | Level::Error)
}

/// Returns what a tag is that is not known.
pub(super) fn tag_words(path: &str, cell: &Cell) -> String {
    match cell.quality.level() {
        Level::Bad | Level::Error if cell.time.0 == 0 => format!("`{path}` was never read"),
        Level::Bad | Level::Error => format!("`{path}` is {}", cell.quality.name()),
        Level::Good | Level::Uncertain => format!("`{path}` is null"),
    }
}

/// Returns why an expression gives nothing known although its tags are.
pub(super) fn note_words(tree: &Explained) -> Option<String> {
    tree.notes.first().map(|note| note.message.clone())
}

/// Returns a value within a sentence: texts in quotes, long ones cut.
pub(super) fn shown(value: &Value, zone: Tz) -> String {
    let text = text(value, zone);
    let cut = match text.char_indices().nth(VALUE_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    };
    if value.kind() == latchwork_expr::Type::String { format!("{cut:?}") } else { cut }
}
