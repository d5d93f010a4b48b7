//! Times as text, both ways; knows nothing but the calendar.

use chrono::{DateTime, SecondsFormat, Utc};

use super::plant::Micros;

/// Returns the time as RFC 3339 in UTC with six decimals.
pub fn time_text(at: Micros) -> String {
    DateTime::<Utc>::from_timestamp_micros(at)
        .expect("the model's times lie within the calendar")
        .to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// Returns the time that an RFC 3339 text tells.
pub fn time_from_text(text: &str) -> Option<Micros> {
    DateTime::parse_from_rfc3339(text).ok().map(|time| time.timestamp_micros())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_survives_its_text() {
        let at = 1_767_225_600_500_001;
        assert_eq!(time_text(at), "2026-01-01T00:00:00.500001Z");
        assert_eq!(time_from_text(&time_text(at)), Some(at));
        assert_eq!(time_from_text("noon"), None);
    }
}
