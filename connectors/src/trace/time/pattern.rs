//! Times in a form of the user's own, as strftime has it.

use std::fmt;
use std::sync::Arc;

use chrono::format::{Item, ParseError, Parsed, StrftimeItems, parse};
use chrono::{NaiveDateTime, NaiveTime};
use chrono_tz::Tz;
use latchwork_expr::Timestamp;

use super::local::instant;

/// A form of times, such as `%d.%m.%Y %H:%M:%S%.f`.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    text: Arc<str>,
    items: Arc<[Item<'static>]>,
}

impl Pattern {
    /// Returns the form that a text describes; an error if it has a conversion that strftime does not know.
    pub(crate) fn new(text: &str) -> Result<Self, ParseError> {
        let items = StrftimeItems::new(text).parse_to_owned()?;
        Ok(Self { text: text.into(), items: items.into() })
    }

    /// Reads a time: with an offset or an epoch number in it as that says, else in the zone; a day alone is its
    /// midnight.
    pub(crate) fn read(&self, text: &[u8], zone: Tz) -> Option<Timestamp> {
        let mut parsed = Parsed::new();
        parse(&mut parsed, str::from_utf8(text).ok()?.trim(), self.items.iter()).ok()?;
        if parsed.offset().is_some() || parsed.timestamp().is_some() {
            let time = parsed.to_naive_datetime_with_offset(parsed.offset().unwrap_or(0)).ok()?;
            let offset = i64::from(parsed.offset().unwrap_or(0)) * 1_000_000;
            return time.and_utc().timestamp_micros().checked_sub(offset).map(Timestamp);
        }
        let day = parsed.to_naive_date().ok()?;
        let time = if parsed.hour_mod_12().is_some() { parsed.to_naive_time().ok()? } else { NaiveTime::MIN };
        instant(zone, NaiveDateTime::new(day, time)).map(Timestamp)
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::time::rfc3339;

    fn check(pattern: &str, text: &str, expected: Option<&str>) {
        let time = Pattern::new(pattern).unwrap().read(text.as_bytes(), Tz::Europe__Berlin).map(rfc3339);
        assert_eq!(time.as_deref(), expected, "{pattern} {text}");
    }

    #[test]
    fn local_times_are_in_the_zone() {
        check("%d.%m.%Y %H:%M:%S%.f", "05.07.2024 12:00:01.5", Some("2024-07-05T10:00:01.500000Z"));
        check("%d.%m.%Y", "05.01.2024", Some("2024-01-04T23:00:00.000000Z"));
        check("%m/%d/%y %I:%M %p", "07/05/24 1:30 PM", Some("2024-07-05T11:30:00.000000Z"));
        check("%d.%m.%Y", "2024-01-05", None);
    }

    #[test]
    fn an_offset_in_the_text_wins() {
        check("%Y%m%dT%H%M%S%z", "20240705T120000+0300", Some("2024-07-05T09:00:00.000000Z"));
        check("%s", "1700000000", Some("2023-11-14T22:13:20.000000Z"));
    }

    #[test]
    fn an_unknown_conversion_is_no_pattern() {
        assert!(Pattern::new("%Q").is_err());
    }
}
