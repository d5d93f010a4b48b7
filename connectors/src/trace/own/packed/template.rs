//! What of a line is the same again and again: the text around its numbers.

use super::number::Number;

/// What stands for a number, and for `true` or `false`, in a template: no characters of a trace, for those are bytes.
pub(super) const NUMBER: char = '№';
pub(super) const TRUTH: char = '✓';

/// The same while a line is split: these bytes are in no text of UTF-8, and a line with them is not split.
const NUMBER_BYTE: u8 = 0xff;
const TRUTH_BYTE: u8 = 0xfe;

/// What stands between the first three numbers of a line that has both times.
const BEFORE_TIMES: [&[u8]; 2] = [b",\"monotonic\":", b",\"wall\":"];

/// What stands in a place of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Number,
    /// `true` is 1, `false` is 0.
    Truth,
}

/// A template: text with places in it.
#[derive(Debug, Default)]
pub(super) struct Template {
    text: Vec<u8>,
    /// Before which byte of the text each is.
    places: Vec<(usize, Place)>,
}

impl Template {
    /// Returns a text without places.
    pub(super) fn of_text(text: &[u8]) -> Self {
        Self { text: text.to_vec(), places: Vec::new() }
    }

    /// Returns a template as it stands in a file: a character for each byte.
    pub(super) fn of_characters(characters: &str) -> Option<Self> {
        let mut template = Self::default();
        for character in characters.chars() {
            match character {
                NUMBER => template.places.push((template.text.len(), Place::Number)),
                TRUTH => template.places.push((template.text.len(), Place::Truth)),
                _ => template.text.push(u8::try_from(u32::from(character)).ok()?),
            }
        }
        Some(template)
    }

    /// Returns it as it stands in a file.
    pub(super) fn characters(&self) -> String {
        let mut characters = String::with_capacity(self.text.len() + 3 * self.places.len());
        let mut from = 0;
        for &(before, place) in &self.places {
            characters.extend(self.text[from..before].iter().copied().map(char::from));
            characters.push(if place == Place::Number { NUMBER } else { TRUTH });
            from = before;
        }
        characters.extend(self.text[from..].iter().copied().map(char::from));
        characters
    }

    fn of_key(key: &[u8]) -> Self {
        let mut template = Self::default();
        for &byte in key {
            match byte {
                NUMBER_BYTE => template.places.push((template.text.len(), Place::Number)),
                TRUTH_BYTE => template.places.push((template.text.len(), Place::Truth)),
                _ => template.text.push(byte),
            }
        }
        template
    }

    /// Returns what stands in its places, one after the other.
    pub(super) fn places(&self) -> impl ExactSizeIterator<Item = Place> + '_ {
        self.places.iter().map(|&(_, place)| place)
    }

    /// Returns what stands in one of its places.
    pub(super) fn place(&self, at: usize) -> Place {
        self.places[at].1
    }

    /// Tells whether its first three numbers are a number of a scan and both its times.
    pub(super) fn has_times(&self) -> bool {
        let [(first, Place::Number), (second, Place::Number), (third, Place::Number), ..] = self.places[..] else {
            return false;
        };
        [&self.text[first..second], &self.text[second..third]] == BEFORE_TIMES
    }

    /// Writes the text with numbers in its places.
    pub(super) fn write(&self, numbers: &[Number], out: &mut Vec<u8>) {
        let mut from = 0;
        for (&(before, place), number) in self.places.iter().zip(numbers) {
            out.extend_from_slice(&self.text[from..before]);
            from = before;
            match place {
                Place::Number => number.write(out),
                Place::Truth => out.extend_from_slice(if number.digits == 0 { b"false" } else { b"true" }),
            }
        }
        out.extend_from_slice(&self.text[from..]);
    }
}

/// A line that was split, in memory that is used again and again.
#[derive(Debug, Default)]
pub(super) struct Split {
    /// The text, with a byte for each place.
    pub(super) key: Vec<u8>,
    /// What stood in the places.
    pub(super) numbers: Vec<Number>,
}

impl Split {
    /// Splits a line; returns whether that is possible.
    pub(super) fn read(&mut self, line: &[u8]) -> bool {
        self.key.clear();
        self.numbers.clear();
        let mut at = 0;
        while let Some(&byte) = line.get(at) {
            let rest = &line[at..];
            let before = self.key.last().copied();
            let found = match byte {
                NUMBER_BYTE | TRUTH_BYTE => return false,
                // The number of a tag says which line it is, as text does.
                b'0'..=b'9' | b'-' if before == Some(b'[') => None,
                b'0'..=b'9' | b'-' => Number::read(rest).map(|(number, length)| (NUMBER_BYTE, number, length)),
                b't' if rest.starts_with(b"true") => Some((TRUTH_BYTE, Number { digits: 1, decimals: 0 }, 4)),
                b'f' if rest.starts_with(b"false") => Some((TRUTH_BYTE, Number::default(), 5)),
                _ => None,
            };
            if let Some((place, number, length)) = found {
                self.key.push(place);
                self.numbers.push(number);
                at += length;
                continue;
            }
            // What is no number stays as it is with all digits behind it.
            let digits = rest[1..].iter().take_while(|_| byte.is_ascii_digit() || byte == b'-');
            let length = 1 + digits.take_while(|digit| digit.is_ascii_digit()).count();
            self.key.extend_from_slice(&rest[..length]);
            at += length;
        }
        true
    }

    /// Returns the template of the line.
    pub(super) fn template(&self) -> Template {
        Template::of_key(&self.key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, characters: &str) {
        let mut split = Split::default();
        assert!(split.read(line.as_bytes()));
        let template = split.template();
        assert_eq!(template.characters(), characters);
        let again = Template::of_characters(characters).unwrap();
        assert_eq!((&again.text, &again.places), (&template.text, &template.places));
        let mut out = Vec::new();
        again.write(&split.numbers, &mut out);
        assert_eq!(out, line.as_bytes());
    }

    #[test]
    fn a_line_is_text_and_what_stands_in_it() {
        check("{\"samples\":[[0,true],[12,-81.5]]}\n", "{\"samples\":[[0,✓],[12,№]]}\n");
        check("1.2.3 -0 007 1e-5", "№.№ -0 007 №e№");
        check("untrue [-5] [1.5]", "un✓ [-5] [1.№]");
        check("-1234567890123456789", "-1234567890123456789");
        check("", "");
        // Characters of a file are bytes of the text.
        check("№ü", "â\u{84}\u{96}Ã¼");
    }

    #[test]
    fn a_line_with_bytes_of_no_text_is_not_split() {
        assert!(!Split::default().read(b"1\xff") && !Split::default().read(b"\xfe"));
        let template = Template::of_text(b"1\xfe\xff\0");
        assert_eq!(template.characters(), "1þÿ\0");
        assert_eq!(Template::of_characters("1þÿ\0").unwrap().text, b"1\xfe\xff\0");
        assert!(Template::of_characters("Ā").is_none());
    }

    #[test]
    fn the_times_of_a_scan_are_known_by_their_names() {
        let has_times = |characters: &str| Template::of_characters(characters).unwrap().has_times();
        assert!(has_times("{\"scan\":№,\"monotonic\":№,\"wall\":№}"));
        assert!(!has_times("{\"scan\":№,\"monotonic\":№,\"wall\":✓}"));
        assert!(!has_times("{\"scan\":№,\"monotonic\": №,\"wall\":№}") && !has_times("№") && !has_times(""));
    }
}
