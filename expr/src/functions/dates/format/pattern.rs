//! Patterns: runs of a letter, quoted text, and everything else as it stands.

use std::iter::Peekable;
use std::str::Chars;

use super::Failure;

/// What a letter of a pattern stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Letter {
    Era,
    Year,
    WeekYear,
    /// A number up to two letters, else a name.
    Month,
    DayName,
    HalfOfDay,
    ZoneName,
    ZoneDigits,
    ZoneIso,
    Number(Number),
}

/// What is written in digits, as many as there are letters at least.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Number {
    WeekOfYear,
    WeekOfMonth,
    DayOfYear,
    DayOfMonth,
    /// How many days of this name the month has had.
    DayOfWeekInMonth,
    /// 1 for Monday to 7 for Sunday.
    DayOfWeek,
    Hour0To23,
    Hour1To24,
    Hour0To11,
    Hour1To12,
    Minute,
    Second,
    Millisecond,
}

impl Letter {
    fn of(letter: char) -> Option<Self> {
        Some(match letter {
            'G' => Self::Era,
            'y' => Self::Year,
            'Y' => Self::WeekYear,
            'M' | 'L' => Self::Month,
            'E' => Self::DayName,
            'a' => Self::HalfOfDay,
            'z' => Self::ZoneName,
            'Z' => Self::ZoneDigits,
            'X' => Self::ZoneIso,
            other => Self::Number(Number::of(other)?),
        })
    }
}

impl Number {
    fn of(letter: char) -> Option<Self> {
        Some(match letter {
            'w' => Self::WeekOfYear,
            'W' => Self::WeekOfMonth,
            'D' => Self::DayOfYear,
            'd' => Self::DayOfMonth,
            'F' => Self::DayOfWeekInMonth,
            'u' => Self::DayOfWeek,
            'H' => Self::Hour0To23,
            'k' => Self::Hour1To24,
            'K' => Self::Hour0To11,
            'h' => Self::Hour1To12,
            'm' => Self::Minute,
            's' => Self::Second,
            'S' => Self::Millisecond,
            _ => return None,
        })
    }
}

/// A part of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// A character that is written as it stands.
    Literal(char),
    /// A letter, as often as it is repeated.
    Part(Letter, usize),
}

/// The pieces of a pattern, one after the other; the first that is none ends it with its reason.
pub(super) struct Pieces<'a> {
    rest: Peekable<Chars<'a>>,
    quoted: bool,
}

impl<'a> Pieces<'a> {
    pub(super) fn of(pattern: &'a str) -> Self {
        Self { rest: pattern.chars().peekable(), quoted: false }
    }

    /// Takes what follows a quote: two are one in the text, one begins or ends a quotation.
    fn quote(&mut self) -> Option<Piece> {
        if self.rest.next_if_eq(&'\'').is_some() {
            return Some(Piece::Literal('\''));
        }
        self.quoted = !self.quoted;
        None
    }

    fn part(&mut self, letter: char) -> Result<Piece, Failure> {
        let part = Letter::of(letter)
            .ok_or_else(|| format!("`{letter}` means nothing in a pattern of dates: text stands in single quotes"))?;
        let mut count = 1;
        while self.rest.next_if_eq(&letter).is_some() {
            count += 1;
        }
        if part == Letter::ZoneIso && count > 3 {
            return Err(format!("`X` is repeated {count} times, and three times at most").into());
        }
        Ok(Piece::Part(part, count))
    }
}

impl Iterator for Pieces<'_> {
    type Item = Result<Piece, Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        while let Some(symbol) = self.rest.next() {
            match symbol {
                '\'' => {
                    if let Some(piece) = self.quote() {
                        return Some(Ok(piece));
                    }
                }
                letter if letter.is_ascii_alphabetic() && !self.quoted => return Some(self.part(letter)),
                literal => return Some(Ok(Piece::Literal(literal))),
            }
        }
        // Told once: the next call finds no quotation open.
        std::mem::take(&mut self.quoted).then(|| Err("a quotation in the pattern does not end".into()))
    }
}
