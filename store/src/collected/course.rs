//! How far a gateway's log is collected: which numbers are there, which are asked for, which are given up. Pure.
//!
//! A hole is ripe once it has stood for a while: what another collector has in hand closes by itself. Of ripe holes the
//! highest are asked for first, one request at a time, because what is new matters most and a log loses its beginning first.

use std::time::Duration;

use latchwork_expr::Timestamp;

use super::numbers::{Numbers, Range};
use crate::limits::RESEND_NUMBERS_MAX;

/// How long holes are waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// How long a hole stands before it is asked for.
    pub gap_wait: Duration,
    /// How long until it is asked for again; twice as long each time.
    pub ask_again: Duration,
    /// How long that becomes at most.
    pub ask_again_max: Duration,
    /// After how many requests, each followed by some other event of the gateway, a hole is given up.
    pub requests_max: u32,
    /// How long the broker keeps a share of the messages for a collector that is away.
    pub away_max: Duration,
}

/// What was asked for last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) range: Range,
    pub(crate) at: Timestamp,
    /// How often it was asked for while the gateway was heard, and nothing of it came.
    pub(crate) requests: u32,
    /// How often it was asked for since then, and nothing was heard.
    pub(crate) unheard: u32,
    /// How many numbers of it were missing then.
    pub(crate) missing: u64,
}

impl Asked {
    /// Returns what the request names. One number before, which is there, shows by its id whether the log is still the same.
    /// Every other time it is left out: a broker that deals messages out in turn would give what is missing to the same
    /// collector each time, and that may be gone.
    fn named(self) -> Range {
        let before = u64::from((self.requests + self.unheard) % 2);
        Range(self.range.0.saturating_sub(before).max(1), self.range.1)
    }
}

/// How far a gateway's log is collected.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Course {
    /// Which log of the gateway it is: one more each time that its numbers began anew.
    pub(crate) log: u64,
    pub(crate) numbers: Numbers,
    /// When anything of the gateway came last.
    pub(crate) heard: Option<Timestamp>,
    /// What was the greatest number at some time: what is missing below it becomes ripe.
    pub(crate) mark: Option<(u64, Timestamp)>,
    /// What is missing up to here is ripe.
    pub(crate) ripe: u64,
    pub(crate) asked: Option<Asked>,
}

/// Whether an event's id was there before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    New,
    There,
}

/// What is known of a number that is there, when an event with an id that is not comes for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holder {
    /// Nobody: it was given up, or what had it was removed.
    Nobody,
    /// Another event, of this time.
    Other(Timestamp),
}

/// What an event is to the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It closes or opens a hole.
    Next,
    /// It came before.
    Repeated,
    /// It was given up.
    Recovered,
    /// The gateway's numbers began anew: it was replaced, or its store set back.
    Begun,
    /// Another event has its number.
    Contradicts,
}

/// What comes of looking at a log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Review {
    /// What is to be asked for.
    pub(crate) ask: Option<Range>,
    /// What is given up.
    pub(crate) lost: Vec<Range>,
}

impl Course {
    /// Takes an event; `holder` is asked for only if its number is there and its id is not.
    pub(crate) fn take(
        &mut self,
        seq: u64,
        recorded_at: Timestamp,
        presence: Presence,
        holder: impl FnOnce() -> Holder,
    ) -> Verdict {
        match (presence, self.numbers.has(seq)) {
            (Presence::New | Presence::There, false) => {
                self.numbers.add(Range(seq, seq));
                if presence == Presence::New { Verdict::Next } else { Verdict::Repeated }
            }
            (Presence::There, true) => Verdict::Repeated,
            (Presence::New, true) => match holder() {
                Holder::Nobody => Verdict::Recovered,
                // Nobody but a log that began anew has a first event; a later one of the same number is of a later log.
                Holder::Other(at) if at < recorded_at || seq == 1 => {
                    self.begin_anew(seq);
                    Verdict::Begun
                }
                Holder::Other(_) => Verdict::Contradicts,
            },
        }
    }

    fn begin_anew(&mut self, seq: u64) {
        *self = Self { log: self.log + 1, heard: self.heard, ..Self::default() };
        self.numbers.add(Range(seq, seq));
    }

