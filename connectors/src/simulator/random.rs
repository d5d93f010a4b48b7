//! Chance from a seed: the same seed gives the same sequence on every machine, for ever. Not for secrets.

/// A stream of numbers (`SplitMix64`: one addition and a mix of bits each; its author's constants).
#[derive(Clone, Debug)]
pub(super) struct Random {
    state: u64,
}

const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

impl Random {
    /// Returns the stream of a number under a seed: streams do not influence one another, so a signal that is
    /// added to a scenario changes none of the others.
    pub(super) const fn new(seed: u64, stream: u64) -> Self {
        Self { state: mix(seed ^ mix(stream.wrapping_add(STEP))) }
    }

    /// Returns a number below `bound`, which is at least 1. A bound is at most a few million here, so the
    /// unevenness of a remainder does not show.
    pub(super) const fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    /// Returns a number from `low` to `high`, both included.
    pub(super) const fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high - low + 1)
    }

    /// Returns a number from -1 up to 1.
    pub(super) fn around_zero(&mut self) -> f64 {
        // 32 bits are exact in a float, and finer than any sensor.
        let high = u32::try_from(self.next() >> 32).unwrap_or(u32::MAX);
        f64::from(high) / f64::from(1_u32 << 31) - 1.0
    }

    const fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(STEP);
        mix(self.state)
    }
}

const fn mix(state: u64) -> u64 {
    let first = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let second = (first ^ (first >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    second ^ (second >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_the_published_sequence() {
        let mut random = Random { state: 0 };
        assert_eq!([random.next(), random.next()], [0xE220_A839_7B1D_CDAF, 0x6E78_9E6A_A1B9_65F4]);
    }

    #[test]
    fn stays_within_its_bounds_and_reaches_them() {
        let mut random = Random::new(7, 1);
        let drawn: Vec<u64> = (0..200).map(|_| random.between(3, 5)).collect();
        assert!(drawn.iter().all(|number| (3..=5).contains(number)));
        assert!([3, 4, 5].iter().all(|number| drawn.contains(number)));
        assert!((0..200).all(|_| (-1.0..1.0).contains(&random.around_zero())));
    }

    #[test]
    fn streams_differ() {
        assert_ne!(Random::new(7, 1).next(), Random::new(7, 2).next());
        assert_ne!(Random::new(7, 1).next(), Random::new(8, 1).next());
    }
}
