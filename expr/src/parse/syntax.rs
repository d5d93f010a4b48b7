//! Says what is wrong where whole tokens do not make an expression: what was found, what was expected,
//! and one suggestion. It must never know the grammar's rules, only tokens and the place of the error.

use super::scan::{Token, TokenKind, Tokens};
use crate::diagnostic::{Code, Diagnostic, closest, quoted};
use crate::functions::find;

/// Signs and words of other languages, with what is written here instead.
const FOREIGN: [(&str, &str); 21] = [
    ("and", "write `&&`"),
    ("or", "write `||`"),
    ("not", "write `!`"),
    ("mod", "write `%`"),
    ("is", "write `=`, or `isNull(…)` for null"),
    ("in", "write one `=` for each value, joined with `||`"),
    ("eq", "write `=`"),
    ("ne", "write `!=`"),
    ("lt", "write `<`"),
    ("gt", "write `>`"),
    ("le", "write `<=`"),
    ("ge", "write `>=`"),
    ("then", "write `if(condition, then, else)`"),
    ("else", "write `if(condition, then, else)`"),
    ("end", "write `if(condition, then, else)`"),
    ("elif", "write `if(condition, then, else)`, one inside the other"),
    ("return", "an expression is its value: leave `return` out"),
    ("var", "an expression has no variables; a derived tag can hold a part"),
    ("let", "an expression has no variables; a derived tag can hold a part"),
    ("nil", "write `null`"),
    ("undefined", "write `null`"),
];

/// Returns the problem at a place where whole tokens do not make an expression.
pub(super) fn misplaced_token(text: &str, at: usize) -> Diagnostic {
    let before: Vec<Token<'_>> = Tokens::of(text).take_while(|token| token.span().1 <= at).collect();
    let found = Tokens::of(text).nth(before.len());
    let open = open_brackets(&before);
    let span = found.map_or((text.len(), text.len()), |token| token.span());
    let found_text = found.map_or_else(|| "the end".to_owned(), |token| described_token(&token));
    let ends_value = before.last().is_some_and(|last| ends_value(last, &before));
    let expected =
        if ends_value { expected_after_value(open.last()).to_owned() } else { expected_value(before.last()) };
    let problem = Diagnostic::new(Code::SYNTAX, span, format!("found {found_text}, expected {expected}"));
    let hint = match found {
        None => hint_at_end(open.last(), ends_value),
        Some(token) if ends_value => hint_after_value(&token, open.last()),
        Some(token) => hint_for_value(&token, before.last()),
    };
    match hint {
        Some(hint) => problem.hint(hint),
        None => problem,
    }
}

/// A bracket that is still open, with the function that it belongs to.
struct OpenBracket<'a> {
    bracket: &'a str,
    function: Option<&'a str>,
}

impl OpenBracket<'_> {
    fn closing(&self) -> &'static str {
        if self.bracket == "(" { ")" } else { "]" }
    }
}

fn open_brackets<'a>(tokens: &[Token<'a>]) -> Vec<OpenBracket<'a>> {
    let mut open = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        match token.kind {
            TokenKind::Open => {
                let word = index.checked_sub(1).map(|before| &tokens[before]);
                let function = word.filter(|word| word.kind == TokenKind::Word && token.text == "(");
                open.push(OpenBracket { bracket: token.text, function: function.map(|word| word.text) });
            }
            TokenKind::Close => drop(open.pop()),
            TokenKind::Number
            | TokenKind::BrokenNumber
            | TokenKind::String
            | TokenKind::OpenString
            | TokenKind::Reference
            | TokenKind::OpenReference
            | TokenKind::OpenComment
            | TokenKind::Word
            | TokenKind::Comma
            | TokenKind::Operator
            | TokenKind::Stray => {}
        }
    }
    open
}

/// Tells whether a value is complete after the last of these tokens.
fn ends_value(last: &Token<'_>, tokens: &[Token<'_>]) -> bool {
    match last.kind {
        TokenKind::Number | TokenKind::String | TokenKind::Reference | TokenKind::Close => true,
        TokenKind::Word => !last.is_operator_word() || tokens.len() == 1,
        TokenKind::BrokenNumber
        | TokenKind::OpenString
        | TokenKind::OpenReference
        | TokenKind::OpenComment
        | TokenKind::Open
        | TokenKind::Comma
        | TokenKind::Operator
        | TokenKind::Stray => false,
    }
}

