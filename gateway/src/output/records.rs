//! Record lines: one JSON object or CSV row a record (`spec/cli.md` section 2).

use std::io::Write;

use latchwork_engine::{Plant, Record};
use latchwork_expr::{Text, Value, value_to_json};

use super::object::{write_date, write_id, write_object, write_optional};

/// Appends one JSON value of a record line.
type WriteValue = fn(&mut Vec<u8>, &Record, &Plant);

/// The keys of a record line with what stands behind them, in their order.
const FIELDS: [(&str, WriteValue); 17] = [
    ("id", |out, record, _| write_id(out, record.id)),
    ("operation", |out, record, plant| write_text(out, &plant.operations[record.operation.index()].name)),
    ("location", |out, record, plant| write_text(out, &plant.locations[record.location.index()].path)),
    ("status", |out, record, _| write_text(out, record.status.name())),
    ("start_date", |out, record, _| write_date(out, record.start.wall)),
    ("end_date", |out, record, _| write_optional(out, record.end, |out, end| write_date(out, end.wall))),
    ("duration_seconds", |out, record, _| write_optional(out, record.duration_micros(), write_seconds)),
    ("detected_at", |out, record, _| write_date(out, record.detected_at)),
    ("production_order", |out, record, _| {
        write_optional(out, record.order.as_ref(), |out, link| write_text(out, &link.name));
    }),
    ("start_reason", |out, record, _| write_text(out, record.start_reason.name())),
    ("end_reason", |out, record, _| {
        write_optional(out, record.end_reason, |out, reason| write_text(out, reason.name()));
    }),
    ("expected_duration_seconds", |out, record, _| write_optional(out, record.expected_duration_seconds, write_float)),
    ("overrun", |out, record, _| write_bool(out, record.overrun)),
    ("paused_seconds", |out, record, _| write_seconds(out, record.paused_micros)),
    ("detected_after_gap", |out, record, _| write_bool(out, record.detected_after_gap)),
    ("parent_record_id", |out, record, _| write_optional(out, record.parent, write_id)),
    ("captures", |out, record, _| write_captures(out, &record.captures)),
];

/// How records are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// One JSON object a line.
    JsonLines,
    /// Comma-separated, with a header; no value is an empty cell, captures are JSON.
    Csv,
}

impl Form {
    /// Returns what comes before the first record.
    pub fn header(self) -> String {
        match self {
            Self::JsonLines => String::new(),
            Self::Csv => FIELDS.map(|(key, _)| key).join(",") + "\n",
        }
    }

    /// Appends a record's line.
    pub fn write(self, out: &mut Vec<u8>, record: &Record, plant: &Plant) {
        match self {
            Self::JsonLines => {
                write_json(out, record, plant);
                out.push(b'\n');
            }
            Self::Csv => write_csv(out, record, plant),
        }
    }
}

/// Appends a record as one JSON object.
pub fn write_json(out: &mut Vec<u8>, record: &Record, plant: &Plant) {
    write_object(out, |keys| {
        for (key, write) in FIELDS {
            write(keys.key(key), record, plant);
        }
    });
}

fn write_bool(out: &mut Vec<u8>, value: bool) {
    out.extend_from_slice(if value { b"true" } else { b"false" });
}

/// Writes microseconds as seconds.
#[expect(clippy::cast_precision_loss, reason = "runs of 285 years keep their microseconds")]
fn write_seconds(out: &mut Vec<u8>, micros: i64) {
    write_float(out, micros as f64 / 1e6);
}

/// Writes a float as JSON has it; what is no number is null.
fn write_float(out: &mut Vec<u8>, value: f64) {
    serde_json::to_writer(out, &value).expect("writing a number to memory cannot fail");
}

/// Appends a text as a JSON string.
pub(super) fn write_text(out: &mut Vec<u8>, text: &str) {
    serde_json::to_writer(out, text).expect("writing text to memory cannot fail");
}

fn write_captures(out: &mut Vec<u8>, captures: &[(Text, Value)]) {
    if captures.is_empty() {
        return out.extend_from_slice(b"{}");
    }
    let values = captures.iter().map(|(name, value)| (name.to_string(), value_to_json(value)));
    write_display(out, format_args!("{}", serde_json::Value::Object(values.collect())));
}

fn write_display(out: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text).expect("writing to memory cannot fail");
}

/// Appends a record as a CSV row: JSON's values without its quotes and nulls.
fn write_csv(out: &mut Vec<u8>, record: &Record, plant: &Plant) {
    let mut json = Vec::new();
    for (place, (_, write)) in FIELDS.into_iter().enumerate() {
        json.clear();
        write(&mut json, record, plant);
        let text = match serde_json::from_slice(&json) {
            Ok(serde_json::Value::String(text)) => text,
            Ok(serde_json::Value::Null) => String::new(),
            Ok(_) | Err(_) => String::from_utf8_lossy(&json).into_owned(),
        };
        if place > 0 {
            out.push(b',');
        }
        write_cell(out, &text);
    }
    out.push(b'\n');
}

/// Appends a CSV cell, quoted when it must be (RFC 4180).
fn write_cell(out: &mut Vec<u8>, text: &str) {
    if text.contains([',', '"', '\n', '\r']) {
        write_display(out, format_args!("\"{}\"", text.replace('"', "\"\"")));
    } else {
        out.extend_from_slice(text.as_bytes());
    }
}
