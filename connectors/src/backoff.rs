//! How long to wait before a lost link is tried again: soon at first, then ever longer, never in step with others.
//!
//! Pure: knows no clock and no socket.

use std::time::Duration;

use crate::limits::{BACKOFF_FIRST, BACKOFF_LONGEST};

/// The waits between the attempts of one link.
#[derive(Clone, Debug)]
pub struct Backoff {
    ceiling: Duration,
    chance: u64,
}

impl Backoff {
    /// Returns the waits of a link; different seeds keep links that were lost together from coming back together.
    pub const fn new(seed: u64) -> Self {
        Self { ceiling: BACKOFF_FIRST, chance: seed }
    }

    /// Returns the next wait: from half the ceiling to all of it. The ceiling doubles each time, up to
    /// [`BACKOFF_LONGEST`].
    pub fn pause(&mut self) -> Duration {
        let half = self.ceiling / 2;
        self.ceiling = (self.ceiling * 2).min(BACKOFF_LONGEST);
        half + half.mul_f64(self.fraction())
    }

    /// Begins anew: the link works.
    pub const fn reset(&mut self) {
        self.ceiling = BACKOFF_FIRST;
    }

    /// Returns a number from 0 to 1 (`SplitMix64`, of which the high bits are the best).
    fn fraction(&mut self) -> f64 {
        self.chance = self.chance.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.chance ^ (self.chance >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        f64::from((mixed >> 32) as u32) / f64::from(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn waits_double_and_never_pass_their_bounds(seed in any::<u64>()) {
            let mut backoff = Backoff::new(seed);
            let mut ceiling = BACKOFF_FIRST;
            for _ in 0..20 {
                let wait = backoff.pause();
                prop_assert!(ceiling / 2 <= wait && wait <= ceiling, "{wait:?} of {ceiling:?}");
                ceiling = (ceiling * 2).min(BACKOFF_LONGEST);
            }
            prop_assert_eq!(ceiling, BACKOFF_LONGEST);
            backoff.reset();
            prop_assert!(backoff.pause() <= BACKOFF_FIRST);
        }
    }

    #[test]
    fn two_links_do_not_come_back_in_step() {
        let (mut one, mut other) = (Backoff::new(1), Backoff::new(2));
        assert!((0..4).any(|_| one.pause() != other.pause()));
    }
}
