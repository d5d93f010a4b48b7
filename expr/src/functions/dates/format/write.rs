//! The pieces of a pattern, written for one moment.

use std::borrow::Cow;
use std::cell::OnceCell;

use chrono::{Datelike, NaiveDateTime, Timelike};
use chrono_tz::Tz;

use super::pattern::{Letter, Number, Piece};
use super::zone_names::ZoneNames;
use super::{Clock, weeks};

/// The most digits that a number is filled up to: Java's own bound.
const DIGITS_MAX: usize = 309;

/// From so many letters on a name is written in full.
const FULL_NAME: usize = 4;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// All that a pattern can show of a date.
pub(super) struct Moment {
    local: NaiveDateTime,
    clock: Clock,
    zone: Tz,
    /// Found once, however often the pattern has them.
    names: OnceCell<ZoneNames>,
}

impl Moment {
    pub(super) const fn new(local: NaiveDateTime, clock: Clock, zone: Tz) -> Self {
        Self { local, clock, zone, names: OnceCell::new() }
    }

    pub(super) fn write(&self, piece: Piece, out: &mut String) {
        match piece {
            Piece::Literal(symbol) => out.push(symbol),
            Piece::Part(letter, count) => out.push_str(&self.part(letter, count)),
        }
    }

    fn part(&self, letter: Letter, count: usize) -> Cow<'_, str> {
        let date = self.local.date();
        match letter {
            Letter::Era => if date.year() > 0 { "AD" } else { "BC" }.into(),
            Letter::Year => year(year_of_era(date.year()), count).into(),
            Letter::WeekYear => year(weeks::week_year(date).into(), count).into(),
            Letter::Month if count > 2 => cut(MONTHS[date.month0() as usize], count).into(),
            Letter::Month => padded(date.month().into(), count).into(),
            Letter::DayName => cut(DAYS[date.weekday().num_days_from_sunday() as usize], count).into(),
            Letter::HalfOfDay => if self.local.hour() < 12 { "AM" } else { "PM" }.into(),
            Letter::ZoneName => self.zone_name(count).into(),
            Letter::ZoneDigits => zone_digits(self.clock.offset_seconds / 60).into(),
            Letter::ZoneIso => zone_iso(self.clock.offset_seconds, count).into(),
            Letter::Number(number) => padded(self.number(number).into(), count).into(),
        }
    }

    fn number(&self, number: Number) -> u32 {
        let Self { local, .. } = self;
        match number {
            Number::WeekOfYear => weeks::week_of_year(local.date()),
            Number::WeekOfMonth => weeks::week_of_month(local.date()),
            Number::DayOfYear => local.ordinal(),
            Number::DayOfMonth => local.day(),
            Number::DayOfWeekInMonth => local.day0() / 7 + 1,
            Number::DayOfWeek => local.weekday().number_from_monday(),
            Number::Hour0To23 => local.hour(),
            Number::Hour1To24 => from_one(local.hour(), 24),
            Number::Hour0To11 => local.hour() % 12,
            Number::Hour1To12 => from_one(local.hour() % 12, 12),
            Number::Minute => local.minute(),
            Number::Second => local.second(),
            Number::Millisecond => local.nanosecond() / 1_000_000,
        }
    }

    fn zone_name(&self, count: usize) -> &str {
        let names = self.names.get_or_init(|| ZoneNames::of(self.zone, self.clock));
        if count < FULL_NAME { &names.short } else { &names.full }
    }
}

/// Returns an hour on a clock that shows its last hour where others show 0.
const fn from_one(hour: u32, last: u32) -> u32 {
    if hour == 0 { last } else { hour }
}

/// The year before year 1 is the year 1 BC.
fn year_of_era(year: i32) -> i64 {
    let year = i64::from(year);
    if year > 0 { year } else { 1 - year }
}

/// Returns a year; two letters are its last two digits.
fn year(year: i64, count: usize) -> String {
    padded(if count == 2 { year % 100 } else { year }, count)
}

/// Returns a name in full or its first three letters.
fn cut(name: &'static str, count: usize) -> &'static str {
    if count < FULL_NAME { &name[..3] } else { name }
}

/// Returns a number with so many digits at least.
fn padded(number: i64, count: usize) -> String {
    let (sign, width) = (if number < 0 { "-" } else { "" }, count.min(DIGITS_MAX));
    format!("{sign}{:0>width$}", number.unsigned_abs())
}

/// Returns `+0100`.
fn zone_digits(minutes: i32) -> String {
    let (sign, size) = (if minutes < 0 { '-' } else { '+' }, minutes.unsigned_abs());
    format!("{sign}{:02}{:02}", size / 60, size % 60)
}

/// Returns `+01`, `+0100` or `+01:00`, or `Z` for UTC.
fn zone_iso(offset_seconds: i32, count: usize) -> String {
    if offset_seconds == 0 {
        return "Z".to_owned();
    }
    let minutes = offset_seconds / 60;
    let (sign, size) = (if minutes < 0 { '-' } else { '+' }, minutes.unsigned_abs());
    let (hours, minutes) = (size / 60, size % 60);
    match count {
        1 => format!("{sign}{hours:02}"),
        2 => format!("{sign}{hours:02}{minutes:02}"),
        _ => format!("{sign}{hours:02}:{minutes:02}"),
    }
}
