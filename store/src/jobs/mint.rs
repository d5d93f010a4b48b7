//! Ids of what a transaction makes: rows and events of jobs.

use latchwork_engine::ids;
use latchwork_expr::Timestamp;
use ulid::Ulid;

/// Makes the ids of one transaction, each greater than the one before.
///
/// The first is made of the gateway and of the number that the transaction's first event will have. Whatever gets an id is
/// told in an event, so no two transactions make the same ones.
#[derive(Debug)]
pub(crate) struct Mint(u128);

impl Mint {
    /// Returns the mint of a transaction.
    pub(crate) fn of(gateway_id: &str, at: Timestamp, first_seq: u64) -> Self {
        Self(ids::first_job_id(gateway_id, at, first_seq).into())
    }

    /// Returns the next id.
    pub(crate) const fn next(&mut self) -> Ulid {
        let id = Ulid(self.0);
        self.0 = self.0.wrapping_add(1);
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_ascend_and_no_other_transaction_has_them() {
        let at = Timestamp(1_772_431_200_000_000);
        let mut mint = Mint::of("gw", at, 7);
        let ids: Vec<Ulid> = (0..1_000).map(|_| mint.next()).collect();
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(ids[0].timestamp_ms(), 1_772_431_200_000);
        for other in [Mint::of("gw", at, 8), Mint::of("gw-2", at, 7)] {
            let mut other = other;
            assert!((0..1_000).all(|_| !ids.contains(&other.next())));
        }
    }
}
