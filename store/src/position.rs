//! How far a gateway's ledger is, and whether a turn is the next one.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::cell::Cells;
use crate::error::Failure;
use crate::owner::Owner;
use crate::row::Row;
use crate::session::Session;
use crate::statement::{Statement, statement};
use crate::turn::{Mark, Turn};

static READ: Statement = statement!("position", "gateways");
static MOVE: Statement = statement!("move_gateway", "gateways");
static MOVE_FROM: Statement = statement!("move_gateway_from", "gateways");

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
    /// Reads the position, and sees to it that no other instance has taken the ledger over: a lock on a server may be
    /// lost without a word.
    pub(crate) async fn read(session: &mut Session, owner: &Owner) -> Result<Self, Failure> {
        let ours = Cells::default().with(&owner.gateway_id).with(owner.started);
        let found = session.rows(&READ, ours, Self::of).await?;
        let lost = || Failure::Locked { holder: "one that was started later".to_owned() };
        found.first().copied().ok_or_else(lost)
    }

    fn of(row: &Row<'_>) -> Result<Self, Failure> {
        let sequence: Option<i64> = row.get("last_scan_sequence")?;
        Ok(Self { sequence: sequence.map(i64::cast_unsigned), seq: row.count("last_event_seq")? })
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

    /// Judges a turn.
    pub(crate) fn judge_turn(self, turn: &Turn<'_>) -> Result<Verdict, Failure> {
        let seqs: Vec<u64> = turn.bodies.iter().map(|body| body.seq).collect();
        self.judge(turn.mark.sequence, &seqs)
    }

    /// Returns the position after a turn.
    pub(crate) fn after(self, turn: &Turn<'_>) -> Self {
        let seq = turn.bodies.last().map_or(self.seq, |body| body.seq);
        Self { sequence: Some(turn.mark.sequence), seq }
    }

    /// Writes the position after a turn, and that the gateway was seen.
    pub(crate) async fn advance(
        self,
        session: &mut Session,
        gateway_id: &Arc<str>,
        turn: &Turn<'_>,
    ) -> Result<(), Failure> {
        let cells = seen(turn).with(self.after(turn).seq.cast_signed()).with(gateway_id);
        session.execute(&MOVE, cells).await?;
        Ok(())
    }

    /// Returns what writes the position after a turn, unless the ledger stands elsewhere or another instance took it over:
    /// then it fails. There is none for the first turn of all.
    pub(crate) fn guard(self, owner: &Owner, turn: &Turn<'_>) -> Option<(&'static Statement, Cells)> {
        let cells = seen(turn)
            .with(self.sequence?.cast_signed())
            .with(self.seq.cast_signed())
            .with(owner.started)
            .with(self.after(turn).seq.cast_signed())
            .with(&owner.gateway_id);
        Some((&MOVE_FROM, cells))
    }
}

/// Returns when a gateway was seen, and the turn's last scan.
fn seen(turn: &Turn<'_>) -> Cells {
    let Mark { sequence, at } = turn.mark;
    Cells::with_capacity(9).with(turn.written_at).with(sequence.cast_signed()).with(at.monotonic.0).with(at.wall.0)
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
