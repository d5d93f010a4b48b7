//! Record lines as `latchwork replay` writes them, read back; knows nothing of the model's running.

use serde_json::{Map, Value};

use super::names::{EndReason, EventKind, RecordStatus, StartReason, Subject};
use super::plant::{Micros, ModelEntry};
use super::record::{Measured, ModelRecord};
use super::time::time_from_text;
use super::value::ModelValue;

/// Reads the records of JSON lines, or says which line is none.
pub fn records_from_json_lines(lines: &str) -> Result<Vec<ModelRecord>, String> {
    let lines = lines.lines().filter(|line| !line.trim().is_empty());
    lines.map(|line| record(line).map_err(|problem| format!("{problem} in `{line}`"))).collect()
}

/// Reads the events of JSON lines with their subjects, leaving out those of kinds that the model does not tell.
///
/// Times are left out: the contract says when an event's scan was, not what its `occurred_at` is.
pub fn events_from_json_lines(lines: &str) -> Result<Vec<(EventKind, String)>, String> {
    let lines = lines.lines().filter(|line| !line.trim().is_empty());
    let events = lines.map(|line| event(line).map_err(|problem| format!("{problem} in `{line}`")));
    events.filter_map(Result::transpose).collect()
}

fn event(line: &str) -> Result<Option<(EventKind, String)>, String> {
    let object = object(line)?;
    let fields = Fields(&object);
    let Some(kind) = EventKind::from_name(&fields.text("event_type")?) else { return Ok(None) };
    let info = Fields(fields.field("info")?.as_object().ok_or("`info` is no object")?);
    let subject = match kind.subject() {
        // An event of a record carries the whole record, the others name their operation themselves.
        Subject::Operation => match info.0.get("record").and_then(Value::as_object) {
            Some(record) => Fields(record).text("operation")?,
            None => info.text("operation")?,
        },
        Subject::Entry => {
            let time = |key| info.unless_null(key, Fields::time);
            let start = time("start_date")?.ok_or("`start_date` is null")?;
            let order = info.unless_null("production_order", Fields::text)?;
            ModelEntry { order, ..ModelEntry::new(&info.text("operation")?, start, time("end_date")?) }.text()
        }
        Subject::Order => info.text("production_order")?,
        Subject::OrderAndStatus => format!("{} {}", info.text("production_order")?, info.text("to")?),
    };
    Ok(Some((kind, subject)))
}

fn object(line: &str) -> Result<Map<String, Value>, String> {
    serde_json::from_str(line).map_err(|error| error.to_string())
}

fn record(line: &str) -> Result<ModelRecord, String> {
    let object = object(line)?;
    let fields = Fields(&object);
    Ok(ModelRecord {
        operation: fields.text("operation")?,
        location: fields.text("location")?,
        status: fields.named("status", RecordStatus::from_name)?,
        start: fields.time("start_date")?,
        end: fields.unless_null("end_date", Fields::time)?,
        detected_at: fields.time("detected_at")?,
        production_order: fields.unless_null("production_order", Fields::text)?,
        start_reason: fields.named("start_reason", StartReason::from_name)?,
        end_reason: fields.unless_null("end_reason", |fields, key| fields.named(key, EndReason::from_name))?,
        detected_after_gap: fields.bit("detected_after_gap")?,
        expected_duration_seconds: fields.unless_null("expected_duration_seconds", Fields::number)?,
        overrun: fields.bit("overrun")?,
        has_parent: !fields.field("parent_record_id")?.is_null(),
        captures: measured(fields.field("captures")?)?,
        #[expect(clippy::cast_possible_truncation, reason = "the model's pauses are small")]
        paused: (fields.number("paused_seconds")? * 1e6).round() as Micros,
    })
}

fn measured(captures: &Value) -> Result<Measured, String> {
    let captures = captures.as_object().ok_or("`captures` is no object")?;
    let mut values: Vec<(String, ModelValue)> =
        captures.iter().map(|(name, json)| (name.clone(), value(json))).collect();
    values.sort_by(|one, other| one.0.cmp(&other.0));
    Ok(Measured(values))
}

