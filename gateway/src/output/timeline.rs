//! Records as bars over time, for a terminal.

use std::fmt::Write;

use latchwork_engine::{Plant, Record, Status};
use latchwork_expr::{Timestamp, instant_text};

/// The widest label; longer ones are cut.
const LABEL_MAX: usize = 32;

/// Returns one row of bars an operation that has records, under the span of time that they cover.
/// `█` is a run, `▓` one that is still open, `✗` one that ended by a fault or unknown; where runs
/// follow one another within a column, `│` marks the new start.
pub fn timeline(records: &[Record], plant: &Plant, end: Timestamp, width: usize) -> String {
    let Some(first) = records.iter().map(|record| record.start.wall).min() else {
        return "no records\n".to_owned();
    };
    let scale = Scale { first, micros: end.0.saturating_sub(first.0).max(1), columns: 0 };
    let mut rows: Vec<(String, Vec<&Record>)> = Vec::new();
    for (index, operation) in plant.operations.iter().enumerate() {
        let own: Vec<&Record> = records.iter().filter(|record| record.operation.index() == index).collect();
        if !own.is_empty() {
            rows.push((label(&plant.locations[operation.location.index()].path, &operation.name), own));
        }
    }
    let labels = rows.iter().map(|(label, _)| label.chars().count()).max().unwrap_or(0);
    let scale = Scale { columns: width.saturating_sub(labels + 2).max(10), ..scale };
    let mut text = format!("{:labels$}  {}\n", "", scale.heading(end));
    for (label, records) in rows {
        let _ = writeln!(text, "{label:labels$}  {}", scale.bars(&records, end));
    }
    text
}

fn label(location: &str, name: &str) -> String {
    let label = format!("{location}: {name}");
    let count = label.chars().count();
    if count <= LABEL_MAX {
        label
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

    fn bars(&self, records: &[&Record], end: Timestamp) -> String {
        let mut cells = vec!['·'; self.columns];
        for record in records {
            let (from, to) = (self.column(record.start.wall), self.column(record.end.map_or(end, |end| end.wall)));
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
