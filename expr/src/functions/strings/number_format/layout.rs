//! How the digits of a number are laid out, read from the symbols `0 # , . E` of a pattern.

use crate::functions::Failure;

/// How the digits are laid out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    /// The fewest digits before the point.
    pub whole_least: usize,
    /// The digits before the point, `#` included: with an exponent, the most.
    pub whole_most: usize,
    /// The fewest and the most digits after the point.
    pub fraction: (usize, usize),
    /// How many digits a group has; 0 is no groups.
    pub group: usize,
    /// Whether the point is written without digits after it.
    pub always_point: bool,
    /// The fewest digits of the exponent, when there is one.
    pub exponent_least: Option<usize>,
}

/// What the part of the digits has: `##,#00.0##E0`.
#[derive(Debug, Default)]
pub(super) struct Digits {
    /// The `#` before the first `0`.
    hashes_before: usize,
    zeros: usize,
    /// The `#` after the last `0`.
    hashes_after: usize,
    /// Digits since the last comma before the point.
    group: Option<usize>,
    /// Digits before the point.
    point: Option<usize>,
    /// The zeros after `E`.
    exponent: Option<usize>,
}

impl Digits {
    fn count(&self) -> usize {
        self.hashes_before + self.zeros + self.hashes_after
    }

    /// Takes one of `0 # , .`.
    pub(super) fn take(&mut self, symbol: char) -> Result<(), Failure> {
        match symbol {
            '.' if self.point.is_some() => return Err("the pattern has a second `.`".into()),
            '.' => self.point = Some(self.count()),
            ',' => self.group = Some(0),
            '0' if self.hashes_after > 0 => {
                return Err("the pattern has a `0` after the `#` that ends its zeros".into());
            }
            '0' => self.zeros += 1,
            _ if self.zeros > 0 => self.hashes_after += 1,
            _ => self.hashes_before += 1,
        }
        if matches!(symbol, '0' | '#') && self.point.is_none() {
            self.group = self.group.map(|digits| digits + 1);
        }
        Ok(())
    }

    /// Takes the zeros of an exponent.
    pub(super) fn take_exponent(&mut self, zeros: usize) -> Result<(), Failure> {
        if zeros == 0 || self.hashes_before + self.zeros == 0 {
            return Err("the pattern has an `E` without zeros after it or digits before it".into());
        }
        match self.exponent.replace(zeros) {
            None => Ok(()),
            Some(_) => Err("the pattern has a second exponent".into()),
        }
    }

    /// Returns what the symbols ask for, or says what is wrong with their order.
    pub(super) fn layout(mut self) -> Result<Layout, Failure> {
        if let (Some(point), 0, 1..) = (self.point, self.zeros, self.hashes_before) {
            // `#.##` and `.##` have no zero to count from: the digit beside the point is one.
            let zero = point.max(1);
            self.hashes_after = self.hashes_before - zero;
            self.hashes_before = zero - 1;
            self.zeros = 1;
        }
        let (count, zeros_end) = (self.count(), self.hashes_before + self.zeros);
        let point = self.point.unwrap_or(count);
        if self.point.is_none() && self.hashes_after > 0 {
            return Err("the pattern has a `#` after its zeros, which only places after the `.` may have".into());
        }
        if self.point.is_some() && !(self.hashes_before..=zeros_end).contains(&point) {
            return Err("the pattern has its `.` beside a `#` that stands between it and the zeros".into());
        }
        if self.group == Some(0) {
            return Err("the pattern has a `,` without digits after it".into());
        }
        let fraction = if self.point.is_some() { (zeros_end - point, count - point) } else { (0, 0) };
        Ok(Layout {
            whole_least: point - self.hashes_before,
            whole_most: point,
            fraction,
            group: self.group.unwrap_or(0),
            always_point: self.point.is_some_and(|point| point == 0 || point == count),
            exponent_least: self.exponent,
        })
    }
}
