//! Months of ids: what is partitioned by time is partitioned by the time in its ids.

use chrono::{DateTime, Datelike, NaiveDate};
use latchwork_expr::Timestamp;
use ulid::Ulid;

use crate::limits::{PARTITION_MONTHS_AHEAD, PARTITION_MONTHS_BACK};

/// A month, counted from the year 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Month(i32);

impl Month {
    /// Returns the month of an id, unless it is far from a time: then a clock is wrong.
    pub(crate) fn of_id(id: Ulid, now: Timestamp) -> Option<Self> {
        let (month, now) = (Self::of_millis(id.timestamp_ms())?, Self::of_millis(millis(now))?);
        let is_near = (-PARTITION_MONTHS_BACK..=PARTITION_MONTHS_AHEAD).contains(&(month.0 - now.0));
        is_near.then_some(month)
    }

    fn of_millis(millis: u64) -> Option<Self> {
        let date = DateTime::from_timestamp_millis(i64::try_from(millis).ok()?)?;
        Some(Self(date.year() * 12 + i32::try_from(date.month0()).ok()?))
    }

    /// Returns the month after it.
    pub(crate) const fn next(self) -> Self {
        Self(self.0 + 1)
    }

    /// Returns the least id of the month.
    pub(crate) fn first_id(self) -> String {
        let first = u32::try_from(self.0.rem_euclid(12))
            .ok()
            .and_then(|month0| NaiveDate::from_ymd_opt(self.0.div_euclid(12), month0 + 1, 1)?.and_hms_opt(0, 0, 0));
        let millis = first.map_or(0, |first| first.and_utc().timestamp_millis());
        Ulid::from_parts(u64::try_from(millis).unwrap_or(0), 0).to_string()
    }

    /// Returns how a table of the month ends, `2026_03` for example.
    pub(crate) fn name(self) -> String {
        format!("{:04}_{:02}", self.0.div_euclid(12), self.0.rem_euclid(12) + 1)
    }
}

fn millis(at: Timestamp) -> u64 {
    u64::try_from(at.0 / 1000).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::BEGIN;

    #[test]
    fn a_month_is_that_of_its_ids() {
        let month = Month::of_id(Ulid::from_parts(millis(BEGIN), 7), BEGIN).unwrap();
        assert_eq!((month.name(), month.next().name()), ("2026_03".to_owned(), "2026_04".to_owned()));
        // 2026-03-01T00:00:00Z and 2026-04-01T00:00:00Z.
        assert_eq!(month.first_id(), Ulid::from_parts(1_772_323_200_000, 0).to_string());
        assert_eq!(month.next().first_id(), Ulid::from_parts(1_775_001_600_000, 0).to_string());
        assert_eq!(Month(2026 * 12 + 11).next().name(), "2027_01");
    }

    #[test]
    fn a_time_of_a_wrong_clock_has_none() {
        for millis in [0, millis(BEGIN) + 70 * 86_400_000, u64::MAX] {
            assert_eq!(Month::of_id(Ulid::from_parts(millis, 0), BEGIN), None, "{millis}");
        }
    }
}
