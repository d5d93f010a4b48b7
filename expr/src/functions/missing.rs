//! The functions of the language that this version does not have yet. One that gets its row
//! leaves this list; a test holds the two apart.

use super::Category;

/// A function of the language that this version does not have yet.
#[derive(Clone, Copy, Debug)]
pub struct Missing {
    /// The name as documented.
    pub name: &'static str,
    /// Its chapter.
    pub category: Category,
}

const fn missing(category: Category, name: &'static str) -> Missing {
    Missing { name, category }
}

const MISSING: &[Missing] = &[
    missing(Category::Aggregates, "groupConcat"),
    missing(Category::Aggregates, "max"),
    missing(Category::Aggregates, "maxDate"),
    missing(Category::Aggregates, "mean"),
    missing(Category::Aggregates, "median"),
    missing(Category::Aggregates, "min"),
    missing(Category::Aggregates, "minDate"),
    missing(Category::Aggregates, "stdDev"),
    missing(Category::Aggregates, "sum"),
    missing(Category::DateAndTime, "addMillis"),
    missing(Category::DateAndTime, "addSeconds"),
    missing(Category::DateAndTime, "addMinutes"),
    missing(Category::DateAndTime, "addHours"),
    missing(Category::DateAndTime, "addDays"),
    missing(Category::DateAndTime, "addWeeks"),
    missing(Category::DateAndTime, "addMonths"),
    missing(Category::DateAndTime, "addYears"),
    missing(Category::DateAndTime, "millisBetween"),
    missing(Category::DateAndTime, "secondsBetween"),
    missing(Category::DateAndTime, "minutesBetween"),
    missing(Category::DateAndTime, "hoursBetween"),
    missing(Category::DateAndTime, "daysBetween"),
    missing(Category::DateAndTime, "weeksBetween"),
    missing(Category::DateAndTime, "monthsBetween"),
    missing(Category::DateAndTime, "yearsBetween"),
    missing(Category::DateAndTime, "dateArithmetic"),
    missing(Category::DateAndTime, "dateDiff"),
    missing(Category::DateAndTime, "dateExtract"),
    missing(Category::DateAndTime, "dateFormat"),
    missing(Category::DateAndTime, "dateIsAfter"),
    missing(Category::DateAndTime, "dateIsBefore"),
    missing(Category::DateAndTime, "dateIsBetween"),
    missing(Category::DateAndTime, "dateIsDaylight"),
    missing(Category::DateAndTime, "fromMillis"),
    missing(Category::DateAndTime, "toMillis"),
    missing(Category::DateAndTime, "getDate"),
    missing(Category::DateAndTime, "getMillis"),
    missing(Category::DateAndTime, "getSecond"),
    missing(Category::DateAndTime, "getMinute"),
    missing(Category::DateAndTime, "getHour12"),
    missing(Category::DateAndTime, "getHour24"),
    missing(Category::DateAndTime, "getDayOfWeek"),
    missing(Category::DateAndTime, "getDayOfMonth"),
    missing(Category::DateAndTime, "getDayOfYear"),
    missing(Category::DateAndTime, "getMonth"),
    missing(Category::DateAndTime, "getQuarter"),
    missing(Category::DateAndTime, "getYear"),
    missing(Category::DateAndTime, "getAMorPM"),
    missing(Category::DateAndTime, "getTimezone"),
    missing(Category::DateAndTime, "getTimezoneOffset"),
    missing(Category::DateAndTime, "getTimezoneRawOffset"),
    missing(Category::DateAndTime, "midnight"),
    missing(Category::DateAndTime, "now"),
    missing(Category::DateAndTime, "setTime"),
    missing(Category::DateAndTime, "timeBetween"),
    missing(Category::Plc, "rTrig"),
    missing(Category::Plc, "fTrig"),
    missing(Category::Plc, "sr"),
    missing(Category::Plc, "rs"),
    missing(Category::Plc, "ton"),
    missing(Category::Plc, "tof"),
    missing(Category::Plc, "tp"),
    missing(Category::Plc, "ctu"),
    missing(Category::Plc, "ctd"),
    missing(Category::Plc, "hysteresis"),
    missing(Category::Plc, "previous"),
    missing(Category::Plc, "lastChange"),
    missing(Category::Plc, "stableFor"),
    missing(Category::Plc, "rate"),
];

/// Returns the functions that this version does not have yet, chapter by chapter.
pub fn missing_functions() -> &'static [Missing] {
    MISSING
}
