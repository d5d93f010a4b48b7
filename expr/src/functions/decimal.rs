//! Decimal digits of a number, and rounding them. What is done with the digits is the callers'.

/// What becomes of a half, for the magnitude.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Half {
    /// Away from zero.
    Up,
    /// Towards zero.
    Down,
    /// To the even digit.
    Even,
}

/// A finite number as decimal digits: 0.d₁d₂d₃… × 10^`point`, without zeros at either end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Decimal {
    /// The sign; a zero may have one, as the float that it came from had.
    pub negative: bool,
    /// The digits as ASCII; none for zero.
    pub digits: Vec<u8>,
    /// How many of the digits stand before the decimal point; negative counts zeros after it.
    pub point: i32,
}

impl Decimal {
    /// Returns the fewest digits that read back as this finite float.
    pub(super) fn shortest(number: f64) -> Self {
        Self::read(&format!("{number:e}"))
    }

    /// Returns the digits of a whole number.
    pub(super) fn whole(number: i128) -> Self {
        Self::read(&number.to_string())
    }

    /// Returns a float to so many places, half to even of its exact binary value. Where the
    /// shortest digits are fewer they stand: 0.1 to 20 places is no 0.10000000000000000555.
    pub(super) fn exact_places(number: f64, places: usize) -> Self {
        let shortest = Self::shortest(number);
        let fraction = i64::try_from(shortest.digits.len()).unwrap_or(i64::MAX) - i64::from(shortest.point);
        if usize::try_from(fraction).is_ok_and(|digits| digits > places) {
            Self::read(&format!("{number:.places$}"))
        } else {
            shortest
        }
    }

    /// Returns a float to so many digits, half to even of its exact binary value.
    pub(super) fn exact_digits(number: f64, count: usize) -> Self {
        let shortest = Self::shortest(number);
        if shortest.digits.len() <= count {
            shortest
        } else {
            Self::read(&format!("{number:.*e}", count.saturating_sub(1)))
        }
    }

    /// Reads what Rust writes for a number: `-12.5`, `1.25e-7`.
    fn read(text: &str) -> Self {
        let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
        let (negative, mantissa) = mantissa.strip_prefix('-').map_or((false, mantissa), |rest| (true, rest));
        let before = mantissa.find('.').unwrap_or(mantissa.len());
        let digits = mantissa.bytes().filter(u8::is_ascii_digit).collect();
        let point = i32::try_from(before).unwrap_or(i32::MAX) + exponent.parse::<i32>().unwrap_or(0);
        Self { negative, digits, point }.trimmed()
    }

    /// Takes the zeros off both ends.
    fn trimmed(mut self) -> Self {
        let leading = self.digits.iter().take_while(|&&digit| digit == b'0').count();
        self.digits.drain(..leading);
        self.point -= i32::try_from(leading).unwrap_or(i32::MAX);
        while self.digits.last() == Some(&b'0') {
            self.digits.pop();
        }
        if self.digits.is_empty() {
            self.point = 0;
        }
        self
    }

