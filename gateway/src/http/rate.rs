//! How often a token may ask: so many requests a second, with some of them at once.
//!
//! Knows no clock: the caller says when it is.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::limits::BURST_SECONDS;

/// What each token has left. As many as the configuration has tokens.
#[derive(Debug)]
pub(super) struct Rates {
    per_second: f64,
    left: HashMap<String, Left>,
}

#[derive(Debug)]
struct Left {
    requests: f64,
    at: Instant,
}

impl Rates {
    /// Returns that every token may make so many requests a second.
    pub(super) fn new(per_second: u32) -> Self {
        Self { per_second: f64::from(per_second), left: HashMap::new() }
    }

    /// Counts a request of a token; if it has none left, returns when it has one again.
    pub(super) fn take(&mut self, token: &str, now: Instant) -> Result<(), Duration> {
        let most = self.per_second * BURST_SECONDS;
        let Some(left) = self.left.get_mut(token) else {
            self.left.insert(token.to_owned(), Left { requests: most - 1.0, at: now });
            return Ok(());
        };
        let passed = now.saturating_duration_since(left.at).as_secs_f64();
        left.requests = passed.mul_add(self.per_second, left.requests).min(most);
        left.at = now;
        if left.requests < 1.0 {
            return Err(Duration::from_secs_f64((1.0 - left.requests) / self.per_second));
        }
        left.requests -= 1.0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_its_requests_at_once_and_then_as_time_passes() {
        let (mut rates, now) = (Rates::new(10), Instant::now());
        assert!((0..20).all(|_| rates.take("a", now).is_ok()));
        assert_eq!(rates.take("a", now).unwrap_err().as_millis(), 100);
        assert!(rates.take("b", now).is_ok());
        let later = now + Duration::from_millis(101);
        assert!(rates.take("a", later).is_ok() && rates.take("a", later).is_err());
    }
}
