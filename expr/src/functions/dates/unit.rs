//! Units of time: their names, and what one of them moves.

use super::fields::FIELDS;
use super::{Failure, Function, Value};
use crate::coerce::described;
use crate::diagnostic::closest;

/// A unit of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Millisecond,
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
}

/// What a unit is made of. Days and weeks follow the clocks of the zone, months and years the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Microseconds that pass.
    Elapsed(i64),
    /// Days of the calendar.
    Days(i64),
    /// Months of the calendar.
    Months(i64),
}

/// The names in the singular, and what they mean.
const NAMES: &[(&str, Unit)] = &[
    ("ms", Unit::Millisecond),
    ("s", Unit::Second),
    ("sec", Unit::Second),
    ("second", Unit::Second),
    ("min", Unit::Minute),
    ("minute", Unit::Minute),
    ("hr", Unit::Hour),
    ("hour", Unit::Hour),
    ("day", Unit::Day),
    ("week", Unit::Week),
    ("month", Unit::Month),
    ("year", Unit::Year),
];

/// What people write who mean one of the names, and no distance between words would find it.
const MISTAKEN: &[(&str, &str)] = &[
    ("millisecond", "ms"),
    ("milliseconds", "ms"),
    ("millis", "ms"),
    ("milli", "ms"),
    ("msec", "ms"),
    ("h", "hour"),
    ("d", "day"),
    ("w", "week"),
    ("y", "year"),
    ("yr", "year"),
    ("yrs", "year"),
];

impl Unit {
    /// Returns the unit of a name in any case, in the singular or plural.
    pub(super) fn named(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let is = |own: &str| name == own || !own.ends_with('s') && name.strip_suffix('s') == Some(own);
        NAMES.iter().find(|(own, _)| is(own)).map(|(_, unit)| *unit)
    }

    /// Returns an argument as a unit.
    pub(super) fn of(value: &Value) -> Result<Self, Failure> {
        let named = if let Value::String(name) = value { Self::named(name) } else { None };
        named.ok_or_else(|| format!("{} is not a unit of time", described(value)).into())
    }

    /// Returns what one of the unit is made of.
    pub(super) const fn step(self) -> Step {
        match self {
            Self::Millisecond => Step::Elapsed(1_000),
            Self::Second => Step::Elapsed(1_000_000),
            Self::Minute => Step::Elapsed(60_000_000),
            Self::Hour => Step::Elapsed(3_600_000_000),
            Self::Day => Step::Days(1),
            Self::Week => Step::Days(7),
            Self::Month => Step::Months(1),
            Self::Year => Step::Months(12),
        }
    }
}

/// What is wrong with a constant that stands where a unit belongs.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct UnknownUnit {
    /// What was found.
    pub(crate) message: String,
    /// What may be meant.
    pub(crate) hint: String,
}

/// Returns what is wrong with the constant `value` as the argument at `place`, if the function reads
/// a unit there and this is none: the row names the argument `unit`, or `field` where more is known.
pub(crate) fn unknown_unit(function: &Function, place: usize, value: &Value) -> Option<UnknownUnit> {
    let (wanted, more): (&str, &[&str]) = match function.arguments.split(", ").nth(place)? {
        "unit" => ("unit of time", &[]),
        "field" => ("part of a date", FIELDS),
        _ => return None,
    };
    let text = if let Value::String(text) = value { Some(text.as_str()) } else { None };
    let is_known = |text: &str| Unit::named(text).is_some() || more.iter().any(|name| text.eq_ignore_ascii_case(name));
    if text.is_some_and(is_known) {
        return None;
    }
    let names = || NAMES.iter().map(|(name, _)| *name).chain(more.iter().copied());
    let hint = match text.and_then(|text| suggestion(text, names())) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("write one of `{}`", names().collect::<Vec<_>>().join("` `")),
    };
    Some(UnknownUnit { message: format!("{} is not a {wanted}", described(value)), hint })
}

/// Returns the name that a text that is none was most likely meant to be.
fn suggestion(text: &str, names: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    let mistaken = MISTAKEN.iter().find(|(wrong, _)| text.eq_ignore_ascii_case(wrong)).map(|(_, meant)| *meant);
    let names: Vec<&str> = names.collect();
    let near = |text| closest(text, names.iter().copied());
    // A plural is one letter farther away.
    mistaken.or_else(|| near(text)).or_else(|| near(text.strip_suffix(['s', 'S'])?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_in_any_case_singular_and_plural() {
        for (name, unit) in [
            ("ms", Unit::Millisecond),
            ("S", Unit::Second),
            ("secs", Unit::Second),
            ("Seconds", Unit::Second),
            ("mins", Unit::Minute),
            ("HRS", Unit::Hour),
            ("hours", Unit::Hour),
            ("weeks", Unit::Week),
            ("YEARS", Unit::Year),
        ] {
            assert_eq!(Unit::named(name), Some(unit), "{name}");
        }
        for name in ["", "millisecond", "milliseconds", "ss", "mss", "dayss", " day", "quarter", "m", "h"] {
            assert_eq!(Unit::named(name), None, "{name:?}");
        }
    }

    #[test]
    fn a_near_miss_is_understood() {
        for (text, meant) in [
            ("millisecond", "ms"),
            ("Millis", "ms"),
            ("huor", "hour"),
            ("huors", "hour"),
            ("dya", "day"),
            ("mouth", "month"),
            ("h", "hour"),
        ] {
            let names = NAMES.iter().map(|(name, _)| *name);
            assert_eq!(suggestion(text, names), Some(meant), "{text}");
        }
        assert_eq!(suggestion("fortnight", std::iter::empty()), None);
    }

    #[test]
    fn only_a_string_is_a_unit() {
        assert_eq!(Unit::of(&"day".into()), Ok(Unit::Day));
        assert_eq!(Unit::of(&5.into()), Err("5 is not a unit of time".into()));
        assert!(Unit::of(&Value::Null).is_err());
    }
}
