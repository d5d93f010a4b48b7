//! Says what is wrong with a token that is broken in itself: what was found, what was expected, and one
//! suggestion. It must never know what stands around the token.

use super::scan::{Token, TokenKind};
use crate::diagnostic::{Code, Diagnostic, quoted};

/// The characters that a backslash may stand before in a string.
pub(crate) const ESCAPES: [(char, char); 6] =
    [('"', '"'), ('\'', '\''), ('\\', '\\'), ('n', '\n'), ('t', '\t'), ('r', '\r')];

/// Returns the problem of a token that is broken in itself.
pub(super) fn broken_token(token: &Token<'_>) -> Option<Diagnostic> {
    let span = token.span();
    let first_byte = (span.0, span.0 + 1);
    let problem = |span, message: &str| Some(Diagnostic::new(Code::SYNTAX, span, message));
    match token.kind {
        TokenKind::BrokenNumber => {
            let message = format!("found {}, expected a number such as `42`, `0xFF` or `1.5e3`", quoted(token.text));
            Some(Diagnostic::new(Code::SYNTAX, span, message).hint("put a space or an operator after the number"))
        }
        TokenKind::OpenString => problem(first_byte, "the string is not closed")
            .map(|problem| problem.hint(format!("add `{}` at its end", &token.text[..1]))),
        TokenKind::OpenReference => problem(first_byte, "the reference is not closed")
            .map(|problem| problem.hint("add `}` after the tag's path")),
        TokenKind::OpenComment => problem((span.0, span.0 + 2), "the comment is not closed")
            .map(|problem| problem.hint("add `*/` at its end")),
        TokenKind::Stray => Some(stray(token)),
        TokenKind::String => broken_escape(token),
        TokenKind::Number
        | TokenKind::Reference
        | TokenKind::Word
        | TokenKind::Open
        | TokenKind::Close
        | TokenKind::Comma
        | TokenKind::Operator => None,
    }
}

/// Says what a character that begins nothing was probably meant for.
fn stray(token: &Token<'_>) -> Diagnostic {
    let hint = match token.text {
        "?" | ":" => "write `if(condition, then, else)` for a choice, `=` for a comparison",
        ";" => "one expression gives one value: there are no statements",
        "." => "properties stand inside the braces: `{Line1/Speed.quality}`",
        "}" => "a reference has one `{` and one `}`",
        "“" | "”" | "‘" | "’" | "„" | "`" | "´" => "write straight quotes: `\"` or `'`",
        "≤" => "write `<=`",
        "≥" => "write `>=`",
        "≠" => "write `!=`",
        "×" | "·" => "write `*`",
        "÷" => "write `/`",
        "–" | "—" | "−" => "write `-`",
        _ => "texts stand in quotes, tags in braces",
    };
    let message = format!("found {}, which is not part of the language", quoted(token.text));
    Diagnostic::new(Code::SYNTAX, token.span(), message).hint(hint)
}

/// Returns the problem of the first backslash in a string that stands before a wrong character.
fn broken_escape(token: &Token<'_>) -> Option<Diagnostic> {
    let mut characters = token.text.char_indices();
    while let Some((at, character)) = characters.next() {
        if character != '\\' {
            continue;
        }
        let (_, escaped) = characters.next()?;
        if !ESCAPES.iter().any(|(written, _)| *written == escaped) {
            let start = token.start + at;
            let message = format!("found the escape `\\{escaped}`, expected one of `\\\" \\' \\\\ \\n \\t \\r`");
            return Some(
                Diagnostic::new(Code::SYNTAX, (start, start + 1 + escaped.len_utf8()), message)
                    .hint(format!("write `\\\\{escaped}` for a backslash in the text")),
            );
        }
    }
    None
}
