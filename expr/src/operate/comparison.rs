//! `= != < > <= >=`.

use std::cmp::Ordering;

use crate::coerce::{equal, order};
use crate::functions::Failure;
use crate::value::Value;

/// An operator that compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    NotEqual,
    Less,
    Greater,
    LessOrEqual,
    GreaterOrEqual,
}

impl Comparison {
    /// Compares two values; equality always has an answer.
    pub(crate) fn apply(self, left: &Value, right: &Value) -> Result<bool, Failure> {
        match self {
            Self::Equal => Ok(equal(left, right)),
            Self::NotEqual => Ok(!equal(left, right)),
            Self::Less | Self::Greater | Self::LessOrEqual | Self::GreaterOrEqual => {
                order(left, right).map(|order| self.accepts(order))
            }
        }
    }

    /// Tells whether this order of two numbers makes the comparison true; `None` is a NaN among them.
    pub(crate) const fn accepts(self, order: Option<Ordering>) -> bool {
        self.outcomes().contain(order)
    }

    /// Returns the orders that make the comparison true.
    pub(crate) const fn outcomes(self) -> Outcomes {
        match self {
            Self::Equal => Outcomes(Outcomes::EQUAL),
            Self::NotEqual => Outcomes(Outcomes::LESS | Outcomes::GREATER | Outcomes::UNORDERED),
            Self::Less => Outcomes(Outcomes::LESS),
            Self::Greater => Outcomes(Outcomes::GREATER),
            Self::LessOrEqual => Outcomes(Outcomes::LESS | Outcomes::EQUAL),
            Self::GreaterOrEqual => Outcomes(Outcomes::GREATER | Outcomes::EQUAL),
        }
    }

    /// Returns the comparison that says the same with its operands exchanged.
    pub(crate) const fn exchanged(self) -> Self {
        match self {
            Self::Equal => Self::Equal,
            Self::NotEqual => Self::NotEqual,
            Self::Less => Self::Greater,
            Self::Greater => Self::Less,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::GreaterOrEqual => Self::LessOrEqual,
        }
    }
}

/// A set of orders: asking it costs the same for every comparison, without a branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Outcomes(u8);

impl Outcomes {
    const LESS: u8 = 1;
    const EQUAL: u8 = 2;
    const GREATER: u8 = 4;
    const UNORDERED: u8 = 8;

    /// Returns the set of all other orders.
    #[must_use]
    pub(crate) const fn others(self) -> Self {
        Self(self.0 ^ (Self::LESS | Self::EQUAL | Self::GREATER | Self::UNORDERED))
    }

    /// Tells whether an order is in the set.
    #[inline]
    pub(crate) const fn contain(self, order: Option<Ordering>) -> bool {
        let bit = match order {
            Some(Ordering::Less) => Self::LESS,
            Some(Ordering::Equal) => Self::EQUAL,
            Some(Ordering::Greater) => Self::GREATER,
            None => Self::UNORDERED,
        };
        self.0 & bit != 0
    }
}
