//! Reads a pattern of `DecimalFormat`. What a pattern does to a number is not known here.

use std::iter::Peekable;
use std::str::Chars;

use super::layout::{Digits, Layout};
use crate::functions::Failure;

/// The places after the point that an empty pattern allows: more than any float has.
const FRACTION_PLACES_MAX: usize = 340;

/// What stands around the digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Affixes {
    pub prefix: String,
    pub suffix: String,
}

/// A pattern, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    pub positive: Affixes,
    /// Around a negative number; without one it is a minus sign and the positive ones.
    pub negative: Option<Affixes>,
    /// 1, 100 for percent or 1000 for per mille.
    pub multiplier: u16,
    pub layout: Layout,
}

/// Reads a pattern, or says what is wrong with it.
pub(super) fn read(text: &str) -> Result<Pattern, Failure> {
    let mut reader = Reader { rest: text.chars().peekable(), multiplier: 1 };
    let mut digits = Digits::default();
    let positive = reader.positive(&mut digits)?;
    let multiplier = reader.multiplier;
    // With nothing behind the `;`, negative numbers have the minus sign that they have without it.
    let separator = reader.rest.next();
    let negative = separator.filter(|_| reader.rest.peek().is_some()).map(|_| reader.negative()).transpose()?;
    let mut layout = digits.layout()?;
    if text.is_empty() {
        (layout.fraction.1, layout.group) = (FRACTION_PLACES_MAX, 3);
    }
    Ok(Pattern { negative: negative.filter(|affixes| *affixes != positive), positive, multiplier, layout })
}

#[derive(Debug)]
struct Reader<'a> {
    rest: Peekable<Chars<'a>>,
    multiplier: u16,
}

impl Reader<'_> {
    /// Reads up to the `;` or the end.
    fn positive(&mut self, digits: &mut Digits) -> Result<Affixes, Failure> {
        let prefix = self.affix()?;
        let mut suffix = String::new();
        if self.rest.peek() == Some(&';') {
            return Err("the pattern has no digits before its `;`".into());
        }
        while self.rest.peek().copied().is_some_and(is_digit_symbol) {
            self.digits(digits)?;
            // Digits behind the suffix still count as digits, as in Java.
            suffix.push_str(&self.affix()?);
        }
        Ok(Affixes { prefix, suffix })
    }

    /// Reads what follows the `;`: its digits say nothing, the positive ones hold.
    fn negative(&mut self) -> Result<Affixes, Failure> {
        self.multiplier = 1;
        let prefix = self.affix()?;
        let mut suffix = String::new();
        while self.rest.peek().copied().is_some_and(is_digit_symbol) {
            while self.rest.next_if(|&symbol| is_digit_symbol(symbol) || symbol == 'E').is_some() {}
            suffix.push_str(&self.affix()?);
        }
        if self.rest.peek().is_some() {
            Err("the pattern has a second `;`".into())
        } else {
            Ok(Affixes { prefix, suffix })
        }
    }

    fn digits(&mut self, digits: &mut Digits) -> Result<(), Failure> {
        while let Some(symbol) = self.rest.next_if(|&symbol| is_digit_symbol(symbol)) {
            digits.take(symbol)?;
        }
        if self.rest.next_if_eq(&'E').is_some() {
            let mut zeros = 0;
            while self.rest.next_if_eq(&'0').is_some() {
                zeros += 1;
            }
            digits.take_exponent(zeros)?;
        }
        Ok(())
    }

    /// Reads plain and quoted text up to a symbol of digits, a `;` or the end.
    fn affix(&mut self) -> Result<String, Failure> {
        let mut text = String::new();
        while let Some(symbol) = self.rest.next_if(|&symbol| !is_digit_symbol(symbol) && symbol != ';') {
            match symbol {
                '\'' => self.quoted(&mut text)?,
                '%' => self.scale(100)?,
                '‰' => self.scale(1000)?,
                '¤' => return Err("the pattern has a currency sign, which is not supported".into()),
                _ => {}
            }
            if symbol != '\'' {
                text.push(symbol);
            }
        }
        Ok(text)
    }

    fn scale(&mut self, multiplier: u16) -> Result<(), Failure> {
        if self.multiplier != 1 {
            return Err("the pattern has a second `%` or `‰`".into());
        }
        self.multiplier = multiplier;
        Ok(())
    }

    /// Reads from behind a quote to behind the quote that ends it; two quotes are one.
    fn quoted(&mut self, text: &mut String) -> Result<(), Failure> {
        if self.rest.next_if_eq(&'\'').is_some() {
            text.push('\'');
            return Ok(());
        }
        loop {
            match self.rest.next() {
                Some('\'') if self.rest.next_if_eq(&'\'').is_some() => text.push('\''),
                Some('\'') => return Ok(()),
                Some(plain) => text.push(plain),
                None => return Err("the pattern has a `'` that nothing ends".into()),
            }
        }
    }
}

const fn is_digit_symbol(symbol: char) -> bool {
    matches!(symbol, '0' | '#' | ',' | '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_java_refuses_is_refused() {
        for text in [
            "0.0.0", "#0#", "0#.0", "0.#0", "#,", "0,.0", "0E", "E0;0;0", "'0", "%0%", "%0‰", ";0", "0;0;0", "0¤",
            "0E0 0E0",
        ] {
            assert!(read(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn digits_behind_the_suffix_count() {
        let pattern = read("0 pcs.").unwrap();
        assert_eq!((pattern.positive.suffix.as_str(), pattern.layout.always_point), (" pcs", true));
    }
}
