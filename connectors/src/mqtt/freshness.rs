//! Which points of a tag are older than what is known of it already.
//!
//! Pure. Only points with a source time are judged: what has none is always news.

use std::time::Instant;

use latchwork_engine::Reading;
use latchwork_expr::{Quality, Timestamp, Value, equal};

use super::payload::Point;
use super::repeats::Novelty;
use crate::limits::{OLD_POINTS_LONGEST, OLD_POINTS_MAX};

/// What becomes of a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is news.
    Taken,
    /// It is old, and dropped.
    Old,
    /// It is older, as so many before it that the source's clock must have been set back, by so many microseconds: it
    /// is taken.
    ClockStepped(i64),
}

/// What is known of the last points of a connection's tags.
#[derive(Debug)]
pub(super) struct Freshness {
    tags: Vec<Option<Last>>,
}

#[derive(Debug)]
struct Last {
    time: Timestamp,
    reading: Reading,
    quality: Quality,
    /// Whether the tag shows this point: not after the connection was lost.
    shown: bool,
    /// Whether the connection was lost, and nothing newer came since: the broker may be sending what it sent before.
    is_resuming: bool,
    /// The old points since that are signs of another clock, and when the first old one came at all.
    old: Option<(u32, Instant)>,
}

impl Freshness {
    pub(super) fn new(tags: usize) -> Self {
        Self { tags: std::iter::repeat_with(|| None).take(tags).collect() }
    }

    /// Judges a point of a tag, and remembers it if it is taken. `novelty` is that of the message that brings it: one
    /// that came before says nothing of its source's clock.
    pub(super) fn judge(&mut self, tag: usize, point: &Point, novelty: Novelty, now: Instant) -> Verdict {
        let Some(time) = point.time else { return Verdict::Taken };
        let last = &mut self.tags[tag];
        let verdict = last.as_mut().map_or(Verdict::Taken, |last| last.judge(time, point, novelty, now));
        if verdict != Verdict::Old {
            let (reading, quality) = (point.reading.clone(), point.quality);
            let is_resuming = last.as_ref().is_some_and(|last| last.is_resuming && last.time == time);
            *last = Some(Last { time, reading, quality, shown: true, is_resuming, old: None });
        }
        verdict
    }

    /// Notes that no tag shows its last point any more: the same point again is news.
    pub(super) fn disconnected(&mut self) {
        for last in self.tags.iter_mut().flatten() {
            (last.shown, last.is_resuming) = (false, true);
        }
    }

    /// Notes that a tag does not show its last point any more.
    pub(super) fn spoiled(&mut self, tag: usize) {
        if let Some(last) = &mut self.tags[tag] {
            last.shown = false;
        }
    }
}

impl Last {
    fn judge(&mut self, time: Timestamp, point: &Point, novelty: Novelty, now: Instant) -> Verdict {
        let is_old = time < self.time || (time == self.time && self.shown && self.is_same(point));
        if !is_old {
            return Verdict::Taken;
        }
        let (count, since) = self.old.unwrap_or((0, now));
        // What the broker sends again after a loss may be much.
        let (are_few, count) = match novelty {
            Novelty::New if !self.is_resuming => (count < OLD_POINTS_MAX, count.saturating_add(1)),
            Novelty::New | Novelty::Repeat => (true, count),
        };
        if are_few && now.duration_since(since) < OLD_POINTS_LONGEST {
            self.old = Some((count, since));
            return Verdict::Old;
        }
        if time < self.time { Verdict::ClockStepped(time.0.saturating_sub(self.time.0)) } else { Verdict::Taken }
    }

    fn is_same(&self, point: &Point) -> bool {
        self.quality == point.quality && same(&self.reading, &point.reading)
    }
}

