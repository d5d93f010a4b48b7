//! Weeks as in the United States: they begin on Sunday, and the week with 1 January is the first.

use chrono::{Datelike, NaiveDate};

/// Returns how many days after Sunday a date is.
fn days_from_sunday(date: NaiveDate) -> u32 {
    date.weekday().num_days_from_sunday()
}

/// Tells whether 1 January of the next year is in a date's week.
fn is_next_years(date: NaiveDate) -> bool {
    let days_in_year = if date.leap_year() { 366 } else { 365 };
    date.ordinal() + (6 - days_from_sunday(date)) > days_in_year
}

/// Returns the year that a date's week belongs to.
pub(super) fn week_year(date: NaiveDate) -> i32 {
    if is_next_years(date) { date.year() + 1 } else { date.year() }
}

/// Returns the number of a date's week in its week year, from 1.
pub(super) fn week_of_year(date: NaiveDate) -> u32 {
    if is_next_years(date) { 1 } else { week_from_day(date, date.ordinal0()) }
}

/// Returns the number of a date's week in its month, from 1.
pub(super) fn week_of_month(date: NaiveDate) -> u32 {
    week_from_day(date, date.day0())
}

/// Returns the number of a date's week, the week with the day 0 being the first.
fn week_from_day(date: NaiveDate, day: u32) -> u32 {
    // A multiple of seven keeps the weekday of day 0 from being below zero.
    let weekday_of_first = (days_from_sunday(date) + 371 - day) % 7;
    (day + weekday_of_first) / 7 + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_week_with_new_year_is_the_first() {
        // Dates with their week year, week of the year and week of the month.
        for (year, month, day, wanted) in [
            (2026, 1, 1, (2026, 1, 1)),
            (2026, 1, 3, (2026, 1, 1)),
            (2026, 1, 4, (2026, 2, 2)),
            (2026, 3, 2, (2026, 10, 1)),
            (2026, 5, 31, (2026, 23, 6)),
            (2026, 12, 26, (2026, 52, 4)),
            (2026, 12, 27, (2027, 1, 5)),
            (2026, 12, 31, (2027, 1, 5)),
            (2022, 12, 31, (2022, 53, 5)),
            (2023, 1, 1, (2023, 1, 1)),
            (2000, 12, 30, (2000, 53, 5)),
            (2000, 12, 31, (2001, 1, 6)),
            (2028, 12, 31, (2029, 1, 6)),
        ] {
            let date = NaiveDate::from_ymd_opt(year, month, day).unwrap();
            assert_eq!((week_year(date), week_of_year(date), week_of_month(date)), wanted, "{date}");
        }
        assert_eq!(week_of_year(NaiveDate::MAX), 1);
    }
}
