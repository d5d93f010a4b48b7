//! How long to wait before the next attempt: doubling, with jitter.
//!
//! Pure: chance comes from a seed, so that a test sees what a plant sees.

use std::time::Duration;

use crate::limits::{RECONNECT_MILLIS_FIRST, RECONNECT_MILLIS_MAX};

/// The pauses between attempts to connect.
#[derive(Clone, Debug)]
pub struct Backoff {
    millis: u64,
    millis_max: u64,
    chance: u64,
}

impl Backoff {
    /// Returns the pauses of a link; links with different seeds do not come back in step.
    pub const fn new(seed: u64) -> Self {
        Self::up_to(seed, RECONNECT_MILLIS_MAX)
    }

    /// Returns pauses that begin as those of a link do and become this long.
    pub const fn up_to(seed: u64, millis_max: u64) -> Self {
        Self { millis: RECONNECT_MILLIS_FIRST, millis_max, chance: seed }
    }

    /// Begins again with the first pause: the other side has shown that it works.
    pub const fn reset(&mut self) {
        self.millis = RECONNECT_MILLIS_FIRST;
    }

    /// Returns the next pause: between half of its step and the whole.
    pub const fn pause(&mut self) -> Duration {
        let half = self.millis / 2;
        let millis = half + self.next() % (half + 1);
        self.millis = if self.millis > self.millis_max / 2 { self.millis_max } else { self.millis * 2 };
        Duration::from_millis(millis)
    }

    /// Returns the next number of a splitmix64 generator.
    const fn next(&mut self) -> u64 {
        self.chance = self.chance.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.chance ^ (self.chance >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_half_a_minute() {
        for seed in 0..200 {
            let mut backoff = Backoff::new(seed);
            for step in [80, 160, 320, 640, 1280, 2560, 5120, 10_240, 20_480, 30_000, 30_000, 30_000] {
                let pause = backoff.pause();
                assert!(pause <= Duration::from_millis(step), "{pause:?} of {step}, seed {seed}");
                assert!(pause >= Duration::from_millis(step / 2), "{pause:?} of {step}, seed {seed}");
            }
            backoff.reset();
            assert!(backoff.pause() <= Duration::from_millis(80));
        }
    }

    #[test]
    fn links_do_not_come_back_in_step() {
        let pauses: std::collections::BTreeSet<_> = (0..50).map(|seed| Backoff::new(seed).pause()).collect();
        assert!(pauses.len() > 20, "{}", pauses.len());
    }
}
