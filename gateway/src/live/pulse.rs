//! How the loop does: how long scans take, how long what comes waits for one, how much comes.
//!
//! Scans of a turn are measured together where one call takes them: two looks at the clock cost about as much as a scan that
//! moves nothing.

use std::time::Duration;

/// The upper bounds of the classes of [`Times`] in seconds; the last class has none.
pub(crate) const TIME_CLASSES: [f64; 7] = [0.000_01, 0.000_1, 0.001, 0.01, 0.1, 1.0, 10.0];

/// How the loop does.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pulse {
    /// How long the engine takes for what it is given at once.
    pub(crate) scans: Times,
    /// How long what came waited before it was taken.
    pub(crate) lag: Times,
    /// How many samples were taken.
    pub(crate) samples: u64,
}

/// Durations by classes.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Times {
    /// How many are in each class of [`TIME_CLASSES`], then how many are longer than all of them.
    pub(crate) classes: [u64; TIME_CLASSES.len() + 1],
    /// How long they are together, in seconds.
    pub(crate) sum_seconds: f64,
}

impl Times {
    /// Counts a duration.
    pub(super) fn add(&mut self, duration: Duration) {
        let seconds = duration.as_secs_f64();
        let class = TIME_CLASSES.iter().position(|&bound| seconds <= bound).unwrap_or(TIME_CLASSES.len());
        self.classes[class] += 1;
        self.sum_seconds += seconds;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_in_the_first_class_that_holds_it() {
        let mut times = Times::default();
        for micros in [0, 10, 11, 1_000, 20_000_000] {
            times.add(Duration::from_micros(micros));
        }
        assert_eq!(times.classes, [2, 1, 1, 0, 0, 0, 0, 1]);
    }
}
