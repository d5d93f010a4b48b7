//! Tags as a table for people.

use std::collections::HashMap;

use latchwork_expr::{Timestamp, instant_of};
use serde_json::Value as Json;

use super::live::Look;
use crate::cli::columns::{aligned, shortened};

/// Longest path or value in characters; sources stand last, and need not be cut off.
const CELL_CHARACTERS_MAX: usize = 48;

/// How often tags were seen to change since they are looked at: at most once a look.
#[derive(Debug, Default)]
pub(super) struct Rates {
    begun: Option<Timestamp>,
    seen: HashMap<String, Seen>,
}

#[derive(Debug)]
struct Seen {
    last: (Json, Json),
    changes: u32,
}

impl Rates {
    /// Takes a look into account.
    pub(super) fn see(&mut self, look: &Look) {
        self.begun = self.begun.or(look.now);
        for tag in &look.tags {
            let Some(path) = tag["path"].as_str() else { continue };
            let shown = (tag["value"].clone(), tag["time"].clone());
            match self.seen.get_mut(path) {
                Some(seen) if seen.last != shown => *seen = Seen { last: shown, changes: seen.changes + 1 },
                Some(_) => {}
                None => _ = self.seen.insert(path.to_owned(), Seen { last: shown, changes: 0 }),
            }
        }
    }

    /// Returns how often a tag changed a second.
    fn of(&self, path: &str, now: Timestamp) -> f64 {
        let seconds = seconds(now.0.saturating_sub(self.begun.unwrap_or(now).0));
        let changes = self.seen.get(path).map_or(0, |seen| seen.changes);
        if seconds > 0.0 { f64::from(changes) / seconds } else { 0.0 }
    }
}

/// Returns the table of a look, with how often each tag changed if that is known.
pub(super) fn table(look: &Look, rates: Option<&Rates>) -> String {
    let mut header = vec!["PATH", "VALUE", "QUALITY", "TIME", "AGE"];
    header.extend(rates.map(|_| "CHANGES/S"));
    header.push("SOURCE");
    let has_diagnostics = look.tags.iter().any(|tag| tag["diagnostic"].is_string());
    header.extend(has_diagnostics.then_some("DIAGNOSTIC"));
    let mut rows: Vec<Vec<String>> = vec![header.into_iter().map(str::to_owned).collect()];
    for tag in &look.tags {
        let mut row = row(tag, look.now, rates);
        row.extend(has_diagnostics.then(|| tag["diagnostic"].as_str().unwrap_or_default().to_owned()));
        rows.push(row);
    }
    aligned(&rows)
}

fn row(tag: &Json, now: Option<Timestamp>, rates: Option<&Rates>) -> Vec<String> {
    let text = |key: &str| tag[key].as_str().unwrap_or_default().to_owned();
    let value = tag["value"].as_str().map_or_else(|| tag["value"].to_string(), str::to_owned);
    let time = instant_of(&text("time"));
    let age = time.zip(now).map(|(time, now)| age(now.0.saturating_sub(time.0))).unwrap_or_default();
    let short = |text: &str| shortened(text, CELL_CHARACTERS_MAX);
    let mut row = vec![short(&text("path")), short(&value), text("quality"), text("time"), age];
    row.extend(rates.zip(now).map(|(rates, now)| format!("{:.2}", rates.of(&text("path"), now))));
    row.push(text("source"));
    row
}

/// Returns how long ago something was, in microseconds, as people say it.
fn age(micros: i64) -> String {
    let seconds = seconds(micros);
    match seconds {
        ..60.0 => format!("{seconds:.1} s"),
        60.0..3_600.0 => format!("{:.1} min", seconds / 60.0),
        3_600.0..86_400.0 => format!("{:.1} h", seconds / 3_600.0),
        _ => format!("{:.1} d", seconds / 86_400.0),
    }
}

#[expect(clippy::cast_precision_loss, reason = "it is shown with a decimal")]
fn seconds(micros: i64) -> f64 {
    micros as f64 / 1e6
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn look(seconds: i64, value: i64) -> Look {
        let tags = vec![
            json!({"path": "Line1/Speed", "value": value, "quality": "Good", "time": "2026-03-02T06:00:00.000000Z", "source": "plc modbus-tcp"}),
            json!({"path": "Text", "value": "a\nb".repeat(20), "quality": "Bad_Stale", "time": "2026-03-01T06:00:00.000000Z", "source": "memory"}),
        ];
        let now = instant_of("2026-03-02T06:00:00Z").map(|now| Timestamp(now.0 + seconds * 1_000_000));
        Look { now, tags }
    }

    #[test]
    fn columns_stand_under_one_another() {
        let long = "a b".repeat(16).chars().take(47).collect::<String>();
        let expected = format!(
            "PATH         VALUE{pad}QUALITY    TIME                         AGE    SOURCE\n\
             Line1/Speed  5{more}Good       2026-03-02T06:00:00.000000Z  2.0 s  plc modbus-tcp\n\
             Text         {long}…  Bad_Stale  2026-03-01T06:00:00.000000Z  1.0 d  memory\n",
            pad = " ".repeat(45),
            more = " ".repeat(49),
        );
        assert_eq!(table(&look(2, 5), None), expected);
    }

    #[test]
    fn why_a_tag_cannot_be_read_stands_last() {
        let mut look = look(2, 5);
        look.tags[0]["diagnostic"] = json!("exception 3: Illegal data value");
        let table = table(&look, None);
        let lines: Vec<&str> = table.lines().collect();
        assert!(lines[0].ends_with("SOURCE          DIAGNOSTIC"), "{table}");
        assert!(lines[1].ends_with("plc modbus-tcp  exception 3: Illegal data value"), "{table}");
        assert!(lines[2].ends_with("memory"), "{table}");
    }

    #[test]
    fn changes_are_counted_from_look_to_look() {
        let mut rates = Rates::default();
        for (seconds, value) in [(0, 1), (1, 2), (2, 2), (4, 3)] {
            rates.see(&look(seconds, value));
        }
        let now = look(4, 3).now.unwrap();
        assert_eq!((rates.of("Line1/Speed", now), rates.of("Text", now), rates.of("None", now)), (0.5, 0.0, 0.0));
    }
}
