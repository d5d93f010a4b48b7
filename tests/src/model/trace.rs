//! A trace of the model: rows, the scans that they make, and its long CSV; knows nothing of operations.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::command::{ModelCommand, command_lines};
use super::crash::Crash;
use super::plant::Micros;
use super::reload::Reload;
use super::time::time_text;
use super::value::{ModelQuality, ModelValue, Reading};

/// One sample.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// When.
    pub at: Micros,
    /// The tag's path, without provider.
    pub tag: String,
    /// The value; `None` is an empty cell: null if Good, else the last value stays.
    pub value: Option<ModelValue>,
    /// The quality.
    pub quality: ModelQuality,
}

impl Row {
    /// Returns the reading that the row makes of the tag's last one.
    pub fn reading(&self, last: Option<&Reading>) -> Reading {
        let kept = || match self.quality {
            ModelQuality::Good => ModelValue::Null,
            ModelQuality::Uncertain | ModelQuality::Bad => last.map_or(ModelValue::Null, |last| last.value.clone()),
        };
        // A failed read keeps the last value, whatever stands beside it.
        let read = self.value.clone().filter(|_| self.quality != ModelQuality::Bad);
        Reading { value: read.unwrap_or_else(kept), quality: self.quality }
    }
}

/// Samples in the order of time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ModelTrace {
    /// The rows.
    pub rows: Vec<Row>,
    /// What people ask meanwhile; of one time with rows, behind them.
    pub commands: Vec<ModelCommand>,
    /// When the gateway dies, one after the other. Rows that come meanwhile are never read.
    pub crashes: Vec<Crash>,
    /// What is configured instead, one after the other; of one time with rows and commands, behind them.
    pub reloads: Vec<Reload>,
}

/// Rows that take effect at one instant.
#[derive(Clone, Debug, PartialEq)]
pub struct SampleScan {
    /// When.
    pub at: Micros,
    /// The rows, each of another tag.
    pub rows: Vec<Row>,
}

impl ModelTrace {
    /// Returns the scans of the rows whose tags are read.
    ///
    /// Rows of one time are one scan until a tag would appear twice: the second appearance begins another.
    pub fn scans(&self, tags_read: &BTreeSet<String>) -> Vec<SampleScan> {
        let mut scans: Vec<SampleScan> = Vec::new();
        for row in self.rows.iter().filter(|row| tags_read.contains(&row.tag)) {
            match scans.last_mut() {
                Some(scan) if scan.at == row.at && scan.rows.iter().all(|other| other.tag != row.tag) => {
                    scan.rows.push(row.clone());
                }
                Some(_) | None => scans.push(SampleScan { at: row.at, rows: vec![row.clone()] }),
            }
        }
        scans
    }

    /// Returns the time of the last row, read or not, command, start of the gateway or reload: there a replay ends.
    pub fn end(&self) -> Option<Micros> {
        let row = self.rows.last().map(|row| row.at);
        let command = self.commands.last().map(|command| command.at);
        let (crash, reload) = (self.crashes.last().map(|crash| crash.up), self.reloads.last().map(|reload| reload.at));
        [row, command, crash, reload].into_iter().flatten().max()
    }

    /// Returns the commands as JSON lines.
    pub fn command_lines(&self) -> String {
        command_lines(&self.commands)
    }

    /// Returns the rows as long CSV.
    pub fn csv(&self) -> String {
        let mut text = "timestamp,tag,value,quality\n".to_owned();
        for row in &self.rows {
            let value = row.value.as_ref().map(cell).unwrap_or_default();
            writeln!(text, "{},{},{value},{}", time_text(row.at), row.tag, row.quality.name())
                .expect("a string takes what is written to it");
        }
        text
    }
}

/// A value as a cell: only the empty string needs quotes.
fn cell(value: &ModelValue) -> String {
    match value {
        ModelValue::Null => String::new(),
        ModelValue::Bool(bit) => bit.to_string(),
        ModelValue::Int(number) => number.to_string(),
        ModelValue::Float(number) => format!("{number:?}"),
        ModelValue::Text(text) if text.is_empty() => "\"\"".to_owned(),
        ModelValue::Text(text) => text.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(at: Micros, tag: &str) -> Row {
        Row { at, tag: tag.to_owned(), value: Some(ModelValue::Int(at)), quality: ModelQuality::Good }
    }

    fn of_rows(rows: Vec<Row>) -> ModelTrace {
        ModelTrace { rows, ..ModelTrace::default() }
    }

    fn tags_of(scans: &[SampleScan]) -> Vec<String> {
        let tags = |scan: &SampleScan| scan.rows.iter().map(|row| row.tag.as_str()).collect::<Vec<_>>().join(" ");
        scans.iter().map(|scan| format!("{}: {}", scan.at, tags(scan))).collect()
    }

    #[test]
    fn a_second_appearance_of_a_tag_begins_a_scan_at_the_same_time() {
        let trace = of_rows(vec![row(1, "a"), row(1, "b"), row(1, "a"), row(1, "c"), row(1, "b"), row(2, "a")]);
        let read = ["a", "b", "c"].map(str::to_owned).into();
        assert_eq!(tags_of(&trace.scans(&read)), ["1: a b", "1: a c b", "2: a"]);
    }

    #[test]
    fn rows_that_nothing_reads_take_no_part_but_count_for_the_end() {
        let trace = of_rows(vec![row(1, "a"), row(1, "x"), row(1, "b"), row(1, "x"), row(7, "x")]);
        assert_eq!(tags_of(&trace.scans(&["a", "b"].map(str::to_owned).into())), ["1: a b"]);
        assert_eq!(trace.end(), Some(7));
    }

    #[test]
    fn a_failed_read_keeps_the_last_value_and_an_empty_good_cell_is_null() {
        let last = Reading::good(ModelValue::Int(4));
        let empty = |quality| Row { at: 0, tag: "a".to_owned(), value: None, quality };
        assert_eq!(empty(ModelQuality::Good).reading(Some(&last)), Reading::good(ModelValue::Null));
        let kept = Reading { value: ModelValue::Int(4), quality: ModelQuality::Bad };
        assert_eq!(empty(ModelQuality::Bad).reading(Some(&last)), kept);
        let failed = Row { value: Some(ModelValue::Int(0)), ..empty(ModelQuality::Bad) };
        assert_eq!(failed.reading(Some(&last)), kept);
    }

    #[test]
    fn the_csv_tells_an_empty_string_from_an_empty_cell() {
        let text = |value| Row { at: 1_500_000, tag: "a".to_owned(), value, quality: ModelQuality::Good };
        let trace = of_rows(vec![text(Some(ModelValue::Text(String::new()))), text(None)]);
        let stamp = "1970-01-01T00:00:01.500000Z";
        assert_eq!(trace.csv(), format!("timestamp,tag,value,quality\n{stamp},a,\"\",Good\n{stamp},a,,Good\n"));
    }
}
