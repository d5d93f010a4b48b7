//! An explanation for people: the answer first, the evidence below.

use std::fmt::{self, Write};

use latchwork_engine::{ConflictScope, OrderResolution, TriggerExplanation};
use latchwork_expr::Explained;

use super::clock::span;
use super::findings::{Findings, Scanned, Source};
use super::phrases::{is_unknown, missed_words, shown, strategy_name};
use super::trigger::asks_for;

/// How wide the names of what stands behind them are.
const NAMES: usize = 9;

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_head(f)?;
        for sentence in self.verdict() {
            writeln!(f, "{sentence}")?;
        }
        writeln!(f)?;
        self.write_standing(f)?;
        for found in &self.explanation.triggers {
            self.write_trigger(f, found)?;
        }
        self.write_order(f)?;
        self.write_tags(f)?;
        write_scans(f, "before", &self.before, self.left_out, self)?;
        write_scans(f, "after", &self.after, 0, self)?;
        self.write_foot(f)
    }
}

impl Findings {
    fn write_head(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let row = self.operation();
        let location = &self.plant.locations[row.location.index()].path;
        let now = self.clock.date_and_time(self.explanation.now.wall);
        writeln!(f, "{} at {location}, {now} {}\n", row.name, self.clock.zone())
    }

    fn write_standing(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = |name: &str, text: &str| writeln!(f, "{name:NAMES$}{text}");
        if let Some(last) = self.last {
            line("scan", &format!("{} at {}, the last by then", last.scan, self.time(last.at)))?;
        }
        let record = self.explanation.open.as_ref().map(|record| {
            let order = record.order.as_ref().map(|link| format!(", order {}", link.name)).unwrap_or_default();
            let reason = record.start_reason.name();
            format!(", {} from {}, {reason}{order}", record.id, self.time(record.start))
        });
        let disabled = if self.operation().enabled { "" } else { ", disabled" };
        line("status", &format!("{}{disabled}{}", self.explanation.status.name(), record.unwrap_or_default()))?;
        if let Some(due) = self.explanation.maximum_due {
            line("maximum", &format!("is over at {}", self.time(due)))?;
        }
        if let Some(due) = self.explanation.overrun_due {
            line("expected", &format!("to take until {}", self.time(due)))?;
        }
        if let Some(until) = self.explanation.held_off_until {
            line("hold-off", &format!("until {}", self.time(until)))?;
        }
        line("conflict", &self.conflict())?;
        if let Some(trouble) = &self.explanation.trouble {
            line("fault", trouble)?;
        }
        Ok(())
    }

    /// Returns what a start would meet.
    fn conflict(&self) -> String {
        let row = self.operation();
        let strategy = strategy_name(row.conflict_strategy);
        let scope = scope_name(row.conflict_scope);
        let open = self.explanation.in_scope.iter().map(|run| {
            let name = &self.plant.operations[run.operation.index()].name;
            let stopping = if run.is_stopping { ", stop pending" } else { "" };
            let whose = if run.operation == self.explanation.operation {
                "its own run".to_owned()
            } else {
                format!("`{name}`")
            };
            format!("{whose} is open since {}{stopping}", self.time(run.start))
        });
        let open: Vec<String> = open.collect();
        let open = if open.is_empty() { "nothing is open in its scope".to_owned() } else { open.join(", ") };
        format!("{strategy}, scope {scope}: {open}")
    }

    fn write_trigger(&self, f: &mut fmt::Formatter<'_>, found: &TriggerExplanation) -> fmt::Result {
        let Some(trigger) = self.trigger(found.role) else { return Ok(()) };
        writeln!(f, "\n{:NAMES$}{}", found.role.name(), asks_for(trigger))?;
        let mut line = |name: &str, text: &str| writeln!(f, "  {name:0$}{text}", NAMES - 2);
        line("level", &self.level_words(found))?;
        if let Some(pending) = &found.pending {
            line("hold", &self.pending_words(found, pending))?;
        }
        if let Some(fired) = &found.fired {
            let (edge, gap) = (fired.edge.when, if fired.edge.after_gap { ", across a gap" } else { "" });
            let dated =
                if edge.scan == fired.when.scan { String::new() } else { format!(", dated {}", self.time(edge.at)) };
            line("fired", &format!("{}{dated}{gap}", self.time(fired.when.at)))?;
        }
        if let Some(missed) = &found.missed {
            let words = missed_words(missed, trigger.kind, self.clock.zone());
            line("missed", &format!("{}: {words}", self.time(missed.when.at)))?;
        }
        if let Some(evaluated) = found.evaluated {
            line("seen", &format!("as evaluated at {}", self.time(evaluated.at)))?;
        }
        write_tree(f, &found.tree)
    }

