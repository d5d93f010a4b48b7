//! The text of a message, with places for the value and the time.

use chrono::{DateTime, SecondsFormat, Utc};

use crate::simulator::value::SignalValue;

/// How a message is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::simulator) struct Template {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    /// Text as it stands.
    Literal(String),
    /// The value as plain text.
    PlainValue,
    /// The value as JSON, in quotes if it is text.
    Value,
    /// The time, RFC 3339 with milliseconds, without quotes.
    Time,
    /// The time in milliseconds since the epoch.
    TimeMillis,
}

const PLACES: [(&str, Part); 3] =
    [("{value}", Part::Value), ("{time_millis}", Part::TimeMillis), ("{time}", Part::Time)];

/// What a JSON message is without a template of its own.
const JSON: &str = r#"{"value": {value}, "time": {time_millis}}"#;

impl Template {
    /// Returns the template of a message that is the value alone.
    pub(super) fn raw() -> Self {
        Self { parts: vec![Part::PlainValue] }
    }

    /// Returns the template of a JSON message with value and time.
    pub(super) fn json() -> Self {
        Self { parts: split(JSON) }
    }

    /// Reads a template of JSON.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let template = Self { parts: split(text) };
        if !template.parts.contains(&Part::Value) {
            return Err("the template has no `{value}`".to_owned());
        }
        let sample = template.render(&SignalValue::Integer(1), DateTime::UNIX_EPOCH);
        match serde_json::from_str::<serde_json::Value>(&sample) {
            Ok(_) => Ok(template),
            Err(error) => Err(format!("the template makes no JSON, but `{sample}`: {error}")),
        }
    }

    /// Returns the message of a value at a time.
    pub(in crate::simulator) fn render(&self, value: &SignalValue, time: DateTime<Utc>) -> String {
        let text = |part: &Part| match part {
            Part::Literal(text) => text.clone(),
            Part::PlainValue => value.plain(),
            Part::Value => value.json().to_string(),
            Part::Time => time.to_rfc3339_opts(SecondsFormat::Millis, true),
            Part::TimeMillis => time.timestamp_millis().to_string(),
        };
        self.parts.iter().map(text).collect()
    }
}

fn split(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((at, place, part)) = first_place(rest) {
        parts.push(Part::Literal(rest[..at].to_owned()));
        parts.push(part);
        rest = &rest[at + place.len()..];
    }
    parts.push(Part::Literal(rest.to_owned()));
    parts
}

fn first_place(text: &str) -> Option<(usize, &'static str, Part)> {
    let found = PLACES.iter().filter_map(|(place, part)| Some((text.find(place)?, *place, part.clone())));
    found.min_by_key(|(at, _, _)| *at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at() -> DateTime<Utc> {
        DateTime::from_timestamp_millis(1_700_000_000_250).unwrap()
    }

    #[test]
    fn writes_value_and_time() {
        let order = SignalValue::Text("PO-1".into());
        assert_eq!(Template::raw().render(&order, at()), "PO-1");
        assert_eq!(Template::json().render(&order, at()), r#"{"value": "PO-1", "time": 1700000000250}"#);
        let own = Template::read(r#"{"o": {value}, "at": "{time}", "n": [{value}]}"#).unwrap();
        let expected = r#"{"o": 7, "at": "2023-11-14T22:13:20.250Z", "n": [7]}"#;
        assert_eq!(own.render(&SignalValue::Integer(7), at()), expected);
    }

    #[test]
    fn refuses_what_makes_no_message() {
        assert_eq!(Template::read("{}"), Err("the template has no `{value}`".to_owned()));
        let error = Template::read(r#"{"v": {value}, "t": {time}}"#).unwrap_err();
        assert!(error.starts_with("the template makes no JSON, but `{\"v\": 1, \"t\": 1970-01-01T"), "{error}");
    }
}
