//! The times of a trace's rows: one form for a whole file, decided by its first row.

mod calendar;
pub(crate) mod epoch;
mod local;
mod pattern;

use chrono::{DateTime, SecondsFormat};
use chrono_tz::Tz;
use latchwork_expr::Timestamp;
use memchr::memchr2;

pub(crate) use calendar::Calendar;
use epoch::{MillisOfToday, Unit};
pub(crate) use pattern::Pattern;

/// No time that is read ahead is longer.
const LONGEST_BYTES: usize = 40;

/// Reads the times of one file.
#[derive(Debug)]
pub(crate) struct Times {
    form: Form,
    calendar: Calendar,
    millis: MillisOfToday,
}

/// How a file writes its times.
#[derive(Debug)]
enum Form {
    Undecided,
    Epoch(Unit),
    Calendar,
    Pattern(Pattern),
}

impl Times {
    /// Returns a reader that decides by its first time, unless a pattern is given.
    pub(crate) fn new(zone: Tz, pattern: Option<&Pattern>) -> Self {
        let form = pattern.map_or(Form::Undecided, |pattern| Form::Pattern(pattern.clone()));
        Self { form, calendar: Calendar::new(zone), millis: MillisOfToday::new() }
    }

    /// Reads a time; `None` when it is none of the file's form.
    #[inline]
    pub(crate) fn read(&mut self, text: &[u8]) -> Option<Timestamp> {
        match &self.form {
            Form::Epoch(unit) => epoch::read(text, *unit),
            Form::Calendar => self.calendar.read(text),
            Form::Undecided => self.read_first(text),
            Form::Pattern(pattern) => pattern.read(text, self.calendar.zone()),
        }
    }

    /// Reads the time that begins a line and returns what follows its delimiter. `None` proves nothing.
    #[inline]
    pub(crate) fn read_ahead<'a>(&mut self, line: &'a [u8], delimiter: u8) -> Option<(Timestamp, &'a [u8])> {
        if matches!(self.form, Form::Epoch(Unit::Millis))
            && let Some(read) = self.millis.read(line, delimiter)
        {
            return Some(read);
        }
        let length = memchr2(delimiter, b'\n', &line[..line.len().min(LONGEST_BYTES)])?;
        if line[length] == b'\n' {
            return None;
        }
        Some((self.read(&line[..length])?, &line[length + 1..]))
    }

    /// Returns what a time should have looked like.
    pub(crate) fn expected(&self) -> String {
        match &self.form {
            Form::Undecided => "a time (RFC 3339, or a number since the epoch)".to_owned(),
            Form::Epoch(unit) => format!("a time in {} since the epoch, as in the first row", unit.name()),
            Form::Calendar => "a time in the form of RFC 3339, as in the first row".to_owned(),
            Form::Pattern(pattern) => format!("a time in the form `{pattern}`"),
        }
    }

    fn read_first(&mut self, text: &[u8]) -> Option<Timestamp> {
        let (form, time) = match Unit::of(text) {
            Some(unit) => (Form::Epoch(unit), epoch::read(text, unit)),
            None => (Form::Calendar, self.calendar.read(text)),
        };
        if time.is_some() {
            self.form = form;
        }
        time
    }
}

/// Returns a time as RFC 3339 in UTC with six decimals; one beyond the calendar as microseconds.
pub fn rfc3339(time: Timestamp) -> String {
    DateTime::from_timestamp_micros(time.0)
        .map_or_else(|| format!("{} µs", time.0), |date| date.to_rfc3339_opts(SecondsFormat::Micros, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(times: &[&str], expected: &[Option<i64>]) {
        let mut reader = Times::new(Tz::UTC, None);
        let read: Vec<_> = times.iter().map(|text| reader.read(text.as_bytes()).map(|time| time.0)).collect();
        assert_eq!(read, expected, "{times:?}");
    }

    #[test]
    fn the_first_row_decides_the_unit_of_the_whole_file() {
        check(&["99999999999", "1"], &[Some(99_999_999_999_000_000), Some(1_000_000)]);
        check(&["100000000000", "1"], &[Some(100_000_000_000_000), Some(1000)]);
        check(&["100000000000000", "1"], &[Some(100_000_000_000_000), Some(1)]);
        check(&["100000000000000000", "1999"], &[Some(100_000_000_000_000), Some(1)]);
    }

    #[test]
    fn a_file_does_not_change_its_form() {
        check(&["1700000000", "2023-11-14T22:13:20Z"], &[Some(1_700_000_000_000_000), None]);
        check(&["2023-11-14T22:13:20Z", "1700000000"], &[Some(1_700_000_000_000_000), None]);
    }

    #[test]
    fn a_bad_first_row_decides_nothing() {
        check(&["soon", "1700000000"], &[None, Some(1_700_000_000_000_000)]);
    }

    #[test]
    fn instants_are_shown_with_six_decimals() {
        assert_eq!(rfc3339(Timestamp(-1)), "1969-12-31T23:59:59.999999Z");
        assert_eq!(rfc3339(Timestamp(i64::MAX)), "9223372036854775807 µs");
    }
}
