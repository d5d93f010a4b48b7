//! How far a gateway's ledger is, and whether a turn is the next one.

use std::cmp::Ordering;
use std::sync::Arc;

use latchwork_expr::instant_text;
use sqlx::SqliteConnection;

use crate::error::Failure;
use crate::turn::Turn;

/// How far a gateway's ledger is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Position {
    /// The last committed scan.
    pub(crate) sequence: Option<u64>,
    /// The last event; 0 before the first.
    pub(crate) seq: u64,
}

/// What is to be done with a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is the next one.
    Next,
    /// It was committed before.
    AlreadyThere,
}

impl Position {
    /// Reads the position.
    pub(crate) async fn read(connection: &mut SqliteConnection, gateway_id: &Arc<str>) -> Result<Self, Failure> {
        let row: (Option<i64>, i64) =
            sqlx::query_as("SELECT last_scan_sequence, last_event_seq FROM gateways WHERE id = ?1")
                .bind(gateway_id.clone())
                .fetch_one(connection)
                .await?;
        Ok(Self { sequence: row.0.map(i64::cast_unsigned), seq: row.1.cast_unsigned() })
    }

    /// Judges a turn by its last scan and its events' numbers.
    ///
    /// A turn whose commit ended unknown is given again before any later one: then its scan is the last
    /// that is there. A turn without events may come for the scan that is there (the gateway was seen,
    /// retained state is fresher) and is written again, which changes nothing twice.
    pub(crate) fn judge(self, sequence: u64, seqs: &[u64]) -> Result<Verdict, Failure> {
        let follows = seqs.iter().zip(self.seq + 1..).all(|(&given, due)| given == due);
        match (self.sequence.cmp(&Some(sequence)), seqs.last()) {
            (Ordering::Less, _) if follows => Ok(Verdict::Next),
            (Ordering::Equal, None) => Ok(Verdict::Next),
            (Ordering::Equal, Some(&last)) if last == self.seq => Ok(Verdict::AlreadyThere),
            (Ordering::Less | Ordering::Equal | Ordering::Greater, last_seq) => Err(Failure::OutOfStep {
                sequence,
                last_seq: last_seq.copied(),
                stored_sequence: self.sequence,
                stored_seq: self.seq,
            }),
        }
    }

    /// Writes the position after a turn, and that the gateway was seen.
    pub(crate) async fn advance(
        self,
        connection: &mut SqliteConnection,
        gateway_id: &Arc<str>,
        turn: &Turn<'_>,
    ) -> Result<(), Failure> {
        let seq = turn.bodies.last().map_or(self.seq, |body| body.seq);
        sqlx::query(include_str!("sql/move_gateway.sql"))
            .bind(gateway_id.clone())
            .bind(instant_text(turn.written_at))
            .bind(turn.mark.sequence.cast_signed())
            .bind(turn.mark.at.monotonic.0)
            .bind(turn.mark.at.wall.0)
            .bind(seq.cast_signed())
            .execute(connection)
            .await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sequence: u64, seqs: &[u64], expected: Option<Verdict>) {
        let position = Position { sequence: Some(10), seq: 5 };
        let judged = position.judge(sequence, seqs);
        assert_eq!(judged.ok(), expected, "scan {sequence}, events {seqs:?}");
    }

    #[test]
    fn a_turn_is_next_or_there_or_a_mistake() {
        check(11, &[6, 7], Some(Verdict::Next));
        check(11, &[], Some(Verdict::Next));
        check(10, &[], Some(Verdict::Next));
        check(10, &[4, 5], Some(Verdict::AlreadyThere));
        check(10, &[6], None);
        check(10, &[3, 4], None);
        check(9, &[4, 5], None);
        check(9, &[], None);
        check(11, &[7], None);
        check(11, &[5, 6], None);
        check(11, &[6, 8], None);
    }

    #[test]
    fn the_first_turn_begins_with_event_one() {
        let empty = Position { sequence: None, seq: 0 };
        assert_eq!(empty.judge(1, &[1, 2]).ok(), Some(Verdict::Next));
        assert!(empty.judge(1, &[2]).is_err());
    }
}
