//! Takes the fields of dates and times off the front of a text.

use chrono::NaiveDate;

/// What is left of a text; each method takes something off its front or gives `None`.
pub(super) struct Scanner<'a>(pub(super) &'a str);

impl<'a> Scanner<'a> {
    pub(super) fn literal(&mut self, symbol: char) -> Option<()> {
        self.0 = self.0.strip_prefix(symbol)?;
        Some(())
    }

    /// Takes all digits that follow, if they are from one to `most`.
    fn digits(&mut self, most: usize) -> Option<&'a str> {
        let rest = self.0.trim_start_matches(|symbol: char| symbol.is_ascii_digit());
        let digits = &self.0[..self.0.len() - rest.len()];
        self.0 = rest;
        (1..=most).contains(&digits.len()).then_some(digits)
    }

    pub(super) fn number(&mut self, digits_most: usize) -> Option<u32> {
        self.digits(digits_most)?.parse().ok()
    }

    fn year(&mut self) -> Option<i32> {
        self.digits(4).filter(|digits| digits.len() == 4)?.parse().ok()
    }

    pub(super) fn dashed_date(&mut self) -> Option<NaiveDate> {
        let year = self.year()?;
        self.literal('-')?;
        let month = self.number(2)?;
        self.literal('-')?;
        NaiveDate::from_ymd_opt(year, month, self.number(2)?)
    }

    pub(super) fn slashed_date(&mut self) -> Option<NaiveDate> {
        let month = self.number(2)?;
        self.literal('/')?;
        let day = self.number(2)?;
        self.literal('/')?;
        NaiveDate::from_ymd_opt(self.year()?, month, day)
    }

    /// Takes `HH:mm`.
    pub(super) fn short_time(&mut self) -> Option<(u32, u32)> {
        let hour = self.number(2)?;
        self.literal(':')?;
        Some((hour, self.number(2)?))
    }

    /// Takes `HH:mm:ss`.
    pub(super) fn full_time(&mut self) -> Option<(u32, u32, u32)> {
        let (hour, minute) = self.short_time()?;
        self.literal(':')?;
        Some((hour, minute, self.number(2)?))
    }

    /// Takes a blank with `AM` or `PM` in any case and returns the hour of the day.
    pub(super) fn half_day(&mut self, hour: u32) -> Option<u32> {
        self.literal(' ')?;
        let (half, rest) = self.0.split_at_checked(2)?;
        self.0 = rest;
        match (half.to_ascii_lowercase().as_str(), hour) {
            ("am", 1..=12) => Some(hour % 12),
            ("pm", 1..=12) => Some(hour % 12 + 12),
            _ => None,
        }
    }

    /// Takes the digits of a fraction of a second, as microseconds; more digits are cut off.
    pub(super) fn fraction_micros(&mut self) -> Option<u32> {
        let digits = self.digits(9)?;
        format!("{digits:0<6}").get(..6)?.parse().ok()
    }

    /// Takes an offset from UTC: `Z`, `±HH:mm`, `±HHmm` or `±HH`.
    pub(super) fn offset_seconds(&mut self) -> Option<i64> {
        if self.literal('Z').is_some() {
            return Some(0);
        }
        let sign = if self.literal('-').is_some() { -1 } else { self.literal('+').map(|()| 1)? };
        let hours = self.two_digits()?;
        let separated = self.literal(':').is_some();
        let minutes = if separated || !self.0.is_empty() { self.two_digits()? } else { 0 };
        (hours <= 18 && minutes <= 59).then_some(sign * i64::from(hours * 3600 + minutes * 60))
    }

    /// Takes exactly two digits, whatever follows.
    fn two_digits(&mut self) -> Option<u32> {
        let (digits, rest) =
            self.0.split_at_checked(2).filter(|(digits, _)| digits.bytes().all(|b| b.is_ascii_digit()))?;
        self.0 = rest;
        digits.parse().ok()
    }
}
