//! The counter that the PLC raises by one per run: a run that nobody saw leaves a gap in it.

use latchwork_expr::{Cell, Value};

use super::Sequence;
use crate::effect::{EventKind, Info};
use crate::evaluate::is_trusted;
use crate::plant::{OperationIndex, UncertainPolicy};
use crate::step::{Engine, Turn};

/// The whole floats below this are exactly one integer each.
const EXACT_FLOAT_MAX: f64 = 9_007_199_254_740_992.0;

impl Engine {
    /// Compares the counter with what it showed for the record before; the first number arms, one that is not known
    /// changes nothing.
    pub(super) fn check_sequence(&mut self, operation: OperationIndex, turn: &mut Turn<'_>) {
        let Some(sequence) = self.plant.operations[operation.index()].handshake.sequence else { return };
        let Some(found) = count(&self.image[sequence.tag.index()], self.plant.uncertain) else { return };
        let state = self.state_mut(operation);
        let before = state.handshake.sequence.replace(found);
        let Some(before) = before.filter(|&before| sequence.after(before) != Some(found)) else { return };
        state.counters.sequence_gaps += 1;
        if let Some(run) = &state.run {
            let record = run.record.id;
            turn.tell(EventKind::OperationSequenceGap, Info::SequenceGap { operation, record, before, found });
        }
    }
}

impl Sequence {
    /// Returns the number that follows another.
    fn after(self, number: i64) -> Option<i64> {
        let next = number.checked_add(1)?;
        Some(if self.rollover == Some(next) { 0 } else { next })
    }
}

/// Returns the number that a counter shows, if that is known.
fn count(cell: &Cell, uncertain: UncertainPolicy) -> Option<i64> {
    if !is_trusted(cell.quality, uncertain) {
        return None;
    }
    match cell.value {
        Value::Integer(number) => Some(number),
        Value::Float(number) => whole(number),
        Value::Null
        | Value::Boolean(_)
        | Value::String(_)
        | Value::Date(_)
        | Value::Dataset(_)
        | Value::Document(_)
        | Value::Quality(_) => None,
    }
}

fn whole(number: f64) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "the number is whole and in range")]
    (number.fract() == 0.0 && number.abs() <= EXACT_FLOAT_MAX).then_some(number as i64)
}

#[cfg(test)]
mod tests {
    use latchwork_expr::{Quality, TagSlot, Timestamp};

    use super::*;

    fn shows(value: Value, quality: Quality) -> Option<i64> {
        count(&Cell { value, quality, time: Timestamp(0) }, UncertainPolicy::Bad)
    }

    #[test]
    fn only_a_whole_number_that_is_known_counts() {
        assert_eq!(shows(Value::Integer(-7), Quality::Good), Some(-7));
        assert_eq!(shows(Value::Float(7.0), Quality::Good), Some(7));
        for value in [Value::Float(7.5), Value::Float(f64::NAN), Value::Float(1e300), Value::Null, "7".into()] {
            assert_eq!(shows(value, Quality::Good), None);
        }
        assert_eq!(shows(Value::Integer(7), Quality::BadStale), None);
        assert_eq!(shows(Value::Integer(7), Quality::Uncertain), None);
    }

    #[test]
    fn the_last_number_before_the_rollover_is_followed_by_0() {
        let next = |rollover, number| Sequence { tag: TagSlot(0), rollover }.after(number);
        assert_eq!(next(None, 65_535), Some(65_536));
        assert_eq!(next(Some(65_536), 65_535), Some(0));
        assert_eq!(next(Some(65_536), 0), Some(1));
        assert_eq!(next(None, i64::MAX), None);
    }
}