    /// Settles numbers below the greatest one that the gateway tells to be gone; returns those that were missing.
    pub(crate) fn settle(&mut self, range: Range) -> Vec<Range> {
        let settled: Vec<Range> = self.numbers.missing_in(range).collect();
        for &hole in &settled {
            self.numbers.add(hole);
        }
        settled
    }

    /// Looks what is to be asked for, again, or not any more.
    pub(crate) fn review(&mut self, now: Timestamp, patience: &Patience) -> Review {
        let mut review = Review { ask: None, lost: self.numbers.give_up_beyond_bound() };
        self.ripen(now, patience.gap_wait);
        if let Some(asked) = self.asked.take() {
            match self.fate(asked, now, patience) {
                Fate::Waits(asked) => {
                    self.asked = Some(asked);
                    return review;
                }
                Fate::Again(asked) => {
                    self.asked = Some(asked);
                    review.ask = Some(asked.named());
                    return review;
                }
                Fate::GivenUp => review.lost.extend(self.give_up(asked.range)),
                Fate::Answered => {}
            }
        }
        self.asked = self.next_request(now);
        review.ask = self.asked.map(Asked::named);
        review
    }

    /// Moves the mark on, and what is ripe behind it.
    fn ripen(&mut self, now: Timestamp, gap_wait: Duration) {
        let highest = self.numbers.highest();
        match self.mark {
            Some((seq, at)) if has_passed(at, now, gap_wait) => {
                self.ripe = self.ripe.max(seq);
                self.mark = Some((highest, now));
            }
            // A clock that was set back would have it stand for as long as that.
            Some((_, at)) if at <= now => {}
            Some(_) | None => self.mark = Some((highest, now)),
        }
    }

    fn fate(&self, asked: Asked, now: Timestamp, patience: &Patience) -> Fate {
        let Some((range, missing)) = self.missing_of(asked.range) else { return Fate::Answered };
        if missing < asked.missing {
            // It is coming. What came last may be all that does: another collector's share may have gone with it.
            return Fate::Waits(Asked { range, at: self.heard.unwrap_or(now), requests: 1, unheard: 0, missing });
        }
        let is_heard = self.heard.is_some_and(|heard| heard >= asked.at);
        let pause = patience.pause(asked.requests.saturating_add(if is_heard { 0 } else { asked.unheard }));
        if asked.at <= now && !has_passed(asked.at, now, pause) {
            return Fate::Waits(asked);
        }
        if is_heard && asked.requests >= patience.requests_max {
            return Fate::GivenUp;
        }
        let (requests, unheard) =
            if is_heard { (asked.requests + 1, 0) } else { (asked.requests, asked.unheard.saturating_add(1)) };
        Fate::Again(Asked { at: now, requests, unheard, ..asked })
    }

    /// Gives up what is missing of a range, and of its lowest hole what is below: a log loses its beginning first.
    fn give_up(&mut self, range: Range) -> Vec<Range> {
        let holes: Vec<Range> = self.numbers.missing_in(range).collect();
        let Some(lowest) = holes.last().copied() else { return Vec::new() };
        let whole = self.numbers.missing().find(|hole| hole.0 <= lowest.0 && lowest.1 <= hole.1).unwrap_or(lowest);
        let others = holes[..holes.len() - 1].iter().copied();
        let lost: Vec<Range> = others.chain([Range(whole.0, lowest.1)]).collect();
        for &hole in &lost {
            self.numbers.add(hole);
        }
        lost
    }

    /// Returns what is to be asked for next: as much as one request may name, from the highest ripe number that is missing
    /// downward.
    fn next_request(&self, now: Timestamp) -> Option<Asked> {
        let ripe = Range(1, self.ripe);
        let last = self.numbers.missing_in(ripe).next()?.1;
        let window = Range(last.saturating_sub(RESEND_NUMBERS_MAX - 2).max(1), last);
        let (range, missing) = self.missing_of(window)?;
        Some(Asked { range, at: now, requests: 1, unheard: 0, missing })
    }

    /// Returns from where to where numbers of a range are missing, and how many.
    fn missing_of(&self, range: Range) -> Option<(Range, u64)> {
        self.numbers.missing_in(range).fold(None, |missing, hole| {
            let (span, count) = missing.unwrap_or((hole, 0));
            Some((Range(hole.0, span.1), count + hole.count()))
        })
    }
}