fn value(json: &Value) -> ModelValue {
    match json {
        Value::Bool(bit) => ModelValue::Bool(*bit),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => ModelValue::Int(whole),
            None => ModelValue::Float(number.as_f64().unwrap_or(f64::NAN)),
        },
        Value::String(text) => ModelValue::Text(text.clone()),
        Value::Null | Value::Array(_) | Value::Object(_) => ModelValue::Null,
    }
}

/// The keys of one line; every one must be there.
struct Fields<'v>(&'v Map<String, Value>);

impl Fields<'_> {
    fn field(&self, key: &str) -> Result<&Value, String> {
        self.0.get(key).ok_or_else(|| format!("no `{key}`"))
    }

    fn text(&self, key: &str) -> Result<String, String> {
        self.field(key)?.as_str().map(str::to_owned).ok_or_else(|| format!("`{key}` is no text"))
    }

    fn bit(&self, key: &str) -> Result<bool, String> {
        self.field(key)?.as_bool().ok_or_else(|| format!("`{key}` is no boolean"))
    }

    fn number(&self, key: &str) -> Result<f64, String> {
        self.field(key)?.as_f64().ok_or_else(|| format!("`{key}` is no number"))
    }

    fn time(&self, key: &str) -> Result<Micros, String> {
        time_from_text(&self.text(key)?).ok_or_else(|| format!("`{key}` is no time"))
    }

    fn named<T>(&self, key: &str, from_name: fn(&str) -> Option<T>) -> Result<T, String> {
        from_name(&self.text(key)?).ok_or_else(|| format!("`{key}` is none that the model knows"))
    }

    fn unless_null<T>(&self, key: &str, read: fn(&Self, &str) -> Result<T, String>) -> Result<Option<T>, String> {
        if self.field(key)?.is_null() { Ok(None) } else { read(self, key).map(Some) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"{"id":"01","operation":"A","location":"Line","status":"FAULTED",
        "start_date":"1970-01-01T00:00:01.000000Z","end_date":null,"duration_seconds":null,
        "detected_at":"1970-01-01T00:00:02.000000Z","production_order":"PO-1","start_reason":"PARENT",
        "end_reason":null,"expected_duration_seconds":2.5,"overrun":true,"paused_seconds":0,
        "detected_after_gap":false,"parent_record_id":"02","captures":{"b":1.5,"a":null}}"#;

    #[test]
    fn a_line_becomes_a_record() {
        let records = records_from_json_lines(&LINE.replace('\n', " ")).expect("a record");
        assert_eq!(records.len(), 1);
        assert_eq!((records[0].start, records[0].end, records[0].detected_at), (1_000_000, None, 2_000_000));
        assert_eq!((records[0].status, records[0].start_reason), (RecordStatus::Faulted, StartReason::Parent));
        assert_eq!((records[0].expected_duration_seconds, records[0].has_parent), (Some(2.5), true));
        let measured = [("a".to_owned(), ModelValue::Null), ("b".to_owned(), ModelValue::Float(1.5))];
        assert_eq!(records[0].captures, Measured(measured.into()));
    }

    #[test]
    fn a_line_that_is_no_record_is_told_with_its_problem() {
        let wrong = LINE.replace('\n', " ").replace("FAULTED", "LOST");
        let problem = records_from_json_lines(&wrong).expect_err("a problem");
        assert!(problem.starts_with("`status` is none that the model knows"), "{problem}");
    }

    #[test]
    fn an_event_has_its_subject_and_one_that_the_model_does_not_tell_is_left_out() {
        let lines = [
            r#"{"event_type":"operation.started","info":{"record":{"operation":"A"}}}"#,
            r#"{"event_type":"operation.conflict","info":{"operation":"B"}}"#,
            r#"{"event_type":"trigger.fault","info":{"operation":"B"}}"#,
            r#"{"event_type":"production_order.final","info":{"operation":"B","production_order":"P1"}}"#,
            r#"{"event_type":"production_order.status_changed","info":{"production_order":"P1","to":"RUNNING"}}"#,
        ];
        let events = events_from_json_lines(&lines.join("\n")).expect("events");
        let subjects: Vec<&str> = events.iter().map(|(_, subject)| subject.as_str()).collect();
        assert_eq!(subjects, ["A", "B", "P1", "P1 RUNNING"]);
        assert!(events_from_json_lines("{}").is_err());
    }
}
