//! Who guesses tokens waits: after some wrong ones of an address none of its tokens is looked at for a while.
//!
//! Knows no clock: the caller says when it is.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use super::limits::{LOCKED_OUT_MAX, LOCKOUT_MAX, LOCKOUT_MIN, WRONG_TOKENS_FREE};

/// The addresses that wrong tokens came from.
#[derive(Debug, Default)]
pub(super) struct Lockouts(HashMap<IpAddr, Guesses>);

#[derive(Clone, Copy, Debug)]
struct Guesses {
    wrong: u32,
    last_at: Instant,
    until: Option<Instant>,
}

impl Lockouts {
    /// Returns for how long no token of an address is looked at, if it is locked out.
    pub(super) fn remaining(&self, address: IpAddr, now: Instant) -> Option<Duration> {
        let until = self.0.get(&address)?.until?;
        until.checked_duration_since(now).filter(|remaining| !remaining.is_zero())
    }

    /// Notes a wrong token of an address.
    pub(super) fn note_wrong(&mut self, address: IpAddr, now: Instant) {
        if self.0.len() >= LOCKED_OUT_MAX && !self.0.contains_key(&address) {
            self.forget_oldest();
        }
        let guesses = self.0.entry(address).or_insert(Guesses { wrong: 0, last_at: now, until: None });
        // Who has been quiet for as long as anybody is locked out begins anew.
        if now.saturating_duration_since(guesses.last_at) > LOCKOUT_MAX {
            guesses.wrong = 0;
        }
        guesses.wrong = guesses.wrong.saturating_add(1);
        guesses.last_at = now;
        guesses.until = guesses.wrong.checked_sub(WRONG_TOKENS_FREE + 1).map(|beyond| now + lockout(beyond));
    }

    /// Forgets the wrong tokens of an address: a right one came.
    pub(super) fn note_right(&mut self, address: IpAddr) {
        self.0.remove(&address);
    }

    fn forget_oldest(&mut self) {
        let oldest = self.0.iter().min_by_key(|(_, guesses)| guesses.last_at).map(|(address, _)| *address);
        if let Some(address) = oldest {
            self.0.remove(&address);
        }
    }
}

fn lockout(beyond: u32) -> Duration {
    LOCKOUT_MIN.saturating_mul(2_u32.saturating_pow(beyond)).min(LOCKOUT_MAX)
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn address(number: u32) -> IpAddr {
        Ipv4Addr::from_bits(number).into()
    }

    #[test]
    fn each_wrong_token_doubles_the_time_up_to_a_bound() {
        let (mut lockouts, mut now) = (Lockouts::default(), Instant::now());
        let mut seconds = Vec::new();
        for _ in 0..16 {
            lockouts.note_wrong(address(1), now);
            let remaining = lockouts.remaining(address(1), now).unwrap_or_default();
            seconds.push(remaining.as_secs());
            now += remaining;
            assert_eq!(lockouts.remaining(address(1), now), None);
        }
        assert_eq!(seconds, [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
        assert_eq!(lockouts.remaining(address(2), now), None);
    }

    #[test]
    fn a_right_token_and_a_long_time_forgive() {
        let (mut lockouts, now) = (Lockouts::default(), Instant::now());
        (0..=WRONG_TOKENS_FREE).for_each(|_| lockouts.note_wrong(address(1), now));
        assert!(lockouts.remaining(address(1), now).is_some());
        lockouts.note_right(address(1));
        assert_eq!(lockouts.remaining(address(1), now), None);
        (0..WRONG_TOKENS_FREE).for_each(|_| lockouts.note_wrong(address(1), now));
        let later = now + LOCKOUT_MAX + Duration::from_secs(1);
        lockouts.note_wrong(address(1), later);
        assert_eq!(lockouts.remaining(address(1), later), None);
    }

    #[test]
    fn a_bounded_number_of_addresses_is_remembered() {
        let (mut lockouts, now) = (Lockouts::default(), Instant::now());
        for number in 0..=u32::try_from(LOCKED_OUT_MAX).unwrap() {
            lockouts.note_wrong(address(number), now + Duration::from_millis(u64::from(number)));
        }
        assert_eq!(lockouts.0.len(), LOCKED_OUT_MAX);
        assert!(!lockouts.0.contains_key(&address(0)));
    }
}