fn expected_after_value(open: Option<&OpenBracket<'_>>) -> &'static str {
    match open {
        None => "an operator or the end",
        Some(OpenBracket { bracket: "(", function: Some(_) }) => "an operator, `,` or `)`",
        Some(OpenBracket { bracket: "(", function: None }) => "an operator or `)`",
        Some(_) => "an operator or `]`",
    }
}

fn expected_value(before: Option<&Token<'_>>) -> String {
    match before {
        None => "a value".to_owned(),
        Some(token) => format!("a value after {}", quoted(token.text)),
    }
}

fn described_token(token: &Token<'_>) -> String {
    let text = quoted(token.text);
    match token.kind {
        TokenKind::Number | TokenKind::BrokenNumber => format!("the number {text}"),
        TokenKind::String | TokenKind::OpenString => format!("the string {text}"),
        TokenKind::Reference | TokenKind::OpenReference => format!("the reference {text}"),
        TokenKind::Word => format!("the word {text}"),
        TokenKind::OpenComment
        | TokenKind::Open
        | TokenKind::Close
        | TokenKind::Comma
        | TokenKind::Operator
        | TokenKind::Stray => text,
    }
}

fn hint_at_end(open: Option<&OpenBracket<'_>>, ends_value: bool) -> Option<String> {
    let open = open?;
    if !ends_value {
        return None;
    }
    Some(match open.function {
        Some(function) => format!("add `)` to close the call of `{function}`"),
        None => format!("add `{}`", open.closing()),
    })
}

fn hint_after_value(found: &Token<'_>, open: Option<&OpenBracket<'_>>) -> Option<String> {
    match found.kind {
        TokenKind::Word => Some(foreign(found.text).unwrap_or("an operator is missing before it").to_owned()),
        TokenKind::Close => Some(match open {
            Some(open) => format!("write `{}` to close the `{}`", open.closing(), open.bracket),
            None => format!("leave it out: no bracket is open that {} could close", quoted(found.text)),
        }),
        TokenKind::Comma if open.is_some_and(|open| open.bracket == "[") => {
            Some("a dataset takes a row and a column".to_owned())
        }
        TokenKind::Comma => Some("arguments stand inside a function's brackets; a decimal has a point".to_owned()),
        TokenKind::Operator => Some("`!` and `~` stand before a value, not after it".to_owned()),
        TokenKind::Number | TokenKind::String | TokenKind::Reference | TokenKind::Open => {
            Some("an operator is missing before it".to_owned())
        }
        TokenKind::BrokenNumber
        | TokenKind::OpenString
        | TokenKind::OpenReference
        | TokenKind::OpenComment
        | TokenKind::Stray => None,
    }
}

fn hint_for_value(found: &Token<'_>, before: Option<&Token<'_>>) -> Option<String> {
    match found.kind {
        TokenKind::Word => Some(foreign(found.text).map_or_else(|| word_hint(found.text), str::to_owned)),
        TokenKind::Operator => before.and_then(|before| operator_pair_hint(before.text, found.text)).map(str::to_owned),
        TokenKind::Open => Some("there are no lists: a function takes values one by one".to_owned()),
        TokenKind::Close | TokenKind::Comma => Some(format!("add a value, or leave {} out", quoted(found.text))),
        TokenKind::Number
        | TokenKind::BrokenNumber
        | TokenKind::String
        | TokenKind::OpenString
        | TokenKind::Reference
        | TokenKind::OpenReference
        | TokenKind::OpenComment
        | TokenKind::Stray => None,
    }
}

fn word_hint(word: &str) -> String {
    if let Some(function) = find(word) {
        return format!("write `{}({})`", function.name, function.arguments);
    }
    match closest(word, ["true", "false", "null", "none"]) {
        Some(constant) => format!("did you mean `{constant}`?"),
        None => format!("write `{{{word}}}` for a tag, `\"{word}\"` for a text, `{word}(…)` for a function"),
    }
}

/// Returns what two operators side by side were meant for.
fn operator_pair_hint(before: &str, found: &str) -> Option<&'static str> {
    match (before, found) {
        ("=" | "==" | "!=", "=" | "==") => Some("write `=` or `!=`"),
        ("=", "<") | ("<", "=") => Some("write `<=`"),
        ("=", ">") | (">", "=") => Some("write `>=`"),
        ("!", "=") | ("<", ">") => Some("write `!=`"),
        ("+", "+" | "=") | ("-", "=") => Some("an expression changes nothing: there is no `++`, `+=` or `-=`"),
        ("*", "*") => Some("write `^` for a power"),
        (">>", ">") => Some("write `>>`"),
        ("&" | "&&", "&" | "&&") => Some("write `&&` once"),
        ("|" | "||", "|" | "||") => Some("write `||` once"),
        _ => None,
    }
}

fn foreign(word: &str) -> Option<&'static str> {
    FOREIGN.iter().find(|(foreign, _)| word.eq_ignore_ascii_case(foreign)).map(|(_, hint)| *hint)
}