    /// Tells whether it is zero, of either sign.
    pub(super) fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }

    /// Returns it with so many places after the decimal point at most; negative ones are before it.
    pub(super) fn rounded(self, places: i32, half: Half) -> Self {
        let count = self.point.saturating_add(places);
        self.kept(count, half)
    }

    /// Returns its first `count` digits, rounded by the others.
    pub(super) fn kept(mut self, count: i32, half: Half) -> Self {
        let Ok(count) = usize::try_from(count) else {
            // All digits are below a tenth of the last place.
            return Self { digits: Vec::new(), point: 0, ..self };
        };
        if count >= self.digits.len() {
            return self;
        }
        let up = self.rounds_up(count, half);
        self.digits.truncate(count);
        if up { self.carried() } else { self }.trimmed()
    }

    /// Tells whether the digits from `count` on weigh enough to raise the digit before them.
    fn rounds_up(&self, count: usize, half: Half) -> bool {
        match (self.digits[count], self.digits.len() - count, half) {
            (b'5', 1, Half::Up) => true,
            (b'5', 1, Half::Down) => false,
            (b'5', 1, Half::Even) => count.checked_sub(1).is_some_and(|last| self.digits[last] % 2 == 1),
            (first, _, Half::Up | Half::Down | Half::Even) => first >= b'5',
        }
    }

    /// Adds one to the last digit.
    fn carried(mut self) -> Self {
        for digit in self.digits.iter_mut().rev() {
            if *digit < b'9' {
                *digit += 1;
                return self;
            }
            *digit = b'0';
        }
        self.digits.insert(0, b'1');
        self.point += 1;
        self
    }

    /// Returns the digit `place` places before the decimal point, from 0 for the ones; negative
    /// places are after it.
    pub(super) fn digit(&self, place: i32) -> char {
        let index = usize::try_from(self.point - 1 - place).ok();
        index.and_then(|index| self.digits.get(index)).map_or('0', |&digit| char::from(digit))
    }

    /// Returns how many places after the decimal point have digits.
    pub(super) fn places(&self) -> i32 {
        (i32::try_from(self.digits.len()).unwrap_or(i32::MAX) - self.point).max(0)
    }

    /// Returns the nearest float; a zero loses its sign.
    pub(super) fn to_float(&self) -> f64 {
        let sign = if self.negative { "-" } else { "" };
        let digits = String::from_utf8_lossy(&self.digits);
        if self.is_zero() { 0.0 } else { format!("{sign}0.{digits}e{}", self.point).parse().unwrap_or(f64::NAN) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(decimal: &Decimal) -> String {
        let sign = if decimal.negative { "-" } else { "" };
        format!("{sign}{}@{}", String::from_utf8_lossy(&decimal.digits), decimal.point)
    }

    #[test]
    fn numbers_are_read_without_zeros_at_the_ends() {
        for (number, wanted) in
            [(0.0, "@0"), (-0.0, "-@0"), (1.0, "1@1"), (1500.0, "15@4"), (-0.001, "-1@-2"), (1e300, "1@301")]
        {
            assert_eq!(written(&Decimal::shortest(number)), wanted);
        }
        assert_eq!(written(&Decimal::whole(-1200)), "-12@4");
    }

    #[test]
    fn halves_go_where_they_are_told() {
        let check = |number, places, half, wanted| {
            assert_eq!(written(&Decimal::shortest(number).rounded(places, half)), wanted, "{number} {places} {half:?}");
        };
        check(2.5, 0, Half::Up, "3@1");
        check(2.5, 0, Half::Down, "2@1");
        check(2.5, 0, Half::Even, "2@1");
        check(3.5, 0, Half::Even, "4@1");
        check(0.5, 0, Half::Even, "@0");
        check(0.5, 0, Half::Up, "1@1");
        check(0.51, 0, Half::Down, "1@1");
        check(99.96, 1, Half::Down, "1@3");
        check(0.04, 0, Half::Up, "@0");
        check(1250.0, -2, Half::Even, "12@4");
    }

    #[test]
    fn exact_rounding_sees_the_binary_value_behind_the_digits() {
        // 1.005 is a little less than it says, 0.125 is what it says.
        assert_eq!(written(&Decimal::exact_places(1.005, 2)), "1@1");
        assert_eq!(written(&Decimal::exact_places(0.125, 2)), "12@0");
        assert_eq!(written(&Decimal::exact_places(0.1, 20)), "1@0");
        assert_eq!(written(&Decimal::exact_digits(123_456.0, 3)), "123@6");
        assert_eq!(written(&Decimal::exact_places(1e22, 0)), "1@23");
    }

    #[test]
    fn digits_are_found_by_place() {
        let decimal = Decimal::shortest(120.75);
        let digits: String = (-3..4).rev().map(|place| decimal.digit(place)).collect();
        assert_eq!(digits, "0120750");
        assert_eq!(decimal.places(), 2);
        assert!(decimal.to_float().total_cmp(&120.75).is_eq());
    }
}
