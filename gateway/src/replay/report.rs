//! What a replay did, for the summary.

use std::fmt::Write;
use std::time::Duration;

use latchwork_connectors::trace::Counters;
use latchwork_engine::{Engine, OperationIndex};
use latchwork_expr::Timestamp;

use crate::drive::Drive;
use crate::output::replayed::Replayed;

/// What a replay did.
#[derive(Debug)]
pub struct Report {
    pub(super) drive: Drive,
    /// How many scans were taken.
    pub scans: u64,
    /// How many changes of the configuration were left out, because another is given.
    pub(super) reloads_left_out: u64,
    /// The last moment.
    pub end: Option<Timestamp>,
    /// What was read.
    pub counters: Counters,
    /// Lines that were skipped: the first of them, in words.
    pub bad_lines: Vec<String>,
    /// Tags of the traces that the plant does not have: the first of them.
    pub unknown_tags: Vec<String>,
    /// How long it took.
    pub elapsed: Duration,
}

impl Report {
    /// Returns the engine as it is at the end.
    pub const fn engine(&self) -> &Engine {
        self.drive.engine()
    }

    /// Returns what people are told at the end.
    pub fn summary(&self, replayed: &Replayed) -> String {
        let Counters { samples, unread_rows, bad_lines, cut_off, .. } = self.counters;
        let seconds = self.elapsed.as_secs_f64();
        let (opened, open) = (replayed.opened(), self.engine().open_records().count());
        let rate = if seconds > 0.0 { per_second(samples, seconds) } else { String::new() };
        let mut text = format!(
            "{} in {}, {} ({open} open), {}, {seconds:.3} s{rate}",
            counted(samples, "sample"),
            counted(self.scans, "scan"),
            counted(opened, "record"),
            counted(replayed.events(), "event"),
        );
        for (count, what, rest) in [
            (unread_rows, "row", " of tags that nothing reads"),
            (bad_lines, "bad line", " skipped"),
            (cut_off, "own trace", " cut off at the end"),
            (self.reloads_left_out, "reload", " of the trace left out: the given configuration holds throughout"),
        ] {
            if count > 0 {
                let _ = write!(text, "\n{}{rest}", counted(count, what));
            }
        }
        if samples == 0 && !self.unknown_tags.is_empty() {
            self.write_unknown_tags(&mut text);
        }
        for line in &self.bad_lines {
            let _ = write!(text, "\n  {line}");
        }
        write_commands(replayed, &mut text);
        self.write_voided(&mut text);
        text
    }

    /// Nothing was read at all: tells how the traces call their tags, and what each may be.
    fn write_unknown_tags(&self, text: &mut String) {
        let known = || self.engine().plant().tags.iter().map(|tag| tag.path.trim_start_matches("[default]"));
        for tag in &self.unknown_tags {
            let like = |path: &&str| path.rsplit('/').next() == Some(tag);
            let meant = known().find(like).or_else(|| latchwork_expr::closest(tag, known()));
            let hint = meant.map(|path| format!("; did you mean `{path}`?")).unwrap_or_default();
            let _ = write!(text, "\n  there is no tag `{tag}`{hint}");
        }
        text.push_str("\n  `--prefix` or `[[replay.columns]]` says which tags the columns of a wide file are");
    }

    /// Tells what did not become a record, if anything.
    fn write_voided(&self, text: &mut String) {
        let mut totals = [0; 5];
        for index in (0_u32..).map(OperationIndex).take(self.engine().plant().operations.len()) {
            let counters = self.engine().counters(index);
            let counts = [counters.held_off, counters.ignored, counters.refused, counters.continued, counters.faults];
            totals.iter_mut().zip(counts).for_each(|(total, count)| *total += count);
        }
        let words = [
            ("start", " held off"),
            ("start", " ignored"),
            ("start", " refused"),
            ("short interruption", " continued"),
            ("evaluation", " failed"),
        ];
        let told: Vec<String> = totals
            .into_iter()
            .zip(words)
            .filter(|&(count, _)| count > 0)
            .map(|(count, (what, rest))| counted(count, what) + rest)
            .collect();
        if !told.is_empty() {
            let _ = write!(text, "\n{}", told.join(", "));
        }
    }
}

/// Tells how many commands there were, and why some were rejected.
fn write_commands(replayed: &Replayed, text: &mut String) {
    let (commands, rejections, told) = replayed.commands();
    if commands > 0 {
        let _ = write!(text, "\n{}, {} rejected", counted(commands, "command"), grouped(rejections));
    }
    for line in told {
        let _ = write!(text, "\n  {line}");
    }
}

#[expect(clippy::cast_precision_loss, reason = "a rate for people")]
fn per_second(samples: u64, seconds: f64) -> String {
    let rate = samples as f64 / seconds;
    if rate >= 1e6 { format!(", {:.1} M samples/s", rate / 1e6) } else { format!(", {rate:.0} samples/s") }
}

/// Returns a count of things, such as `1 row` or `2,000 rows`.
fn counted(count: u64, thing: &str) -> String {
    format!("{} {thing}{}", grouped(count), if count == 1 { "" } else { "s" })
}

/// Returns a count with its thousands apart.
fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
