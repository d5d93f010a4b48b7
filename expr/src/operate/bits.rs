//! `| xor & << >>`: integers of 64 bits, and booleans without short circuit.

use crate::coerce::integer;
use crate::functions::Failure;
use crate::value::Value;

/// An operator on bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bits {
    Or,
    Xor,
    And,
    ShiftLeft,
    ShiftRight,
}

impl Bits {
    pub(super) fn apply(self, left: &Value, right: &Value) -> Result<Value, Failure> {
        match (self, left, right) {
            (Self::Or, Value::Boolean(left), Value::Boolean(right)) => Ok(Value::Boolean(left | right)),
            (Self::Xor, Value::Boolean(left), Value::Boolean(right)) => Ok(Value::Boolean(left ^ right)),
            (Self::And, Value::Boolean(left), Value::Boolean(right)) => Ok(Value::Boolean(left & right)),
            (Self::Or | Self::Xor | Self::And | Self::ShiftLeft | Self::ShiftRight, left, right) => {
                Ok(Value::Integer(self.apply_to_integers(integer(left)?, integer(right)?)))
            }
        }
    }

    /// Shifts as Java does: only the lowest six bits of the distance count, `>>` keeps the sign.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "only the lowest six bits are used")]
    const fn apply_to_integers(self, left: i64, right: i64) -> i64 {
        match self {
            Self::Or => left | right,
            Self::Xor => left ^ right,
            Self::And => left & right,
            Self::ShiftLeft => left.wrapping_shl(right as u32),
            Self::ShiftRight => left.wrapping_shr(right as u32),
        }
    }
}
