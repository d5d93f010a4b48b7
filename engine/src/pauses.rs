//! When a run stood by command.

use serde::{Deserialize, Serialize};

use crate::limits::PAUSES_KEPT_MAX;
use crate::retained::is_default;
use crate::scan::Moment;

/// The pauses of a run, in their order. Each is kept as it was, for the run may end before it after all: a stop can be
/// given for the past.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Pauses {
    /// Those that are over, from when to when.
    #[serde(skip_serializing_if = "is_default")]
    over: Vec<(Moment, Moment)>,
    /// Since when the run stands.
    #[serde(skip_serializing_if = "is_default")]
    since: Option<Moment>,
    /// How long still earlier pauses took, in microseconds: of very many only the last are kept one by one.
    #[serde(skip_serializing_if = "is_default")]
    earlier_micros: i64,
}

impl Pauses {
    /// Tells whether the run stands.
    pub(crate) const fn stands(&self) -> bool {
        self.since.is_some()
    }

    /// Tells whether the run never stood.
    pub(crate) const fn are_none(&self) -> bool {
        self.over.is_empty() && self.since.is_none()
    }

    /// Tells whether the run stood at a moment.
    pub(crate) fn stands_at(&self, at: Moment) -> bool {
        let stood = |(from, to): &(Moment, Moment)| from.monotonic <= at.monotonic && at.monotonic < to.monotonic;
        self.over.iter().any(stood) || self.since.is_some_and(|since| since.monotonic <= at.monotonic)
    }

    /// Begins a pause.
    pub(crate) fn begin(&mut self, now: Moment) {
        self.since.get_or_insert(now);
    }

    /// Ends the pause.
    pub(crate) fn end(&mut self, now: Moment) {
        let Some(since) = self.since.take() else { return };
        self.over.push((since, now));
        if self.over.len() > PAUSES_KEPT_MAX {
            let (from, to) = self.over.remove(0);
            self.earlier_micros += to.monotonic.micros_since(from.monotonic);
        }
    }

    /// Returns how long the pauses took that are over, in microseconds.
    pub(crate) fn micros(&self) -> i64 {
        let took = |(from, to): &(Moment, Moment)| to.monotonic.micros_since(from.monotonic);
        self.earlier_micros + self.over.iter().map(took).sum::<i64>()
    }

    /// Returns how long the run stood up to a moment, in microseconds.
    pub(crate) fn micros_until(&self, until: Moment) -> i64 {
        let stood = |from: Moment, to: Moment| to.monotonic.min(until.monotonic).micros_since(from.monotonic).max(0);
        let over: i64 = self.over.iter().map(|&(from, to)| stood(from, to)).sum();
        self.earlier_micros + over + self.since.map_or(0, |since| stood(since, until))
    }

    /// Returns the pauses from a moment on: those of the run that begins then.
    pub(crate) fn since(&self, start: Moment) -> Self {
        let later = self.over.iter().filter(|(_, to)| to.monotonic > start.monotonic);
        Self {
            over: later.map(|&(from, to)| (start.latest(from), to)).collect(),
            since: self.since.map(|since| start.latest(since)),
            earlier_micros: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Moment {
        Moment::default().plus_micros(second * 1_000_000)
    }

    fn pauses(spans: &[(i64, i64)], since: Option<i64>) -> Pauses {
        let mut pauses = Pauses::default();
        for &(from, to) in spans {
            pauses.begin(at(from));
            pauses.end(at(to));
        }
        pauses.since = since.map(at);
        pauses
    }

    #[test]
    fn only_what_lies_before_the_end_counts() {
        let pauses = pauses(&[(10, 20), (30, 35)], Some(50));
        for (until, seconds) in [(5, 0), (15, 5), (25, 10), (32, 12), (40, 15), (60, 25)] {
            assert_eq!(pauses.micros_until(at(until)), seconds * 1_000_000, "until {until}");
        }
    }

    #[test]
    fn a_run_that_goes_on_takes_what_lies_behind_its_start() {
        let all = pauses(&[(10, 20), (30, 35)], Some(50));
        assert_eq!(all.since(at(15)), pauses(&[(15, 20), (30, 35)], Some(50)));
        assert_eq!(all.since(at(40)), pauses(&[], Some(50)));
        assert_eq!(all.since(at(55)), pauses(&[], Some(55)));
    }

    #[test]
    fn very_many_pauses_are_summed() {
        let spans: Vec<(i64, i64)> = (0..1_000).map(|n| (n * 10, n * 10 + 1)).collect();
        let pauses = pauses(&spans, None);
        assert_eq!(pauses.over.len(), PAUSES_KEPT_MAX);
        assert_eq!(pauses.micros_until(at(100_000)), 1_000 * 1_000_000);
    }
}