/// What becomes of a request.
enum Fate {
    Answered,
    Waits(Asked),
    Again(Asked),
    GivenUp,
}

impl Patience {
    fn pause(&self, requests: u32) -> Duration {
        self.ask_again.saturating_mul(1 << requests.saturating_sub(1).min(20)).min(self.ask_again_max)
    }
}

fn has_passed(since: Timestamp, now: Timestamp, time: Duration) -> bool {
    u64::try_from(now.0.saturating_sub(since.0)).is_ok_and(|micros| Duration::from_micros(micros) >= time)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Patience = Patience {
        gap_wait: Duration::from_secs(5),
        ask_again: Duration::from_secs(10),
        ask_again_max: Duration::from_mins(1),
        requests_max: 3,
        away_max: Duration::from_hours(1),
    };

    fn at(second: i64) -> Timestamp {
        Timestamp(second * 1_000_000)
    }

    /// A course that hears its gateway at times.
    struct Story(Course);

    impl Story {
        fn of(ranges: &[(u64, u64)]) -> Self {
            let mut course = Course { log: 1, ..Course::default() };
            for &(first, last) in ranges {
                course.numbers.add(Range(first, last));
            }
            course.heard = Some(at(0));
            Self(course)
        }

        /// Looks at the course at a time; says what is asked for and what is lost.
        fn check(&mut self, second: i64, ask: Option<(u64, u64)>, lost: &[(u64, u64)]) {
            let review = self.0.review(at(second), &PATIENCE);
            let lost: Vec<Range> = lost.iter().map(|&(first, last)| Range(first, last)).collect();
            let ask = ask.map(|(first, last)| Range(first, last));
            assert_eq!(review, Review { ask, lost }, "at second {second}");
        }

        fn hear(&mut self, second: i64, ranges: &[(u64, u64)]) {
            for &(first, last) in ranges {
                self.0.numbers.add(Range(first, last));
            }
            self.0.heard = Some(at(second));
        }
    }

    #[test]
    fn a_hole_is_asked_for_once_it_has_stood() {
        let mut story = Story::of(&[(1, 7), (9, 9)]);
        story.check(0, None, &[]);
        story.check(4, None, &[]);
        // What is missing above the mark may still be on its way.
        story.hear(4, &[(11, 11)]);
        story.check(5, Some((7, 8)), &[]);
        story.hear(6, &[(8, 8)]);
        story.check(9, None, &[]);
        story.check(10, Some((9, 10)), &[]);
    }

    #[test]
    fn it_is_asked_for_again_ever_later_and_given_up() {
        let mut story = Story::of(&[(1, 7), (9, 9)]);
        story.check(0, None, &[]);
        story.check(5, Some((7, 8)), &[]);
        story.hear(6, &[]);
        story.check(14, None, &[]);
        story.check(15, Some((8, 8)), &[]);
        story.hear(16, &[]);
        story.check(34, None, &[]);
        story.check(35, Some((7, 8)), &[]);
        story.hear(36, &[]);
        story.check(74, None, &[]);
        story.check(75, None, &[(8, 8)]);
        assert_eq!(story.0.numbers.contiguous, 9);
    }

    #[test]
    fn who_is_silent_is_not_given_up() {
        let mut story = Story::of(&[(1, 7), (9, 9)]);
        story.check(0, None, &[]);
        story.check(5, Some((7, 8)), &[]);
        story.check(15, Some((8, 8)), &[]);
        story.check(35, Some((7, 8)), &[]);
        story.check(75, Some((8, 8)), &[]);
        for minute in 1..100 {
            story.check(74 + 60 * minute, None, &[]);
            story.check(75 + 60 * minute, Some((8 - minute.unsigned_abs() % 2, 8)), &[]);
        }
        // As soon as it is there again it is asked as if it had been all the time.
        story.hear(6_020, &[(11, 11)]);
        story.check(6_024, None, &[]);
        story.check(6_025, Some((8, 8)), &[]);
    }

    #[test]
    fn an_answer_of_which_a_part_is_missing_is_asked_for_again_soon() {
        let mut story = Story::of(&[(1, 1), (10, 10)]);
        story.check(0, None, &[]);
        story.check(5, Some((1, 9)), &[]);
        story.hear(6, &[(2, 5)]);
        story.check(7, None, &[]);
        story.check(15, None, &[]);
        story.check(16, Some((6, 9)), &[]);
    }

    #[test]
    fn a_large_hole_is_asked_for_from_above_and_goes_on_as_it_closes() {
        let mut story = Story::of(&[(1, 1), (25_000, 25_000)]);
        story.check(0, None, &[]);
        story.check(5, Some((15_000, 24_999)), &[]);
        story.hear(7, &[(15_001, 20_000)]);
        story.check(8, None, &[]);
        // It is coming: the time until it is asked for again begins anew.
        story.check(16, None, &[]);
        story.hear(17, &[(20_001, 24_999)]);
        story.check(17, Some((5_001, 15_000)), &[]);
        story.hear(18, &[(5_002, 15_000)]);
        story.check(18, Some((1, 5_001)), &[]);
    }

    #[test]
    fn a_log_that_begins_above_one_is_given_up_below() {
        let mut story = Story::of(&[(1_000_000, 1_000_001)]);
        story.check(0, None, &[]);
        story.check(5, Some((990_000, 999_999)), &[]);
        story.hear(6, &[(999_000, 999_999)]);
        let mut lost = Vec::new();
        for second in 6..200 {
            story.hear(second, &[]);
            lost.extend(story.0.review(at(second), &PATIENCE).lost);
        }
        assert_eq!(lost, [Range(1, 998_999)]);
        assert_eq!(story.0.numbers.contiguous, 1_000_001);
    }

    #[test]
    fn what_the_gateway_tells_to_be_gone_is_not_asked_for() {
        let mut story = Story::of(&[(1, 7), (1_000_000, 1_000_002)]);
        assert_eq!(story.0.settle(Range(5, 1_000_000)), [Range(8, 999_999)]);
        story.check(0, None, &[]);
        story.check(5, None, &[]);
        assert_eq!(story.0.numbers.contiguous, 1_000_002);
    }

    #[test]
    fn a_clock_that_is_set_back_does_not_hold_it_up() {
        let mut story = Story::of(&[(1, 7), (9, 9)]);
        story.check(10_000, None, &[]);
        story.check(100, None, &[]);
        story.check(105, Some((7, 8)), &[]);
        story.check(50, Some((8, 8)), &[]);
    }

    fn take(course: &mut Course, seq: u64, second: i64, presence: Presence, holder: Holder) -> Verdict {
        course.take(seq, at(second), presence, || holder)
    }

    #[test]
    fn an_event_is_judged_by_its_number_and_its_id() {
        use Holder::{Nobody, Other};
        use Presence::{New, There};
        let mut course = Story::of(&[(1, 7), (9, 9)]).0;
        assert_eq!(take(&mut course, 8, 50, New, Nobody), Verdict::Next);
        assert_eq!(take(&mut course, 8, 50, There, Nobody), Verdict::Repeated);
        assert_eq!(take(&mut course, 3, 50, New, Nobody), Verdict::Recovered);
        assert_eq!(take(&mut course, 3, 50, New, Other(at(50))), Verdict::Contradicts);
        assert_eq!(take(&mut course, 3, 50, New, Other(at(60))), Verdict::Contradicts);
        assert_eq!(course.log, 1);
    }

    #[test]
    fn numbers_that_begin_anew_are_another_log() {
        use Holder::{Nobody, Other};
        use Presence::{New, There};
        let mut course = Story::of(&[(1, 7)]).0;
        course.ripe = 7;
        assert_eq!(take(&mut course, 3, 50, New, Other(at(40))), Verdict::Begun);
        assert_eq!((course.log, course.numbers.above.clone(), course.ripe), (2, vec![Range(3, 3)], 0));
        assert_eq!(take(&mut course, 1, 49, New, Nobody), Verdict::Next);
        // What was there under the other numbers came from the same store, set back: it counts again.
        assert_eq!(take(&mut course, 2, 10, There, Nobody), Verdict::Repeated);
        assert_eq!(course.numbers, Numbers { contiguous: 3, above: Vec::new() });
        // A first event is a first event, whatever the clock says.
        assert_eq!(take(&mut course, 1, 10, New, Other(at(49))), Verdict::Begun);
        assert_eq!(course.log, 3);
    }
}