    fn write_order(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let order = &self.explanation.order;
        let (name, text) = match &self.operation().order {
            OrderResolution::None => return Ok(()),
            OrderResolution::Manual => ("MANUAL", order.assigned.as_ref().map(|name| format!("assigned {name}"))),
            OrderResolution::Schedule => ("SCHEDULE", None),
            OrderResolution::Expression(..) => ("EXPRESSION", order.good.as_ref().map(|name| format!("gives {name}"))),
        };
        let text = text.unwrap_or_else(|| "gives none".to_owned());
        let commanded = if order.is_commanded { ", but a command named the record's" } else { "" };
        let waits = if order.waits_for_stop { ", waits for the pending stop" } else { "" };
        writeln!(f, "\n{:NAMES$}{name}: {text}{commanded}{waits}", "order")?;
        order.tree.as_ref().map_or(Ok(()), |tree| write_tree(f, tree))
    }

    fn write_tags(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows: Vec<[String; 4]> = self.tags.iter().map(|tag| self.tag_row(tag)).collect();
        if rows.is_empty() {
            return Ok(());
        }
        let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
        let (paths, values, qualities) = (width(0), width(1), width(2));
        writeln!(f, "\ntags")?;
        for [path, value, quality, read] in &rows {
            let line = format!("  {path:paths$}  {value:values$}  {quality:qualities$}  {read}");
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }

    /// Returns a tag's path, value, quality, and when that was read.
    fn tag_row(&self, tag: &super::findings::TagFinding) -> [String; 4] {
        let read = match tag.since.filter(|_| is_unknown(&tag.cell)) {
            Some(since) => format!("since {}", self.time(since)),
            None if tag.cell.time.0 == 0 => String::new(),
            None => format!("read {}", self.clock.time(tag.cell.time)),
        };
        let value = shown(&tag.cell.value, self.clock.zone());
        [self.path(tag.slot).to_owned(), value, tag.cell.quality.name().to_owned(), read]
    }

    fn write_foot(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.source {
            Source::Trace { scans, .. } => writeln!(f, "\n{scans} scans read"),
            Source::Gateway => writeln!(
                f,
                "\nof the running gateway, which remembers the last of each kind; its black box (`run --trace`) tells all"
            ),
        }
    }
}

/// Writes what every part of an expression gave, as `eval --explain` does.
fn write_tree(f: &mut fmt::Formatter<'_>, tree: &Explained) -> fmt::Result {
    let mut text = String::new();
    write!(text, "{tree}")?;
    text.lines().try_for_each(|line| writeln!(f, "  {line}"))
}

fn write_scans(
    f: &mut fmt::Formatter<'_>,
    name: &str,
    scans: &[Scanned],
    left_out: u64,
    findings: &Findings,
) -> fmt::Result {
    let window = span(findings.window_micros);
    if scans.is_empty() {
        let is_told = name == "after" && findings.source == Source::Gateway;
        return if is_told { Ok(()) } else { writeln!(f, "\n{name}: nothing within {window}") };
    }
    let left_out = if left_out == 0 { String::new() } else { format!(", {left_out} earlier ones left out") };
    writeln!(f, "\n{name}, within {window}{left_out}")?;
    let times: Vec<String> = scans.iter().map(|scanned| findings.time(scanned.when.at)).collect();
    let width = times.iter().map(|time| time.chars().count()).max().unwrap_or_default();
    for (time, scanned) in times.iter().zip(scans) {
        let texts: Vec<&str> = scanned.phrases.iter().map(|phrase| phrase.text.as_str()).collect();
        writeln!(f, "  {time:width$}  {}", texts.join("; "))?;
    }
    Ok(())
}

/// Returns a conflict scope as configurations name it.
pub(super) const fn scope_name(scope: ConflictScope) -> &'static str {
    match scope {
        ConflictScope::Operation => "OPERATION",
        ConflictScope::Location => "LOCATION",
    }
}
