//! Times and spans as people say them: on the clock of the plant, no longer than needed.

use chrono::{DateTime, NaiveDate};
use latchwork_engine::Moment;
use latchwork_expr::{Timestamp, Tz};

/// The clock on which an explanation tells times: those of its own day without the date.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    zone: Tz,
    day: NaiveDate,
}

impl Clock {
    /// Returns the clock of a zone for a moment.
    pub(super) fn at(moment: Timestamp, zone: Tz) -> Self {
        Self { zone, day: local(moment, zone).date_naive() }
    }

    /// Returns its zone.
    pub(super) const fn zone(self) -> Tz {
        self.zone
    }

    /// Returns a time, such as `10:04:01.2`; of another day with its date.
    pub(super) fn time(self, at: Timestamp) -> String {
        let local = local(at, self.zone);
        let date = if local.date_naive() == self.day { "" } else { "%Y-%m-%d " };
        let seconds = local.format(&format!("{date}%H:%M:%S")).to_string();
        seconds + &fraction(at.0.rem_euclid(1_000_000))
    }

    /// Returns a time with its date.
    pub(super) fn date_and_time(self, at: Timestamp) -> String {
        let text = local(at, self.zone).format("%Y-%m-%d %H:%M:%S").to_string();
        text + &fraction(at.0.rem_euclid(1_000_000))
    }
}

fn local(at: Timestamp, zone: Tz) -> DateTime<Tz> {
    DateTime::from_timestamp_micros(at.0).unwrap_or_default().with_timezone(&zone)
}

/// Returns how long it is from one moment to another.
pub(super) fn between(from: Moment, to: Moment) -> String {
    span(to.monotonic.micros_since(from.monotonic))
}

/// Returns a span of microseconds, such as `1.8 s`, `2 min 5 s`, `3 h 10 min`.
pub(super) fn span(micros: i64) -> String {
    let micros = micros.max(0);
    let (seconds, rest) = (micros / 1_000_000, micros % 1_000_000);
    match seconds {
        0..120 => format!("{seconds}{} s", fraction(rest)),
        120..7200 => joined(seconds / 60, "min", seconds % 60, "s"),
        7200..172_800 => joined(seconds / 3600, "h", seconds % 3600 / 60, "min"),
        _ => joined(seconds / 86_400, "d", seconds % 86_400 / 3600, "h"),
    }
}

fn joined(large: i64, large_unit: &str, small: i64, small_unit: &str) -> String {
    let rest = if small == 0 { String::new() } else { format!(" {small} {small_unit}") };
    format!("{large} {large_unit}{rest}")
}

/// Returns a fraction of a second with as many places as it has: none for 0.
fn fraction(micros: i64) -> String {
    let places = format!(".{micros:06}");
    places.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_as_people_say_them() {
        let cases = [
            (1_800_000, "1.8 s"),
            (0, "0 s"),
            (250, "0.00025 s"),
            (119_000_000, "119 s"),
            (125_000_000, "2 min 5 s"),
            (600_400_000, "10 min"),
            (11_400_000_000, "3 h 10 min"),
            (266_400_000_000, "3 d 2 h"),
            (-5, "0 s"),
        ];
        for (micros, wanted) in cases {
            assert_eq!(span(micros), wanted);
        }
    }

    #[test]
    fn times_are_on_the_plants_clock() {
        let at = Timestamp(1_772_496_781_200_000); // 2026-03-03T00:13:01.2Z
        let clock = Clock::at(at, Tz::Europe__Berlin);
        assert_eq!(clock.time(at), "01:13:01.2");
        assert_eq!(clock.time(Timestamp(at.0 - 7_200_000_000)), "2026-03-02 23:13:01.2");
        assert_eq!(clock.date_and_time(Timestamp(at.0 - 200_000)), "2026-03-03 01:13:01");
    }
}
