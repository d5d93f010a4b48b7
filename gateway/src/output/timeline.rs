//! Records as bars over time, for a terminal.

use std::collections::BTreeMap;
use std::fmt::Write;

use latchwork_engine::Status;
use latchwork_expr::{Timestamp, instant_text};

use super::shown::Shown;

/// The widest label; longer ones are cut.
const LABEL_MAX: usize = 32;

/// Returns one row of bars an operation that has records, under the span of time that they cover.
/// `█` is a run, `▓` one that is still open, `✗` one that ended by a fault or unknown; where runs
/// follow one another within a column, `│` marks the new start.
pub fn timeline(records: &[Shown], end: Timestamp, width: usize) -> String {
    let Some(first) = records.iter().map(|record| record.start).min() else {
        return "no records\n".to_owned();
    };
    let scale = Scale { first, micros: end.0.saturating_sub(first.0).max(1), columns: 0 };
    let rows = rows(records);
    let labels = rows.iter().map(|(label, _)| label.chars().count()).max().unwrap_or(0);
    let scale = Scale { columns: width.saturating_sub(labels + 2).max(10), ..scale };
    let mut text = format!("{:labels$}  {}\n", "", scale.heading(end));
    for (label, records) in rows {
        let _ = writeln!(text, "{label:labels$}  {}", scale.bars(&records, end));
    }
    text
}

/// Returns the records of each operation in configuration order. Over a reload an operation is its name and place.
fn rows(records: &[Shown]) -> Vec<(String, Vec<&Shown>)> {
    let mut rows: BTreeMap<&str, Vec<&Shown>> = BTreeMap::new();
    for record in records {
        rows.entry(&record.label).or_default().push(record);
    }
    let mut rows: Vec<(&str, Vec<&Shown>)> = rows.into_iter().collect();
    rows.sort_by_key(|(_, records)| records.iter().map(|record| record.operation).min());
    rows.into_iter().map(|(name, records)| (label(name), records)).collect()
}

fn label(label: &str) -> String {
    let count = label.chars().count();
    if count <= LABEL_MAX {
        label.to_owned()
    } else {
        std::iter::once('…').chain(label.chars().skip(count + 1 - LABEL_MAX)).collect()
    }
}

/// Time to columns.
struct Scale {
    first: Timestamp,
    micros: i64,
    columns: usize,
}

impl Scale {
    fn heading(&self, end: Timestamp) -> String {
        let (from, to) = (instant_text(self.first), instant_text(end));
        let gap = self.columns.saturating_sub(from.len() + to.len()).max(3);
        format!("{from}{}{to}", " ".repeat(gap))
    }

    fn column(&self, instant: Timestamp) -> usize {
        let since = i128::from(instant.0) - i128::from(self.first.0);
        let column = since * self.columns as i128 / i128::from(self.micros);
        usize::try_from(column).unwrap_or(0).min(self.columns - 1)
    }

    fn bars(&self, records: &[&Shown], end: Timestamp) -> String {
        let mut cells = vec!['·'; self.columns];
        for record in records {
            let (from, to) = (self.column(record.start), self.column(record.end.unwrap_or(end)));
            let follows = cells[from] != '·';
            cells[from..=to].fill(if record.end.is_some() { '█' } else { '▓' });
            if follows {
                cells[from] = '│';
            }
            if matches!(record.status, Status::Faulted | Status::Unknown) {
                cells[to] = '✗';
            }
        }
        cells.into_iter().collect()
    }
}
