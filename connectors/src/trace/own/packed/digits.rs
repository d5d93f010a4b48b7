//! Columns of numbers as text: first the lowest digits of all, then the second ones of those that have one, and so on.
//!
//! Digits of one place resemble one another, so they stand together, a character each.

use std::io;

use serde::Deserialize;

use super::damaged;

/// Those of base 64: the lower half are digits of base 32 behind which nothing comes, the upper half such with others behind.
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

const BITS: u32 = 5;
const BASE: u64 = 1 << BITS;

/// What each character is, and [`NONE`] for all others.
const VALUES: [u8; 256] = values();
const NONE: u8 = u8::MAX;

/// A column that is being written: of each place its digits.
#[derive(Debug, Default)]
pub(super) struct Column {
    places: Vec<Vec<u8>>,
}

impl Column {
    /// Adds a number; returns how many characters that took.
    pub(super) fn push(&mut self, mut number: u64) -> usize {
        let mut place = 0;
        loop {
            if self.places.len() == place {
                self.places.push(Vec::new());
            }
            let is_last = number < BASE;
            let digit = number % BASE + if is_last { 0 } else { BASE };
            self.places[place].push(ALPHABET[usize::try_from(digit).unwrap_or_default()]);
            (number, place) = (number / BASE, place + 1);
            if is_last {
                return place;
            }
        }
    }

    /// Adds a number that may be below nothing.
    pub(super) fn push_signed(&mut self, number: i64) -> usize {
        self.push((number << 1 ^ number >> 63).cast_unsigned())
    }

    /// Returns its digits, place by place.
    pub(super) fn places(&self) -> &[Vec<u8>] {
        &self.places
    }
}

/// A column that is being read.
#[derive(Debug, Default, Deserialize)]
#[serde(from = "Vec<String>")]
pub(super) struct Digits {
    places: Vec<(String, usize)>,
}

impl From<Vec<String>> for Digits {
    fn from(places: Vec<String>) -> Self {
        Self { places: places.into_iter().map(|digits| (digits, 0)).collect() }
    }
}

impl Digits {
    /// Returns the next number, if there is another.
    pub(super) fn next(&mut self) -> io::Result<Option<u64>> {
        let (mut number, mut shift) = (0_u64, 0);
        for (digits, read) in &mut self.places {
            let Some(&character) = digits.as_bytes().get(*read) else { break };
            *read += 1;
            let value = VALUES[usize::from(character)];
            let digit = u64::from(value) % BASE;
            if value == NONE || shift >= u64::BITS || (digit << shift) >> shift != digit {
                return Err(damaged("a digit"));
            }
            number |= digit << shift;
            shift += BITS;
            if u64::from(value) < BASE {
                return Ok(Some(number));
            }
        }
        if shift == 0 { Ok(None) } else { Err(damaged("another digit")) }
    }

    /// Returns the next number of those that may be below nothing.
    pub(super) fn next_signed(&mut self) -> io::Result<Option<i64>> {
        Ok(self.next()?.map(|number| (number >> 1).cast_signed() ^ -(number & 1).cast_signed()))
    }

    /// Tells whether every digit was read.
    pub(super) fn is_at_end(&self) -> bool {
        self.places.iter().all(|(digits, read)| digits.len() == *read)
    }
}

const fn values() -> [u8; 256] {
    let mut values = [NONE; 256];
    let mut value = 0;
    while value < 64 {
        values[ALPHABET[value as usize] as usize] = value;
        value += 1;
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(places: &[&str]) -> io::Result<Vec<u64>> {
        let mut digits = Digits::from(places.iter().map(|&digits| digits.to_owned()).collect::<Vec<_>>());
        let mut numbers = Vec::new();
        while let Some(number) = digits.next()? {
            numbers.push(number);
        }
        if digits.is_at_end() { Ok(numbers) } else { Err(damaged("an end")) }
    }

    #[test]
    fn every_number_comes_back() {
        let numbers = [0, 1, -1, 31, 32, -33, 1_000_000, i64::MAX, i64::MIN];
        let mut column = Column::default();
        let characters: usize = numbers.iter().map(|&number| column.push_signed(number)).sum();
        let places = column.places().iter().map(|digits| String::from_utf8(digits.clone()).unwrap());
        let mut digits = Digits::from(places.collect::<Vec<_>>());
        assert_eq!(digits.places.iter().map(|(digits, _)| digits.len()).sum::<usize>(), characters);
        for number in numbers {
            assert_eq!(digits.next_signed().unwrap(), Some(number));
        }
        assert!(digits.next().unwrap().is_none() && digits.is_at_end());
    }

    #[test]
    fn digits_of_a_place_stand_together() {
        assert_eq!(read(&["AghB", "BA"]).unwrap(), [0, 32, 1, 1]);
        assert_eq!(read(&[]).unwrap(), [0_u64; 0]);
    }

    #[test]
    fn digits_that_are_missing_too_many_or_none_are_damage() {
        for places in [
            &["g"][..],
            &["A", "A"],
            &["!"],
            &["é"],
            &["g"; 14],
            &["g", "g", "g", "g", "g", "g", "g", "g", "g", "g", "g", "g", "Q"],
        ] {
            assert!(read(places).is_err(), "{places:?}");
        }
    }
}
