//! Cuts a text into tokens, broken ones included. It must never know what an expression means: the
//! nesting bound and the syntax messages are made from its tokens.

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// A number as the grammar reads it.
    Number,
    /// Something that begins like a number, such as `12abc` or `1.2.3`.
    BrokenNumber,
    /// A string with its closing quote.
    String,
    /// A string without its closing quote, up to the end.
    OpenString,
    /// `{…}`.
    Reference,
    /// A `{` without its `}`, up to the end.
    OpenReference,
    /// A `/*` without its `*/`, up to the end.
    OpenComment,
    /// A keyword, a function's name, `xor`, `like`, or a word that means nothing.
    Word,
    /// `(` or `[`.
    Open,
    /// `)` or `]`.
    Close,
    /// `,`.
    Comma,
    /// An operator made of signs.
    Operator,
    /// A character that begins nothing.
    Stray,
}

/// One token with its place in the text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token<'a> {
    pub(crate) kind: TokenKind,
    pub(crate) text: &'a str,
    pub(crate) start: usize,
}

impl Token<'_> {
    /// Returns start and end in bytes of the text.
    pub(crate) const fn span(&self) -> (usize, usize) {
        (self.start, self.start + self.text.len())
    }

    /// Tells whether this is the operator `xor` or `like`, given that a value stands before it.
    pub(crate) fn is_operator_word(&self) -> bool {
        self.kind == TokenKind::Word && ["xor", "like"].iter().any(|word| self.text.eq_ignore_ascii_case(word))
    }
}

/// The signs that are operators, longer ones first.
const OPERATORS: [&str; 22] = [
    "||", "&&", "==", "!=", "<>", "<=", ">=", "<<", ">>", "|", "&", "=", "<", ">", "+", "-", "*", "/", "%", "^", "!",
    "~",
];

/// The tokens of a text, in order, without white space and comments.
#[derive(Clone, Debug)]
pub(crate) struct Tokens<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Tokens<'a> {
    pub(crate) const fn of(text: &'a str) -> Self {
        Self { text, at: 0 }
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        self.at += blank_length(&self.text[self.at..]);
        let rest = &self.text[self.at..];
        let first = rest.chars().next()?;
        let (kind, length) = token(rest, first);
        let token = Token { kind, text: &rest[..length], start: self.at };
        self.at += length;
        Some(token)
    }
}

/// Returns the length of the white space and closed comments that a text begins with.
fn blank_length(text: &str) -> usize {
    let mut rest = text;
    loop {
        let trimmed = rest.trim_start();
        let comment = if trimmed.starts_with("//") {
            Some(trimmed.find('\n').unwrap_or(trimmed.len()))
        } else {
            trimmed.strip_prefix("/*").and_then(|inside| inside.find("*/")).map(|end| end + 4)
        };
        match comment {
            Some(length) => rest = &trimmed[length..],
            None => return text.len() - trimmed.len(),
        }
    }
}

/// Returns the kind and length of the token that a text begins with.
fn token(text: &str, first: char) -> (TokenKind, usize) {
    let second = text[first.len_utf8()..].chars().next();
    match first {
        '"' | '\'' => string_token(text, first),
        '{' => closed_token(text, text.find('}'), TokenKind::Reference, TokenKind::OpenReference),
        '(' | '[' => (TokenKind::Open, 1),
        ')' | ']' => (TokenKind::Close, 1),
        ',' => (TokenKind::Comma, 1),
        '/' if second == Some('*') => (TokenKind::OpenComment, text.len()),
        '0'..='9' => number_token(text),
        '.' if second.is_some_and(|second| second.is_ascii_digit()) => number_token(text),
        _ if is_letter(first) => (TokenKind::Word, text.find(|c| !is_letter(c)).unwrap_or(text.len())),
        _ => match OPERATORS.iter().find(|operator| text.starts_with(**operator)) {
            Some(operator) => (TokenKind::Operator, operator.len()),
            None => (TokenKind::Stray, first.len_utf8()),
        },
    }
}

const fn is_letter(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

/// Returns the token up to `end` (one more byte), or the open one up to the end of the text.
fn closed_token(text: &str, end: Option<usize>, closed: TokenKind, open: TokenKind) -> (TokenKind, usize) {
    end.map_or((open, text.len()), |end| (closed, end + 1))
}

fn string_token(text: &str, quote: char) -> (TokenKind, usize) {
    let mut escaped = false;
    let end = text.char_indices().skip(1).find(|&(_, character)| {
        let closes = character == quote && !escaped;
        escaped = character == '\\' && !escaped;
        closes
    });
    closed_token(text, end.map(|(at, _)| at), TokenKind::String, TokenKind::OpenString)
}

/// Takes all that clings to a number, so that `12abc` is one broken number and not two tokens.
fn number_token(text: &str) -> (TokenKind, usize) {
    let hex = text.starts_with("0x") || text.starts_with("0X");
    let bytes = text.as_bytes();
    let is_sign_of_exponent = |at: usize| {
        !hex && matches!(bytes[at], b'+' | b'-')
            && matches!(bytes[at - 1], b'e' | b'E')
            && bytes.get(at + 1).is_some_and(u8::is_ascii_digit)
    };
    let length = (1..bytes.len())
        .find(|&at| !is_letter(char::from(bytes[at])) && bytes[at] != b'.' && !is_sign_of_exponent(at))
        .unwrap_or(bytes.len());
    let kind = if is_number(&text[..length]) { TokenKind::Number } else { TokenKind::BrokenNumber };
    (kind, length)
}

/// Tells whether a token that begins like a number is one, by the grammar's rules.
fn is_number(token: &str) -> bool {
    match token.strip_prefix("0x").or_else(|| token.strip_prefix("0X")) {
        Some(digits) => !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit()),
        None => {
            token.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte)) && token.parse::<f64>().is_ok()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Cuts a text and shows each token as `Kind:text`.
    fn check(text: &str, wanted: &[&str]) {
        let tokens: Vec<String> = Tokens::of(text).map(|token| format!("{:?}:{}", token.kind, token.text)).collect();
        assert_eq!(tokens, wanted, "{text}");
    }

    #[test]
    fn numbers_take_all_that_clings_to_them() {
        check("1.5e-3-2", &["Number:1.5e-3", "Operator:-", "Number:2"]);
        check("0xE+1", &["Number:0xE", "Operator:+", "Number:1"]);
        check("1. .5", &["Number:1.", "Number:.5"]);
        check("12abc 1.2.3 0x 2e", &["BrokenNumber:12abc", "BrokenNumber:1.2.3", "BrokenNumber:0x", "BrokenNumber:2e"]);
    }

    #[test]
    fn strings_end_at_their_own_unescaped_quote() {
        check(r#""a\"b'" 'x'"#, &[r#"String:"a\"b'""#, "String:'x'"]);
        check(r#""a\\" b"#, &[r#"String:"a\\""#, "Word:b"]);
        check("'open", &["OpenString:'open"]);
    }

    #[test]
    fn references_are_opaque_and_comments_are_nothing() {
        check("{[a]b c/*d.quality}", &["Reference:{[a]b c/*d.quality}"]);
        check("1 // {x\n/* \" */2", &["Number:1", "Number:2"]);
        check("1 /* x", &["Number:1", "OpenComment:/* x"]);
        check("{x", &["OpenReference:{x"]);
    }

    #[test]
    fn operators_are_as_long_as_they_can_be() {
        check("a<=b<>!c", &["Word:a", "Operator:<=", "Word:b", "Operator:<>", "Operator:!", "Word:c"]);
        check("é?", &["Stray:é", "Stray:?"]);
    }
}