fn same(one: &Reading, other: &Reading) -> bool {
    match (one, other) {
        (Reading::Kept, Reading::Kept) => true,
        (Reading::Value(Value::Float(one)), Reading::Value(Value::Float(other))) => one.to_bits() == other.to_bits(),
        (Reading::Value(one), Reading::Value(other)) => one.kind() == other.kind() && equal(one, other),
        (Reading::Kept, Reading::Value(_)) | (Reading::Value(_), Reading::Kept) => false,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn point(time: Option<i64>, value: i64) -> Point {
        Point { reading: Reading::Value(value.into()), quality: Quality::Good, time: time.map(Timestamp) }
    }

    /// Judges points of one tag: `(time, value, seconds)` → `+` taken, `-` old, `!` the clock stepped.
    fn check(points: &[(i64, i64, u64)], expected: &str) {
        let (mut freshness, start) = (Freshness::new(1), Instant::now());
        let judged: String = points
            .iter()
            .map(|&(time, value, seconds)| {
                let now = start + Duration::from_secs(seconds);
                match freshness.judge(0, &point(Some(time), value), Novelty::New, now) {
                    Verdict::Taken => '+',
                    Verdict::Old => '-',
                    Verdict::ClockStepped(step) => {
                        assert!(step < 0, "{step}");
                        '!'
                    }
                }
            })
            .collect();
        assert_eq!(judged, expected, "{points:?}");
    }

    #[test]
    fn older_points_and_the_same_point_are_dropped() {
        check(&[(5, 1, 0), (6, 1, 0), (5, 0, 0), (6, 1, 0), (6, 2, 0), (7, 2, 0)], "++--++");
    }

    #[test]
    fn after_ten_in_a_row_the_clock_was_set_back() {
        let back: Vec<_> = std::iter::once((100, 1, 0)).chain((0..13).map(|time| (time, 1, 0))).collect();
        check(&back, "+----------!++");
    }

    #[test]
    fn a_newer_point_between_them_begins_the_count_anew() {
        let mut points = vec![(100, 1, 0)];
        points.extend((0..9).map(|time| (time, 1, 0)));
        points.push((101, 1, 0));
        points.extend((0..10).map(|time| (time, 1, 0)));
        check(&points, "+---------+----------");
    }

    #[test]
    fn after_a_minute_the_clock_was_set_back() {
        check(&[(100, 1, 0), (1, 1, 10), (2, 1, 69), (3, 1, 70), (4, 1, 71)], "+--!+");
    }

    #[test]
    fn what_came_before_is_no_sign_of_a_clock_for_a_minute() {
        let (mut freshness, start) = (Freshness::new(1), Instant::now());
        let mut judge = |time, novelty, seconds| {
            freshness.judge(0, &point(Some(time), 1), novelty, start + Duration::from_secs(seconds))
        };
        assert_eq!(judge(100, Novelty::New, 0), Verdict::Taken);
        for time in 0..50 {
            assert_eq!(judge(time, Novelty::Repeat, 1), Verdict::Old);
        }
        for time in 50..60 {
            assert_eq!(judge(time, Novelty::New, 2), Verdict::Old);
        }
        assert_eq!(judge(60, Novelty::Repeat, 60), Verdict::Old);
        assert_eq!(judge(61, Novelty::Repeat, 61), Verdict::ClockStepped(-39));
    }

    #[test]
    fn what_comes_after_a_loss_is_no_sign_of_a_clock_before_something_newer_came() {
        let (mut freshness, now) = (Freshness::new(1), Instant::now());
        let judge = |freshness: &mut Freshness, time| freshness.judge(0, &point(Some(time), 1), Novelty::New, now);
        assert_eq!(judge(&mut freshness, 100), Verdict::Taken);
        freshness.disconnected();
        for time in 0..100 {
            assert_eq!(judge(&mut freshness, time), Verdict::Old);
        }
        assert_eq!(judge(&mut freshness, 100), Verdict::Taken);
        for time in 0..100 {
            assert_eq!(judge(&mut freshness, time), Verdict::Old);
        }
        assert_eq!(judge(&mut freshness, 101), Verdict::Taken);
        for time in 0..10 {
            assert_eq!(judge(&mut freshness, time), Verdict::Old);
        }
        assert_eq!(judge(&mut freshness, 10), Verdict::ClockStepped(-91));
    }

    #[test]
    fn without_a_time_everything_is_news() {
        let (mut freshness, now) = (Freshness::new(1), Instant::now());
        for _ in 0..3 {
            assert_eq!(freshness.judge(0, &point(None, 1), Novelty::New, now), Verdict::Taken);
        }
    }

    #[test]
    fn after_a_loss_the_same_point_is_news_once() {
        let (mut freshness, now) = (Freshness::new(1), Instant::now());
        let judge = |freshness: &mut Freshness, time| freshness.judge(0, &point(Some(time), 1), Novelty::New, now);
        assert_eq!(judge(&mut freshness, 5), Verdict::Taken);
        freshness.disconnected();
        assert_eq!(judge(&mut freshness, 4), Verdict::Old);
        assert_eq!(judge(&mut freshness, 5), Verdict::Taken);
        assert_eq!(judge(&mut freshness, 5), Verdict::Old);
    }
}
