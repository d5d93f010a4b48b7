//! Takes the parts of a text that is nearly JSON off its front.

/// Where a word without quotes ends.
const WORD_ENDS: [char; 9] = [',', ':', '{', '}', '[', ']', '"', '\'', '\n'];

/// What is left of a text.
pub(super) struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// Returns the next character that is not blank.
    pub(super) fn peek(&mut self) -> Option<char> {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
        self.rest().chars().next()
    }

    /// Takes a character if it is the next that is not blank.
    pub(super) fn take(&mut self, wanted: char) -> bool {
        let is_next = self.peek() == Some(wanted);
        self.at += if is_next { wanted.len_utf8() } else { 0 };
        is_next
    }

    /// Takes a word without quotes.
    pub(super) fn word(&mut self) -> Result<&'a str, String> {
        self.peek();
        let rest = &self.text[self.at..];
        let word = &rest[..rest.find(WORD_ENDS).unwrap_or(rest.len())];
        if word.is_empty() {
            return Err(self.expected("a value"));
        }
        self.at += word.len();
        Ok(word.trim_end())
    }

    /// Takes a text in double or single quotes.
    pub(super) fn quoted(&mut self) -> Result<String, String> {
        let start = self.at;
        let mut quoted = String::new();
        let quote = self.next();
        loop {
            let at = self.at;
            match self.next() {
                None => return Err(format!("the quote at character {} is not closed", self.position(start))),
                end if end == quote => return Ok(quoted),
                Some('\\') => quoted.push(self.escaped(at)?),
                Some(character) => quoted.push(character),
            }
        }
    }

    /// Says what should have stood where the scanner is.
    pub(super) fn expected(&mut self, wanted: &str) -> String {
        match self.peek() {
            Some(_) => format!("expected {wanted} at character {}", self.position(self.at)),
            None => format!("expected {wanted} at the end"),
        }
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn next(&mut self) -> Option<char> {
        let next = self.rest().chars().next()?;
        self.at += next.len_utf8();
        Some(next)
    }

    /// Returns the place of a byte in characters, from 1.
    fn position(&self, byte: usize) -> usize {
        self.text[..byte].chars().count() + 1
    }

    /// Takes what stands behind a backslash.
    fn escaped(&mut self, at: usize) -> Result<char, String> {
        match self.next() {
            Some('b') => Ok('\u{8}'),
            Some('f') => Ok('\u{c}'),
            Some('n') => Ok('\n'),
            Some('r') => Ok('\r'),
            Some('t') => Ok('\t'),
            Some('u') => self.unicode().ok_or_else(|| {
                format!("`\\u` is not followed by a character's four digits, at character {}", self.position(at))
            }),
            Some(own @ ('"' | '\'' | '\\' | '/')) => Ok(own),
            Some(other) => Err(format!("there is no `\\{other}`, at character {}", self.position(at))),
            None => Err(format!("the text ends with a `\\`, at character {}", self.position(at))),
        }
    }

    /// Takes the digits of `\uXXXX`, and of a second one where two make a character.
    fn unicode(&mut self) -> Option<char> {
        let first = self.unit()?;
        if let Some(character) = char::from_u32(first.into()) {
            return Some(character);
        }
        self.at += self.rest().strip_prefix("\\u").map(|_| 2)?;
        let units = [first, self.unit()?];
        char::decode_utf16(units).next()?.ok()
    }

    fn unit(&mut self) -> Option<u16> {
        let digits = self.rest().get(..4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        self.at += digits.len();
        u16::from_str_radix(digits, 16).ok()
    }
}
