//! The demo's lines: one for each record that opens or closes, and a summary.

use std::fmt::Write;

use latchwork_engine::{Effect, EventKind, Info, Plant, Record};
use latchwork_expr::instant_text;

/// Writes the lines and counts what they tell.
#[derive(Debug)]
pub(super) struct DemoLines {
    rows: Vec<Row>,
    name_chars: usize,
}

/// What was told of an operation.
#[derive(Clone, Debug, Default)]
struct Row {
    name: String,
    opened: u64,
    closed: u64,
    with_order: u64,
    seconds: f64,
}

impl DemoLines {
    /// Returns the lines of a plant.
    pub(super) fn new(plant: &Plant) -> Self {
        let row = |name: &String| Row { name: name.clone(), ..Row::default() };
        let rows: Vec<Row> = plant.operations.iter().map(|operation| row(&operation.name)).collect();
        let name_chars = rows.iter().map(|row| row.name.chars().count()).max().unwrap_or_default();
        Self { rows, name_chars }
    }

    /// Returns the lines of what was committed.
    pub(super) fn take(&mut self, plant: &Plant, effects: &[Effect]) -> String {
        let mut text = String::new();
        for effect in effects {
            let Effect::Event(event) = effect else { continue };
            let Info::Record(record) = &event.info else { continue };
            if event.kind == EventKind::OperationStarted {
                self.opened(plant, record, &mut text);
            } else if record.end.is_some() {
                self.closed(plant, record, &mut text);
            }
        }
        text
    }

    fn opened(&mut self, plant: &Plant, record: &Record, text: &mut String) {
        self.rows[record.operation.index()].opened += 1;
        let time = clock(&instant_text(record.start.wall)).to_owned();
        let (name, width, order) = (name(plant, record), self.name_chars, order(record));
        let line = format!("{time}  opened  {name:width$}  {order:10}  {}\n", record.start_reason.name());
        text.push_str(&line);
    }

    fn closed(&mut self, plant: &Plant, record: &Record, text: &mut String) {
        let seconds = seconds(record);
        let row = &mut self.rows[record.operation.index()];
        row.closed += 1;
        row.with_order += u64::from(record.order.is_some());
        row.seconds += seconds;
        let end = record.end.map_or_else(String::new, |end| instant_text(end.wall));
        let (time, width) = (clock(&end), self.name_chars);
        let (name, order, status) = (name(plant, record), order(record), record.status.name());
        let reason = record.end_reason.map_or("", latchwork_engine::EndReason::name);
        let line = format!("{time}  closed  {name:width$}  {order:10}  {reason}, {status} after {seconds:.3} s\n");
        text.push_str(&line);
    }

    /// Returns the summary: what the store holds too.
    pub(super) fn summary(&self) -> String {
        let width = self.name_chars.max("operation".len());
        let mut text = format!(
            "\n{:width$}  {:>7}  {:>6}  {:>10}  {:>12}\n",
            "operation", "records", "open", "with order", "mean seconds"
        );
        for row in &self.rows {
            #[expect(clippy::cast_precision_loss, reason = "nobody watches a demo for so many records")]
            let mean = if row.closed == 0 { 0.0 } else { row.seconds / row.closed as f64 };
            let Row { name, opened, closed, with_order, .. } = row;
            let open = opened - closed;
            let line = writeln!(text, "{name:width$}  {opened:>7}  {open:>6}  {with_order:>10}  {mean:>12.3}");
            line.expect("writing text to memory cannot fail");
        }
        let total = |count: fn(&Row) -> u64| self.rows.iter().map(count).sum::<u64>();
        let (opened, closed, with_order) =
            (total(|row| row.opened), total(|row| row.closed), total(|row| row.with_order));
        let operations = self.rows.iter().filter(|row| row.closed > 0).count();
        let line = writeln!(
            text,
            "{opened} records of {operations} operations, {closed} closed, {} open, {with_order} closed with an order",
            opened - closed
        );
        line.expect("writing text to memory cannot fail");
        text
    }
}

/// Returns the time of day in a date, to the millisecond.
fn clock(date: &str) -> &str {
    date.get(11..23).unwrap_or_default()
}

fn name<'a>(plant: &'a Plant, record: &Record) -> &'a str {
    &plant.operations[record.operation.index()].name
}

fn order(record: &Record) -> &str {
    record.order.as_ref().map_or("-", |order| order.name.as_str())
}

/// Returns the duration of a closed record.
#[expect(clippy::cast_precision_loss, reason = "a duration is shown to the millisecond")]
fn seconds(record: &Record) -> f64 {
    record.duration_micros().unwrap_or_default() as f64 / 1e6
}
